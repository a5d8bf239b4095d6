"""A closed room over one finished warehouse, where SQL that nobody of us wrote may be asked.

What may be read are the tables put into it, under plain names; the statement is parsed, held to one selection of
named functions, and written anew before the engine sees it, and the engine itself is locked against files, settings
and extensions.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from review.engines.dialect import PERMITTED
from review.engines.duckdb import in_columns
from review.engines.failures import Caps, QueryFailed, failed

CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "1",
    "temp_directory": "",
}
LOCKS = "set TimeZone = 'UTC'; set enable_external_access = false; set lock_configuration = true"
# what makes texts of any length out of nothing is left out
ALSO = """
    ANY_VALUE AVG CONCAT_WS CONTAINS COUNT_IF DATE DATE_TRUNC FIRST_VALUE LAST_VALUE LEFT MEDIAN NTILE RIGHT SIGN STDDEV
    TIMESTAMP_TRUNC TIME_TO_STR TS_OR_DS_TO_DATE VARIANCE
"""
FUNCTIONS = (PERMITTED - {"REPEAT", "PAD"}) | frozenset(ALSO.split())
KINDS = (
    (exp.Command, "命令"),
    (exp.Into, "into"),
    (exp.Unnest, "unnest"),
    (exp.Explode, "unnest"),
    (exp.Lateral, "lateral"),
    (exp.Lambda, "lambda"),
    (exp.Pivot, "pivot"),
    (exp.Parameter, "参数"),
    (exp.Placeholder, "参数"),
    (exp.DDL, "建表"),
    (exp.DML, "改动数据"),
)
GROWING = (
    ((exp.RegexpReplace,), 3, "regexp_replace"),
    ((exp.ArrayToString,), 1, "array_to_string"),
)
MOST_JOINED = 12  # pieces that are put together
LONGEST_SQL = 4000
UNREADABLE = "SQL 写法有误，读不成一条查询"
# the parser repeats the statements it does not know, and with them what stands in a record
logging.getLogger("sqlglot").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Answer:
    """The first rows of an answer, cells as text (null stays null); `more` where there are others."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    more: bool


class ClosedRoom:
    """One warehouse behind views of ours. `lock` is called when all tables stand; `ask` before that is an error."""

    def __init__(self, warehouse: Path, gigabytes: float = 1.0) -> None:
        settings = CLOSED | {"memory_limit": f"{int(gigabytes * 1024)}MiB"}
        self._connection = duckdb.connect(":memory:", config=settings)  # type: ignore[arg-type]
        self._connection.execute("set enable_progress_bar = false")
        place = str(warehouse).replace("'", "''")
        self._connection.execute(f"attach '{place}' as held (read_only)")
        self._gigabytes = gigabytes
        self._tables: frozenset[str] = frozenset()

    def close(self) -> None:
        self._connection.close()

    def put(self, table: str, columns: str, rows: Sequence[Mapping[str, Any]] = ()) -> None:
        """A table of our own, `columns` with their types or `as select …`; rows are appended by column name."""
        self._connection.execute(f"create table {table} {columns}")
        if rows:
            self._connection.register("incoming", in_columns(rows))
            self._connection.execute(f"insert into {table} by name select * from incoming")
            self._connection.unregister("incoming")

    def show(self, name: str, sql: str) -> None:
        """A view that may be asked about; the warehouse's own tables are `held.…` in it."""
        self._connection.execute(f"create view {name} as {sql}")
        self._tables |= {name}

    def lock(self) -> None:
        """From here on nothing but questions."""
        self._connection.execute(LOCKS)

    def ask(self, sql: str, *, seconds: float, rows: int) -> Answer:
        """The first rows of an answer, stopped at so many seconds. Raises QueryFailed with the reason."""
        try:
            asked = self._rewritten(sql, rows)
        except (duckdb.Error, SqlglotError, RecursionError) as problem:
            raise QueryFailed(UNREADABLE) from problem
        caps = Caps(seconds=seconds, gigabytes=self._gigabytes, rows=rows)
        cursor = self._connection.cursor()
        watchdog = threading.Timer(seconds, cursor.interrupt)
        watchdog.start()
        try:
            cursor.execute(asked)
            names = tuple(str(column[0]) for column in cursor.description or ())
            found = cursor.fetchmany(rows + 1)
        except Exception as problem:
            told = failed(problem, caps)
            if told is not None:
                raise told from problem
            if isinstance(problem, duckdb.Error):  # the engine's own words may repeat a value of the record
                raise QueryFailed(f"查询不成立（{type(problem).__name__}）") from problem
            raise
        finally:
            watchdog.cancel()
            cursor.close()
        return Answer(
            names, tuple(tuple(written(cell) for cell in row) for row in found[:rows]), len(found) > rows
        )

    def _rewritten(self, sql: str, rows: int) -> str:
        tree = checked(sql, self._tables)
        if not tree.args.get("limit"):
            tree = tree.limit(rows + 1)
        text = str(tree.sql(dialect="duckdb", comments=False))
        statements = self._connection.extract_statements(text)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise QueryFailed("只能是一条 select 查询")
        return text


