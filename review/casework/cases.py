"""One case as the review page shows it: its findings with their evidence, its record, and what was not checked.

Plain values only. Suspicion and doubt are treated alike: evidence for is numbered, evidence against lettered.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from review.casework.comparable import comparable
from review.casework.model_share import model_share
from review.casework.readings import AT_ONCE, Place, Tab, describe_tab, place, read_tabs, spot_of, text_of
from review.casework.results import Line, Results
from review.casework.sheets import SHEETS, counts, place_row, table_sources, told_rows
from review.casework.timeline import draw_all, lanes_for
from review.store.entries import Decision
from review.violations import CERTAINTY_NAMES, VIOLATIONS, Certainty

REJECTIONS = ("有正当情形", "证据读错", "规则不适用", "金额为零")
MATERIALS = ("体温单、医嘱单原件", "检查、检验报告原件", "知情同意或情况说明")
Standing = Mapping[str, Decision]


@dataclass(frozen=True)
class Rows:
    """Which table each file of the extract feeds, and what the rows of the cited tables say."""

    sources: Mapping[str, str]
    told: Mapping[tuple[str, str], str]


def open_case(
    results: Results,
    admission_id: str,
    standing: Standing,
    rules: Mapping[str, Line],
    findings: Sequence[Line] | None = None,
    read_of: Collection[str] | None = None,
) -> Line:
    """Everything the page shows of one case but its tables, which are asked for one by one.

    `findings` are those that may be sent, in their order; `read_of` those whose
    model reading may be sent. Null is all.
    """
    findings = ordered(results.findings.get(admission_id, [])) if findings is None else findings
    tabs = read_tabs(results, admission_id, findings)
    read = [one for line in results.judgements.get(admission_id, ()) for one in line["statements"]]
    rows = _rows_cited(results, admission_id, [*findings, *read])
    light = sum(tab.length for tab in tabs) <= AT_ONCE
    return {
        "head": _head(results, admission_id),
        "findings": [_finding(line, tabs, rows, standing, rules) for line in findings],
        "outcomes": _outcomes(results.outcomes.get(admission_id, []), rules),
        "faults": [fault for fault in results.faults if fault["admission_id"] in (None, admission_id)],
        "tabs": [describe_tab(tab) for tab in tabs],
        "texts": {tab.key: text_of(tab) for tab in tabs} if light else {},
        "sheets": counts(results, admission_id),
        "timelines": draw_all(results, admission_id, findings, lambda item: spot_of(item, tabs)),
        "seen": shown_decision(standing.get(f"case:{admission_id}")),
        "model": model_share(results, admission_id, lambda line: _evidence(line, tabs, rows)[0], read_of),
    }


def _rows_cited(results: Results, admission_id: str, findings: Sequence[Line]) -> Rows:
    sources = table_sources(results)
    cited = {item["source"] for line in findings for item in line["evidence"] if item["kind"] == "table"}
    return Rows(
        sources, told_rows(results, admission_id, {sources[name] for name in cited if name in sources})
    )


def _head(results: Results, admission_id: str) -> Line:
    row = results.rows("select * from admissions where admission_id = $id", id=admission_id)[0]
    lines = results.rows("select count(*) as n from charge_lines where admission_id = $id", id=admission_id)
    return {
        "name": row["person_name"] or "（无姓名）",
        "sex": row["sex"] or "",
        "age": row["age_years"],
        "department": row["discharge_department"] or row["department"] or "",
        "bed": row["bed"] or "",
        "diagnosis": row["main_diagnosis"] or row["admission_diagnosis"] or "",
        "diagnosis_code": row["main_diagnosis_code"] or "",
        "doctor": row["doctor"] or "",
        "begins": _minute(row["begins_at"]),
        "ends": _minute(row["ends_at"]),
        "days": row["bed_days"],
        "total": _yuan(row["total_amount"]),
        "fund": _yuan(row["fund_amount"]),
        "charges": lines[0]["n"],
        "number": row["inpatient_no"] or "",
    }


def _finding(
    line: Line, tabs: Sequence[Tab], rows: Rows, standing: Standing, rules: Mapping[str, Line]
) -> Line:
    rule = rules.get(line["check"], {})
    evidence, hidden = _evidence(line, tabs, rows)
    return {
        "id": line["id"],
        "check": line["check"],
        "family": line["family"],
        "violation": line["violation"],
        "title": f"疑似{VIOLATIONS[line['violation']].name}",
        "subtitle": line["title"],
        "certainty": line["certainty"],
        "certainty_name": CERTAINTY_NAMES[Certainty(line["certainty"])],
        "message": line["message"],
        "amount": line["amount"],
        "fund_amount": line["fund_amount"],
        "counted_in": line["counted_in"],
        "counted_amount": line["counted_amount"],
        "options": line["amount_options"],
        "lines": len(line["charge_ids"]),
        "evidence": evidence,
        "hidden": hidden,
        "overturned_by": line["overturned_by"],
        "lowered_by": line["lowered_by"],
        "basis": line["basis"],
        "origin": line["origin"],
        "gone": line.get("gone", False),
        "lanes": lanes_for(line),
        "compare": comparable(line),
        "reasons": [*REJECTIONS, *rule.get("exceptions", ())][:8],
        "materials": [*line["overturned_by"][:4], *MATERIALS][:7],
        "decision": shown_decision(standing.get(line["id"])),
    }


def _evidence(line: Line, tabs: Sequence[Tab], rows: Rows) -> tuple[list[Line], int]:
    """Evidence with its place, in reading order; and how many quotes did not stand in their source."""
    shown, hidden = [], 0
    for item in line["evidence"]:
        spot = place(item, tabs) if item["kind"] == "document" else None
        if item["kind"] == "document" and spot is None:
            hidden += 1
            continue
        row = place_row(item, rows.sources) if item["kind"] == "table" else None
        row = row if row in rows.told else None  # a row of another stay is cited and not opened
        shown.append(
            {
                "says": item["says"],
                "quote": item["quote"],
                "title": _title(spot, row, tabs),
                "told": rows.told[row] if row else "",
                "source": item["source"].rsplit("/", 1)[-1],
                "page": item["page"],
                "at": item["at"],
                "confidence": item["confidence"],
                "place": asdict(spot) if spot else None,
                "row": {"sheet": row[0], "id": row[1]} if row else None,
            }
        )
    return _marked(shown), hidden


def _title(spot: Place | None, row: tuple[str, str] | None, tabs: Sequence[Tab]) -> str:
    """What the evidence stands in: a document by its title, a table by its name."""
    if row is not None:
        return SHEETS[row[0]].title
    tab = next((tab for tab in tabs if spot and tab.key == spot.tab), None)
    return str(tab.documents[spot.document]["title"]) if tab and spot else ""


def shown_evidence(line: Line, tabs: Sequence[Tab]) -> list[Line]:
    """A finding's evidence as its card numbers it."""
    return _evidence(line, tabs, Rows({}, {}))[0]


