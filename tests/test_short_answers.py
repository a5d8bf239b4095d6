from datetime import date

import pytest

from knowledge.answering.answers import ask
from knowledge.answering.extracts import LONGEST, MOST_QUOTES
from knowledge.answering.sentences import cut_clauses, needed_measure, row_cells
from knowledge.answering.spans import Span, widened
from knowledge.holding.adding import add_paths
from knowledge.library import Hit, Library

MEASURES = (
    "<!--\n标题: 青石省医疗服务监督办法\n文号: 青石省人民政府令第12号\n制定机关: 青石省人民政府\n"
    "日期: 2022-01-10公布，2022-03-01施行\n-->\n第一章 总则\n"
    "第一条 为了监督医疗服务，制定本办法。\n"
    "第二条 医疗机构有下列情形之一的，由监督部门给予警告，并处2000元以上8000元以下的罚款：\n"
    "（一）未在病房公示价格的；\n（二）未向患者提供费用清单的；\n（三）擅自关停投诉电话的。\n"
    "第三条 监督部门收到投诉后，应当在7个工作日内答复投诉人。情况复杂的，经负责人批准可以延长15日，并书面告知投诉人理由。"
    "投诉人对答复不满意的，可以申请复核。" + "复核应当听取双方意见并记录在案。" * 12 + "\n"
    "第四条 检查人员不得少于3人，其中应当有1名临床专业人员。\n"
    "第五条 本办法自2022年3月1日起施行。\n"
)
PAIRS = (
    "主项名称,从项名称,备注,规则\n"
    "超声骨密度测定,体成分分析(局部),内涵已含体成分,医疗服务项目重复收费\n"
    "超声骨密度测定,体成分分析,内涵已含体成分,医疗服务项目重复收费\n"
    "耳声发射检查,声导抗测听,内涵已含导抗,医疗服务项目重复收费\n"
    "肩关节松解训练(卧位),肩带手法,内涵已含手法,医疗服务项目重复收费\n"
)
LIST = (
    "# 青石省常见违规问题清单\n\n| 序号 | 领域 | 违规类型 | 问题 |\n|---|---|---|---|\n"
    "| 1 | 眼科 | 重复收费 | 做眼底照相时又收取散瞳费用。 |\n"
    "| 2 | 康复 | 串换项目 | 用手法按摩按照器械康复训练收费。 |\n"
    "| 3 | 口腔 | 虚构医药服务项目 | 没有拍片却收取牙片费用。 |\n"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("short")
    (folder / "办法.md").write_text(MEASURES, encoding="utf-8")
    (folder / "重复收费.csv").write_text(PAIRS, encoding="utf-8")
    (folder / "清单.md").write_text(LIST, encoding="utf-8")
    add_paths(folder / "home", [folder / "办法.md", folder / "重复收费.csv", folder / "清单.md"])
    return Library.open(folder / "home")


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("青石省投诉了多少个工作日要给答复", "7个工作日内"),
        ("青石省监督检查最少几个人去", "不得少于3人"),
        ("青石省医院没给病人费用清单怎么罚", "2000元以上8000元以下"),
        ("青石省医疗服务监督办法第四条说的什么", "检查人员不得少于3人"),
    ],
)
def test_a_short_answer_holds_what_was_asked(library, question, fact):
    answer = ask(library, question)
    assert not answer.refused
    assert fact in answer.answer
    assert len(answer.answer) <= LONGEST
    assert len(answer.citations) <= MOST_QUOTES


def test_every_quote_stands_in_its_passage_and_in_the_answer(library):
    for question in ("青石省投诉了多少个工作日要给答复", "超声骨密度测定和体成分分析能一起收吗"):
        answer = ask(library, question)
        texts = {(hit.document, hit.passage): hit.text for hit in answer.hits}
        assert answer.citations
        assert all(one.quote in texts[one.document, one.passage] for one in answer.citations)


def test_an_item_is_quoted_with_the_words_that_open_its_list(library):
    answer = ask(library, "青石省医院没给病人费用清单怎么罚")
    assert [one.passage for one in answer.citations[:1]] == ["第二条"]
    assert "罚款" in answer.answer
    assert "费用清单" in answer.answer


