"""The bundled inspection, reviewed by the real command on a machine that holds nothing else."""

import json
from pathlib import Path

import pytest

from evals.labelled import Labels, found, read_lines
from knowledge.readers.text import fold
from review.__main__ import main

DEMO = Path(__file__).parent.parent / "demo" / "mountain-county-2024"
LABELS = Labels.read(DEMO)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGJIAN_HOME", str(folder / "home"))
        assert main([str(DEMO), "--out", str(folder / "out"), "--quiet"]) == 0
    return folder / "out"


@pytest.fixture(scope="module")
def findings(out):
    return read_lines(out / "findings.jsonl")


def test_at_least_85_percent_of_what_must_be_found_is_found_with_its_yuan(findings):
    missed = [(admission, item["violation"]) for admission, item in LABELS.missed(findings)]
    assert len(missed) <= 0.15 * len(list(LABELS.wanted())), missed


def test_nothing_is_found_that_must_not_be(findings):
    assert [(finding["check"], item["why"]) for finding, item in LABELS.sprung(findings)] == []


def test_no_clean_stay_is_flagged_above_a_clue(findings):
    assert LABELS.accused(findings) == []


def test_the_expected_sentence_is_among_the_evidence(findings):
    missing = []
    for admission, item in LABELS.wanted():
        if not item["quote"]:
            continue
        mine = found(findings, admission, item)
        quotes = [
            fold(evidence["quote"])
            for finding in mine
            for evidence in finding["evidence"]
            if evidence["source"] == item["file"] and evidence["says"] == "for"
        ]
        target = fold(item["quote"])
        if mine and not any(quote in target or target in quote for quote in quotes if quote):
            missing.append((admission, item["violation"]))
    assert missing == []


def test_every_admission_and_check_has_one_line(out, findings):
    results = read_lines(out / "checks.jsonl")
    pairs = [(result["admission_id"], result["check"]) for result in results]
    checks = {check for _, check in pairs}
    assert len(pairs) == len(set(pairs)) == len(LABELS.admissions) * len(checks)
    assert {result["outcome"] for result in results} <= {"found", "clear", "not_applicable", "not_checked"}
    told = {(result["admission_id"], result["check"]) for result in results if result["outcome"] == "found"}
    assert told == {(finding["admission_id"], finding["check"]) for finding in findings}


def test_every_silent_outcome_gives_its_reason(out):
    silent = [
        (result["admission_id"], result["check"])
        for result in read_lines(out / "checks.jsonl")
        if result["outcome"] in ("not_checked", "not_applicable") and not result["reason"]
    ]
    assert silent == []


def test_every_finding_rests_on_a_clause_in_force_and_has_evidence(findings):
    bare = [
        finding["id"]
        for finding in findings
        if not finding["evidence"]
        or not finding["overturned_by"]
        or not any(basis["in_force_from"] for basis in finding["basis"])
    ]
    assert bare == []


def test_every_quote_stands_in_its_source(findings):
    texts = {}
    from knowledge.readers.files import read_file

    wrong = []
    for finding in findings:
        for evidence in finding["evidence"]:
            if evidence["kind"] != "document":
                continue
            source = evidence["source"]
            if source not in texts:
                texts[source] = read_file(DEMO / source, cache=None)
            read_text = texts[source]
            offset = (
                next((p.start for p in read_text.pages if p.number == evidence["page"]), 0)
                if evidence["page"]
                else 0
            )
            cut = read_text.text[offset + evidence["start"] : offset + evidence["end"]]
            if cut != evidence["quote"]:
                wrong.append((finding["check"], source))
    assert wrong == []


def test_a_second_run_is_byte_for_byte_the_same(out, tmp_path, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    assert main([str(DEMO), "--out", str(tmp_path / "again"), "--quiet"]) == 0
    for name in ("findings.jsonl", "checks.jsonl", "patterns.jsonl", "faults.jsonl"):
        assert (tmp_path / "again" / name).read_bytes() == (out / name).read_bytes()


def test_the_demonstration_has_no_faults(out):
    assert read_lines(out / "faults.jsonl") == []


def test_the_summary_counts_every_yuan_once(out, findings):
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["admissions"] == len(LABELS.admissions)
    assert summary["amount_once"] <= summary["amount_gross"]
    assert summary["amount_once"] == pytest.approx(
        sum(finding["counted_amount"] or 0 for finding in findings)
    )
