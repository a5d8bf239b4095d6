"""Terms of the procedure: working days counted by hand across the holidays, the plans' numbers, a bureau's own values."""

from datetime import date

import pytest

from review.__main__ import main
from review.errors import InputError
from review.procedure.terms import OWN, Unit, due, terms
from review.procedure.working_days import is_working_day, working_days_after, working_days_between

# Counted by hand from the holiday notices. 2023: off 21–27 Jan and 29 Sep–6 Oct, worked 28, 29 Jan and 7, 8 Oct.
# 2024: off 10–17 Feb, 15–17 Sep and 1–7 Oct, worked 4, 18 Feb, 14, 29 Sep and 12 Oct.
# 2025: off 28 Jan–4 Feb and 1–8 Oct, worked 26 Jan, 8 Feb, 28 Sep and 11 Oct.
BY_HAND = [
    ("2023-01-20", 5, "2023-02-01"),  # 28, 29, 30, 31 Jan, 1 Feb
    ("2023-09-28", 5, "2023-10-11"),  # 7, 8, 9, 10, 11 Oct
    ("2024-02-08", 1, "2024-02-09"),  # the eve itself was worked
    ("2024-02-09", 1, "2024-02-18"),  # a Sunday that was worked
    ("2024-02-09", 5, "2024-02-22"),  # 18, 19, 20, 21, 22 Feb
    ("2024-02-02", 5, "2024-02-08"),  # 4 (Sunday), 5, 6, 7, 8 Feb
    ("2024-02-12", 5, "2024-02-22"),  # begins on a holiday
    ("2024-01-31", 20, "2024-03-04"),  # 1, 2, 4–9 Feb: 8; 18–23: 14; 26 Feb–1 Mar: 19; 4 Mar
    ("2024-01-15", 30, "2024-02-29"),  # 16–19: 4; 22–26: 9; 29 Jan–2 Feb: 14; 4–9: 20; 18–23: 26; 26–29: 30
    ("2024-09-27", 1, "2024-09-29"),  # a Sunday that was worked
    ("2024-09-29", 1, "2024-09-30"),
    ("2024-09-30", 1, "2024-10-08"),
    ("2024-09-30", 5, "2024-10-12"),  # 8, 9, 10, 11, 12 (Saturday) Oct
    ("2024-09-13", 5, "2024-09-23"),  # 14 (Saturday), 18, 19, 20, 23 Sep
    ("2024-09-20", 20, "2024-10-23"),  # 23–27: 5; 29, 30: 7; 8–12 Oct: 12; 14–18: 17; 21–23: 20
    (
        "2024-09-02",
        30,
        "2024-10-18",
    ),  # 3–6: 4; 9–14: 10; 18–20: 13; 23–27: 18; 29, 30: 20; 8–12: 25; 14–18: 30
    ("2025-01-24", 1, "2025-01-26"),  # a Sunday that was worked
    ("2025-01-27", 1, "2025-02-05"),
    ("2025-01-27", 5, "2025-02-10"),  # 5, 6, 7, 8 (Saturday), 10 Feb
    ("2025-01-13", 20, "2025-02-14"),  # 14–17: 4; 20–24: 9; 26, 27: 11; 5–8 Feb: 15; 10–14: 20
    (
        "2025-01-06",
        30,
        "2025-02-21",
    ),  # 7–10: 4; 13–17: 9; 20–24: 14; 26, 27: 16; 5–8: 20; 10–14: 25; 17–21: 30
    ("2025-09-26", 1, "2025-09-28"),  # a Sunday that was worked
    ("2025-09-30", 1, "2025-10-09"),
    ("2025-09-30", 5, "2025-10-14"),  # 9, 10, 11 (Saturday), 13, 14 Oct
    ("2025-09-12", 20, "2025-10-16"),  # 15–19: 5; 22–26: 10; 28–30: 13; 9–11 Oct: 16; 13–16: 20
    (
        "2025-08-29",
        30,
        "2025-10-16",
    ),  # 1–5: 5; 8–12: 10; 15–19: 15; 22–26: 20; 28–30: 23; 9–11: 26; 13–16: 30
]