def test_a_listed_pair_is_answered_no_by_its_own_row(library):
    answer = ask(library, "超声骨密度测定和体成分分析能一起收吗")
    assert answer.answer.startswith("规则列有这一对，不能同时收费：")
    assert "体成分分析(局部)" not in answer.statements[0].text


def test_a_pair_that_is_not_listed_is_not_answered_by_a_neighbour(library):
    answer = ask(library, "超声骨密度测定和声导抗测听能一起收吗")
    assert not answer.answer.startswith("规则列有这一对")


def test_a_problem_list_names_the_kind_of_violation(library):
    answer = ask(library, "没有拍牙片却收了牙片的费用，属于哪类问题")
    assert answer.answer.startswith("清单列为“虚构医药服务项目”：")


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("青石省医疗服务监督办法第九条是什么", "没有第九条"),
        ("青石省医疗服务监督办法2019年修订的版本第四条怎么写", "没有 2019 年的版本"),
        ("青石省问题清单第88条是什么", "没有第 88 条"),
    ],
)
def test_what_is_named_and_not_held_is_refused_by_name(library, question, reason):
    answer = ask(library, question)
    assert answer.refused
    assert reason in answer.answer
    assert answer.citations == ()


def test_before_the_day_it_took_force_the_answer_says_so(library):
    answer = ask(library, "按青石省医疗服务监督办法，没给病人费用清单怎么罚", as_of=date(2021, 5, 1))
    assert "不能直接适用" in answer.lead


def test_sentences_are_cut_at_their_own_marks_and_long_ones_at_commas():
    text = "甲应当报告。乙不得拖延，情况紧急的，可以先行处置；\n丙负责。"
    assert [text[a:b] for a, b in cut_clauses(text, 100)] == [
        "甲应当报告。",
        "乙不得拖延，情况紧急的，可以先行处置；",
        "丙负责。",
    ]
    assert [text[a:b] for a, b in cut_clauses(text, 10)] == [
        "甲应当报告。",
        "乙不得拖延，",
        "情况紧急的，",
        "可以先行处置；",
        "丙负责。",
    ]


def test_cells_of_a_row_are_told_without_counters_and_labels():
    row = "| 83 | 康复 | 串换项目 | 以甲换乙。 |"
    assert [row[a:b] for a, b in row_cells(row)] == ["康复", "串换项目", "以甲换乙。"]
    labelled = "名称：甲项目\n限定：限二级\n批次：batch_08"
    assert [labelled[a:b] for a, b in row_cells(labelled)] == ["甲项目", "限二级"]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("最多付几天", "不超过14日"),
        ("要盯住多少种药", "至少100种"),
        ("罚几倍", "1倍以上2倍以下"),
        ("几级医院才行", "二级以上"),
    ],
)
def test_a_number_asked_for_is_known_by_its_unit(question, told):
    measure = needed_measure(question)
    assert measure is not None
    assert measure.search(told)
    assert not measure.search("应当及时处理")


def test_a_variant_in_brackets_that_is_not_held_is_refused(library):
    held, plain = "肩关节松解训练（卧位）和肩带手法能同时收吗", "超声骨密度测定和体成分分析（全身）能同时收吗"
    assert [ask(library, question).refused for question in (held, plain)] == [False, False]
    refused = ask(library, "肩关节松解训练（坐位）和肩带手法能同时收吗")
    assert refused.answer.startswith("库中没有。库中只有“肩关节松解训练(卧位)×肩带手法”，没有“坐位”的。")


@pytest.mark.parametrize(
    ("room", "begin", "told"),
    [
        (9, 0, "乙乙乙乙。"),
        (10, 0, "乙乙乙乙。丙丙丙丙。"),
        (15, 0, "甲甲甲甲。乙乙乙乙。丙丙丙丙。"),
        (15, 5, "乙乙乙乙。丙丙丙丙。"),
    ],
)
def test_a_quote_is_widened_by_what_follows_then_by_what_stands_before(room, begin, told):
    text = "甲甲甲甲。乙乙乙乙。丙丙丙丙。"
    hit = Hit("某办法", "第一条", text, *[None] * 3, source="", digest=False, number=None, issuer=None)
    span = widened(hit, Span(5, 10, 0.0), room, begin)
    assert text[span.start : span.end] == told
