"""What people said and decided, kept apart from what a review found: tables, lines, accounts, conversations."""
