"""A backup taken while experts decide holds every decision acknowledged before it began, and becomes a workbench again."""

import io
import json
import tarfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from review.__main__ import main
from review.backup import MANIFEST, back_up, restore
from review.errors import SettingsError
from review.settings import Settings
from review.store.entries import Press
from review.store.store import Store, new_key


def settings_of(home, database=None):
    given = {"MINGJIAN_HOME": str(home)} | ({"MINGJIAN_DATABASE": database} if database else {})
    return Settings.from_environment(given)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request):
    """Gives the address of another empty database each time; null for the one in the home."""
    if request.param == "sqlite":
        return lambda: None
    return request.getfixturevalue("postgres_cluster").empty_database


def furnish(settings):
    """A home with an inspection of its own, one that lies elsewhere, files, and what a backup leaves out."""
    home = settings.home
    for name in (
        "uploads/u1/claims/fee.csv",
        "inspections/k1/findings.jsonl",
        "knowledge/x.bin",
        "tables/限价.csv",
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(f"内容 {name}", encoding="utf-8")
    for name in (
        "cache/page.png",
        "logs/mingjian.log",
        "inspections/.k1.writing/half.jsonl",
        "backups/old.sqlite3",
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("不必备份", encoding="utf-8")
    store = Store.open(settings.database_url)
    own = store.add_inspection("甲院检查", "甲院", home / "uploads" / "u1", "王敏")
    other = store.add_inspection("乙院检查", "乙院", Path("/data/乙院"), "王敏")
    store.close()
    return own, other


def decide(store, inspection, number):
    return store.append(Press(new_key(), inspection, "A1", f"f{number}", "confirm", "王敏"))


def test_a_backup_taken_while_experts_decide_holds_what_was_acknowledged_before(tmp_path, databases):
    settings = settings_of(tmp_path / "home", databases())
    own, _ = furnish(settings)
    store, stop, seen = Store.open(settings.database_url), threading.Event(), []

    def work():
        number = 0
        while not stop.is_set():
            seen.append(decide(store, own, number := number + 1))

    thread = threading.Thread(target=work)
    thread.start()
    while len(seen) < 20:
        stop.wait(0.01)
    before = list(seen)
    done = back_up(settings, tmp_path / "kept.tar.gz")
    stop.set()
    thread.join()
    store.close()
    assert done.trail.problem == ""
    assert done.outside == ("/data/乙院",)

    again = settings_of(tmp_path / "again", databases())
    restored = restore(tmp_path / "kept.tar.gz", again)
    assert restored.trail.problem == ""
    store = Store.open(again.database_url)
    held = store.decisions(own)
    assert held[: len(before)] == before
    assert held == seen[: len(held)]
    assert [entry.folder for entry in store.inspections() if entry.key == own] == [
        str(again.home / "uploads" / "u1")
    ]
    assert "/data/乙院" in {entry.folder for entry in store.inspections()}
    decide(store, own, "later")
    assert store.trail.verify().problem == ""
    store.close()


def test_files_come_back_as_they_were_and_what_is_made_anew_is_left_out(tmp_path):
    settings = settings_of(tmp_path / "home")
    furnish(settings)
    back_up(settings, tmp_path / "kept.tar.gz")
    assert (tmp_path / "kept.tar.gz").stat().st_mode & 0o777 == 0o600
    again = settings_of(tmp_path / "again")
    restore(tmp_path / "kept.tar.gz", again)
    files = {place.relative_to(again.home).as_posix() for place in again.home.rglob("*") if place.is_file()}
    assert {name for name in files if not name.startswith("mingjian.sqlite3")} == {
        "uploads/u1/claims/fee.csv", "inspections/k1/findings.jsonl", "knowledge/x.bin", "tables/限价.csv",
    }  # fmt: skip
    assert (again.home / "tables/限价.csv").read_text("utf-8") == "内容 tables/限价.csv"
    assert [place.name for place in tmp_path.iterdir() if place.name.startswith(".")] == []


@pytest.fixture
def kept(tmp_path):
    settings = settings_of(tmp_path / "home")
    furnish(settings)
    back_up(settings, tmp_path / "kept.tar.gz")
    return tmp_path / "kept.tar.gz"


def test_nothing_is_written_over(tmp_path, kept):
    with pytest.raises(SettingsError, match="已经存在"):
        back_up(settings_of(tmp_path / "home"), kept)
    with pytest.raises(SettingsError, match="不是空的"):
        restore(kept, settings_of(tmp_path / "home"))
    assert (tmp_path / "home" / "knowledge" / "x.bin").exists()


def rewritten(kept, change):
    """The backup with its members changed: name → bytes, null to leave one out."""
    file = kept.with_name("changed.tar.gz")
    with tarfile.open(kept) as old, tarfile.open(file, "w:gz") as new:
        members = {member.name: old.extractfile(member).read() for member in old}
        for name, content in (members | change).items():
            if content is not None:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
    return file


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"home/knowledge/x.bin": b"other"}, "与它的清单不符"),
        ({"home/knowledge/x.bin": None}, "与它的清单不符"),
        ({"home/more.txt": b"more"}, "与它的清单不符"),
        ({"../out.txt": b"out"}, "不属于备份"),
        ({"home/../../out.txt": b"out"}, "不属于备份"),
        ({"/out.txt": b"out"}, "不属于备份"),
        ({"other/file": b"x"}, "不属于备份"),
        ({MANIFEST: b"no json"}, "不是完整的备份"),
        ({MANIFEST: json.dumps({"format": 9}).encode()}, "与它的清单不符"),
    ],
)
def test_a_backup_that_was_changed_is_refused_and_leaves_nothing(tmp_path, kept, change, problem):
    again = settings_of(tmp_path / "again")
    with pytest.raises(SettingsError, match=problem):
        restore(rewritten(kept, change), again)
    assert not again.home.exists()
    assert not (tmp_path / "out.txt").exists()


