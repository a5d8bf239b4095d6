"""What stands behind the rulebook's page: every check with its coverage, its results, its changes and its trials."""
