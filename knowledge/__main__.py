"""The command line of the library: add, list, search, ask. Everything it writes lies under MINGJIAN_HOME."""

import argparse
import json
import os
import signal
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    home = Path(os.environ.get("MINGJIAN_HOME") or "data")
    command: Any = options.command
    return int(command(home, options))


def _embedding() -> str | None:
    return os.environ.get("MINGJIAN_EMBEDDING") or None


def _library(home: Path) -> Any:
    from knowledge.library import Library, UnusableModel

    try:
        return Library.open(
            home, embedding=_embedding(), reranker=os.environ.get("MINGJIAN_RERANKER") or None
        )
    except UnusableModel as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    from knowledge.importing.tables_command import register

    parser = argparse.ArgumentParser(
        prog="python -m knowledge", description="明鉴的依据库：法规、清单、目录。"
    )
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")
    add = commands.add_parser("add", help="添加文件或文件夹（文本、Markdown、Word、网页、PDF、表格）")
    add.add_argument("paths", nargs="+", type=Path, metavar="路径")
    add.add_argument("--json", action="store_true", help="以 JSON 输出各文件状态")
    add.set_defaults(command=_add)
    _register_amending(commands)
    listing = commands.add_parser("list", help="列出已添加的文件及其状态")
    listing.add_argument("--json", action="store_true", help="以 JSON 输出")
    listing.set_defaults(command=_list)
    register(commands, _embedding())
    for name, help_text, command in (("search", "查找条文", _search), ("ask", "提问，以原文作答", _ask)):
        one = commands.add_parser(name, help=help_text)
        one.add_argument("question", metavar="问题")
        one.add_argument("--as-of", type=_day, metavar="日期", help="按哪一天的规定，如 2024-03-01")
        one.add_argument("--region", type=_region, metavar="区划代码", help="六位行政区划代码，如 220000")
        one.add_argument("--top", type=_top, default=8, metavar="条数", help="最多列几条（默认 8）")
        one.add_argument("--json", action="store_true", help="以 JSON 输出")
        one.set_defaults(command=command)
    return parser


def _register_amending(commands: Any) -> None:
    named = "文件的路径、名称、标题，或 list --json 中的 sha256（可只写开头）"
    correct = commands.add_parser("correct", help="更正一份文件的标题、文号、机关、日期、地区")
    correct.add_argument("file", metavar="文件", help=named)
    for option, says in (
        ("--title", "标题"),
        ("--number", "文号"),
        ("--issuer", "制定机关"),
        ("--issued", "公布日期，如 2024-03-01"),
        ("--in-force-from", "施行日期"),
        ("--in-force-to", "失效日期"),
        ("--region", "区划代码，全国为 000000"),
    ):
        correct.add_argument(option, metavar="值", help=f"{says}；写空串 '' 表示未注明")
    correct.add_argument("--who", default="", metavar="姓名", help="谁更正的")
    correct.set_defaults(command=_correct)
    withdraw = commands.add_parser("withdraw", help="把一份文件及由它导入的规则撤出依据库")
    withdraw.add_argument("file", metavar="文件", help=named)
    withdraw.set_defaults(command=_withdraw)


