"""Adding in one piece: killed, run twice, run side by side, on a disk that takes no more."""

import os
import re
import resource
import signal
import time
from datetime import date
from pathlib import Path

import pytest
from added_files import NEW, OLD, command, write
from made_pdf import paragraph, write_pdf

from knowledge.holding.adding import NotWritable, add_paths
from knowledge.holding.reading import Reader
from knowledge.holding.shelf import INDEXED, READ, REFUSED, Shelf
from knowledge.library import Library
from knowledge.readers import UnreadableFile


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
