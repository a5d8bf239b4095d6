"""Finds the catalogue item that a hospital's item name stands for: names, catalogue, candidates with scores."""
