"""ADM-008: an operation that is done within a day elsewhere, and a stay of several nights around it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Record
from review.models import AmountOption, Problem
from review.record import OperationRow

BED_CARE = frozenset({"01", "02", "07"})
SEVERE = re.compile(
    r"^(C|I2[0-2]|I26|I48|I50|I6[0-4]|J44|J45|J9[56]|K7[02-4]|N1[78]|D6[5-9]|E1[0-4]\.[0-8]|G20|F|T8[0-8]|R65|A4[01]|O)"
)
WENT_WRONG = re.compile(
    r"术后(?:出血|感染|发热|血肿|肠梗阻|切口裂开|尿潴留|瘘)|并发症(?!的?(?:可能|风险|预防|：?无))|再次手术|转ICU|重症监护"
)
CANNOT_GO = re.compile(r"独居|独自居住|无人陪护|家住偏远|路途遥远|距.{0,6}医院.{0,8}(?:公里|小时)|交通不便")
ANTICOAGULANT = re.compile(r"华法林|利伐沙班|达比加群|肝素|阿哌沙班|艾多沙班|抗凝|氯吡格雷|替格瑞洛")
ASA_HIGH = re.compile(r"ASA[^0-9ⅠⅡⅢⅣⅤIV]{0,8}(?:[345]|Ⅲ|Ⅳ|Ⅴ|III|IV|V)(?:级|$|[^I])")


@check(
    code="ADM-008",
    title="可日间完成的手术长期住院",
    violation="low_indication_admission",
    certainty="clue",
    needs={"tables": ("admissions", "operations"), "knowledge": ("day_surgery",)},
    limits={"youngest": 18, "oldest": 70, "nights": 4, "nights_before": 2, "nights_enough": 2},
    limits_said={
        "youngest": "适用的最小年龄（岁）",
        "oldest": "适用的最大年龄（岁）",
        "nights": "住院至少几夜才提示",
        "nights_before": "术前至少几夜",
        "nights_enough": "术后几夜之内属正常",
    },
    basis=("医疗保障基金使用监督管理条例#第三十八条（二）",),
    message="“$operation”在日间手术目录内，本次住院 $nights 晚（术前 $before 晚），"
    "未见须住院的原因。疑似可以日间完成。",
    why="日间手术可以在两日内完成；术前等待和术后久住多半不是病情需要。",
    exceptions=(
        "年龄在范围之外",
        "有合并症或并发症",
        "独居、路远",
        "抗凝治疗",
        "麻醉风险高",
        "同时做了其他手术",
        "本院未开展日间手术",
        "住院夜数未超",
    ),
    overturned_by=("住院医师记载的住院理由", "本院未获日间手术资格", "当地日间手术目录"),
    covers={"classes": (53,)},
)
def day_surgery_kept_in(record: Record, limits: Limits) -> Iterator[Problem]:
    settled = [op for op in record.operations if op.origin == "settlement"]
    done = {op.operation_code.upper(): op for op in settled or record.operations if op.operation_code}
    listed = {str(row["operation_code"]).upper() for row in record.rows("day_surgery")}
    if not done or not any(code in listed for code in done):
        raise NotApplicable("没有日间手术目录内的手术")
    if set(done) not in [set(code.split("+")) for code in listed]:
        return
    admission = record.admission
    age = admission.age_years
    first = min((op.operated_on for op in done.values() if op.operated_on), default=None)
    if age is None or not limits["youngest"] <= age <= limits["oldest"] or first is None:
        return
    before = (first - admission.begins_at.date()).days
    long = admission.bed_days >= limits["nights"] or before >= limits["nights_before"]
    if long and not _excused(record) and _does_day_surgery(record):
        yield _problem(record, next(iter(done.values())), max(0, before), limits)


def _excused(record: Record) -> bool:
    others = [row for row in record.diagnoses if not row.is_main]
    if any(SEVERE.match(row.diagnosis_code) for row in others):
        return True
    if record.admission.discharge_way in {"2", "5"} or record.admission.admission_way == "1":
        return True
    if any(ANTICOAGULANT.search(order.order_name or "") for order in record.orders):
        return True
    return any(
        pattern.search(document.text)
        for document in record.documents
        if "同意书" not in document.kind
        for pattern in (WENT_WRONG, CANNOT_GO, ASA_HIGH, ANTICOAGULANT)
    )


def _does_day_surgery(record: Record) -> bool:
    """The sheet of the hospital speaks for or against it; where there is none, it is not known and the clue stands."""
    if (record.admission.hospital_grade or 2) < 2:
        return False
    warehouse = record.inspection.warehouse
    said = warehouse.rows("select departments from raw_institution where departments is not null")
    if not said or any("日间" in row["departments"] for row in said):
        return True
    return bool(warehouse.rows("select 1 from admissions where admission_kind = '28' limit 1"))


def _problem(record: Record, operation: OperationRow, before: int, limits: Limits) -> Problem:
    last = record.admission.begins_at.date() + timedelta(days=limits["nights_enough"])
    beyond = [
        c for c in record.charges if c.charged_on and c.charged_on >= last and c.charge_type in BED_CARE
    ]
    total = sum((charge.amount for charge in beyond), Decimal(0))
    return Problem(
        fields={"operation": operation.operation_name, "nights": record.admission.bed_days, "before": before},
        fact_ids=(operation.fact_id,),
        amount_options=(AmountOption("两晚以后的床位、诊查、护理费", total),) if beyond else (),
        points_at=("day_surgery", operation.operation_code or ""),
    )
