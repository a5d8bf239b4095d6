"""The command line of the review: reads the settings, runs the pipeline, prints a table. Messages are Chinese."""

import argparse
import signal
import sys
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path

from review.errors import HeaderError, ReviewError
from review.logs import open_log, record_defect
from review.settings import Settings
from review.side_by_side import helpers_kept

COMMANDS = ("rules",)
# the inspection's procedure: `run_<name>` of review/procedure/<name>_command.py
PROCEDURE = ("draw", "plan", "terms", "estimate", "selfcheck", "annex", "month", "lookback", "publish")
FILES_WORTH_HELP = 600  # record files, each of a document or more, from which on help repays its start
# what helpers are asked for in a review: they import it while this process imports the rest
HELPERS_READ = ("review.intake.plain_files", "review.text_facts", "review.checks.stay_by_stay")


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when the review ran, 2 when the input cannot be read, 1 on a defect of ours."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given[:1] == ["items"]:
            return _items(given[1:])
        if given[:1] == ["compare"]:
            return _compare(given[1:])
        if given[:1] == ["audit"]:
            return _audit(given[1:])
        if given[:1] in (["backup"], ["restore"]):
            return _backup(given)
        if given[:1] == ["screen"]:
            return _screen(given[1:])
        if given and given[0] in PROCEDURE:
            return _procedure(given[0], given[1:])
        if given[:1] == ["templates"]:
            return _templates(given[1:])
        if given and given[0] in COMMANDS:
            return _rules(_rules_parser().parse_args(given[1:]))
        return _review(_parser().parse_args(given))
    except HeaderError as defect:
        print(f"规则有误：{defect}", file=sys.stderr)
        return 1
    except ReviewError as problem:
        print(f"不能审核：{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已停止；没有写出任何结果。", file=sys.stderr)
        return 130
    except Exception as defect:
        number = record_defect(defect, "review")
        print(
            f"程序出错，编号 {number}，已记入 MINGJIAN_HOME 下的 logs/mingjian.log；请把编号报给维护人员。",
            file=sys.stderr,
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review",
        description="审核一个检查文件夹，写出疑点、各项检查的结果和读不出来的地方。",
        epilog="另有：python -m review rules  列出全部检查；python -m review screen 结算数据  整份筛查；"
        "python -m review audit verify  核对留痕；python -m review backup 文件、restore 文件  备份与恢复；"
        "python -m review items 检查文件夹  没有国家编码的项目；python -m review compare 文件 [较晚的文件]  比对 PDF；"
        "python -m review draw  随机抽取对象、专家、交叉互检，及复算证书；"
        "python -m review estimate  由随机样本推算全部住院；python -m review plan 计划.yaml  各阶段到期、逾期；"
        "python -m review terms  程序的期限、比例及出处；python -m review templates 文件夹  程序文书的 Word 模板；"
        "python -m review lookback 较早 较晚  同一机构两次检查的比较；python -m review publish 检查  公开摘要；"
        "python -m review selfcheck 结果 --out 文件夹、selfcheck read 答复.xlsx 结果 --out 文件夹  自查自纠；"
        "python -m review annex forms、annex merge  附件1至4的空表与合并；"
        "python -m review month 月结文件夹 结算数据 --month 月份  月结疑点",
    )
    parser.add_argument("inspection", type=Path, metavar="检查文件夹", help="按约定放好的检查文件夹")
    parser.add_argument("--out", type=Path, required=True, metavar="输出文件夹", help="结果写到这里")
    parser.add_argument(
        "--seconds", type=float, default=600.0, metavar="秒", help="一条规则的查询至多运行的秒数（默认 600）"
    )
    parser.add_argument(
        "--memory", type=float, default=2.0, metavar="GB", help="一条规则的查询至多占用的内存（默认 2）"
    )
    parser.add_argument("--quiet", action="store_true", help="不显示进度和汇总表")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--no-model", action="store_true", help="有模型也不问，只用规则")
    ways.add_argument(
        "--export-requests",
        type=Path,
        metavar="文件.jsonl",
        help="不联网：把要问模型的问题写成文件（OpenAI 批量格式）",
    )
    ways.add_argument(
        "--import-answers",
        type=Path,
        metavar="文件.jsonl",
        help="取回这些问题的回答（如 vllm run_batch 的输出）",
    )
    parser.add_argument(
        "--investigate", action="store_true", help="让模型自行查阅每份病历（逐步调用工具，用量较大）"
    )
    parser.add_argument(
        "--model", metavar="名称", help="导出时写明的模型名称（默认取 MINGJIAN_MODEL，再取上次导出所用的）"
    )
    return parser


