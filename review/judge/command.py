"""What `python -m review INSPECTION` does with a model once the rules are through: ask it, or go by way of files."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from review.errors import ReviewError
from review.judge.batch import Taken
from review.judge.stage import Judged, export_open, import_and_judge, judge_live, last_model
from review.llm import open_model
from review.pipeline import Progress
from review.settings import Settings
from review.terminal import ProgressBar

NO_NAME = "model"  # for a server that is told the name of its one model anyway


def read_on(options: argparse.Namespace, settings: Settings) -> int:
    """What the options say is to be done with a finished review; gives the exit code."""
    try:
        with ProgressBar(visible=not options.quiet and sys.stderr.isatty()) as bar:
            told = _read(options, settings, bar.show)
    except KeyboardInterrupt:
        print("已停止模型阅读；规则的结果已经写出，已答的问题下次不会重问。", file=sys.stderr)
        return 130
    except ReviewError as problem:
        print(f"模型阅读没有做成：{problem}\n规则的结果已经写出，不受影响。", file=sys.stderr)
        return 2
    if not options.quiet:
        told()
    return 0


def _read(options: argparse.Namespace, settings: Settings, tell: Progress) -> Callable[[], None]:
    """Ask, export or import; gives what prints the outcome. Raises ReviewError."""
    out, home = options.out, settings.home
    if options.export_requests:
        name = options.model or settings.model or last_model(out) or NO_NAME
        count = export_open(out, home, name, options.export_requests, inquire=options.investigate)
        return lambda: _print_exported(count, options.export_requests)
    if options.import_answers:
        taken, judged = import_and_judge(out, home, options.import_answers, settings.model_limits, tell)
        return lambda: _print_imported(taken, judged)
    model = open_model(settings)
    assert model is not None
    judged = judge_live(out, home, model, settings.model_limits, tell, inquire=options.investigate)
    return lambda: print_judged(judged)


def read_review(out: Path, ledger: Path, *, home: Path, progress: Progress, settings: Settings) -> None:
    """Let the model of the settings read a finished review; what it answered is kept in the folder `ledger`."""
    model = open_model(settings)
    if model is not None:
        judge_live(out, home, model, settings.model_limits, progress, ledger)


def print_judged(judged: Judged) -> None:
    """Counts of what the model said, what was dropped, and what it cost."""
    console = Console(highlight=False)
    states = judged.states
    console.print(
        f"模型阅读：答出 {states['answered']} · 判断不了 {states['cannot_tell']} · 未问 {states['not_asked']} · "
        f"出错 {states['failed']}；另见疑点 {judged.findings} 项（线索，供专家看）"
    )
    console.print(
        f"引文核对不上而不采用的说法 {judged.dropped} 条；病历中夹有对程序说的话 {judged.injections} 处"
    )
    share = max(judged.admissions, 1)
    cost = f"，{judged.yuan:.2f} 元" if judged.yuan else ""
    console.print(
        f"用量：请求 {judged.requests} 次，输入 {judged.tokens_in:,} 词元，输出 {judged.tokens_out:,} 词元{cost}；"
        f"平均每例请求 {judged.requests / share:.1f} 次，输入 {judged.tokens_in // share:,} 词元"
    )
    if judged.halted:
        console.print(Text(judged.halted))


def _print_exported(count: int, file: Path) -> None:
    if count:
        print(f"写出 {count} 个问题：{file}；取得回答后用 --import-answers 导入。")
    else:
        print(f"没有还要问的问题；{file} 是空的。")


def _print_imported(taken: Taken, judged: Judged) -> None:
    print(
        f"收下回答 {taken.kept} 个；先前已有 {taken.known}，不是本次提出的 {taken.foreign}，"
        f"服务器报错 {taken.failed}，读不出来 {taken.unreadable}"
    )
    for place in taken.places:
        print(f"  {place}")
    print_judged(judged)
