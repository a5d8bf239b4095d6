"""Readers of what was placed, given and done: pieces, labels, nursing levels, treatments, anaesthetic doses."""

from datetime import datetime
from decimal import Decimal

import pytest

from review.checks.dosing import billed_units, content_of
from review.checks.roster import executors_of
from review.facts import read_text_facts
from review.facts.implants import class_of
from review.facts.treatments import treatment_of
from review.quotes import Layout
from review.record import Document

WRITTEN = datetime(2024, 3, 2, 12, 0)


def facts(text, *kinds, kind="手术记录", title=None):
    document = Document("D1", "A1", "records/A1/a.txt", kind, title or kind, text, 0, WRITTEN, True, 1.0, ())
    return [row for row in read_text_facts([document], Layout([], [])) if row["kind"] in kinds]


def pieces(text, **about):
    return [(row["name"], row["value"]) for row in facts(text, "implant", "implant_total", **about)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("置入接骨板1块、螺钉7枚，出血约40ml。", [("接骨板", "1"), ("螺钉", "7")]),
        ("置9孔胫骨锁定接骨板1块，锁定螺钉近端4枚、远端4枚，透视良好。", [("接骨板", "1"), ("螺钉", "4"), ("螺钉", "4")]),
        ("于胫骨近远端各置固定针2枚。", [("骨针", "4")]),
        ("于L4、L5双侧各置入椎弓根螺钉1枚。", [("螺钉", "4")]),
        ("置入3枚螺钉固定接骨板1块。", [("螺钉", "3"), ("接骨板", "1")]),
        ("植入药物洗脱支架两枚。", [("支架", "2")]),
        ("囊袋内植入折叠式人工晶体+21.0D一枚。", [("人工晶状体", "1")]),
        ("置入股骨近端防旋髓内钉1套（左），螺旋刀片长100mm，远端锁钉1枚。", [("髓内钉", "1"), ("螺钉", "1")]),
        ("安装单臂外固定支架1套。", [("外固定架", "1")]),
        ("置F6双J管1根。", [("输尿管支架", "1")]),
        ("共置入螺钉9枚。", [("螺钉", "9")]),
        ("各骨块分别置入螺钉2枚。", [("螺钉", None)]),
        ("取出钢板1块、螺钉6枚。", []),
        ("拟置入支架2枚。", []),
        ("既往曾置入支架2枚。", []),
        ("骨水泥3ml注入椎体。", []),
        ("切口长约5cm，缝合3针。", []),
    ],
)  # fmt: skip
def test_a_record_says_how_many_pieces_were_placed(text, said):
    assert pieces(text) == said


def test_a_plan_or_an_admission_note_places_nothing():
    assert pieces("置入支架2枚。", kind="入院记录") == []
    assert pieces("置入支架2枚。", kind="知情同意书") == []


def test_a_label_sheet_inside_a_note_is_counted_row_by_row_and_quoted_as_it_stands():
    text = "术后首次病程记录\n置入接骨板1块。\n植入物条形码粘贴单\n桡骨接骨板 T型3孔  批号 ZB230817  1块\n锁定螺钉 2.4mm  批号 LD231101  1枚\n粘贴人：连\n锁定螺钉3枚"
    rows = facts(text, "implant_label", kind="术后首次病程记录")
    assert [(row["name"], row["value"], row["quote"]) for row in rows] == [
        ("接骨板", "1", "桡骨接骨板 T型3孔  批号 ZB230817  1块"),
        ("螺钉", "1", "锁定螺钉 2.4mm  批号 LD231101  1枚"),
    ]


@pytest.mark.parametrize(
    ("name", "known"),
    [("一次性使用无菌针灸针", None), ("静脉留置针", None), ("药物洗脱冠脉支架系统", "支架"), ("指引导管", "指引导管"),
     ("支架输送系统", None), ("疝修补补片", "补片"), ("吻合器钉仓", "钉仓")],
)  # fmt: skip
def test_a_material_belongs_to_the_narrowest_class(name, known):
    assert class_of(name) == known


def levels(text):
    return [(row["name"], row["value"]) for row in facts(text, "nursing_level", kind="日常病程记录")]


def test_a_nursing_level_is_the_one_given_and_not_the_one_planned():
    assert levels("予II级护理，普食。") == [("Ⅱ级", "2")]
    assert levels("停I级护理，改二级护理。") == [("Ⅱ级", "2")]
    assert levels("拟明日改三级护理。") == []


def done(text, kind="日常病程记录", title=None):
    return [
        (row["name"], row["value"], row["unit"], f"{row['begins_at']:%m-%d}")
        for row in facts(text, "treatment", kind=kind, title=title)
    ]


def test_a_treatment_has_its_day_and_its_length():
    assert done("今日行血液透析4小时，过程顺利。")[0] == ("血液透析", "4", "小时", "03-02")
    assert done("昨日血液透析顺利。")[0] == ("血液透析", None, None, "03-01")
    assert done("康复治疗记录单\n2024-03-04 09:00 运动疗法45分钟\n", "其他", "康复治疗记录单")[-1] == (
        "运动疗法", "45", "分钟", "03-04",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["患者拒绝透析。", "拟明日行电针。", "未行血液透析。", "右侧针刺觉减退。"])
def test_a_treatment_refused_planned_or_named_alike_is_none(text):
    assert [name for name, *_ in done(text) if name not in ("血液净化",)] == []


def test_the_narrower_treatment_is_found_first():
    assert [treatment_of(name).name for name in ("血液透析滤过", "血液透析(碳酸液透析)", "偏瘫肢体综合训练")] == [
        "血液透析滤过", "血液透析", "偏瘫肢体训练",
    ]  # fmt: skip


def test_an_anaesthetic_dose_is_an_amount_and_no_rate():
    rows = facts("诱导：丙泊酚120mg，舒芬太尼20μg，维持4mg/kg/h。", "anaesthetic_dose", kind="麻醉记录")
    assert [(row["name"], row["value"], row["unit"]) for row in rows] == [
        ("丙泊酚", "120", "mg"), ("舒芬太尼", "20", "μg"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "holds", "pack"),
    [
        ("0.75g", {"mass": Decimal(750)}, 1),
        ("100ml:0.9g", {"volume": Decimal(100), "mass": Decimal(900)}, 1),
        ("5mg*28片", {"mass": Decimal(5)}, 28),
        ("400万单位", {"activity": Decimal(4000000)}, 1),
        ("0.1g×12片×2板", {"mass": Decimal(100)}, 24),
    ],
)
def test_a_specification_says_what_a_unit_holds(spec, holds, pack):
    content = content_of(spec)
    assert {kind: amount.normalize() for kind, amount in content.holds} == {
        kind: amount.normalize() for kind, amount in holds.items()
    }
    assert content.pack == pack


def test_a_specification_without_an_amount_holds_nothing_known():
    assert content_of("大号") is None
    assert content_of(None) is None


def test_a_box_is_counted_in_tablets_and_an_ampoule_as_one():
    tablets = content_of("5mg*28片")
    assert billed_units(Decimal(2), "盒", tablets) == 56
    assert billed_units(Decimal(2), "片", tablets) == 2


def test_an_executor_cell_may_name_the_supervisor():
    assert executors_of("新来(带教王明)") == ("新来", "王明")
    assert executors_of("甲某/乙某") == ("甲某", "乙某")
    assert executors_of(None) == ()
