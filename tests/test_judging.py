"""Findings held against labels, on cases small enough to be judged by eye."""

import json
import shutil

import pytest

from evals.judging.check_cases import verdicts_of
from evals.judging.inspections import judge_inspection, key_of, legal_places
from evals.judging.item_names import judge_item_names
from evals.judging.masking import judge_masking
from evals.judging.questions import judge_questions
from evals.judging.recorded_answers import judge_recorded
from evals.judging.sentences import judge_sentences
from evals.labelled import Labels
from evals.matching import judged_names, matcher_of
from evals.recorded import Recorded, recorded_sets
from evals.registry import CaseSet, Kind, case_sets, chosen
from evals.verdicts import Measure
from knowledge.library import Library
from review.check_cases.runs import FINDS, LEAVES, SPARES, CaseRun
from review.checks.registry import all_checks
from review.violations import VIOLATIONS

WANTED = {
    "violation": "duplicate_charge",
    "charge_ids": ["1"],
    "amount": 20.0,
    "quote": "今日透析 一次",
    "file": "records/A1/病程.txt",
    "why": "",
}
RULED_OUT = {"violation": "phantom_stay", "charge_ids": [], "why": ""}
LABELS = Labels(
    {
        "A1": {
            "must_find": [WANTED],
            "must_not_find": [RULED_OUT],
            "clean": False,
            "not_checked": ["CHG-009"],
        },
        "A2": {"must_find": [], "must_not_find": [], "clean": True},
    }
)
BASIS = {
    "document": "医疗保障基金使用监督管理条例",
    "passage": "第三十八条（三）",
    "in_force_from": "2021-05-01",
    "in_force_to": None,
}
EVIDENCE = {
    "says": "for",
    "source": "records/A1/病程.txt",
    "quote": "今日透析一次。",
    "at": "2024-03-02 08:00",
}
FINDING = {
    "id": "f1",
    "admission_id": "A1",
    "check": "CHG-004",
    "violation": "duplicate_charge",
    "certainty": "probable",
    "charge_ids": ["1"],
    "amount": 20.0,
    "evidence": [EVIDENCE],
    "basis": [BASIS],
}


@pytest.fixture
def judged(tmp_path):
    def judge(*findings, outcome="not_checked"):
        checks = [{"admission_id": "A1", "check": "CHG-009", "outcome": outcome}]
        for name, rows in (("findings", findings), ("checks", checks)):
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
        found = judge_inspection("county", LABELS, tmp_path)
        return {(one.measure, one.unit): one for one in found}

    return judge


def test_a_finding_on_the_labelled_lines_is_right_in_every_measure(judged):
    held = judged(FINDING)
    assert all(one.right for one in held.values())
    assert {measure for measure, _ in held} == {
        *(Measure.RECALL, Measure.AMOUNT, Measure.QUOTE, Measure.PRECISION, Measure.BASIS),
        *(Measure.NEAR_MISS, Measure.CLEAN, Measure.NOT_CHECKED),
    }
    assert held[Measure.RECALL, "A1"].certainty == "probable"


@pytest.mark.parametrize(
    ("changed", "measure", "told"),
    [
        ({"amount": 30.0}, Measure.AMOUNT, "30.00"),
        ({"amount": None}, Measure.AMOUNT, "0.00"),
        ({"evidence": [EVIDENCE | {"quote": "别的话"}]}, Measure.QUOTE, ""),
        ({"evidence": [EVIDENCE | {"says": "against"}]}, Measure.QUOTE, ""),
        ({"evidence": [EVIDENCE | {"source": "records/A1/别的.txt"}]}, Measure.QUOTE, ""),
        ({"basis": []}, Measure.BASIS, ""),
        ({"basis": [BASIS | {"passage": "第三十八条（二）"}]}, Measure.BASIS, ""),
        ({"basis": [BASIS | {"in_force_from": "2024-03-03"}]}, Measure.BASIS, ""),
        ({"basis": [BASIS | {"in_force_to": "2024-03-01"}]}, Measure.BASIS, ""),
    ],
)
def test_one_thing_wrong_is_wrong_in_its_own_measure_only(judged, changed, measure, told):
    held = judged(FINDING | changed)
    assert [key[0] for key, one in held.items() if not one.right] == [measure]
    assert held[measure, "A1"].told == told


