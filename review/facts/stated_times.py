"""The time or the span that stands behind a label of a document: 抢救时间：…至…, 申请时间：…, 操作结束时间：….

The end of a span may give only its clock; it belongs to the day of the beginning, or to the next one past midnight.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.facts.times import CLOCK, DAY, moment_of

_MOMENT = rf"(?:{DAY}[\sT|,，]{{0,8}})?{CLOCK}"
_FROM, _TO = (_MOMENT.replace("?P<", f"?P<{name}_") for name in ("from", "to"))
_SPAN = re.compile(rf"\s*(?:自|从|于)?\s*{_FROM}(?:\s*(?:起)?\s*(?:[-~～—－]{{1,2}}|至|到)\s*{_TO})?")


@dataclass(frozen=True)
class Stated:
    """What a label states; `ends_at` is null where it states one time. [start, end) lies in the text."""

    begins_at: datetime
    ends_at: datetime | None
    start: int
    end: int


def stated_after(text: str, label: re.Pattern[str], day: datetime | None) -> Stated | None:
    """The first time or span behind the label; `day` serves where the text gives only a clock."""
    for match in label.finditer(text):
        found = _SPAN.match(text, match.end())
        begins = _moment(found, "from", day) if found else None
        if found is None or begins is None:
            continue
        ends = _moment(found, "to", begins) if found["to_hour"] else None
        if ends is not None and found["to_year"] is None and ends < begins:
            ends += timedelta(days=1)
        return Stated(begins, ends, match.start(), found.end())
    return None


def _moment(match: re.Match[str], name: str, day: datetime | None) -> datetime | None:
    if match[f"{name}_year"]:
        figures = [int(match[f"{name}_{part}"]) for part in ("year", "month", "day")]
    elif day is not None:
        figures = [day.year, day.month, day.day]
    else:
        return None
    return moment_of(figures[0], figures[1], figures[2], match[f"{name}_hour"], match[f"{name}_minute"])
