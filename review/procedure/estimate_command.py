"""The command `python -m review estimate`: from the reviewed sample to all stays, and how many stays to draw."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from review.errors import ReviewError, SettingsError
from review.procedure.draw_lists import share
from review.procedure.estimate_sizes import needed_for_share
from review.reports.paper import shown


def run_estimate(arguments: Sequence[str]) -> int:
    """0 when estimated, 2 where what is given does not allow it."""
    sized = list(arguments[:1]) == ["size"]
    options = _size_parser().parse_args(arguments[1:]) if sized else _parser().parse_args(arguments)
    try:
        return _size(options) if sized else _estimate(options)
    except ReviewError as problem:
        print(shown(f"不能推算：{problem}"), file=sys.stderr)
        return 2


def _size(options: argparse.Namespace) -> int:
    from review.procedure.estimate_report import points

    assumed, width = share(options.rate, "预计占比"), share(options.margin, "要求的误差")
    count = needed_for_share(options.admissions, float(assumed), float(width))
    print(
        f"{options.admissions:,} 例住院，预计 {options.rate} 有疑点，误差不超过 {points(width)}："
        f"简单随机约需抽取 {count:,} 例。"
    )
    print("预计占比不明时用 50%，所需例数最多；按疑点金额要求误差的，先审一批样本，再用 --precision 推算。")
    return 0


def _estimate(options: argparse.Namespace) -> int:
    from review.procedure.estimate_reading import read_material
    from review.procedure.estimate_report import as_data, paper_of, report_of, told

    for file in (options.json, options.word):
        if file is not None and file.exists():
            raise SettingsError(f"{file.name} 已存在；请换文件名，或先移走原来的文件。")
    given = (options.certificate, options.list, options.charges, options.missing.strip())
    if Path(options.results).is_dir():
        material = read_material(Path(options.results), *given)
    else:
        from review.procedure.estimate_confirmed import confirmed_in

        held = confirmed_in(options.results)
        material = read_material(held.results, *given, held.seen, held.pending)
    report = report_of(material, options.precision, options.margin)
    if options.json is not None:
        text = json.dumps(as_data(report), ensure_ascii=False, indent=1) + "\n"
        _write(options.json, text.encode("utf-8"))
    if options.word is not None:
        from review.reports.word import as_word

        _write(options.word, as_word(paper_of(report, datetime.now().replace(microsecond=0))))
    print(shown(told(report)))
    return 0


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as problem:
        raise SettingsError(f"写不进 {file.name}；请核对文件夹、权限和空间。") from problem


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review estimate",
        description="由随机样本推算全部住院的疑点占比和金额，附 95%% 区间。是估计，不是认定。",
        epilog="另有：python -m review estimate size --admissions 例数 --rate 预计占比 --margin 误差  要抽多少例",
    )
    parser.add_argument(
        "results",
        metavar="结果",
        help="审核写出的结果文件夹，按程序提示的疑点推算；或本机工作台里检查的名称或编号，按专家确认的事项推算",
    )
    parser.add_argument("--certificate", type=Path, required=True, metavar="证书.json", help="病历的抽取证书")
    parser.add_argument("--list", type=Path, required=True, metavar="名单", help="抽取所用的名单")
    parser.add_argument("--charges", default="", metavar="列", help="名单里的总费用列，用于比率估计")
    parser.add_argument(
        "--precision", default="", metavar="比例", help="疑点金额误差不超过估计值的多少，算所需例数"
    )
    parser.add_argument(
        "--margin", default="", metavar="比例", help="疑点占比误差不超过几个百分点，如 5%%，算所需例数"
    )
    parser.add_argument(
        "--missing", default="", metavar="原因", help="抽中而没有审核结果的，写明原因后按其余各例推算"
    )
    parser.add_argument("--json", type=Path, metavar="文件.json", help="把推算写成 JSON")
    parser.add_argument("--word", type=Path, metavar="文件.docx", help="把推算写成 Word")
    return parser


def _size_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review estimate size", description="还没有样本时：要抽多少例。"
    )
    parser.add_argument("--admissions", type=int, required=True, metavar="例数", help="全部住院例数")
    parser.add_argument("--rate", default="50%", metavar="占比", help="预计有疑点的占比（默认 50%%）")
    parser.add_argument("--margin", required=True, metavar="比例", help="误差不超过几个百分点，如 5%%")
    return parser
