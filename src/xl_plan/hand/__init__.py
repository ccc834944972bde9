"""What the division did by hand in the consolidated workbook, seen and kept."""
