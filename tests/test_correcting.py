"""A held file is answered by day, corrected, withdrawn and read again; what was read of it is kept."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from added_files import NEW, OLD, command, write

from knowledge.holding.adding import CorrectionError, LibraryBusy, add_paths, correct, withdraw
from knowledge.holding.amending import named_file
from knowledge.holding.shelf import INDEXED, READ, Shelf
from knowledge.library import Library


@pytest.fixture
def home(tmp_path):
    add_paths(tmp_path / "home", [write(tmp_path / "来源", 旧=OLD, 新=NEW)])
    return tmp_path / "home"


def held(home, name):
    return next(state for state in Shelf(home).states() if Path(state.file).name == name)


def asked(home, question, on):
    hits = Library.open(home).search(question, as_of=on)
    return [(hit.passage, hit.source) for hit in hits if hit.document == "某省基金巡查办法"]


@pytest.mark.parametrize(
    ("on", "source"),
    [
        (date(2018, 3, 1), "旧.txt"),
        (date(2024, 4, 30), "旧.txt"),
        (date(2024, 5, 1), "新.txt"),
        (None, "新.txt"),
    ],
)
def test_each_day_is_answered_from_the_version_in_force(home, on, source):
    assert asked(home, "巡查结论多久送达被巡查的机构", on)[0] == ("第一条", source)
    assert asked(home, "巡查人员不得少于几人", on)[0] == ("第二条", source)


def test_before_the_first_version_its_commencement_is_given(home):
    assert asked(home, "巡查结论多久送达被巡查的机构", date(2017, 1, 1)) == [("第三条", "旧.txt")]


def test_a_state_tells_what_was_read_of_the_document(home):
    state = held(home, "新.txt")
    assert (state.number, state.issuer, state.in_force_from, state.in_force_to, state.corrected) == (
        "某省医疗保障局令第24号",
        "某省医疗保障局",
        "2024-05-01",
        None,
        (),
    )


def test_a_correction_is_used_everywhere_and_what_was_read_is_kept(home):
    library = Library.open(home)
    state = correct(
        home,
        held(home, "旧.txt").sha256,
        {"title": "某省旧巡查办法", "in_force_from": "2017/1/2", "region": "吉林省", "number": ""},
        who="甘试一",
    )
    assert (state.title, state.in_force_from, state.region, state.number) == (
        "某省旧巡查办法",
        "2017-01-02",
        "220000",
        None,
    )
    assert set(state.corrected) == {"title", "in_force_from", "region", "number"}
    fresh = library.refreshed()
    assert fresh is not library
    assert fresh.clause("某省旧巡查办法", "第一条").in_force_from == date(2017, 1, 2)
    assert fresh.clause("某省基金巡查办法", "第一条", on=date(2020, 1, 1)).in_force is False
    entries = Shelf(home).corrections()[state.sha256]
    assert (entries[0].field, entries[0].was, entries[0].value, entries[0].who) == (
        "title",
        "某省基金巡查办法",
        "某省旧巡查办法",
        "甘试一",
    )
    kept = json.loads((home / "knowledge" / "files" / f"{state.sha256}.json").read_text("utf-8"))
    assert kept["document"]["title"] == "某省基金巡查办法"
    add_paths(home, [Path(state.file)])
    assert held(home, "旧.txt").title == "某省旧巡查办法"


def test_a_corrected_commencement_closes_the_older_version_on_another_day(home):
    correct(home, held(home, "新.txt").sha256, {"in_force_from": "2023-01-01"})
    assert asked(home, "巡查结论多久送达被巡查的机构", date(2023, 6, 1))[0] == ("第一条", "新.txt")


def test_a_correction_that_changes_nothing_is_none(home):
    before = (home / "knowledge" / "states.json").stat().st_mtime_ns
    state = correct(home, held(home, "新.txt").sha256, {"in_force_from": "2024-05-01"})
    assert (state.corrected, Shelf(home).corrections()) == ((), {})
    assert (home / "knowledge" / "states.json").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "  "}, "标题不能为空"),
        ({"issued": "去年"}, "公布日期“去年”不是日期"),
        ({"issued": "2024-02-30"}, "不是日期"),
        ({"in_force_from": "0001-01-01"}, "不在 1949 年至 2100 年之间"),
        ({"in_force_to": "2020-01-01"}, "失效日期 2020-01-01 早于施行日期 2024-05-01"),
        ({"region": "2200"}, "不是六位行政区划代码"),
        ({"region": "990000"}, "不是六位行政区划代码"),
        ({"sha256": "x"}, "不能更正“sha256”"),
        ({"number": "长" * 300}, "文号太长"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(home, changes, said):
    with pytest.raises(CorrectionError, match=said):
        correct(home, held(home, "新.txt").sha256, changes)
    assert Shelf(home).corrections() == {}


def test_a_file_that_is_not_held_cannot_be_corrected(home):
    with pytest.raises(LookupError, match="没有这份文件"):
        correct(home, "0" * 64, {"title": "某"})


def test_a_withdrawn_file_is_gone_and_the_version_it_closed_is_in_force_again(home):
    gone = withdraw(home, held(home, "新.txt").sha256)
    assert gone.title == "某省基金巡查办法"
    library = Library.open(home)
    assert [Path(state.file).name for state in library.states()] == ["旧.txt"]
    assert library.clause("某省基金巡查办法", "第一条", on=date(2025, 1, 1)).source == "旧.txt"
    assert not (home / "knowledge" / "files" / f"{gone.sha256}.json").exists()
    with pytest.raises(LookupError):
        withdraw(home, gone.sha256)


def test_a_withdrawn_list_takes_its_rows_along(tmp_path):
    from knowledge.rows.sources import row_sources

    home, file = tmp_path / "home", tmp_path / "频次.csv"
    file.write_text(
        "项目名称,限制数量,数量单位,项目编码\n甲项目,1,次/日,001101000010000\n乙项目,2,次/日,001101000020000\n",
        encoding="utf-8",
    )
    (state,) = add_paths(home, [file])
    assert (state.rows, len(row_sources(home))) == (2, 1)
    withdraw(home, state.sha256)
    assert row_sources(home) == []


@pytest.mark.slow
def test_the_command_corrects_and_withdraws_by_name(home):
    done = command(home, "correct", "新.txt", "--title", "某省新办法", "--who", "甘试一")
    assert done.communicate(timeout=60)[0] == "已更正《某省新办法》：标题 某省新办法。\n"
    wrong = command(home, "correct", "新.txt", "--in-force-to", "昨天")
    assert (wrong.communicate(timeout=60)[1], wrong.returncode) == (
        "失效日期“昨天”不是日期；请写成 2024-03-01。\n",
        2,
    )
    none = command(home, "withdraw", "没有.txt")
    assert (none.communicate(timeout=60)[1].startswith("库中没有“没有.txt”"), none.returncode) == (True, 2)
    done = command(home, "withdraw", "某省新办法")
    assert done.communicate(timeout=60)[0] == "已撤出《某省新办法》。\n"


def test_a_name_that_fits_two_files_is_asked_back(home, tmp_path):
    add_paths(
        home,
        [
            write(
                tmp_path / "另",
                旧="另一办法\n第一条 为了规范某项工作，制定本办法。\n第二条 有关部门应当遵守。\n",
            )
        ],
    )
    with pytest.raises(LookupError, match=r"有 2 份.*请用括号里的编号指明一份"):
        named_file(home, "旧.txt")
    sha256 = held(home, "新.txt").sha256
    assert named_file(home, sha256[:8]) == named_file(home, "新.txt") == sha256


def test_what_an_older_way_of_reading_kept_is_read_again_when_added_again(home):
    shelf = Shelf(home)
    shelf.write_states([replace(state, format=1, title="旧读法") for state in shelf.settled()])
    add_paths(home, [Path(held(home, "新.txt").file)])
    assert (held(home, "新.txt").title, held(home, "旧.txt").title) == ("某省基金巡查办法", "旧读法")


def test_settling_something_else_leaves_what_an_unfinished_add_has_read(home, tmp_path):
    shelf = Shelf(home)
    read = replace(held(home, "旧.txt"), file="/某/又一份.txt", sha256="0" * 64)
    shelf.note(read)
    shelf.write_states(shelf.settled())
    assert [state.state for state in shelf.states()] == [INDEXED, INDEXED, READ]
    withdraw(home, held(home, "新.txt").sha256)
    assert [state.state for state in shelf.states()] == [INDEXED, READ]


def test_a_text_that_was_removed_by_hand_is_said_and_can_be_added_again(home, tmp_path):
    gone = held(home, "新.txt")
    (home / "knowledge" / "files" / f"{gone.sha256}.json").unlink()
    shutil.rmtree(home / "knowledge" / "index")
    assert Library.open(home).clause("某省基金巡查办法", "第一条").source == "旧.txt"
    add_paths(
        home,
        [
            write(
                tmp_path / "另",
                又="另一办法\n第一条 为了规范某项工作，制定本办法。\n第二条 有关部门应当遵守。\n",
            )
        ],
    )
    assert held(home, "新.txt").said == "已读（3 条）：库中存的文本已缺失；请重新添加这份文件"
    add_paths(home, [Path(gone.file)])
    assert held(home, "新.txt").state == INDEXED


def test_a_correction_does_not_wait_for_an_add(home):
    with Shelf(home).writing(), pytest.raises(LibraryBusy, match="另一个添加正在进行"):
        correct(home, held(home, "新.txt").sha256, {"title": "某"})
