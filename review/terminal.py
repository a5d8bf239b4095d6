"""What the command line shows: a progress bar while reading, a table at the end. Knows nothing of how it came about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from review.outputs import summarise
from review.violations import CERTAINTY_NAMES, Certainty

if TYPE_CHECKING:
    from review.pipeline import Review
    from review.rulebook.rulebook import Coverage, CoverageLine

FAULTS_SHOWN = 20
CLASS, PROBLEM = "规则类", "典型问题"


class ProgressBar:
    """One bar per stage on the error stream; silent where nobody looks."""

    def __init__(self, *, visible: bool) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not visible,
        )
        self._stages: dict[str, TaskID] = {}

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, stage: str, done: int, total: int) -> None:
        """Move the bar of a stage."""
        if stage not in self._stages:
            self._stages[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._stages[stage], completed=done, total=total)


def print_summary(review: Review) -> None:
    """Counts and yuan per violation, what was not checked, and what could not be read."""
    console = Console(highlight=False)
    summary = summarise(review)
    name = Text(summary["inspection"] or review.intake.folder.name)
    console.print(Text.assemble(name, f"：{summary['admissions']} 例，疑点 {summary['findings']} 项"))
    if review.findings:
        console.print(_violations(summary))
    outcomes = summary["outcomes"]
    console.print(
        f"未见 {outcomes.get('clear', 0)} · 不适用 {outcomes.get('not_applicable', 0)} · "
        f"未检查 {outcomes.get('not_checked', 0)} · 出错 {outcomes.get('failed', 0)}（例×项）"
    )
    for reason, count in list(summary["not_checked"].items())[:8]:
        console.print(Text(f"  未检查 {count} 例次：{reason}"))
    if review.faults:
        console.print(_faults(review))
    seconds = "，".join(f"{stage} {value:.1f} 秒" for stage, value in review.seconds.items())
    console.print(Text(f"用时：{seconds}。结果在 {review.out}"))


def _violations(summary: dict[str, Any]) -> Table:
    table = Table(caption="金额为疑点所涉元数；“去重”中每一元只计一次，线索不计。")
    table.add_column("疑似违规")
    for certainty in reversed(Certainty):
        table.add_column(CERTAINTY_NAMES[certainty], justify="right")
    table.add_column("金额", justify="right")
    table.add_column("去重", justify="right")
    for row in summary["violations"].values():
        counts = [str(row[str(certainty)]) for certainty in reversed(Certainty)]
        table.add_row(row["name"], *counts, f"{row['amount_gross']:,.2f}", f"{row['amount_once']:,.2f}")
    table.add_section()
    table.add_row("合计", "", "", "", f"{summary['amount_gross']:,.2f}", f"{summary['amount_once']:,.2f}")
    return table


def _faults(review: Review) -> Table:
    table = Table(title=f"读不出来的地方 {len(review.faults)} 处（见 faults.jsonl）")
    for column in ("文件", "位置", "问题", "怎么办"):
        table.add_column(column, overflow="fold")
    for fault in review.faults[:FAULTS_SHOWN]:
        table.add_row(Text(fault.file), Text(fault.place), Text(fault.problem), Text(fault.remedy))
    return table


def print_rules(rules: list[dict[str, Any]]) -> None:
    """One line per check."""
    table = Table()
    for column in ("编号", "检查", "疑似违规", "确定程度至多", "所需资料", "状态", "依据"):
        table.add_column(column, overflow="fold")
    for rule in rules:
        needs = "、".join(
            [*rule["reads"], *(f"{name}（{count} 行）" for name, count in rule["rows"].items())]
        )
        basis = "；".join(reference.replace("#", " ") for reference in rule["basis"])
        said = (rule["title"], rule["violation_name"], rule["certainty_name"], needs, rule["state"], basis)
        table.add_row(rule["code"], *said)
    Console(highlight=False).print(table)


def print_coverage(found: Coverage) -> None:
    """Every class and problem with its state, how many are in each, and which tables would bring more to run."""
    console = Console(highlight=False)
    console.print(f"按 {found.as_of} 在{found.region or '全国'}施行的规则行计。")
    for kind in (CLASS, PROBLEM):
        console.print(_coverage_table(kind, found.of(kind)))
    for kind in (CLASS, PROBLEM):
        counts = "、".join(f"{state} {count}" for state, count in found.counts(kind).items())
        console.print(f"{kind} {len(found.of(kind))} 项：{counts}")
    waiting = found.wanting()
    if waiting:
        console.print("检查已有、只缺规则行的：")
    for table, numbers in waiting.values():
        said = "，".join(f"{kind} {' '.join(map(str, held))}" for kind, held in numbers.items() if held)
        console.print(Text(f"  {table.says}（{table.table}）：{said}。可由此补上：{table.brought_by}"))


def _coverage_table(kind: str, lines: Sequence[CoverageLine]) -> Table:
    table = Table(title=kind)
    for column in ("号", "名称", "类别", "状态", "检查", "规则行", "说明"):
        table.add_column(column, overflow="fold")
    for line in lines:
        rows = "、".join(
            f"{held.says} {held.rows}" if held.known else f"{held.says} 未建" for held in line.tables
        )
        cells = (
            str(line.number),
            line.name,
            line.group,
            line.state,
            " ".join(line.checks),
            rows,
            line.reason,
        )
        table.add_row(*map(Text, cells))
    return table


def print_json(thing: Any) -> None:
    print(json.dumps(thing, ensure_ascii=False, indent=2))
