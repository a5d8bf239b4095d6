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
_BARE = re.compile(r"^[\s|\-—…#*]*$|^\s*#|^\s*-\s*(?:source_url|核验|note|gap_note)\b")
_COUNTER = re.compile(r"^(?:\d{1,4}|True|False|batch_\w+|updates_\S+|\d{4}-\d\d-\d\d)$")
# What a question asks for, and what a sentence must then hold.
_NEEDS: tuple[tuple[str, str], ...] = (
    (r"(?:几|多少)(?:个)?(?:小时|钟头)|小时数|第?\d+个小时", rf"{_NUMBER}\s*(?:个)?小时"),
    (r"(?:几|多少)(?:个)?(?:工作日|天|日)|多少天|最多付几天", rf"{_NUMBER}\s*(?:个)?(?:工作日|日|天|周)"),
    (r"(?:几|多少)(?:个)?月", rf"{_NUMBER}\s*(?:个)?月"),
    (r"(?:几|多少)年", rf"{_NUMBER}\s*年"),
    (r"(?:几|多少)倍", rf"{_NUMBER}\s*倍"),
    (r"百分之(?:几|多少)|几成|(?:比例|占比)(?:是|为)?(?:多少|几)", rf"\d\s*[%％]|百分之{NUMERAL}"),
    (
        r"多少(?:钱|元|块)|几块钱|几万|最高[^，。？?]{0,3}(?:多少|几)|奖励?[^，。？?]{0,4}(?:多少|几)|起付线|起付标准|封顶线|支付限额|deductible|限价",
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
    """Sentences and table cells, each exactly as it stands; a cell's label and the marks of a page are none."""
    labelled = _LABEL.match(text) is not None
    found = []
    for match in _SENTENCE.finditer(text):
        piece = match[0].strip()
        label = _LABEL.match(piece) if labelled else None
        piece = piece[label.end() :].strip() if label else piece
        if piece and not _BARE.match(piece):
            found.append(piece)
    return found


def cut_cells(text: str) -> list[str]:
    """What a row says, without its counters and marks."""
    return [cell for cell in cut_sentences(text) if not _COUNTER.match(cell)]


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
