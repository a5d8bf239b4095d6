"""What stands behind the comparison, the map of likeness and the vitals plot, over real reviews of invented stays."""

import json
import shutil
from dataclasses import asdict

import pytest
from invented_likeness import ALTERED, CARRIED, COPIED, FLAT, SOURCE, TWIN
from invented_stays import HOSTILE

from review.casework.alignment import DIFFERS, SAME, TEMPLATE, align, changed, stretches
from review.casework.cases import open_case
from review.casework.comparable import comparable, documents_of, reports_of
from review.casework.comparison import compare, shown_name
from review.casework.desk import NO_RIGHT, Desk, Refused
from review.casework.likeness_map import likeness_map
from review.casework.readings import read_tabs
from review.casework.reports_compared import compare_reports
from review.casework.results import Results
from review.casework.runs import Runs
from review.casework.versions_compared import compare_versions, versions_told
from review.casework.vitals_plot import vitals_plot
from review.pages.comparing import COMPARING, open_comparison, open_map, open_plot, open_versions
from review.pages.shell import answer
from review.store.accounts import LEADER, Accounts, Person
from review.store.pairs import FIRST
from review.store.store import Store

pytestmark = pytest.mark.slow  # two reviews


@pytest.fixture(scope="module")
def results(reviewed_likeness):
    results = Results(reviewed_likeness[1])
    yield results
    results.close()


@pytest.fixture
def alike(tmp_path, reviewed_likeness):
    """A desk with the invented likenesses, and from a stay to the key its case goes by."""
    folder, out = reviewed_likeness
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    desk = Desk(store, Accounts(store, "127.0.0.1"), Runs(store, tmp_path, None), tmp_path)
    key = store.add_inspection("雷同", "山岭县人民医院", folder, "演示", demo=True)
    shutil.copytree(out, desk.runs.out(key, 1))
    store.update_inspection(key, state="ready", run=1)
    results = desk.results(desk.inspection(key))
    store.pairs.assign(key, FIRST, dict.fromkeys(results.admissions, EXPERT.name), "陈立群")
    yield desk, store.case_keys(key, list(results.admissions)).__getitem__
    results.close()
    store.close()


@pytest.fixture(scope="module")
def finding(results):
    """From a stay and a check to the finding."""
    return lambda stay, check: next(line for line in results.findings[stay] if line["check"] == check)


@pytest.fixture(scope="module")
def pair(results, finding):
    """The two documents of a finding."""
    return lambda stay, check: documents_of(
        finding(stay, check), read_tabs(results, stay, [finding(stay, check)])
    )


def words(side, kind):
    return [
        "".join(side.text[span["start"] : span["end"]].split()) for span in side.spans if span["kind"] == kind
    ]


def test_a_copied_note_is_shown_with_every_fact_that_is_not_this_patients(results, pair):
    shown = compare(results, COPIED, *pair(COPIED, "DOC-017"), whole_names=True)
    assert (shown.kind, shown.here.name, shown.there.name) == ("people", "邵怀远", "路静姝")
    assert {left.what for left in shown.here.leftovers} >= {"性别", "床号", "住院日", "用药"}
    for left in shown.here.leftovers:
        assert shown.here.text[left.start : left.end] == left.written
        assert left.own
    assert [left.number for left in shown.here.leftovers] == list(range(1, len(shown.here.leftovers) + 1))
    assert shown.there.leftovers == ()
    assert shown.apart == "晚 5 天写成"
    assert shown.share == 1.0


def test_templates_are_told_apart_from_what_is_the_patients_own(results, pair):
    shown = compare(results, COPIED, *pair(COPIED, "DOC-017"), whole_names=True)
    template, own = "".join(words(shown.here, TEMPLATE)), "".join(words(shown.here, SAME))
    assert "饮食睡眠一般" in template and "不适随诊" in template
    assert "双踝水肿已退" in own
    assert "双踝水肿已退" not in template
    assert shown.template > 0 and shown.shared > shown.template


def test_the_comparison_says_how_common_the_like_is_in_this_inspection(results, pair):
    rates = compare(results, COPIED, *pair(COPIED, "DOC-017"), whole_names=True).rates
    assert [bar.kind for bar in rates.bars] == ["this", "here", "published"]
    assert sum(rates.levels) == sum(
        row["n"]
        for row in results.rows("select count(*) as n from likeness_documents where kind = '日常病程记录'")
    )
    assert (rates.level, rates.levels[9]) == (9, 2)


def test_another_patients_name_is_whole_only_for_whom_it_is_meant(results, pair):
    shown = compare(results, COPIED, *pair(COPIED, "DOC-017"), whole_names=False)
    assert shown.here.name == "邵怀远"
    assert shown.there.name == f"路** …{SOURCE[-4:]}"
    assert "静姝" not in json.dumps(asdict(shown.there), ensure_ascii=False)
    assert shown_name(None, None, True) == "住院号 …"


