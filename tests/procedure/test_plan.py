"""A plan: read and refused in words, its stages due, late and done by working days, its calendar as others read it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from icalendar import Calendar

from review.__main__ import main
from review.errors import InputError
from review.procedure.plan import State, deadlines, read_plan
from review.procedure.plan_calendar import as_calendar
from review.procedure.terms import terms

EXAMPLE = Path(__file__).parents[2] / "docs" / "plan.example.yaml"
MADE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def written(tmp_path):
    """Writes the example with changes and reads it again."""

    def write(**changes):
        said = yaml.safe_load(EXAMPLE.read_text("utf-8")) | changes
        file = tmp_path / "plan.yaml"
        file.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
        return read_plan(file)

    return write


def states(plan, as_of):
    return {
        one.stage.name: (one.state, one.ends) for one in deadlines(plan, terms(), date.fromisoformat(as_of))
    }


def test_the_example_is_read_and_its_stages_stand_as_counted_by_hand():
    plan = read_plan(EXAMPLE)
    held = states(plan, "2026-07-01")
    assert held["工作准备"] == (State.DONE, date(2026, 3, 31))
    assert held["现场检查"] == (State.LATE, date(2026, 6, 30))
    # 7–10 July: 4; 13–17: 9; 20–24: 14; 27–31: 19; 3–7 Aug: 24; 10–14: 29; 17: 30
    assert held["报送整改情况"] == (State.OPEN, date(2026, 8, 17))
    assert held["报送书面报告"] == (State.WAITING, None)
    # 1–3 July: 3; 6–10: 8; 13–17: 13; 20–24: 18; 27, 28: 20
    assert held["公示结果"] == (State.OPEN, date(2026, 7, 28))
    # handed in on 3 June, so due again on 5 July, two working days away
    assert held["报送统计月报"] == (State.DUE, date(2026, 7, 5))


@pytest.mark.parametrize(
    ("begins", "done", "as_of", "stands"),
    [
        ("2026-04-01", None, "2026-03-20", (State.OPEN, date(2026, 4, 5))),
        ("2026-04-01", None, "2026-04-06", (State.LATE, date(2026, 4, 5))),
        ("2026-04-10", None, "2026-04-10", (State.OPEN, date(2026, 5, 5))),
        ("2026-04-01", "2026-04-03", "2026-04-06", (State.OPEN, date(2026, 5, 5))),
        ("2026-04-01", "2026-04-07", "2026-05-06", (State.LATE, date(2026, 5, 5))),  # April's was late
        ("2026-04-01", "2026-12-04", "2026-12-10", (State.OPEN, date(2027, 1, 5))),
        (None, None, "2026-04-10", (State.WAITING, None)),
    ],
)
def test_what_is_due_every_month_is_due_again_when_it_was_handed_in(written, begins, done, as_of, stands):
    days = {key: date.fromisoformat(day) for key, day in (("begins", begins), ("done", done)) if day}
    plan = written(stages=[{"name": "月报", "term": "monthly_table"} | days])
    assert states(plan, as_of)["月报"] == stands


def test_a_stage_that_ends_in_a_year_without_published_holidays_waits_for_them_alone(written):
    given = yaml.safe_load(EXAMPLE.read_text("utf-8"))["stages"]
    changed = {"现场检查": {"ends": "2093-01-20"}, "报送整改情况": {"begins": date(2092, 12, 20)}}
    plan = written(stages=[stage | changed.get(stage["name"], {}) for stage in given])
    held = {one.stage.name: one for one in deadlines(plan, terms(), date(2026, 8, 1))}
    assert (held["报送整改情况"].state, held["报送整改情况"].ends) == (State.UNPUBLISHED, None)
    assert (held["现场检查"].state, held["现场检查"].left) == (State.OPEN, None)
    assert held["工作准备"].state is State.DONE and held["公示结果"].ends == date(2026, 7, 28)


def test_a_stage_is_due_in_its_last_five_working_days_and_late_on_the_day_after():
    plan = read_plan(EXAMPLE)
    by_day = {
        day: states(plan, day)["公示结果"][0]
        for day in ("2026-07-20", "2026-07-21", "2026-07-28", "2026-07-29")
    }
    assert list(by_day.values()) == [State.OPEN, State.DUE, State.DUE, State.LATE]


def test_what_was_done_after_its_end_is_said_to_be(written):
    plan = written(stages=[{"name": "现场检查", "ends": date(2026, 6, 30), "done": date(2026, 7, 1)}])
    assert states(plan, "2026-08-01")["现场检查"][0] is State.DONE_LATE


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"stagse": []}, "stagse：没有这一项"),
        ({"name": ""}, "name：不能为空"),
        ({"stages": []}, "stages：至少要有一项"),
        ({"stages": [{"name": "现场"}]}, "stages 第 1 项：须写 ends"),
        ({"stages": [{"name": "现场", "ends": date(2026, 1, 5), "term": "report_done"}]}, "之一"),
        ({"stages": [{"name": "现场", "ends": "月底"}]}, "须是日期"),
        ({"stages": [{"name": "现场", "ends": date(2026, 1, 5)}] * 2}, "阶段重复：现场"),
        ({"examined_to": date(2020, 1, 1)}, "早于"),
        ({"team": [{"name": "甲", "role": "厨师"}]}, "role：只能是 组长"),
        ({"team": [{"name": "甲", "role": "组长"}, {"name": "乙", "role": "组长"}]}, "组长只能有一位"),
        (
            {
                "objects": [
                    {"code": "H1", "name": "甲院", "kind": "医院"},
                    {"code": "H1", "name": "乙院", "kind": "医院"},
                ]
            },
            "编码重复：H1",
        ),
    ],
)
def test_a_plan_that_cannot_be_used_names_the_place_and_what_to_mend(written, changes, told):
    with pytest.raises(InputError, match=told) as refusal:
        written(**changes)
    assert str(refusal.value).startswith("plan.yaml ")


@pytest.mark.parametrize("content", ["[1", "- a\n", "一句话\n", ""])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    file = tmp_path / "plan.yaml"
    file.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"plan\.yaml"):
        read_plan(file)


def test_a_term_that_is_not_known_is_named_with_those_that_are(written):
    plan = written(stages=[{"name": "报告", "term": "report_dnoe"}])
    with pytest.raises(InputError, match=r"“报告”：没有名为 report_dnoe 的期限；有：report_progress"):
        deadlines(plan, terms(), date(2026, 7, 1))


def test_the_calendar_holds_each_known_end_once_and_reminds_of_what_is_open():
    plan = read_plan(EXAMPLE)
    ends = deadlines(plan, terms(), date(2026, 7, 1))
    events = Calendar.from_ical(as_calendar(plan, ends, MADE)).walk("VEVENT")
    days = {str(one["summary"]).rpartition("：")[2]: one["dtstart"].dt for one in events}
    assert days["公示结果（进行中）"] == date(2026, 7, 28)
    assert len(events) == 5
    assert sum(bool(one.walk("VALARM")) for one in events) == 4
    assert [str(one["summary"]) for one in events if "RRULE" in one] == [f"{plan.name}：报送统计月报（临近）"]
    again = Calendar.from_ical(as_calendar(plan, ends, MADE)).walk("VEVENT")
    assert [str(one["uid"]) for one in again] == [str(one["uid"]) for one in events]
    assert len({str(one["uid"]) for one in events}) == 5


def test_the_command_tells_the_plan_and_never_replaces_a_calendar(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path))
    calendar = tmp_path / "plan.ics"
    asked = ["plan", str(EXAMPLE), "--as-of", "2026-07-01", "--ics", str(calendar)]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "逾期　现场检查　2026-06-30 到期，已过 1 个工作日" in told
    assert "医院 1 家，药店 1 家，经办机构 1 家" in told
    assert "共 5 项" in told
    assert main(asked) == 2
    assert "已经存在，不覆盖" in capsys.readouterr().err
    assert main(["plan", str(EXAMPLE), "--as-of", "2093-07-01"]) == 0
    assert main(["terms", "--begins", "2093-07-01"]) == 0
    assert "2093 年放假安排公布后可算" in capsys.readouterr().out
    assert main(["plan", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml 打不开" in capsys.readouterr().err
