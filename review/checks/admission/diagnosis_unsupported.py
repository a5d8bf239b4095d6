"""ADM-009: a diagnosis that raises the payment group, with nothing in the results that it could rest on, or an
operation that raises it, with nothing in the bill.

Only what the tables of results cover is asked: where the hospital handed over none, nothing is said.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.readings import facts_of
from review.checks.stay_costs import low_cost, went_its_course
from review.checks.uncharged_operations import coded_operations, uncharged_operations
from review.models import Problem
from review.record import Diagnosis, OperationRow

Row = Mapping[str, Any]
UNCHARGED_SAID = (
    "结算清单编有手术操作 {operations}，本次住院没有任何手术、操作收费，{unseen}。"
    "疑似编码依据不足，分组差额由经办机构核算。"
)
UNSEEN = {True: "登记和病历也未见记载", False: "登记和病历没有调取"}
CHEAP_SAID = "主诊断“{diagnosis}”的{beside}，诊疗内容与该诊断的轻重不相称。疑似主诊断选择偏重，分组差额由经办机构核算。"
TABLES = {"lab": ("labs", "化验报告"), "exam": ("exams", "检查报告"), "vital": ("vitals", "护理体征")}
SAID_AS = {"oxygen_saturation": "血氧饱和度", "weight": "体重"}
SUSPECTED = re.compile(r"待查|待排|疑似|可疑|[?？]$|可能")
TOLD_OUTSIDE = re.compile(
    r"(?:外院|当地|上级医院|院外|自带|携带|(?<![我本])[省市县区镇](?:第?[一二三四五六七八九十]|人民|中心|中医|妇幼|肿瘤)"
    r"[^，。；\n]{0,6}院)[^。\n]{0,60}(?:CT|MR|胸片|X线|化验|血气|检查|报告|示|提示)"
)
COMPARED = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}
ALIKE, NOTHING = ("lab", "exam", "order"), "^$"
OTHERS = """
with shown as (
    select admission_id from labs where regexp_matches(coalesce(analyte, ''), $lab)
    union
    select admission_id from exams where regexp_matches(coalesce(exam_name, ''), $exam)
    union
    select admission_id from orders where regexp_matches(coalesce(order_name, ''), $order)
)
select count(distinct d.admission_id) as others, count(distinct t.admission_id) as shown,
       (select count(*) from shown where admission_id <> $id) as anywhere