def _rules_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m review rules", description="列出全部检查。")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出检查的全部说明")
    parser.add_argument(
        "--coverage", action="store_true", help="列出 88 类规则与 183 条典型问题由哪些检查、哪些规则行覆盖"
    )
    parser.add_argument("--as-of", type=_day, metavar="日期", help="规则行按哪一天算（默认今天）")
    parser.add_argument("--region", type=_region, metavar="区划代码", help="规则行按哪个地区算（默认全国）")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2024-03-01") from None


def _region(text: str) -> str:
    if len(text) != 6 or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}”不是六位行政区划代码，请写成 220000")
    return text


def _review(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    open_log(settings.home)
    with helpers_kept(HELPERS_READ if _is_long(options.inspection) else ()):
        _review_with(options, settings)
    if options.export_requests or options.import_answers or (settings.model and not options.no_model):
        from review.judge.command import read_on

        return read_on(options, settings)
    return 0


def _is_long(inspection: Path) -> bool:
    """Whether the records are so many files that helpers will be wanted whatever the files hold."""
    files = (inspection / "records").rglob("*.*")
    return sum(1 for _ in islice(files, FILES_WORTH_HELP)) == FILES_WORTH_HELP


def _review_with(options: argparse.Namespace, settings: Settings) -> None:
    from review.engines.failures import Caps
    from review.pipeline import review_inspection, versions_of
    from review.store.store import settled_in
    from review.terminal import ProgressBar, print_summary

    by_files = options.export_requests or options.import_answers
    settled = settled_in(settings.database_url)
    if not (by_files and _is_up_to_date(options, versions_of(settled, settings.home))):
        with ProgressBar(visible=not options.quiet and sys.stderr.isatty()) as bar:
            review = review_inspection(
                options.inspection,
                options.out,
                home=settings.home,
                progress=bar.show,
                settled=settled,
                caps=Caps(options.seconds, options.memory),
            )
        if not options.quiet:
            print_summary(review)


def _is_up_to_date(options: argparse.Namespace, versions: Mapping[str, str]) -> bool:
    from review.judge.written import is_up_to_date

    return is_up_to_date(options.inspection, options.out, versions)


def _items(arguments: list[str]) -> int:
    from review.items.command import run_items

    open_log(Settings.from_environment().home)
    return run_items(arguments)


def _compare(arguments: list[str]) -> int:
    from review.forensics.command import run_compare

    open_log(Settings.from_environment().home)
    return run_compare(arguments)


def _audit(arguments: list[str]) -> int:
    from review.audit import run_audit

    settings = Settings.from_environment()
    open_log(settings.home)
    return run_audit(arguments, settings)


def _backup(arguments: list[str]) -> int:
    from review.backup import run_backup

    return run_backup(arguments, Settings.from_environment())


def _screen(arguments: list[str]) -> int:
    from review.screening.command import options_of, run
    from review.store.store import settled_in

    options = options_of(arguments)
    settings = Settings.from_environment()
    open_log(settings.home)
    run(options, settings.home, settled_in(settings.database_url))
    return 0


def _templates(arguments: list[str]) -> int:
    from review.reports.letters_command import run_templates

    return run_templates(arguments)


def _procedure(name: str, arguments: list[str]) -> int:
    module = import_module(f"review.procedure.{name}_command")
    open_log(Settings.from_environment().home)
    return int(getattr(module, f"run_{name}")(arguments))


def _rules(options: argparse.Namespace) -> int:
    from review.rulebook.rulebook import coverage, coverage_json, describe_all
    from review.terminal import print_coverage, print_json, print_rules

    home = Settings.from_environment().home
    if options.coverage:
        found = coverage(home, options.as_of or date.today(), options.region)
        print_json(coverage_json(found)) if options.json else print_coverage(found)
    elif options.json:
        print_json(describe_all(home))
    else:
        print_rules(describe_all(home))
    return 0


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):  # a reader that stops early, as head does, is no error of ours
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