def test_other_lines_another_stay_or_another_violation_are_a_miss(judged):
    for changed in ({"charge_ids": ["2"]}, {"admission_id": "A3"}, {"violation": "split_charge"}):
        held = judged(FINDING | changed)
        assert not held[Measure.RECALL, "A1"].right
        assert (Measure.AMOUNT, "A1") not in held
        assert (Measure.PRECISION, "A1") not in held, "what no label speaks of is not judged"


def test_two_findings_that_share_the_yuan_have_them_together(judged):
    half = FINDING | {"amount": 10.0}
    assert judged(half, half | {"id": "f2"})[Measure.AMOUNT, "A1"].right


def test_what_is_ruled_out_is_a_false_finding_and_a_sprung_near_miss(judged):
    held = judged(FINDING | {"violation": "phantom_stay", "check": "ADM-004"})
    assert not held[Measure.PRECISION, "A1"].right
    assert not held[Measure.NEAR_MISS, "A1"].right
    assert held[Measure.NEAR_MISS, "A1"].about == "ADM-004"


def test_a_clue_on_a_clean_stay_accuses_nobody_and_more_than_a_clue_does(judged):
    clue = judged(FINDING | {"admission_id": "A2", "certainty": "clue"})
    assert clue[Measure.CLEAN, "A2"].right
    assert (Measure.PRECISION, "A2") not in clue
    accused = judged(FINDING | {"admission_id": "A2"})
    assert not accused[Measure.CLEAN, "A2"].right
    assert accused[Measure.CLEAN, "A2"].about == "CHG-004"
    assert not accused[Measure.PRECISION, "A2"].right


def test_a_check_that_should_have_said_it_lacks_its_input_is_held_to_it(judged):
    held = judged(outcome="clear")[Measure.NOT_CHECKED, "A1"]
    assert (held.right, held.about, held.told) == (False, "CHG-009", "clear")


def test_labels_are_told_apart_by_lines_or_by_what_they_quote():
    assert key_of(WANTED) == "1"
    assert key_of(WANTED | {"charge_ids": []}) == "records/A1/病程.txt"


def test_every_violation_has_its_legal_place():
    assert set(legal_places()) == set(VIOLATIONS)


def test_cases_of_a_check_are_judged_by_what_they_are_for():
    check = all_checks()[0]
    runs = [
        CaseRun("fires", FINDS, "", ""),
        CaseRun("spares", SPARES, "", "应报 0 项，报了 1 项"),
        CaseRun("", LEAVES, "", ""),
    ]
    found = list(verdicts_of("checks", check, runs))
    assert [(one.measure, one.right) for one in found] == [
        ("recall", True),
        ("near_miss", False),
        ("not_checked", True),
    ]
    assert {one.about for one in found} == {check.header.code}
    assert found[1].told == "应报 0 项，报了 1 项"


def test_sentences_are_judged_fact_by_fact(tmp_path):
    file = tmp_path / "句子.tsv"
    file.write_text("入院记录\t现病史\t患者发热3天，无咳嗽。\t+发热 -胸痛\n", encoding="utf-8")
    found = list(judge_sentences("sentences", file))
    recall = {one.key: one.right for one in found if one.measure == Measure.RECALL}
    assert recall == {"+发热": True, "-胸痛": False}
    assert all(one.right for one in found if one.measure == Measure.PRECISION)


def test_every_embedded_set_is_found_by_folder(tmp_path):
    embedded = chosen(tmp_path, [], embedded=True)
    assert {
        "checks",
        "clinical-sentences",
        "mountain-county-2024",
        "masking",
        "masking-held-out",
        "item-names",
    } <= {one.name for one in embedded}
    assert all(one.place.exists() for one in embedded)


