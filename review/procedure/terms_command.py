"""The command `python -m review terms`: the procedure's numbers with their source, and when a term ends."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from review.errors import ReviewError
from review.procedure.terms import UNIT_NAMES, Term, Unit, due, terms
from review.procedure.working_days import UnpublishedYear
from review.reports.paper import shown
from review.settings import Settings


def run_terms(arguments: Sequence[str]) -> int:
    """0 when told; 2 where a file or a day cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        for key, term in terms(Settings.from_environment().home).items():
            where = f"{term.document}{f'（{term.number}）' if term.number else ''}　{term.passage}"
            own = f"　本地改定，理由：{term.why}" if term.why else ""
            print(shown(f"{key}　{term.value} {UNIT_NAMES[term.unit]}　{term.says}{own}"))
            print(shown(f"    出处：{where}"))
            if options.begins and term.unit in (Unit.WORKING_DAYS, Unit.DAY_OF_MONTH):
                print(f"    自 {options.begins} 起算（当日不计），到期：{_ends(term, options.begins)}")
    except ReviewError as problem:
        print(shown(str(problem)), file=sys.stderr)
        return 2
    return 0


def _ends(term: Term, begins: date) -> str:
    try:
        return str(due(term, begins))
    except UnpublishedYear as problem:
        return f"{problem.year} 年放假安排公布后可算"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期；请写成 2026-03-01 这样。") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review terms",
        description="列出检查程序的期限、比例和次数及其出处；给出起算日则算到期日（按国务院放假和调休安排）。",
    )
    parser.add_argument("--begins", type=_day, metavar="日期", help="起算日，如 2026-03-01")
    return parser
