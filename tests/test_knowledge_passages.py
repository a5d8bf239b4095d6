from pathlib import Path

import openpyxl
import pytest

from evals.questions import read_questions
from knowledge.cutting.catalogues import Table, cut_rows
from knowledge.cutting.passages import cut_passages
from knowledge.holding.sources import read_source

SHARED = Path(__file__).parents[2] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared  不在检出目录旁，没有参考资料")


def names(text, title="某文件"):
    return [passage.passage for passage in cut_passages(title, text, 0)]


def searched(text):
    return [passage.passage for passage in cut_passages("某文件", text, 0) if passage.unit]


def test_articles_and_their_items_are_named_as_cited():
    text = (
        "第一章 总则\n第一条 甲。\n第二条 有下列情形的：\n（一）乙；\n（二）丙。\n第三条 依照第二条规定。\n"
    )
    assert names(text) == ["第一章 总则", "第一条", "第二条", "第二条（一）", "第二条（二）", "第三条"]
    assert searched(text) == ["第一条", "第二条", "第三条"]


def test_number_inside_a_sentence_is_a_reference():
    text = "第一条 甲。\n第二条 违反本办法\n第一条规定的，依照\n第二条的规定处理。\n第三条 乙。\n"
    assert names(text) == ["第一条", "第二条", "第三条"]


def test_an_article_after_a_gap_and_an_unbroken_chapter_heading_is_its_own():
    text = "第1条 甲。\n第2条 乙。 第四章 法律责任\n第9条 丙。\n"
    assert names(text) == ["第1条", "第2条", "第9条"]


def test_articles_run_together_on_one_line_are_told_apart_by_their_count():
    text = "第一条甲方负责。第二条乙方应当按照第一条执行。第三条双方遵守。\n"
    assert names(text) == ["第一条", "第二条", "第三条"]


def test_items_of_a_very_long_article_are_found_on_their_own():
    text = "第一条 要求：\n（一）" + "甲" * 1200 + "。\n（二）" + "乙" * 1200 + "。\n第二条 丙。\n"
    assert searched(text) == ["第一条", "第一条（一）", "第一条（二）", "第二条"]


def test_bracketed_numbers_stay_fragments():
    text = "第1条 甲的规定。\n第2条 乙的规定。\n\n[第30条] 丙，可能是被引用的号。\n"
    assert [(one.passage, one.kind) for one in cut_passages("某", text, 0)][-1] == ("[第30条]", "fragment")


def test_points_that_count_through_are_named_by_number():
    text = "一、总体\n" + "".join(f"{n}.第{n}点的内容是这样的。\n" for n in range(1, 10))
    assert names(text) == ["一、总体", *(f"第{n}点" for n in range(1, 10))]


def test_lowest_headings_are_searched_and_numbered_sentences_belong_to_them():
    text = (
        "一、检查内容\n（一）定点医疗机构。检查是否按要求整改到位的情况。\n"
        "（二）整改落实阶段（12月10日前）\n1.第一件事情要在三十日内办完。\n2.第二件事情要公开。\n"
    )
    assert searched(text) == ["（一）定点医疗机构", "（二）整改落实阶段（12月10日前）"]


def test_paragraph_without_heading_is_named_by_its_opening():
    text = "省局自2018年11月组建以来,坚持把打击欺诈骗保作为首要任务,成效明显,处理了许多机构。\n"
    assert names(text) == ["省局自2018年11月组建以来"]


def test_case_is_named_by_its_name():
    text = "## 典型案例第一期  〔案例一〕\n- source_url: x\n\n--某市某药店串换套取基金案\n\n检查组发现账本中有异常记载，已经移送。\n\n## 典型案例第二期  〔案例二〕\n另一件事情的经过写在这里。\n"
    assert searched(text) == ["某市某药店串换套取基金案", "典型案例第二期  〔案例二〕"]


def test_rows_of_two_lists_in_one_file_are_told_apart():
    text = (
        "# 医疗机构清单\n\n| 序号 | 违规类型 | 问题 |\n|---|---|---|\n| 1 | 重复收费 | 甲 |\n\n"
        "# 定点零售药店清单\n\n| 序号 | 违规类型 | 问题 |\n|---|---|---|\n| 1 | 串换药品 | 乙 |\n"
    )
    assert searched(text) == ["序号 1", "药店清单 序号 1"]


def test_passage_stands_letter_for_letter_at_its_place():
    text = "第一条  甲甲甲。\n\n第二条 乙乙乙：\n（一）丙；\n（二）丁。\n"
    for passage in cut_passages("某", text, 0):
        assert text[passage.start : passage.end] == passage.text


def test_data_rows_are_named_by_class_and_item_where_classes_are_mixed():
    table = Table(
        "",
        ("rule_class", "item", "constraint", "codes"),
        (("限支付疗程", "甲片", "不超过20天", "X1;X2"), ("限性别", "乙片", "女", "")),
    )
    assert [(one.passage, one.text) for one in cut_rows("某抽取", [table])] == [
        ("限支付疗程：甲片", "规则：限支付疗程\n名称：甲片\n限定：不超过20天"),
        ("限性别：乙片", "规则：限性别\n名称：乙片\n限定：女"),
    ]


