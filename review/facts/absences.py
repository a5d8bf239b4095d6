"""Who was away, and on which night: absence and leave statements get the night they speak of.

A night is named by the day on which it begins, which is also the day its bed and nursing are charged on.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from review.facts.phrases import Said
from review.facts.statements import Statement

NIGHT = re.compile(r"夜|晚|整宿|通宵|过夜|未归|空床|空置|未使用|未打开|外宿")
LAST_NIGHT = re.compile(r"昨夜|昨晚|昨日夜|前夜|一夜未归|夜班交班")
HOME = re.compile(r"回家|返家|在家|离院|未归|在店|上班")
EVENING, LATE, MORNING = 17, 20, 9


def absences(found: Iterable[Said]) -> Iterator[Statement]:
    """Absence, habit and leave statements, the absences with their night or day."""
    items = list(found)
    habits = {id(item.sentence) for item in items if item.phrase.kind == "habit"}
    for item in items:
        if item.phrase.kind == "absence" and id(item.sentence) in habits and not _at_night(item):
            continue  # what somebody does every day is said by day and names no night
        if item.phrase.kind != "absence":
            yield statement_of(item)
            continue
        night = night_of(item)
        away_on = night or (item.sentence.at.date() if item.sentence.at else None)
        yield Statement(
            item.sentence,
            *_widened(item),
            kind="absence",
            name="night" if night else "day",
            value=away_on.isoformat() if away_on else None,
            begins_at=item.sentence.at,
        )


def statement_of(item: Said) -> Statement:
    """A phrase as it stands, quoted with its clause."""
    return Statement(
        item.sentence,
        *_widened(item),
        kind=item.phrase.kind,
        name=item.phrase.name,
        begins_at=item.sentence.at,
    )


def night_of(item: Said) -> date | None:
    """The night an absence speaks of; null where it speaks of the day."""
    at = item.sentence.at
    if at is None:
        return None
    text = item.sentence.bare
    if LAST_NIGHT.search(text):
        return at.date() - timedelta(days=1)
    if not item.sentence.exact:
        return at.date() if NIGHT.search(text) else None
    if at.hour >= LATE or (at.hour >= EVENING and (HOME.search(text) or NIGHT.search(text))):
        return at.date()
    if at.hour < MORNING and (at.hour < 6 or NIGHT.search(text)):
        return at.date() - timedelta(days=1)
    return None


def _at_night(item: Said) -> bool:
    at = item.sentence.at
    return at is not None and item.sentence.exact and (at.hour >= EVENING or at.hour < 6)


def _widened(item: Said) -> tuple[int, int]:
    """The whole sentence without the time it opens with, so that the quote can be understood alone."""
    bare = item.sentence.bare
    opening = re.match(r"[\d\-./年月日时分点:：|]+(?=[^\d])", bare)
    start = opening.end() if opening and opening.end() <= item.start else 0
    return start, len(bare)
