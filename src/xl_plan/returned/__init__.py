"""A returned file: whose it is, which row is which, and what stands beside the answers."""