def test_a_carried_note_stands_beside_the_one_before_it_with_what_the_day_denies(results, pair):
    shown = compare(results, CARRIED, *pair(CARRIED, "DOC-016"), whole_names=True)
    assert (shown.kind, shown.apart) == ("course", "晚 1 天写成")
    assert [left.written for left in shown.here.leftovers] == ["体温38.9℃"]
    assert "36.6" in shown.here.leftovers[0].own
    assert shown.here.leftovers[0].go["sheet"] == "vitals"
    assert shown.rates.bars[1].counted == "3/4"


def test_a_document_that_is_not_held_or_stands_alone_is_no_pair(results, pair):
    here, _ = pair(COPIED, "DOC-017")
    assert compare(results, COPIED, here, here, True) is None
    assert compare(results, COPIED, here, "no such document", True) is None


def test_only_findings_with_something_to_lay_beside_say_so(results):
    shown = {one["check"]: one["compare"] for one in open_case(results, COPIED, {}, {})["findings"]}
    assert shown["DOC-017"] == "documents"
    assert comparable({"check": "CHG-001", "evidence": []}) == ""
    assert comparable({"check": "DOC-017", "evidence": []}) == ""
    assert comparable({"check": "DOC-021", "evidence": [{"kind": "table"}]}) == ""


def test_the_revisions_of_a_pdf_name_what_differs_in_text_and_on_the_page(
    reviewed_likeness, results, finding
):
    folder = reviewed_likeness[0]
    told = versions_told(results, finding(ALTERED, "DOC-022"))
    assert (told.revisions, told.pages) == (2, (1,))
    assert any("社区获得性肺炎" in change.says and "重症肺炎" in change.says for change in told.changes)
    page = compare_versions(folder / told.source, 1)
    (before, after), *others = page.steps
    assert not others
    gone = [before.text[span["start"] : span["end"]] for span in before.spans]
    come = [after.text[span["start"] : span["end"]] for span in after.spans]
    assert gone == ["社区获得性"]
    assert come == ["重症", "1"]
    assert len(after.boxes) == 2 and before.picture and after.picture


def test_two_laboratory_reports_stand_beside_each_other_whole(results, finding):
    line = next(
        one for one in (*results.findings[FLAT], *results.findings[TWIN]) if one["check"] == "DOC-020"
    )
    shown = compare_reports(results, line["admission_id"], reports_of(results, line), True)
    assert len(shown.here.text.splitlines()) == 13
    assert shown.here.text == shown.there.text
    assert shown.here.name != shown.there.name
    assert [bar.counted for bar in shown.rates.bars] == ["13/13", "1/3"]


def test_a_pdf_that_cannot_be_opened_is_refused_in_words(tmp_path):
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing")
    with pytest.raises(Refused, match="旧版不能打开"):
        compare_versions(broken, 1)
    with pytest.raises(Refused, match="旧版不能打开"):
        compare_versions(tmp_path / "没有.pdf", 1)


def test_the_map_draws_pairs_from_the_earlier_to_the_later_and_knows_the_finding(results):
    keys = {stay: f"k-{stay}" for stay in results.admissions}
    shown = likeness_map(results, keys, True)
    (one,) = shown.pairs
    later, earlier = shown.dots[one.here], shown.dots[one.there]
    assert (later.name, earlier.name) == ("邵怀远", "路静姝")
    assert later.at > earlier.at
    assert (one.found, one.share) == ("probable", 1.0)
    assert one.shared > one.own
    assert sum(shown.levels) == shown.documents
    assert 0 < shown.template_share < 1
    assert "静姝" not in json.dumps(asdict(likeness_map(results, keys, False)), ensure_ascii=False)


def test_one_patient_alone_has_no_map_and_the_reason_is_told(reviewed_alone):
    results = Results(reviewed_alone[1])
    shown = likeness_map(results, {"H000": "k"}, True)
    plot = vitals_plot(results, "H000")
    results.close()
    assert (shown.pairs, shown.reason) == ((), "这次审核没有做不同患者之间的雷同比对：本次检查只有一名患者")
    assert (plot.readings, plot.stretches, plot.said) == ((), (), ())


def test_a_review_of_an_earlier_version_says_that_nothing_was_kept(results, monkeypatch):
    monkeypatch.setattr(Results, "holds", lambda self, table: False)
    assert "重新审核" in likeness_map(results, {}, True).reason
    assert "重新审核" in vitals_plot(results, FLAT).rate


def test_the_plot_shades_the_whole_stretch_a_finding_speaks_of(results, finding):
    shown = vitals_plot(results, FLAT)
    (stretch,) = [one for one in shown.stretches if one.finding == finding(FLAT, "DOC-019")["id"]]
    assert (stretch.readings, stretch.begins, stretch.ends) == (14, "2024-03-06 21:00", "2024-03-10 03:00")
    assert shown.longest == 14
    assert len(shown.readings) == 34
    assert "5 例有体征" in shown.rate and "10 次以上的 2 例" in shown.rate


