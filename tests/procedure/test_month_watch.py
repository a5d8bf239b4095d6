"""A standing watch reviews what is new or changed, and what stands is what one screening of all months says."""

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from month_extracts import add, rules, screened, stands, stay, write_month

from review.errors import InputError, SettingsError
from review.screening.watch import STATE, opened

JANUARY, FEBRUARY = "2024-01", "2024-02"


def january():
    return [stay(1, JANUARY, amounts=(50, 300)), stay(2, JANUARY, "P2"), stay(3, JANUARY, "P3", day=20)]


def february():
    return [stay(4, FEBRUARY, "P3", day=2), stay(5, FEBRUARY, amounts=(400, 20)), stay(6, FEBRUARY, "P6")]


@pytest.fixture(scope="module")
def one_month(tmp_path_factory):
    """A watch with January, made once; tests work on copies of it."""
    bench = Bench(tmp_path_factory.mktemp("one"))
    assert counts(bench.add(JANUARY, january())) == (3, 0, 0, 0, 0)
    return bench.folder


@pytest.fixture
def bench(one_month, tmp_path):
    shutil.copytree(one_month, tmp_path / "held")
    return Bench(tmp_path / "held", (JANUARY,))


@pytest.fixture
def empty(tmp_path):
    return Bench(tmp_path)


class Bench:
    def __init__(self, folder, months=()):
        self.folder, self.watch, self.home = folder, folder / "watch", folder / "home"
        self.home.mkdir(exist_ok=True)
        self.checks = rules(folder / "rules")
        self.months = {month: folder / month for month in months}

    def add(self, month, stays, **more):
        self.months[month] = write_month(self.folder / month, stays)
        return add(self.watch, month, self.months[month], self.checks, self.home, **more)

    def same_as_one_screening(self):
        months = [folder for _, folder in sorted(self.months.items())]
        return stands(self.watch)[0] == screened(self.folder / "whole", months, self.checks, self.home)


def counts(added):
    ran = added.ran
    return ran.new, ran.changed, ran.unchanged, ran.withdrawn, ran.beside


def test_only_the_new_month_is_reviewed_and_the_other_stays_of_its_persons(bench):
    # person P3 came in January too: that stay is seen again, and now has another near it
    assert counts(bench.add(FEBRUARY, february())) == (3, 0, 0, 0, 1)
    assert bench.same_as_one_screening()
    found, whole = stands(bench.watch)
    assert sorted(one[3][-1] for one in found if one[1] == "CHG-901") == ["3", "4"]
    assert whole[("CHG-900", JANUARY)] == (3, 1) and whole[("CHG-901", JANUARY)] == (3, 1)


def test_a_month_loaded_twice_changes_nothing(bench):
    before = (bench.watch / STATE).read_bytes()
    again = bench.add(JANUARY, list(reversed(january())))
    assert counts(again) == (0, 0, 3, 0, 0) and not again.standing
    assert (bench.watch / STATE).read_bytes() == before


def test_a_corrected_settlement_is_reviewed_again_and_its_finding_goes(bench):
    assert "CHG-900" in {one[1] for one in stands(bench.watch)[0]}
    corrected = [stay(1, JANUARY, amounts=(50, 30)), *january()[1:]]
    assert counts(bench.add(JANUARY, corrected)) == (0, 1, 2, 0, 0)
    assert "CHG-900" not in {one[1] for one in stands(bench.watch)[0]}
    assert bench.same_as_one_screening()


def test_a_withdrawn_stay_goes_with_its_findings_and_its_person_is_seen_again(bench):
    bench.add(FEBRUARY, february())
    assert counts(bench.add(FEBRUARY, february()[1:])) == (0, 0, 2, 1, 1)
    found, whole = stands(bench.watch)
    assert [one for one in found if one[1] == "CHG-901"] == []
    assert whole[("CHG-900", FEBRUARY)] == (2, 1)
    assert bench.same_as_one_screening()


def test_only_withdrawals_leave_nothing_to_screen(bench):
    assert counts(bench.add(JANUARY, january()[1:])) == (0, 0, 2, 1, 0)
    assert bench.same_as_one_screening()


def test_a_stay_that_two_months_carry_has_the_rows_of_both(empty):
    row, lines = stay(1, JANUARY, amounts=(50, 300, 20, 500))
    empty.add(JANUARY, [(row, lines[:2]), stay(2, JANUARY)])
    assert counts(empty.add(FEBRUARY, [(row, lines[2:]), stay(7, FEBRUARY)])) == (1, 1, 0, 0, 0)
    assert empty.same_as_one_screening()
    [dear] = [one for one in stands(empty.watch)[0] if one[1] == "CHG-900"]
    assert dear[5] == "800.00"


def test_where_a_hospitals_clock_turns_its_older_stays_are_seen_again(empty):
    empty.add(JANUARY, [stay(1, JANUARY, amounts=[50] * 12, minute=7)])
    assert [one for one in stands(empty.watch)[0] if one[1] == "CHG-902"] == []
    other = stay(3, FEBRUARY, amounts=[50] * 4, minute=33)
    assert counts(empty.add(FEBRUARY, [other])) == (1, 0, 0, 0, 1)
    assert len([one for one in stands(empty.watch)[0] if one[1] == "CHG-902"]) == 2
    assert empty.same_as_one_screening()


def test_another_hospitals_lines_turn_no_clock(empty):
    empty.add(JANUARY, [stay(1, JANUARY, amounts=[50] * 12, minute=7)])
    other = stay(3, FEBRUARY, amounts=[50] * 4, minute=33, hospital="H22990000002")
    assert counts(empty.add(FEBRUARY, [other])) == (1, 0, 0, 0, 0)
    assert empty.same_as_one_screening()