def test_code_table_gives_no_passages():
    assert cut_rows("编码", [Table("", ("code", "name"), (("A00", "霍乱"),))]) == []


@needs_shared
def test_every_place_the_sample_questions_cite_is_a_passage():
    held = set()
    for folder in ("reference/regulations", "corpus"):
        for file in sorted((SHARED / folder).iterdir()):
            if file.stem != "INDEX":
                source = read_source(file)
                held |= {(one.document, one.passage) for one in source.passages}
    questions = read_questions(SHARED / "examples" / "questions-dev.jsonl")
    cited = {place for question in questions for place in (*question.gold, *question.alternatives)}
    assert cited - held == set()


def kinds(text):
    return [(one.passage, one.kind, one.unit) for one in cut_passages("某文件", text, 0)]


def test_everything_before_the_first_provision_and_every_chapter_can_be_opened():
    text = "某办法\n（某局令第1号）\n第一编 总编\n第一章 总则\n第一条 甲。\n第二章 附则\n第一节 其他\n第二条 乙。\n"
    assert kinds(text) == [
        ("题注", "paragraph", False),
        ("第一章 总则", "heading", False),
        ("第一条", "article", True),
        ("第二章 附则", "heading", False),
        ("第一节 其他", "heading", False),
        ("第二条", "article", True),
    ]


def test_an_article_knows_its_part_chapter_and_section():
    text = "第一编 总编\n第一章 总则\n第一条 甲。\n第二章 附则\n第一节 其他\n第二条 乙。\n第三章 尾\n第三条 丙。\n"
    assert [one.context for one in cut_passages("某", text, 0) if one.kind == "article"] == [
        "第一编 总编 / 第一章 总则",
        "第一编 总编 / 第二章 附则 / 第一节 其他",
        "第一编 总编 / 第三章 尾",
    ]


def test_articles_of_an_annex_carry_its_name_where_the_body_has_the_same():
    body = "第一条 正文的规定写在这里。\n第二条 正文的又一规定写在这里：\n（一）甲；\n（二）乙。\n附件：1.某细则 2.某表\n某局\n2024年3月1日\n"
    annex = "附件1\n某细则\n第一条 细则的规定写在这里，应当遵守。\n第二条 细则的又一规定写在这里：\n（一）丙；\n（二）丁。\n"
    found = {one.passage: one for one in cut_passages("某办法", body + annex, 0)}
    assert found["第二条（一）"].text == "（一）甲；"
    assert found["附件1 第二条（一）"].text == "（一）丙；"
    assert found["附件1 第二条（一）"].parent == "附件1 第二条"
    assert found["附件1 第一条"].context == "附件1 某细则"
    assert found["附件1 某细则"].kind == "heading"


def test_articles_of_the_only_annex_keep_their_names():
    text = "关于印发办法的通知\n一、请各地遵照执行，做好相关工作，及时报告情况。\n附件\n某办法\n第一条 甲方的规定写在这里，应当遵守。\n第二条 乙方的规定写在这里，应当遵守。\n"
    assert {"第一条", "第二条"} <= set(names(text))


def test_an_annex_without_structure_is_one_passage():
    text = "一、请各地遵照执行，做好相关工作，及时报告情况。\n附件2\n日间病种名称\n肺炎\n支气管炎\n高血压\n糖尿病\n冠心病\n脑梗死\n胃炎\n阑尾炎\n胆囊炎\n甲状腺结节\n"
    (annex,) = [one for one in cut_passages("某", text, 0) if one.passage.startswith("附件2")]
    assert (annex.passage, annex.unit, "胆囊炎" in annex.text) == ("附件2 日间病种名称", True, True)


def test_a_list_of_annexes_is_no_annex():
    text = "一、请各地遵照执行，做好相关工作，及时报告情况。\n附件：1.甲表\n2.乙表\n某局\n2024年3月1日\n"
    assert not [name for name in names(text) if name.startswith("附件1")]


def test_rows_between_tabs_are_passages_under_their_columns():
    text = "一、收费问题\n表1 问题清单\n序号\t类型\t问题\n1\t重复收费\t甲乙同收\n（二）药店\n2\t串换\t以丙代丁\n说明写在表格之后，不属于表格。\n"
    rows = [one for one in cut_passages("某", text, 0) if one.kind == "row" and one.unit]
    assert [(one.passage, one.context) for one in rows] == [
        ("序号 1", "表1 问题清单 / 序号｜类型｜问题"),
        ("序号 2", "表1 问题清单 / （二）药店 / 序号｜类型｜问题"),
    ]


