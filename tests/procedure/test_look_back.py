"""回头看: exact tests against hand-computed tables, calls that do not say more than the stays allow, and the command."""

import json
import random
import shutil
from pathlib import Path

import pytest
import yaml

from review.__main__ import main
from review.errors import InputError
from review.procedure.look_back import FEWEST_SUMS, Call, Side, compare, fisher, holm, mean_yuan, newcombe
from review.procedure.look_back_reading import read_review, sides_of
from review.store.entries import Press
from review.store.store import Store

KIND = "duplicate_charge"


def one(earlier, later, *, same_rules=True, others=0):
    """The call on one type beside so many others that changed not at all."""
    sides = {KIND: (Side(*earlier), Side(*later))}
    sides |= {f"other{n}": (Side(1000, 50), Side(1000, 50)) for n in range(others)}
    return next(held for held in compare(sides, same_rules=same_rules) if held.violation == KIND)


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ((3, 4, 1, 4), 34 / 70),  # Fisher's tea: 1+16+1+16 of 70 as unlikely as this one
        ((4, 4, 0, 4), 2 / 70),
        ((0, 10, 0, 10), 1.0),
        ((5, 10, 5, 10), 1.0),
        ((1, 2, 0, 2), 1.0),
        ((2, 2, 0, 3), 0.1),
    ],
)
def test_the_exact_test_agrees_with_tables_counted_by_hand(table, p):
    assert fisher(*table) == pytest.approx(p)


def test_holm_corrects_by_the_number_left_and_never_falls():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})


def test_newcombe_agrees_with_his_own_table():
    # Newcombe 1998, table II, method 10: 56/70 and 48/80
    between = newcombe(Side(80, 48), Side(70, 56))
    assert between == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


@pytest.mark.parametrize(
    ("earlier", "later", "call"),
    [
        ((1000, 60), (1000, 0), Call.ENDED),
        ((1000, 3), (1000, 0), Call.NOT_SEEN),
        ((1000, 60), (20, 0), Call.NOT_SEEN),  # twenty stays show nothing
        ((1000, 60), (1000, 55), Call.AGAIN),
        ((1000, 60), (1000, 10), Call.FEWER),
        ((1000, 10), (1000, 60), Call.MORE),
        ((1000, 0), (1000, 60), Call.NEW),
        ((1000, 0), (1000, 2), Call.NEW_FEW),
        ((1000, 0), (1000, 0), Call.NONE),
        ((0, 0), (1000, 60), Call.UNKNOWN),
        ((1000, 60), (0, 0), Call.UNKNOWN),
    ],
)
def test_a_type_is_called_by_what_its_stays_allow(earlier, later, call):
    assert one(earlier, later).call is call


def test_other_rules_end_and_begin_nothing():
    assert one((1000, 60), (1000, 0), same_rules=False).call is Call.NOT_SEEN
    assert one((1000, 0), (1000, 60), same_rules=False).call is Call.NEW_FEW


def test_a_check_that_one_review_could_not_make_ends_and_begins_nothing_of_its_type():
    sides = {KIND: (Side(1000, 60), Side(1000, 0)), "other": (Side(1000, 60), Side(1000, 0))}
    held = {found.violation: found.call for found in compare(sides, same_rules=True, uneven={KIND})}
    assert held == {KIND: Call.NOT_SEEN, "other": Call.ENDED}


def test_many_types_make_each_harder_to_call():
    assert one((1000, 20), (1000, 7)).call is Call.FEWER
    assert one((1000, 20), (1000, 7), others=15).call is Call.AGAIN


def test_where_nothing_changed_a_change_is_called_in_at_most_one_of_twenty_pairs():
    luck = random.Random(20260302)
    changed = (Call.ENDED, Call.NEW, Call.FEWER, Call.MORE)
    wrong, pairs = 0, 2000
    for _ in range(pairs):
        sides = {}
        for kind in range(12):
            rate = 0.002 * 2**kind / 8
            seen = [sum(luck.random() < rate for _ in range(300)) for _ in range(2)]
            sides[str(kind)] = (Side(300, seen[0]), Side(300, seen[1]))
        wrong += any(held.call in changed for held in compare(sides, same_rules=True))
    assert wrong / pairs <= 0.05


