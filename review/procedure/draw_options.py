"""The options of `python -m review draw`."""

import argparse
import re
from pathlib import Path

RULE = "列名，或 列名=10000,50000（按金额分档，界限归上档）；可重复"


def parser() -> argparse.ArgumentParser:
    """objects, experts, regions, verify."""
    whole = argparse.ArgumentParser(
        prog="python -m review draw",
        description="双随机抽取：按种子和名单可复算，写出证书（.json）和打印件（.docx）。",
    )
    kinds = whole.add_subparsers(dest="what", required=True, metavar="objects|experts|regions|verify")
    _objects(kinds.add_parser("objects", help="抽取机构、药店或病历", description="从名单中抽取对象。"))
    _experts(
        kinds.add_parser("experts", help="为抽中的对象匹配专家", description="随机匹配专家，依回避和任务数。")
    )
    _regions(kinds.add_parser("regions", help="排定地区交叉互检", description="随机排定谁查谁，不自检。"))
    verify = kinds.add_parser(
        "verify", help="复算一份证书", description="相符返回 0，不符返回 1，读不到返回 2。"
    )
    verify.add_argument("certificate", type=Path, metavar="证书.json")
    verify.add_argument("list", type=Path, metavar="名单")
    verify.add_argument(
        "--known", type=_digest, default="", metavar="哈希", help="抄存的证书哈希；证书须仍是它"
    )
    verify.add_argument("--objects", type=Path, metavar="证书.json", help="核对专家匹配时：对象的抽取证书")
    verify.add_argument("--earlier", type=Path, metavar="证书.json", help="核对重新抽取时：所取代的证书")
    return whole


def _objects(one: argparse.ArgumentParser) -> None:
    _occasion(one, "编号")
    size = one.add_mutually_exclusive_group(required=True)
    size.add_argument("--share", metavar="比例", help="每层按比例，如 5%%，不足一个进一个")
    size.add_argument("--each", metavar="个", help="每层抽几个")
    size.add_argument("--total", metavar="个", help="合计抽几个，按层的大小分配，每层至少两个")
    one.add_argument(
        "--by-stratum", type=_stratum, action="append", default=[], metavar="列", help=f"分层：{RULE}"
    )
    one.add_argument("--name", default="", metavar="列", help="名称")
    one.add_argument("--risk", default="", metavar="列", help="风险分，不小于 0")
    one.add_argument("--risk-share", default="0", metavar="比例", help="抽取数中按风险选取的占比（默认 0）")
    one.add_argument("--minimum", default="0", metavar="比例", help="每层最低比例，按列名数计，含指定")
    one.add_argument("--history", default="", metavar="列", help="历次检查，如 国家2023；省级2021")
    one.add_argument(
        "--exclude",
        type=_parts,
        default=(),
        metavar="检查",
        help="已接受这些检查的除外，如 国家2023,省级2023",
    )
    one.add_argument(
        "--lookback",
        type=_parts,
        default=(),
        metavar="级别",
        help="只抽接受过这些级别检查的（回头看），如 国家,省级",
    )
    one.add_argument("--until", type=int, default=0, metavar="年度", help="回头看：检查年度不晚于它")
    one.add_argument(
        "--designated", default="", metavar="列", help="指定的理由，如 举报线索；空、否、0 为未指定"
    )
    one.add_argument("--region", default="", metavar="列", help="地区，匹配专家时用")
    one.add_argument("--top", type=_positive, default=0, metavar="名", help="每层只从前几名中抽取")
    one.add_argument("--top-by", default="", metavar="列", help="按哪一列排名，如 基金用量")
    one.add_argument(
        "--without",
        type=Path,
        action="append",
        default=[],
        metavar="证书.json",
        help="略过这份证书抽中的；可重复",
    )
    one.add_argument("--allow-empty", action="store_true", help="一层没有可抽的对象也抽其余各层")


def _experts(one: argparse.ArgumentParser) -> None:
    _occasion(one, "编号")
    one.add_argument("--objects", type=Path, required=True, metavar="证书.json", help="对象的抽取证书")
    one.add_argument(
        "--need",
        type=_need,
        action="append",
        required=True,
        metavar="学科=人数",
        help="每个对象要几人；可重复",
    )
    one.add_argument(
        "--most", type=_positive, default=3, metavar="个", help="每名专家至多几个任务，含在手（默认 3）"
    )
    one.add_argument("--crosswise", action="store_true", help="交叉互检：同一地区的专家回避")
    one.add_argument("--discipline", default="学科", metavar="列", help="学科，几个之间用顿号（默认 学科）")
    one.add_argument("--name", default="", metavar="列", help="姓名")
    one.add_argument("--unit", default="", metavar="列", help="所在单位：对象的编号或名称")
    one.add_argument("--region", default="", metavar="列", help="所在地区")
    one.add_argument("--load", default="", metavar="列", help="在手任务数")
    one.add_argument("--interests", default="", metavar="列", help="申报的利害关系：对象编号、名称或地区")


def _regions(one: argparse.ArgumentParser) -> None:
    _occasion(one, "地区")
    one.add_argument(
        "--not",
        dest="ruled_out",
        type=_pair,
        action="append",
        default=[],
        metavar="甲:乙",
        help="甲不查乙，如上年已查；可重复",
    )
    one.add_argument("--one-way", action="store_true", help="两地不互相检查")


def _occasion(one: argparse.ArgumentParser, key: str) -> None:
    one.add_argument("list", type=Path, metavar="名单", help=".csv 或 .xlsx，一行一个")
    one.add_argument(
        "--out", type=Path, required=True, metavar="证书.json", help="证书写到这里，打印件写到同名 .docx"
    )
    one.add_argument("--id", default=key, metavar="列", help=f"编号的列（默认 {key}）")
    one.add_argument("--title", required=True, metavar="文字", help="检查的名称")
    one.add_argument("--by", required=True, metavar="姓名", help="抽取人")
    one.add_argument(
        "--seed", default="", metavar="文字", help="种子，如当日公布的开奖号码；不写则由本机随机产生"
    )
    one.add_argument("--seed-source", default="", metavar="文字", help="种子从哪里来")
    one.add_argument("--again", type=Path, metavar="证书.json", help="重新抽取：原来的证书")
    one.add_argument("--reason", default="", metavar="文字", help="重新抽取的理由")


def _stratum(text: str) -> tuple[str, tuple[str, ...]]:
    column, _, bounds = text.partition("=")
    return column.strip(), _parts(bounds)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[,，、；;]", text) if part.strip())


def _need(text: str) -> tuple[str, int]:
    discipline, _, count = text.partition("=")
    return discipline.strip(), _positive(count or "1")


def _positive(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise argparse.ArgumentTypeError(f"“{text[:20]}”不是正整数")
    return int(text)


def _pair(text: str) -> tuple[str, str]:
    one, _, two = text.replace("：", ":").partition(":")
    if not one.strip() or not two.strip():
        raise argparse.ArgumentTypeError(f"“{text[:40]}”请写成 甲地:乙地")
    return one.strip(), two.strip()


def _digest(text: str) -> str:
    if text and not re.fullmatch("[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("请照抄证书哈希的 64 位")
    return text
