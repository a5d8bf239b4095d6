"""Two documents beside each other: what they share, what in it is not this patient's, how common the like is.

Which two is the finding's matter, or that of a pair of the map; a document of a stay may be laid beside any other. The
shares of the whole inspection were kept when it was reviewed and are only read here.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath

from review.casework.alignment import Span, Stretches, align, bare, stretches
from review.casework.lanes import row as row_of
from review.casework.rates import Rates, course_rates, people_rates
from review.casework.readings import Tab, read_tabs, span_of
from review.casework.results import Line, Results
from review.checks.carried_facts import denied, note_of
from review.checks.inputs import Record
from review.checks.own_facts import Conflict, conflicts
from review.checks.registry import all_checks
from review.checks.some_stays import SomeStays
from review.facts import statements
from review.record import Document

PEOPLE, COURSE = "people", "course"
SOURCES = {
    "orders": "医嘱",
    "labs": "化验",
    "exams": "检查报告",
    "vitals": "体征",
    "operations": "手术记录表",
    "text": "本人其他文书",
}
BY_DATA = {
    "性别": "就诊登记",
    "年龄": "就诊登记",
    "床号": "就诊登记",
    "住院日": "就诊登记",
    "用药": "医嘱、费用",
}
BY_DATA |= {"姓名": "就诊登记", "术后天数": "手术记录表"}


@dataclass(frozen=True)
class Leftover:
    """Something written that this patient's own data deny: where it stands, what they say, and where they say it."""

    number: int
    start: int
    end: int
    written: str
    what: str
    own: str
    source: str
    go: Line | None


@dataclass(frozen=True)
class Side:
    """One of the two documents, whose it is, and what of it the other has."""

    document_id: str
    name: str
    about: str
    title: str
    file: str
    at: str
    signed: str
    text: str
    spans: tuple[Line, ...]
    leftovers: tuple[Leftover, ...]
    place: Line | None  # the tab that holds it, where the open case has one


@dataclass(frozen=True)
class Comparison:
    """The two sides, how much they share, how common the like is here, and what a reader should know first."""

    kind: str
    here: Side
    there: Side
    shared: int
    template: int
    share: float  # of this side's text that is no template
    apart: str
    rates: Rates
    note: str


def compare(results: Results, own: str, here: str, there: str, whole_names: bool) -> Comparison | None:
    """The documents `here` and `there`, opened from the stay `own`; null where one of the two is not held."""
    rows = results.rows(
        "select document_id, admission_id from documents where document_id in ($here, $there)",
        here=here,
        there=there,
    )
    stays = {row["document_id"]: row["admission_id"] for row in rows}
    if here == there or len(stays) < 2:
        return None
    tabs, kept = read_tabs(results, own, []), _templates(results, here, there)
    with results.alone() as warehouse:
        records = SomeStays(warehouse, list(dict.fromkeys(stays.values()))).records
        both = (
            _Written(records[stays[here]], _document(records[stays[here]], here), kept.get(here, "")),
            _Written(records[stays[there]], _document(records[stays[there]], there), kept.get(there, "")),
        )
        aligned = align(both[0].document.text, both[1].document.text, both[0].templates, both[1].templates)
        people = both[0].record.admission.person_id != both[1].record.admission.person_id
        sides = [
            _side(
                one,
                spans,
                _not_his(one, other, spans, tabs) if people else _denied(one, other, tabs),
                tabs,
                whole_names or one.record.admission.admission_id == own,
            )
            for one, other, spans in (
                (both[0], both[1], aligned.here),
                (both[1], both[0], aligned.there),
            )
        ]
    share = min(1.0, aligned.own / max(1, both[0].letters))
    rates = people_rates(results, both[0].document.kind, share) if people else course_rates(results, share)
    apart = _apart(both[0].document.written_at, both[1].document.written_at)
    note = "文字很长，只对照各自的前两万字。" if aligned.cut else ""
    kind = PEOPLE if people else COURSE
    return Comparison(kind, sides[0], sides[1], aligned.shared, aligned.template, share, apart, rates, note)


@dataclass(frozen=True)
class _Written:
    """A document with its record, and where the templates stand in it."""

    record: Record
    document: Document
    spans: str

    @property
    def templates(self) -> Stretches:
        return stretches(self.spans)

    @property
    def letters(self) -> int:
        """Characters that are no template and no white space."""
        text = self.document.text
        within = (text[start:end] for start, end in self.templates)
        return sum(map(_ink, (text,))) - sum(map(_ink, within))


def _ink(text: str) -> int:
    return sum(not character.isspace() for character in text)


def _templates(results: Results, *documents: str) -> dict[str, str]:
    if not results.holds("likeness_documents"):
        return {}
    rows = results.rows(
        "select document_id, spans from likeness_documents where document_id in ($one, $other)",
        one=documents[0],
        other=documents[1],
    )
    return {row["document_id"]: row["spans"] or "" for row in rows}


def _document(record: Record, document_id: str) -> Document:
    return next(document for document in record.documents if document.document_id == document_id)


