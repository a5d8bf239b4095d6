"""The report of a run: one page that needs nothing beside it and is the same for the same run."""

import json
import re

import pytest

from evals.judging.inspections import judge_inspection
from evals.labelled import Labels
from evals.registry import CaseSet, Kind
from evals.report.errors import errors_of
from evals.report.page import write_report
from evals.verdicts import Measure, Verdict, write_verdicts

HOSTILE = "<script>alert(1)</script>${day}"


@pytest.fixture
def run(tmp_path):
    """A run of one labelled inspection with a finding too many and one too few, and a check's cases."""
    place, kept = tmp_path / "county", tmp_path / "run" / "county"
    place.mkdir()
    kept.mkdir(parents=True)
    missed = {
        "violation": "split_charge",
        "charge_ids": ["7"],
        "amount": 5.0,
        "quote": None,
        "file": None,
        "why": HOSTILE,
    }
    stays = {
        "A1": {"must_find": [missed], "must_not_find": [], "clean": False},
        "A2": {"must_find": [], "must_not_find": [], "clean": True},
    }
    (place / "expected.json").write_text(json.dumps({"admissions": stays}), encoding="utf-8")
    evidence = {"says": "for", "source": "claims/fee.csv", "quote": HOSTILE, "at": None}
    finding = {
        "id": "f1", "admission_id": "A2", "check": "CHG-004", "violation": "duplicate_charge", "certainty": "probable",
        "charge_ids": ["1"], "amount": 20.0, "message": f"疑似重复 {HOSTILE}", "evidence": [evidence], "basis": [],
    }  # fmt: skip
    (kept / "findings.jsonl").write_text(json.dumps(finding, ensure_ascii=False) + "\n", encoding="utf-8")
    (kept / "checks.jsonl").write_text("", encoding="utf-8")
    verdicts = judge_inspection("county", Labels.read(place), kept)
    for key, right in (("fires", True), ("fires again", False)):
        verdicts.append(
            Verdict("checks", f"CHG-004 {key}", Measure.RECALL, "CHG-004", "duplicate_charge", key, right)
        )
    write_verdicts(verdicts, tmp_path / "run")
    told = {"day": "2026-11-23", "rules": "r", "knowledge": "k"}
    told["sets"] = {
        "county": {"kind": "inspection", "seconds": 2.0},
        "checks": {"kind": "checks", "seconds": 1.0},
    }
    (tmp_path / "run" / "run.json").write_text(json.dumps(told), encoding="utf-8")
    return tmp_path / "run", (CaseSet("county", Kind.INSPECTION, place, False),), verdicts


def test_two_reports_of_one_run_are_the_same_bytes(run, tmp_path):
    folder, sets, _ = run
    first = write_report(folder, tmp_path / "one.html", sets).read_bytes()
    assert write_report(folder, tmp_path / "two.html", sets).read_bytes() == first


def test_the_page_asks_nothing_of_anybody_and_shows_hostile_text_as_text(run, tmp_path):
    folder, sets, _ = run
    page = write_report(folder, tmp_path / "report.html", sets).read_text("utf-8")
    assert not re.search(r"<script|https?://|src=|@import|url\(", page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;${day}" in page
    assert "default-src 'none'" in page


def test_every_error_opens_to_what_was_wanted_and_what_was_said(run, tmp_path):
    folder, sets, verdicts = run
    errors = errors_of(verdicts, folder, {one.name: one for one in sets})
    assert len(errors) == sum(one.right < 1 for one in verdicts)
    missed = next(
        one for one in errors if one.verdict.measure == Measure.RECALL and one.verdict.case == "county"
    )
    assert missed.wanted == (f"应发现：{HOSTILE}",)
    assert missed.told == ("没有相应的疑点",)
    false = next(one for one in errors if one.verdict.measure == Measure.PRECISION)
    assert false.wanted == ("标注为清白",)
    assert false.told[0].startswith("CHG-004 probable：疑似重复")
    page = write_report(folder, tmp_path / "report.html", sets).read_text("utf-8")
    assert page.count("<details") == len(errors)


def test_a_case_that_is_no_longer_there_still_shows_the_error(run):
    folder, _, verdicts = run
    assert len(errors_of(verdicts, folder, {})) == sum(one.right < 1 for one in verdicts)


def test_tables_show_checks_with_the_most_errors_first(run, tmp_path):
    folder, sets, _ = run
    page = write_report(folder, tmp_path / "report.html", sets).read_text("utf-8")
    assert "召回 1/2 = 0.500" in page
    assert "较可能" in page
    assert page.index("各项检查") < page.index("每一处错误")


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    write_verdicts([], tmp_path)
    with pytest.raises(ValueError, match="不是一次评测的结果"):
        write_report(tmp_path, tmp_path / "report.html", ())
