"""A backup of everything a workbench holds, taken while it runs, and a workbench made of a backup.

The database is copied as of one moment, the files after it: what a decision speaks of was written before the decision,
so nothing of it can be missing. Caches and logs are left out, since the one is made anew and the other says nothing
of an inspection. Inspections that lie outside the home are read where they lie; a backup names them and holds them not.
"""

import argparse
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import IO, Any

from review.audit import state_said
from review.errors import SettingsError
from review.settings import Settings
from review.store.copying import (
    POSTGRESQL,
    SQLITE,
    copy_store,
    file_of,
    move_folders,
    refuse_unless_empty,
    store_from,
)
from review.store.entries import ChainState
from review.store.store import Store

FORMAT = 1
MANIFEST, DATABASE, HOME = "manifest.json", "database", "home"
LEFT_OUT = frozenset({"cache", "logs", "backups", "tmp"})  # of the home: made anew, or copies themselves
CHUNK, IN_MEMORY = 1 << 20, 64 << 20  # bytes


@dataclass(frozen=True)
class Backup:
    """What a backup holds: files, their bytes, the state of the audit trail in it, folders it holds not."""

    files: int
    size: int
    trail: ChainState
    outside: tuple[str, ...]


def back_up(settings: Settings, file: Path) -> Backup:
    """Write a backup to a file that is not there yet. Raises SettingsError where that cannot be done."""
    if file.exists():
        raise SettingsError(f"{file} 已经存在，不覆盖；请换一个文件名。")
    draft = file.with_name(f".{file.name}.writing")
    try:
        with TemporaryDirectory(dir=file.parent, prefix=".mingjian-") as scratch:
            copy = copy_store(settings.database_url, Path(scratch))
            entries, trail = _told_by(settings.database_url)
            outside = tuple(sorted(folder for folder in entries if not _inside(Path(folder), settings.home)))
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                sums, size = _write(stream, copy, settings, outside)
        draft.replace(file)
    except OSError as problem:
        raise SettingsError(
            f"备份写不到 {file}（{problem.strerror}）；请检查位置、权限和磁盘空间。"
        ) from problem
    finally:
        draft.unlink(missing_ok=True)
    return Backup(len(sums), size, trail, outside)


def restore(file: Path, settings: Settings) -> Backup:
    """Make the home and the store of these settings from a backup; neither may hold anything yet.

    Raises SettingsError where the file is no whole backup or something is there already, and leaves nothing behind."""
    home = settings.home
    if home.is_dir() and any(home.iterdir()):
        raise SettingsError(f"{home} 不是空的，不覆盖；请把 MINGJIAN_HOME 指到一个新文件夹再恢复。")
    refuse_unless_empty(settings.database_url)
    home.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.parent, prefix=".mingjian-") as scratch:
        made = Path(scratch)
        told, files, size = _unpacked(file, made)
        (made / HOME).mkdir(exist_ok=True)
        (copy,) = (made / DATABASE).iterdir()
        if home.is_dir():
            home.rmdir()
        (made / HOME).replace(home)
        try:
            store_from(copy, settings.database_url)
            Store.open(settings.database_url).close()  # brings the tables up to date
            move_folders(settings.database_url, Path(told["home"]), home)
            _, trail = _told_by(settings.database_url)
        except BaseException:
            shutil.rmtree(home)
            raise
    return Backup(files, size, trail, tuple(told["outside"]))


def _told_by(url: str) -> tuple[list[str], ChainState]:
    """The folders of the inspections, and whether the trail is whole."""
    store = Store.open(url)
    try:
        return [entry.folder for entry in store.inspections()], store.trail.verify()
    finally:
        store.close()


def _inside(folder: Path, home: Path) -> bool:
    return folder.resolve().is_relative_to(home.resolve())


