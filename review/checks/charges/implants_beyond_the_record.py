"""CHG-015: more pieces of a material charged than the operation record and the label sheet show, or of another size."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from review.checks.header import Limits, NotApplicable, NotChecked, check
from review.checks.inputs import Record
from review.checks.mentions import mentions
from review.checks.readings import document_of, facts_of
from review.checks.service_traces import row_of, rows_needing
from review.facts.implants import PIECES, class_of, material_classes
from review.models import Problem
from review.record import Charge, Document, Fact
from review.violations import Certainty

OPERATION = re.compile(r"手术记录|操作记录|介入|清点")
FIRST_NOTE = re.compile(r"术后首次")
WASTED = re.compile(r"报废|浪费|弃用|弃去|损坏|断裂|滑丝|作废|拆封|污染后|被污染|置入失败|植入失败")
SIZE = re.compile(
    r"\d+(?:\.\d+)?\s*[×xX*]\s*\d+(?:\.\d+)?(?:\s*[×xX*]\s*\d+(?:\.\d+)?)?|[+\-]\d+(?:\.\d+)?D|\d+(?:\.\d+)?\s*mm"
)


@dataclass(frozen=True)
class Told:
    """What the record says of one class: pieces by the notes and by the labels; null where it says nothing."""

    noted: int | None
    labelled: int | None
    facts: tuple[Fact, ...]
    unclear: bool

    @property
    def most(self) -> int | None:
        return max((count for count in (self.noted, self.labelled) if count is not None), default=None)


@check(
    code="CHG-015",
    title="高值耗材计费多于手术记录或标签",
    violation="fictitious_service",
    certainty="established",
    needs={"tables": ["charges", "documents"], "knowledge": ["evidence_required"]},
    limits={"least_price": 200, "days_around": 2},
    limits_said={
        "least_price": "核对的耗材最低单价（元）",
        "days_around": "记录与费用相差的天数",
    },
    basis=[
        "医疗保障基金使用监督管理条例#第四十条（三）",
        "病历书写基本规范#第二十二条（十五）",
        "病历书写基本规范#第二十二条（十七）",
    ],
    basis_of={"substituted_charge": ["医疗保障基金使用监督管理条例#第三十八条（四）"]},
    covers={"classes": [48, 86], "problems": [4, 13, 14, 32, 33]},
    message="$material 计费 $billed $unit_said，$sources；$suspicion。",
    why="高值耗材用了几件、什么规格，手术记录和粘贴的标签应当写明；计费多于两者或规格不同，须看是否使用。",
    exceptions=(
        "开启后污染、损坏弃用，已有说明",
        "试模不是植入物",
        "计价单位为盒、包，与件数不能直接相比",
        "多支血管、多处各置一件",
        "分次手术各有记录",
        "双侧分别置入",
        "标签缺一张而清点记录齐全",
        "记录多于计费",
        "多计的耗材已退费",
        "件数不能由文字算出",
    ),
    overturned_by=("手术清点记录", "植入物标签与条形码", "耗材出入库记录"),
)
def implants_beyond_the_record(record: Record, limits: Limits) -> Iterator[Problem]:
    rows = rows_needing(record.rows("evidence_required"), "implant_label")
    asked = _materials(record, rows, limits)
    if not asked:
        raise NotApplicable("没有植入、介入类高值耗材费用")
    if not record.documents:
        raise NotChecked("病历文书没有此例")
    days = _recorded_days(record)
    unsaid = []
    for (name, _), lines in asked.items():
        near = [line for line in lines if _near(line.charged_on, days, int(limits["days_around"]))]
        told = _told(record, name)
        if told.most is None or told.unclear or not near:
            unsaid.append(name)
        elif not _wasted(record, name):
            yield from _too_many(name, near, told, rows)
            yield from _of_another_size(name, near, told, rows)
    if unsaid and len(unsaid) == len(asked):
        raise NotChecked(f"手术记录、标签没有写明{'、'.join(unsaid)}的件数")


def _materials(
    record: Record, rows: Sequence[Mapping[str, Any]], limits: Limits
) -> dict[tuple[str, str], list[Charge]]:
    """The lines of each class that are charged by the piece."""
    found: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for line in record.charges:
        if line.kind != "material" and line.charge_type != "08":
            continue
        named = class_of(line.item_name or "") or class_of(line.hospital_item_name or "")
        row = row_of(line, rows)
        dear = line.unit_price >= Decimal(str(limits["least_price"]))
        by_piece = line.unit is None or line.unit.strip() in PIECES
        if named and row is not None and by_piece and (dear or row["name_regex"]):
            found[named, line.subject].append(line)
    return dict(found)


def _recorded_days(record: Record) -> set[date]:
    """The days on which a record of an operation, or a label sheet, stands in the file."""
    labelled = {fact.begins_at.date() for fact in facts_of(record, "implant_label") if fact.begins_at}
    return labelled | {
        document.written_at.date()
        for document in record.documents
        if document.written_at and (OPERATION.search(_name(document)) or FIRST_NOTE.search(_name(document)))
    }


def _near(day: date | None, days: set[date], around: int) -> bool:
    return day is not None and any(abs((day - other).days) <= around for other in days)


def _told(record: Record, name: str) -> Told:
    """Counts of one class: operation records and first notes add up over a stay's operations, other notes repeat."""
    noted: dict[str, int] = defaultdict(int)
    unclear, cited, labels = False, [], 0
    by_document: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts_of(record, "implant", "implant_total", "implant_label"):
        document = document_of(record, fact)
        if fact.name != name or document is None:
            continue
        cited.append(fact)
        if fact.kind == "implant_label":
            labels += int(fact.value or 1)
        else:
            by_document[document.document_id].append(fact)
    for document in record.documents:
        facts = by_document.get(document.document_id, [])
        if not facts:
            continue
        counts = [int(fact.value) for fact in facts if fact.value and fact.kind == "implant"]
        totals = [int(fact.value) for fact in facts if fact.value and fact.kind == "implant_total"]
        unclear = unclear or any(fact.value is None for fact in facts)
        said = max([sum(counts), *totals])
        place = _place(document)
        noted[place] = noted[place] + said if place != "notes" else max(noted[place], said)
    return Told(max(noted.values(), default=None), labels or None, tuple(cited), unclear)


