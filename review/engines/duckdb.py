"""The warehouse of one inspection: the only door to DuckDB.

Built once from what intake read and from the knowledge rows of the inspection's region; after that it is only read.
It knows nothing of checks: they ask with SQL and get rows or the nouns of `review.record`.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import duckdb
import pyarrow

from review.engines.failures import Caps, QueryFailed, failed, too_long, too_many, without_value
from review.engines.knowledge_tables import KnowledgeTable

VIEWS = Path(__file__).parent.parent / "views"
PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")
Noun = TypeVar("Noun", bound=NamedTuple)
Row = dict[str, Any]


def in_columns(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Mappings as a pyarrow table, which travels between processes at little cost; a missing column is null."""
    columns = list(dict.fromkeys(chain.from_iterable(rows)))
    return pyarrow.table({name: pyarrow.array([row.get(name) for row in rows]) for name in columns})


def rows_in_columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Any:
    """Rows of these columns as a pyarrow table."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return pyarrow.table({name: pyarrow.array(column) for name, column in zip(names, columns, strict=True)})


class Warehouse:
    """Plain views of one inspection, asked in SQL. Not safe for use from two threads at once."""

    errors: type[Exception] = duckdb.Error

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._gigabytes: float | None = None
        connection.execute("set enable_progress_bar = false; set TimeZone = 'UTC'")

    @classmethod
    def empty(cls, path: Path | None = None) -> Warehouse:
        """A warehouse that holds the raw tables and no rows; `path` keeps it on disk for the pages."""
        connection = duckdb.connect(
            str(path or ":memory:"),
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
        )
        warehouse = cls(connection)
        warehouse.run((VIEWS / "00_raw_tables.sql").read_text("utf-8"))
        return warehouse

    @classmethod
    def reopen(cls, path: Path) -> Warehouse:
        """Open a finished warehouse for reading only."""
        return cls(duckdb.connect(str(path), read_only=True))

    @classmethod
    def reopen_writable(cls, path: Path) -> Warehouse:
        """Open a warehouse that is still being filled."""
        return cls(duckdb.connect(str(path)))

    def beside(self) -> Warehouse:
        """The same warehouse for another thread; closed by itself."""
        other = type(self)(self._connection.cursor())
        other._gigabytes = self._gigabytes
        return other

    def close(self) -> None:
        self._connection.close()

    def bound_memory(self, gigabytes: float) -> None:
        """What the engine may hold at once; a rule's own cap goes before it while the rule runs."""
        self._gigabytes = gigabytes
        self._connection.execute(f"set memory_limit = '{int(gigabytes * 1024)}MiB'")

    def run(self, sql: str) -> None:
        """Execute statements that return nothing."""
        self._connection.execute(sql)

    def load_arrow(self, table: str, rows: Any) -> None:
        """Append a pyarrow table to a raw table, column by name; columns the table does not know are dropped."""
        known = {str(row["column_name"]) for row in self.rows(f"describe {table}")}
        rows = rows.select([name for name in rows.column_names if name in known])
        self._connection.register("incoming", rows)
        self._connection.execute(f"insert into {table} by name select * from incoming")
        self._connection.unregister("incoming")

    def load_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append mappings to a table; a missing column is null."""
        if rows:
            self.load_arrow(table, in_columns(rows))

    def load_parts(self, table: str, parts: Sequence[Any]) -> None:
        """Append what `in_columns` made of rows, part by part."""
        if parts:
            self.load_arrow(table, pyarrow.concat_tables(parts, promote_options="permissive"))

    def keep(self, name: str, sql: str) -> None:
        """The answer of a query as a table of its own."""
        self.run(f"create or replace table {name} as {sql}")

    def keep_arrow(self, table: str, rows: Any) -> None:
        """A pyarrow table as a table of its own."""
        self._connection.register("incoming", rows)
        self._connection.execute(f"create or replace table {table} as select * from incoming")
        self._connection.unregister("incoming")

    def add_function(self, name: str, function: Any, takes: str, gives: str) -> None:
        """A Python function of one text, for what SQL cannot say; an empty cell is never asked about."""
        self._connection.create_function(name, function, [takes], gives)

    def load_knowledge(self, tables: Iterable[KnowledgeTable]) -> None:
        """Create one table per knowledge table; rows are those of the inspection's region."""
        for table in tables:
            self.run(f"create or replace table {table.name} ({table.columns_sql()})")
            self.load_rows(table.name, table.rows)

    def build_views(self, only: Iterable[str] | None = None, *, lazy: Iterable[str] = ()) -> None:
        """Materialise the plain views in order; each file holds one select. Those named `lazy` stay selects."""
        wanted, asked_later = set(only) if only is not None else None, set(lazy)
        # a view joins what is small to its lines: the engine's guess of which is small would hold all lines in memory
        self.run("set disabled_optimizers = 'build_side_probe_side'")
        for file in sorted(VIEWS.glob("[1-9]*.sql")):
            name = view_name(file)
            if wanted is None or name in wanted:
                kind = "view" if name in asked_later else "table"
                self.run(f"create or replace {kind} {name} as\n{file.read_text('utf-8')}")
        self.run("reset disabled_optimizers")

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Answer a query; only the parameters that the text names are bound."""
        cursor = self._asked(sql, parameters)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _asked(self, sql: str, parameters: Mapping[str, Any] | None) -> duckdb.DuckDBPyConnection:
        named = set(PARAMETER.findall(sql))
        bound = {name: value for name, value in (parameters or {}).items() if name in named}
        return self._connection.execute(sql, bound) if bound else self._connection.execute(sql)

    def fetch(
        self, noun: type[Noun], view: str, where: str = "true", parameters: Mapping[str, Any] | None = None
    ) -> list[Noun]:
        """Rows of a view as named tuples; the noun's fields are the columns asked for."""
        columns = ", ".join(f'"{name}"' for name in noun._fields)
        cursor = self._asked(f"select {columns} from {view} where {where}", parameters)
        return list(map(noun._make, cursor.fetchall()))

    def has_rows(self, table: str) -> bool:
        return bool(self.rows(f"select 1 from {table} limit 1"))

    def batches(
        self, sql: str, limits: Mapping[str, Any], caps: Caps, size: int = 20_000
    ) -> Iterator[pyarrow.RecordBatch]:
        """A rule's answer in batches, within its caps. Raises QueryFailed with a reason for the rule's author."""
        named = set(PARAMETER.findall(sql))
        if named - set(limits):
            raise without_value(named - set(limits))
        bound = {name: limits[name] for name in named}
        until, seen = time.monotonic() + caps.seconds, 0
        # a cursor of its own: two answers may be read side by side
        cursor = self._connection.cursor()
        with self._capped(caps, cursor):
            answer = cursor.sql(sql, params=bound) if bound else cursor.sql(sql)
            for batch in answer.to_arrow_reader(size):
                seen += batch.num_rows
                if seen > caps.rows:
                    raise too_many(caps)
                if time.monotonic() > until:
                    raise too_long(caps)
                yield batch

    def rows_within(self, sql: str, limits: Mapping[str, Any], caps: Caps) -> list[Row]:
        """A rule's answer as rows, within its caps. Raises QueryFailed."""
        return [row for batch in self.batches(sql, limits, caps) for row in batch.to_pylist()]

    @contextmanager
    def _capped(self, caps: Caps, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """The connection's memory and time are the rule's while its query runs."""
        spilling = f"set max_temp_directory_size = '{int(caps.spilled * 1024)}MiB'"
        watchdog = threading.Timer(caps.seconds, cursor.interrupt)
        try:
            self._connection.execute(f"set memory_limit = '{int(caps.gigabytes * 1024)}MiB'; {spilling}")
            watchdog.start()
            yield
        except QueryFailed:
            raise
        except Exception as problem:
            told = failed(problem, caps)
            if told is None:
                raise
            raise told from problem
        finally:
            watchdog.cancel()
            cursor.close()
            # the engine tells its limit rounded down: what it says, set again, would be less each time
            if self._gigabytes is None:
                self._connection.execute("reset memory_limit")
            else:
                self.bound_memory(self._gigabytes)


def among(column: str, values: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The condition that a column is one of some texts, and the parameters it binds."""
    bound = {f"{column}_{number}": value for number, value in enumerate(values)}
    return f"{column} in ({', '.join(f'${name}' for name in bound)})", bound


def view_names() -> frozenset[str]:
    return frozenset(view_name(file) for file in VIEWS.glob("[1-9]*.sql"))


def view_name(file: Path) -> str:
    """`22_charges.sql` → `charges`."""
    return file.stem.split("_", 1)[1]


def plain(value: Any) -> Any:
    """A value as JSON carries it: decimals as numbers with their own digits, dates as ISO text."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
