"""计划 of an inspection: stages by working days, marked by the leader, kept version by version, told by the trail."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from review.audit import said as said_of
from review.casework.desk import Refused
from review.casework.drawing import team
from review.pages.assigning import assign_auto, assign_case
from review.pages.planning import begin_plan, current_plan, mark_stage, open_plan, take_plan
from review.procedure.plan import Member, Role, read_plan
from review.procedure.plan_calendar import as_calendar
from review.store.accounts import LEADER, Person
from review.store.entries import TrailFilter, User
from review.store.life import ARCHIVED, SETTLED
from review.store.pairs import FIRST
from review.store.plan_schema import plans
from review.store.plans import PlanChanged
from review.store.schema import now

HEAD, WANG = Person("陈立群", (LEADER,)), Person("王敏", ("专家",))
EXAMPLE = Path(__file__).parents[2] / "docs" / "plan.example.yaml"


def begin(desk, key, prepared="2026-03-31", inspected="2026-06-30"):
    return begin_plan(desk, HEAD, {"inspection": key, "prepared": prepared, "inspected": inspected})


def mark(desk, key, stage, field, day, person=HEAD):
    return mark_stage(desk, person, {"inspection": key, "stage": stage, "field": field, "day": day})


def stage(shown, name):
    return next(one for one in shown["plan"]["stages"] if one["name"] == name)


def test_no_plan_is_said_and_only_a_leader_may_begin_one(desk, key):
    assert open_plan(desk, WANG, {"inspection": key}) == {"plan": None, "may_change": False}
    with pytest.raises(Refused):
        begin_plan(desk, WANG, {"inspection": key, "prepared": "2026-03-31", "inspected": "2026-06-30"})
    with pytest.raises(Refused, match="截止日期"):
        begin(desk, key, inspected="")
    with pytest.raises(Refused, match="写成 2026-03-01"):
        begin(desk, key, inspected="六月底")
    with pytest.raises(Refused, match="没有“2026-02-30”这一天"):
        begin(desk, key, inspected="2026-02-30")


def test_a_begun_plan_has_the_usual_stages_and_terms_that_wait_for_their_day(desk, key):
    shown = begin(desk, key)
    assert [one["name"] for one in shown["plan"]["stages"]] == [
        "工作准备", "现场检查", "报送处理进度", "报送书面报告", "公示结果", "报送统计月报",
    ]  # fmt: skip
    assert stage(shown, "报送处理进度")["state"] == "待起算"
    assert "30 个工作日" in stage(shown, "报送处理进度")["term"]
    assert shown["plan"]["examined"] == "2024-01-01 至 2024-12-31"
    assert stage(shown, "报送统计月报")["term"] == "每月 5 日以前"


def test_the_monthly_table_is_due_again_in_the_month_after_it_was_handed_in(desk, key):
    begin(desk, key)
    mark(desk, key, "报送统计月报", "begins", "2026-02-01")
    shown = stage(mark(desk, key, "报送统计月报", "done", "2026-03-04"), "报送统计月报")
    assert (shown["ends"], shown["done"], shown["state"]) == ("2026-04-05", "2026-03-04", "逾期")


def test_a_term_ends_by_working_days_once_its_day_is_known(desk, key):
    begin(desk, key)
    shown = mark(desk, key, "报送处理进度", "begins", "2026-01-30")
    assert (
        stage(shown, "报送处理进度")["ends"] == "2026-03-19"
    )  # over Spring Festival, with both moved Saturdays
    written = mark(desk, key, "报送处理进度", "begins", "2026年1月30日")
    assert stage(written, "报送处理进度")["ends"] == "2026-03-19"
    back = mark(desk, key, "报送处理进度", "begins", "")
    assert stage(back, "报送处理进度")["ends"] is None


def test_what_is_done_late_and_what_is_due_is_said(desk, key):
    begin(desk, key)
    assert stage(mark(desk, key, "工作准备", "done", "2026-04-01"), "工作准备")["state"] == "逾期完成"
    assert stage(mark(desk, key, "工作准备", "done", "2026-03-31"), "工作准备")["state"] == "已完成"
    today = date.today()
    assert stage(mark(desk, key, "现场检查", "ends", today.isoformat()), "现场检查")["state"] == "临近"
    with pytest.raises(Refused, match="不能晚于今天"):
        mark(desk, key, "现场检查", "done", (today + timedelta(days=1)).isoformat())
    with pytest.raises(Refused, match="没有这个阶段"):
        mark(desk, key, "另一阶段", "done", "2026-03-31")
    with pytest.raises(Refused, match="ends"):
        mark(desk, key, "工作准备", "ends", "")


def test_a_year_whose_holidays_are_not_published_is_told_and_the_day_is_kept(desk, key):
    begin(desk, key)
    mark(desk, key, "报送处理进度", "begins", "2090-01-05")
    waiting = stage(open_plan(desk, HEAD, {"inspection": key}), "报送处理进度")
    assert (waiting["begins"], waiting["ends"], waiting["unpublished"]) == ("2090-01-05", None, 2090)
    assert waiting["state"] == "待放假安排"
    mark(desk, key, "报送处理进度", "begins", "")
    assert stage(open_plan(desk, HEAD, {"inspection": key}), "报送处理进度")["unpublished"] is None


def test_a_plan_of_a_file_takes_the_place_and_comes_out_as_a_calendar(desk, key):
    begin(desk, key)
    shown = take_plan(desk, HEAD, desk.inspection(key), read_plan(EXAMPLE))
    assert [one["kind"] for one in shown["plan"]["objects"]] == ["医院", "药店", "经办机构"]
    assert {"role": "组长", "names": ["陈立群"]} in shown["plan"]["team"]
    plan, ends = current_plan(desk, desk.inspection(key))
    content = as_calendar(plan, ends, now()).decode()
    assert content.count("BEGIN:VEVENT") == sum(one.ends is not None for one in ends)


def test_two_leaders_do_not_write_over_each_other(desk, key):
    begin(desk, key)
    held = desk.store.plans.current(key)
    mark(desk, key, "工作准备", "done", "2026-03-30")
    with pytest.raises(PlanChanged):
        desk.store.plans.save(key, held.content, HEAD.name, held.seq, "完成")


def test_after_it_is_settled_a_plan_goes_on_until_the_inspection_is_archived(desk, key):
    begin(desk, key)
    desk.store.life.move(key, SETTLED, HEAD.name)
    assert mark(desk, key, "现场检查", "done", "2026-06-29")["plan"]
    desk.store.life.move(key, ARCHIVED, HEAD.name)
    with pytest.raises(Refused, match="已归档"):
        mark(desk, key, "现场检查", "done", "2026-06-30")


def test_each_change_is_a_line_of_the_trail_and_a_changed_plan_breaks_it(desk, key):
    begin(desk, key)
    mark(desk, key, "工作准备", "done", "2026-03-30")
    lines = desk.store.trail.lines(TrailFilter(act="plan"))
    assert [said_of(line)[1] for line in lines] == ["工作准备 完成 2026-03-30", "新建"]
    assert not desk.store.trail.verify().problem
    with desk.store._engine.begin() as connection:
        connection.execute(update(plans).values(who="别人"))
    assert "计划" in desk.store.trail.verify().problem


def test_cases_go_unasked_to_the_plans_experts_alone(desk, key):
    for name in ("王敏", "周岚", "李国栋"):
        desk.store.people.add(User(name, "x", ("专家",)), HEAD.name)
    entry = desk.inspection(key)
    assert sorted(team(desk, entry)) == ["周岚", "李国栋", "王敏"]
    plan = read_plan(EXAMPLE)
    assert [one.name for one in plan.team if one.role is Role.EXPERT] == ["王敏"]
    take_plan(desk, HEAD, entry, plan)
    assert team(desk, entry) == ["王敏"]
    assign_auto(desk, HEAD, {"inspection": key})
    assert set(desk.store.pairs.assigned(key)[FIRST].values()) == {"王敏"}
    one = next(iter(desk.results(entry).admissions))
    case = desk.store.case_keys(key, [one])[one]
    assign_case(desk, HEAD, {"inspection": key, "case": case, "who": "李国栋"})  # by hand the leader may
    assert desk.store.pairs.assigned(key)[FIRST][one] == "李国栋"
    stranger = plan.model_copy(update={"team": (Member(name="无账户", role=Role.EXPERT),)})
    take_plan(desk, HEAD, entry, stranger)
    with pytest.raises(Refused, match="计划里的专家还没有账户"):
        assign_auto(desk, HEAD, {"inspection": key})
