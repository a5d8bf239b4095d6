"""DOC-002: a document that this stay must have is not in the folder, while this hospital's other stays have theirs.

A folder is often an excerpt. So a kind of document is asked for only where nearly every other stay that needs it holds
it, and only of a stay most of whose everyday documents are there. What stands inside another document counts as there.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from review.checks.continued_stays import went_on
from review.checks.criteria import rows_in_force
from review.checks.deadlines import kinds_of
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.required_when import WHEN, to_agree, urgent
from review.facts.gates import Gate, Letters
from review.models import Evidence, Outcome, Problem, Skipped
from review.violations import Certainty

Row = Mapping[str, Any]
DAY_SURGERY = "28"
PLANNED_BEFORE = ("术前小结", "术前讨论记录")
OF_ANOTHER = r"(?<!术后)(?<!术\s后)"  # 术后首次病程记录 is no 首次病程记录
AT_THE_BEGINNING = ("入院记录", "首次病程记录")
# forms that one clerk files together: where the folder holds the others, it would hold a rare one too
CONSENTS = ("手术同意书", "麻醉同意书", "输血治疗知情同意书")
IN_TABLES = {"医嘱单": ("orders",), "体温单": ("vitals",), "检查检验报告单": ("labs", "exams")}
# a procedure told in a course note is recorded there, and so is a consent that is on paper
TOLD_INSTEAD = {
    "有创操作": re.compile(r"(?:穿刺|置管|插管|切开|引流)[^。；]{0,60}(?:顺利|成功|固定|抽出|引出)")
}


@dataclass
class Wanted:
    """One row over the stays it applies to: how many they are, and which of them lack the document."""

    document: str = ""
    every: int = 0
    without: list[tuple[str, Row, tuple[Evidence, ...]]] = field(default_factory=list)

    @property
    def having(self) -> int:
        return self.every - len(self.without)


@dataclass(frozen=True)
class Held:
    """What the folder of one stay holds: the rows that ask something of it with the document that each asks for, those
    unanswered, and what is there.
    """

    documents: bool
    unreadable: str | None
    asked: tuple[tuple[str, str], ...] = ()
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
        tuple((str(row["row_id"]), str(row["document"])) for row in rows),
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
    message="未见$document（$condition）；本院$alike $others 例中 $having 例有此文书。请医疗机构提供。",
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
        for row_id, document in one.asked:
            wanted[row_id].document = document
            wanted[row_id].every += 1
        for row in one.without:
            wanted[str(row["row_id"])].without.append((admission_id, row, one.instead))
    consents = _together(wanted.values())
    for need in wanted.values():
        yield from _missing(need, consents, limits)


def _rows(record: Record) -> Iterator[Row]:
    """The rows of required documents that apply to a stay."""
    for row in rows_in_force(record.rows("doc_rules"), record.admission.begins_at.date()):
        applies = WHEN.get(str(row["condition"]))
        if (
            row["kind"] == "required"
            and applies is not None
            and (applies(record, row) or to_agree(record, row))
        ):
            if row["document"] in PLANNED_BEFORE and urgent(record):
                continue
            if row["document"] in AT_THE_BEGINNING and went_on(record):
                continue
            yield row


def _together(every: Iterable[Wanted]) -> Wanted:
    """The consents of all kinds as one."""
    found = Wanted()
    for need in every:
        if need.document in CONSENTS:
            found.every += need.every
            found.without += need.without
    return found


def _missing(need: Wanted, consents: Wanted, limits: Limits) -> Iterator[Problem]:
    like = need
    if need.document in CONSENTS and need.every < limits["others_least"]:
        like = consents  # too few stays of its own kind to know what this hospital's folders hold
    share = like.having / like.every
    if like.having < limits["others_least"] or share < limits["others_share"]:
        return
    sure = like.having >= limits["sure_least"] and share >= limits["sure_share"]
    for admission_id, row, instead in need.without:
        yield Problem(
            admission_id=admission_id,
            fields={
                "document": row["document"],
                "condition": row["condition"],
                "alike": "同类住院" if like is need else "应有知情同意书的各类住院",
                "others": like.every,
                "having": like.having,
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
    words, spaced, gate = _patterns(kinds)
    if any(document.kind in kinds or words.search(document.title) for document in record.documents):
        return True
    instead = TOLD_INSTEAD.get(str(row["condition"]))
    return any(
        (gate.opens(letters) and spaced.search(text)) or (instead is not None and instead.search(text))
        for text, letters in _texts(record)
    )


@lru_cache(maxsize=8)  # every row of the table asks of one stay before the next
def _texts(record: Record) -> tuple[tuple[str, Letters], ...]:
    return tuple((document.text, frozenset(document.text)) for document in record.documents)


@lru_cache(maxsize=256)
def _patterns(kinds: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str], Gate]:
    """The kinds as they stand in a title, and as they stand in a text whose letters may be set apart."""
    spaced = re.compile(
        "|".join(OF_ANOTHER + r"\s*".join(re.escape(letter) for letter in kind) for kind in kinds)
    )
    return re.compile("|".join(OF_ANOTHER + re.escape(kind) for kind in kinds)), spaced, Gate(spaced)
