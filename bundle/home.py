"""Prepares the installed program's home: its libraries load, its database is backed up and migrated."""

import importlib
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from review.errors import ReviewError
from review.settings import Settings
from review.store.store import Store

NATIVE = ("torch", "onnxruntime", "cv2", "duckdb", "pyarrow", "pypdfium2", "psycopg", "lxml.etree")


def main() -> int:
    """Exit 0 when the home is ready, 2 when something on this machine is in the way."""
    settings = Settings.from_environment()
    if missing := [said for library in NATIVE if (said := unusable(library))]:
        print(
            "这些依赖在本机打不开：" + "；".join(missing) + "。请由管理员安装所缺的系统库后再试。",
            file=sys.stderr,
        )
        return 2
    try:
        kept = prepare(settings)
    except (ReviewError, OSError, sqlite3.Error) as problem:
        print(f"数据没有准备好：{problem}", file=sys.stderr)
        return 2
    print(f"原有数据库已备份：{kept}" if kept else "数据文件夹已就绪。")
    return 0


def prepare(settings: Settings) -> Path | None:
    """Migrate the store of this home; where a SQLite store was there, the path of its copy from before."""
    settings.home.mkdir(parents=True, exist_ok=True)
    kept = back_up(settings)
    Store.open(settings.database_url).close()
    return kept


def back_up(settings: Settings) -> Path | None:
    """A copy of a SQLite store as it stands, with what its write-ahead log holds; null where there is none to copy."""
    scheme, _, place = settings.database_url.partition(":///")
    if not scheme.startswith("sqlite") or not Path(place).is_file():
        return None
    folder = settings.home / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.sqlite3"
    with closing(sqlite3.connect(place)) as before, closing(sqlite3.connect(kept)) as copy:
        before.backup(copy)
    kept.chmod(0o600)
    return kept


def unusable(library: str) -> str:
    """Why a library with machine code cannot be loaded here; empty when it can."""
    try:
        importlib.import_module(library)
    except (ImportError, OSError) as problem:
        return f"{library}（{problem}）"
    return ""


if __name__ == "__main__":
    sys.exit(main())
