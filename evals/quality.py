"""The commands a quality engineer works with: judge, report, compare, hold against floors, and break on purpose."""

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Adds the commands to those of `python -m evals`."""
    score = commands.add_parser("score", help="评全部案例：召回、准确、金额、证据、依据、把握，附区间")
    score.add_argument(
        "names", nargs="*", metavar="案例", help="案例的名称或有 expected.json 的文件夹；不写则评全部"
    )
    score.add_argument("--embedded", action="store_true", help="只评项目自带、不需要别的资料的案例")
    score.add_argument(
        "--out", type=Path, metavar="文件夹", help="结果写到这里，默认 MINGJIAN_HOME 下的 evals"
    )
    score.set_defaults(command=_score)
    report = commands.add_parser("report", help="一次评测的报告：一个不需要网络的网页")
    report.add_argument(
        "run", type=Path, nargs="?", metavar="结果文件夹", help="默认 MINGJIAN_HOME 下的 evals"
    )
    report.add_argument("--out", type=Path, metavar="文件", help="默认结果文件夹下的 report.html")
    report.set_defaults(command=_report)
    compare = commands.add_parser("compare", help="两次评测逐问相比：McNemar、F1 与金额的变化，附区间")
    compare.add_argument("first", type=Path, metavar="先", help="较早一次 score 的结果文件夹")
    compare.add_argument("second", type=Path, metavar="后", help="较晚的一次")
    compare.add_argument(
        "--repeats", type=Path, nargs="*", default=[], metavar="结果", help="后一次的重复运行"
    )
    compare.add_argument("--out", type=Path, metavar="文件", help="全部变化写到这里（JSONL）")
    compare.set_defaults(command=_compared)
    gate = commands.add_parser("gate", help="门槛：区间下端低于存下的下限就不通过，并点出是哪项检查")
    gate.add_argument(
        "--run", type=Path, metavar="结果文件夹", help="已有的 score 结果；不写则现评项目自带的案例"
    )
    gate.add_argument("--raise", dest="up", action="store_true", help="把下限提到这次的水平；只升不降")
    gate.set_defaults(command=_gate)
    breaking = commands.add_parser("breaking", help="逐项弄坏检查的参数，看门槛是否察觉并点名")
    breaking.add_argument("codes", nargs="*", metavar="编号", help="不写则全部检查")
    breaking.set_defaults(command=_breaking)
    harvest = commands.add_parser(
        "harvest", help="把专家审阅过的检查收为带标注的案例：去掉身份信息，写完逐字节查残留"
    )
    harvest.add_argument("inspection", metavar="检查", help="“检查”页上的名称，或它的编号")
    harvest.add_argument(
        "out", type=Path, metavar="输出文件夹", help="还没有的文件夹，如 MINGJIAN_HOME/cases/2024-A"
    )
    harvest.add_argument(
        "--check", action="store_true", help="原检查与案例各审核一次，逐项比对疑点是否一致（费时约两次审核）"
    )
    harvest.set_defaults(command=_harvest)
    experts = commands.add_parser("experts", help="专家与定论、专家之间的一致性：κ、AC1、确认占比，附区间")
    experts.add_argument(
        "folders", type=Path, nargs="+", metavar="检查文件夹", help="其中有 expected.json，标注里有 calls"
    )
    experts.set_defaults(command=_experts)


def _score(options: argparse.Namespace) -> list[str]:
    from evals.comparing import lines_of as changed_lines
    from evals.registry import chosen
    from evals.running import score
    from evals.tables import lines_of
    from evals.verdicts import FILE, read_verdicts

    out = options.out or options.home / "evals"
    sets = chosen(options.home, options.names, options.embedded)
    last = read_verdicts(out) if (out / FILE).is_file() else []
    verdicts = score(sets, options.home, out)
    judged = {one.name for one in sets}
    change = changed_lines([one for one in last if one.case in judged], verdicts) if last else ()
    return [*lines_of(verdicts), *change, f"逐条判定见 {out}"]


def _report(options: argparse.Namespace) -> list[str]:
    from evals.registry import case_sets
    from evals.report.page import write_report

    run = options.run or options.home / "evals"
    file = write_report(run, options.out or run / "report.html", case_sets(options.home))
    return [f"报告写到 {file}"]


def _compared(options: argparse.Namespace) -> list[str]:
    from evals.comparing import lines_of, variation, write_changes
    from evals.verdicts import read_verdicts

    first, second = read_verdicts(options.first), read_verdicts(options.second)
    if options.out:
        write_changes(first, second, options.out)
    repeats = [second, *(read_verdicts(folder) for folder in options.repeats)]
    return [*lines_of(first, second), *(variation(repeats) if options.repeats else ())]


def _gate(options: argparse.Namespace) -> list[str]:
    from evals.gate import pass_or_fall

    return pass_or_fall(options.run, options.home, options.up)


def _breaking(options: argparse.Namespace) -> list[str]:
    from evals.breaking import break_checks
    from evals.gate import read_floors

    return list(break_checks(options.codes, read_floors()))


def _experts(options: argparse.Namespace) -> list[str]:
    from evals.experts import score_experts

    return score_experts(options.folders)


def _harvest(options: argparse.Namespace) -> list[str]:
    from evals.harvesting.command import harvest
    from review.settings import Settings

    return harvest(options.inspection, options.out, Settings.from_environment(), check=options.check)
