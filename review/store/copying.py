"""A copy of the whole store while it is in use, and a store made of a copy.

SQLite copies itself page by page as of one moment; `pg_dump` and `pg_restore` do the same for PostgreSQL.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect, text
from sqlalchemy.engine import make_url

from review.errors import SettingsError
from review.store.engine import engine_of

SQLITE, POSTGRESQL = "mingjian.sqlite3", "database.dump"  # the names of copies


def copy_store(url: str, folder: Path) -> Path:
    """A copy of the store as of one moment. Raises SettingsError where there is none or a tool is missing."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _copy_sqlite(Path(address.database or ""), folder / SQLITE)
    kept = folder / POSTGRESQL
    _run("pg_dump", address, "--format=custom", "--no-owner", f"--file={kept}")
    return kept


def file_of(url: str) -> Path | None:
    """The file of a SQLite store; null for a server's."""
    address = make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def _copy_sqlite(place: Path, kept: Path) -> Path:
    if not place.is_file():
        raise SettingsError("还没有数据库，没有可备份的；请核对 MINGJIAN_HOME 和 MINGJIAN_DATABASE。")
    with closing(sqlite3.connect(place)) as held, closing(sqlite3.connect(kept)) as copy:
        held.backup(copy)
        # one file that can be moved by itself, whatever log the original keeps beside it
        copy.execute("pragma journal_mode=delete")
    kept.chmod(0o600)
    return kept


def refuse_unless_empty(url: str) -> None:
    """Raises SettingsError where a PostgreSQL database holds tables already: a copy goes into an empty one."""
    if make_url(url).get_backend_name() == "sqlite":
        return
    engine = engine_of(url)
    try:
        if inspect(engine).get_table_names():
            raise SettingsError("目标数据库不是空的；请新建一个空数据库，把 MINGJIAN_DATABASE 指到它再恢复。")
    finally:
        engine.dispose()


def store_from(copy: Path, url: str) -> None:
    """Put a copy in the place of an empty store. Raises SettingsError where kinds do not fit or a tool is missing."""
    address = make_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite != (copy.name == SQLITE):
        there, here = ("PostgreSQL", "SQLite") if sqlite else ("SQLite", "PostgreSQL")
        raise SettingsError(f"备份里的数据库是 {there}，这里设置的是 {here}；请改 MINGJIAN_DATABASE 再恢复。")
    if sqlite:
        place = Path(address.database or "")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, place)
        place.chmod(0o600)
        return
    _run(
        "pg_restore", address, "--no-owner", "--single-transaction", f"--dbname={address.database}", str(copy)
    )


def move_folders(url: str, before: Path, after: Path) -> None:
    """Inspections that lay in the home that was copied lie in this one now."""
    engine = engine_of(url)
    try:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "update inspections set folder = :after || substr(folder, :cut)"
                    " where substr(folder, 1, :length) = :before"
                ),
                {
                    "after": f"{after}/",
                    "before": f"{before}/",
                    "length": len(str(before)) + 1,
                    "cut": len(str(before)) + 2,
                },
            )
    finally:
        engine.dispose()


def _run(tool: str, address: URL, *arguments: str) -> None:
    """One of PostgreSQL's tools; the password goes by the environment, where no list of processes shows it."""
    found = shutil.which(tool)
    if found is None:
        raise SettingsError(f"本机没有 {tool}；请由管理员安装 postgresql-client 后再试。")
    where = {
        "PGHOST": address.host or str(address.query.get("host", "")),
        "PGPORT": str(address.port or ""),
        "PGUSER": address.username or "",
        "PGPASSWORD": str(address.password or ""),
        "PGDATABASE": address.database or "",
    }
    environment = os.environ | {name: value for name, value in where.items() if value}
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.split())[:300]
        raise SettingsError(f"{tool} 没有完成：{said}；请按此处理后再试。")
