"""What stands behind the pages of an inspection: its runs, its queue, one case with its record and its timeline."""
