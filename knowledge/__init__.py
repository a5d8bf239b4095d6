"""Regulations, catalogues and rule rows: read, indexed, searched, quoted. Knows nothing of findings."""
