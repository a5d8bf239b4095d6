"""Where the bundled demonstration lies, and the stays of it that the tests open."""

from pathlib import Path

DEMO = Path(__file__).parents[2] / "demo" / "mountain-county-2024"
ABSENT = "22992024060300010548"  # away at night
TWICE = "22992024090800010959"  # the second of two stays
CLEAN = "22992024021800011370"
