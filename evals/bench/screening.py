"""How long all rules take over a whole extract, beside the engine's own sort-aggregate of the same lines.

Everything is measured in one run: the floor before and after the screening, because machines are shared; the peak
memory of the screening's own process; the seconds of a line in the larger extract against the smaller.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from evals.bench import Figure
from review.engines.duckdb import Warehouse

ROOT = Path(__file__).parent.parent.parent
SIZES = (2_000_000, 20_000_000)
MOST_RATIO, MOST_MEMORY, MOST_GROWTH = (
    15.0,
    4.0,
    1.2,
)  # times the floor; gigabytes; seconds of a line, large to small
FULL = 10_000_000  # lines from which an extract is held to the floor
TRIAL = 400  # admissions made to learn how many lines one has
FLOOR = "one sort-aggregate over (admission, item, day)"


@dataclass(frozen=True)
class Measured:
    """One extract screened: `rules` are the seconds of each rule."""

    lines: int
    seconds: float
    floor: float
    gigabytes: float
    findings: int
    rules: dict[str, float]
    stages: dict[str, float]


def measure(sizes: Sequence[int] = SIZES, claims: Path | None = None) -> Iterator[Figure]:
    """A figure for each size, or for the extract given. Raises ValueError where a limit is not kept.

    The floor's limit is one for extracts of full size: what a screening costs however few the lines are, reading the
    knowledge and starting, is not small beside one pass over a small extract."""
    measured = []
    with tempfile.TemporaryDirectory() as scratch:
        for extract in [claims] if claims else _generated(sizes, Path(scratch)):
            one = _measured(extract, Path(scratch) / "out.parquet")
            print("\n".join(_told(one)), file=sys.stderr, flush=True)
            measured.append(one)
            yield Figure("screening", f"{one.lines:,} lines, all rules", one.seconds, one.floor, FLOOR)
    missed = [line for one in measured for line in _missed(one)]
    if len(measured) > 1:
        growth = (measured[-1].seconds / measured[-1].lines) / (measured[0].seconds / measured[0].lines)
        told = f"每行用时：{measured[-1].lines:,} 行是 {measured[0].lines:,} 行的 {growth:.2f} 倍（上限 {MOST_GROWTH}）"
        print(told, file=sys.stderr, flush=True)
        missed += [told] if growth > MOST_GROWTH else []
    if missed:
        raise ValueError(f"未达标：{'；'.join(missed)}。")


def _generated(sizes: Sequence[int], folder: Path) -> Iterator[Path]:
    from evals.generating.bulk import generate_lines

    reference = ROOT.parent / "shared" / "reference"
    trial = folder / "trial"
    generate_lines(trial, TRIAL, 1, "open", reference)
    each = _lines(trial / "claims") / TRIAL
    for size in sizes:
        out = folder / f"lines-{size}"
        generate_lines(out, round(size / each), 1, "open", reference)
        yield out / "claims"


def _files(claims: Path) -> list[Path]:
    files = sorted(claims.glob("fee_list_d*.parquet"))
    if not files:
        raise ValueError(f"{claims} 里没有 fee_list_d 的 Parquet 文件；请核对 --claims。")
    return files


def _lines(claims: Path) -> int:
    return sum(int(pq.ParquetFile(file).metadata.num_rows) for file in _files(claims))


def _measured(claims: Path, out: Path) -> Measured:
    before = floor_of(claims, out)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "review", "screen", str(claims), "--out", str(out), "--memory", "3GB"]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise ValueError("筛查没有完成；请看上面的信息。")
    report = json.loads(out.with_suffix(".json").read_text("utf-8"))
    return Measured(
        _lines(claims),
        seconds,
        (before + floor_of(claims, out)) / 2,
        used.ru_maxrss / 1024**2,
        report["findings"],
        {code: rule["seconds"] for code, rule in report["rules"].items()},
        report["seconds"],
    )


def floor_of(claims: Path, out: Path) -> float:
    """Seconds of the engine's own pass: read the lines, sum by admission, item and day, sort, write a table."""
    file = out.with_name("floor.duckdb")
    file.unlink(missing_ok=True)
    warehouse = Warehouse.empty(file)
    warehouse.run(f"set memory_limit = '3GB'; set temp_directory = '{out.with_name('floor.spill')}'")
    sources = ", ".join(f"'{path}'" for path in _files(claims))
    begun = time.perf_counter()
    warehouse.run(
        "create table summed as select mdtrt_id, med_list_codg, cast(fee_ocur_time as date) as day, "
        f"sum(cnt) as quantity, sum(det_item_fee_sumamt) as amount from read_parquet([{sources}]) "
        "group by mdtrt_id, med_list_codg, cast(fee_ocur_time as date) "
        "order by mdtrt_id, med_list_codg, cast(fee_ocur_time as date)"
    )
    seconds = time.perf_counter() - begun
    warehouse.close()
    file.unlink()
    return seconds


def _told(one: Measured) -> list[str]:
    rules = sorted(one.rules.items(), key=lambda rule: -rule[1])
    return [
        f"{one.lines:,} 行：全部 {one.seconds:.1f} 秒，下限 {one.floor:.1f} 秒，{one.seconds / one.floor:.1f} 倍"
        f"（上限 {MOST_RATIO:g}）；内存峰值 {one.gigabytes:.2f} GB（上限 {MOST_MEMORY:g}）；疑点 {one.findings:,} 项",
        f"  各阶段：{'，'.join(f'{stage} {seconds:.1f}' for stage, seconds in one.stages.items())} 秒",
        *(f"  {code} {seconds:.1f} 秒，{seconds / one.floor:.2f} 倍" for code, seconds in rules),
    ]


def _missed(one: Measured) -> list[str]:
    missed = []
    if one.lines >= FULL and one.seconds > MOST_RATIO * one.floor:
        missed.append(f"{one.lines:,} 行用时为下限的 {one.seconds / one.floor:.1f} 倍")
    if one.gigabytes > MOST_MEMORY:
        missed.append(f"{one.lines:,} 行内存峰值 {one.gigabytes:.2f} GB")
    return missed
