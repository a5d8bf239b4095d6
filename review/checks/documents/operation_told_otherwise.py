"""DOC-013: an operation is named in the register, the settlement list, the front page, the charges or the record's own
title, and the steps of the operation record tell of another one; or its papers count another number of implants.

By the rows of `operation_marks`: a name that matches `name_regex` wants a step that matches `steps_regex` somewhere in
the operation records of that day or in the reports. It measures names without any such step, an approach (through the
scope, open) that the steps deny, and implants of the record against count sheet and labels. Yuan are the business of
CHG-015 and CHG-018. Source: 病历书写基本规范 第二十二条（十五）（十七）.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from review.checks.criteria import rows_in_force
from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.performed_operations import Performed, Pieces, about, performed, pieces, reported
from review.facts.front_page import KIND, front_page
from review.models import Evidence, Problem
from review.violations import Certainty

Row = Mapping[str, Any]
OPERATION_CHARGE = "06"
ADDED = re.compile(r"加收|使用费|耗材|材料|器械|监护|麻醉|镇痛|刀头|费$|吊塔|导航")
THROUGH_SCOPE = re.compile(r"(?:腹腔|胸腔)镜")
SCOPE_STEPS = re.compile(
    r"气腹|[Tt]rocar|TROCAR|套管|戳卡|戳孔|穿刺孔|观察孔|操作孔|主操作|镜下|腔镜|腹腔镜|胸腔镜|镜头|监视|单孔|CO2"
)
OPENED = re.compile(
    r"逐层(?:切开|进腹|切入)|切开皮肤|(?:正中|经腹直肌|肋缘下|麦氏|后外侧|旁正中|横)[^，。；]{0,6}切口|开腹|进腹"
)
BY_OPENING = re.compile(r"开腹|剖腹|开胸|经腹直肌|切口入路")
BEFOREHAND = ("手术登记", "手术名称一栏")
GAS = re.compile(r"气腹|[Tt]rocar|TROCAR|戳卡|戳孔")
WASTED = re.compile(r"报废|浪费|弃用|弃去|损坏|断裂|滑丝|污染|更换|取出")
OF_THE_OPERATION = re.compile(r"手术记录|操作记录|介入|清点|植入|耗材|护理")


@dataclass(frozen=True)
class Name:
    """One name of an operation, where it stands and on which day."""

    text: str
    origin: str
    on: date | None
    fact_id: str | None = None
    evidence: Evidence | None = None


@check(
    code="DOC-013",
    title="手术名称、步骤、植入物与首页、收费、清单不一致",
    violation="documentation_defect",
    certainty="probable",
    needs={"tables": ("admissions", "documents"), "knowledge": ("operation_marks",)},
    limits={"pieces_apart": 1},
    limits_said={"pieces_apart": "植入物相差几件才算"},
    basis=(
        "病历书写基本规范#第二十二条（十五）",
        "病历书写基本规范#第二十二条（十七）",
        "住院病案首页数据填写质量规范（暂行）#第二十二条",
    ),
    message="手术记录与$sources不一致：$told。",
    why="手术记录由术者写明做了什么、植入几件；名称、清点和标签与经过对不上，须看实际做了什么。",
    exceptions=(
        "同一手术的不同写法",
        "编码名称比记录粗",
        "术中改变术式，记录写明",
        "中转开腹",
        "分期手术各有记录",
        "手术记录过简",
        "手术经过只写术名",
        "报告、病理证明做了该项",
        "植入物开启后更换、弃用",
        "件数不能由文字算出",
        "扫描件识别不清",
    ),
    overturned_by=("手术录像、术中影像", "病理报告", "手术清点记录原件", "更正后的编码"),
)
def operation_told_otherwise(record: Record, limits: Limits) -> Iterator[Problem]:
    names = list(_names(record))
    told = performed(record)
    if not names and not told:
        raise NotApplicable("本次住院没有手术")
    if not told:
        raise NotChecked("没有可读的手术记录，或记录没有写经过")
    rows = rows_in_force(record.rows("operation_marks"), record.admission.begins_at.date())
    found = [*_undescribed(record, rows, names, told), *_otherwise_approached(names, told)]
    if found:
        yield _named(record, found)
    for one in pieces(record):
        problem = _counted(record, one, limits)
        if problem is not None:
            yield problem


def _names(record: Record) -> Iterator[Name]:
    """Every name that a source gives an operation of this stay, the most official first."""
    for row in record.operations:
        if row.operation_name:
            origin = "手术登记" if row.origin == "hospital" else "结算清单"
            on = row.operated_on or (row.begins_at.date() if row.begins_at else None)
            yield Name(row.operation_name, origin, on, fact_id=row.fact_id)
    for document in record.of_kind(KIND):
        page = front_page(document)
        for one in page.operations:
            yield Name(one.name, "病案首页", None, evidence=record.quote(document, one.start, one.end))
    for line in record.charges:
        name = line.item_name or ""
        if line.charge_type == OPERATION_CHARGE and line.kind == "service" and not ADDED.search(name):
            shown = Evidence("table", line.source, name, row=line.charge_id, label="费用明细")
            yield Name(name, "收费", line.charged_on, evidence=shown)
    for one_told in performed(record):
        for text, start, end in one_told.names:
            yield Name(
                text, "手术名称一栏", one_told.on, evidence=record.quote(one_told.document, start, end)
            )


def _undescribed(
    record: Record, rows: Sequence[Row], names: Sequence[Name], told: Sequence[Performed]
) -> Iterator[tuple[Name, Performed, str]]:
    """Names of which no record of their day and no report tells a step."""
    reports = reported(record)
    for name in names:
        near = about(told, name.on)
        # what was booked or headed before the operation may have been changed in it; what was coded or charged may not
        if not near or (name.origin in BEFOREHAND and any(one.changed for one in near)):
            continue
        for row in rows:
            if not _matches(row, name.text):
                continue
            steps, named = _pattern(str(row["steps_regex"])), _pattern(str(row["name_regex"]))
            said = any(one.tells(steps) or one.tells(named) for one in near)
            if not said and not steps.search(reports):
                yield name, near[0], f"经过没有“{row['name']}”的步骤"
                break


def _matches(row: Row, name: str) -> bool:
    return bool(_pattern(str(row["name_regex"])).search(name)) and not (
        row["exempt_regex"] and _pattern(str(row["exempt_regex"])).search(name)
    )


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _otherwise_approached(
    names: Sequence[Name], told: Sequence[Performed]
) -> Iterator[tuple[Name, Performed, str]]:
    """A name through the scope and steps that open the body, or the other way round, without a word of changing."""
    for name in names:
        near = about(told, name.on)
        if len(near) != 1 or near[0].changed or re.search(r"中转|辅助|联合", name.text):
            continue
        steps = near[0].steps
        if THROUGH_SCOPE.search(name.text) and OPENED.search(steps) and not SCOPE_STEPS.search(steps):
            yield name, near[0], "经过写的是切开进入，没有经腔镜的步骤"
        elif BY_OPENING.search(name.text) and GAS.search(steps) and not OPENED.search(steps):
            yield name, near[0], "经过写的是经腔镜，没有切开进入的步骤"


def _named(record: Record, found: Sequence[tuple[Name, Performed, str]]) -> Problem:
    said: dict[str, list[Name]] = {}
    for name, _, why in found:
        said.setdefault(why, []).append(name)
    told = "；".join(
        f"{'、'.join(dict.fromkeys(one.origin for one in group))}写有“{group[0].text}”，手术记录的{why}"
        for why, group in list(said.items())[:4]
    )
    documents = {one.document.document_id: one for _, one, _ in found}
    return Problem(
        fields={"told": told, "sources": "、".join(dict.fromkeys(name.origin for name, _, _ in found))},
        evidence=tuple(
            [_steps_quote(record, one) for one in documents.values()]
            + [name.evidence for name, _, _ in found if name.evidence is not None][:4]
        ),
        fact_ids=tuple(dict.fromkeys(name.fact_id for name, _, _ in found if name.fact_id))[:4],
        certainty=Certainty.PROBABLE,
        points_at=tuple(sorted({name.text for name, _, _ in found})),
    )


def _steps_quote(record: Record, one: Performed) -> Evidence:
    """The record's account, from its heading on."""
    text = one.document.text
    heading = re.search(r"手\s*术\s*(?:经\s*过|步\s*骤)|术\s*中\s*经\s*过|操\s*作\s*经\s*过", text)
    start = heading.start() if heading else 0
    return record.quote(one.document, start, min(len(text), start + 200), at=one.document.written_at)


def _counted(record: Record, one: Pieces, limits: Limits) -> Problem | None:
    """Record, count sheet and labels of one class that do not agree, where nothing tells of a piece thrown away."""
    told = {"手术记录": one.recorded, "清点记录": one.counted, "标签": one.labelled}
    known = {name: number for name, number in told.items() if number is not None}
    if max(known.values()) - min(known.values()) < limits["pieces_apart"]:
        return None
    papers = [one for one in record.documents if OF_THE_OPERATION.search(one.kind + one.title)]
    if any(WASTED.search(document.text) for document in papers):
        return None
    noted = [number for number in (one.recorded, one.counted) if number is not None]
    label_lost = one.labelled is not None and len(set(noted)) == 1 and one.labelled < noted[0]
    return Problem(
        fields={
            "sources": "清点、标签",
            "told": f"{one.name}" + "，".join(f"{name} {number} 件" for name, number in known.items()),
        },
        fact_ids=tuple(fact.fact_id for fact in one.facts)[:8],
        certainty=Certainty.CLUE if label_lost else Certainty.PROBABLE,
        lowered_by=("标签可能缺页",) if label_lost else (),
        points_at=("pieces", one.name),
    )
