"""The files of an inspection folder, and what became of each. Nothing outside the folder is ever followed."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    for path in sorted(_walk(folder / part), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if path.name.lower() in _CLUTTER or path.name.startswith(("~$", "._")):
            passed.append(FileState(name, "系统文件", 0, "", "未用", "系统或临时文件"))
        elif not path.resolve().is_relative_to(home):
            passed.append(FileState(name, "链接", 0, "", "未用", "指向检查文件夹之外，未跟随"))
        elif path.is_file():
            taken.append(path)
        if len(taken) > MOST_FILES:
            break
    return taken, passed


def _walk(folder: Path) -> Iterator[Path]:
    """Files and links; a linked folder is named but not entered, so that no loop can arise."""
    if folder.is_symlink():
        yield folder
        return
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        else:
            yield entry
