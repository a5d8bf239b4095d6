"""Reads an inspection folder, holds it against rules, and writes findings an expert can confirm."""
