"""What a text names as sites, and how much of a service a record says was done."""

from datetime import datetime

import pytest

from review.facts import read_text_facts, statements
from review.facts.row_sites import row_sites
from review.facts.sites import sites
from review.quotes import Layout
from review.record import Document


def labels(text, kind):
    return list(dict.fromkeys(site.label for site in sites(text, kind)))


def note(kind, text):
    return Document("D1", "A1", "x.txt", kind, kind, text, 0, datetime(2024, 3, 2, 12, 0), True, 1.0)


def said(kind, text, *kinds):
    return [(one.name, one.value) for one in statements(note(kind, text)) if one.kind in kinds]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("头颅、胸部", "part", ["颅脑", "胸部"]),
        ("胸腹盆腔", "part", ["胸部", "腹部", "盆腔"]),
        ("上、下腹部", "part", ["上腹部", "下腹部"]),
        ("颈胸椎", "part", ["颈椎", "胸椎"]),
        ("双膝关节", "part", ["左膝", "右膝"]),
        ("腰椎、左髋", "part", ["腰椎", "左髋"]),
        ("肝胆胰脾、双肾", "system", ["腹部", "泌尿系"]),
        ("双肾、输尿管、膀胱", "system", ["泌尿系"]),
        ("甲状腺及颈部淋巴结", "superficial", ["甲状腺及颈部淋巴结"]),
        ("双乳、双腋窝", "superficial", ["乳腺", "腋窝"]),
        ("双侧颈动脉、椎动脉", "vessel", ["左颈动脉", "右颈动脉", "左椎动脉", "右椎动脉"]),
        ("左下肢静脉", "vessel", ["左下肢静脉·1", "左下肢静脉·2"]),
        ("颈部血管", "vessel", []),
        ("LAD中段及第一对角支", "vessel", ["前降支", "第一对角支"]),
        ("经皮L1、L2椎体成形术", "vertebra", ["L1", "L2"]),
        ("T12-L2椎体", "vertebra", ["T12", "L1", "L2"]),
        ("第12胸椎压缩骨折", "vertebra", ["T12"]),
        ("L4/5椎间盘", "vertebra", []),
        ("T2WI示椎体信号", "vertebra", []),
        ("T3、T4测定", "vertebra", []),
        ("L4/5、L5/S1椎间盘", "disc", ["L4/L5", "L5/S1"]),
        ("左手示、中指离断", "finger", ["左2指", "左3指"]),
        ("右手2-5指", "finger", ["右2指", "右3指", "右4指", "右5指"]),
        ("双侧乳腺", "side", ["左", "右"]),
    ],
)
def test_a_text_names_its_sites(text, kind, found):
    assert labels(text, kind) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("胸部正侧位", 2),
        ("腰椎正侧双斜位", 4),
        ("双膝关节正侧位", 4),
        ("胸部正位、腰椎正侧位", 3),
        ("胸部", 0),
    ],
)
def test_views_are_counted_for_each_part_and_left_open_where_none_is_written(text, count):
    assert len(labels(text, "view")) == count


def test_only_what_was_treated_counts_in_an_operation_record():
    text = "造影示左主干正常，回旋支未见狭窄。于LAD中段植入支架1枚，右冠近段球囊扩张后植入支架1枚。"
    assert said("手术记录", text, "site") == [("vessel", "前降支"), ("vessel", "右冠状动脉")]
    assert said("手术知情同意书", text, "site") == []


def test_counts_and_hours_stated_in_prose_are_facts():
    assert said("手术记录", "分别注入骨水泥，共治疗2个椎体。", "count") == [("椎体", "2")]
    assert said("护理记录", "CRRT治疗，累计12小时。", "duration") == [("血液净化", "12.00")]
    assert said("护理记录", "2小时后复查血气，每4小时一次吸痰。", "duration") == []
    assert said("血液透析记录", "上机时间08:10，下机时间12:10。", "duration") == [("血液净化", "4.00")]


def test_a_span_over_midnight_ends_the_next_day():
    (span,) = [
        one
        for one in statements(note("麻醉记录", "麻醉开始时间：2024-03-02 22:30 麻醉结束时间：01:30。"))
        if one.kind == "duration"
    ]
    assert (span.begins_at, span.ends_at) == (datetime(2024, 3, 2, 22, 30), datetime(2024, 3, 3, 1, 30))


def test_left_and_right_of_one_word_are_two_facts_with_one_quote():
    rows = read_text_facts([note("手术记录", "行双侧乳腺肿物穿刺。")], Layout([], []))
    found = {(row["value"], row["quote"]) for row in rows if row["kind"] == "site"}
    assert found == {("左", "双侧"), ("右", "双侧")}


def test_a_reports_findings_add_a_part_only_under_a_heading():
    def parts(**row):
        rows = row_sites("exams", [{"source": "x", "row_number": 2, "exam_name": "CT平扫", **row}])
        return [found["label"] for found in rows if found["kind"] == "part"]

    assert parts(body_part="胸部", findings="双肺清晰，扫及上腹部未见异常。") == ["胸部"]
    assert parts(body_part="胸部", findings="双肺清晰。上腹部：肝脏形态正常。") == ["胸部", "上腹部"]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("阑尾区", ["阑尾区"]),
        ("肝胆、甲状腺", ["上腹部", "甲状腺"]),
        ("专科部位", []),
        ("双膝关节、颈部", ["左膝", "右膝", "颈部"]),
    ],
)
def test_a_piece_in_words_of_its_own_is_a_part_of_its_own_and_a_forms_filler_is_none(cell, found):
    rows = row_sites("exams", [{"source": "x", "row_number": 2, "exam_name": "超声", "body_part": cell}])
    assert [row["label"] for row in rows if row["kind"] == "part"] == found


def test_operation_codes_count_vessels_without_naming_them():
    rows = row_sites("operations", [{"source": "x", "row_number": 2, "operation_name": "两根血管操作"}])
    assert [(row["kind"], row["label"]) for row in rows] == [("vessel", "第1个"), ("vessel", "第2个")]
