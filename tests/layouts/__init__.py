"""Workbooks as offices keep them, drawn as text, one structure a module."""
