"""The files of an inspection folder, and what became of each. Nothing outside the folder is ever followed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

MOST_FILES = 200_000
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True)
class FileState:
    """What became of one file, for the list a person reads."""

    file: str
    content: str  # what it holds: 费用明细, 病历 …
    count: int
    unit: str  # 行 | 份 | 页 …
    state: str  # 已读 | 已识别 | 拒收 | 未用
    note: str = ""


def files_under(folder: Path, part: str) -> tuple[list[Path], list[FileState]]:
    """Ordinary files below a part of the inspection, in a fixed order, and those that are passed over."""
    home = folder.resolve()
    taken, passed = [], []
    for name, entry in sorted(_walk(folder, part), key=itemgetter(0)):
        path = folder / name
        if path.name.lower() in _CLUTTER or path.name.startswith(("~$", "._")):
            passed.append(FileState(name, "系统文件", 0, "", "未用", "系统或临时文件"))
        elif entry.is_symlink() and not path.resolve().is_relative_to(home):
            passed.append(FileState(name, "链接", 0, "", "未用", "指向检查文件夹之外，未跟随"))
        elif entry.is_file():
            taken.append(path)
        if len(taken) > MOST_FILES:
            break
    return taken, passed


def _walk(folder: Path, part: str) -> Iterator[tuple[str, os.DirEntry[str] | Path]]:
    """Files and links with their places in the folder; a linked folder is not entered, so that no loop can arise."""
    here = folder / part
    if here.is_symlink():
        yield part, here
        return
    if not here.is_dir():
        return
    with os.scandir(here) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(folder, f"{part}/{entry.name}")
            else:
                yield f"{part}/{entry.name}", entry
