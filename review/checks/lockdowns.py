"""Which days a ward was shut in an epidemic: a day told so asks for no sign of presence; other days do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from review.checks.inputs import Record
from review.record import Document

SHUT = re.compile(
    r"(?:疫情|新冠)[^。；]{0,20}(?:封控|封闭|管控|隔离)|(?:封控|封闭管理)[^。；]{0,20}(?:疫情|新冠)"
)
MAY_BE = re.compile(r"疫情|新冠")
FULL = re.compile(r"(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})日?")
IN_YEAR = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})日|(?<![\d月])(\d{1,2})日(?!内|间)")
FROM_THEN = re.compile(r"^(?:\d\d:\d\d)?(?:起|开始|始)")
LIFTED = re.compile(r"解除|解封|恢复正常|结束")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lockdown:
    """One mention: the days it names, or the day it was written where it names none (`first` is then null)."""

    told_on: date
    first: date | None
    last: date | None

    def covers(self, run: Sequence[date]) -> Iterator[date]:
        """The days of a run of consecutive days that it explains."""
        if self.first is not None and self.last is not None:
            yield from (day for day in run if self.first <= day <= self.last)
        elif run and run[0] - ONE_DAY <= self.told_on <= run[-1] + ONE_DAY:
            yield from run


def lockdowns(record: Record) -> list[Lockdown]:
    return [
        told
        for document in record.documents
        if MAY_BE.search(document.text)
        for told in _told(record, document)
    ]


def _told(record: Record, document: Document) -> Iterator[Lockdown]:
    text = "".join(document.text.split())
    for match in SHUT.finditer(text):
        begins = max(text.rfind(mark, 0, match.start()) for mark in "。；") + 1
        ends = min((at for mark in "。；" if (at := text.find(mark, match.end())) >= 0), default=len(text))
        sentence = text[begins:ends]
        written = document.written_at.date() if document.written_at else record.admission.begins_at.date()
        headed = [_full(one) for one in FULL.finditer(text[: match.start()])]
        told_on = next((day for day in reversed(headed) if day is not None), written)
        yield _span(record, sentence, told_on)


def _span(record: Record, sentence: str, told_on: date) -> Lockdown:
    named = sorted(_named(sentence, told_on))
    lifted = LIFTED.search(sentence) is not None
    if not named:
        return Lockdown(told_on, None, None)
    days = [day for day, _ in named]
    if len(days) > 1:
        return Lockdown(told_on, days[0], days[-1])
    if lifted:
        return Lockdown(told_on, min(days[0], told_on), max(days[0], told_on))
    if named[0][1]:
        return Lockdown(told_on, days[0], record.admission.ends_at.date())
    return Lockdown(days[0], None, None)


def _named(sentence: str, told_on: date) -> Iterator[tuple[date, bool]]:
    """The days a sentence names, each with whether it is told as a beginning; a bare day is the last one before."""
    rest = sentence
    for match in FULL.finditer(sentence):
        day = _full(match)
        if day is not None:
            yield day, FROM_THEN.search(sentence[match.end() :]) is not None
        rest = rest.replace(match[0], "＃" * len(match[0]), 1)
    for match in IN_YEAR.finditer(rest):
        day = _bare(match, told_on)
        if day is not None:
            yield day, FROM_THEN.search(rest[match.end() :]) is not None


def _full(match: re.Match[str]) -> date | None:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _bare(match: re.Match[str], told_on: date) -> date | None:
    if match[1]:
        day = _day(told_on.year, int(match[1]), int(match[2]))
        return (
            day
            if day is None or day <= told_on + timedelta(days=31)
            else _day(day.year - 1, day.month, day.day)
        )
    day = _day(told_on.year, told_on.month, int(match[3]))
    if day is not None and day > told_on:
        before = told_on.replace(day=1) - ONE_DAY
        day = _day(before.year, before.month, int(match[3])) or day
    return day


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
