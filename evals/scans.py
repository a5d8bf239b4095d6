"""Reads spoilt scans and counts: characters read wrongly, numbers and times read wrongly, and how many of those were
marked unsure, which is what keeps a misread number from carrying a finding.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from evals.scanned_pages import FONTS, SEAL, ScannedPage, scanned_page, stamp
from knowledge.readers import Doubt, Line, Page, ocr
from knowledge.readers.text import fold_with_map, normalise
from review.facts import OCR_SURE, OCR_USABLE

SEAL_SIGNS = frozenset("".join(SEAL))
NUMBER = re.compile(r"\d+(?:[-.:/]\d+)*")


@dataclass(frozen=True)
class Word:
    """A number or time of a page: as written, as read, and how sure the reading was."""

    page: int
    spoilt: str
    written: str
    read: str
    confidence: float

    @property
    def right(self) -> bool:
        return self.written == self.read


@dataclass(frozen=True)
class Score:
    """One page: characters written, edits that lead from them to what was read, and its numbers."""

    spoilt: str
    characters: int
    edits: int
    words: tuple[Word, ...]


def score_page(page: ScannedPage, cache: Path | None) -> Score:
    """What was read against what was written; the words of a seal, where they are lines of their own, are neither."""
    lines = ocr.recognise(page.picture, cache)
    if page.spoilt == stamp.__name__:
        lines = tuple(line for line in lines if not set(line.text) <= SEAL_SIGNS)
    read, text = ocr.lay_out(lines, 1, 0)
    written, origins = fold_with_map(normalise(page.text))
    seen, places = fold_with_map(text)
    edits, partners = aligned(written, seen)
    told = (
        (bisect_left(origins, found.start()), bisect_left(origins, found.end()))
        for found in NUMBER.finditer(normalise(page.text))
    )
    words = tuple(
        _word(page, written, span, seen, partners, lambda begin, end: _sure(read, places, begin, end))
        for span in told
    )
    return Score(page.spoilt, len(written), edits, words)


def _word(
    page: ScannedPage,
    written: str,
    span: tuple[int, int],
    seen: str,
    partners: Sequence[int],
    sure: Callable[[int, int], float],
) -> Word:
    begin, end = partners[span[0]], partners[span[1]]
    alone = not written[span[1] : span[1] + 1].isdigit()
    while alone and begin < end < len(seen) and seen[end].isdigit():
        end += 1  # a digit too many belongs to the number
    said = written[span[0] : span[1]]
    return Word(page.number, page.spoilt, said, seen[begin:end], round(sure(begin, end), 4))


def _sure(page: Page, places: Sequence[int], begin: int, end: int) -> float:
    """As evidence is judged: the least sure line or number that the span touches; what was not read at all is 0."""
    if begin >= end:
        return 0.0
    first, last = places[begin], places[end - 1] + 1
    spans: tuple[Line | Doubt, ...] = (*page.lines, *page.doubts)
    return min((span.confidence for span in spans if span.start < last and first < span.end), default=0.0)


def aligned(written: str, seen: str) -> tuple[int, list[int]]:
    """The fewest edits from one text to the other, and for each place in the first its place in the second."""
    table = np.zeros((len(written) + 1, len(seen) + 1), dtype=np.int32)
    table[:, 0], table[0] = np.arange(len(written) + 1), np.arange(len(seen) + 1)
    codes = np.array([ord(sign) for sign in seen], dtype=np.int32)
    steps = np.arange(len(seen) + 1, dtype=np.int32)
    for row, sign in enumerate(written, start=1):
        best = np.minimum(table[row - 1, 1:] + 1, table[row - 1, :-1] + (codes != ord(sign)))
        line = np.concatenate(([row], best)).astype(np.int32)
        table[row] = np.minimum.accumulate(line - steps) + steps
    return int(table[-1, -1]), _partners(table, written, seen)


def _partners(table: "np.ndarray[tuple[int, int], np.dtype[np.int32]]", written: str, seen: str) -> list[int]:
    row, column = len(written), len(seen)
    partners = [0] * (row + 1)
    partners[row] = column
    while row:
        here = table[row, column]
        if column and here == table[row - 1, column - 1] + (written[row - 1] != seen[column - 1]):
            row, column = row - 1, column - 1
        elif here == table[row - 1, column] + 1:
            row -= 1
        else:
            column -= 1
            continue
        partners[row] = column
    return partners


def score_scans(count: int, seed: int, cache: Path, out: Path | None) -> list[str]:
    """Lines to print; the misread numbers go to `out`, one a line."""
    if not FONTS.is_dir():
        raise FileNotFoundError(f"没有字体文件夹 {FONTS}；请安装 fonts-noto-cjk。")
    scores = [score_page(scanned_page(number, seed), cache) for number in range(count)]
    wrong = [word for score in scores for word in score.words if not word.right]
    if out is not None:
        lines = (json.dumps(asdict(word), ensure_ascii=False) + "\n" for word in wrong)
        out.write_text("".join(lines), "utf-8")
    kinds = list(dict.fromkeys(score.spoilt for score in scores))
    right = [word for score in scores for word in score.words if word.right]
    spared = sum(word.confidence >= OCR_SURE for word in right)
    return [
        f"{count} 页扫描件，种子 {seed}：",
        _said("全部", scores),
        *(_said(kind, [score for score in scores if score.spoilt == kind]) for kind in kinds),
        f"读对的数字、时间 {len(right)} 个，其中识别可信（≥{OCR_SURE:g}）{spared} 个",
    ]


def _said(name: str, scores: Sequence[Score]) -> str:
    words = [word for score in scores for word in score.words]
    wrong = [word for word in words if not word.right]
    unsure = sum(word.confidence < OCR_SURE for word in wrong)
    unusable = sum(word.confidence < OCR_USABLE for word in wrong)
    rate = sum(score.edits for score in scores) / max(1, sum(score.characters for score in scores))
    return (
        f"  {name:6s} {len(scores):3d} 页  字错率 {rate:6.2%}  数字与时间 {len(words)} 个，"
        f"读错 {len(wrong)}（{len(wrong) / max(1, len(words)):.2%}），其中识别时已存疑 {unsure}（<{OCR_SURE:g}）、"
        f"不予采用 {unusable}（<{OCR_USABLE:g}）"
    )
