"""The command `python -m review plan`: a plan on a day, and its deadlines as a calendar file."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from review.errors import ReviewError, SettingsError
from review.procedure.plan import Deadline, Plan, deadlines, read_plan
from review.procedure.terms import terms
from review.reports.paper import shown
from review.settings import Settings


def run_plan(arguments: Sequence[str]) -> int:
    """0 when told; 2 where the plan cannot be read or the calendar not be written."""
    options = _parser().parse_args(arguments)
    try:
        plan = read_plan(options.plan)
        ends = deadlines(plan, terms(Settings.from_environment().home), options.as_of)
        if options.ics:
            _write_calendar(plan, ends, options.ics)
        for line in _told(plan, ends, options.as_of):
            print(shown(line))
    except ReviewError as problem:
        print(shown(f"计划不能用：{problem}"), file=sys.stderr)
        return 2
    if options.ics:
        print(f"日历已写入 {options.ics}，共 {sum(one.ends is not None for one in ends)} 项。")
    return 0


def _write_calendar(plan: Plan, ends: Sequence[Deadline], file: Path) -> None:
    from review.procedure.plan_calendar import as_calendar

    if file.exists():
        raise SettingsError(f"{file.name} 已经存在，不覆盖；请换一个文件名。")
    try:
        file.write_bytes(as_calendar(plan, ends, datetime.now(UTC).replace(microsecond=0)))
    except OSError as problem:
        raise SettingsError(f"{file.name} 写不了（{problem.strerror}）；请检查位置和权限。") from problem


def _told(plan: Plan, ends: Sequence[Deadline], as_of: date) -> Iterator[str]:
    kinds = Counter(one.kind for one in plan.objects)
    yield f"{plan.name}　检查 {plan.examined_from} 至 {plan.examined_to}"
    yield "对象：" + ("，".join(f"{kind} {count} 家" for kind, count in kinds.items()) or "未列")
    yield "重点：" + ("、".join(plan.emphases) or "未列")
    roles = Counter(one.role for one in plan.team)
    yield "组成：" + ("，".join(f"{role} {count} 人" for role, count in roles.items()) or "未列")
    yield f"阶段（截至 {as_of}）："
    for one in ends:
        unknown = f"{one.unpublished} 年放假安排公布后可算" if one.unpublished else ""
        when = f"{one.ends} 到期" if one.ends else unknown or "起算日未定"
        left = (
            ""
            if one.left is None
            else f"，余 {one.left} 个工作日"
            if one.left >= 0
            else f"，已过 {-one.left} 个工作日"
        )
        done = f"，{'上次 ' if one.monthly else ''}{one.stage.done} 完成" if one.stage.done else ""
        yield f"  {one.state}　{one.stage.name}　{when}{left}{done}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期；请写成 2026-03-01 这样。") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review plan",
        description="读一份检查计划（YAML），列出对象、人员和各阶段的到期、临近、逾期；可写出日历文件。",
    )
    parser.add_argument("plan", type=Path, metavar="计划.yaml", help="写法见 docs/plan.example.yaml")
    parser.add_argument(
        "--as-of", type=_day, default=date.today(), metavar="日期", help="按哪一天看，默认今天"
    )
    parser.add_argument("--ics", type=Path, metavar="文件.ics", help="把各阶段的到期日写成日历文件")
    return parser
