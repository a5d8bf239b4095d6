"""一公开: settled findings only, no cell of few, nobody's name or number, every word as text."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from review.__main__ import main
from review.errors import InputError
from review.procedure.publish import FEWEST, TOGETHER, told_of
from review.procedure.publish_command import _require_nobody
from review.procedure.publish_paper import as_page, paper_of
from review.reports.dossier import Dossier, Point, Sojourn
from review.store.entries import Press, TrailFilter
from review.store.life import SETTLED
from review.store.store import new_key

CLAUSE = {"document": "医疗保障基金使用监督管理条例", "passage": "第三十八条（三）"}


def point(name, verdict="confirm", yuan="10.00"):
    amount = Decimal(yuan)
    return Point(
        id=new_key(), check="X", violation="duplicate_charge", name=f"疑似{name}", certainty="较可能", message="",
        amount=amount, fund=amount / 2, suspected=amount, confirmed=amount if verdict == "confirm" else None,
        carried_by="", charge_ids=(), evidence=(), basis=(CLAUSE,), overturned_by=(), verdict=verdict, reasons=(), note="",
        who="", at=None, gone=False, origin="rule",
    )  # fmt: skip


def stay(number, *points):
    return Sojourn(
        str(number),
        number,
        "某",
        "",
        "",
        None,
        "",
        "",
        "",
        None,
        None,
        None,
        None,
        None,
        False,
        tuple(points),
    )


def dossier(counts, hospital="山岭县人民医院", verdict="confirm"):
    stays, number = [], 0
    for name, count in counts.items():
        for _ in range(count):
            number += 1
            stays.append(stay(number, point(name, verdict)))
    return Dossier("检查", hospital, "H1", "", None, None, None, 1, False, stays=tuple(stays))


def test_kinds_of_few_stays_are_put_together_and_the_total_gives_none_of_them_away():
    said = told_of([dossier({"重复收费": 20, "超标准收费": 9, "分解住院": 3, "挂床住院": 1})])
    assert [(row.name, row.stays) for row in said.rows] == [("重复收费", 20), (TOGETHER, 13)]
    assert said.total.yuan == sum(row.yuan for row in said.rows) == Decimal("330.00")
    enough = told_of([dossier({"重复收费": 20, "超标准收费": 9, "分解住院": 3, "挂床住院": 2})])
    assert [row.stays for row in enough.rows] == [20, 9, 5]


def test_where_all_are_few_no_number_is_told():
    said = told_of([dossier({"重复收费": FEWEST - 1})])
    assert (said.rows, said.total, said.clauses) == ((), None, ())
    page = as_page(paper_of(said, "公开", datetime(2026, 3, 2)))
    assert f"不足 {FEWEST} 例，不列数字" in page and "40.00" not in page


def test_what_is_open_or_rejected_is_no_part_of_it():
    mixed = dossier({"重复收费": 6})
    others = dossier({"挂床住院": 9}, verdict="reject").stays + dossier({"分解住院": 9}, verdict="").stays
    said = told_of([replace(mixed, stays=mixed.stays + others)])
    assert [row.name for row in said.rows] == ["重复收费"]


def test_stays_of_two_inspections_are_not_taken_for_one():
    said = told_of([dossier({"重复收费": 3}, "甲医院"), dossier({"重复收费": 3}, "乙医院")])
    assert (said.rows[0].stays, said.institutions) == (6, ("甲医院", "乙医院"))


def test_a_hostile_name_stays_words():
    said = told_of([dossier({"重复收费": 6}, "<script>alert(1)</script>&=1+1")])
    page = as_page(paper_of(said, "<b>公开</b>", datetime(2026, 3, 2)))
    assert "<script" not in page and "<b>" not in page and "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


def confirm_all(store, key, reviewed):
    from review.casework.results import Results

    results = Results(reviewed / "out")
    for admission, lines in results.findings.items():
        for line in lines:
            store.append(Press(new_key(), key, admission, line["id"], "confirm", "王敏"))
    names = {row["person_name"] for row in results.admissions.values()}
    results.close()
    return names


def run(tmp_path, capsys, *arguments):
    code = main(["publish", *arguments, "--out", str(tmp_path / "公开")])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out + said.err


def test_only_what_is_settled_is_published_and_the_trail_tells_of_it(workbench, reviewed, tmp_path, capsys):
    store, key = workbench
    names = confirm_all(store, key, reviewed)
    code, said = run(tmp_path, capsys, "今年检查")
    assert code == 2 and "定案以后才能公开" in said and not (tmp_path / "公开").exists()
    store.life.move(key, SETTLED, "陈立群")
    code, said = run(tmp_path, capsys, "今年检查")
    page = (tmp_path / "公开" / "公开.html").read_text("utf-8")
    assert code == 0 and "山岭县人民医院" in page and "合计" in page
    assert not any(name in page for name in names)
    assert [line.inspection for line in store.trail.lines(TrailFilter(act="publish"))] == [key]
    assert run(tmp_path, capsys, "今年检查")[0] == 2  # nothing is written over


def test_a_name_in_the_title_stops_it_and_is_not_said(workbench, reviewed, tmp_path, capsys):
    store, key = workbench
    name = sorted(confirm_all(store, key, reviewed))[0]
    store.life.move(key, SETTLED, "陈立群")
    code, said = run(tmp_path, capsys, "今年检查", "--title", f"关于{name}的公开")
    assert code == 2 and "没有写出文件" in said and name not in said
    assert not (tmp_path / "公开").exists()


def test_an_inspection_that_is_not_there_is_told(workbench, tmp_path, capsys):
    assert "没有已审核的检查“别的”" in run(tmp_path, capsys, "别的")[1]


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("关于张三丰的公开", "张三丰"),
        ("关于张 三丰的公开", "张三丰"),
        ("O'Neil & Sons 公开", "O'Neil & Sons"),
        ("住院号10023的公开", "10023"),
    ],
)
def test_a_person_is_found_however_spaced_and_past_the_signs_of_html(title, value):
    page = as_page(paper_of(told_of([dossier({"重复收费": 6})]), title, datetime(2026, 3, 2)))
    with pytest.raises(InputError, match="没有写出文件"):
        _require_nobody(page, {value})


def test_a_number_within_a_longer_one_is_nobody():
    page = as_page(paper_of(told_of([dossier({"重复收费": 6})]), "第810023号", datetime(2026, 3, 2)))
    _require_nobody(page, {"10023", "2026"})


def test_few_reviewed_stays_are_not_counted_out_and_no_hearing_is_claimed():
    few = as_page(paper_of(told_of([dossier({"重复收费": 3})]), "公开", datetime(2026, 3, 2)))
    assert f"<dd>不足 {FEWEST} 例</dd>" in few and "3 例" not in few
    enough = as_page(paper_of(told_of([dossier({"重复收费": FEWEST})]), "公开", datetime(2026, 3, 2)))
    assert f"<dd>{FEWEST} 例</dd>" in enough
    assert "听取" not in enough
