"""The plan workbook composed: the one format, written."""
