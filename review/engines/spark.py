"""The warehouse on Spark: the same views and rules, on this machine or on a cluster. The only door to pyspark.

The raw tables come from the warehouse that read the extract; on a cluster their folder must be one that every node
sees, and the engine is reached by its master's address alone.
"""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from review.engines.dialect import for_spark, steps_for_spark
from review.engines.duckdb import PARAMETER, VIEWS, Row, Warehouse, view_name
from review.engines.failures import Caps, failed, too_long, too_many, without_value
from review.errors import SettingsError

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.crossJoin.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


class SparkWarehouse(Warehouse):
    """Plain views of one extract, asked in the same SQL as the warehouse it was read into."""

    def __init__(self, session: Any, folder: Path) -> None:
        self._session = session
        self._folder = folder
        self._marks = itertools.count()
        self._read_out: list[str] = []

    @classmethod
    def over(cls, read: Warehouse, folder: Path, master: str, gigabytes: float) -> SparkWarehouse:
        """Take over the tables of a warehouse that read an extract, and close that. Raises SettingsError."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        names = [
            str(row["table_name"])
            for row in read.rows(
                "select table_name from information_schema.tables where table_schema = 'main'"
            )
            if not str(row["table_name"]).startswith("read_")
        ]
        for name in names:
            read.run(f"copy (select * from {name}) to '{folder / name}.parquet'")
        read.close()
        warehouse = cls(_session(master, gigabytes), folder)
        for name in names:
            file = folder / f"{name}.parquet"
            warehouse._read(str(file), name, _kinds(pq.read_schema(file)))
        return warehouse

    def close(self) -> None:
        self._session.stop()

    def run(self, sql: str) -> None:
        self._session.sql(for_spark(sql, {}))

    def _read(self, path: str, name: str, kinds: Any) -> None:
        """A file under a name; its kinds are told, for Spark runs a job to find them out."""
        self._session.read.schema(kinds).parquet(path).createOrReplaceTempView(name)

    def keep(self, name: str, sql: str) -> None:
        with self._in_steps(sql, {}) as asked:
            self._keep_as_said(name, asked)

    def _keep_as_said(self, name: str, said: str) -> None:
        target = str(self._folder / f"{name}.view")
        answer = self._session.sql(said)
        # a column of which nothing is known has no type that a file could hold
        untyped = [field.name for field in answer.schema.fields if field.dataType.typeName() == "void"]
        answer = answer.withColumns({column: answer[column].cast("string") for column in untyped})
        answer.write.mode("overwrite").parquet(target)
        self._read(target, name, answer.schema)

    @contextmanager
    def _in_steps(self, sql: str, limits: Mapping[str, Any]) -> Iterator[str]:
        """The last step of a query, while the answers of those before it are held."""
        steps, asked = steps_for_spark(sql, limits, f"step{next(self._marks)}")
        kept: list[str] = []
        try:
            for step in steps:
                kept.append(step.name)
                self._keep_as_said(step.name, step.sql)
            yield asked
        finally:
            for name in kept:
                self._session.catalog.dropTempView(name)
            # a query may be answered while a task of it, needed no longer, still reads
            for name in self._read_out:
                shutil.rmtree(self._folder / f"{name}.view", ignore_errors=True)
            self._read_out = kept

    def keep_arrow(self, table: str, rows: Any) -> None:
        self._session.createDataFrame(rows).createOrReplaceTempView(table)

    def build_views(self, only: Iterable[str] | None = None, *, lazy: Iterable[str] = ()) -> None:
        wanted, asked_later = set(only) if only is not None else None, set(lazy)
        for file in sorted(VIEWS.glob("[1-9]*.sql")):
            name, sql = view_name(file), file.read_text("utf-8")
            if wanted is not None and name not in wanted:
                continue
            if name in asked_later:
                self._session.sql(for_spark(sql, {})).createOrReplaceTempView(name)
            else:
                self.keep(name, sql)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        return [row for batch in self._batches(sql, parameters or {}) for row in batch.to_pylist()]

    def batches(
        self, sql: str, limits: Mapping[str, Any], caps: Caps, size: int = 20_000
    ) -> Iterator[pa.RecordBatch]:
        missing = set(PARAMETER.findall(sql)) - set(limits)
        if missing:
            raise without_value(missing)
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._session.sparkContext.cancelAllJobs()

        watchdog = threading.Timer(min(caps.seconds, threading.TIMEOUT_MAX), stop)
        watchdog.start()
        try:
            seen = 0
            for batch in self._batches(sql, limits):
                seen += batch.num_rows
                if seen > caps.rows:
                    raise too_many(caps)
                yield batch
        except Exception as problem:
            told = too_long(caps) if late.is_set() else failed(problem, caps)
            if told is None:
                raise
            raise told from problem
        finally:
            watchdog.cancel()

    def _batches(self, sql: str, limits: Mapping[str, Any]) -> Iterator[pa.RecordBatch]:
        """Findings are few beside lines: they are gathered here, the lines stay where they are."""
        with self._in_steps(sql, limits) as asked:
            table = self._session.sql(asked).toArrow()
        plain = pa.schema([pa.field(field.name, _without_zone(field.type)) for field in table.schema])
        yield from table.cast(plain).to_batches(max_chunksize=20_000)


def _without_zone(kind: pa.DataType) -> pa.DataType:
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind


def _kinds(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    # a time without a zone is read as one of the session, whose zone is UTC
    return from_arrow_schema(schema, prefer_timestamp_ntz=False)


def _session(master: str, gigabytes: float) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as problem:
        raise SettingsError("没有安装 Spark；请先运行 make spark，或改用 --engine duckdb。") from problem
    builder = SparkSession.builder.master(master).appName("mingjian screening")
    builder = builder.config("spark.driver.memory", f"{int(gigabytes * 1024)}m")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as problem:
        raise SettingsError(
            f"Spark 没有启动（{type(problem).__name__}）；请核对 --master 的地址，并确认装有 Java 17。"
        ) from problem
    session.sparkContext.setLogLevel("ERROR")
    return session
