"""The command `python -m review selfcheck`: writes the form a hospital answers, and reads the answers back."""

import argparse
import re
import sys
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from review.errors import ReviewError, SettingsError
from review.procedure.annexes import HOSPITAL, Institution, annexes
from review.reports.paper import Paper, shown

FORM = "自查答复表.xlsx"
DETAIL = "自查明细.xlsx"
FAULTS_SHOWN = 20


def run_selfcheck(arguments: Sequence[str]) -> int:
    """0 when written and whole, 1 where places of the answers are to be mended, 2 where nothing could be done."""
    try:
        if arguments[:1] == ["read"]:
            return _read(_reader().parse_args(arguments[1:]))
        return _write_form(_writer().parse_args(arguments))
    except ReviewError as problem:
        print(shown(f"不能自查：{problem}"), file=sys.stderr)
        return 2


def _write_form(options: argparse.Namespace) -> int:
    from review.procedure.selfcheck_form import form_of
    from review.procedure.selfcheck_list import read_check_list

    asked = read_check_list(options.results, {})
    write_papers(options.out, {FORM: form_of(asked, now())})
    print(
        f"已写入 {FORM}：住院 {len(asked.stays)} 例，提示疑点 {len(asked.items)} 项。清单哈希 {asked.sha256}"
    )
    print("填好后：python -m review selfcheck read 答复表 结果文件夹 --out 文件夹")
    return 0


def _read(options: argparse.Namespace) -> int:
    from review.procedure.selfcheck_list import read_check_list
    from review.procedure.selfcheck_reading import read_answers
    from review.procedure.selfcheck_report import annex_of, annex_paper, detail_paper
    from review.procedure.selfcheck_settling import settle
    from review.rulebook.rulebook import describe_headers

    rules = describe_headers()
    asked = read_check_list(options.results, {str(one["code"]): str(one["violation"]) for one in rules})
    answers = read_answers(options.file, asked)
    by_price = {str(rule["code"]) for rule in rules if rule.get("takes") == "price"}
    settled, made_at = settle(asked, answers, by_price), now()
    filed = annex_of(asked, answers, settled, made_at)
    name, paper = file_name(annexes()[HOSPITAL].sheet, asked.institution), annex_paper(asked, filed, settled)
    detail = detail_paper(asked, answers, settled, made_at)
    write_papers(options.out, {f"{name}.xlsx": paper, f"{name}.docx": paper, DETAIL: detail})
    print(
        f"疑点 {len(asked.items)} 项：认可（含部分）{len(settled.accepted)} 项，"
        f"不认可 {len(asked.items) - len(settled.accepted) - settled.open} 项，未答 {settled.open} 项。"
    )
    fund = "数据未载明" if settled.fund is None else f"{settled.fund:,.2f} 元"
    print(f"自查涉及金额 {settled.yuan:,.2f} 元（同一费用只计一次），其中医保基金（折算）{fund}。")
    if settled.fund_unknown:
        print(f"另有 {settled.fund_unknown:,.2f} 元的基金部分数据未载明，未计入基金。")
    for fault in answers.faults[:FAULTS_SHOWN]:
        print(shown(f"  {fault.place}：{fault.problem}；{fault.remedy}。"))
    if len(answers.faults) > FAULTS_SHOWN:
        print(f"  另有 {len(answers.faults) - FAULTS_SHOWN} 处，见 {DETAIL}。")
    return 1 if answers.faults else 0


def now() -> datetime:
    """This machine's clock, to the second."""
    return datetime.now().replace(microsecond=0)


def write_papers(folder: Path, papers: Mapping[str, Paper]) -> None:
    """Each paper by the ending of its name. Nothing is replaced; raises SettingsError before anything is written."""
    from review.reports.word import as_word
    from review.reports.workbook import as_workbook

    standing = [name for name in papers if (folder / name).exists()]
    if standing:
        raise SettingsError(f"{folder.name} 里已有 {'、'.join(standing)}，不覆盖；请换一个输出文件夹。")
    made = {
        name: as_word(paper) if name.endswith(".docx") else as_workbook(paper)
        for name, paper in papers.items()
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (folder / name).write_bytes(content)
    except OSError as problem:
        raise SettingsError(f"{folder.name} 写不进去（{problem.strerror}）；请核对权限和空间。") from problem


def file_name(sheet: str, one: Institution, taken: Container[str] = ()) -> str:
    """A name for an institution's annex that any system of files accepts and no other of `taken` has."""
    plain = re.sub(r"[^\w-]+", "", one.code or one.name)[:60] or "机构"
    names = (f"{sheet}_{plain}", *(f"{sheet}_{plain}_{place}" for place in range(2, 10_000)))
    return next(name for name in names if f"{name}.xlsx" not in taken)


def _writer() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review selfcheck",
        description="自查自纠：把一次审核的疑点写成 Excel，由机构逐项填认可、部分认可或不认可。",
        epilog="读回：python -m review selfcheck read 答复表.xlsx 结果文件夹 --out 文件夹",
    )
    parser.add_argument("results", type=Path, metavar="结果文件夹", help="python -m review 写出的结果")
    parser.add_argument("--out", type=Path, required=True, metavar="输出文件夹")
    return parser


def _reader() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review selfcheck read",
        description="读回填好的答复表：指出要改之处，算应退金额（同一费用只计一次），写出附件2和本机构在附件4的一行。",
    )
    parser.add_argument("file", type=Path, metavar="答复表.xlsx")
    parser.add_argument("results", type=Path, metavar="结果文件夹", help="写出该表时用的结果")
    parser.add_argument("--out", type=Path, required=True, metavar="输出文件夹")
    return parser
