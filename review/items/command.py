"""`python -m review items`: lists the items of an inspection folder without a national code, and keeps what one says.

What is confirmed here and on the page is one memory: the store's, by hospital.
"""

import argparse
import getpass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from review.errors import SettingsError
from review.intake.inspection import read_inspection
from review.items.choices import CHOSEN, MAPPED, QUALITIES, count_states, find_item, item_line, make_choice
from review.items.matching import WAITING, catalogue, local_items
from review.pipeline import build_warehouse
from review.settings import Settings
from review.store.store import Store, new_key
from review.terminal import print_json

SHOWN = 40


def run_items(arguments: list[str]) -> int:
    """List, confirm, reject or undo. Raises ReviewError where the folder, a number or a code is wrong."""
    options = _parser().parse_args(arguments)
    settings = Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url)
    try:
        return _run(options, settings.home, store)
    finally:
        store.close()


def _run(options: argparse.Namespace, home: Path, store: Store) -> int:
    who = options.who or getpass.getuser()
    intake = read_inspection(options.inspection, cache=home / "cache", progress=None)
    warehouse = build_warehouse(intake, None, home, store.rulings.settled(""))
    known = catalogue(warehouse)
    items = local_items(warehouse.rows(WAITING), known)
    for said in options.confirm or ():
        wanted, _, code = said.partition("=")
        if not code:
            raise SettingsError(f"“{said}”要写成 编号=国家编码，如 3f2a9c1d0b7e=001102000040000。")
        item = find_item(items, wanted)
        store.rulings.choose(new_key(), who, make_choice(item, code.strip().upper(), options.quality, known))
    for wanted in options.none or ():
        item = find_item(items, wanted)
        store.rulings.choose(new_key(), who, make_choice(item, "", "same", known))
    if options.undo:
        hospitals = sorted({item.hospital for item in items})
        undone = next(
            filter(None, (store.rulings.undo_choice(new_key(), who, one) for one in hospitals)), None
        )
        print(f"已撤销：{undone.local_name}" if undone else "没有可撤销的确认。")
    choices = store.rulings.choices()
    lines = [item_line(item, choices) for item in items]
    warehouse.close()
    print_json(lines) if options.json else _print(lines)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review items",
        description="列出没有国家编码的项目及其候选，并记住确认的结果（按医院）。",
    )
    parser.add_argument("inspection", type=Path, metavar="检查文件夹")
    parser.add_argument("--confirm", action="append", metavar="编号=国家编码", help="确认一项；可写多次")
    parser.add_argument("--none", action="append", metavar="编号", help="确认目录里没有这一项；可写多次")
    parser.add_argument(
        "--quality", choices=tuple(QUALITIES), default="same", help="与国家项目相同、较窄或较宽"
    )
    parser.add_argument("--undo", action="store_true", help="撤销自己的上一项确认")
    parser.add_argument("--who", metavar="姓名", help="谁确认的（默认当前系统用户）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出全部项目")
    return parser


def _print(lines: list[dict[str, Any]]) -> None:
    console = Console(highlight=False)
    counts = "、".join(f"{state} {count}" for state, count in count_states(lines).items() if count)
    console.print(f"没有国家编码的项目 {len(lines)} 个" + (f"：{counts}" if counts else "。"))
    if not lines:
        return
    table = Table()
    for column in ("编号", "院内项目", "行", "元", "状态", "候选（国家编码、名称、分数、理由）"):
        table.add_column(column, overflow="fold", justify="right" if column in ("行", "元") else "left")
    for line in sorted(lines, key=lambda one: one["state"] in (CHOSEN, MAPPED))[:SHOWN]:
        chosen = line["chosen"]
        said = (
            f"{chosen['name'] or '目录里没有'} {chosen['code']}（{chosen['who']}）"
            if chosen
            else "\n".join(
                f"{one['code']} {one['name']} {one['score']:.2f} {one['why']}"
                for one in line["candidates"][:3]
            )
        )
        name = f"{line['name']} {line['code']}".strip()
        table.add_row(*map(Text, (line["id"], name, str(line["lines"]), line["yuan"], line["state"], said)))
    console.print(table)
    if len(lines) > SHOWN:
        console.print(f"另有 {len(lines) - SHOWN} 项金额更小，用 --json 看全部。")
