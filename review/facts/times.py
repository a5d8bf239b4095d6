"""Points in time as records write them: `2024-06-03 18:45`, `2024年06月03日18时45分`, `6.3 18:45`, `18:45`.

A date without a clock time is a day; a clock time without a date belongs to the day given before it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import NamedTuple

DAY = r"(?P<year>\d{4})\s?[-./年]\s?(?P<month>\d{1,2})\s?[-./月]\s?(?P<day>\d{1,2})\s?日?"
SHORT_DAY = r"(?P<month>\d{1,2})\s?[-./月]\s?(?P<day>\d{1,2})\s?日?"
CLOCK = r"(?P<hour>[01]?\d|2[0-3])\s?[:：时点]\s?(?P<minute>[0-5]\d)?\s?分?(?::[0-5]\d)?"
MOMENT = re.compile(DAY + r"(?:[\sT|,，]{0,8}" + CLOCK + ")?")
LINE_MOMENT = re.compile(
    rf"^[ \t\u3000|]{{0,40}}(?:{DAY}[\sT|,，]{{0,8}}(?:{CLOCK})?(?![\d.]))".replace("?P<", "?P<full_")
    + rf"|^[ \t\u3000|]{{0,40}}{SHORT_DAY}[\s|,，]{{1,8}}{CLOCK}".replace("?P<", "?P<short_")
    + rf"|^[ \t\u3000|]{{0,40}}{CLOCK}(?=[\s|,，])".replace("?P<", "?P<clock_"),
    re.MULTILINE,
)
FIGURED_LINE = re.compile(r"\n(?=[ \t\u3000|]{0,40}\d)")


class Moment(NamedTuple):
    """A point in time and where it stands; `exact` is false where only the day is written."""

    at: datetime
    exact: bool
    start: int
    end: int


def moment_of(year: int, month: int, day: int, hour: str | None, minute: str | None) -> datetime | None:
    """The time that these figures name; null where no such time exists."""
    try:
        clock = time(int(hour), int(minute or 0)) if hour else time()
        return datetime.combine(date(year, month, day), clock)
    except ValueError:
        return None


def moments(text: str) -> list[Moment]:
    """Every full date in a text, with its clock time where one follows."""
    found = []
    for match in MOMENT.finditer(text):
        at = moment_of(
            int(match["year"]), int(match["month"]), int(match["day"]), match["hour"], match["minute"]
        )
        if at is not None:
            found.append(Moment(at, match["hour"] is not None, match.start(), match.end()))
    return found


def line_moments(text: str, base: datetime | None) -> list[Moment]:
    """The times that open a line, as nursing sheets write them; `base` gives the year, later lines the day."""
    found: list[Moment] = []
    current = base
    for match in _line_matches(text):
        at = _line_moment(match, current)
        if at is None:
            continue
        exact = any(match[f"{form}_hour"] for form in ("full", "short", "clock"))
        found.append(Moment(at, exact, match.start(), match.end()))
        current = at
    return found


def _line_matches(text: str) -> Iterator[re.Match[str]]:
    """What `LINE_MOMENT.finditer` gives; the engine is asked only where a line begins with a figure."""
    place = 0
    while True:
        match = LINE_MOMENT.match(text, place)
        if match is not None:
            yield match
        following = FIGURED_LINE.search(text, match.end() - 1 if match is not None else place)
        if following is None:
            return
        place = following.end()


def _line_moment(match: re.Match[str], current: datetime | None) -> datetime | None:
    if match["full_year"]:
        figures = (int(match["full_year"]), int(match["full_month"]), int(match["full_day"]))
        return moment_of(*figures, match["full_hour"], match["full_minute"])
    if current is None:
        return None
    if match["short_month"]:
        at = moment_of(
            current.year,
            int(match["short_month"]),
            int(match["short_day"]),
            match["short_hour"],
            match["short_minute"],
        )
        turned = at is not None and at.month == 1 and current.month == 12
        return at.replace(year=current.year + 1) if at is not None and turned else at
    return moment_of(current.year, current.month, current.day, match["clock_hour"], match["clock_minute"])
