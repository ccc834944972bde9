"""From strips of rows to printed pages: font metrics, heights, breaks, columns."""
