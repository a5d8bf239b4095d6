"""Sentences of a passage, cut where they stand, and which of them speak to a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge import lexical
from knowledge.lexical import Lexicon
from knowledge.numerals import NUMERAL
from knowledge.queries import Query

_NUMBER = rf"(?:\d[\d,.]*|{NUMERAL})"
_SENTENCE = re.compile(r"[^。；;！!？?\n|]+[。；;！!？?]?")
_LABEL = re.compile(r"^[一-鿿（）]{2,12}：")
_BARE = re.compile(r"^[\s|\-—…#*]*$")
# What a question asks for, and what a sentence must then hold.
_NEEDS: tuple[tuple[str, str], ...] = (
    (r"(?:几|多少)(?:个)?(?:小时|钟头)|小时数|第?\d+个小时", rf"{_NUMBER}\s*(?:个)?小时"),
    (r"(?:几|多少)(?:个)?(?:工作日|天|日)|多少天|最多付几天", rf"{_NUMBER}\s*(?:个)?(?:工作日|日|天|周)"),
    (r"(?:几|多少)(?:个)?月", rf"{_NUMBER}\s*(?:个)?月"),
    (r"(?:几|多少)年", rf"{_NUMBER}\s*年"),
    (r"(?:几|多少)倍", rf"{_NUMBER}\s*倍"),
    (r"百分之(?:几|多少)|几成|(?:比例|占比)(?:是|为)?(?:多少|几)", rf"\d\s*[%％]|百分之{NUMERAL}"),
    (
        r"多少(?:钱|元|块)|几块钱|几万|最高(?:能)?(?:奖|罚|收)(?:多少|几)|起付线|起付标准|deductible|限价",
        rf"{_NUMBER}\s*(?:余)?(?:万|亿|千|百)?元",
    ),
    (r"(?:扣|记)(?:多少|几)分|几分", rf"{_NUMBER}\s*(?:[—\-至到]\s*{_NUMBER}\s*)?分"),
    (r"(?:几|多少)(?:名|个)?人|how many (?:officers|people|inspectors)", rf"{_NUMBER}\s*(?:名|人)"),
)


@dataclass(frozen=True)
class Sentence:
    """One sentence as it stands in its passage, and how much of the question it speaks to."""

    text: str
    place: int
    weight: float


def needed_measure(question: str) -> re.Pattern[str] | None:
    """What kind of number the question wants; null where it wants none."""
    for asked, told in _NEEDS:
        if re.search(asked, question, re.I):
            return re.compile(told)
    return None


def cut_sentences(text: str) -> list[str]:
    """Sentences and table cells, each exactly as it stands; a cell's label is not part of it."""
    found = []
    for match in _SENTENCE.finditer(text):
        piece = match[0].strip()
        if _BARE.match(piece):
            continue
        label = _LABEL.match(piece)
        found.append(
            piece[label.end() :].strip()
            if label and len(piece) > label.end() and "：" in text[:16]
            else piece
        )
    return [piece for piece in found if piece]


def weigh(sentences: Sequence[str], query: Query, lexicon: Lexicon) -> list[Sentence]:
    """The share of the question's rare words each sentence holds."""
    asked = {token: lexicon.rarity(token) for token in query.tokens if not token.startswith("1")}
    whole = sum(asked.values()) or 1.0
    weighed = []
    for place, text in enumerate(sentences):
        held = lexical.tokens(text)
        weighed.append(
            Sentence(text, place, sum(value for token, value in asked.items() if token in held) / whole)
        )
    return weighed