def test_a_cut_off_or_foreign_file_is_refused(tmp_path, kept):
    whole = kept.read_bytes()
    (tmp_path / "half.tar.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.tar.gz").write_text("不是备份", encoding="utf-8")
    for name in ("half", "text", "none"):
        with pytest.raises(SettingsError, match="不是完整的备份"):
            restore(tmp_path / f"{name}.tar.gz", settings_of(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def test_a_link_in_a_backup_is_refused(tmp_path, kept):
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("home/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(SettingsError, match="不属于备份"):
        restore(tmp_path / "link.tar.gz", settings_of(tmp_path / "again"))


def test_a_backup_of_one_kind_of_database_is_not_put_into_the_other(tmp_path, kept, monkeypatch):
    elsewhere = replace(settings_of(tmp_path / "again"), database_url="postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setattr("review.backup.refuse_unless_empty", lambda url: None)
    with pytest.raises(SettingsError, match="备份里的数据库是 SQLite"):
        restore(kept, elsewhere)
    assert not elsewhere.home.exists()


def test_a_home_without_a_database_has_nothing_to_back_up(tmp_path):
    with pytest.raises(SettingsError, match="没有可备份的"):
        back_up(settings_of(tmp_path / "home"), tmp_path / "kept.tar.gz")
    assert list(tmp_path.iterdir()) == []


def test_the_commands_say_what_was_done_and_what_is_not_in_it(tmp_path, monkeypatch, capsys):
    furnish(settings_of(tmp_path / "home"))
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    assert main(["backup", str(tmp_path / "kept.tar.gz")]) == 0
    said = capsys.readouterr().out
    assert "哈希链完整" in said
    assert "不在其中，请另行保存：/data/乙院" in said
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "again"))
    assert main(["restore", str(tmp_path / "kept.tar.gz")]) == 0
    assert "已恢复自" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "kept.tar.gz")]) == 2
    assert "不覆盖" in capsys.readouterr().err
