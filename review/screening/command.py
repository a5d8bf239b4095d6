"""The command `python -m review screen`: its options, its progress line by line, its table at the end."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from review.pipeline import NOTHING_SETTLED
from review.screening.run import Options, Screening, screen
from review.settled import Settled


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(
        prog="python -m review screen",
        description="用全部 SQL 收费规则筛查整份结算数据（Parquet、CSV，可大于内存）。",
    )
    parser.add_argument(
        "claims", type=Path, nargs="+", metavar="结算数据", help="文件夹或文件：mdtrt_d、fee_list_d 等"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="文件.parquet", help="疑点写到这里，汇总写到同名 .json"
    )
    parser.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="计算引擎（默认 duckdb）"
    )
    parser.add_argument("--master", default="local[*]", metavar="地址", help="Spark 集群地址（默认本机）")
    parser.add_argument("--region", type=region_code, metavar="区划代码", help="规则行按哪个地区算")
    parser.add_argument(
        "--memory", type=gigabytes, default=3.0, metavar="上限", help="内存上限，如 3GB（默认）"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=3600.0,
        metavar="秒",
        help="一条规则的查询至多运行的秒数（默认 3600）",
    )
    return parser.parse_args(arguments)


def run(options: argparse.Namespace, home: Path, settled: Settled = NOTHING_SETTLED) -> Screening:
    """Screen, telling of each rule as it ends."""
    done = screen(
        Options(
            tuple(options.claims),
            options.out,
            options.engine,
            options.master,
            options.region,
            options.memory,
            options.seconds,
        ),
        home,
        lambda line: print(line, file=sys.stderr, flush=True),
        settled=settled,
    )
    print_screening(done)
    return done


def print_screening(done: Screening) -> None:
    """One line per rule with the stays of each outcome, and the reasons of what was not looked at."""
    console = Console(highlight=False)
    table = Table(caption="每条规则下为住院例数；疑点为项数。")
    for column in ("规则", "名称", "疑点", "发现", "未见", "不适用", "未检查", "出错", "秒"):
        table.add_column(column, justify="left" if column in {"规则", "名称"} else "right", overflow="fold")
    for one in done.runs:
        counts = (
            one.stays(outcome) for outcome in ("found", "clear", "not_applicable", "not_checked", "failed")
        )
        table.add_row(
            one.code,
            Text(one.title),
            f"{one.findings:,}",
            *(f"{count:,}" for count in counts),
            "沿用" if one.reused else f"{one.seconds:.1f}",
        )
    console.print(table)
    for one in done.runs:
        for outcome, reason, stays in one.outcomes:
            if outcome in {"not_checked", "failed"}:
                console.print(
                    Text(f"  {one.code} {'出错' if outcome == 'failed' else '未检查'} {stays:,} 例：{reason}")
                )
    for note in done.notes:
        console.print(Text(f"  {note}"))
    seconds = "，".join(f"{stage} {value:.1f} 秒" for stage, value in done.seconds.items())
    console.print(
        Text(
            f"住院 {done.rows['mdtrt_d']:,} 例，疑点 {done.findings:,} 项。用时：{seconds}。结果在 {done.out}"
        )
    )


def region_code(text: str) -> str:
    """A region of six digits, for an option."""
    if len(text) != 6 or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}”不是六位行政区划代码，请写成 220000")
    return text


def gigabytes(text: str) -> float:
    """A size of memory, for an option."""
    said = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(GB?|MB?)?", text.strip(), re.IGNORECASE)
    size = float(said[1]) / (1024 if (said[2] or "G").upper().startswith("M") else 1) if said else 0
    if size < 0.25:
        raise argparse.ArgumentTypeError(f"“{text}”不是内存大小，请写成 3GB，至少 256MB")
    return size