def test_a_heading_over_two_columns_names_both():
    text = "清单\n序号\t限定\t限定\n序号\t年龄\t性别\n1\t儿童用药\t不限\n2\t成人用药\t限女性\n"
    rows = [one for one in cut_passages("某", text, 0) if one.unit]
    assert [one.context for one in rows] == ["清单 / 序号｜限定年龄｜限定性别"] * 2


def test_rows_of_one_name_in_two_tables_are_told_apart_by_caption():
    table = "序号\t类型\t问题\n1\t重复收费\t甲乙同收\n2\t串换\t以丙代丁\n"
    found = searched(f"医院清单\n{table}正文在两张表之间，说明了一件事情。\n药店清单\n{table}")
    assert [name for name in found if "序号" in name] == [
        "序号 1",
        "序号 2",
        "药店清单 序号 1",
        "药店清单 序号 2",
    ]


def test_an_article_goes_on_behind_a_table_that_stands_in_it():
    text = "第一条 收费按下表：\n序号\t项目\t价格\n1\t床位费\t38元\n2\t护理费\t20元\n前款以外的不得收取。\n第二条 本办法自公布之日起施行。\n"
    found = {one.passage: one.text for one in cut_passages("某", text, 0)}
    assert found["第一条"].endswith("前款以外的不得收取。")
    assert found["序号 1"] == "1\t床位费\t38元"
    assert "第二条" in found


def test_a_long_list_of_short_lines_is_found_in_pieces():
    text = "".join(f"病种{number}名称\n" for number in range(400))
    pieces = [one for one in cut_passages("某", text, 0) if one.unit]
    assert len(pieces) > 2
    assert max(len(one.text) for one in pieces) <= 1200
    assert sum(len(one.text.split("\n")) for one in pieces) == 400


def test_a_table_of_contents_is_kept_apart():
    text = "某汇编\n第一章 总则 ........ 1\n第二章 附则 ........ 9\n第一条 甲。\n第二条 乙。\n"
    assert [name for name in searched(text)] == ["第一条", "第二条"]


def test_numbers_in_brackets_and_circles_are_items_of_what_stands_above():
    text = "（一）检查内容\n1.第一类问题如下：\n(1)甲的情形需要核对；\n(2)乙的情形需要核对。\n①丙的情形也要核对。\n"
    assert names(text)[1:] == [
        "（一）检查内容1.",
        "（一）检查内容1.(1)",
        "（一）检查内容1.(2)",
        "（一）检查内容1.(2)①",
    ]


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return read_source(path)


def test_a_list_in_a_workbook_is_cited_by_number_under_the_title_above_it(tmp_path):
    hospital = [
        ["某类机构典型问题清单（2025版）"],
        ["序号", "领域", "违规类型", "问题描述"],
        [1, "通用", "重复收费", "收取甲项目的同时又收取其中包含的乙项目费用"],
        [2, "骨科", "串换", "以丙耗材代替丁耗材收取费用"],
        ["备注：本清单所列问题为举例，未列入的按照有关规定处理并由统筹地区细化。"],
    ]
    pharmacy = [["序号", "违规类型", "问题描述"], [1, "串换药品", "将日用品串换为药品上传并结算"]]
    source = workbook(tmp_path / "清单.xlsx", 医院=hospital, 药店清单=pharmacy)
    assert source.document.title == "某类机构典型问题清单（2025版）"
    assert [one.passage for one in source.passages] == [
        "序号 1",
        "序号 2",
        "本清单所列问题为举例",
        "药店清单 序号 1",
    ]
    assert source.passages[1].text == "领域：骨科\n违规类型：串换\n问题描述：以丙耗材代替丁耗材收取费用"


def test_a_table_that_sets_a_figure_is_cited_by_what_it_is_about(tmp_path):
    source = workbook(
        tmp_path / "日间病种.xlsx",
        表=[["病种名称", "病种编码", "支付标准"], ["阑尾炎", "K35", 5000], ["疝", "K40", 4200]],
    )
    assert [(one.passage, one.text) for one in source.passages] == [
        ("阑尾炎", "病种名称：阑尾炎\n支付标准：5000"),
        ("疝", "病种名称：疝\n支付标准：4200"),
    ]


def test_names_and_codes_alone_are_no_passages(tmp_path):
    source = workbook(
        tmp_path / "编码.xlsx",
        表=[["疾病编码", "疾病名称", "归并名称"], ["A00", "霍乱", "肠道传染病及寄生虫病"]],
    )
    assert (source.passages, source.rows) == ((), 1)


def test_numbered_lines_of_an_article_are_its_items():
    text = (
        "第一条 甲。\n第二条 有下列情形的：\n1.乙情形；\n2.丙情形，依照第1.5项；\n3.丁情形。\n第三条 戊。\n"
    )
    found = {one.passage: one.text for one in cut_passages("某", text, 0)}
    assert [name for name in found if name.startswith("第二条（")] == [
        "第二条（一）",
        "第二条（二）",
        "第二条（三）",
    ]
    assert found["第二条（三）"] == "3.丁情形。"