@pytest.mark.parametrize(("begins", "count", "ends"), BY_HAND)
def test_working_days_are_those_counted_by_hand(begins, count, ends):
    first, last = date.fromisoformat(begins), date.fromisoformat(ends)
    assert working_days_after(first, count) == last
    assert working_days_between(first, last) == count
    assert working_days_between(last, first) == -count


def test_a_year_whose_holidays_are_not_published_is_not_guessed():
    with pytest.raises(InputError, match="2093 年的放假安排"):
        is_working_day(date(2093, 3, 2))
    with pytest.raises(InputError, match="正整数"):
        working_days_after(date(2025, 3, 3), 0)


def test_the_plans_numbers_are_there_with_their_passages():
    held = terms()
    said = {key: (term.value, term.unit) for key, term in held.items()}
    assert said["share_drawn"] == (5, Unit.PERCENT)
    assert said["draws_a_year"] == (2, Unit.TIMES_A_YEAR)
    assert said["share_on_site"] == (20, Unit.PERCENT)
    assert (said["pharmacies_drawn"][0], said["pharmacies_ranked"][0]) == (2, 10)
    days = [said[key] for key in ("report_progress", "report_done", "publish_result")]
    assert days == [(30, Unit.WORKING_DAYS), (5, Unit.WORKING_DAYS), (20, Unit.WORKING_DAYS)]
    assert said["monthly_table"] == (5, Unit.DAY_OF_MONTH)
    assert all(term.document and term.passage and term.says for term in held.values())


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("2024-03-01", "2024-03-05"), ("2024-03-05", "2024-03-05"), ("2024-12-06", "2025-01-05")],
)
def test_the_monthly_table_is_due_on_the_fifth_to_come(begins, ends):
    assert due(terms()["monthly_table"], date.fromisoformat(begins)) == date.fromisoformat(ends)


def test_what_is_no_term_has_no_due_day():
    with pytest.raises(InputError, match="不是期限"):
        due(terms()["share_drawn"], date(2024, 3, 1))


def test_a_bureau_changes_a_value_with_a_reason_and_the_rest_stays(tmp_path):
    (tmp_path / OWN).write_text("report_done:\n  value: 10\n  why: 本地工作规则\n", "utf-8")
    own = terms(tmp_path)
    assert (own["report_done"].value, own["report_done"].why) == (10, "本地工作规则")
    assert own["report_progress"] == terms()["report_progress"]
    assert due(own["report_done"], date(2024, 9, 30)) == date(2024, 10, 18)  # 8–12: 5; 14–18: 10


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("report_dnoe:\n  value: 10\n  why: 笔误\n", "没有名为 report_dnoe"),
        ("report_done:\n  value: 10\n", "why"),
        ("report_done:\n  value: 0\n  why: 零\n", "正整数"),
        ("report_done:\n  value: 10\n  why: 有\n  unit: days\n", "value"),
        ("share_drawn:\n  value: 101\n  why: 过多\n", "不能大于 100"),
        ("monthly_table:\n  value: 31\n  why: 月底\n", "不能大于 28"),
        ("- 一\n- 二\n", "名称: 内容"),
        ("report_done: [\n", "YAML"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_mend(tmp_path, text, told):
    (tmp_path / OWN).write_text(text, "utf-8")
    with pytest.raises(InputError, match=told) as refusal:
        terms(tmp_path)
    assert str(refusal.value).startswith(OWN)


def test_the_command_tells_each_number_with_its_source_and_when_it_ends(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path))
    assert main(["terms", "--begins", "2024-01-15"]) == 0
    told = capsys.readouterr().out
    assert "吉医保函〔2024〕37号" in told
    assert "到期：2024-02-29" in told
    assert told.count("到期") == 4
    (tmp_path / OWN).write_text("x: 1\n", "utf-8")
    assert main(["terms"]) == 2
    assert "没有名为 x" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["terms", "--begins", "明天"])
