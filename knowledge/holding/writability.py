"""Turns a home folder that takes no more into a sentence a person can act on."""

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = {
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有写权限",
    errno.EPERM: "没有写权限",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "同名的文件占了文件夹的位置",
    errno.ENOENT: "上级文件夹不存在，也建不了",
    errno.EIO: "磁盘读写出错",
}
_LEAST_ROOM = 16 * 1024**2


class NotWritable(ValueError):
    """Nothing can be written under the home folder; the message says why, what to do, and what is kept."""


class LibraryBusy(ValueError):
    """Another add is at work, and a small change does not wait for it."""

    def __init__(self) -> None:
        super().__init__("另一个添加正在进行；请等它完成后再改。")


def busy() -> None:
    """For one who does not wait: told that another writer is at work."""
    raise LibraryBusy


@contextmanager
def writable(home: Path) -> Iterator[None]:
    """Within it, a disk that is full, read-only or shut raises `NotWritable`."""
    try:
        yield
    except OSError as problem:
        if problem.errno in _FULL:
            raise _full(home) from problem
        if problem.errno in _CLOSED:
            raise NotWritable(
                f"依据库写不进 {home}（{_CLOSED[problem.errno]}）；请核对该文件夹及其权限，"
                "或用 MINGJIAN_HOME 指定另一个文件夹。已入库的内容不受影响。"
            ) from problem
        raise
    except (sqlite3.Error, RuntimeError, MemoryError) as problem:
        if _room(home) < _LEAST_ROOM:  # a library under us may say in its own words that the disk is full
            raise _full(home) from problem
        raise


def _full(home: Path) -> NotWritable:
    return NotWritable(
        f"依据库写不进 {home}（磁盘已满）；请腾出空间后再次添加：已入库的内容不受影响，读过的文件不会重读。"
    )


def _room(home: Path) -> int:
    folder = next((one for one in (home, *home.parents) if one.exists()), Path("/"))
    return shutil.disk_usage(folder).free
