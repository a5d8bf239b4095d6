"""The command `python -m review annex`: forms for those whom no review covers, and many annexes merged into one."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from review.errors import InputError, ReviewError
from review.procedure.annexes import BUREAU, OF_KIND, Institution, annexes
from review.procedure.plan import Plan, read_plan
from review.procedure.selfcheck_command import file_name, now, write_papers
from review.reports.paper import Paper, shown

MERGED, REPORTERS = "附件合并", "各机构附件.xlsx"
FAULTS_SHOWN = 20


def run_annex(arguments: Sequence[str]) -> int:
    """0 when written and nothing is to be mended, 1 where something is, 2 where nothing could be done."""
    options = _parser().parse_args(arguments)
    try:
        return _forms(options) if options.what == "forms" else _merge(options)
    except ReviewError as problem:
        what = "写出空表" if options.what == "forms" else "合并"
        print(shown(f"不能{what}：{problem}"), file=sys.stderr)
        return 2


def _forms(options: argparse.Namespace) -> int:
    from review.procedure.annex_paper import form_paper

    plan, made_at = read_plan(options.plan), now()
    period = f"{plan.examined_from} 至 {plan.examined_to}"
    objects = _objects(plan)
    if not objects:
        raise InputError(f"{options.plan.name} 的 objects 里没有机构；请补上药店、经办机构或医院。")
    papers: dict[str, Paper] = {}
    for number, one in objects:
        name = file_name(annexes()[number].sheet, one, papers)
        papers[f"{name}.xlsx"] = form_paper(annexes()[number], one, made_at, period, ())
    bureau = Institution("", plan.name, annexes()[BUREAU].reporter)
    every = tuple(one for _, one in objects)
    papers[f"{annexes()[BUREAU].sheet}_专项治理.xlsx"] = form_paper(
        annexes()[BUREAU], bureau, made_at, period, every
    )
    write_papers(options.out, papers)
    print(f"已写入 {len(papers)} 份空表：附件1、2、3 每家一份，附件4 一份（{len(every)} 家）。")
    print(
        "用本程序自查的医院不必填附件2：python -m review selfcheck 会写出。\n"
        "填好后：python -m review annex merge 文件… --out 文件夹"
    )
    return 0


def _objects(plan: Plan) -> list[tuple[int, Institution]]:
    return [
        (OF_KIND[one.kind], Institution(one.code, one.name, str(one.kind), one.level, one.region))
        for one in plan.objects
    ]


def _merge(options: argparse.Namespace) -> int:
    from review.procedure.annex_merge_paper import merged_paper, reporters_paper
    from review.procedure.annex_merging import merge

    files = list(dict.fromkeys(_files(options.files)))
    if not files:
        raise InputError("没有可合并的文件；请给各机构报送的 .xlsx，或放有它们的文件夹。")
    expected = [one for _, one in _objects(read_plan(options.plan))] if options.plan else []
    merged = merge(files, now(), expected)
    reports = sum(len(one.filed) for one in merged.tables)
    for fault in merged.faults[:FAULTS_SHOWN]:
        print(shown(f"  {fault.file}　{fault.place}：{fault.problem}；{fault.remedy}。"))
    if len(merged.faults) > FAULTS_SHOWN:
        print(f"  另有 {len(merged.faults) - FAULTS_SHOWN} 处，见合并表。")
    if not reports:
        raise InputError(f"{len(files)} 份文件一份也没有读入；请按上面各处改正后重试。")
    paper = merged_paper(merged)
    write_papers(
        options.out,
        {f"{MERGED}.xlsx": paper, f"{MERGED}.docx": paper, REPORTERS: reporters_paper(merged)},
    )
    told = "，".join(f"{one.annex.sheet} {len(one.filed)} 家" for one in merged.tables if one.filed)
    print(
        f"文件 {len(files)} 份，读入 {told}；待改 {len(merged.faults)} 处，重复和不一致 {len(merged.questions)} 处。"
    )
    asked = merged.comparison
    print(
        f"同级比较 {len(asked.rows):,} 项，值得询问 {len(asked.worth_asking)} 项；"
        f"未比较 {len(asked.left_out)} 家。已写入 {MERGED}.xlsx、.docx 和 {REPORTERS}。"
    )
    return 1 if merged.faults or merged.questions else 0


def _files(given: Sequence[Path]) -> Iterator[Path]:
    """The files, and those in the folders; what Office keeps beside an open file is none."""
    for path in given:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*.xlsx") if not one.name.startswith("~$"))
        else:
            yield path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review annex",
        description="2020 年方案的附件1至4：给药店、经办机构和医保局的空表，以及多家报送的合并。",
    )
    what = parser.add_subparsers(dest="what", required=True, metavar="forms|merge")
    forms = what.add_parser("forms", help="按计划登记的对象写出附件1至4的空表")
    forms.add_argument("plan", type=Path, metavar="计划.yaml", help="写法见 docs/plan.example.yaml")
    forms.add_argument("--out", type=Path, required=True, metavar="输出文件夹")
    merge = what.add_parser("merge", help="合并报送的附件，列出读不出的、重复的、不一致的和值得询问的")
    merge.add_argument("files", type=Path, nargs="+", metavar="文件", help="附件 .xlsx，或放有它们的文件夹")
    merge.add_argument("--plan", type=Path, metavar="计划.yaml", help="列出计划内没有报送的机构")
    merge.add_argument("--out", type=Path, required=True, metavar="输出文件夹")
    return parser
