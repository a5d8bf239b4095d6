"""Adding in one piece: killed, run twice, run side by side, on a disk that takes no more; correcting and withdrawing."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from made_pdf import paragraph, write_pdf

from knowledge.holding.adding import CorrectionError, LibraryBusy, NotWritable, add_paths, correct, withdraw
from knowledge.holding.amending import named_file
from knowledge.holding.reading import Reader
from knowledge.holding.shelf import INDEXED, READ, REFUSED, Shelf
from knowledge.library import Library
from knowledge.readers import UnreadableFile

ROOT = Path(__file__).parents[1]
OLD = "某省基金巡查办法\n（某省医疗保障局令第18号）\n第一条 巡查结论应当在72小时内送达被巡查的机构。\n第二条 巡查人员不得少于两人。\n第三条 本办法自2018年3月1日起施行。\n"
NEW = "某省基金巡查办法\n（某省医疗保障局令第24号）\n第一条 巡查结论应当在24小时内送达被巡查的机构。\n第二条 巡查人员不得少于两人。\n第三条 本办法自2024年5月1日起施行。\n"


def write(folder, **texts):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def many(folder, count, articles=12):
    """Invented regulations, each of its own words."""
    return write(
        folder,
        **{
            f"第{n:03}号": f"某市第{n}号巡查办法\n"
            + "".join(
                f"第{m}条 第{n}组巡查人员应当在第{m}日核对清单{n * m}并留存。\n"
                for m in range(1, articles + 1)
            )
            for n in range(1, count + 1)
        },
    )


def command(home, *words, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "knowledge", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "MINGJIAN_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def wait_for(happened, seconds=60):
    end = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)
    return found


def journal_lines(home):
    file = home / "knowledge" / "adding.jsonl"
    return len(file.read_text(encoding="utf-8").splitlines()) if file.exists() else 0


@pytest.mark.slow
def test_an_add_that_was_killed_is_taken_up_and_reads_nothing_twice(tmp_path):
    folder, home = many(tmp_path / "来源", 300), tmp_path / "home"
    first = command(home, "add", folder)
    wait_for(lambda: journal_lines(home) >= 20)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    read = journal_lines(home)
    assert 20 <= read < 300
    states = Shelf(home).states()
    assert {state.state for state in states} == {READ}
    assert states[0].said.startswith("已读（12 条）：上次添加没有做完")
    kept = {file: file.stat().st_mtime_ns for file in (home / "knowledge" / "files").glob("[0-9a-f]*.json")}
    second = command(home, "add", folder)
    out, _ = second.communicate(timeout=200)
    assert second.returncode == 0
    assert "300 份文件：300 份已读入，0 份拒收，用时" in out
    again = {file: file.stat().st_mtime_ns for file in kept}
    assert sum(again[file] == stamp for file, stamp in kept.items()) >= read - 1
    held = Library.open(home).collection
    named = [(one.document, one.passage) for one in held.passages if one.document.startswith("某市第")]
    assert len(named) == len(set(named)) == 300 * 13
    assert not list((home / "knowledge").rglob(".*.json.*"))
    assert journal_lines(home) == 0


@pytest.mark.slow
def test_an_add_that_was_killed_while_the_index_was_built_leaves_the_old_one_and_is_taken_up(tmp_path):
    home = tmp_path / "home"
    add_paths(home, [write(tmp_path / "甲", 旧=OLD)])
    folder = many(tmp_path / "来源", 60)
    first = command(home, "add", folder)
    wait_for(lambda: list((home / "knowledge" / "index").glob(".*")))
    first.send_signal(signal.SIGKILL)
    first.communicate()
    library = Library.open(home)
    assert library.clause("某省基金巡查办法", "第一条") is not None
    assert library.clause("某市第3号巡查办法", "第2条") is None
    second = command(home, "add", tmp_path / "甲")
    second.communicate(timeout=120)
    assert second.returncode == 0
    assert Library.open(home).clause("某市第3号巡查办法", "第2条") is not None
    assert not list((home / "knowledge" / "index").glob(".*"))


def test_a_journal_line_cut_short_is_read_again(tmp_path):
    home = tmp_path / "home"
    shelf = Shelf(home)
    shelf.folder.mkdir(parents=True)
    (shelf.folder / "adding.jsonl").write_text('{"file": "/甲.txt", "state": "已入', encoding="utf-8")
    assert shelf.journal() == []
    assert [one.state for one in add_paths(home, [write(tmp_path / "甲", 旧=OLD)])] == [INDEXED]


@pytest.mark.slow
def test_a_second_add_waits_for_the_first_and_says_so(tmp_path):
    home = tmp_path / "home"
    folder = write(tmp_path / "甲", 旧=OLD)
    with Shelf(home).writing():
        other = command(home, "add", folder)
        assert other.stderr.readline().strip() == "另一个添加正在进行，等待中……"
        assert Shelf(home).states() == []
    out, _ = other.communicate(timeout=60)
    assert (other.returncode, "1 份已读入" in out) == (0, True)


@pytest.mark.slow
def test_two_adds_at_once_lose_nothing(tmp_path):
    home = tmp_path / "home"
    folders = [many(tmp_path / "甲", 40), write(tmp_path / "乙", 旧=OLD, 新=NEW)]
    running = [command(home, "add", folder) for folder in folders for _ in range(2)]
    assert [one.wait(200) for one in running] == [0] * 4
    library = Library.open(home)
    assert {state.state for state in library.states()} == {INDEXED}
    assert len(library.states()) == 42
    assert library.clause("某市第40号巡查办法", "第12条") is not None
    for one in running:
        one.communicate()


@pytest.mark.slow
def test_a_disk_that_is_full_is_said_and_what_was_added_stays(tmp_path):
    home = tmp_path / "home"
    add_paths(home, [write(tmp_path / "甲", 旧=OLD)])
    before = (home / "knowledge" / "states.json").read_bytes()
    big = write(
        tmp_path / "乙", 大="某省长办法\n" + "".join(f"第{n}条 " + "甲" * 400 + "。\n" for n in range(1, 400))
    )
    limit = 200_000  # bytes a file may have, as on a disk without room
    full = command(
        home, "add", big, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    _, said = full.communicate(timeout=60)
    assert full.returncode == 1
    assert said.splitlines()[-1] == (
        f"依据库写不进 {home}（磁盘已满）；请腾出空间后再次添加：已入库的内容不受影响，读过的文件不会重读。"
    )
    assert "Traceback" not in said
    assert (home / "knowledge" / "states.json").read_bytes() == before
    assert [one.state for one in add_paths(home, [big])] == [INDEXED]


def test_a_home_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(NotWritable, match=r"路径中有一段不是文件夹.*MINGJIAN_HOME"):
        add_paths(tmp_path / "file" / "home", [write(tmp_path / "甲", 旧=OLD)])


def test_unreadable_paths_and_odd_names_are_states_like_others(tmp_path):
    folder = write(tmp_path / "来源", 旧=OLD)
    names = [
        "空格 与\t制表.txt",
        "换\n行.txt",
        "“引号”'\";rm -rf.txt",
        "-开头.txt",
        "..隐.txt",
        "长" * 70 + ".txt",
        "％%s{}.txt",
    ]
    for number, name in enumerate(names):
        (folder / name).write_text(
            f"某市第{number}号规定\n第一条 甲。\n第二条 本规定第{number}次发布。\n", encoding="utf-8"
        )
    os.symlink(folder / "没有这个文件", folder / "断链.txt")
    for name in ("~$办法.docx", "Thumbs.db", ".DS_Store"):
        (folder / name).write_bytes(b"no source")
    states = add_paths(tmp_path / "home", [folder, tmp_path / "来源" / "旧.txt", folder / "不存在.txt"])
    found = {Path(state.file).name: state.state for state in states}
    assert found.pop("不存在.txt") == REFUSED
    assert set(found.values()) == {INDEXED}
    assert set(found) == {"旧.txt", *(name for name in names if not name.startswith("."))}


def test_a_name_that_is_no_unicode_is_read(tmp_path):
    folder = write(tmp_path / "来源")
    path = os.fsencode(folder) + b"/\xbc\xd7.txt"
    with open(path, "wb") as stream:
        stream.write(OLD.encode())
    assert [state.state for state in add_paths(tmp_path / "home", [folder])] == [INDEXED]
    assert len(Library.open(tmp_path / "home").states()) == 1


def test_a_damaged_copy_under_a_known_name_leaves_what_was_read_before(tmp_path):
    home, file = tmp_path / "home", tmp_path / "甲.pdf"
    write_pdf(
        file, [paragraph("第一条 为了巡查。") + paragraph("第二条 本办法自2024年5月1日起施行。", y=110)]
    )
    add_paths(home, [file])
    file.write_bytes(b"%PDF-1.7 damaged")
    assert [state.state for state in add_paths(home, [file])] == [REFUSED]
    assert sorted(state.state for state in Library.open(home).states()) == sorted([INDEXED, REFUSED])
    assert Library.open(home).clause("甲", "第一条") is not None


def test_a_file_replaced_by_its_next_version_is_searched_by_day_and_by_a_correction_replaced(tmp_path):
    home, folder = tmp_path / "home", write(tmp_path / "来源", 办法=OLD)
    add_paths(home, [folder])
    write(folder, 办法=NEW)
    add_paths(home, [folder])
    library = Library.open(home)
    day = {
        year: library.clause("某省基金巡查办法", "第一条", on=date(year, 6, 1)).text for year in (2020, 2025)
    }
    assert ("72小时" in day[2020], "24小时" in day[2025]) == (True, True)
    write(folder, 办法=NEW.replace("24小时", "12小时"))
    add_paths(home, [folder])
    texts = [
        one.text
        for one in Library.open(home).collection.passages
        if one.passage == "第一条" and "巡查结论" in one.text
    ]
    assert sorted(re.findall(r"\d+小时", "".join(texts))) == ["12小时", "72小时"]


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


def test_where_a_passage_stands_in_its_file_is_known(tmp_path):
    home, file = tmp_path / "home", tmp_path / "甲.pdf"
    write_pdf(
        file,
        [
            paragraph(
                "第一条 "
                + "为了加强医疗保障基金使用监督管理，保障基金安全，促进基金有效使用，" * 2
                + "制定本办法。"
            ),
            paragraph("第二条 本办法自2024年5月1日起施行。"),
        ],
    )
    (state,) = add_paths(home, [file])
    clause = Library.open(home).clause("甲", "第一条")
    places = Shelf(home).on_pages(state.sha256, clause.start, clause.end)
    assert {number for number, _, _ in places} == {1}
    assert sum(end - start for _, start, end in places) == len(clause.text)
    assert Library.open(home).clause("甲", "第二条").page == 2


def test_a_file_that_hangs_its_reader_is_refused_and_the_next_one_is_read(tmp_path, monkeypatch):
    good = write_pdf(
        tmp_path / "好.pdf", [paragraph("第一条 为了巡查工作的规范开展，制定本办法并予以公布。")]
    )
    reader = Reader(seconds=0.0)
    with pytest.raises(UnreadableFile, match="用时过长，已放弃"):
        reader.read(good, None)
    patient = Reader()
    assert patient.read(good, None).passages
    patient._process._process.kill()
    patient._process._process.wait()
    assert patient.read(good, None).passages
    patient.close()
    reader.close()


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