def test_yuan_per_stay_cover_a_skewed_truth():
    luck = random.Random(7)
    covered, rounds, looked, rate = 0, 1000, 2000, 0.05
    truth = rate * 100 * 2.718281828 ** (1.0 / 2)
    for _ in range(rounds):
        seen = sum(luck.random() < rate for _ in range(looked))
        yuan = tuple(100 * luck.lognormvariate(0, 1) for _ in range(seen))
        _, low, high = mean_yuan(Side(looked, seen, yuan))
        covered += low <= truth <= high
    assert 0.93 <= covered / rounds <= 0.97
    few = mean_yuan(Side(100, FEWEST_SUMS - 1, (10.0,) * (FEWEST_SUMS - 1)))
    assert few[0] == pytest.approx((FEWEST_SUMS - 1) / 10) and few[1:] == (None, None)
    assert mean_yuan(Side(0, 0)) is None and mean_yuan(Side(10, 0)) == (0.0, None, None)


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """Two reviews of the demonstration: as it is, and one whose first finding's charge is the only one left."""
    from review.pipeline import review_inspection

    home = tmp_path_factory.mktemp("lookback")
    folder = home / "inspection"
    demo = Path(__file__).parents[2] / "demo" / "mountain-county-2024"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("*扫描*", "expected.json"))
    review_inspection(folder, home / "out", home=home)
    return home / "out"


def run(tmp_path, capsys, *arguments):
    code = main(["lookback", *map(str, arguments), "--out", str(tmp_path / "比较")])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out + said.err


def test_the_command_writes_a_paper_data_and_a_list_to_begin_with(reviews, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    code, said = run(tmp_path, capsys, reviews, reviews)
    assert code == 0 and "重复，未见明显变化" in said and "未经专家确认" in said
    assert "两次的检查区间相同" in said
    data = json.loads((tmp_path / "比较" / "回头看.json").read_text("utf-8"))
    phantom = next(held for held in data["types"] if held["violation"] == "phantom_stay")
    assert phantom["earlier"]["stays_seen"] == phantom["later"]["stays_seen"] == 1
    assert phantom["p_corrected"] == 1.0
    listed = yaml.safe_load((tmp_path / "比较" / "重点清单.yaml").read_text("utf-8"))
    assert {"phantom_stay"} <= {held["violation"] for held in listed["focus"]}
    assert (tmp_path / "比较" / "回头看.docx").stat().st_size > 5000
    assert run(tmp_path, capsys, reviews, reviews)[0] == 2  # nothing is written over


def test_what_experts_rejected_in_the_workbench_is_not_seen(reviews, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    store = Store.open(f"sqlite:///{tmp_path / 'home' / 'mingjian.sqlite3'}")
    key = store.add_inspection("今年检查", "山岭县人民医院", reviews.parent / "inspection", "陈立群")
    shutil.copytree(reviews, tmp_path / "home" / "inspections" / key / "run-1")
    store.update_inspection(key, state="ready", run=1)
    found = [json.loads(line) for line in (reviews / "findings.jsonl").read_text("utf-8").splitlines()]
    phantom = next(line for line in found if line["violation"] == "phantom_stay")
    store.append(Press("1", key, phantom["admission_id"], phantom["id"], "reject", "王敏"))
    store.close()
    code, said = run(tmp_path, capsys, reviews, "今年检查")
    assert code == 0 and "挂床住院：未再见，例数不足以判断" in said
    assert "1 项已定，其中 1 项不成立、未计" in said


def test_checks_that_only_one_review_made_are_not_compared(reviews, tmp_path):
    other = tmp_path / "out"
    shutil.copytree(reviews, other)
    lines = (other / "checks.jsonl").read_text("utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["check"] != "ADM-005"]
    (other / "checks.jsonl").write_text("\n".join(kept) + "\n", "utf-8")
    sides, alone = sides_of(read_review(reviews), read_review(other))
    assert "ADM-005" in alone["phantom_stay"]
    whole = sides_of(read_review(reviews), read_review(reviews))[0]
    assert sides["duplicate_charge"] == whole["duplicate_charge"]


def test_two_institutions_are_not_compared(reviews):
    from dataclasses import replace

    mine = read_review(reviews)
    with pytest.raises(InputError, match="机构不同"):
        sides_of(mine, replace(mine, code="H00000000001"))


def test_without_codes_the_names_tell_two_institutions_apart(reviews):
    from dataclasses import replace

    mine = read_review(reviews)
    with pytest.raises(InputError, match="机构不同"):
        sides_of(replace(mine, code=""), replace(mine, hospital="别的医院"))
    sides_of(replace(mine, code=""), mine)
    sides_of(mine, replace(mine, code="", hospital=""))


def test_wrong_input_is_told_with_what_to_do(reviews, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    assert "还没有工作台的数据" in run(tmp_path, capsys, reviews, "没有的检查")[1]
    (tmp_path / "空").mkdir()
    code, said = run(tmp_path, capsys, reviews, tmp_path / "空")
    assert code == 2 and "没有 findings.jsonl" in said
