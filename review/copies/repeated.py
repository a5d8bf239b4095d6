"""How much of a note stands in the note before it: containment of shingles, as the published base rates count it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from review.copies.signatures import shingle_hashes

SHINGLE = 12


def containments(texts: Sequence[str]) -> list[float]:
    """For every text but the first, the part of it (0 to 1) that stands in the one before."""
    hashes = [shingle_hashes(text, SHINGLE) for text in texts]
    return [
        float(np.isin(later, earlier).mean()) if len(later) else 0.0 for earlier, later in pairwise(hashes)
    ]


def runs(shares: Sequence[float], above: float) -> Iterator[range]:
    """Stretches of consecutive texts of which each but the first stands in the one before."""
    start = 0
    for place, share in enumerate((*shares, 0.0), start=1):
        if share <= above:
            if place - start >= 2:
                yield range(start, place)
            start = place
