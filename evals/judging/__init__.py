"""Holds what the product says against labels: one module for each kind of case, each gives verdicts."""
