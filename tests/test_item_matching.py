"""Names to the catalogue: what is the same item, what needs a person, what a check says until somebody has decided."""

import csv
import json
import re
from datetime import date
from decimal import Decimal

import pytest
from case_warehouse import CaseWarehouse, build, moment

from evals.matching import score_matching
from knowledge.importing.importers import import_rows
from knowledge.importing.mapped_rows import Stated
from knowledge.importing.sheet_previews import preview_tables
from knowledge.matching.catalogue import CatalogueItem, catalogue_of
from knowledge.matching.matcher import EXACT, NEAR, NORMALISED, REORDERED, SYNONYM, Matcher
from knowledge.matching.names import normal_form
from knowledge.rows.held import load_rows
from review.__main__ import main
from review.checks.item_names import synonym_groups
from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.items.choices import make_choice, why_near
from review.items.matching import LocalItem
from review.models import Basis
from review.store.store import Store

DAILY = "001103000010000"
ITEMS = [
    CatalogueItem(DAILY, "急诊监护费"),
    CatalogueItem("001201000040000", "Ⅱ级护理"),
    CatalogueItem("001201000050000", "Ⅲ级护理"),
    CatalogueItem("002502030200000", "血浆凝血酶原时间测定(PT)"),
    CatalogueItem("002501010150000", "血细胞分析"),
    CatalogueItem("002103000010000", "X线计算机体层(CT)平扫"),
    CatalogueItem("002103000020000", "X线计算机体层(CT)增强扫描"),
    CatalogueItem("003311030050000", "膀胱造瘘术"),
    CatalogueItem("004300000220000", "拔罐疗法(火罐)"),
    CatalogueItem("002504030010100", "甲型肝炎抗体测定(IgG)"),
    CatalogueItem("002504030010200", "甲型肝炎抗体测定(IgM)"),
    CatalogueItem("003313030240000", "子宫内翻复位术"),
    CatalogueItem("003112010160000", "子宫内翻复位术"),
]
MATCHER = Matcher(ITEMS, synonym_groups())


@pytest.mark.parametrize(
    ("name", "code", "how"),
    [
        ("急诊监护费", DAILY, EXACT),
        ("急诊 监护费（日）", DAILY, NORMALISED),
        ("Ⅱ级护理", "001201000040000", EXACT),
        ("二级护理", "001201000040000", NORMALISED),
        ("II级护理", "001201000040000", EXACT),
        ("２级护理费", "001201000040000", NORMALISED),
        ("血浆凝血酶原时间测定", "002502030200000", NORMALISED),
        ("CT平扫", "002103000010000", NORMALISED),
        ("X线计算机体层【CT】平扫", "002103000010000", NORMALISED),
        ("火罐拔罐疗法", "004300000220000", REORDERED),
    ],
)
def test_the_same_item_written_otherwise_needs_nobody(name, code, how):
    first = MATCHER.candidates(name)[0]
    assert (first.code, first.how, first.accepted) == (code, how, True)


@pytest.mark.parametrize(
    ("name", "likeliest", "how"),
    [
        ("血常规", "002501010150000", SYNONYM),
        ("急诊监护", DAILY, NEAR),
        ("膀胱造瘘术(穿刺)", "003311030050000", NEAR),
        ("血浆凝血酶原时间测定(APTT)", "002502030200000", NEAR),
    ],
)
def test_a_name_that_says_more_or_less_waits_for_a_person(name, likeliest, how):
    first = MATCHER.candidates(name)[0]
    assert (first.code, first.how, first.accepted) == (likeliest, how, False)


def test_a_name_of_two_items_is_nobodys_until_somebody_says_which():
    found = MATCHER.candidates("子宫内翻复位术")
    assert {one.code for one in found[:2]} == {"003313030240000", "003112010160000"}
    assert not any(one.accepted for one in found)


def test_a_class_of_antibody_is_no_abbreviation():
    assert not any(one.accepted for one in MATCHER.candidates("甲型肝炎抗体测定"))
    assert normal_form("一次性导尿包") == "一次性导尿包"


