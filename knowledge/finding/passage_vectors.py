"""How like a question each row of an index is, by the shipped word vectors: all rows compared one by one.

20,000 rows take 3 ms, about what an approximate index takes with its calls, and every row gets its exact likeness,
not only the nearest. The sentences of a unit are kept apart as well, in 8 bits, and compared for candidates only.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.finding.collection import Collection
from knowledge.finding.views import Views, opening
from knowledge.finding.word_vectors import WordVectors, unit_rows

_SENTENCE = re.compile(r"[^。；\n]+[。；\n]*")

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Said = Sequence[tuple[str, float]]  # texts, and how much each counts


@dataclass(frozen=True)
class Likeness:
    """Of one question: to every row, and, for chosen units, to the likest sentence under its title."""

    rows: Floats
    sentences: Callable[[Places], Floats]


@dataclass(frozen=True)
class PassageVectors:
    """Vectors of rows and sentences; `starts[unit]:starts[unit + 1]` are the sentences of a unit."""

    rows: Floats
    sentences: npt.NDArray[np.int8]
    scales: Floats
    starts: Places
    words: WordVectors

    @classmethod
    def of(cls, collection: Collection, views: Views, words: WordVectors) -> "PassageVectors":
        passages = [collection.passages[place] for place in collection.units]
        cut = [[] if one.kind == "row" else _SENTENCE.findall(one.text) for one in passages]
        starts = np.cumsum([0, *(len(sentences) for sentences in cut)]).astype(np.int64)
        unit_of = np.repeat(np.arange(len(passages)), np.diff(starts))
        above = _repeated(words, views.headings)
        bodies = [
            opening(one) if sentences else body
            for one, sentences, body in zip(passages, cut, views.bodies, strict=False)
        ]
        rows = above + words.sums([*bodies, *views.bodies[len(bodies) :]])
        sentences = words.sums([sentence for sentences in cut for sentence in sentences])
        np.add.at(rows, unit_of, sentences)
        sentences = unit_rows(sentences + above[unit_of])
        scales = np.abs(sentences).max(axis=1, initial=1e-9) / 127
        return cls(
            rows=unit_rows(rows).astype(np.float16).astype(np.float32),  # as they are read back
            sentences=np.round(sentences / scales[:, None]).astype(np.int8),
            scales=scales.astype(np.float32),
            starts=starts,
            words=words,
        )

    def compare(self, said: Said) -> Likeness:
        vector = blended(self.words.encode([text for text, _ in said]), said)
        # a product by BLAS starts threads for this, and on a machine at work waits for them eight times as long
        rows: Floats = np.einsum("ij,j->i", self.rows, vector)
        return Likeness(rows, lambda units: self._likest_sentence(vector, units, rows))

    def _likest_sentence(self, vector: Floats, units: Places, rows: Floats) -> Floats:
        """A unit that is not cut into sentences is compared whole."""
        best = rows[units].copy()
        begin, count = self.starts[units], self.starts[units + 1] - self.starts[units]
        cut = np.flatnonzero(count)
        if len(cut):
            firsts = np.cumsum(count[cut]) - count[cut]
            places = np.arange(int(count.sum())) + np.repeat(begin[cut] - firsts, count[cut])
            likeness = (
                np.einsum("ij,j->i", self.sentences[places].astype(np.float32), vector) * self.scales[places]
            )
            best[cut] = np.maximum.reduceat(likeness, firsts)
        return best

    def save(self, file: Path) -> None:
        with file.open("wb") as stream:
            np.savez(
                stream,
                rows=self.rows.astype(np.float16),
                sentences=self.sentences,
                scales=self.scales,
                starts=self.starts,
            )

    @classmethod
    def load(cls, file: Path, words: WordVectors) -> "PassageVectors":
        with np.load(file) as held:
            rows = held["rows"].astype(np.float32)
            return cls(rows, held["sentences"], held["scales"], held["starts"], words)


def blended(rows: Floats, said: Said) -> Floats:
    """One vector of length 1 for texts that count differently."""
    weights = np.array([weight for _, weight in said], dtype=np.float32)
    vector: Floats = unit_rows((weights @ rows)[None, :])[0]
    return vector


def _repeated(words: WordVectors, texts: Sequence[str]) -> Floats:
    """The sums of texts of which many are the same."""
    number = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    sums: Floats = words.sums(list(number))[[number[text] for text in texts]]
    return sums
