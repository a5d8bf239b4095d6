"""A finding of an expert's own: what he marked in the record, what it is, its yuan and the clause it rests on.

The quote is cut from the record itself, never taken from the browser. It is a finding like any other from then on,
at most probable, and holds only with a second reviewer's call.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from review.casework.clauses import open_clause
from review.casework.counting import CENT, counted, line_amounts
from review.casework.readings import Tab
from review.casework.results import EXPERT, Line, Results
from review.casework.sheets import SHEETS, row_id, told_rows
from review.checks.stamping import fund_share
from review.errors import ReviewError
from review.store.entries import UNDO, Decision, Proposal
from review.violations import VIOLATIONS, Certainty

OWN_CHECK, OWN_TITLE = "OWN", "专家自行提出"
LONGEST_QUOTE, MOST_EVIDENCE = 400, 12
Clauses = Callable[[str, str, date | None], Line]


class Unproposable(ReviewError):
    """What was marked or said does not make a finding; the message says what to mend."""


def own_lines(proposals: Sequence[Proposal], decisions: Sequence[Decision]) -> list[Line]:
    """The findings that stand: those on which anybody's call does. Who takes his own call back takes it back."""
    undone = {line.undoes for line in decisions if line.verdict == UNDO}
    called = {line.finding for line in decisions if line.verdict != UNDO and line.seq not in undone}
    return [as_line(one) for one in proposals if one.key in called]


def as_line(proposal: Proposal) -> Line:
    """A proposal in the shape of a review's findings; it does not name its author."""
    said = proposal.content
    amount = None if said["amount"] is None else float(said["amount"])
    return {
        "id": proposal.key,
        "admission_id": proposal.admission_id,
        "check": OWN_CHECK,
        "family": VIOLATIONS[said["violation"]].family.value,
        "violation": said["violation"],
        "certainty": Certainty.PROBABLE.value,
        "title": OWN_TITLE,
        "message": said["message"],
        "charge_ids": said["charge_ids"],
        "charge_amounts": [],
        "amount": amount,
        "fund_amount": None if said["fund_amount"] is None else float(said["fund_amount"]),
        "amount_options": [],
        "counted_in": None,
        "counted_amount": amount,
        "related_admissions": [],
        "overturned_by": [],
        "lowered_by": [],
        "evidence": said["evidence"],
        "basis": said["basis"],
        "origin": EXPERT,
    }


def joined(results: Results, own: Sequence[Line], by_price: Collection[str]) -> Results:
    """Results with these findings among the others of their stays, every yuan of a stay still counted once."""
    if not own:
        return results
    amounts = results.kept(("line amounts",), lambda: line_amounts(results), lambda made: 40 * len(made))
    of_stays: dict[str, list[Line]] = {}
    for admission in {line["admission_id"] for line in own} & set(results.admissions):
        lines = [
            *results.findings.get(admission, []),
            *(line for line in own if line["admission_id"] == admission),
        ]
        once = counted([line for line in lines if not line.get("gone")], {}, amounts, by_price)
        of_stays[admission] = [
            line | _share(*once[line["id"]]) if line["id"] in once else line for line in lines
        ]
    return results.with_own(of_stays)


def _share(amount: Decimal | None, carrier: str | None) -> Line:
    return {"counted_amount": None if amount is None else float(amount), "counted_in": carrier}


# what was marked --------------------------------------------------------------------------------------------


def text_evidence(tabs: Sequence[Tab], key: str, document: int, start: int, end: int) -> Line:
    """A marked stretch of a document as evidence; positions count characters of that document's text."""
    tab = next((one for one in tabs if one.key == key), None)
    if tab is None or not 0 <= document < len(tab.documents):
        raise Unproposable("选中的文书已不在这一例里；请刷新页面后重选。")
    held = tab.documents[document]
    words: str = held["text"][max(0, start) : max(0, end)]
    start += len(words) - len(words.lstrip())
    quote = words.strip()
    if not quote:
        raise Unproposable("没有选中文字；请在病历里选中一段再按 +。")
    if len(quote) > LONGEST_QUOTE:
        raise Unproposable(
            f"一处引文至多 {LONGEST_QUOTE} 字，选中了 {len(quote)} 字；请选短一些，分几处加入。"
        )
    at = held["start"] + start
    page = next((one for one in reversed(tab.pages) if one["number"] and one["start_at"] <= at), None)
    begins = at - (page["start_at"] if page else 0)
    return _evidence(
        "document",
        tab.source,
        quote,
        page=page["number"] if page else None,
        start=begins,
        end=begins + len(quote),
        label=held["title"],
        at=held["written_at"].isoformat(sep=" ", timespec="seconds") if held["written_at"] else None,
        confidence=page["confidence"] if page and page["origin"] == "ocr" else None,
    )