def test_a_bureau_s_own_cases_are_found_in_its_home(tmp_path):
    (tmp_path / "cases" / "own-2025").mkdir(parents=True)
    (tmp_path / "cases" / "own-2025" / "expected.json").write_text("{}")
    (own,) = [one for one in case_sets(tmp_path) if one.name == "own-2025"]
    assert own == CaseSet("own-2025", Kind.INSPECTION, tmp_path / "cases" / "own-2025", False)
    assert chosen(tmp_path, [str(own.place)])[0].name == "own-2025"
    assert own not in chosen(tmp_path, [], embedded=True)
    (tmp_path / "cases" / "own-2025").rename(tmp_path / "cases" / ".own-2025.writing")
    assert "own-2025" not in {one.name.strip(".") for one in case_sets(tmp_path)}
    assert not [one for one in case_sets(tmp_path) if one.name.endswith(".writing")]


def test_a_set_that_is_not_there_and_two_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match="没有“nowhere”这套案例"):
        chosen(tmp_path, ["nowhere"])
    (tmp_path / "cases" / "plain-county-2024").mkdir(parents=True)
    (tmp_path / "cases" / "plain-county-2024" / "expected.json").write_text("{}")
    with pytest.raises(ValueError, match="两套案例都叫“plain-county-2024”"):
        case_sets(tmp_path)


def test_a_question_the_library_cannot_answer_counts_as_refused_and_missed(tmp_path):
    rows = [
        {"id": "q1", "question": "分解住院怎么处理", "gold": [{"document": "条例", "passage": "第三十八条"}]},
        {"id": "q2", "question": "天气如何"},
    ]
    file = tmp_path / "题.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    held = {
        (one.unit, one.measure): one.right for one in judge_questions("own", file, Library.open(tmp_path))
    }
    assert held["q2", Measure.REFUSED]
    assert {measure for unit, measure in held if unit == "q1"} >= {
        Measure.FIVE,
        Measure.ANSWERED,
        Measure.FACTS,
    }


def test_identifiers_are_judged_each_by_its_kind_and_no_verdict_holds_one(tmp_path):
    file = tmp_path / "身份.tsv"
    file.write_text(
        "入院记录\t患者姓名：{n:庄玉梅}，电话{p:13951230987}，白细胞7.2\n病程\t予{n:头孢}治疗\n",
        encoding="utf-8",
    )
    found = list(judge_masking("m", file, together=False))
    recall = [(one.unit, one.about, one.right) for one in found if one.measure == Measure.RECALL]
    assert recall == [("0001", "姓名", True), ("0001", "电话", True), ("0002", "姓名", False)]
    assert [one.right for one in found if one.measure == Measure.PRECISION] == [True, True]
    assert not [one for one in found if "庄玉梅" in repr(one) or "13951230987" in repr(one)]


def test_item_names_are_judged_by_what_a_person_found(tmp_path):
    file = tmp_path / "names.tsv"
    known = {item.code for item in matcher_of(tmp_path).items}
    right, other, *_ = (line for line in judged_names() if line["code"] in known)
    lines = [
        f"{right['name']}\t{right['code']}",
        f"{right['name']}\t{other['code']}",
        "没有这种项目xyz\t-",
        "无此码\t9",
    ]
    file.write_text("\n".join(["name\tcode", *lines]) + "\n", encoding="utf-8")
    found = list(judge_item_names("n", file, tmp_path))
    told = {(one.unit, one.measure): bool(one.right) for one in found}
    assert told["0002", Measure.FIRST] and not told["0003", Measure.FIRST] and told["0004", Measure.NEAR_MISS]
    assert "0005" not in {unit for unit, _ in told}


def test_each_recorded_quote_is_judged_and_one_that_does_not_stand_is_wrong(tmp_path):
    (folder,) = recorded_sets()
    verdicts = list(judge_recorded("answers", folder))
    assert len(verdicts) == len({one.key for one in verdicts}) > 500
    assert all(one.right and one.measure == Measure.PROVEN for one in verdicts)
    copied = shutil.copytree(folder, tmp_path / "set")
    answers = (copied / "answers.jsonl").read_text("utf-8")
    quote = next(Recorded.read(copied).quotes())[2]
    (copied / "answers.jsonl").write_text(answers.replace(quote, quote + "确认", 1), "utf-8")
    assert [one.right for one in judge_recorded("answers", copied)].count(False) == 1
    assert not any(quote in str(one) for one in verdicts)  # a verdict holds no text
