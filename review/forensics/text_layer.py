"""Whether the hidden text of a scanned page says what its picture shows: numbers and dates, row by row.

The scanner's own recognition errs too, so a page counts only where nearly all else agrees, and a number only where it
differs by more than one sign and the picture was read with confidence. What differs is worth a look and no more.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.readers.text import fold
from review.forensics import LAYER, REPLACED, Sign
from review.forensics.wording import TOKEN

SURE = 0.9  # of a line that was recognised
LEAST_APART, LEAST_DIGITS = 2, 2  # signs by which two numbers differ; signs of one that is compared
LEAST_AGREEING, PER_DIFFERENCE = 8, 8  # numbers of the page that agree, in all and for each that does not
SAME_ROW = 0.6  # of a row's height between two middles
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Words:
    """Some words of a page and where they stand, as fractions of it from the top left; `sure` is 1 for a text layer."""

    text: str
    box: Box
    sure: float = 1.0

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2


def layer_signs(page: int, layer: Sequence[Words], picture: Sequence[Words]) -> list[Sign]:
    """The numbers of a page that its text layer says otherwise than its picture; none where the two agree little."""
    agreeing, signs = 0, list[Sign]()
    for said, seen in _rows(layer, picture):
        mine, theirs = _numbers(said), _numbers(seen)
        agreeing += (mine & theirs).total()
        only_said, only_seen = list((mine - theirs).elements()), list((theirs - mine).elements())
        if not only_said or len(only_said) != len(only_seen):
            continue
        if min(words.sure for words in seen) < SURE:
            continue
        row = " ".join(words.text for words in said)
        signs += [
            Sign(
                LAYER, REPLACED, page, "日期" if "-" in shown else "数值", _label(row, told), shown, told, row
            )
            for told, shown in zip(only_said, only_seen, strict=True)
            if apart(told, shown) >= LEAST_APART
        ]
    enough = agreeing >= max(LEAST_AGREEING, PER_DIFFERENCE * len(signs))
    return signs if enough else []


def _rows(layer: Sequence[Words], picture: Sequence[Words]) -> Iterator[tuple[list[Words], list[Words]]]:
    """The words of both that stand in one row, from left to right."""
    left = sorted(picture, key=lambda words: words.middle)
    while left:
        high = max(left[0].box[3] - left[0].box[1], 0.004)
        foot = left[0].middle + SAME_ROW * high
        row = [words for words in left if words.middle <= foot]
        left = left[len(row) :]
        middle = sum(words.middle for words in row) / len(row)
        said = [words for words in layer if abs(words.middle - middle) <= SAME_ROW * high]
        if said:
            yield sorted(said, key=lambda one: one.box[0]), sorted(row, key=lambda one: one.box[0])


def _numbers(words: Sequence[Words]) -> Counter[str]:
    text = fold(" ".join(one.text for one in words))
    found = (match for match in TOKEN.finditer(text) if match["date"] or match["number"])
    return Counter(
        "".join(sign if sign.isdigit() or sign == "." else "-" for sign in match[0]).strip("-.")
        for match in found
        if sum(sign.isdigit() for sign in match[0]) >= LEAST_DIGITS
    )


def _label(row: str, told: str) -> str:
    at = row.find(told[:4])
    return row[:at].strip(" \t:：")[-16:] if at > 0 else ""


def apart(one: str, other: str) -> int:
    """By how many signs two short words differ (Levenshtein)."""
    before = list(range(len(other) + 1))
    for place, sign in enumerate(one, start=1):
        now = [place]
        for at, wanted in enumerate(other, start=1):
            now.append(min(before[at] + 1, now[-1] + 1, before[at - 1] + (sign != wanted)))
        before = now
    return before[-1]
