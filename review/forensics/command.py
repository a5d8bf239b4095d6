"""`python -m review compare`: what two PDFs show otherwise, or what the revisions inside one have changed."""

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.console import Console

from knowledge.readers import UnreadableFile
from review.errors import InputError
from review.forensics import UPDATED_SHARE, FileSigns
from review.forensics.examiner import Examiner
from review.forensics.facts import say


def run_compare(arguments: list[str]) -> int:
    """Compare and print. Raises `InputError` where a file cannot be read."""
    options = _parser().parse_args(arguments)
    for path in (options.earlier, options.later):
        if path is not None and not path.is_file():
            raise InputError(f"找不到文件 {path}；请核对路径。")
    with Examiner() as examiner:
        told = _told(examiner, options.earlier, options.later)
    if options.json:
        print(json.dumps(asdict(told), ensure_ascii=False, indent=1, default=datetime.isoformat))
    else:
        _print(told, inside=options.later is None)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review compare",
        description="比对两份 PDF，说明哪一页哪一处由什么改为什么；只给一份时，比对它内部的各个版本。",
    )
    parser.add_argument("earlier", type=Path, metavar="文件", help="PDF；比对两份时为较早的一份")
    parser.add_argument("later", type=Path, nargs="?", metavar="较晚的文件", help="较晚的一份 PDF")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    return parser


def _told(examiner: Examiner, earlier: Path, later: Path | None) -> FileSigns:
    try:
        return examiner.examine(earlier) if later is None else examiner.compare(earlier, later)
    except UnreadableFile as refusal:
        names = earlier.name if later is None else f"{earlier.name} 或 {later.name}"
        raise InputError(f"{names}：{refusal.problem}；{refusal.remedy}。") from refusal


def _print(told: FileSigns, inside: bool) -> None:
    console = Console(highlight=False, markup=False)
    if inside:
        console.print(f"共 {told.pages} 页，文件内 {told.revisions} 个版本。")
    for sign in told.signs:
        console.print(f"  {say(sign)}")
        if sign.line and sign.line not in (sign.after, sign.before):
            console.print(f"      现文：{sign.line}")
    if not told.signs:
        console.print("  没有看到内容改动。")
    for note in (*told.quiet, *told.notes):
        console.print(f"  {note}")
    if inside and told.revisions > 1:
        console.print(f"{UPDATED_SHARE}。")
