"""Conditions that clinics treat: whether a stay's diagnosis is one, and what takes the stay out of that list."""

import re

from review.checks.admission_window import Window
from review.checks.criteria import Row, State, Verdict, judge, rows_in_force
from review.checks.inputs import Record


def outpatient_condition(record: Record) -> Row | None:
    """The row of clinic-treatable conditions that the main diagnosis falls under, on discharge and on admission."""
    code = (record.admission.main_diagnosis_code or "").upper()
    told = record.admission.admission_diagnosis or ""
    for row in rows_in_force(record.rows("outpatient_conditions"), record.admission.begins_at.date()):
        if code and any(code.startswith(prefix) for prefix in str(row["icd_prefix"]).split("|")):
            same = not told or not row["name_regex"] or re.search(row["name_regex"], told)
            return row if same else None
    return None


def exclusions_met(window: Window, outpatient: Row | None, criteria: list[Row]) -> tuple[Verdict, ...]:
    """The circumstances that take a clinic-treatable condition out of the list, judged on the same window."""
    if outpatient is None:
        return ()
    rows = [
        row
        for row in window.record.rows("outpatient_exclusions")
        if row["condition"] == outpatient["condition"]
    ]
    named = {row["criterion"] for row in rows if row["criterion"]}
    own = [
        {
            **row,
            "population": "",
            "code": row["item"],
            "name": row["note"],
            "kind": "severity",
            "mode": "alone",
        }
        | {"clause": number}
        for number, row in enumerate(rows)
        if not row["criterion"]
    ]
    told = window.record.admission.admission_diagnosis or ""
    registered = [row for row in own if row["phrase_regex"] and re.search(row["phrase_regex"], told)]
    return (
        *(_registered(row) for row in registered),
        *judge(window, own),
        *judge(window, [row for row in criteria if row["code"] in named]),
    )


def _registered(row: Row) -> Verdict:
    """An exclusion that the admission diagnosis itself tells."""
    return Verdict(row["code"], row["name"], row["kind"], row["mode"], State.MET, str(row["row_id"]))
