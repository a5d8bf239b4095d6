"""The queue of cases: who is still to be decided, by suspected yuan, and what state each case is in."""

from collections.abc import Mapping, Sequence
from random import Random

from review.casework.cases import Standing, ordered
from review.casework.pairing import LEADS, Pairing, visible
from review.casework.results import Line, Results
from review.opaque_keys import OpaqueKeys
from review.store.accounts import Person
from review.store.entries import Decision
from review.violations import VIOLATIONS

PENDING = "pending"  # the filter's word for a finding without a call


def queue(
    results: Results, keys: Mapping[str, str], pairing: Pairing, person: Person, named_by: OpaqueKeys
) -> list[Line]:
    """One row per admission a person may see: open ones first by yuan, stays of one person together.

    `keys` are those of the cases, `named_by` gives those of departments and doctors."""
    shown = [admission for admission in results.admissions if pairing.part(person, admission)]
    rows = [_row(results, admission, keys[admission], pairing, person, named_by) for admission in shown]
    drawn = _drawn(rows, pairing.rules.seed)
    for row in rows:
        if row["part"] == LEADS:
            row["drawn"] = drawn[row["person"]]
    heaviest: dict[str, float] = {}
    for row in rows:
        heaviest[row["person"]] = max(heaviest.get(row["person"], 0), row["amount"] or 0)
    rows.sort(key=lambda row: (row["group"], -heaviest[row["person"]], row["person"], -(row["amount"] or 0)))
    return rows


def named(results: Results, rows: Sequence[Line]) -> Line:
    """The names of the violations and checks that the rows' findings carry, by code: what a filter offers."""
    facts = [fact for row in rows for fact in row["facts"]]
    titles = {line["check"]: line["title"] for group in results.findings.values() for line in group}
    return {
        "violations": {code: VIOLATIONS[code].name for code in {fact["violation"] for fact in facts}},
        "checks": {code: titles[code] for code in {fact["check"] for fact in facts}},
    }


def _drawn(rows: Sequence[Line], seed: int) -> dict[str, int]:
    """The random place of each person by the seed: stays of one person stay together."""
    people = sorted({row["person"] for row in rows})
    places = {one: Random(f"{seed}:{one}").random() for one in people}
    return {one: place for place, one in enumerate(sorted(people, key=lambda one: (places[one], one)))}


def _row(
    results: Results, admission_id: str, key: str, pairing: Pairing, person: Person, named_by: OpaqueKeys
) -> Line:
    standing = pairing.seen_by(person, admission_id)
    part = pairing.part(person, admission_id)
    sent, _ = visible(results, admission_id, standing, hides=pairing.rules.hides_model)
    disputed = [line for line in sent if line["id"] in pairing.disputes]
    told = [line for line in disputed if pairing.knows(person, line["id"])]
    admission = results.admissions[admission_id]
    findings = ordered(sent)
    current = [line for line in findings if not line.get("gone")]
    decided = [standing[line["id"]] for line in findings if line["id"] in standing]
    department = admission["discharge_department"] or admission["department"] or ""
    doctor = admission["doctor"] or ""
    state = _state(len(findings), decided, f"case:{admission_id}" in standing)
    return {
        "key": key,
        "name": admission["person_name"] or "（无姓名）",
        "number": admission["inpatient_no"] or "",
        "person": f"{admission['person_id'] or key}",
        "department": department,
        "department_key": named_by.of("department", department),
        "doctor": doctor,
        "doctor_key": named_by.of("doctor", doctor),
        "admitted": admission["begins_at"].strftime("%m-%d") if admission["begins_at"] else "",
        "month": admission["begins_at"].strftime("%Y-%m") if admission["begins_at"] else "",
        "amount": _suspected(current, standing),
        "families": [line["family"] for line in current][:6],
        "facts": [_fact(line, standing.get(line["id"])) for line in current],
        "violations": sorted({VIOLATIONS[line["violation"]].name for line in current}),
        "checks": sorted({line["check"] for line in current}),
        "findings": len(findings),
        "decided": len(decided),
        "state": state,
        "group": {"open": 0, "part": 0, "unseen": 1}.get(state, 2),
        "part": part,
        "disputed": len(told),
        "rules": any(pairing.may_rule(person, line["id"]) for line in disputed),
        **({"first": pairing.first_of(admission_id)} if part == LEADS else {}),
    }


def _fact(line: Line, decision: Decision | None) -> Line:
    """What a filter asks of one finding; its yuan as the person may know them, changed or not."""
    changed = decision.amount if decision else None
    return {
        "id": line["id"],
        "family": line["family"],
        "violation": line["violation"],
        "certainty": line["certainty"],
        "check": line["check"],
        "verdict": decision.verdict if decision else PENDING,
        "amount": line["amount"] if changed is None else float(changed),
    }


def _state(findings: int, decided: Sequence[Decision], seen: bool) -> str:
    """open ○ · part ◐ · ask dotted · done ● · unseen: nothing found and not yet looked at."""
    if not findings:
        return "done" if seen else "unseen"
    if len(decided) < findings:
        return "part" if decided else "open"
    return "ask" if any(line.verdict == "ask" for line in decided) else "done"


def _suspected(findings: Sequence[Line], standing: Standing) -> float | None:
    """Yuan still suspected, each once; what a rejected finding carried falls back to the others."""
    verdicts = {key: decision.verdict for key, decision in standing.items()}
    amounts = []
    for line in findings:
        if line["amount"] is None or verdicts.get(line["id"]) == "reject":
            continue
        decision = standing.get(line["id"])
        freed = verdicts.get(line["counted_in"]) == "reject"
        counted = line["amount"] if freed else line["counted_amount"] or 0
        if decision is not None and decision.amount is not None and not line["counted_in"]:
            counted = float(decision.amount)
        amounts.append(counted)
    return round(sum(amounts), 2) if amounts else None
