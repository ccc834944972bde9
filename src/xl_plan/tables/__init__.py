"""A sheet understood: header bands, blocks, and where each column's cell stands."""