def test_a_name_unlike_all_has_no_candidate():
    assert MATCHER.candidates("陪护床") == ()
    assert MATCHER.candidates("") == ()


def test_the_reason_names_what_differs():
    assert why_near("急诊监护", "急诊监护费") == "目录多“费”"
    assert why_near("膀胱造瘘术(穿刺)", "膀胱造瘘术") == "院内多“穿刺”"


@pytest.mark.slow
def test_what_is_taken_without_asking_is_right_in_99_of_100_on_the_half_held_out():
    lines = score_matching(None)
    held = lines[next(place for place, line in enumerate(lines) if line.startswith("留出的一半")) :]
    accepted = [line for line in held if "准确率" in line]
    assert len(accepted) == 3  # otherwise written, with slips, and judged by hand
    assert all(float(re.search(r"准确率 ([\d.]+)", line)[1]) >= 0.99 for line in accepted), accepted
    assert float(re.search(r"前五有 ([\d.]+)", accepted[1])[1]) >= 0.95


def test_the_shipped_rows_make_a_catalogue():
    items = catalogue_of({table: load_rows(table, None) for table in ("item_limits", "exclusive_items")})
    assert len({item.code for item in items}) > 300
    assert not any("|" in item.code for item in items if item.code[0].isdigit())


# --- in the warehouse -------------------------------------------------------------------------------------------------

LIMIT = {"code15": DAILY, "name": "急诊监护费", "per": "day", "max_qty": 1, "qty_unit": "日"}
LINES = [
    {"charge_id": number, "quantity": 1, "unit": "日", "unit_price": 30, "charged_at": "2024-03-02 10:00"}
    for number in (1, 2, 3)
]


@pytest.fixture(scope="module")
def cases():
    held = CaseWarehouse()
    yield held
    held.warehouse.close()


def always_in_force(document, passage, day):
    return Basis(document, passage, date(2021, 5, 1), None)


def ran(cases, charges, knowledge, **case):
    check = next(check for check in all_checks() if check.header.code == "CHG-002")
    lines = [{**line, **said} for line, said in zip(LINES, charges, strict=False)]
    case = moment({"charges": lines, "knowledge": {"item_limits": [LIMIT], **knowledge}, **case})
    inspection = build(cases, case)
    return run_check(check, inspection, Stamp(inspection, always_in_force)), inspection


def ceilings(inspection):
    rows = inspection.warehouse.rows(
        "select distinct ceiling, how from row_codes where table_name = 'item_limits'"
    )
    return {(row["how"], row["ceiling"]) for row in rows}


def coded(**said):
    return [{"code15": DAILY, "item_name": "急诊监护费", **said}] * 3


def named(name, **said):
    return [{"item_name": name, **said}] * 3


def mapping(**said):
    row = {"local_name": "急诊监护", "ref_code15": DAILY, "quality": "same", "authority": "city"}
    return {"item_map": [{**row, **said}]}


def test_a_national_row_by_the_bare_code_is_probable_at_most(cases):
    found, inspection = ran(cases, coded(), {"item_map": []})
    assert ceilings(inspection) == {("code", "probable")}
    assert [(str(finding.certainty), finding.lowered_by) for finding in found.findings] == [
        ("probable", ("国家编码未经当地目录对照确认",))
    ]


@pytest.mark.parametrize(
    ("quality", "ceiling"), [("same", "established"), ("narrower", "probable"), ("wider", "clue")]
)
def test_an_approved_map_row_keeps_the_certainty_as_far_as_the_items_are_one(cases, quality, ceiling):
    found, inspection = ran(cases, named("急诊监护"), mapping(quality=quality))
    assert ceilings(inspection) == {("map", ceiling)}
    assert [finding.amount for finding in found.findings] == [Decimal("60.00")]


def test_a_regions_own_row_is_known_by_the_regions_code(cases):
    row = {**LIMIT, "code15": "22110300001", "region": "220000", "match": "prefix", "name": "急诊监护"}
    _, inspection = ran(cases, coded(code15="221103000010000"), {"item_limits": [row], "item_map": []},
                        inspection={"region": "220100"})  # fmt: skip
    assert ceilings(inspection) == {("code", "established")}


