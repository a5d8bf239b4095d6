"""More signatures of one hand within one minute than could be set after reading: by the record system's own times, or
by the times that stand beside the names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from review.checks.header import Limits
from review.checks.inputs import Inspection, Record
from review.facts.times import moments
from review.models import Problem
from review.record import Document
from review.violations import Certainty

BESIDE = re.compile(
    r"签\s*[名字]\s*[）)]?\s*[:：]\s*(?P<name>[\u4e00-\u9fff·]{2,4})[ \t\u3000]+(?P<at>\d{4}[^\n]{6,24})"
)
MIGRATED = 100  # a system that is replaced signs more than anybody could
Signed = tuple[Record, Document, int, int]

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


def dated_in_a_minute(inspection: Inspection, limits: Limits) -> Iterator[Problem]:
    """The same by what the documents themselves say beside the names, each document counted once."""
    signed: dict[tuple[str, datetime], dict[str, Signed]] = defaultdict(dict)
    for record in inspection.records.values():
        for document in record.documents:
            if "签" not in document.text or document.confidence < 1.0:
                continue
            for match in BESIDE.finditer(document.text):
                at = _minute(match["at"])
                if at is not None:
                    place = (record, document, match.start(), match.end())
                    signed[match["name"], at].setdefault(document.document_id, place)
    for (name, at), papers in sorted(signed.items()):
        if len(papers) <= limits["signed_in_a_minute"]:
            continue
        stays = Counter(record.admission.admission_id for record, *_ in papers.values())
        most = max(stays, key=lambda stay: (stays[stay], stay))
        shown = [paper for paper in papers.values() if paper[0].admission.admission_id == most]
        yield Problem(
            admission_id=most,
            fields={
                "told": f"“{name}”于 {at:%Y-%m-%d %H:%M} 一分钟内签名 {len(papers)} 份文书"
                f"（涉及 {len(stays)} 次住院），疑似批量签名而未逐份审阅"
            },
            evidence=tuple(record.quote(document, start, end) for record, document, start, end in shown[:8]),
            certainty=Certainty.CLUE if len(papers) > MIGRATED else Certainty.PROBABLE,
            related_admissions=tuple(sorted(stay for stay in stays if stay != most)),
            points_at=("minute", name, f"{at:%Y%m%d%H%M}"),
        )


@lru_cache(maxsize=4_096)
def _minute(text: str) -> datetime | None:
    """The minute a time names; null where it gives the day alone."""
    stated = moments(text)
    return stated[0].at.replace(second=0) if stated and stated[0].exact and stated[0].start == 0 else None
