"""What a harvest leaves of people: nothing that identifies, and everything that the checks compare."""

import csv
import random
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from harvest_calls import EXPERT, called

from evals.harvesting.harvest import ResidueLeft, Reviewed, Source, harvest_case, harvest_source
from evals.harvesting.masks import TOLD_FREELY
from evals.harvesting.names import InventedNames
from evals.harvesting.numbers import invented_births, invented_numbers
from evals.harvesting.places import InventedPlaces
from evals.harvesting.pseudonyms import Pseudonyms
from evals.harvesting.residue import residue
from evals.harvesting.rewriting import Known, Rewriting
from evals.harvesting.vocabulary import CODES, PEOPLE, PLACES, Vocabulary
from review.casework.pairing import Pairing
from review.intake.columns import shapes
from review.store.pairs import FIRST, SECOND, Rules

FULL = Path(__file__).parent.parent / "evals" / "cases" / "river-port-2025"
CODED = """
spec dosform_name unit medins_list_name hilist_name used_frqu_dscr prd_days sin_dos_dscr dscg_maindiag_name diag_name
adm_dept_name dscg_dept_name bilg_dept_name acord_dept_name adm_bed oprn_oprt_name anst_way level kind departments
equipment order_type dose dose_unit frequency days quantity department operation_name is_main grade incision healing
method exam_name body_part specimen panel analyte value_text reference_range consciousness action
"""


def rewriting_of(*, items=(), own=(), **known):
    vocabulary = Vocabulary(**{name: frozenset(held) for name, held in known.items()})
    pseudonyms = Pseudonyms(vocabulary, "229900", random.Random(3))
    return Rewriting(Known.of(vocabulary, items, own), pseudonyms)