def _write(
    stream: IO[bytes], copy: Path, settings: Settings, outside: tuple[str, ...]
) -> tuple[dict[str, str], int]:
    sums: dict[str, str] = {}
    size = 0
    with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as archive:
        for name, place in [(f"{DATABASE}/{copy.name}", copy), *_files(settings)]:
            try:
                added = _add(archive, name, place)
            except FileNotFoundError:
                continue  # a draft that was moved to its place meanwhile
            sums[name], size = added[0], size + added[1]
        told = {
            "format": FORMAT,
            "made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "home": str(settings.home),
        }
        text = json.dumps({**told, "outside": outside, "files": sums}, ensure_ascii=False, indent=1)
        with SpooledTemporaryFile() as held:
            held.write(text.encode())
            _put(archive, MANIFEST, held)
    return sums, size


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Everything in the home that is kept, the database aside: it is copied whole by itself, with its log."""
    home, database = settings.home, file_of(settings.database_url)
    logs = () if database is None else tuple(f"{database.resolve()}{end}" for end in ("", "-wal", "-shm"))
    for folder, names, files in os.walk(home):
        gone = LEFT_OUT if Path(folder) == home else ()
        names[:] = sorted(name for name in names if name not in gone and not name.endswith(".writing"))
        for name in sorted(files):
            place = Path(folder) / name
            if place.is_file() and not place.is_symlink() and str(place.resolve()) not in logs:
                yield f"{HOME}/{place.relative_to(home).as_posix()}", place


def _add(archive: tarfile.TarFile, name: str, place: Path) -> tuple[str, int]:
    """The sum and the bytes of a file as they were added: it may grow while it is read."""
    digest, size = hashlib.sha256(), 0
    with place.open("rb") as source, SpooledTemporaryFile(max_size=IN_MEMORY) as held:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            held.write(chunk)
            size += len(chunk)
        _put(archive, name, held)
    return digest.hexdigest(), size


def _put(archive: tarfile.TarFile, name: str, held: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = held.tell(), 0o600
    held.seek(0)
    archive.addfile(member, held)


def _unpacked(file: Path, made: Path) -> tuple[Mapping[str, Any], int, int]:
    """The manifest of a backup whose every file is there and whole, unpacked into a folder."""
    sums: dict[str, str] = {}
    size, text = 0, b""
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            for member in archive:
                source = archive.extractfile(member) if member.isreg() else None
                if source is None or not _is_ours(member.name):
                    raise SettingsError(f"{file} 里有不属于备份的内容；请换一份备份。")
                if member.name == MANIFEST:
                    text = source.read()
                    continue
                place = made / member.name
                place.parent.mkdir(parents=True, exist_ok=True)
                sums[member.name] = _taken(source, place)
                size += member.size
        told = json.loads(text)
    except (OSError, EOFError, tarfile.TarError, ValueError) as problem:
        raise SettingsError(f"{file} 不是完整的备份（{type(problem).__name__}）；请换一份。") from problem
    if not isinstance(told, dict) or told.get("format") != FORMAT or told.get("files") != sums:
        raise SettingsError(f"{file} 里的文件与它的清单不符；请换一份备份。")
    return told, len(sums), size


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    safe = ".." not in parts and not name.startswith("/") and "\\" not in name and "\0" not in name
    known = name in (MANIFEST, f"{DATABASE}/{SQLITE}", f"{DATABASE}/{POSTGRESQL}")
    return safe and (known or (len(parts) > 1 and parts[0] == HOME))


def _taken(source: IO[bytes], place: Path) -> str:
    digest = hashlib.sha256()
    with place.open("xb") as kept:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            kept.write(chunk)
    return digest.hexdigest()


def run_backup(arguments: list[str], settings: Settings) -> int:
    """`backup FILE` and `restore FILE`: 0 where it was done, 1 where the audit trail in it is broken."""
    options = _parser().parse_args(arguments)
    done = back_up(settings, options.file) if options.what == "backup" else restore(options.file, settings)
    word = "已备份到" if options.what == "backup" else "已恢复自"
    print(
        f"{word} {options.file}：{done.files:,} 个文件，{done.size / 1e6:,.1f} MB。{state_said(done.trail)}"
    )
    for folder in done.outside:
        print(f"不在其中，请另行保存：{folder}")
    return 1 if done.trail.problem else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review",
        description="备份：数据库与 MINGJIAN_HOME 下的全部文件，运行中也可备份。"
        "恢复：放进空的 MINGJIAN_HOME 与空的数据库。",
    )
    parser.add_argument("what", choices=["backup", "restore"], metavar="backup|restore", help="备份或恢复")
    parser.add_argument("file", type=Path, metavar="文件", help="备份文件，如 /备份/mingjian-20260101.tar.gz")
    return parser
