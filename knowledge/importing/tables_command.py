"""`python -m knowledge tables`: its arguments. Nothing that reads files is loaded before the command runs."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any


def register(commands: Any, embedding: str | None) -> None:
    """Add the command to the parser of `python -m knowledge`; `embedding` is the model of the settings."""
    tables = commands.add_parser("tables", help="查看表格文件，确认列的对应后导入规则；导出规则表")
    tables.add_argument("file", nargs="?", type=Path, metavar="文件", help="Excel 或 CSV 文件")
    tables.add_argument("--confirm", action="store_true", help="确认列的对应，导入")
    tables.add_argument("--sheet", action="append", metavar="工作表", help="只取这张工作表（可多次）")
    tables.add_argument("--table", metavar="表类", help="指定是哪一类，各类见 --fields")
    tables.add_argument(
        "--map", action="append", default=[], metavar="列=字段", help="指定一列（列名或列字母）；列= 表示不用"
    )
    tables.add_argument("--region", type=_region, metavar="地区", help="区划代码或省名，全国为 000000")
    tables.add_argument("--from", dest="begins", type=_day, metavar="日期", help="整份文件的施行日期")
    tables.add_argument("--to", dest="ends", type=_day, metavar="日期", help="整份文件的终止日期")
    tables.add_argument("--source", metavar="文件名称", help="依据的文件名称、文号")
    tables.add_argument("--by", metavar="姓名", help="确认人")
    tables.add_argument("--fields", action="store_true", help="列出各类表的字段")
    tables.add_argument("--export", metavar="规则表", help="导出一张规则表（CSV，可改后再导入）")
    tables.add_argument("--json", action="store_true", help="以 JSON 输出")
    tables.set_defaults(command=_run, embedding=embedding)


def _run(home: Path, options: argparse.Namespace) -> int:
    from knowledge.importing.tables_screen import run

    return run(home, options)


def _region(text: str) -> str:
    from knowledge.importing.sheet_values import read_region

    return str(_checked(read_region, text))


def _day(text: str) -> date | None:
    from knowledge.importing.sheet_values import read_day

    day: date | None = _checked(read_day, text)
    return day


def _checked(read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
