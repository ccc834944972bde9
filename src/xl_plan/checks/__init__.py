"""Checks: one family a module, one rule a function. Each takes a submission and the plan and returns findings; those of
``plans`` take the plan alone."""
