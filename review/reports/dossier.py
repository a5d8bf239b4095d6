"""What every paper of an inspection is written from: stays, findings with what was decided of them, yuan once.

Only what stands in the results and in the decisions; nothing is judged. With a mask, no text names a person.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from review.casework.cases import ordered
from review.casework.counting import CENT, amount_of, counted, line_amounts
from review.casework.readings import read_tabs
from review.casework.results import Line, Results
from review.casework.sheets import table_sources
from review.reports.cited import evidence_of, rows_cited
from review.reports.heard import Hearing
from review.store.entries import Decision, InspectionEntry
from review.violations import CERTAINTY_NAMES, VIOLATIONS, Certainty

OPEN = "待定"
WORDS = {"confirm": "确认", "reject": "不成立", "ask": "待补", "": OPEN}
Hide = Callable[[str], str]
Hides = tuple[Hide, Hide]  # for the words of a record, and for ours


@dataclass(frozen=True)
class Point:
    """One finding on paper. `suspected` and `confirmed` are its yuan counted once; null where it carries none."""

    id: str
    check: str
    violation: str
    name: str  # 疑似…, whatever was decided
    certainty: str
    message: str
    amount: Decimal | None
    fund: Decimal | None
    suspected: Decimal | None
    confirmed: Decimal | None
    carried_by: str  # the finding of the same stay that carries the rest of its yuan
    charge_ids: tuple[str, ...]
    evidence: tuple[Line, ...]
    basis: tuple[Line, ...]
    overturned_by: tuple[str, ...]
    verdict: str  # confirm | reject | ask | empty = undecided
    reasons: tuple[str, ...]
    note: str
    who: str
    at: datetime | None
    gone: bool
    origin: str
    ruled: bool = False  # between two calls that differed
    files: tuple[tuple[str, str], ...] = ()  # attached by experts: name and SHA-256
    hearing: Hearing | None = None

    @property
    def decided(self) -> str:
        return WORDS[self.verdict]


@dataclass(frozen=True)
class Sojourn:
    """One stay on paper; `number` counts the stays of the inspection and stays the same when names are masked."""

    admission_id: str
    number: int
    name: str
    inpatient_no: str
    sex: str
    age: int | None
    department: str
    doctor: str
    diagnosis: str
    begins: datetime | None
    ends: datetime | None
    days: int | None
    total: Decimal | None
    fund: Decimal | None
    seen: bool
    points: tuple[Point, ...]
    unchecked: tuple[tuple[str, str], ...] = ()  # check and what it lacked
    charges: tuple[Line, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.number}. {self.name}"


@dataclass(frozen=True)
class Dossier:
    """One inspection as its papers tell it."""

    name: str
    hospital: str
    hospital_code: str
    region: str
    begins: date | None
    ends: date | None
    reviewed_at: datetime | None
    run: int
    masked: bool
    versions: Mapping[str, Any] = field(default_factory=dict)
    stays: tuple[Sojourn, ...] = ()

    @property
    def points(self) -> Iterable[Point]:
        return (point for stay in self.stays for point in stay.points)

    @property
    def open(self) -> int:
        return sum(not point.verdict for point in self.points)

    @property
    def asked(self) -> int:
        return sum(point.verdict == "ask" for point in self.points)

    @property
    def period(self) -> str:
        return f"{self.begins or '未注明'} 至 {self.ends or '未注明'}"


def open_dossier(
    entry: InspectionEntry,
    results: Results,
    standing: Mapping[str, Decision],
    rules: Mapping[str, Line],
    *,
    hides: Callable[[str], Hides] | None = None,
    only: Collection[str] | None = None,
) -> Dossier:
    """The dossier of a reviewed inspection; `hides` gives what masks a stay's texts, `only` names the stays wanted.

    Yuan are counted over all stays, so that a paper of one stay says the same as that of all."""
    current = [line for lines in results.findings.values() for line in lines if not line.get("gone")]
    by_price = {code for code, rule in rules.items() if rule.get("takes") == "price"}
    amounts = line_amounts(results)
    suspects = [line for line in current if _verdict(line, standing) != "reject"]
    sure = [line for line in current if _verdict(line, standing) == "confirm"]
    sums = (counted(suspects, standing, amounts, by_price), counted(sure, standing, amounts, by_price))
    about, sources = results.about, table_sources(results)
    return Dossier(
        name=entry.name,
        hospital=about.get("hospital_name") or entry.hospital,
        hospital_code=about.get("hospital_code") or "",
        region=about.get("region") or "",
        begins=about.get("period_start"),
        ends=about.get("period_end"),
        reviewed_at=entry.reviewed_at,
        run=entry.run,
        masked=hides is not None,
        versions=results.summary.get("versions", {}),
        stays=tuple(
            _stay(
                results,
                admission,
                number,
                standing,
                rules,
                sums,
                sources,
                hides(admission) if hides else None,
            )
            for number, admission in enumerate(results.admissions, start=1)
            if only is None or admission in only
        ),
    )


def _verdict(line: Line, standing: Mapping[str, Decision]) -> str:
    decision = standing.get(line["id"])
    return decision.verdict if decision else ""


def _stay(
    results: Results,
    admission_id: str,
    number: int,
    standing: Mapping[str, Decision],
    rules: Mapping[str, Line],
    sums: tuple[Any, Any],
    sources: Mapping[str, str],
    hide: Hides | None,
) -> Sojourn:
    row = results.rows("select * from admissions where admission_id = $id", id=admission_id)[0]
    lines = ordered(results.findings.get(admission_id, []))
    tabs = read_tabs(results, admission_id, lines) if lines else []
    names = {line["id"]: f"疑似{VIOLATIONS[line['violation']].name}" for line in lines}
    hidden: Hides = hide or (str, str)
    cited = rows_cited(results, admission_id, lines, sources)
    return Sojourn(
        admission_id=admission_id,
        number=number,
        name=masked_name(row["person_name"]) if hide else row["person_name"] or "（无姓名）",
        inpatient_no=masked_number(row["inpatient_no"]) if hide else row["inpatient_no"] or "",
        sex=row["sex"] or "",
        age=row["age_years"],
        department=row["discharge_department"] or row["department"] or "",
        doctor=masked_name(row["doctor"]) if hide else row["doctor"] or "",
        diagnosis=row["main_diagnosis"] or row["admission_diagnosis"] or "",
        begins=row["begins_at"],
        ends=row["ends_at"],
        days=row["bed_days"],
        total=_cents(row["total_amount"]),
        fund=_cents(row["fund_amount"]),
        seen=f"case:{admission_id}" in standing,
        points=tuple(
            _point(line, standing.get(line["id"]), evidence_of(line, tabs, cited), sums, names, hidden)
            for line in lines
        ),
        unchecked=tuple(
            (str(rules.get(one["check"], {}).get("title", one["check"])), str(one["reason"] or ""))
            for one in results.outcomes.get(admission_id, ())
            if one["outcome"] in ("not_checked", "failed") and not hide  # no masked paper lists it
        ),
        charges=_charges(results, admission_id, {one for line in lines for one in line["charge_ids"]}),
    )


def _point(
    line: Line,
    decision: Decision | None,
    evidence: list[Line],
    sums: tuple[Any, Any],
    names: Mapping[str, str],
    hides: Hides,
) -> Point:
    hide, ours = hides
    suspected, carrier = sums[0].get(line["id"], (None, None))
    confirmed, confirmed_in = sums[1].get(line["id"], (None, None))
    return Point(
        id=line["id"],
        check=line["check"],
        violation=line["violation"],
        name=names[line["id"]],
        certainty=CERTAINTY_NAMES[Certainty(line["certainty"])],
        message=ours(line["message"]),
        amount=amount_of(line, decision),
        fund=_cents(line["fund_amount"]),
        suspected=suspected,
        confirmed=confirmed,
        carried_by=names.get(confirmed_in or carrier or "", ""),
        charge_ids=tuple(line["charge_ids"]),
        evidence=tuple(
            item | {"quote": hide(item["quote"]), "told": ours(item["told"]), "title": hide(item["title"])}
            for item in evidence
        ),
        basis=tuple(line["basis"]),
        overturned_by=tuple(line["overturned_by"]),
        verdict=decision.verdict if decision else "",
        reasons=tuple(hide(reason) for reason in decision.reasons) if decision else (),
        note=hide(decision.note) if decision else "",
        who=decision.who if decision else "",
        at=decision.at if decision else None,
        gone=bool(line.get("gone")),
        origin=line["origin"],
        ruled=decision is not None and decision.seq < 0,
    )


def _charges(results: Results, admission_id: str, wanted: set[str]) -> tuple[Line, ...]:
    if not wanted:
        return ()
    rows = results.rows(
        "select charge_id, charged_at, hospital_item_name, code15, quantity, unit, unit_price, amount"
        " from charge_lines where admission_id = $id order by charged_at nulls last, source, row_number",
        id=admission_id,
    )
    return tuple(row for row in rows if row["charge_id"] in wanted)


def _cents(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(str(amount)).quantize(CENT)


def masked_name(name: str | None) -> str:
    return f"{name.strip()[0]}＊＊" if name and name.strip() else "（无姓名）"


def masked_number(number: str | None) -> str:
    """The tail of a number that is long enough to leave the rest unknown."""
    return "" if not number else f"…{number[-4:]}" if len(number) >= 8 else "＊＊＊＊"
