"""Leave with its beginning and its end, as notes write it: 请假外出，2024-03-04 08:00 至 2024-03-06 18:00返院.

A sentence that tells only that leave was granted is a phrase; without two points in time it is no interval.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from review.facts.gates import Gate
from review.facts.sentences import Sentence
from review.facts.statements import Statement
from review.facts.times import moment_of

LEAVE = re.compile(r"请假|准假|告假|试离院|离院外出|准予外出|同意外出|准予离院|同意离院")
LEAVE_GATE = Gate(LEAVE)
REFUSED = re.compile(r"未请假|不予|不准|未准|未批|拒绝|不同意|不得|如需|须办理|擅自|私自")
POINT = (
    r"(?:(?P<{0}_year>\d{{4}})[-./年])?(?P<{0}_month>\d{{1,2}})[-./月](?P<{0}_day>\d{{2}}|\d)日?"
    r"(?:(?P<{0}_hour>\d{{1,2}})[:：时点](?P<{0}_minute>\d{{2}})?分?)?"
)
SPAN = re.compile(
    POINT.format("from")
    + r"[^。；;\d]{0,8}?(?:至|到|起|离院|外出|—|–|-|~|～)[^。；;\d]{0,8}"
    + POINT.format("to")
)
LONGEST = timedelta(days=15)  # who is away for longer has left


def leaves(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """Leave intervals, each quoted with its whole sentence."""
    for sentence in sentences:
        if not LEAVE_GATE.opens(sentence.letters):
            continue
        if not LEAVE.search(sentence.bare) or REFUSED.search(sentence.bare):
            continue
        match = SPAN.search(sentence.bare)
        if match is None or sentence.at is None:
            continue
        begins, ends = _point(match, "from", sentence.at), _point(match, "to", sentence.at)
        if begins and ends and begins < ends <= begins + LONGEST:
            yield Statement(
                sentence,
                0,
                len(sentence.bare),
                kind="leave",
                name="interval",
                value=f"{begins:%Y-%m-%d %H:%M} 至 {ends:%Y-%m-%d %H:%M}",
                begins_at=begins,
                ends_at=ends,
            )


def _point(match: re.Match[str], side: str, near: datetime) -> datetime | None:
    """The point in time; a day without a year is of the year in which the note was written."""
    year = int(match[f"{side}_year"] or near.year)
    return moment_of(
        year,
        int(match[f"{side}_month"]),
        int(match[f"{side}_day"]),
        match[f"{side}_hour"],
        match[f"{side}_minute"],
    )