def test_a_row_that_names_a_suffix_goes_before_one_that_does_not(cases):
    rows = [
        {"local_code": DAILY, "local_name": "急诊监护费", "ref_code15": DAILY, "quality": "same", "authority": "city"},
        {"local_code": f"{DAILY}-01", "local_name": "急诊监护费", "ref_code15": "009999000010000", "quality": "same",
         "authority": "city"},
    ]  # fmt: skip
    found, _ = ran(cases, coded(code15=f"{DAILY}-01"), {"item_map": rows})
    assert found.findings == ()
    found, _ = ran(cases, coded(code15=f"{DAILY}-02"), {"item_map": rows})
    assert len(found.findings) == 1


def test_the_hospitals_own_row_goes_before_a_general_one_and_no_other_hospitals_counts(cases):
    general = {
        "local_name": "急诊监护",
        "ref_code15": "009999000010000",
        "quality": "same",
        "authority": "city",
    }
    stay = {"admissions": [{"admission_id": "A1", "hospital_code": "H1"}]}
    for hospital, findings in (("H1", 1), ("H2", 0)):
        own = {**general, "ref_code15": DAILY, "hospital": hospital}
        found, _ = ran(cases, named("急诊监护"), {"item_map": [general, own]}, **stay)
        assert len(found.findings) == findings


def test_two_rows_of_one_rank_that_name_different_items_settle_nothing(cases):
    row = {"local_name": "急诊监护", "quality": "same", "authority": "city"}
    rows = [{**row, "ref_code15": DAILY}, {**row, "ref_code15": "009999000010000"}]
    found, inspection = ran(cases, named("急诊监护"), {"item_map": rows})
    assert found.findings == () and ceilings(inspection) == set()


def test_the_same_name_without_a_code_is_a_clue(cases):
    found, inspection = ran(cases, named("急诊监护费（次）"), {"item_map": []})
    assert ceilings(inspection) == {("name", "clue")}
    assert [(str(finding.certainty), finding.lowered_by) for finding in found.findings] == [
        ("clue", ("项目只按名称对上，尚未对码",))
    ]


def test_a_near_name_is_not_checked_and_named_never_clear(cases):
    found, _ = ran(cases, named("急诊监护"), {"item_map": []})
    assert [(str(result.outcome), result.reason) for result in found.results] == [
        ("not_checked", "项目“急诊监护”没有国家编码，尚未对码")
    ]


def test_an_item_that_somebody_found_in_no_catalogue_is_clear(cases):
    found, _ = ran(cases, named("急诊监护费"), mapping(local_name="急诊监护费", ref_code15=None))
    assert [str(result.outcome) for result in found.results] != ["found"]
    assert "尚未对码" not in str([result.reason for result in found.results])


# --- a bureau's sheet, and the command line ---------------------------------------------------------------------------


