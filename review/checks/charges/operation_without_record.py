"""CHG-018: an operation, an intervention or an anaesthesia charged on a day of which no source tells one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.mentions import mentions
from review.checks.service_traces import row_of, rows_needing, words_about
from review.models import Problem
from review.record import Charge, Document
from review.violations import Certainty

OPERATED = re.compile(r"手术记录|有创|介入|操作记录|术后首次|分娩|接生|内镜|穿刺")
ANAESTHETISED = re.compile(r"麻醉记录|麻醉前|麻醉后|手术记录")
LASTING = re.compile(
    r"小时|日|天|分钟"
)  # what runs for hours or days is no event; its hours are held elsewhere
LOCAL = re.compile(r"局部浸润|表面麻醉|局麻")
# an operation record that names local anaesthesia and no other tells that none was given by an anaesthetist
LOCAL_ONLY = re.compile(r"麻醉(?:方式|方法)?[:：]?\s*(?:局部|局麻|表面)")
OTHER_WAY = re.compile(r"全身麻醉|全麻|椎管内|腰麻|硬膜外|腰硬|神经阻滞|臂丛|静脉麻醉|基础麻醉|骶管")
# a delivery is told in the labour, postnatal or discharge record and stands in no operation register
ATTENDED_BIRTH = re.compile(r"接生|助产")
BORN = re.compile(r"顺产|自然分娩|分娩出?一|助娩|娩出|活[男女]婴")
OF_ANAESTHESIA = ("anaes_record",)
OF_OPERATION = ("op_record", "procedure_note")


@check(
    code="CHG-018",
    title="手术、麻醉、介入收费无记录",
    violation="fictitious_service",
    certainty="established",
    needs={"tables": ["charges"], "knowledge": ["evidence_required"]},
    limits={"days_around": 1, "sources": 2},
    limits_said={
        "days_around": "记录与费用相差的天数",
        "sources": "至少几种来源都没有才算",
    },
    basis=["医疗保障基金使用监督管理条例#第四十条（三）", "病历书写基本规范#第二十二条（十五）"],
    covers={"problems": [15, 36, 53, 154]},
    message="$item 计费于 $days，前后 1 日内$sources均无$what记录，疑似未实施而收费，涉及 $amount_yuan 元。",
    why="手术、麻醉须有记录；收了费而几处来源都没有，须看是否实施。",
    exceptions=(
        "手术登记写明当日有手术",
        "麻醉登记写明当日有麻醉",
        "床旁有创操作写在病程记录",
        "接生写在产程、产后或出院记录",
        "局部麻醉由术者实施",
        "按小时、按日计价的持续项目",
        "记录日期相差一日",
        "手术取消已退费",
    ),
    overturned_by=("手术记录、麻醉记录单", "手术室登记"),
)
def operation_without_record(record: Record, limits: Limits) -> Iterator[Problem]:
    known = record.rows("evidence_required")
    wanted = (
        ("麻醉", rows_needing(known, *OF_ANAESTHESIA), _anaesthesia_days(record)),
        ("手术或操作", rows_needing(known, *OF_OPERATION), _operation_days(record)),
    )
    silent = _silent_sources(record)
    asked = False
    for what, rows, days in wanted:
        for lines in _items(record, rows, what):
            asked = True
            bare = [line for line in lines if not _near(line.charged_on, days, int(limits["days_around"]))]
            if not bare or _told(record, bare[0].item_name or ""):
                continue
            if len(silent) < int(limits["sources"]):
                raise NotChecked("缺：手术记录表、麻醉记录表、病历文书中至少两项")
            yield _problem(bare, what, silent, rows)
    if not asked:
        raise NotApplicable("没有手术、麻醉费用")


def _told(record: Record, item: str) -> bool:
    """Whether the notes tell of the service as done, or of the birth attended; earlier births stand at admission."""
    if words_about(record, item).done is not None:
        return True
    return bool(ATTENDED_BIRTH.search(item)) and any(
        place.context.asserted and "入院记录" not in place.sentence.document.kind
        for place in mentions(record, BORN)
    )


def _items(record: Record, rows: Sequence[Mapping[str, Any]], what: str) -> list[list[Charge]]:
    items: dict[tuple[str | None, str | None], list[Charge]] = {}
    for line in record.charges:
        of_anaesthesia = "麻醉" in (line.item_name or "") or (line.code15 or "").startswith("003301")
        if (
            line.charge_type != "06"
            or of_anaesthesia != (what == "麻醉")
            or LOCAL.search(line.item_name or "")
            or (LASTING.search(line.unit or "") and (not of_anaesthesia or "镇痛" in (line.item_name or "")))
        ):
            continue
        if row_of(line, rows) is not None:
            items.setdefault((line.code15, line.item_name), []).append(line)
    return list(items.values())


def _operation_days(record: Record) -> set[date]:
    days = {row.operated_on or (row.begins_at.date() if row.begins_at else None) for row in record.operations}
    days |= {
        row.anesthesia_on or (row.begins_at.date() if row.begins_at else None) for row in record.anesthesia
    }
    days |= {
        doc.written_at.date() for doc in record.documents if doc.written_at and OPERATED.search(doc.kind)
    }
    return {day for day in days if day is not None}


def _anaesthesia_days(record: Record) -> set[date]:
    days = {
        row.anesthesia_on or (row.begins_at.date() if row.begins_at else None) for row in record.anesthesia
    }
    days |= {
        doc.written_at.date()
        for doc in record.documents
        if doc.written_at and ANAESTHETISED.search(doc.kind) and not _local_only(doc)
    }
    if not record.provided("anesthesia"):
        days |= {row.operated_on for row in record.operations}
    return {day for day in days if day is not None}


def _local_only(document: Document) -> bool:
    return bool(LOCAL_ONLY.search(document.text)) and not OTHER_WAY.search(document.text)


def _silent_sources(record: Record) -> list[str]:
    """The sources that hold this hospital's operations at all, and so can be silent about one."""
    tables = (
        ("operations", "手术登记"),
        ("setl_list_oprn_d", "结算清单手术"),
        ("anesthesia", "麻醉登记"),
    )
    found = [name for table, name in tables if record.provided(table)]
    return [*found, "病历文书"] if record.documents else found


def _near(day: date | None, days: set[date], around: int) -> bool:
    return day is None or any(abs(day - other) <= timedelta(days=around) for other in days)


def _problem(
    lines: Sequence[Charge], what: str, silent: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> Problem:
    amount = sum((line.amount for line in lines), Decimal(0))
    row = row_of(lines[0], rows)
    return Problem(
        fields={
            "item": lines[0].item_name or "",
            "days": "、".join(dict.fromkeys(str(line.charged_on) for line in lines)),
            "sources": "、".join(silent),
            "what": what,
            "amount_yuan": amount,
        },
        charge_ids=tuple(sorted(line.charge_id for line in lines)),
        amount=amount,
        certainty=Certainty.ESTABLISHED if len(silent) > 2 and "病历文书" in silent else Certainty.PROBABLE,
        row_id=str(row["row_id"]) if row else None,
    )
