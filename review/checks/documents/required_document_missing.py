"""DOC-002: a document that this stay must have is not in the folder, while this hospital's other stays have theirs.

A folder is often an excerpt. So a kind of document is asked for only where nearly every other stay that needs it holds
it, and only of a stay most of whose everyday documents are there. What stands inside another document counts as there.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from review.checks.continued_stays import goes_on, went_on
from review.checks.criteria import rows_in_force
from review.checks.deadlines import kinds_of
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.models import Evidence, Outcome, Problem, Skipped
from review.violations import Certainty

Row = Mapping[str, Any]
DAY_SURGERY = "28"
OPERATION = "06"
EXAMINATION, LABORATORY = "03", "04"
SERVICE, MATERIAL = "service", "material"
BLOOD = re.compile(
    r"(?:悬浮|浓缩|洗涤|去白)[^，]{0,6}红细胞|冰冻[^，]{0,4}血浆|灭活[^，]{0,4}血浆|单采血小板|冷沉淀凝血|输血费|静脉输血"
)
LOCAL = re.compile(r"局部|局麻|表面|浸润")
MOVED = re.compile(r"转[^，。、]{1,8}科|转科|转入|转出")
PLANNED_BEFORE = ("术前小结", "术前讨论记录")
AT_THE_BEGINNING = ("入院记录", "首次病程记录")
IN_TABLES = {"医嘱单": ("orders",), "体温单": ("vitals",), "检查检验报告单": ("labs", "exams")}
# a procedure told in a course note is recorded there, and so is a consent that is on paper
TOLD_INSTEAD = {
    "有创操作": re.compile(r"(?:穿刺|置管|插管|切开|引流)[^。；]{0,60}(?:顺利|成功|固定|抽出|引出)")
}
WHEN: dict[str, Callable[[Record, Row], bool]] = {
    "每次住院": lambda record, row: True,
    "住院满 24 小时": lambda record, row: _hours(record) >= 24,
    "住院满三天": lambda record, row: _hours(record) >= 72,
    "住院满一个月": lambda record, row: _hours(record) >= 24 * 31,
    "出院": lambda record, row: (
        record.admission.died_at is None and _hours(record) >= 24 and not goes_on(record)
    ),
    "死亡": lambda record, row: record.admission.died_at is not None,
    "手术": lambda record, row: _operated(record),
    "非急诊手术（2018-04-18 起）": lambda record, row: _operated(record),
    "麻醉医师实施麻醉": lambda record, row: any(
        given.anesthetist and given.method and not LOCAL.search(given.method) for given in record.anesthesia
    ),
    "输血": lambda record, row: _charged(record, BLOOD),
    "病危或病重": lambda record, row: _ordered(record, row),
    "转科": lambda record, row: any(MOVED.search(order.order_name or "") for order in record.orders),
    "收取会诊费或有会诊医嘱": lambda record, row: _charged(record, re.compile("会诊")),
    "收取抢救费或有抢救医嘱": lambda record, row: _charged(record, re.compile("抢救")),
    "特殊检查或特殊治疗": lambda record, row: _charged(record, _when(row), SERVICE),
    "有创操作": lambda record, row: _charged(record, _when(row), SERVICE),
    "植入材料": lambda record, row: _charged(record, _when(row), MATERIAL),
    "收取检查或检验费": lambda record, row: any(
        charge.quantity > 0 and charge.charge_type in (EXAMINATION, LABORATORY) for charge in record.charges
    ),
}


@dataclass
class Wanted:
    """One row over the stays it applies to: how many they are, and which of them lack the document."""

    every: int = 0
    without: list[tuple[str, Row, tuple[Evidence, ...]]] = field(default_factory=list)


@dataclass(frozen=True)
class Held:
    """What the folder of one stay holds: the rows that ask something of it, those unanswered, and what is there."""

    documents: bool
    unreadable: str | None
    asked: tuple[str, ...] = ()
    without: tuple[Row, ...] = ()
    instead: tuple[Evidence, ...] = ()


def _held(record: Record, limits: Limits) -> Held:
    reason = _unreadable(record, limits)
    if reason is not None:
        return Held(bool(record.documents), reason)
    rows = list(_rows(record))
    without = tuple(row for row in rows if not _has(record, row))
    return Held(
        True,
        None,
        tuple(str(row["row_id"]) for row in rows),
        without,
        _holdings(record) if without else (),
    )


@check(
    gathers=_held,
    code="DOC-002",
    title="病历文书缺失",
    violation="documentation_defect",
    certainty="probable",
    scope="hospital",
    needs={"tables": ("admissions", "documents"), "knowledge": ("doc_rules",)},
    limits={
        "everyday_share": 0.6,
        "others_share": 0.8,
        "others_least": 5,
        "sure_share": 0.95,
        "sure_least": 20,
    },
    limits_said={
        "everyday_share": "本院该类文书的比例，低于此不判断",
        "others_share": "同类住院有该文书的比例",
        "others_least": "同类住院至少几例",
        "sure_share": "有该文书的比例，达到为“很可能”",
        "sure_least": "达到“很可能”至少几例",
    },
    basis=("病历书写基本规范#第十六条", "医疗机构病历管理规定（2013年版）#第九条"),
    message="未见$document（$condition）；本院同类住院 $others 例中 $having 例有此文书。请医疗机构提供。",
    why="规范要求的文书缺少，事后难以证明诊疗过程；可能只是未调取，须请医院补交。",
    exceptions=(
        "几份文书合订一份",
        "本次调取的病历只是摘录",
        "本院同类住院多未调取此类文书",
        "急诊手术的术前讨论和小结",
        "日间手术的短式病历",
        "住院不足二十四小时的短式病历",
        "扫描件识别不清",
        "以医嘱、体征数据代替的表单",
        "中途结算与年终结转",
        "操作已记入病程记录",
        "检查检验结果已在报告数据中",
        "随产品条码粘贴在手术记录中",
        "纸质同意书未扫描而文书提到",
    ),
    overturned_by=("补交的文书", "纸质病案"),
)
def required_document_missing(
    inspection: Inspection, limits: Limits, held: Mapping[str, Held]
) -> Iterator[Problem | Skipped]:
    if not any(one.documents for one in held.values()):
        raise NotChecked("没有病历文书")
    wanted: dict[str, Wanted] = defaultdict(Wanted)
    for admission_id, one in held.items():
        if one.unreadable is not None:
            yield Skipped(admission_id, Outcome.NOT_CHECKED, one.unreadable)
            continue
        for row_id in one.asked:
            wanted[row_id].every += 1
        for row in one.without:
            wanted[str(row["row_id"])].without.append((admission_id, row, one.instead))
    for need in wanted.values():
        yield from _missing(need, limits)


def _rows(record: Record) -> Iterator[Row]:
    """The rows of required documents that apply to a stay."""
    for row in rows_in_force(record.rows("doc_rules"), record.admission.begins_at.date()):
        applies = WHEN.get(str(row["condition"]))
        if row["kind"] == "required" and applies is not None and applies(record, row):
            if row["document"] in PLANNED_BEFORE and _urgent(record):
                continue
            if row["document"] in AT_THE_BEGINNING and went_on(record):
                continue
            yield row


def _missing(need: Wanted, limits: Limits) -> Iterator[Problem]:
    having = need.every - len(need.without)
    share = having / need.every
    if having < limits["others_least"] or share < limits["others_share"]:
        return
    sure = having >= limits["sure_least"] and share >= limits["sure_share"]
    for admission_id, row, instead in need.without:
        yield Problem(
            admission_id=admission_id,
            fields={
                "document": row["document"],
                "condition": row["condition"],
                "others": need.every,
                "having": having,
            },
            evidence=instead,
            certainty=Certainty.PROBABLE if sure else Certainty.CLUE,
            row_id=str(row["row_id"]),
            points_at=(str(row["row_id"]),),
            basis=tuple(str(row[name]) for name in ("basis", "basis_2") if row[name]),
        )


def _holdings(record: Record) -> tuple[Evidence, ...]:
    """What is there instead: the title of the first and of the last document."""
    shown = dict.fromkeys((record.documents[0], record.documents[-1]))
    return tuple(
        record.quote(
            document, 0, min(len(document.text), max(1, len(document.title))), at=document.written_at
        )
        for document in shown
    )


def _unreadable(record: Record, limits: Limits) -> str | None:
    """Why nothing can be called missing in this stay; null where it can."""
    if not record.documents:
        return "本次住院没有病历文书"
    if record.admission.admission_kind == DAY_SURGERY:
        return "日间手术用短式病历"
    if any(document.confidence < 0.9 for document in record.documents):
        return "有扫描件识别不清，不能断定缺少文书"
    every = [
        row for row in _rows(record) if row["condition"] in ("每次住院", "住院满 24 小时", "出院", "死亡")
    ]
    held = sum(_has(record, row) for row in every)
    return "病历调取不全" if held < limits["everyday_share"] * len(every) else None


def _has(record: Record, row: Row) -> bool:
    """Whether a document of the kinds is there, as a document, as a table, or inside another document."""
    if any(getattr(record, table) for table in IN_TABLES.get(str(row["document"]), ())):
        return True
    kinds = tuple(kind for kind in kinds_of(row) if kind)
    words, spaced = _patterns(kinds)
    if any(document.kind in kinds or words.search(document.title) for document in record.documents):
        return True
    instead = TOLD_INSTEAD.get(str(row["condition"]))
    return any(
        spaced.search(document.text) or (instead is not None and instead.search(document.text))
        for document in record.documents
    )


@lru_cache(maxsize=256)
def _patterns(kinds: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The kinds as they stand in a title, and as they stand in a text whose letters may be set apart."""
    return (
        re.compile("|".join(re.escape(kind) for kind in kinds)),
        re.compile("|".join(r"\s*".join(re.escape(letter) for letter in kind) for kind in kinds)),
    )