def _add(home: Path, options: argparse.Namespace) -> int:
    from knowledge.holding.adding import NotWritable, add_paths
    from knowledge.holding.shelf import REFUSED, FileState

    missing = [str(path) for path in options.paths if not path.exists()]
    if missing:
        print(f"找不到：{'、'.join(missing)}；请核对路径。", file=sys.stderr)
        return 2

    def show(number: int, total: int, state: FileState) -> None:
        print(f"[{number}/{total}] {Path(state.file).name}　{state.said}", file=sys.stderr, flush=True)

    def turning(file: Path, number: int, count: int) -> None:
        if count > 1 and sys.stderr.isatty():
            print(f"\r{file.name}　第 {number}/{count} 页", end="\r", file=sys.stderr, flush=True)

    begun = time.monotonic()
    try:
        states = add_paths(home, options.paths, show, embedding=_embedding(), notice=_say, turning=turning)
    except (NotWritable, LookupError) as problem:
        _say(str(problem))
        return 1
    except KeyboardInterrupt:
        _say("已中断；读过的文件已保留，再次添加即可接上。")
        return 130
    seconds = time.monotonic() - begun
    if options.json:
        print(json.dumps([_state_json(state) for state in states], ensure_ascii=False, indent=1))
    else:
        refused = sum(state.state == REFUSED for state in states)
        print(
            f"{len(states)} 份文件：{len(states) - refused} 份已读入，{refused} 份拒收，用时 {seconds:.1f} 秒。"
            f"库在 {home / 'knowledge'}。"
        )
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _correct(home: Path, options: argparse.Namespace) -> int:
    from knowledge.holding.adding import correct
    from knowledge.holding.corrections import FIELDS

    changes = {field: value for field in FIELDS if (value := getattr(options, field)) is not None}
    if not changes:
        _say("没有要更正的内容；请至少写一项，如 --in-force-from 2024-03-01。")
        return 2

    def run(sha256: str) -> str:
        state = correct(home, sha256, changes, who=options.who, embedding=_embedding())
        told = "，".join(f"{FIELDS[field]} {getattr(state, field) or '未注明'}" for field in changes)
        return f"已更正《{state.title}》：{told}。"

    return _amended(home, options.file, run)


def _withdraw(home: Path, options: argparse.Namespace) -> int:
    from knowledge.holding.adding import withdraw

    def run(sha256: str) -> str:
        return f"已撤出《{withdraw(home, sha256, embedding=_embedding()).title}》。"

    return _amended(home, options.file, run)


def _amended(home: Path, named: str, run: Any) -> int:
    """Run a change of the one file that is named, and say what became of it."""
    from knowledge.holding.amending import named_file

    try:
        print(run(named_file(home, named)))
        return 0
    except (ValueError, LookupError) as problem:
        _say(str(problem))
        return 2


def _list(home: Path, options: argparse.Namespace) -> int:
    from knowledge.holding.shelf import Shelf

    states = Shelf(home).states()
    if options.json:
        print(json.dumps([_state_json(state) for state in states], ensure_ascii=False, indent=1))
    elif not states:
        print("库中还没有添加文件，只有随附的法规摘要。添加：python -m knowledge add 路径…")
    else:
        for state in states:
            print(f"{Path(state.file).name}　{state.said}" + (f"　《{state.title}》" if state.title else ""))
    return 0


def _state_json(state: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(state), "said": state.said}


def _search(home: Path, options: argparse.Namespace) -> int:
    from knowledge.answering.replies import hit_json

    hits = _library(home).search(
        options.question, as_of=options.as_of, region=options.region, top=options.top
    )
    if options.json:
        print(json.dumps([hit_json(hit) for hit in hits], ensure_ascii=False, indent=1))
        return 0
    if not hits:
        print("库中没有找到相关条文。")
    for number, hit in enumerate(hits, start=1):
        print(f"{number}. 《{hit.document}》{hit.passage}　{_told(hit)}\n   {hit.text[:160].strip()}\n")
    return 0


def _ask(home: Path, options: argparse.Namespace) -> int:
    from knowledge.answering.answers import ask
    from knowledge.answering.replies import asked_json

    answer = ask(
        _library(home),
        options.question,
        as_of=options.as_of,
        region=options.region,
        top=options.top,
    )
    if options.json:
        print(json.dumps(asked_json(answer), ensure_ascii=False, indent=1))
    else:
        print(answer.answer)
        if answer.dropped:
            print(f"略去 {answer.dropped} 句，没有依据。")
    return 0


def _told(hit: Any) -> str:
    told = [f"{hit.in_force_from} 起施行"] if hit.in_force_from else []
    told += [hit.note] if hit.note else []
    told += ["本系统摘要，非原文"] if hit.digest else []
    return "；".join(told)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2024-03-01") from None


def _region(text: str) -> str:
    if len(text) != 6 or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}”不是六位行政区划代码，请写成 220000")
    return text


def _top(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"“{text}”不是 1 到 100 的整数")
    return int(text)


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):  # a reader that stops early, as head does, is no error of ours
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
