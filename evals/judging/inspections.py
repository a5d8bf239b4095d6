"""A labelled inspection: what the labels want, what they rule out, and the stays they call clean.

Labels stand in `expected.json`. A finding on a stay that is neither clean nor labelled for its violation is not judged:
the labels of a whole record cannot be complete. Recall is counted by violation, since labels name no check.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from evals.labelled import ABOVE_CLUE, CENT, Labels, Line, read_lines, touching, yuan
from evals.verdicts import Measure, Verdict

LEFT_OPEN = "not_checked"
STRENGTH = ("", "clue", "probable", "established")
LEGAL_PLACES = Path(__file__).parent / "legal_places.yaml"


def judge_inspection(case: str, labels: Labels, run: Path) -> list[Verdict]:
    """The verdicts of a review's output folder against the labels of its inspection."""
    findings = read_lines(run / "findings.jsonl")
    outcomes = {
        (row["admission_id"], row["check"]): row["outcome"]
        for row in read_lines(run / "checks.jsonl")
        if row.get("admission_id")
    }
    days = {finding["admission_id"]: _day(finding) for finding in findings}
    return [
        *_labels(case, labels, findings),
        *_findings(case, labels, findings),
        *_bases(case, findings, days),
        *_spared(case, labels, findings),
        *_left_open(case, labels, outcomes),
    ]


def _labels(case: str, labels: Labels, findings: Sequence[Line]) -> Iterator[Verdict]:
    """Every label: whether it was found at all, for its yuan, and with what it quotes."""
    for admission, item in labels.wanted():
        mine = touching(findings, admission, item)
        recall = Verdict(
            *(case, admission, Measure.RECALL, str(item.get("check", "")), item["violation"], key_of(item)),
            right=bool(mine),
            certainty=strongest(mine),
        )
        yield recall
        if mine and item["amount"] is not None:
            wanted = Decimal(str(item["amount"]))
            told = _amount(mine, wanted)
            equal, sums = abs(told - wanted) < CENT, {"wanted": f"{wanted:.2f}", "told": f"{told:.2f}"}
            yield replace(recall, measure=Measure.AMOUNT, right=equal, **sums)
        if mine and item.get("quote"):
            shown = any(shows(finding, item["file"], item["quote"]) for finding in mine)
            yield replace(recall, measure=Measure.QUOTE, right=shown)


def strongest(findings: Sequence[Line]) -> str:
    """The highest certainty of the findings; empty where there are none."""
    return max((finding["certainty"] for finding in findings), key=STRENGTH.index, default="")


def key_of(item: Line) -> str:
    """What tells a label from the others of its stay: its lines, else the file it quotes."""
    return "+".join(item["charge_ids"]) or str(item.get("file") or "")


def _amount(mine: Sequence[Line], wanted: Decimal) -> Decimal:
    """The yuan of the finding that names those wanted, else of all together."""
    exact = [yuan(finding) for finding in mine if abs(yuan(finding) - wanted) < CENT]
    return exact[0] if exact else sum((yuan(finding) for finding in mine), Decimal(0))


def shows(finding: Line, file: str, quote: str) -> bool:
    """Whether an evidence for the finding quotes the label's words, or a part of them, from its file."""
    wanted = _plain(quote)
    mine = (one for one in finding["evidence"] if one["says"] == "for" and one["source"] == file)
    told = (_plain(str(evidence["quote"] or "")) for evidence in mine)
    return any(one and (one in wanted or wanted in one) for one in told)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _findings(case: str, labels: Labels, findings: Sequence[Line]) -> Iterator[Verdict]:
    """Every finding that the labels can judge."""
    wanted = list(labels.wanted())
    sprung = {finding["id"] for finding, _ in labels.sprung(findings)}
    accused = {finding["id"] for finding in labels.accused(findings)}
    for finding in findings:
        right = any(touching([finding], admission, item) for admission, item in wanted)
        if right or finding["id"] in sprung | accused:
            yield _of_finding(case, Measure.PRECISION, finding, right and finding["id"] not in sprung)


def _bases(case: str, findings: Sequence[Line], days: Mapping[str, date | None]) -> Iterator[Verdict]:
    """Every finding: whether it names the clause its violation is dealt with under, in force on the day of service."""
    for finding in findings:
        places = legal_places().get(finding["violation"], ())
        day = days[finding["admission_id"]]
        right = any(_is_place(basis, places) and _in_force(basis, day) for basis in finding["basis"])
        yield _of_finding(case, Measure.BASIS, finding, right)


def _of_finding(case: str, measure: Measure, finding: Line, right: bool) -> Verdict:
    about = (finding["check"], finding["violation"], finding["id"])
    return Verdict(case, finding["admission_id"], measure, *about, right, finding["certainty"])


@cache
def legal_places() -> Mapping[str, Sequence[Mapping[str, str]]]:
    """The clauses under which each violation is dealt with."""
    held: Mapping[str, Sequence[Mapping[str, str]]] = yaml.safe_load(LEGAL_PLACES.read_text("utf-8"))
    return held


def _is_place(basis: Line, places: Sequence[Mapping[str, str]]) -> bool:
    return any(
        basis["document"] == place["document"] and basis["passage"].startswith(place["passage"])
        for place in places
    )


def _in_force(basis: Line, day: date | None) -> bool:
    begins, ends = basis["in_force_from"], basis["in_force_to"]
    if day is None:
        return True
    return (not begins or date.fromisoformat(begins) <= day) and (not ends or day <= date.fromisoformat(ends))


def _day(finding: Line) -> date | None:
    """The first day its evidence is of; null where no evidence has a time."""
    times = [evidence["at"] for evidence in finding["evidence"] if evidence.get("at")]
    return date.fromisoformat(min(times)[:10]) if times else None


def _spared(case: str, labels: Labels, findings: Sequence[Line]) -> Iterator[Verdict]:
    """Every hard negative and every clean stay: whether it was spared."""
    for admission, said in labels.admissions.items():
        for item in said["must_not_find"]:
            against = touching(findings, admission, item)
            about = ",".join(sorted({finding["check"] for finding in against}))
            what = (about, item["violation"], key_of(item))
            yield Verdict(case, admission, Measure.NEAR_MISS, *what, not against, strongest(against))
        if said["clean"]:
            against = [
                finding
                for finding in findings
                if finding["admission_id"] == admission and finding["certainty"] in ABOVE_CLUE
            ]
            about = ",".join(sorted({finding["check"] for finding in against}))
            yield Verdict(case, admission, Measure.CLEAN, about, "", "", not against, strongest(against))


def _left_open(case: str, labels: Labels, outcomes: Mapping[tuple[str, str], str]) -> Iterator[Verdict]:
    """Checks that the labels say cannot be answered, where they say so: whether they said it themselves."""
    for admission, said in labels.admissions.items():
        for check in said.get("not_checked", ()):
            told = outcomes.get((admission, check), "")
            right = told == LEFT_OPEN
            verdict = Verdict(case, admission, Measure.NOT_CHECKED, check, "", check, right)
            yield replace(verdict, wanted=LEFT_OPEN, told=told)