def test_a_block_that_is_another_patients_leads_to_the_other_stay(results):
    both = [vitals_plot(results, stay) for stay in (FLAT, TWIN)]
    assert {one.others for one in both} == {"", FLAT}
    lengths = [stretch.readings for one in both for stretch in one.stretches]
    assert sorted(lengths) == [6, 14, 14]


def test_everything_the_views_are_sent_is_plain_and_keeps_hostile_text_as_text(results, pair):
    shown = compare(results, CARRIED, *pair(CARRIED, "DOC-016"), whole_names=True)
    assert HOSTILE in shown.here.text
    keys = dict.fromkeys(results.admissions, "k")
    for one in (shown, likeness_map(results, keys, True), vitals_plot(results, TWIN)):
        json.dumps(asdict(one), allow_nan=False)


LEADING = Person("陈立群", (LEADER,))
EXPERT, CLERK = Person("王敏", ("专家",)), Person("周岚", ("经办",))


def test_an_expert_opens_comparison_versions_map_and_plot_of_a_case(alike, finding):
    desk, case = alike
    copied = {"case": case(COPIED), "finding": finding(COPIED, "DOC-017")["id"]}
    assert open_comparison(desk, EXPERT, copied)["there"]["name"].startswith("路**")
    assert open_comparison(desk, LEADING, copied)["there"]["name"] == "路静姝"
    altered = {"case": case(ALTERED), "finding": finding(ALTERED, "DOC-022")["id"]}
    assert open_comparison(desk, EXPERT, altered)["versions"]["revisions"] == 2
    assert len(open_versions(desk, EXPERT, altered | {"page": 1})["steps"]) == 1
    drawn = open_map(desk, EXPERT, {"case": case(FLAT)})
    assert {dot["case"] for dot in drawn["dots"]} == {case(COPIED), case(SOURCE)}
    others = {open_plot(desk, EXPERT, {"case": case(stay)})["others"] for stay in (FLAT, TWIN)}
    assert others == {"", case(FLAT)}


@pytest.mark.parametrize(
    ("handler", "given"),
    [
        (open_comparison, {}),
        (open_comparison, {"finding": "no such finding"}),
        (open_comparison, {"here": "no such document", "there": "nor this"}),
        (open_comparison, {"here": ["a list"], "there": 7}),
        (open_versions, {"finding": "no such finding", "page": "one"}),
    ],
)
def test_what_is_not_there_is_refused_in_words(alike, handler, given):
    desk, case = alike
    with pytest.raises(Refused, match=r"请刷新页面|没有可并排对照"):
        handler(desk, EXPERT, {"case": case(COPIED), **given})
    with pytest.raises(Refused, match="没有这份病例"):
        handler(desk, EXPERT, {"case": "no such case", **given})


def test_a_page_that_the_pdf_does_not_have_is_refused_in_words(alike, finding):
    desk, case = alike
    altered = {"case": case(ALTERED), "finding": finding(ALTERED, "DOC-022")["id"]}
    with pytest.raises(Refused, match="旧版不能打开"):
        open_versions(desk, EXPERT, altered | {"page": 99})


def test_whoever_may_not_open_the_review_gets_none_of_it(alike):
    desk, case = alike
    for handler in COMPARING:
        assert answer(desk, "review", handler, CLERK, {"case": case(COPIED)}) == {"problem": NO_RIGHT}


def test_shared_stretches_are_found_in_whatever_order_they_stand():
    one, other = "甲乙丙丁戊己庚辛壬癸子丑寅卯", "天地玄黄宇宙洪荒日月盈昃辰宿"
    laid = align(f"{one}，{other}。", f"{other} ；\n{one}！")
    assert laid.shared == len(one + other)
    assert {span.kind for span in (*laid.here, *laid.there)} == {SAME}
    assert [span.block for span in laid.here] == [0, 1]
    assert [span.block for span in laid.there] == [1, 0]


def test_a_template_inside_a_shared_stretch_is_cut_out_of_it():
    text = "甲乙丙丁戊己庚辛壬癸子丑寅卯"
    laid = align(text, text, templates_here=stretches("0-4"))
    assert [(span.start, span.end, span.kind) for span in laid.here] == [(0, 4, TEMPLATE), (4, 14, SAME)]
    assert (laid.shared, laid.template, laid.own) == (14, 4, 10)


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("诊断：肺炎\n", "诊断：重症肺炎\n", [], ["重症"]),
        ("日期 03-11\n二\n", "日期 03-12\n二\n", ["1"], ["2"]),
        ("一\n二\n", "一\n", ["二"], []),
        ("", "", [], []),
    ],
)
def test_what_differs_between_two_versions_is_named_by_letter(before, after, gone, come):
    laid = changed(before, after)
    assert [before[span.start : span.end].strip() for span in laid.here if span.kind == DIFFERS] == gone
    assert [after[span.start : span.end].strip() for span in laid.there if span.kind == DIFFERS] == come
