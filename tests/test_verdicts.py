"""Verdicts: kept and read, counted by unit, compared between two runs, and held against floors."""

from dataclasses import replace

import pytest

from evals.comparing import changes, compared, f1_growth, lines_of, variation, write_changes, yuan_growth
from evals.gate import bounds, fallen, pass_or_fall, raised, read_floors, write_floors
from evals.measuring.intervals import wilson
from evals.tables import by_check, by_set, certainty_of, f1_by_set
from evals.tables import lines_of as table_lines
from evals.verdicts import Measure, Verdict, read_verdicts, write_verdicts


def verdict(unit="A1", measure=Measure.RECALL, about="CHG-001", key="1", right=True, **more):
    return Verdict("county", unit, measure, about, "over_standard_charge", key, right, **more)


FOUND, MISSED = verdict(), verdict("A2", key="2", right=False)
RIGHT = verdict(measure=Measure.PRECISION, key="f1", certainty="probable")
WRONG = verdict("A3", Measure.PRECISION, key="f3", right=False, certainty="clue")
RUN = [FOUND, MISSED, RIGHT, WRONG]


def test_a_run_is_kept_in_one_order_and_read_back(tmp_path):
    write_verdicts(RUN, tmp_path)
    first = (tmp_path / "verdicts.jsonl").read_bytes()
    write_verdicts(reversed(RUN), tmp_path)
    assert (tmp_path / "verdicts.jsonl").read_bytes() == first
    assert read_verdicts(tmp_path) == sorted(RUN)


@pytest.mark.parametrize("text", ["{}\n", "no json\n", '{"case": 1}\n'])
def test_a_line_that_is_no_verdict_is_named(tmp_path, text):
    write_verdicts(RUN, tmp_path)
    with (tmp_path / "verdicts.jsonl").open("a") as handle:
        handle.write(text)
    with pytest.raises(ValueError, match=r"verdicts.jsonl 第 5 行"):
        read_verdicts(tmp_path)


def test_a_run_that_is_not_there_is_named_with_the_remedy(tmp_path):
    with pytest.raises(ValueError, match="python -m evals score"):
        read_verdicts(tmp_path / "none")


def test_figures_count_what_is_right():
    assert [(one.measure, one.right, one.of) for one in by_set(RUN)] == [
        ("recall", 1, 2),
        ("precision", 1, 2),
    ]
    assert [one.about for one in by_check(RUN)] == ["CHG-001", "CHG-001"]
    assert f1_by_set(RUN)["county"].value == pytest.approx(0.5)
    assert f1_by_set(RUN[:2]) == {}


def test_where_all_is_right_the_interval_still_has_a_width():
    """Two patients with three right findings are two trials, not three."""
    (figure,) = by_set([FOUND, verdict(key="3"), verdict("A2", key="2")])
    assert figure.share == wilson(2, 2)


def test_what_is_printed_names_every_check_with_its_counts():
    said = "\n".join(table_lines(RUN))
    assert "CHG-001" in said
    assert "召回 1/2　准确 1/2" in said
    assert "说“probable”的 1 项，对 1 项" in said


def test_only_findings_speak_of_certainty():
    rows, _ = certainty_of([*RUN, replace(FOUND, certainty="established")])
    assert [row.certainty for row in rows] == ["probable", "clue"]


BETTER = [FOUND, replace(MISSED, right=True), RIGHT]


def test_changes_tell_what_became_right_and_what_is_gone():
    assert [(one.became, one.verdict.key) for one in changes(RUN, BETTER)] == [("right", "2"), ("gone", "f3")]
    assert [(one.became, one.verdict.key) for one in changes(BETTER, RUN)] == [("wrong", "2"), ("new", "f3")]
    assert changes(RUN, RUN) == []


def test_labels_that_nothing_tells_apart_are_compared_in_their_order():
    twice = [FOUND, FOUND]
    assert changes(twice, twice) == []
    assert [one.became for one in changes(twice, [FOUND])] == ["gone"]


def test_a_stay_that_is_newly_accused_is_the_same_question_answered_wrongly():
    spared = verdict(measure=Measure.CLEAN, about="", key="")
    accused = replace(spared, about="CHG-009,DOC-001", right=False)
    assert [one.became for one in changes([spared], [accused])] == ["wrong"]


