"""The word vectors that ship: a text is the mean of its words' vectors, words being the longest ones known.

Read with numpy alone, so that a search starts at once; `knowledge.index.static_embedding` loads the same files
as a sentence-transformers model with the same result.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.lexical import fold

SHIPPED = Path(__file__).parent / "embedding"
LONGEST = 5
RUNS = "[㐀-鿿]+|[a-z]+|[0-9]+"
_RUNS = re.compile(RUNS)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class WordVectors:
    """A vocabulary and one vector for each of its words."""

    tokens: tuple[str, ...]
    rows: Floats

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> "WordVectors":
        tokens = (folder / "tokens.txt").read_text(encoding="utf-8").split("\n")
        with np.load(folder / "vectors.npz") as held:
            rows = held["rows"].astype(np.float32) * held["scales"]
        if len(tokens) != len(rows):
            raise ValueError(
                f"{folder}：词表 {len(tokens)} 个词，向量 {len(rows)} 行，不相符；请重新取一份完整的文件。"
            )
        return cls(tuple(tokens), rows)

    @cached_property
    def number(self) -> dict[str, int]:
        return {token: place for place, token in enumerate(self.tokens)}

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text; a text without a known word is the zero vector."""
        out = np.zeros((len(texts), self.rows.shape[1]), dtype=np.float32)
        for place, text in enumerate(texts):
            known = [self.number[token] for token in segment(text, self.number)]
            if known:
                mean = self.rows[known].mean(axis=0)
                out[place] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return out


def segment(text: str, known: Container[str]) -> Iterator[str]:
    """The longest known word at each place; Chinese characters that are not known are passed over,
    a Latin word or number that cannot be put together from known pieces is passed over whole."""
    for run in _RUNS.findall(fold(text)):
        pieces, place = [], 0
        while place < len(run):
            sizes = range(min(LONGEST, len(run) - place), 0, -1)
            size = next((size for size in sizes if run[place : place + size] in known), 0)
            if size:
                pieces.append(run[place : place + size])
            elif run[0] < "\u3400":
                pieces.clear()
                break
            place += size or 1
        yield from pieces
