"""A keyword index: BM25 over characters and character pairs, in arrays that load in milliseconds.

Tokens are kept as 64-bit hashes in sorted order; a posting carries its finished BM25 weight.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

K1 = 1.2
B = 0.6
_RUNS = re.compile(r"[㐀-鿿〇]+|[a-z]+|\d+(?:\.\d+)?")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Lexicon:
    """The finished index: `starts[i]:starts[i+1]` are the postings of the i-th token hash."""

    hashes: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    weights: Floats
    size: int

    def scores(self, tokens: Mapping[str, float]) -> Floats:
        """BM25 of every passage for a weighted bag of query tokens."""
        found = np.zeros(self.size, dtype=np.float32)
        for token, weight in tokens.items():
            wanted = token_hash(token)
            place = int(np.searchsorted(self.hashes, wanted))
            if place < len(self.hashes) and self.hashes[place] == wanted:
                span = slice(int(self.starts[place]), int(self.starts[place + 1]))
                found[self.places[span]] += weight * self.weights[span]
        return found

    def rarity(self, token: str) -> float:
        """Inverse document frequency; a token the library has never seen is rarest."""
        wanted = token_hash(token)
        place = int(np.searchsorted(self.hashes, wanted))
        held = place < len(self.hashes) and self.hashes[place] == wanted
        count = int(self.starts[place + 1] - self.starts[place]) if held else 0
        return _rarity(count, self.size)

    def save(self, file: Path) -> None:
        with file.open("wb") as stream:
            np.savez(
                stream,
                hashes=self.hashes,
                starts=self.starts,
                places=self.places,
                weights=self.weights,
                size=self.size,
            )

    @classmethod
    def load(cls, file: Path) -> "Lexicon":
        with np.load(file) as held:
            return cls(held["hashes"], held["starts"], held["places"], held["weights"], int(held["size"]))


def build(texts: Sequence[Mapping[str, float]], lengths: Sequence[float]) -> Lexicon:
    """Build from one weighted bag of tokens per passage and the length that damps it."""
    numbers: dict[str, int] = {}
    token_of, place_of, count_of = [], [], []
    for place, bag in enumerate(texts):
        for token, count in bag.items():
            token_of.append(numbers.setdefault(token, len(numbers)))
            place_of.append(place)
            count_of.append(count)
    hashes = np.fromiter((token_hash(token) for token in numbers), dtype=np.uint64, count=len(numbers))
    order = np.argsort(hashes)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    ranked = rank[np.asarray(token_of, dtype=np.int64)]
    places = np.asarray(place_of, dtype=np.int32)
    sequence = np.argsort(ranked, kind="stable")
    frequency = np.bincount(ranked, minlength=len(hashes))
    starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
    counts = np.asarray(count_of, dtype=np.float32)[sequence]
    places = places[sequence]
    size = len(texts)
    length = np.asarray(lengths, dtype=np.float32)
    damping = K1 * (1 - B + B * length / max(float(length.mean()) if size else 1.0, 1e-6))
    rarity = np.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
    weights = np.repeat(rarity, frequency) * counts * (K1 + 1) / (counts + damping[places])
    return Lexicon(hashes[order], starts, places, weights.astype(np.float32), size)


def _rarity(count: int, size: int) -> float:
    return float(np.log(1 + (size - count + 0.5) / (count + 0.5)))


def token_hash(token: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "little"))


def tokens(text: str) -> Counter[str]:
    """Characters and character pairs of Chinese runs, whole Latin words and numbers.

    Measured on 1,078 outside questions: single characters lift hit@5 by three points, dictionary words
    (jieba) by none, so no dictionary is loaded.
    """
    bag: Counter[str] = Counter()
    for run in _RUNS.findall(fold(text)):
        if run[0] > "\u3400":
            bag.update(f"1{sign}" for sign in run)
            bag.update(run[place : place + 2] for place in range(len(run) - 1))
        else:
            bag[run] += 1
    return bag


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