def checked(sql: str, tables: Iterable[str]) -> Any:
    """The tree of one selection from these tables. Raises QueryFailed for whatever else it is."""
    if len(sql) > LONGEST_SQL:
        raise QueryFailed(f"查询长于 {LONGEST_SQL} 个字符，请写短")
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="duckdb") if tree is not None]
    except (SqlglotError, RecursionError) as problem:
        raise QueryFailed(UNREADABLE) from problem
    if len(trees) != 1:
        raise QueryFailed("一次只能有一条查询，不能用分号接第二条")
    tree: Any = trees[0]
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise QueryFailed("只能是 select 查询，不能改动数据、设置或文件")
    for kind, name in KINDS:
        if tree.find(kind):
            raise QueryFailed(f"不能用 {name}")
    _only_functions(tree)
    _no_growth(tree)
    _only_tables(tree, frozenset(tables))
    return tree


def _only_functions(tree: Any) -> None:
    for function in tree.find_all(exp.Func):
        name = function.name.upper() if isinstance(function, exp.Anonymous) else function.sql_name()
        if name not in FUNCTIONS:
            raise QueryFailed(f"不能用函数 {name.lower()[:40]}")


def _no_growth(tree: Any) -> None:
    """No text may grow beyond what is stored by being written into itself: an engine does not count such memory."""
    for call in tree.find_all(exp.Replace, exp.RegexpReplace):
        old, new = call.expression, call.args.get("replacement")
        shrinks = isinstance(old, exp.Literal) and (new is None or isinstance(new, exp.Literal))
        longest = len(old.name) if shrinks and isinstance(call, exp.Replace) else 1
        if not shrinks or (new is not None and len(new.name) > longest):
            raise QueryFailed("replace 里换上的文字不能比换下的长，且都要直接写出")
    joined = sum(len(call.expressions) or 2 for call in tree.find_all(exp.DPipe, exp.Concat, exp.ConcatWs))
    if joined > MOST_JOINED:
        raise QueryFailed(f"拼接的文字太多，最多 {MOST_JOINED} 段")
    for kinds, most, name in GROWING:
        if len(list(tree.find_all(*kinds))) > most:
            raise QueryFailed(f"{name} 用得太多，最多 {most} 处")


def _only_tables(tree: Any, tables: frozenset[str]) -> None:
    named = set()
    for part in tree.find_all(exp.With):
        if part.args.get("recursive"):
            raise QueryFailed("不能用 with recursive")
        named |= {str(query.alias).lower() for query in part.expressions}
    if named & tables:
        raise QueryFailed("with 里的名称不能与表同名")
    for table in tree.find_all(exp.Table):
        plain = (
            isinstance(table.this, exp.Identifier)
            and not table.args.get("db")
            and not table.args.get("catalog")
        )
        if not plain:
            raise QueryFailed("from 后面只能是列出的表，不能是函数、文件或别的库")
        if str(table.name).lower() not in tables | named:
            raise QueryFailed(f"没有“{str(table.name)[:40]}”这张表；可用的表：{'、'.join(sorted(tables))}")


def written(cell: Any) -> str | None:
    """A cell as text: numbers without trailing zeros, times to the second, without a line break."""
    if cell is None:
        return None
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell else "0"
    if isinstance(cell, float):
        return f"{cell:.10g}"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)
