"""What a cell's text means: characters, fiscal years, number formats, values and units."""