def _hours(record: Record) -> float:
    ends = record.admission.died_at or record.admission.ends_at
    return (ends - record.admission.begins_at).total_seconds() / 3600


def _operated(record: Record) -> bool:
    """An operation under anaesthesia by the hospital's register; what is done at the bedside is none."""
    rows = [row for row in record.operations if row.origin == "hospital"]
    return bool(rows) and any(given.method and not LOCAL.search(given.method) for given in record.anesthesia)


def _urgent(record: Record) -> bool:
    within = timedelta(hours=24)
    begins = [row.begins_at or None for row in record.operations if row.origin == "hospital"]
    soon = any(at and at - record.admission.begins_at <= within for at in begins)
    return soon or any("急诊" in (row.operation_name or "") for row in record.operations)


def _charged(record: Record, pattern: re.Pattern[str], kind: str | None = None) -> bool:
    return any(
        charge.quantity > 0
        and charge.charge_type != LABORATORY
        and (kind is None or charge.kind == kind)
        and pattern.search(charge.item_name or "")
        for charge in record.charges
    )


def _when(row: Row) -> re.Pattern[str]:
    """What is charged where the row applies; a row that does not say so applies to nothing."""
    return re.compile(str(row["when_regex"] or "(?!)"))


def _ordered(record: Record, row: Row) -> bool:
    pattern = re.compile(str(row["when_regex"] or row["condition"]))
    return any(pattern.search(order.order_name or "") for order in record.orders)
