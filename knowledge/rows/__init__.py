"""Rule rows: their tables, their cells, where they hold, which of several speaks."""
