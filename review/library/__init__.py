"""What stands behind the library's page: what is held, opened at its place, added, changed and confirmed."""
