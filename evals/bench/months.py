"""A year of settlement months, 100,000 admissions each, added to a standing watch one after the other.

Measured are the seconds and the peak memory of every month's run, what it reviewed, and what its alerts say of a year
in which no rate was changed. Raises ValueError where a run reviewed more than its month and the few older stays that a
rule counts together with it.

The stays are the generator's, made once and copied into every month under their own numbers, moved to end in it, spread
over twenty hospitals, persons drawn from a pool so that many return. Of every eight items one is kept of each stay, and
the settlements' sums are left out, which would not be theirs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from evals.bench import Figure
from evals.bench.screening import FLOOR, ROOT, floor_of
from review.engines.duckdb import Warehouse

MONTHS, ADMISSIONS, COPIES = 12, 100_000, 5
KEPT, PERSONS, HOSPITALS = 8, 900_000, 20
MOST_BESIDE = 0.01  # older stays seen beside a month's own, as a share of it
MOST_MEMORY = 4.0  # gigabytes
MOVED = {
    "mdtrt_d": ("begntime", "endtime", "die_date"),
    "setl_d": ("begndate", "enddate", "setl_time"),
    "fee_list_d": ("fee_ocur_time",),
    "setl_list_diag_d": (),
    "setl_list_oprn_d": (
        "oprn_oprt_date",
        "oprn_oprt_begntime",
        "oprn_oprt_endtime",
        "anst_begntime",
        "anst_endtime",
    ),
}
NUMBERED = ("setl_id", "bkkp_sn", "init_feedetl_sn")


@dataclass(frozen=True)
class Ran:
    """One month's run."""

    month: str
    seconds: float
    floor: float
    gigabytes: float
    lines: int
    reviewed: dict[str, int]
    alerts: int
    stated: dict[str, float]


