"""The order of the stages, a module a group of commands. The only callers of :mod:`xl_plan.excel`: bytes become books
here and books become files."""
