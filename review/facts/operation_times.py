"""When an operation began and ended by its own record: 术程17:25至18:20, 手术时间：9时10分-10时40分。

The day is the one the record gives beside the clock or as the day of the operation; a lasting time is no time of day.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from review.facts.times import CLOCK, DAY, moment_of, moments
from review.record import Document

_MOMENT = rf"(?:{DAY}[\sT|,，]{{0,4}})?(?P<half>上午|下午|晚上?|凌晨)?{CLOCK}"
_FROM, _TO = (_MOMENT.replace("?P<", f"?P<{name}_") for name in ("from", "to"))
_LABEL = (
    r"(?:手\s*术|术\s*程)\s*(?:起止)?\s*(?:日期及)?(?:时\s*间|日\s*期)?\s*[】\]]?\s*[:：]?\s*(?:自|从)?\s*"
)
SPAN = re.compile(rf"{_LABEL}{_FROM}\s*(?:起)?\s*[-~～—－至到]{{1,2}}\s*{_TO}")
BEGINS = re.compile(rf"手\s*术\s*开\s*始\s*(?:日期)?(?:时\s*间)?\s*[】\]]?\s*[:：]?\s*{_FROM}")
ENDS = re.compile(
    rf"手\s*术\s*(?:结\s*束|终\s*止|完\s*毕)\s*(?:日期)?(?:时\s*间)?\s*[】\]]?\s*[:：]?\s*{_TO}"
)
OPERATION_DAY = re.compile(r"(?:手\s*术|麻\s*醉)\s*(?:日\s*期|时\s*间)\s*(?:[:：]|[】\]]\s*[:：]?)\s*")
KINDS = ("手术记录", "麻醉记录", "手术安全核查记录")


@dataclass(frozen=True)
class OperationSpan:
    """The hours of an operation as a document states them; [start, end) counts in the document's own text."""

    document: Document
    begins_at: datetime
    ends_at: datetime
    day_stated: bool  # false where the day is only that of writing
    start: int
    end: int


def operation_span(document: Document) -> OperationSpan | None:
    """The one operation that a document times; null where it times none or several."""
    if document.kind not in KINDS:
        return None
    text = document.text
    spans = list(SPAN.finditer(text))
    if len(spans) == 1:
        return _span(document, spans[0], spans[0])
    begins, ends = list(BEGINS.finditer(text)), list(ENDS.finditer(text))
    if not spans and len(begins) == len(ends) == 1:
        return _span(document, begins[0], ends[0])
    return None


def stated_day(document: Document) -> datetime | None:
    """The day that the document gives as the operation's."""
    for match in OPERATION_DAY.finditer(document.text):
        found = moments(document.text[match.end() : match.end() + 24])
        if found and found[0].start == 0:
            return found[0].at
    return None


def _span(document: Document, first: re.Match[str], second: re.Match[str]) -> OperationSpan | None:
    day = stated_day(document) or document.written_at
    stated = first["from_year"] is not None or stated_day(document) is not None
    begins = _moment(first, "from", day)
    if begins is None:
        return None
    ends = _moment(second, "to", begins)
    if ends is None:
        return None
    if second["to_year"] is None and ends < begins:
        ends += timedelta(days=1)
    start, end = min(first.start(), second.start()), max(first.end(), second.end())
    return OperationSpan(document, begins, ends, stated, start, end)


def _moment(match: re.Match[str], name: str, day: datetime | None) -> datetime | None:
    hour = match[f"{name}_hour"]
    if match[f"{name}_half"] in ("下午", "晚", "晚上") and int(hour) < 12:
        hour = str(int(hour) + 12)
    if match[f"{name}_year"]:
        figures = [int(match[f"{name}_{part}"]) for part in ("year", "month", "day")]
    elif day is not None:
        figures = [day.year, day.month, day.day]
    else:
        return None
    return moment_of(figures[0], figures[1], figures[2], hour, match[f"{name}_minute"])
