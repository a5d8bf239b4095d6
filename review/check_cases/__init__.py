"""The cases of a check: read, built into a warehouse, run."""
