"""The word vectors that ship: a text is the sum of the vectors of every known character and word in it, at length 1.

Words overlap: in 医疗机构 the words 医疗, 机构, 医疗机构 and the four characters all count. Read with numpy alone, so
that a search starts at once; `knowledge.finding.index.static_embedding` gives the same vectors as a
sentence-transformers model.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.finding.lexical import Keys, cjk_codes, fold

SHIPPED = Path(__file__).parent / "embedding"
LONGEST = 4  # characters of a word; four of them fill a key of 64 bits
_LATIN = re.compile(r"[a-z]+|[0-9]+")
_AT_ONCE = 8192  # vectors added up at a time: they fit the processor's cache, which halves the time

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


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

    @property
    def size(self) -> int:
        return int(self.rows.shape[1])

    @cached_property
    def cutter(self) -> "Cutter":
        return Cutter.of(self.tokens)

    def sums(self, texts: Sequence[str]) -> Floats:
        """The vectors of a text's words added up, one row a text; sums of parts add up to the sum of the whole."""
        out = np.zeros((len(texts), self.size), dtype=np.float32)
        text, token = self.cutter.cut(texts)
        for begin in range(0, len(token), _AT_ONCE):
            part = text[begin : begin + _AT_ONCE]
            firsts = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
            out[part[firsts]] += np.add.reduceat(self.rows[token[begin : begin + _AT_ONCE]], firsts, axis=0)
        return out

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text; a text without a known word is the zero vector."""
        return unit_rows(self.sums(texts))


@dataclass(frozen=True)
class Cutter:
    """Finds the known characters and words of many texts at once."""

    latin: dict[str, int]
    keys: Keys  # of Chinese words, sorted
    places: Places  # of the words in the vocabulary

    @classmethod
    def of(cls, tokens: Sequence[str]) -> "Cutter":
        latin = {token: place for place, token in enumerate(tokens) if token < "\u3000"}
        chinese = [(_word_key(token), place) for place, token in enumerate(tokens) if token >= "\u3000"]
        chinese.sort()
        keys, places = zip(*chinese, strict=True) if chinese else ((), ())
        return cls(latin, np.array(keys, dtype=np.uint64), np.array(places, dtype=np.int64))

    def cut(self, texts: Sequence[str]) -> tuple[Places, Places]:
        """The text and the vocabulary's place of every known word, text by text."""
        folded = [fold(text) for text in texts]
        row, codes, known = cjk_codes(folded)
        found, words = [], []
        key = np.zeros(len(codes), dtype=np.uint64)
        for size in range(1, LONGEST + 1):
            key = (key << np.uint64(16))[: len(codes) - size + 1] | codes[size - 1 :]
            known = known[: len(key)] & _chinese(codes[size - 1 :])
            at = np.flatnonzero(known)
            place = np.searchsorted(self.keys, key[at])
            held = place < len(self.keys)
            held[held] = self.keys[place[held]] == key[at][held]
            found.append(row[at[held]])
            words.append(self.places[place[held]])
        latin = [
            (number, self.latin[word])
            for number, text in enumerate(folded)
            for word in _LATIN.findall(text)
            if word in self.latin
        ]
        if latin:
            pairs = np.array(latin, dtype=np.int64)
            found.append(pairs[:, 0])
            words.append(pairs[:, 1])
        text = np.concatenate(found)
        order = np.argsort(text, kind="stable")
        return text[order], np.concatenate(words)[order]


def unit_rows(rows: Floats) -> Floats:
    """Each row at length 1; a zero row stays."""
    out: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return out


def _chinese(codes: Keys) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = ((codes >= 0x3400) & (codes <= 0x9FFF)) | (codes == 0x3007)
    return found


def _word_key(word: str) -> int:
    key = 0
    for sign in word:
        key = key << 16 | ord(sign)
    return key
