"""MinHash signatures of stretches of text, so that alike texts can be met without comparing all with all.

A text is cut into overlapping windows, so that a paragraph copied into a longer note is met as well. The sketches are
datasketch's; only the hashes of the shingles are reckoned here, for a whole text at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHINGLE, WINDOW, STEP = 8, 160, 80  # characters
PERMUTATIONS = 64
LEAST_WINDOW = 24  # a shorter rest says nothing of its own
FACTORS = np.array(
    [pow(0x9E3779B97F4A7C15, power, 2**64) for power in range(1, SHINGLE + 1)], dtype=np.uint64
)


@dataclass(frozen=True)
class Signatures:
    """One row of `values` for each window, in order of the texts; `owners` says which text a row is of."""

    values: NDArray[np.uint32]
    owners: NDArray[np.int64]


def signatures(texts: Sequence[str]) -> Signatures:
    """The sketches of every window of every text."""
    from datasketch import MinHash  # loads much that only a search needs

    owners = [number for number, text in enumerate(texts) for _ in _starts(len(text))]
    values = np.empty((len(owners), PERMUTATIONS), dtype=np.uint32)
    sketches = MinHash.generator(_windows(texts), num_perm=PERMUTATIONS, hashfunc=int)
    for row, sketch in enumerate(sketches):
        values[row] = sketch.hashvalues
    return Signatures(values, np.array(owners, dtype=np.int64))


def _windows(texts: Sequence[str]) -> Iterator[list[int]]:
    for text in texts:
        hashes = shingle_hashes(text)
        for start in _starts(len(text)):
            yield hashes[start : start + WINDOW - SHINGLE + 1].tolist()


def _starts(length: int) -> range:
    """Where the windows of a text of this length begin."""
    if length < LEAST_WINDOW:
        return range(0)
    return range(0, max(1, length - WINDOW + STEP), STEP)


def shingle_hashes(text: str, size: int = SHINGLE) -> NDArray[np.uint32]:
    """One hash for every stretch of `size` characters, the same on every machine."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - size + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint32)
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        mixed = (mixed + codes[place : place + count]) * FACTORS[place % SHINGLE]
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)
