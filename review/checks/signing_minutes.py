"""More signatures of one hand within one minute than could be set after reading, by the record system's own times."""

from collections.abc import Iterator

from review.checks.header import Limits
from review.checks.inputs import Inspection
from review.models import Problem
from review.violations import Certainty

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
            certainty=Certainty.CLUE,
            related_admissions=tuple(stay for stay in stays if stay != most),
            points_at=("minute", str(row["editor"]), f"{at:%Y%m%d%H%M}"),
        )