def _not_his(one: _Written, other: _Written, spans: Sequence[Span], tabs: Sequence[Tab]) -> list[Leftover]:
    """What stands in the shared stretches and is not true of this patient, in order of reading."""
    document = one.document
    ranges = [(span.start, span.end) for span in spans]
    joined = _joined(ranges)
    found = conflicts(one.record, other.record, document, joined, statements(document))
    placed = [(conflict, _place(conflict, document, joined)) for conflict in found]
    placed.sort(key=lambda pair: pair[1])
    return [
        Leftover(
            number,
            start,
            end,
            document.text[start:end],
            conflict.mark,
            conflict.own,
            _source(conflict),
            _go(conflict.fact_ids, tabs),
        )
        for number, (conflict, (start, end)) in enumerate(placed, start=1)
    ]


def _joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches that touch as one: a block that a template was cut out of is read whole."""
    found: list[tuple[int, int]] = []
    for start, end in ranges:
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _place(conflict: Conflict, document: Document, ranges: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where it is said; one without a place of its own is looked for by its words in the shared stretches."""
    if conflict.span is not None:
        return conflict.span
    for start, end in ranges:
        letters, places = bare(document.text[start:end])
        for words in (conflict.said, conflict.said[-4:]):
            at = letters.find("".join(words.split()))
            if at >= 0 and words:
                return start + places[at], start + places[at + len("".join(words.split())) - 1] + 1
    return ranges[0][0], ranges[0][0] if ranges else 0


def _source(conflict: Conflict) -> str:
    kinds = dict.fromkeys(
        SOURCES[fact.split(":", 1)[0]] for fact in conflict.fact_ids if fact.split(":", 1)[0] in SOURCES
    )
    return "、".join([*kinds] or [BY_DATA.get(conflict.mark, "")])


def _go(fact_ids: Sequence[str], tabs: Sequence[Tab]) -> Line | None:
    for fact in fact_ids:
        kind = fact.split(":", 1)[0]
        if kind == "text":
            document, span, _ = fact.removeprefix("text:").rsplit(":", 2)
            start, end = span.split("-")
            if (found := span_of(document, int(start), int(end), tabs)) is not None:
                return found
        elif kind in SOURCES:
            return row_of(fact)
    return None


def _denied(one: _Written, other: _Written, tabs: Sequence[Tab]) -> list[Leftover]:
    """What a note has from an earlier one of the same stay and the day's own data deny."""
    when, before = one.document.written_at, other.document.written_at
    if when is None or before is None or before >= when or one.record is not other.record:
        return []
    limits = next(check.header.limits for check in all_checks() if check.header.code == "DOC-016")
    later, earlier = note_of(one.record, one.document, when), note_of(other.record, other.document, before)
    found = sorted(denied(earlier, later, limits), key=lambda fact: (fact.start, fact.end))
    return [
        Leftover(
            number,
            later.places[fact.start],
            later.places[fact.end - 1] + 1,
            fact.said,
            "",
            fact.own,
            "、".join(dict.fromkeys(SOURCES.get(place.split(":", 1)[0], "") for place in fact.fact_ids[1:])),
            _go(fact.fact_ids[1:], tabs),
        )
        for number, fact in enumerate(found, start=1)
    ]


def _side(
    one: _Written, spans: Sequence[Span], wrong: Sequence[Leftover], tabs: Sequence[Tab], whole: bool
) -> Side:
    admission, document = one.record.admission, one.document
    about = [admission.sex, f"{admission.age_years} 岁" if admission.age_years is not None else ""]
    bed = f"{admission.bed.removesuffix('床')} 床" if admission.bed else ""
    ward = " ".join(filter(None, (admission.discharge_department or admission.department, bed)))
    return Side(
        document_id=document.document_id,
        name=shown_name(admission.person_name, admission.inpatient_no, whole),
        about=" · ".join(filter(None, (" ".join(filter(None, about)), ward))),
        title=document.title,
        file=PurePosixPath(document.source).name,
        at=document.written_at.isoformat(sep=" ", timespec="minutes") if document.written_at else "",
        signed="、".join(f"{signature.role} {signature.name}" for signature in document.signatures[:3]),
        text=document.text,
        spans=tuple(asdict(span) for span in spans),
        leftovers=tuple(wrong),
        place=span_of(document.document_id, 0, 0, tabs),
    )


def shown_name(name: str | None, number: str | None, whole: bool) -> str:
    """A patient's name; of another's case the surname and the end of the inpatient number."""
    if not name:
        return f"住院号 …{(number or '')[-4:]}"
    return name if whole else f"{name[:1]}** …{(number or '')[-4:]}"


def _apart(here: datetime | None, there: datetime | None) -> str:
    """How much later or earlier the first of the two was written."""
    if here is None or there is None or here == there:
        return "同时写成" if here is not None and here == there else ""
    days = abs((here.date() - there.date()).days)
    hours = int(abs((here - there).total_seconds()) // 3600)
    told = f"{days} 天" if days else f"{hours} 小时" if hours else "不到 1 小时"
    return f"{'晚' if here > there else '早'} {told}写成"