def _place(document: Document) -> str:
    if OPERATION.search(_name(document)):
        return "清点" if "清点" in _name(document) else "operation"
    return "first" if FIRST_NOTE.search(_name(document)) else "notes"


def _name(document: Document) -> str:
    return document.kind + document.title


def _wasted(record: Record, name: str) -> bool:
    pattern = next(known.pattern for known in material_classes() if known.name == name)
    return any(
        pattern.search(place.words) or re.search(rf"\d[{PIECES}]", place.words)
        for place in mentions(record, WASTED)
    )


def _too_many(
    name: str, lines: Sequence[Charge], told: Told, rows: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    billed = sum((line.quantity for line in lines), Decimal(0))
    if told.most is None or billed <= told.most:
        return
    excess = billed - told.most
    taken, amount = _cheapest(lines, excess)
    alone = told.noted is None or told.labelled is None
    certainty = (
        Certainty.CLUE
        if alone
        else Certainty.ESTABLISHED
        if told.noted == told.labelled
        else Certainty.PROBABLE
    )
    row = row_of(lines[0], rows)
    yield Problem(
        fields={
            "material": lines[0].item_name or name,
            "billed": billed,
            "unit_said": lines[0].unit or "件",
            "sources": _sources(told),
            "suspicion": f"多 {excess.normalize():f} {lines[0].unit or '件'}，疑似多计 {amount:.2f} 元",
        },
        charge_ids=tuple(sorted(line.charge_id for line in taken)),
        amount=amount,
        fact_ids=tuple(fact.fact_id for fact in told.facts),
        certainty=certainty,
        lowered_by=(f"{'标签' if told.labelled is None else '手术记录'}未写件数",) if alone else (),
        # the row only chose the line; where both sources agree, the counts alone are the proof
        row_id=str(row["row_id"]) if row and certainty is not Certainty.ESTABLISHED else None,
    )


def _sources(told: Told) -> str:
    said = [
        f"{source} {count} 件"
        for source, count in (("手术及病程记录为", told.noted), ("粘贴标签", told.labelled))
        if count is not None
    ]
    return "，".join(said)


def _cheapest(lines: Sequence[Charge], excess: Decimal) -> tuple[list[Charge], Decimal]:
    left, taken, amount = excess, [], Decimal(0)
    for line in sorted(lines, key=lambda line: (line.amount / line.quantity, line.charge_id)):
        part = min(line.quantity, left)
        if part <= 0:
            break
        taken.append(line)
        amount += part * line.amount / line.quantity
        left -= part
    return taken, amount


def _of_another_size(
    name: str, lines: Sequence[Charge], told: Told, rows: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    """The sizes charged against the sizes on the labels, where every line and every label states one."""
    labels = [fact for fact in told.facts if fact.kind == "implant_label"]
    charged = [_size(f"{line.spec or ''} {line.item_name or ''}") for line in lines]
    pasted = [_size(fact.quote) for fact in labels]
    comparable = len({_form(size) for size in [*charged, *pasted] if size}) == 1
    if not labels or None in charged or None in pasted or not comparable or set(charged) & set(pasted):
        return
    row = row_of(lines[0], rows)
    yield Problem(
        fields={
            "material": lines[0].item_name or name,
            "billed": sum((line.quantity for line in lines), Decimal(0)),
            "unit_said": lines[0].unit or "件",
            "sources": f"规格 {'、'.join(sorted({size for size in charged if size}))}，"
            f"标签为 {'、'.join(sorted({size for size in pasted if size}))}",
            "suspicion": "规格不符，疑似串换，差价须按采购价核定",
        },
        charge_ids=tuple(sorted(line.charge_id for line in lines)),
        fact_ids=tuple(fact.fact_id for fact in labels),
        violation="substituted_charge",
        certainty=Certainty.PROBABLE,
        row_id=str(row["row_id"]) if row else None,
        points_at=("size",),
    )


def _size(text: str) -> str | None:
    found = SIZE.search(text)
    return (
        re.sub(r"\s", "", found[0]).replace("x", "×").replace("X", "×").replace("*", "×") if found else None
    )


def _form(size: str) -> str:
    return "×" * size.count("×") or size[-1]
