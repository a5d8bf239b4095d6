import json
from datetime import date

import pytest

from knowledge.answering.answers import ask
from knowledge.answering.replies import Citation
from knowledge.holding.adding import add_paths
from knowledge.library import Library

REGULATION = (
    "<!--\n标题: 医疗机构收费监督办法\n文号: 国家医疗保障局令第90号\n制定机关: 国家医疗保障局\n"
    "日期: 2021-01-15公布，2021-05-01施行\n-->\n"
    "第一条 为了监督医疗机构收费，制定本办法。\n"
    "第二条 定点医疗机构重复收费的，由医疗保障行政部门责令退回，处造成损失金额1倍以上2倍以下的罚款。\n"
    "第三条 现场检查应当有2名以上执法人员参加。\n"
    "第四条 本办法自2021年5月1日起施行。\n"
)
PLAN = "甲市2024年医疗保障检查工作方案\n一、检查重点\n按季度检查：第一季度为重症医学，第二季度为门诊统筹，都要在季末前完成。\n甲市医疗保障局\n2024年3月1日\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    (folder / "办法.md").write_text(REGULATION, encoding="utf-8")
    (folder / "方案.txt").write_text(PLAN, encoding="utf-8")
    add_paths(folder / "home", [folder / "办法.md", folder / "方案.txt"])
    return Library.open(folder / "home")


def test_answer_quotes_the_clause_letter_for_letter(library):
    answer = ask(library, "定点医院重复收费怎么罚？罚几倍")
    quote = "第二条 定点医疗机构重复收费的，由医疗保障行政部门责令退回，处造成损失金额1倍以上2倍以下的罚款。"
    assert not answer.refused
    assert Citation("医疗机构收费监督办法", "第二条", quote) in answer.citations
    assert f"「{quote}」" in answer.answer
    assert all(
        any(one.quote in hit.text and one.passage == hit.passage for hit in answer.hits)
        for one in answer.citations
    )


def test_day_before_commencement_is_said_first(library):
    answer = ask(library, "重复收费能按医疗机构收费监督办法第二条处理吗", as_of=date(2020, 4, 1))
    assert answer.answer.startswith("您问的日期在施行之前（2021-05-01 起），不能直接适用。")
    assert "第四条 本办法自2021年5月1日起施行。" in [one.quote for one in answer.citations]


def test_plan_of_another_year_is_no_answer(library):
    answer = ask(library, "甲市2025年医疗保障检查每个季度的重点是什么")
    assert answer.refused
    assert answer.answer.startswith("库中没有。库中收录的是 2024 年的文件，没有 2025 年的。")
    assert answer.citations == ()


def test_price_of_a_place_the_library_does_not_hold_is_refused(library):
    assert ask(library, "广东一级护理一天多少钱").refused


def test_number_that_stands_nowhere_is_refused(library):
    assert ask(library, "重复收费超过几个小时算违规").refused


def test_drug_the_library_does_not_know_is_refused(library):
    assert ask(library, "阿奇霉素医保最多支付几天").refused


def test_question_of_another_field_is_refused(library):
    assert ask(library, "离婚以后孩子的抚养费怎么算").refused


def test_model_sentence_without_a_true_quote_is_dropped(library):
    def model(inputs):
        shown = next(
            line for line in inputs["passages"].splitlines() if line.endswith("第二条（2021-05-01 起施行）")
        )
        number = int(shown[1 : shown.index("]")])
        for sentence, quote in (
            ("处造成损失金额1倍以上2倍以下的罚款。", "处造成损失金额1倍以上2倍以下的罚款"),
            ("处十年以下有期徒刑。", "处十年以下有期徒刑"),
        ):
            cited = [{"passage": number, "quote": quote}]
            yield json.dumps({"sentence": sentence, "citations": cited}, ensure_ascii=False) + "\n"

    answer = ask(library, "定点医院重复收费怎么罚？", ask_model=model)
    assert (answer.origin, answer.dropped) == ("model", 1)
    assert [one.text for one in answer.statements] == ["处造成损失金额1倍以上2倍以下的罚款。"]
    assert [one.quote for one in answer.citations] == ["处造成损失金额1倍以上2倍以下的罚款"]


def test_model_that_quotes_nothing_true_leaves_the_extract(library):
    answer = ask(library, "定点医院重复收费怎么罚？", ask_model=lambda inputs: ["我觉得这样做没有什么事。"])
    assert (answer.origin, answer.dropped, answer.note) == ("extract", 1, "模型没有回答，以下是原文")
    assert not answer.refused


def test_answer_of_a_model_keeps_what_is_said_of_the_day(library):
    def model(inputs):
        assert (inputs["day"], inputs["earlier"]) == ("2020-04-01", "现场检查要几个人")
        quote = "本办法自2021年5月1日起施行"
        for number in range(1, 9):
            cited = [{"passage": number, "quote": quote}]
            yield json.dumps({"sentence": f"{quote}。", "citations": cited}, ensure_ascii=False) + "\n"

    question = "重复收费能按医疗机构收费监督办法第二条处理吗"
    plain = ask(library, question, as_of=date(2020, 4, 1), history=["现场检查要几个人"])
    answer = ask(library, question, as_of=date(2020, 4, 1), history=["现场检查要几个人"], ask_model=model)
    assert answer.lead == plain.lead
    assert "施行之前" in answer.lead
    assert [one.text for one in answer.statements] == ["本办法自2021年5月1日起施行。"]


DRUGS = (
    "<!--\n标题: 药品检查细则\n文号: 国家医疗保障局令第92号\n日期: 2024-01-15公布，2024-05-01施行\n-->\n"
    "第一条 超过有效期的注射液，按劣药处理。\n第二条 2023年的病历于六月底前评完。\n第三条 本细则自2024年5月1日起施行。\n"
)


@pytest.fixture(scope="module")
def drugs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drugs")
    (folder / "细则.md").write_text(DRUGS, encoding="utf-8")
    add_paths(folder / "home", [folder / "细则.md"])
    return Library.open(folder / "home")


def test_words_before_a_form_of_drugs_are_no_name_of_one(drugs):
    answer = ask(drugs, "药品检查细则里过了有效期的注射液按什么处理")
    assert answer.citations[0].quote == "第一条 超过有效期的注射液，按劣药处理。"


def test_a_version_is_known_by_the_last_two_figures_of_its_year(drugs):
    assert ask(drugs, "药品检查细则22版怎么写的").answer.startswith(
        "库中没有。库中《药品检查细则》是 2024 年的文本，没有 2022 年的版本。"
    )
