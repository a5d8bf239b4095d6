"""Which documents a question names: by rare words of their titles, or by a short name such as 社保法 or 飞检办法.

A short name keeps some characters of a title in their order and ends in the same kind of document. How rare a word
is counts among titles: in the passages of a long list each word of its title is common.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.finding.lexical import fold

_KIND = re.compile("条例|办法|规定|规范|细则|要点|清单|方案|意见|解释|协议|标准|指南|程序|制度|法(?!行为)")
_EDGES = re.compile(r"（[^）]*）|\([^)]*\)|[《》〈〉“”\"]")
_BEFORE = re.compile(r"[一-鿿]{1,8}$")
_LEAST, _MOST = 2, 8  # characters of a short name before its kind
_FILLING = "的按据照依和与跟在对里中从用看查"  # words between which a short name stands, not parts of one

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Titles:
    """The titles of a collection, each once, ready to be looked for."""

    numbers: npt.NDArray[np.int64]  # of each document's title
    holders: dict[str, tuple[int, ...]]  # pair of characters → titles that hold it
    kinds: dict[str, tuple[tuple[int, str], ...]]  # kind → titles of it, with what stands before it
    plain: tuple[str, ...]

    @classmethod
    def of(cls, titles: Sequence[str]) -> "Titles":
        plain = [_plain(title) for title in titles]
        number = {title: place for place, title in enumerate(dict.fromkeys(plain))}
        holders: dict[str, list[int]] = {}
        kinds: dict[str, list[tuple[int, str]]] = {}
        for title, place in number.items():
            for pair in _pairs(title):
                holders.setdefault(pair, []).append(place)
            for kind in _KIND.finditer(title):
                kinds.setdefault(kind[0], []).append((place, title[: kind.start()]))
        return cls(
            np.array([number[title] for title in plain], dtype=np.int64),
            {pair: tuple(found) for pair, found in holders.items()},
            {kind: tuple(found) for kind, found in kinds.items()},
            tuple(number),
        )

    @property
    def size(self) -> int:
        return len(self.plain)

    def rare_words(self, question: str) -> Floats:
        """For each document the pairs of its title the question holds, each at most 1, by rarity among titles."""
        found = np.zeros(self.size, dtype=np.float32)
        for pair in _pairs(fold(question)):
            holders = self.holders.get(pair, ())
            if holders and self.size > 1:
                found[list(holders)] += 1 - np.log(len(holders)) / np.log(self.size)
        return found[self.numbers]

    def short_names(self, question: str) -> Floats:
        """For each document 1 where a short name can only mean it, less where it can mean several."""
        found = np.zeros(self.size, dtype=np.float32)
        folded = fold(question)
        for kind in _KIND.finditer(folded):
            before = _BEFORE.search(re.split(f"[{_FILLING}]", folded[: kind.start()])[-1])
            meant = self._meant(before[0], kind[0]) if before else []
            if meant:
                found[meant] = np.maximum(found[meant], 1 / np.sqrt(len(meant)))
        return found[self.numbers]

    def among(self, texts: Iterable[str]) -> Floats:
        """1 for each document whose whole title is one of the texts."""
        wanted = {_plain(text) for text in texts}
        found = np.array([title in wanted for title in self.plain], dtype=np.float32)
        return found[self.numbers]

    def _meant(self, before: str, kind: str) -> list[int]:
        """The titles that hold, in order, most of what stands before the kind; those that begin alike, if any do."""
        for size in range(min(len(before), _MOST), _LEAST - 1, -1):
            name = before[-size:]
            meant = [one for one in self.kinds.get(kind, ()) if _keeps_order(name, one[1])]
            begun = [one for one in meant if one[1].startswith(name[0])]
            if meant:
                return sorted({number for number, _ in begun or meant})
        return []


def _plain(title: str) -> str:
    return re.sub(r"\s+", "", fold(_EDGES.sub("", title))).removeprefix("中华人民共和国")


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1) if text[place : place + 2].isalnum()}


def _keeps_order(name: str, title: str) -> bool:
    place = 0
    for sign in name:
        place = title.find(sign, place) + 1
        if not place:
            return False
    return True
