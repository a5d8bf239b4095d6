"""More signatures of one hand within one minute than could be set after reading: by the record system's own times, or
by the times that stand beside the names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from review.checks.header import Limits
from review.checks.inputs import Inspection, Record
from review.facts.times import moments
from review.models import Evidence, Problem
from review.violations import Certainty

BESIDE = re.compile(
    r"签\s*[名字]\s*[）)]?\s*[:：]\s*(?P<name>[\u4e00-\u9fff·]{2,4})[ \t\u3000]+(?P<at>\d{4}[^\n]{6,24})"
)
MIGRATED = 100  # a system that is replaced signs more than anybody could

SIGNED_IN_A_MINUTE = """
select editor, minute, count(*) as signed, count(distinct admission_id) as stays, min(admission_id) as admission_id
from (
    select editor, admission_id, document_title, floor(epoch(edited_at) / 60) as minute
    from edits
    where action = '签名' and editor is not null and edited_at is not null
      and (extract(hour from edited_at) > 0 or extract(minute from edited_at) > 0)
    group by editor, admission_id, document_title, floor(epoch(edited_at) / 60), edited_at
) s
group by editor, minute
having count(*) > $most
order by editor, minute
"""
ONE_MINUTE = """
select fact_id, admission_id, edited_at
from edits
where action = '签名' and editor = $editor and floor(epoch(edited_at) / 60) = $minute
order by admission_id, edited_at, fact_id
"""


class Dated(NamedTuple):
    """A name with a minute beside it, and where both stand in the document's text."""

    name: str
    at: datetime
    document_id: str
    start: int
    end: int


def signed_in_a_minute(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    """One finding for each hand and minute, on the stay with most of its papers; a day without a clock is no minute."""
    for row in inspection.warehouse.rows(SIGNED_IN_A_MINUTE, {"most": limits["signed_in_a_minute"]}):
        found = inspection.warehouse.rows(ONE_MINUTE, row)
        at = found[0]["edited_at"]
        stays = sorted({str(one["admission_id"]) for one in found})
        most = max(stays, key=lambda stay: (sum(one["admission_id"] == stay for one in found), stay))
        shown = [str(one["fact_id"]) for one in found if one["admission_id"] == most]
        yield Problem(
            admission_id=most,
            fields={
                "told": f"“{row['editor']}”于 {at:%Y-%m-%d %H:%M} 一分钟内签名 {row['signed']} 份文书"
                f"（涉及 {len(stays)} 次住院），疑似批量签名而未逐份审阅"
            },
            fact_ids=tuple(shown[:8]),
            certainty=Certainty.CLUE if int(row["signed"]) > MIGRATED else Certainty.PROBABLE,
            related_admissions=tuple(stay for stay in stays if stay != most),
            points_at=("minute", str(row["editor"]), f"{at:%Y%m%d%H%M}"),
        )


def dated_names(record: Record) -> tuple[Dated, ...]:
    """The names of a stay's documents that a minute stands beside, each document counted once for a name and minute."""
    found: dict[tuple[str, datetime, str], Dated] = {}
    for document in record.documents:
        if "签" not in document.text or document.confidence < 1.0:
            continue
        for match in BESIDE.finditer(document.text):
            at = _minute(match["at"])
            if at is not None:
                place = Dated(match["name"], at, document.document_id, match.start(), match.end())
                found.setdefault((place.name, at, place.document_id), place)
    return tuple(found.values())


def dated_in_a_minute(
    inspection: Inspection, stays: Mapping[str, Sequence[Dated]], limits: Limits
) -> Iterator[Problem]:
    """The same by what the documents themselves say beside the names."""
    signed: dict[tuple[str, datetime], list[tuple[str, Dated]]] = defaultdict(list)
    for admission_id, dated in stays.items():
        for one in dated:
            signed[one.name, one.at].append((admission_id, one))
    for (name, at), papers in sorted(signed.items()):
        if len(papers) <= limits["signed_in_a_minute"]:
            continue
        counts = Counter(stay for stay, _ in papers)
        most = max(counts, key=lambda stay: (counts[stay], stay))
        shown = [one for stay, one in papers if stay == most]
        yield Problem(
            admission_id=most,
            fields={
                "told": f"“{name}”于 {at:%Y-%m-%d %H:%M} 一分钟内签名 {len(papers)} 份文书"
                f"（涉及 {len(counts)} 次住院），疑似批量签名而未逐份审阅"
            },
            evidence=_quoted(inspection.records[most], shown[:8]),
            certainty=Certainty.CLUE if len(papers) > MIGRATED else Certainty.PROBABLE,
            related_admissions=tuple(sorted(stay for stay in counts if stay != most)),
            points_at=("minute", name, f"{at:%Y%m%d%H%M}"),
        )


def _quoted(record: Record, places: Sequence[Dated]) -> tuple[Evidence, ...]:
    documents = {document.document_id: document for document in record.documents}
    return tuple(record.quote(documents[place.document_id], place.start, place.end) for place in places)


@lru_cache(maxsize=4_096)
def _minute(text: str) -> datetime | None:
    """The minute a time names; null where it gives the day alone."""
    stated = moments(text)
    return stated[0].at.replace(second=0) if stated and stated[0].exact and stated[0].start == 0 else None
