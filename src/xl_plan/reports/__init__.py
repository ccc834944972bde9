"""The sheets that stand beside the plan in the consolidated workbook, one module a sheet."""
