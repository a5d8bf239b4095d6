"""The command `python -m review month`: adds a settlement month to a standing watch and tells what it says."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from review.errors import InputError, ReviewError, SettingsError
from review.reports.paper import shown
from review.settings import Settings

MONTH = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
NAMES = ("月结.json", "疑点.jsonl", "序列.jsonl", "月结疑点表.xlsx", "月结疑点报告.docx")


def run_month(arguments: Sequence[str]) -> int:
    """0 when told; 2 where what is given does not allow it, and then nothing has changed."""
    options = _parser().parse_args(arguments)
    try:
        return _month(options, Settings.from_environment())
    except ReviewError as problem:
        print(shown(f"月结没有完成：{problem}"), file=sys.stderr)
        return 2


def _month(options: argparse.Namespace, settings: Settings) -> int:
    from review.procedure.month_paper import told
    from review.procedure.month_report import report_of
    from review.screening.watch import opened
    from review.screening.watch_run import Adding, Run
    from review.store.store import settled_in

    _check(options)
    notes: tuple[str, ...] = ()
    with opened(options.folder, new=bool(options.claims)) as watch:
        if options.claims or options.again:
            adding = Adding(
                options.month if options.claims else "",
                tuple(options.claims),
                options.region,
                options.again,
                options.withdrawn,
                options.memory,
                options.seconds,
            )
            settled = settled_in(settings.database_url)
            added = Run(watch, adding, settings.home, _progress, settled).go()
            watch, notes = added.watch, added.notes
            if not added.standing:
                notes = (*notes, f"{options.month} 与在库的逐行相同，没有要审的住院，在库结果未动。")
        month = options.month or max(watch.state.months)
        if month not in watch.state.months:
            raise InputError(f"在库没有 {month}；在库的月份：{'、'.join(sorted(watch.state.months))}。")
        leader = options.leader.strip()
        if leader:
            _note_leader(watch.folder, leader, month)
        report = report_of(watch, month, options.false_alarms, leader, notes, _failed(watch.now))
    if options.out:
        _write(report, options.out)
    print(shown(told(report)))
    return 0


def _check(options: argparse.Namespace) -> None:
    if options.claims and not options.month:
        raise SettingsError("加入结算数据须写明月份；请加 --month，如 --month 2024-03。")
    if options.month and not MONTH.fullmatch(options.month):
        raise SettingsError(f"“{options.month}”不是月份；请写成 2024-03 这样。")
    if not 0 < options.false_alarms <= 100:
        raise SettingsError("--false-alarms 须大于 0、不超过 100；请写每月可以接受的误报次数，如 1。")
    taken = [name for name in NAMES if options.out and (options.out / name).exists()]
    if taken:
        raise SettingsError(f"{options.out} 里已有 {taken[0]}；请换一个输出文件夹，或先移走原来的文件。")


def _note_leader(folder: Path, leader: str, month: str) -> None:
    line = {"at": datetime.now(UTC).replace(microsecond=0).isoformat(), "leader": leader, "month": month}
    with (folder / "leaders.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _failed(run: Path) -> list[str]:
    """The rules that failed in the last run, each with its reason."""
    file = run / "report.json"
    rules = json.loads(file.read_text("utf-8"))["rules"] if file.exists() else {}
    return [
        f"{code} {rule['title']}：{one['reason']}"
        for code, rule in sorted(rules.items())
        for one in rule["outcomes"]
        if one["outcome"] == "failed"
    ]


def _write(report: Any, folder: Path) -> None:
    from review.procedure.month_paper import word_of, workbook_of
    from review.procedure.month_report import series_lines, summary
    from review.reports.word import as_word
    from review.reports.workbook import as_workbook

    made_at = datetime.now().replace(microsecond=0)
    contents = (
        (json.dumps(summary(report), ensure_ascii=False, indent=1) + "\n").encode(),
        _lines(report.findings),
        _lines(series_lines(report)),
        as_workbook(workbook_of(report, made_at)),
        as_word(word_of(report, made_at)),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in zip(NAMES, contents, strict=True):
            draft = folder / f".{name}"
            draft.write_bytes(content)
            os.replace(draft, folder / name)
    except OSError as problem:
        raise SettingsError(
            f"写不进 {folder}（{problem.strerror}）；月结已入库，请核对位置和空间后，不带结算数据再运行一次。"
        ) from problem


def _lines(rows: Sequence[Mapping[str, Any]] | Iterator[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, default=_plain) + "\n" for row in rows).encode()


def _plain(value: Any) -> Any:
    from review.engines.duckdb import plain

    return plain(value)


def _parser() -> argparse.ArgumentParser:
    from review.screening.command import gigabytes, region_code

    parser = argparse.ArgumentParser(
        prog="python -m review month",
        description="月结疑点：把一个月的结算数据加入常设的月结文件夹，只审新增和更正的住院，"
        "按规则、科室、医生列出各月比率，离开自身历史的作提示。",
        epilog="同一月份再次加入即为更正：行有变的重审，文件里没有了的作撤销。不给结算数据则只出报告。",
    )
    parser.add_argument("folder", type=Path, metavar="月结文件夹", help="常设的文件夹，第一次运行时建立")
    parser.add_argument(
        "claims", type=Path, nargs="*", metavar="结算数据", help="一个月的 mdtrt_d、fee_list_d 等"
    )
    parser.add_argument(
        "--month", default="", metavar="月份", help="结算月份，如 2024-03；只出报告时默认最近一月"
    )
    parser.add_argument("--out", type=Path, metavar="输出文件夹", help="写出 JSON、Excel、Word")
    parser.add_argument("--again", action="store_true", help="规则或知识更新后，在库的全部重审一遍")
    parser.add_argument("--withdrawn", action="store_true", help="确认重新加入的月份少了的住院确属撤销")
    parser.add_argument(
        "--leader", default="", metavar="姓名", help="供组长阅看：科室、医生按原名列出，并记下阅看人"
    )
    parser.add_argument(
        "--false-alarms",
        type=float,
        default=1.0,
        metavar="次数",
        help="每月可以接受的误报次数（期望，默认 1）",
    )
    parser.add_argument(
        "--region", type=region_code, metavar="区划代码", help="规则行按哪个地区算（第一个月定下）"
    )
    parser.add_argument(
        "--memory", type=gigabytes, default=3.0, metavar="上限", help="内存上限，如 3GB（默认）"
    )
    parser.add_argument(
        "--seconds", type=float, default=3600.0, metavar="秒", help="一条规则的查询至多运行的秒数"
    )
    return parser
