"""How long the recognition of a scanned page takes, beside the same page when its recognition was kept."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from evals.bench import Figure, in_turn
from knowledge.readers.files import read_file

DEMO = Path(__file__).parent.parent.parent / "demo" / "mountain-county-2024"
SCAN = "*_扫描.pdf"


def measure() -> Iterator[Figure]:
    """The one scanned page of the bundled inspection: the first of a process, then one among many."""
    page = next(DEMO.rglob(SCAN))
    with tempfile.TemporaryDirectory() as cache:
        begun = perf_counter()
        first = read_file(page, cache=Path(cache))
        loading = perf_counter() - begun
        seconds, kept = in_turn(
            lambda: read_file(page, cache=None), lambda: read_file(page, cache=Path(cache)), runs=3
        )
    letters = len(first.text)
    yield Figure("ocr", "the first page, engine and models loaded", loading, kept, "a page recognised before")
    yield Figure("ocr", f"a page of {letters:,} letters", seconds, kept, "a page recognised before")