def test_a_clock_that_turned_turns_back_when_the_stay_is_withdrawn(empty):
    empty.add(JANUARY, [stay(1, JANUARY, amounts=[50] * 12, minute=7)])
    empty.add(FEBRUARY, [stay(3, FEBRUARY, amounts=[50] * 4, minute=33), stay(4, FEBRUARY, minute=7)])
    assert counts(empty.add(FEBRUARY, [stay(4, FEBRUARY, minute=7)])) == (0, 0, 1, 1, 2)
    assert [one for one in stands(empty.watch)[0] if one[1] == "CHG-902"] == []
    assert empty.same_as_one_screening()


def test_changed_rules_make_everything_due_and_the_run_says_so(bench):
    bench.checks = (replace(bench.checks[0], findings=bench.checks[0].findings), *bench.checks[1:])
    bench.checks[0].file.write_text("select 1", "utf-8")
    with pytest.raises(SettingsError, match=r"规则、知识库或口径已更新：在库的 3 例.*--again"):
        bench.add(FEBRUARY, february())
    added = bench.add(FEBRUARY, february(), again=True)
    assert counts(added) == (3, 0, 0, 0, 0)
    assert bench.same_as_one_screening()
    assert stands(bench.watch)[1][("CHG-900", JANUARY)] == (3, 1)


def test_a_month_under_another_months_name_is_refused(empty):
    many = [stay(number, JANUARY) for number in range(1, 31)]
    empty.add(JANUARY, many)
    with pytest.raises(InputError, match=r"2024-02 的 30 例与已在库的其他月份逐行相同；请核对 --month"):
        empty.add(FEBRUARY, many)


def test_a_month_that_lost_many_stays_waits_for_a_word(empty):
    many = [stay(number, JANUARY) for number in range(1, 31)]
    empty.add(JANUARY, many)
    with pytest.raises(InputError, match=r"比原来少 25 例（原有 30 例）.*--withdrawn"):
        empty.add(JANUARY, many[:5])
    assert counts(empty.add(JANUARY, many[:5], withdrawn=True))[:4] == (0, 0, 5, 25)


def test_a_second_run_is_refused_while_one_works(bench):
    with (
        opened(bench.watch, new=False),
        pytest.raises(SettingsError, match="正由另一次月结使用"),
        opened(bench.watch, new=False),
    ):
        raise AssertionError("two runs at once")


KILLED = """
import os, signal, sys
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from month_extracts import add, rules
from review.screening.watch import Watch
rename = Path.rename
def stop(path, target):
    done = rename(path, target)
    if target.name == sys.argv[4]:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
Path.rename = stop
folder = Path(sys.argv[3])
add(folder / "watch", "2024-02", folder / "2024-02", rules(folder / "rules"), folder / "home")
"""


@pytest.mark.parametrize(
    "at", ["findings.parquet", "0002"], ids=["before the run is in place", "before the state"]
)
def test_a_killed_run_leaves_what_was_and_the_next_one_does_it_whole(bench, at):
    before = stands(bench.watch)
    write_month(bench.folder / FEBRUARY, february())
    here = Path(__file__).parent
    told = [sys.executable, "-c", KILLED, str(here.parent.parent), str(here), str(bench.folder), at]
    assert subprocess.run(told, capture_output=True, timeout=120, check=False).returncode == -signal.SIGKILL
    assert stands(bench.watch) == before
    assert counts(bench.add(FEBRUARY, february())) == (3, 0, 0, 0, 1)
    assert bench.same_as_one_screening()
    assert sorted(one.name for one in (bench.watch / "runs").iterdir()) == ["0001", "0002"]


def test_a_state_that_cannot_be_read_is_named_with_the_way_out(bench):
    (bench.watch / STATE).write_text("{", "utf-8")
    with pytest.raises(InputError, match=r"watch\.json 读不出来；请从备份取回"):
        bench.add(FEBRUARY, february())


def test_a_state_of_another_version_is_left_alone(bench):
    state = json.loads((bench.watch / STATE).read_text("utf-8"))
    (bench.watch / STATE).write_text(json.dumps(state | {"format": 99}), "utf-8")
    with pytest.raises(InputError, match=r"由另一版本的程序写成（格式 99）"):
        bench.add(FEBRUARY, february())


def test_a_folder_with_other_things_is_no_watch(empty):
    empty.watch.mkdir()
    (empty.watch / "letters.txt").write_text("x", "utf-8")
    with pytest.raises(SettingsError, match="里有别的文件"):
        empty.add(JANUARY, january())


def test_a_month_without_lines_of_charges_is_named(bench):
    folder = write_month(bench.folder / FEBRUARY, february())
    (folder / "fee_list_d.csv").unlink()
    with pytest.raises(InputError, match=r"里没有.*fee_list_d；请放入"):
        add(bench.watch, FEBRUARY, folder, bench.checks, bench.home)
    assert not (bench.watch / "work").exists()


def test_nobody_but_its_owner_reads_a_watch(bench):
    assert (bench.watch.stat().st_mode & 0o777) == 0o700


def test_the_rows_of_a_replaced_month_are_not_kept(bench):
    bench.add(JANUARY, [stay(1, JANUARY, amounts=(9,)), *january()[1:]])
    assert not (bench.watch / "runs" / "0001" / "part").exists()
    assert (bench.watch / "runs" / "0002" / "part" / "fee_list_d.parquet").exists()
