"""What of a passage a question may name: its number, the thing it defines, the item of a row."""

import re
from dataclasses import dataclass

from knowledge.cutting.passages import Passage

SUBJECT = re.compile(
    r"^(?:第[一二三四五六七八九十百]+条|[（(][一二三四五六七八九十]+[）)]|\d+[.、．。])?[\s　]*"
    r"([一-鿿]{4,14}?)(?:（[^）]*）)?(?:是指|：)"
)


@dataclass(frozen=True)
class Marks:
    """`saying` is what a row says of what, whichever list says it; any other passage speaks for itself."""

    subject: str | None
    item: frozenset[str]  # pairs of characters of the item a catalogue's row is about
    saying: tuple[str, str]

    @classmethod
    def of(cls, passage: Passage) -> "Marks":
        subject = SUBJECT.match(passage.text)
        if passage.kind != "row" or "：" not in passage.text:
            return cls(subject[1] if subject else None, frozenset(), (passage.document, passage.passage))
        values = [line.partition("：")[2] for line in passage.text.splitlines()]
        item = re.sub(r"^[^：]*：|[(（].*", "", passage.passage)
        pairs = (item[place : place + 2] for place in range(len(item) - 1))
        return cls(
            subject[1] if subject else None,
            frozenset(pair for pair in pairs if pair.isalpha()),
            (re.sub(r"^[^：]*：", "", passage.passage), max(values, key=len)),
        )