def test_two_runs_are_compared_on_what_both_were_asked():
    recall, precision = compared(RUN, BETTER)[::-1]
    assert (recall.questions, recall.discordant.only_second, recall.discordant.only_first) == (2, 1, 0)
    assert recall.growth.value == pytest.approx(0.5)
    assert (precision.questions, precision.discordant.only_second) == (1, 0)


def test_f1_and_yuan_grow_over_the_units_of_both():
    assert f1_growth(RUN, BETTER)["county"].value == pytest.approx(0.5)
    off = verdict(measure=Measure.AMOUNT, right=False, wanted="100.00", told="140.00")
    exact = replace(off, right=True, told="100.00")
    assert yuan_growth([*RUN, off], [*RUN, exact])["county"].value == pytest.approx(-40.0)
    assert yuan_growth(RUN, BETTER) == {}


def test_a_comparison_is_printed_and_written_whole(tmp_path):
    said = "\n".join(lines_of(RUN, BETTER))
    assert "变好 1，变差 0（McNemar p=1.000）" in said
    assert "有变化的 2 处" in said
    assert "另 1 处" in "\n".join(lines_of(RUN, BETTER, most=1))
    write_changes(RUN, BETTER, tmp_path / "changes.jsonl")
    assert len((tmp_path / "changes.jsonl").read_text("utf-8").splitlines()) == 2


def test_repeated_runs_tell_how_much_they_vary():
    (precision, recall) = variation([RUN, BETTER, RUN])
    assert "3 次平均 0.667" in recall
    assert "0.500–1.000" in precision


def test_bounds_are_kept_for_the_whole_set_and_for_each_check():
    held = bounds(RUN)
    assert held["county", "recall", ""] == held["county", "recall", "CHG-001"]
    assert held["county", "recall", ""][0] == pytest.approx(wilson(1, 2).low)


def test_the_gate_names_the_check_that_fell():
    floors = {place: low for place, (low, _, _) in bounds([FOUND, replace(MISSED, right=True)]).items()}
    assert fallen([FOUND, replace(MISSED, right=True)], floors) == []
    first = fallen([FOUND, MISSED], floors)[0]
    assert (first.place, first.by) == (("county", "recall", "CHG-001"), ("CHG-001",))
    assert "CHG-001 召回（county）：1/2" in str(first)


def test_what_is_no_longer_measured_has_fallen_too():
    floors = {("county", "recall", "CHG-001"): 0.2, ("elsewhere", "recall", ""): 0.9}
    (fall,) = fallen([replace(FOUND, about="CHG-002")], floors)
    assert fall.low is None
    assert "这次没有量到" in str(fall)


def test_an_accused_stay_names_the_checks_that_accuse_it():
    floors = {("county", "clean", ""): 0.2}
    (fall,) = fallen([verdict(measure=Measure.CLEAN, about="CHG-009,DOC-001", key="", right=False)], floors)
    assert fall.by == ("CHG-009", "DOC-001")


def test_floors_only_move_up(tmp_path):
    low = {("county", "recall", ""): 0.05, ("county", "recall", "CHG-001"): 0.9, ("gone", "recall", ""): 0.3}
    new = raised(RUN, low)
    assert new["county", "recall", ""] == pytest.approx(wilson(1, 2).low, abs=1e-4)
    assert new["county", "recall", "CHG-001"] == 0.9
    assert new["gone", "recall", ""] == 0.3
    write_floors(new, tmp_path / "floors.json")
    assert read_floors(tmp_path / "floors.json") == pytest.approx(new, abs=1e-4)


def test_a_run_held_to_floors_of_its_own_passes_and_a_worse_one_is_refused(tmp_path):
    file = tmp_path / "floors.json"
    write_verdicts(BETTER, tmp_path / "good")
    write_verdicts(RUN, tmp_path / "bad")
    assert "提高" in pass_or_fall(tmp_path / "good", tmp_path, True, file)[0]
    assert pass_or_fall(tmp_path / "good", tmp_path, False, file)[0].startswith("通过")
    before = file.read_bytes()
    for up in (False, True):
        with pytest.raises(ValueError, match="CHG-001 召回"):
            pass_or_fall(tmp_path / "bad", tmp_path, up, file)
    assert file.read_bytes() == before


def test_floors_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "floors.json").write_text("[[1]]")
    with pytest.raises(ValueError, match=r"floors\.json"):
        read_floors(tmp_path / "floors.json")
