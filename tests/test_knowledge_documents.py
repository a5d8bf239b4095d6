from datetime import date

from knowledge.documents import Document, read_document


def test_header_comment_gives_title_number_issuer_and_days():
    text = (
        "<!--\n标题: 某基金监督办法\n文号: 某局令第3号\n制定机关: 国家某某局\n"
        "日期: 2021-01-15公布，2021-05-01施行\n完整性: 全\n-->\n\n第一条 为了监督。\n"
    )
    document, begin = read_document(text, "a.md")
    assert document == Document(
        title="某基金监督办法",
        number="某局令第3号",
        issuer="国家某某局",
        issued=date(2021, 1, 15),
        in_force_from=date(2021, 5, 1),
        region="000000",
        completeness="全",
        source="a.md",
    )
    assert text[begin:].strip().startswith("第一条")


def test_plain_notice_is_read_from_its_opening_and_signature():
    text = (
        "吉林省某局关于开展\n专项检查工作的通知\n吉某发〔2024〕37号\n各市（州）某局：\n"
        "  请遵照执行。\n吉林省医疗保障局\n2024年5月27日\n"
    )
    document, _ = read_document(text, "通知.txt")
    assert document.title == "吉林省某局关于开展专项检查工作的通知"
    assert document.number == "吉某发〔2024〕37号"
    assert (document.issuer, document.issued, document.region) == (
        "吉林省医疗保障局",
        date(2024, 5, 27),
        "220000",
    )


def test_commencement_is_taken_from_the_last_article_where_the_header_is_silent():
    text = "<!--\n标题: 某省条例\n日期: 2024-12-31\n-->\n第一条 甲。\n第二条 本条例自2025年3月1日起施行。\n"
    assert read_document(text, "a.md")[0].in_force_from == date(2025, 3, 1)


def test_amended_text_applies_from_its_amendment():
    text = "<!--\n标题: 某法\n日期: 2018-12-29修正\n-->\n第一条 甲。\n第二条 本法自2011年7月1日起施行。\n"
    assert read_document(text, "a.md")[0].in_force_from == date(2018, 12, 29)


def test_what_is_not_stated_stays_null():
    document, _ = read_document("会议纪要\n今天讨论了三件事。\n", "纪要.txt")
    assert document == Document(title="会议纪要", source="纪要.txt")


def test_publication_table_names_a_document():
    text = "索引号 | 1 | 组配分类 | 医保 |\n发布机构 | 宁国市医保局 | 发文日期 | 2024-06-14 11:23 |\n信息名称 | 宁国市安排 | 内容概述 | 略 |\n一、目标\n做好。\n"
    document, begin = read_document(text, "a.txt")
    assert (document.title, document.issuer, document.issued) == (
        "宁国市安排",
        "宁国市医保局",
        date(2024, 6, 14),
    )
    assert (document.place, document.region) == ("宁国市", None)
    assert text[begin:].startswith("一、目标")