def measure(admissions: int = ADMISSIONS, months: int = MONTHS, kept: int = KEPT) -> Iterator[Figure]:
    """A figure for the first month and for the last; a line for each."""
    from evals.generating.bulk import generate_lines

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate_lines(folder / "made", admissions // COPIES, 1, "open", ROOT.parent / "shared" / "reference")
        missed = []
        for number in range(1, months + 1):
            month = f"2025-{number:02d}"
            claims = folder / month
            stays = write_month(folder / "made" / "claims", claims, number, kept)
            ran = _run(folder, claims, month)
            older = older_stays(claims, folder / "persons.parquet")
            shutil.rmtree(claims)
            print(_told(ran, older), file=sys.stderr, flush=True)
            missed += _missed(ran, stays)
            if number in (1, months):
                yield Figure(
                    "months", f"month {number} of {months}, {stays:,} stays", ran.seconds, ran.floor, FLOOR
                )
    if missed:
        raise ValueError(f"未达标：{'；'.join(missed)}。")


def write_month(made: Path, claims: Path, number: int, kept: int) -> int:
    """The claims of one month from the stays that were made, with one of so many items; how many stays."""
    claims.mkdir(parents=True)
    warehouse = Warehouse.empty()
    warehouse.run("set memory_limit = '3GB'")
    ends = f"make_date(2025, {number}, cast(1 + hash(mdtrt_id, copy) % 28 as integer))"
    warehouse.keep(
        "copies",
        f"select mdtrt_id, copy, mdtrt_id || '{number:02d}' || copy as number, "
        f"to_days(cast(date_diff('day', cast(endtime as date), {ends}) as integer)) as moved, "
        f"'P' || (hash(mdtrt_id, copy, {number}) % {PERSONS}) as person, "
        f"'H4199000' || lpad(cast(hash(mdtrt_id, copy) % {HOSPITALS} as varchar), 4, '0') as hospital "
        f"from read_parquet('{made}/mdtrt_d*.parquet') cross join generate_series(0, {COPIES - 1}) as c(copy)",
    )
    for table in MOVED:
        source = f"read_parquet('{made}/{table}*.parquet')"
        kinds = {
            row["column_name"]: row["column_type"]
            for row in warehouse.rows(f"describe select * from {source}")
        }
        changed = [f"{_changed(table, name, kind)} as {name}" for name, kind in kinds.items()]
        thinned = (
            f"where hash(r.mdtrt_id, r.med_list_codg, {number}) % {kept} = 0" if table == "fee_list_d" else ""
        )
        warehouse.run(
            f"copy (select {', '.join(changed)} from {source} r join copies c on c.mdtrt_id = r.mdtrt_id {thinned}) "
            f"to '{claims / table}.parquet' (format parquet)"
        )
    stays = int(warehouse.rows("select count(*) as n from copies")[0]["n"])
    warehouse.close()
    return stays


def older_stays(claims: Path, persons: Path) -> int:
    """How many stays of earlier months are of this month's persons; the month's are added to `persons`."""
    warehouse = Warehouse.empty()
    now = f"read_parquet('{claims}/mdtrt_d.parquet')"
    held = f"read_parquet('{persons}')" if persons.exists() else f"(select psn_no from {now} limit 0)"
    warehouse.run(f"create table held as select psn_no from {held}")
    counted = warehouse.rows(f"select count(*) as n from held where psn_no in (select psn_no from {now})")
    warehouse.run(f"insert into held select psn_no from {now}")
    warehouse.run(f"copy held to '{persons}' (format parquet)")
    warehouse.close()
    return int(counted[0]["n"])


def _changed(table: str, name: str, kind: str) -> str:
    if name in MOVED[table] and kind == "VARCHAR":
        moved = f"cast(r.{name} as timestamp) + c.moved"
        said = f"left(strftime({moved}, '%Y-%m-%d %H:%M:%S'), cast(length(r.{name}) as integer))"
        return f"case when r.{name} = '' then '' else {said} end"
    if name in MOVED[table]:
        return f"r.{name} + c.moved"
    if table == "setl_d" and name.endswith(("_sumamt", "_amt", "_pay", "_selfpay")):
        return f"cast('' as {kind})" if kind == "VARCHAR" else f"cast(null as {kind})"
    own = {"mdtrt_id": "c.number", "psn_no": "c.person", "fixmedins_code": "c.hospital"}
    if name in own:
        return own[name]
    return (
        f"case when r.{name} = '' then '' else r.{name} || right(c.number, 3) end"
        if name in NUMBERED
        else f"r.{name}"
    )


def _run(folder: Path, claims: Path, month: str) -> Ran:
    out = folder / f"out-{month}"
    command = [sys.executable, "-m", "review", "month", str(folder / "watch"), str(claims), "--month", month]
    command += ["--out", str(out), "--memory", "3GB"]
    environment = os.environ | {"MINGJIAN_HOME": str(folder / "home")}
    floor = floor_of(claims, out.with_suffix(".floor"))
    begun = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise ValueError(f"{month} 的月结没有完成；请单独运行该月看原因。")
    said = json.loads((out / "月结.json").read_text("utf-8"))
    lines = int(pq.ParquetFile(claims / "fee_list_d.parquet").metadata.num_rows)
    gigabytes = used.ru_maxrss / 1024**2
    return Ran(
        month, seconds, floor, gigabytes, lines, said["reviewed"], said["alerts"], said["false_alarms"]
    )


def _told(ran: Ran, older: int) -> str:
    reviewed = "，".join(
        f"{name} {ran.reviewed[name]:,}" for name in ("new", "changed", "unchanged", "beside")
    )
    return (
        f"  {ran.month}：{ran.seconds:.1f} 秒（下限 {ran.floor:.1f}），内存峰值 {ran.gigabytes:.2f} GB，"
        f"{ran.lines:,} 行；"
        f"{reviewed}（同一人的往次住院 {older:,}）；受检序列 {ran.stated['series_tested']:,}，"
        f"误报期望 {ran.stated['expected_in_month']:.2f}，"
        f"提示 {ran.alerts}"
    )


def _missed(ran: Ran, stays: int) -> list[str]:
    missed = []
    if ran.reviewed["new"] != stays or ran.reviewed["changed"]:
        missed.append(f"{ran.month} 审了 {ran.reviewed['new']:,} 例，应为 {stays:,} 例")
    if ran.reviewed["beside"] > MOST_BESIDE * stays:
        missed.append(f"{ran.month} 随同重看 {ran.reviewed['beside']:,} 例，超过本月的 {MOST_BESIDE:.0%}")
    if ran.gigabytes > MOST_MEMORY:
        missed.append(f"{ran.month} 内存峰值 {ran.gigabytes:.2f} GB")
    return missed
