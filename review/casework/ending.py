"""The end of an inspection: what of it lies in the store and in the home folder goes, its audit lines stay.

A folder of the bureau's own, to which an inspection only points, is not ours to touch.
"""

import shutil
from pathlib import Path

from review.casework.attachments import folder_of
from review.casework.desk import Desk, Refused
from review.casework.results import forget_results
from review.store.accounts import Person
from review.store.entries import InspectionEntry
from review.store.life import ARCHIVED

CACHE = "cache"  # readings by content: nothing there says of which inspection a file was


def delete_inspection(desk: Desk, person: Person, entry: InspectionEntry) -> None:
    """Delete an archived inspection: rows, results, the model's answers, an uploaded folder, all cached readings."""
    if entry.standing != ARCHIVED:
        raise Refused("先归档，再删除。")
    if desk.runs.progress(entry.key) is not None:
        raise Refused("正在审核；请先取消，停下后再删除。")
    forget_results()
    desk.store.forget(entry.key, person.name)
    for folder in _own_folders(desk.home, entry):
        shutil.rmtree(folder, ignore_errors=True)
    left = [folder for folder in _own_folders(desk.home, entry) if folder.exists()]
    if left:
        raise Refused(f"记录已删除，但有文件删不掉：{left[0].name}；请维护人员在数据文件夹里删除它。")


def uploaded(home: Path, entry: InspectionEntry) -> Path | None:
    """The folder under our uploads that an inspection's files came in; null where they lie elsewhere."""
    root, folder = (home / "uploads").resolve(), Path(entry.folder).resolve()
    if not folder.is_relative_to(root) or folder == root:
        return None
    return root / folder.relative_to(root).parts[0]


def _own_folders(home: Path, entry: InspectionEntry) -> list[Path]:
    own = uploaded(home, entry)
    return [
        home / "inspections" / entry.key,
        folder_of(home, entry.key),
        home / CACHE,
        *([own] if own else []),
    ]
