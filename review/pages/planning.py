"""计划 of an inspection on 检查: its stages with their ends by working days, marked as they are done."""

import json
import re
from collections import Counter
from datetime import date

from review.casework.desk import NO_RIGHT, Call, Desk, Refused, text
from review.casework.results import Line
from review.errors import InputError
from review.procedure.plan import Deadline, Plan, Role, deadlines, plan_of
from review.procedure.terms import Term, Unit, terms
from review.store.accounts import LEADER, Person
from review.store.entries import InspectionEntry, PlanVersion
from review.store.life import ARCHIVED
from review.store.plans import PlanChanged

MOST_STAGES = 40
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?")
CHANGED = "计划刚由别人改过；已换成新的，请再改一次。"
USUAL = ("工作准备", "现场检查")  # stages that end on a day of the plan's own; the others run by terms
BY_TERM = (
    ("报送处理进度", "report_progress"),
    ("报送书面报告", "report_done"),
    ("公示结果", "publish_result"),
    ("报送统计月报", "monthly_table"),
)


def open_plan(desk: Desk, person: Person, call: Call) -> Line:
    """The plan of an inspection as it stands today; null where there is none."""
    return _shown(desk, person, desk.inspection(text(call, "inspection")))


def begin_plan(desk: Desk, person: Person, call: Call) -> Line:
    """Make a plan with the usual stages: two that end on given days, the others run by their terms."""
    entry = _changeable(desk, person, call)
    results = desk.results(entry)
    about = results.about if results else {}
    ends = [_day(call, name) for name in ("prepared", "inspected")]
    if None in ends:
        raise Refused("请填写工作准备和现场检查两个阶段的截止日期。")
    begins, until = (about.get(name) or ends[0] for name in ("period_start", "period_end"))
    stages = [{"name": name, "ends": end} for name, end in zip(USUAL, ends, strict=True)]
    stages += [{"name": name, "term": term} for name, term in BY_TERM]
    said = {"name": entry.name, "examined_from": begins, "examined_to": until, "stages": stages}
    return _save(desk, person, entry, _checked(said), 0, "新建")


def mark_stage(desk: Desk, person: Person, call: Call) -> Line:
    """Say on which day a stage was done, or its term began; an empty day takes it back."""
    entry = _changeable(desk, person, call)
    held = desk.store.plans.current(entry.key)
    if held is None:
        raise Refused("这个检查还没有计划；请刷新页面。")
    plan, field, day = plan_of(json.loads(held.content), "计划"), text(call, "field", 8), _day(call, "day")
    name = text(call, "stage")
    if field not in ("done", "begins", "ends") or all(stage.name != name for stage in plan.stages):
        raise Refused("计划里没有这个阶段；请刷新页面。")
    if field == "done" and day and day > date.today():
        raise Refused("完成日期不能晚于今天。")
    stages = [stage.model_dump() | ({field: day} if stage.name == name else {}) for stage in plan.stages]
    words = {"done": "完成", "begins": "起算", "ends": "截止"}[field]
    told = f"{name} {words} {day or '收回'}"
    return _save(desk, person, entry, _checked(plan.model_dump() | {"stages": stages}), held.seq, told)


def take_plan(desk: Desk, person: Person, entry: InspectionEntry, plan: Plan) -> Line:
    """Put a plan that was read from a file in the place of the one that holds."""
    _require_leader(person, entry)
    if len(plan.stages) > MOST_STAGES:
        raise Refused(f"计划至多 {MOST_STAGES} 个阶段；请合并几个。")
    held = desk.store.plans.current(entry.key)
    return _save(desk, person, entry, plan, held.seq if held else 0, "导入")


def current_plan(desk: Desk, entry: InspectionEntry) -> tuple[Plan, list[Deadline]]:
    """The plan that holds with its deadlines today. Raises Refused where there is none."""
    held = desk.store.plans.current(entry.key)
    if held is None:
        raise Refused("这个检查还没有计划。")
    plan = plan_of(json.loads(held.content), "计划")
    return plan, _deadlines(desk, plan)[1]


def _save(desk: Desk, person: Person, entry: InspectionEntry, plan: Plan, known: int, told: str) -> Line:
    _deadlines(desk, plan)  # a term that is not known
    try:
        desk.store.plans.save(entry.key, plan.model_dump_json(), person.name, known, told)
    except PlanChanged:
        return _shown(desk, person, entry) | {"problem_said": CHANGED}
    return _shown(desk, person, entry)


def _checked(said: Line) -> Plan:
    try:
        return plan_of(said, "计划")
    except InputError as problem:
        raise Refused(str(problem)) from problem


def _changeable(desk: Desk, person: Person, call: Call) -> InspectionEntry:
    entry = desk.inspection(text(call, "inspection"))
    _require_leader(person, entry)
    return entry


def _require_leader(person: Person, entry: InspectionEntry) -> None:
    if LEADER not in person.roles:
        raise Refused(NO_RIGHT)
    if entry.standing == ARCHIVED:
        raise Refused("这个检查已归档，只能查看。")


def _day(call: Call, name: str) -> date | None:
    given = text(call, name, 11).strip()
    if not given:
        return None
    parts = _DAY.fullmatch(given)
    try:
        if parts:
            return date(*(int(part) for part in parts.groups()))
    except ValueError as problem:
        raise Refused(f"没有“{given}”这一天；请改正。") from problem
    raise Refused("日期读不出来；请写成 2026-03-01 这样。")


def _deadlines(desk: Desk, plan: Plan) -> tuple[dict[str, Term], list[Deadline]]:
    try:
        held = terms(desk.home)
        return dict(held), deadlines(plan, held, date.today())
    except InputError as problem:
        raise Refused(str(problem)) from problem


def _shown(desk: Desk, person: Person, entry: InspectionEntry) -> Line:
    held = desk.store.plans.current(entry.key)
    shown: Line = {"plan": None, "may_change": LEADER in person.roles and entry.standing != ARCHIVED}
    return shown if held is None else shown | {"plan": _line(desk, held)}


def _line(desk: Desk, held: PlanVersion) -> Line:
    plan = plan_of(json.loads(held.content), "计划")
    known, ends = _deadlines(desk, plan)
    kinds = Counter(one.kind for one in plan.objects)
    return {
        "examined": f"{plan.examined_from} 至 {plan.examined_to}",
        "emphases": list(plan.emphases),
        "team": [
            {"role": role, "names": [one.name for one in plan.team if one.role is role]}
            for role in Role
            if any(one.role is role for one in plan.team)
        ],
        "objects": [{"kind": kind, "count": count} for kind, count in kinds.items()],
        "by": held.who,
        "at": held.at.isoformat() + "Z",
        "stages": [_stage(one, known) for one in ends],
    }


def _stage(one: Deadline, known: dict[str, Term]) -> Line:
    stage = one.stage
    term = known[stage.term] if stage.term else None
    return {
        "name": stage.name,
        "state": one.state,
        "ends": one.ends.isoformat() if one.ends else None,
        "left": one.left,
        "unpublished": one.unpublished,
        "done": stage.done.isoformat() if stage.done else None,
        "begins": stage.begins.isoformat() if stage.begins else None,
        "fixed": stage.ends is not None,
        "monthly": one.monthly,
        "term": _term_said(term) if term else "",
        "source": f"《{term.document}》{term.passage}" if term else "",
    }


PLANNING = (open_plan, begin_plan, mark_stage)


def _term_said(term: Term) -> str:
    if term.unit is Unit.DAY_OF_MONTH:
        return f"每月 {term.value} 日以前"
    return f"{term.begins or '起算日'}起 {term.value} 个工作日"