def test_a_bureaus_own_sheet_of_codes_loads_with_its_suffixes(tmp_path):
    file = tmp_path / "目录对照表.csv"
    lines = ["地方编码,地方项目名称,国家编码,国家项目名称,对应关系", f"120400006h,急诊监护,{DAILY},急诊监护费,多对一",
             f"{DAILY}-02,急诊监护(特),{DAILY},急诊监护费,"]  # fmt: skip
    file.write_text("\n".join(lines) + "\n", "utf-8-sig")
    home = tmp_path / "home"
    previews = preview_tables(file, home)
    assert [preview.table for preview in previews] == ["item_map"]
    import_rows(
        file,
        home,
        mapping={one.sheet: one.mapping for one in previews if one.mapping},
        stated=Stated("220000"),
    )
    rows = load_rows("item_map", home)
    said = {
        (row["local_code"], row["local_name"], row["ref_code15"], row["quality"], row["region"])
        for row in rows
    }
    assert said == {
        ("120400006H", "急诊监护", DAILY, "narrower", "220000"),
        (f"{DAILY}-02", "急诊监护(特)", DAILY, "same", "220000"),
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An inspection of one stay whose three daily lines carry a hospital's code and name alone."""
    claims = tmp_path / "检查" / "claims"
    claims.mkdir(parents=True)
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    (tmp_path / "检查" / "inspection.yaml").write_text("region: {code: '229900'}\n", "utf-8")
    tables = {
        "mdtrt_d": [["mdtrt_id", "psn_no", "begntime", "endtime", "fixmedins_code"],
                    ["A1", "P1", "2024-03-01 08:00:00", "2024-03-05 09:00:00", "H1"]],
        "setl_d": [["setl_id", "mdtrt_id", "medfee_sumamt", "fund_pay_sumamt"], ["S1", "A1", "90", "80"]],
        "fee_list_d": [["bkkp_sn", "mdtrt_id", "fee_ocur_time", "medins_list_codg", "medins_list_name", "list_type",
                        "cnt", "pric", "det_item_fee_sumamt", "unit"]]
        + [[str(n), "A1", "2024-03-02 10:00:00", "HS9", "急诊监护", "201", "1", "30", "30", "日"] for n in (1, 2, 3)],
    }  # fmt: skip
    for name, rows in tables.items():
        with (claims / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return tmp_path / "检查"


def items_said(folder, capsys, *options):
    assert main(["items", str(folder), "--json", "--who", "陈立群", *options]) == 0
    said = capsys.readouterr().out
    return json.loads(said[said.index("[") :])


def test_an_item_is_listed_confirmed_remembered_for_the_hospital_and_taken_back(folder, tmp_path, capsys):
    (item,) = items_said(folder, capsys)
    assert (item["name"], item["code"], item["lines"], item["yuan"], item["state"]) == (
        "急诊监护", "HS9", 3, "90.00", "待确认",
    )  # fmt: skip
    first = item["candidates"][0]
    assert (first["code"], first["why"]) == (DAILY, "目录多“费”")
    (item,) = items_said(folder, capsys, "--confirm", f"{item['id']}={DAILY}")
    assert (item["state"], item["chosen"]["name"], item["chosen"]["who"]) == (
        "已确认",
        "急诊监护费",
        "陈立群",
    )
    assert main([str(folder), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    findings = [
        json.loads(line) for line in (tmp_path / "out" / "findings.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(one["check"], one["amount"]) for one in findings if one["check"] == "CHG-002"] == [
        ("CHG-002", 60.0)
    ]
    (item,) = items_said(folder, capsys, "--undo")
    assert item["state"] == "待确认"
    assert main([str(folder), "--out", str(tmp_path / "again"), "--quiet"]) == 0
    outcomes = [
        json.loads(line) for line in (tmp_path / "again" / "checks.jsonl").read_text("utf-8").splitlines()
    ]
    daily = next(one for one in outcomes if one["check"] == "CHG-002")
    assert (daily["outcome"], daily["reason"]) == ("not_checked", "项目“急诊监护”没有国家编码，尚未对码")


def test_a_wrong_number_or_code_is_told(folder, capsys):
    assert main(["items", str(folder), "--confirm", "nothing"]) == 2
    assert "编号=国家编码" in capsys.readouterr().err
    assert main(["items", str(folder), "--confirm", f"0000={DAILY}"]) == 2
    assert "没有编号为“0000”的项目" in capsys.readouterr().err


def test_a_press_sent_twice_is_one_choice_and_an_undo_takes_back_the_last_of_the_same_person(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    item = LocalItem("H1", "HS9", "急诊监护", "日", 3, 1, Decimal(90), None, ())
    choice = make_choice(item, DAILY, "same", ITEMS)
    store.rulings.choose("p1", "陈立群", choice)
    store.rulings.choose("p1", "陈立群", make_choice(item, "", "same", ITEMS))
    assert [one.ref_code15 for one in store.rulings.choices()] == [DAILY]
    assert store.rulings.undo_choice("p2", "王敏", "H1") is None
    assert store.rulings.undo_choice("p3", "陈立群", "H1").local_name == "急诊监护"
    assert store.rulings.choices() == ()
    store.close()
