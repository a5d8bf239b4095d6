"""What a question names by number is found by number, and what only looks like a number of the kind is not."""

from datetime import date

import pytest

from knowledge.answering.answers import ask
from knowledge.finding.queries import read_query
from knowledge.holding.adding import add_paths
from knowledge.library import Library

RULES = (
    "<!--\n标题: 甲基金监督办法\n文号: 国家医疗保障局令第91号\n日期: 2021-01-15公布，2021-05-01施行\n-->\n"
    "第一条 为了监督基金使用，制定本办法。\n第二条 检查应当有两名以上执法人员。\n第三条 本办法自2021年5月1日起施行。\n"
)
NOTICE = (
    "<!--\n标题: 乙机构管理通知\n文号: 医保发〔2025〕91号\n日期: 2025-01-15公布，2025-02-01施行\n-->\n"
    "第一条 为了管理机构，制定本通知。\n第二条 机构应当按月报送数据。\n"
)


@pytest.mark.parametrize(
    ("question", "entries"),
    [
        ("问题清单第183条写的什么", {"序号183"}),
        ("清单83条说的是啥", {"序号83"}),
        ("清单序号 83 是哪类违规", {"序号83"}),
        ("典型问题清单第八十三条", {"序号83"}),
        ("药店清单序号7", {"药店清单序号7"}),
        ("清单一共183条，骨科有几条", set()),
        ("这183条清单里哪些是骨科的", set()),
        ("2025年版清单口腔领域第3条", set()),
        ("清单2025年更新了吗", set()),
        ("第十二批清单", set()),
        ("清单里的第三方责任", set()),
        ("医保发〔2025〕14号附的清单", set()),
        ("条例第83条怎么写", set()),
    ],
)
def test_entries_of_a_list_are_read_from_numbers_said_of_a_list(question, entries):
    assert read_query(question).entries == entries


@pytest.mark.parametrize(
    ("question", "decrees"),
    [
        ("735号令第38条", {"735"}),
        ("735条例怎么罚", {"735"}),
        ("医保发〔2025〕14号文", {"2025-14"}),
        ("14号文要求什么", {"14"}),
        ("3月15号开始的检查", set()),
        ("2025年的规定", set()),
    ],
)
def test_numbers_of_documents_keep_their_year_and_a_day_is_none(question, decrees):
    assert read_query(question).decrees == decrees


def test_an_english_word_inside_another_is_not_translated():
    assert "罚款" in read_query("what is the fine").meaning
    assert "罚款" not in read_query("define the scope").meaning


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lookups")
    for name, text in (("办法.md", RULES), ("通知.md", NOTICE)):
        (folder / name).write_text(text, encoding="utf-8")
    add_paths(folder / "home", [folder / "办法.md", folder / "通知.md"])
    return Library.open(folder / "home")


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("91号令第二条", "甲基金监督办法"),
        ("医保发〔2025〕91号第二条", "乙机构管理通知"),
        ("甲基金监督办法第二条", "甲基金监督办法"),
    ],
)
def test_the_article_of_the_named_document_comes_first(library, question, document):
    first = library.search(question)[0]
    assert (first.document, first.passage) == (document, "第二条")


def test_an_article_is_found_by_its_number_though_no_word_of_it_was_said(library):
    places = [(hit.document, hit.passage) for hit in library.search("乙机构管理通知第一条")]
    assert places[0] == ("乙机构管理通知", "第一条")


AMENDED = (
    "丙社会事务法\n2010年10月28日 全国人民代表大会常务委员会第十七次会议通过\n"
    "2018年12月29日 全国人民代表大会常务委员会第七次会议《关于修改〈丙社会事务法〉的决定》修正\n"
    "第一条 为了规范社会事务，制定本法。\n第二条 骗取待遇的，处骗取金额二倍以上五倍以下的罚款。\n"
    "第三条 本法自2011年7月1日起施行。\n"
)


@pytest.fixture(scope="module")
def amended(tmp_path_factory):
    folder = tmp_path_factory.mktemp("amended")
    (folder / "法.txt").write_text(AMENDED, encoding="utf-8")
    add_paths(folder / "home", [folder / "法.txt"])
    return Library.open(folder / "home")


def test_a_day_before_the_amendment_is_told_that_the_earlier_text_is_not_held(amended):
    answer = ask(amended, "丙社会事务法骗取待遇罚几倍", as_of=date(2015, 6, 1))
    assert answer.lead == (
        "库中只有 2018-12-29 起施行的修改后文本，没有您问的日期适用的修改前文本，不能直接适用。相关的是："
    )
    assert answer.citations[0].passage == "第二条"


def test_a_day_before_the_first_text_is_told_so(amended):
    answer = ask(amended, "丙社会事务法骗取待遇罚几倍", as_of=date(2010, 12, 1))
    assert answer.lead.startswith("您问的日期在首次制定或施行（2011-07-01）之前，不能直接适用。")
    assert answer.citations[0].passage == "第三条"


def test_a_day_after_the_amendment_is_answered_as_in_force(amended):
    answer = ask(amended, "丙社会事务法骗取待遇罚几倍", as_of=date(2020, 6, 1))
    assert answer.lead.startswith("按 2020-06-01 的规定")


def test_a_law_that_was_never_amended_has_no_earlier_text(library):
    first = library.search("甲基金监督办法 检查要几个人", as_of=date(2020, 1, 1))[0]
    assert first.note == "您问的日期在施行之前（2021-05-01 起）"
