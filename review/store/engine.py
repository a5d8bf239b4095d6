"""The one way to the store's database: its address, how it is settled, and its tables brought up to date."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from review.errors import SettingsError
from review.logs import record_defect

MIGRATIONS = Path(__file__).parent / "migrations"


def engine_of(url: str) -> Engine:
    """The engine of an address, settled as the store needs it."""
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, pool_pre_ping=address.get_backend_name() != "sqlite")
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
    return engine


def _settle_sqlite(connection: Any, _record: Any) -> None:
    # a decision is acknowledged only when it is on the disk
    for pragma in ("journal_mode=wal", "synchronous=full", "busy_timeout=10000", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def migrate(connection: Connection) -> None:
    """Bring the tables of a database up to date, or leave them as they were and raise SettingsError."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as problem:
        raise SettingsError(
            "数据库是更新的版本写的，这个版本打不开；请用原来的新版本，或恢复升级前的备份。"
        ) from problem
    except SQLAlchemyError as problem:
        number = record_defect(problem, "upgrade of the store")
        raise SettingsError(
            f"数据库的表没有建成或升级，原有数据未改动。编号 {number}，已记录；"
            "请核对磁盘空间和写权限，仍不成请把日志交给维护人员。"
        ) from problem