def written(folder):
    """The names and contents of all files, as one text."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return "\n".join(f"{file.relative_to(folder)}\n{file.read_bytes().decode()}" for file in files)


def rows(file):
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return Source.read(FULL, tmp_path_factory.mktemp("home"), [EXPERT])


@pytest.fixture(scope="module")
def case(source, tmp_path_factory):
    """An inspection with whole identity numbers, telephones and addresses, harvested."""
    out = tmp_path_factory.mktemp("cases") / "harvested"
    reviewed = Reviewed(FULL, {}, called())
    harvest_source(reviewed, source, source.vocabulary, out, out.parent)
    return out


def test_no_identifier_of_the_tables_is_in_any_file_or_file_name(case):
    text = written(case)
    stays = rows(FULL / "claims" / "mdtrt_d.csv")
    columns = [
        "mdtrt_id",
        "psn_no",
        "psn_name",
        "certno",
        "tel",
        "addr",
        "ipt_otp_no",
        "medrcdno",
        "chfpdr_name",
    ]
    sought = {row[column] for row in stays for column in [*columns, "fixmedins_code", "fixmedins_name"]}
    for file in FULL.glob("claims/fee_list_d*.csv"):
        for row in rows(file):
            sought |= {row["bkkp_sn"], row["setl_id"], row["bilg_dr_name"], row["acord_dr_name"]}
            sought |= {row["rx_drord_no"]}
    assert len(sought) > 4000
    assert [one for one in sought if len(one) > 1 and one in text] == []
    assert not [row["addr"][:3] for row in stays if row["addr"][:3] in text]


def test_what_the_checks_compare_stands_as_it_stood(case):
    old, new = rows(FULL / "claims" / "mdtrt_d.csv"), rows(case / "claims" / "mdtrt_d_001.csv")
    assert len(old) == len(new)
    for column in ("psn_no", "psn_name", "certno", "tel", "addr", "mdtrt_id", "ipt_otp_no"):
        alike = {(before[column], after[column]) for before, after in zip(old, new, strict=True)}
        assert len(alike) == len({pair[0] for pair in alike}) == len({pair[1] for pair in alike}), column
        assert all(len(before) == len(after) for before, after in alike), column
    for column in ("gend", "age", "begntime", "dscg_maindiag_code", "adm_dept_name", "insu_admdvs"):
        assert [row[column] for row in old] == [row[column] for row in new], column
    for row in new:
        card, born = row["certno"], date.fromisoformat(row["brdy"])
        assert card[6:14] == f"{born:%Y%m%d}"
        assert int(card[16]) % 2 == int(row["gend"]) % 2
        begins = datetime.fromisoformat(row["begntime"]).date()
        assert begins.year - born.year - ((begins.month, begins.day) < (born.month, born.day)) == int(
            row["age"]
        )
    assert [a["brdy"] for a in old] != [b["brdy"] for b in new]


def test_documents_keep_their_letters_and_lose_the_names_of_their_folders(case, source):
    folders = {folder.name for folder in (case / "records").iterdir()}
    assert len(folders) == len({path.parent.name for path in FULL.glob("records/*/*")})
    assert folders.isdisjoint(folder.name for folder in (FULL / "records").iterdir())
    lengths = sorted(len(one.read.text) for one in source.intake.sources if one.read)
    assert lengths == sorted(len(file.read_text("utf-8")) for file in case.glob("records/*/*.txt"))


def forgetting(vocabulary, part, which):
    held = sorted(getattr(vocabulary, part), key=len)
    return replace(vocabulary, **{part: frozenset(one for one in held if one != held[which])})


@pytest.mark.parametrize(
    ("part", "kind"),
    [("phones", "号码"), ("identities", "号码"), ("numbers", "号码")],
)
def test_what_the_rewriting_forgot_is_found_and_nothing_is_left_behind(source, tmp_path, part, kind):
    out = tmp_path / "harvested"
    forgetful = forgetting(source.vocabulary, part, -1)
    with pytest.raises(ResidueLeft) as failure:
        harvest_source(Reviewed(FULL, {}, called()), source, forgetful, out, tmp_path)
    assert kind in {left.kind for left in failure.value.left}
    assert list(tmp_path.iterdir()) == []
    (missing,) = getattr(source.vocabulary, part) - getattr(forgetful, part)
    assert missing not in str(failure.value)


def test_what_only_looks_like_an_identifier_is_found_too(tmp_path):
    lines = ["身份证 229900196604141425", "电话13951230987", "卡号 6222021234567894", "a@b.example"]
    (tmp_path / "records.txt").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "13951230987.txt").write_text("编码 002501010150000 单价 1395.12", encoding="utf-8")
    (tmp_path / "scan.txt").write_bytes(b"\xff\xfe\x00")
    found = residue(tmp_path, Vocabulary(), Known.of(Vocabulary(), (), ()), ())
    assert [(one.place, one.line, one.kind) for one in found] == [
        ("records.txt", 1, "像证件号码"),
        ("records.txt", 2, "像手机号码"),
        ("records.txt", 3, "像银行卡号"),
        ("records.txt", 4, "像电子邮箱"),
        ("scan.txt", 0, "不是文本"),
        ("（文件名）", 0, "像手机号码"),
    ]
    assert residue(tmp_path / "none", Vocabulary(), Known.of(Vocabulary(), (), ()), ()) == []


def test_a_name_or_a_place_is_found_over_spaces_but_not_in_a_word(tmp_path):
    (tmp_path / "a.txt").write_text("查 霍 明辉\n住石塘村\n高敏肌钙蛋白", encoding="utf-8")
    vocabulary = Vocabulary(names=frozenset({"霍明辉", "高敏"}), places=frozenset({"城关镇石塘村"}))
    found = residue(tmp_path, vocabulary, Known.of(vocabulary, (), ()), ())
    assert [(one.line, one.kind) for one in found] == [(1, "姓名"), (2, "住址、单位或机构")]


def test_a_number_is_found_inside_others_and_over_what_stands_between_its_digits(tmp_path):
    (tmp_path / "a.txt").write_text(
        "编号9913951230987\n139 5123-0987 号\n金额 250301.00 元", encoding="utf-8"
    )
    vocabulary = Vocabulary(phones=frozenset({"13951230987"}), numbers=frozenset({"250301"}))
    found = residue(tmp_path, vocabulary, Known.of(vocabulary, (), ()), ())
    assert [(one.line, one.kind) for one in found] == [(1, "号码"), (2, "号码")]


def test_numbers_keep_their_order_their_shape_and_their_runs():
    own = ["ZY1007", "ZY1008", "ZY1011", "ZY0003", "0024031201"]
    made = invented_numbers(own, random.Random(5))
    assert {len(new) for new in made.values()} == {6, 10}
    values = [int(made[number][2:]) for number in ("ZY0003", "ZY1007", "ZY1008", "ZY1011")]
    assert values == sorted(values)
    assert values[2] == values[1] + 1 and values[3] > values[2] + 1 and values[1] > values[0] + 1
    assert set(made.values()).isdisjoint(own)


def test_numbers_that_leave_no_room_are_refused():
    own = [f"ABC{number:03d}" for number in range(1000)]
    with pytest.raises(ValueError, match="无法改写"):
        invented_numbers(own, random.Random(1))
    crowded = own[::7]
    made = invented_numbers(crowded, random.Random(1))
    assert set(made.values()).isdisjoint(crowded) and len(set(made.values())) == len(crowded)


def test_a_birth_keeps_its_year_and_every_age_but_a_small_childs_stays():
    stays = ((date(2024, 3, 5), date(2024, 3, 9)), (date(2024, 11, 20), date(2024, 12, 2)))
    old, child = date(1961, 4, 19), date(2023, 1, 3)
    made = invented_births({old: stays, child: stays}, random.Random(2))
    assert made[child] == child
    assert made[old] != old and made[old].year == 1961 and made[old].month < 10 and made[old].day > 9
    for day in (day for stay in stays for day in stay):
        ages = {
            day.year - born.year - ((day.month, day.day) < (born.month, born.day))
            for born in (old, made[old])
        }
        assert len(ages) == 1


def test_a_household_keeps_one_surname_and_a_slip_of_the_pen_stays_one():
    own = ["庄玉梅", "庄玉海", "庄志成", "欧阳静怡", "武长春", "武某", "庄玉梅之子"]
    names = InventedNames(own, random.Random(4))
    made = {name: names.of(name) for name in own}
    assert all(len(new) == len(name) and new != name for name, new in made.items())
    assert len({made[name][0] for name in own if name[0] == "庄"}) == 1
    assert sum(a != b for a, b in zip(made["庄玉梅"], made["庄玉海"], strict=True)) == 1
    assert made["庄玉梅之子"] == f"{made['庄玉梅']}之子"
    assert made["武某"][1] == "某" and made["武某"][0] == made["武长春"][0]
    assert len(set(made.values())) == len(own)


def test_people_of_one_village_are_still_of_one():
    own = ["山岭县城关镇石塘村3组12号", "山岭县城关镇石塘村5组7号", "山岭县敬老院", "临江市纺织机械厂"]
    places = InventedPlaces(own, random.Random(6))
    one, other, home, works = map(places.of, own)
    assert one.partition("村")[0] == other.partition("村")[0]
    assert one[:3] == home[:3] and home.endswith("敬老院") and works.endswith("厂")
    assert "山岭" not in one and len(one) == len(own[0])


def test_names_are_taken_out_over_spaces_and_line_breaks_but_not_out_of_words():
    rewriting = rewriting_of(names=["霍明辉", "白云"], items=["白云山板蓝根颗粒"])
    text = "姓名：霍 明\n辉　主诉：见白云\n服白云山板蓝根颗粒"
    new = rewriting.text(text)
    assert [at for at, (old, sign) in enumerate(zip(text, new, strict=True)) if old != sign] == [3, 5, 7]
    assert rewriting.words == {"白云"}


def test_a_misread_name_is_taken_out_of_a_recognised_page_only():
    rewriting = rewriting_of(names=["霍明辉"])
    assert rewriting.text("患者霍朋辉于今日入院") == "患者霍朋辉于今日入院"
    assert "霍朋辉" not in rewriting.text("患者霍朋辉于今日入院", misread=["霍明辉"])


def test_a_cell_of_staff_loses_its_names_and_keeps_who_is_no_person():
    rewriting = rewriting_of(names=["孟庆阳", "韩树林"])
    new = rewriting.cell("staff", "text", "孟庆阳:普通外科:2019-01-01:;韩树林:骨科::")
    assert new.endswith(":骨科::") and ":普通外科:2019-01-01:;" in new and "孟庆阳" not in new
    assert rewriting.cell("executor", "text", "检验科") == "检验科"


def test_an_identifier_with_something_between_its_digits_is_taken_out():
    rewriting = rewriting_of(phones=["13951230987"], numbers=["BA250301029"])
    for text in ("电话139-5123-0987", "病案号ba-250301029", "号tel13951230987"):
        new = rewriting.text(text)
        assert len(new) == len(text) and new[:1] == text[:1]
        assert not {"0987", "301029"} & {new[-4:], new[-6:]}


def test_every_text_column_is_decided_on():
    texts = {column.name for shape in shapes().values() for column in shape.columns if column.kind == "text"}
    decided = PEOPLE | PLACES | TOLD_FREELY | set(CODED.split())
    assert texts - decided == set()
    assert len(CODES) == 2


def test_nothing_is_harvested_over_what_is_there_or_before_an_expert_called(inspection, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ValueError, match="不覆盖"):
        harvest_case(Reviewed(inspection, {}, called()), tmp_path / "full", tmp_path)
    uncalled = Pairing("i", Rules(), {FIRST: {}, SECOND: {}}, [], {}, {})
    with pytest.raises(ValueError, match="还没有专家决定"):
        harvest_case(Reviewed(inspection, {}, uncalled), tmp_path / "out", tmp_path)


def test_a_checked_harvest_reviews_both_and_finds_the_same(inspection, tmp_path):
    done = harvest_case(Reviewed(inspection, {}, called()), tmp_path / "out", tmp_path, check=True)
    assert (done.fidelity.lost, done.fidelity.new, done.destroyed) == ((), (), 0)
    text = written(tmp_path / "out")
    assert not [
        one for one in ("甘试一", "甘试二", "田试医", "0024030101", "9" + "0" * 28 + "1") if one in text
    ]
