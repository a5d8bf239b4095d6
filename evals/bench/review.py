"""How long a review takes, beside the time it takes only to read the same files from the disk."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from evals.bench import Figure, in_turn
from review.pipeline import review_inspection

DEMO = Path(__file__).parent.parent.parent / "demo" / "mountain-county-2024"


def measure() -> Iterator[Figure]:
    """The bundled inspection, with its scanned page already recognised."""
    with tempfile.TemporaryDirectory() as folder:
        home, out = Path(folder) / "home", Path(folder) / "out"
        review_inspection(DEMO, out, home=home)
        files = [file for file in DEMO.rglob("*") if file.is_file()]
        seconds, floor = in_turn(
            lambda: review_inspection(DEMO, out, home=home),
            lambda: [file.read_bytes() for file in files],
        )
    yield Figure("review", "14 admissions, 1,678 charge lines", seconds, floor, "reading the files")
