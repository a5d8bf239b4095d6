"""Which statements of a passage do not fit the patient in whose record it stands: each against a source of its own.

A mark is false only where the patient's own data speak; where they are silent it is left alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from review.checks.inputs import Record
from review.checks.own_history import foreign_history
from review.checks.readings import facts_of
from review.copies.leftovers import Reported, foreign_sizes, foreign_values
from review.facts import place_of
from review.facts.statements import Statement
from review.record import Document

AGE_GROUPS = {
    "新生儿": (0, 1),
    "婴儿": (0, 2),
    "幼儿": (0, 5),
    "儿童": (0, 16),
    "少年": (8, 22),
    "青年": (14, 49),
    "中年": (34, 69),
    "老年": (55, 130),
    "高龄": (65, 130),
}
DOSAGE_FORM = re.compile(
    r"[（(].*?[)）]|注射用|注射液|缓释|控释|肠溶|分散|胶囊|颗粒|口服溶液|片|针|丸|膏|滴眼液|\d.*$|[A-Za-z].*$"
)
NUMERIC = frozenset("0123456789.-/:：")
USED = r"(?:予|停|改|加用|继续|静脉|静滴|口服|给予|使用|应用|服用)[^，。；]{0,8}"
FIBRILLATION = re.compile(r"房颤|心房颤动|绝对不齐|心房扑动")


@dataclass(frozen=True)
class Conflict:
    """One statement that the patient's own data deny: what was said, what they say, and where they say it."""

    mark: str
    said: str
    own: str
    fact_ids: tuple[str, ...] = ()
    span: tuple[int, int] | None = None  # where it is said in the document's text, where the reader knows


@dataclass(frozen=True)
class Passing:
    """What the conflict readers need: the record, the document, the statements inside the shared spans."""

    record: Record
    other: Record
    document: Document
    text: str
    inside: tuple[Statement, ...]


def conflicts(
    record: Record,
    other: Record,
    document: Document,
    spans: Iterable[tuple[int, int]],
    told: Iterable[Statement],
) -> list[Conflict]:
    """What of all that is `told` in the document lies inside the spans and does not fit this patient, one per kind of
    mark."""
    ranges = [whole for start, end in spans if (whole := _without_cut_numbers(document.text, start, end))]
    inside = tuple(item for item in told if any(_within(item, start, end) for start, end in ranges))
    text = "\n".join("".join(document.text[start:end].split()) for start, end in ranges)
    passing = Passing(record, other, document, text, inside)
    found: dict[str, Conflict] = {}
    for reader in READERS:
        for conflict in reader(passing):
            found.setdefault(conflict.mark, conflict)
    return list(found.values())