from diagnoses d
left join shown t on t.admission_id = d.admission_id
where regexp_matches(d.diagnosis_code, $codes) and d.admission_id <> $id
"""


@check(
    code="ADM-009",
    title="高套编码线索",
    violation="upcoding",
    certainty="clue",
    counted=False,
    needs={"tables": ("admissions", "diagnoses"), "knowledge": ("dx_rules",)},
    limits={
        "least_others": 30,
        "low_cost": 0.4,
        "least_days": 3,
        "hours_before_death": 24,
        "least_like_it": 3,
        "shown_share": 0.5,
        "shown_anywhere": 10,
        "charged_share": 0.8,
    },
    limits_said={
        "least_others": "可比的其他住院至少几例",
        "low_cost": "费用低于同病种中位数的比例",
        "least_days": "住院至少几天才比较费用",
        "hours_before_death": "死亡前几小时入院的不判断",
        "least_like_it": "至少几例相同才算",
        "shown_share": "同病种有相应依据的比例",
        "shown_anywhere": "全院有这类结果的住院达到几例即视为已导出",
        "charged_share": "编有手术的住院有手术收费的比例",
    },
    basis=(
        "住院病案首页数据填写质量规范（暂行）#第五条",
        "住院病案首页数据填写质量规范（暂行）#第十条",
    ),
    message="结算诊断“$diagnosis”未见相应依据：病历内无$needs$cost。疑似诊断依据不足，分组差额由经办机构核算。",
    why="编码须有可追溯的检查检验依据；没有依据的严重诊断会提高分组。",
    exceptions=(
        "结果支持诊断",
        "已收费而报告未导出",
        "疑似诊断",
        "外院结果",
        "入院不久死亡",
        "后遗症或陈旧",
        "手术用其他名称收费或按病种打包",
        "有手术登记、麻醉或手术记录",
        "病历写明实施了手术",
        "本院手术多不单独收费",
        "转院、自动出院、死亡或住院太短",
        "同主诊断的住院太少",
    ),
    overturned_by=("外院检查检验报告", "未导出的报告", "疑难诊断讨论记录", "手术记录和收费凭证"),
    covers={"classes": (37,)},
)
def diagnosis_unsupported(record: Record, limits: Limits) -> Iterator[Problem]:
    asked = [
        (diagnosis, rows)
        for diagnosis in record.diagnoses
        for rows in _rules(record).values()
        if _about(diagnosis, rows[0])
    ]
    operated = coded_operations(record)
    if not asked and not operated:
        raise NotApplicable("没有须看依据的诊断和手术")
    least, share = int(limits["least_like_it"]), float(limits["charged_share"])
    bare = uncharged_operations(record, least, share)
    if bare:
        yield _uncharged(bare, came=record.came)
    if asked:
        yield from _unsupported(record, asked, limits, spoke=bool(bare))
    elif not record.charges:
        raise NotChecked("缺：费用明细")


def _rules(record: Record) -> Mapping[str, list[Row]]:
    rules: dict[str, list[Row]] = defaultdict(list)
    for row in record.rows("dx_rules"):
        if row["support"]:
            rules[str(row["condition"])].append(row)
    return rules


def _uncharged(operations: Sequence[OperationRow], *, came: bool) -> Problem:
    told = "、".join(f"{row.operation_name}（{row.operation_code}）" for row in operations[:3])
    return Problem(
        message=UNCHARGED_SAID.format(operations=told, unseen=UNSEEN[came]),
        lowered_by=() if came else (UNSEEN[came],),
        fact_ids=tuple(row.fact_id for row in operations[:3]),
        points_at=("operation", *(row.operation_code or "" for row in operations)),
    )


def _unsupported(
    record: Record, asked: Sequence[tuple[Diagnosis, list[Row]]], limits: Limits, *, spoke: bool
) -> Iterator[Problem]:
    """Diagnoses without their results; NotChecked where nothing was said and something could not be seen."""
    missing = [name for table, name in TABLES.values() if not record.provided(table)]
    unseen = f"缺：{'、'.join(missing)}" if missing else ""
    if not unseen and not record.labs and not record.exams:
        unseen = "本次住院没有导出的检查检验"
    told: set[str] = set()
    for diagnosis, rows in () if unseen else asked:
        condition = str(rows[0]["condition"])
        if condition in told or _excused(record, diagnosis, limits):
            continue
        if any(_met(record, row) for row in rows):
            cheap = list(_cheap(record, diagnosis, limits)) if diagnosis.is_main else []
            spoke = spoke or bool(cheap)
            yield from cheap
            continue
        told.add(condition)
        if not _would_show(record, rows, limits):
            unseen = f"本院同类诊断（{condition}）多数没有导出这类结果"
            continue
        spoke = True
        yield _problem(record, diagnosis, rows, limits)
    if unseen and not spoke:
        raise NotChecked(unseen)


def _about(diagnosis: Diagnosis, row: Row) -> bool:
    prefixes = tuple(str(row["icd_prefix"]).split("|"))
    exempt = row["name_exempt"]
    return diagnosis.diagnosis_code.startswith(prefixes) and not (
        exempt and re.search(str(exempt), diagnosis.diagnosis_name or "")
    )


def _excused(record: Record, diagnosis: Diagnosis, limits: Limits) -> bool:
    """Suspected, known from elsewhere, or the patient died before it could be shown."""
    if SUSPECTED.search(diagnosis.diagnosis_name or ""):
        return True
    died = record.admission.died_at
    if died is not None:
        hours = (died - record.admission.begins_at).total_seconds() / 3600
        if hours <= limits["hours_before_death"]:
            return True
    return any(TOLD_OUTSIDE.search(document.text) for document in record.of_kind("入院记录", "首次病程记录"))


def _met(record: Record, row: Row) -> bool:
    """Whether a result is there, and reaches the value where the row names one."""
    pattern = re.compile(str(row["needs_any"]), re.IGNORECASE)
    bound = row["value"]
    values: list[Decimal | None] = []
    if row["support"] == "lab":
        values = [lab.value for lab in record.labs if pattern.search(lab.analyte or "")]
        values += [
            _number(fact.value)
            for fact in facts_of(record, "lab_value", "cited_result")
            if pattern.search(fact.name)
        ]
    elif row["support"] == "order":
        return any(pattern.search(order.order_name or "") for order in record.orders)
    elif row["support"] == "exam":
        values = [
            None
            for exam in record.exams
            if pattern.search(f"{exam.exam_name or ''}{exam.body_part or ''}{exam.method or ''}")
        ]
    else:
        values = [
            _number(fact.value)
            for fact in facts_of(record, "measurement")
            if pattern.search(SAID_AS.get(fact.name, ""))
        ]
        if pattern.search("血氧饱和度"):
            values += [v.oxygen_saturation for v in record.vitals if v.oxygen_saturation is not None]
    # what was charged was done, though its report was not handed over
    if not values and row["support"] in ("lab", "exam"):
        return any(pattern.search(charge.item_name or "") for charge in record.charges)
    if bound is None:
        return bool(values)
    # a result whose value cannot be read may be the one that shows it
    return any(value is None or COMPARED[str(row["op"])](value, bound) for value in values)


def _would_show(record: Record, rows: Sequence[Row], limits: Limits) -> bool:
    """Whether the extract holds such results: in most others with the diagnosis, or in enough stays of any.

    A few others with the diagnosis say nothing."""
    patterns = {kind: [str(row["needs_any"]) for row in rows if row["support"] == kind] for kind in ALIKE}
    counted = record.inspection.warehouse.rows(
        OTHERS,
        {
            "id": record.admission.admission_id,
            "codes": f"^({str(rows[0]['icd_prefix']).replace('.', '[.]')})",
            **{kind: "|".join(found) or NOTHING for kind, found in patterns.items()},
        },
    )[0]
    return bool(
        counted["others"] < limits["least_like_it"]
        or counted["shown"] >= limits["shown_share"] * counted["others"]
        or counted["anywhere"] >= limits["shown_anywhere"]
    )


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return None


def _problem(record: Record, diagnosis: Diagnosis, rows: Sequence[Row], limits: Limits) -> Problem:
    wanted = [f"{_first(row)}{_bound(row)}" for row in rows if row["support"] != "order"]
    return Problem(
        fields={
            "diagnosis": diagnosis.diagnosis_name,
            "needs": "、".join(dict.fromkeys(wanted)) + "等结果",
            "cost": _cost(record, limits) if diagnosis.is_main else "",
        },
        points_at=(str(rows[0]["condition"]),),
    )


def _first(row: Row) -> str:
    return str(row["needs_any"]).split("|")[0].strip("^$?")


def _bound(row: Row) -> str:
    return "" if row["value"] is None else f"{row['op']}{row['value'].normalize():f}"


def _cost(record: Record, limits: Limits) -> str:
    beside = low_cost(record, limits["least_others"], limits["low_cost"])
    return f"；{beside.says}" if beside else ""


def _cheap(record: Record, diagnosis: Diagnosis, limits: Limits) -> Iterator[Problem]:
    """A main diagnosis that raises the group, shown by results, and a bill that is a fraction of the others'."""
    beside = low_cost(record, limits["least_others"], limits["low_cost"])
    if beside and went_its_course(record, limits["least_days"]):
        said = CHEAP_SAID.format(diagnosis=diagnosis.diagnosis_name, beside=beside.says)
        yield Problem(message=said, points_at=("cost", diagnosis.diagnosis_code))
