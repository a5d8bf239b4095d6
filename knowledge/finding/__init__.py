"""From a question to ranked passages: what a search reads, and what its signs weigh."""