def _without_cut_numbers(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A span without the number or date that its border runs through: half of it may be said by chance."""
    while start < end and start and text[start - 1] in NUMERIC and text[start] in NUMERIC:
        start += 1
    while start < end < len(text) and text[end] in NUMERIC and text[end - 1] in NUMERIC:
        end -= 1
    return (start, end) if start < end else None


def _within(item: Statement, start: int, end: int) -> bool:
    first, last = place_of(item)
    return first >= start and last <= end


def _said(passing: Passing, name: str, kind: str = "mention") -> Iterator[Statement]:
    return (item for item in passing.inside if item.kind == kind and item.name == name)


def _own_facts(record: Record, name: str, *kinds: str, but: Document | None = None) -> list[tuple[str, str]]:
    """(value, fact id) of the patient's other documents."""
    own = f"text:{but.document_id}:" if but else "\0"
    return [
        (fact.value or "", fact.fact_id)
        for fact in facts_of(record, *kinds)
        if fact.name == name and not fact.fact_id.startswith(own)
    ]


def _sex(passing: Passing) -> Iterator[Conflict]:
    own = passing.record.admission.sex
    for item in _said(passing, "sex"):
        if own and item.value != own:
            sources = [
                place
                for value, place in _own_facts(passing.record, "sex", "header", "mention")
                if value == own
            ]
            yield Conflict("性别", str(item.value), own, tuple(sources[:1]), place_of(item))


def _age(passing: Passing) -> Iterator[Conflict]:
    own = passing.record.admission.age_years
    if own is None:
        return
    sources = tuple(place for _, place in _own_facts(passing.record, "age", "header"))[:1]
    for item in _said(passing, "age"):
        if abs(int(str(item.value)) - own) > 2:
            yield Conflict("年龄", f"{item.value}岁", f"{own}岁", sources, place_of(item))
    for item in _said(passing, "age_group"):
        low, high = AGE_GROUPS.get(str(item.value), (0, 130))
        if not low <= own <= high:
            yield Conflict("年龄", str(item.value), f"{own}岁", sources, place_of(item))


def _bed(passing: Passing) -> Iterator[Conflict]:
    known = _own_facts(passing.record, "bed", "header", but=None)
    beds = {_digits(value) for value, _ in known} | {_digits(passing.record.admission.bed or "")}
    beds |= {
        _digits(value) for value, _ in _own_facts(passing.record, "bed", "mention", but=passing.document)
    }
    for item in _said(passing, "bed"):
        if beds - {""} and _digits(str(item.value)) not in beds:
            yield Conflict(
                "床号",
                f"{item.value}床",
                passing.record.admission.bed or "",
                tuple(known[0][1:2] if known else ()),
                place_of(item),
            )


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d+", text)).lstrip("0")


def _stay_day(passing: Passing) -> Iterator[Conflict]:
    if passing.document.written_at is None:
        return
    day = (passing.document.written_at.date() - passing.record.admission.begins_at.date()).days + 1
    for item in _said(passing, "stay_day"):
        if abs(int(str(item.value)) - day) > 1:
            yield Conflict("住院日", f"入院第{item.value}天", f"第{day}天", span=place_of(item))


def _after_operation(passing: Passing) -> Iterator[Conflict]:
    if not passing.record.provided("operations"):
        return
    operated = "手术" in "".join(doc.kind for doc in passing.record.documents) or passing.record.operations
    for item in _said(passing, "days_after_operation"):
        if not operated:
            yield Conflict("术后天数", item.text, "本次住院无手术", span=place_of(item))


def _weight(passing: Passing) -> Iterator[Conflict]:
    own = [
        (float(value), place)
        for value, place in _own_facts(passing.record, "weight", "measurement", but=passing.document)
    ]
    for item in _said(passing, "weight", "measurement"):
        said = float(str(item.value))
        if own and all(abs(said - value) > max(3.0, 0.06 * value) for value, _ in own):
            yield Conflict("体重", f"{item.value}kg", f"{own[0][0]:g}kg", (own[0][1],), place_of(item))


def _rhythm(passing: Passing) -> Iterator[Conflict]:
    traced = [exam for exam in passing.record.exams if "心电图" in (exam.exam_name or "")]
    texts = [f"{exam.findings or ''}{exam.conclusion or ''}" for exam in traced]
    for item in _said(passing, "rhythm"):
        fibrillation = bool(FIBRILLATION.search(str(item.value)))
        denied = all("窦性" in text and not FIBRILLATION.search(text) for text in texts)
        if traced and fibrillation and denied:
            yield Conflict("心律", str(item.value), "心电图窦性心律", (traced[0].fact_id,), place_of(item))


def _drug(passing: Passing) -> Iterator[Conflict]:
    """A drug of the other patient, said to be in use here and unknown to this one's orders and charges."""
    if not passing.record.orders:
        return
    own = "".join(order.order_name or "" for order in passing.record.orders)
    own += "".join(charge.item_name or "" for charge in passing.record.charges)
    for name in sorted({_generic(order.order_name or "") for order in passing.other.orders} - {""}):
        if name not in own and re.search(USED + re.escape(name), passing.text):
            yield Conflict("用药", name, "本次住院医嘱、费用均无此药")


def _generic(order_name: str) -> str:
    name = DOSAGE_FORM.sub("", order_name).strip()
    return name if len(name) >= 3 and re.fullmatch(r"[\u4e00-\u9fff]+", name) else ""


def _name(passing: Passing) -> Iterator[Conflict]:
    other, own = passing.other.admission.person_name or "", passing.record.admission.person_name or ""
    if len(other) >= 2 and "*" not in other and other != own and other in passing.text:
        yield Conflict("姓名", "他人姓名", "本人姓名不同")


def _side(passing: Passing) -> Iterator[Conflict]:
    for item in _said(passing, "side"):
        side, organ = str(item.value)[:1], str(item.value).lstrip("左右双侧")[:2]
        own = [
            pair
            for pair in _own_facts(passing.record, "side", "mention", but=passing.document)
            if organ in pair[0]
        ]
        sides = {value[:1] for value, _ in own}
        if side in "左右" and sides == {"右" if side == "左" else "左"}:
            yield Conflict("部位侧别", str(item.value), own[0][0], (own[0][1],), place_of(item))


def _size(passing: Passing) -> Iterator[Conflict]:
    for left in foreign_sizes(passing.text, _reports(passing.record), _reports(passing.other)):
        yield Conflict("测量值", left.said, left.own, (left.fact_id,))


def _reports(record: Record) -> list[Reported]:
    return [
        Reported(exam.exam_name or "", f"{exam.findings or ''}。{exam.conclusion or ''}", exam.fact_id)
        for exam in record.exams
    ]


def _result(passing: Passing) -> Iterator[Conflict]:
    said = [
        (item.name, str(item.value)) for item in passing.inside if item.kind == "lab_value" and item.value
    ]
    for left in foreign_values(said, _results(passing.record), _results(passing.other)):
        yield Conflict("化验值", left.said, left.own, (left.fact_id,))


def _results(record: Record) -> list[Reported]:
    return [
        Reported(
            (lab.analyte or "").split("(")[0].split("（")[0], (lab.value_text or "").strip(), lab.fact_id
        )
        for lab in record.labs
    ]


def _history(passing: Passing) -> Iterator[Conflict]:
    for mark, said, own in foreign_history(passing.record, passing.other, passing.document, passing.text):
        yield Conflict(mark, said, own)


READERS: tuple[Callable[[Passing], Iterator[Conflict]], ...] = (
    _sex,
    _age,
    _bed,
    _stay_day,
    _weight,
    _rhythm,
    _drug,
    _name,
    _after_operation,
    _side,
    _size,
    _result,
    _history,
)
