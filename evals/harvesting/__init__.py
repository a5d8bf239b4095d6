"""Labelled cases out of inspections that experts have reviewed."""