def row_evidence(results: Results, admission: str, marked: Collection[tuple[str, str]]) -> list[Line]:
    """Marked rows of tables as evidence, by table and row."""
    found = []
    for name in dict.fromkeys(table for table, _ in marked if table in SHEETS):
        told = told_rows(results, admission, {name})
        wanted = {row for table, row in marked if table == name}
        rows = results.rows(f"select * from {SHEETS[name].view} where admission_id = $id", id=admission)
        for row in rows:
            if (row_key := row_id(name, row)) in wanted:
                row_name = row_key if name == "charges" else str(row["row_number"])
                quote = told[name, row_key]
                found.append(_evidence("table", row["source"], quote, row=row_name, label=SHEETS[name].title))
    if len(found) != len(set(marked)):
        raise Unproposable("选中的行已不在这一例的表里；请刷新页面后重选。")
    return found


def _evidence(kind: str, source: str, quote: str, **more: Any) -> Line:
    empty = dict.fromkeys(("page", "start", "end", "row", "label", "at", "confidence"))
    return {"kind": kind, "source": source, "quote": quote, "says": "for"} | empty | more


# its yuan ---------------------------------------------------------------------------------------------------


def sums(
    results: Results, admission: str, violation: str, charge_ids: Collection[str], given: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """The amount of a finding and the fund's part, in yuan: the whole stay's, else the marked lines', else as given."""
    kind = VIOLATIONS[violation]
    if not kind.counted:
        return None, None
    stay = results.rows(
        "select total_amount, fund_amount from admissions where admission_id = $id", id=admission
    )
    lines = [
        row
        for row in results.rows("select * from charges where admission_id = $id", id=admission)
        if row["charge_id"] in charge_ids
    ]
    whole = stay[0]["total_amount"] if kind.whole_stay else sum((x["amount"] for x in lines), Decimal(0))
    amount = given if given is not None else (whole if kind.whole_stay or lines else None)
    if amount is None:
        return None, None
    if kind.whole_stay:
        own = stay[0]["fund_amount"] if amount == whole else None
        return amount.quantize(CENT), None if own is None else own.quantize(CENT)
    shares = [fund_share(x["amount"], x["in_scope_amount"], x["full_self_pay"]) for x in lines]
    if not lines or not whole or any(share is None for share in shares):
        return amount.quantize(CENT), None
    fund = sum(
        (amount * x["amount"] / whole * (share or 0) for x, share in zip(lines, shares, strict=True)),
        Decimal(0),
    )
    return amount.quantize(CENT), fund.quantize(CENT)


# the clause it rests on -------------------------------------------------------------------------------------


def usual_bases(violation: str, rules: Mapping[str, Line], most: int = 4) -> list[tuple[str, str]]:
    """The clauses that the checks of a violation rest on, those of most checks first."""
    uses: dict[tuple[str, str], int] = {}
    for rule in rules.values():
        if rule["violation"] == violation:
            for clause in rule["basis"]:
                document, _, passage = clause.partition("#")
                uses[document, passage] = uses.get((document, passage), 0) + 1
    return sorted(uses, key=lambda one: (-uses[one], one))[:most]


def basis_line(library: Any, document: str, passage: str, on: date | None) -> Line:
    """A clause as a finding names it. Raises Unproposable where the library holds none of that name."""
    clause = open_clause(library, document, passage, on)
    if not clause["held"]:
        raise Unproposable("依据库里没有这一条；请另选一条。")
    return {
        "document": document,
        "passage": passage,
        "in_force_from": clause["from"],
        "in_force_to": clause["to"],
        "note": None if clause["in_force"] is not False else "住院当日不在施行期内",
    }