def _marked(evidence: list[Line]) -> list[Line]:
    """Numbers for what supports the suspicion, letters for what does not."""
    marked, numbers, letters = [], 0, 0
    for item in evidence:
        if item["says"] == "for":
            numbers += 1
            marked.append(item | {"mark": str(numbers)})
        else:
            marked.append(item | {"mark": _letter(letters)})
            letters += 1
    return marked


def _letter(number: int) -> str:
    return chr(97 + number) if number < 26 else f"{chr(96 + number // 26)}{chr(97 + number % 26)}"


def ordered(findings: Sequence[Line]) -> list[Line]:
    """Same facts together, yuan descending, clues last."""

    def carrier(line: Line) -> str:
        return str(line["counted_in"] or line["id"])

    weight = {line["id"]: line["amount"] or 0 for line in findings}
    return sorted(
        findings,
        key=lambda line: (
            bool(line.get("gone")),
            line["certainty"] == Certainty.CLUE,
            -weight.get(carrier(line), 0),
            carrier(line),
            line["counted_in"] is not None,
            -(line["amount"] or 0),
        ),
    )


def _outcomes(outcomes: Sequence[Line], rules: Mapping[str, Line]) -> Line:
    named = [
        {
            "check": line["check"],
            "title": rules.get(line["check"], {}).get("title", line["check"]),
            "outcome": line["outcome"],
            "reason": line["reason"] or "",
        }
        for line in outcomes
    ]
    tally = {
        kind: sum(line["outcome"] == kind for line in named) for kind in ("clear", "not_applicable", "found")
    }
    return {
        "failed": [line for line in named if line["outcome"] == "failed"],
        "not_checked": [line for line in named if line["outcome"] == "not_checked"],
        "all": named,
        **tally,
    }


def shown_decision(line: Decision | None) -> Line | None:
    """A decision as its card shows it."""
    if line is None:
        return None
    return {
        "seq": line.seq,
        "verdict": line.verdict,
        "reasons": list(line.reasons),
        "note": line.note,
        "amount": line.amount,
        "who": line.who,
        "at": line.at.isoformat() + "Z",
    }


def _yuan(amount: Any) -> float | None:
    return None if amount is None else float(amount)


def _minute(moment: datetime | None) -> str:
    return moment.isoformat(sep=" ", timespec="minutes") if moment else ""
