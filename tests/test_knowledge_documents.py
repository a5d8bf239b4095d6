from datetime import date

import pytest

from knowledge.cutting.documents import Document, read_document
from knowledge.finding.collection import loose_title
from knowledge.holding.versions import closed_periods


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


def read(text, name="a.txt"):
    return read_document(text, name)[0]


@pytest.mark.parametrize(
    ("said", "begins", "ends"),
    [
        ("本通知自印发之日起执行。", date(2024, 5, 27), None),
        ("本办法自2024年7月1日起施行，有效期五年。", date(2024, 7, 1), date(2029, 6, 30)),
        ("本办法自2024年7月1日起施行，有效期至2026年12月31日。", date(2024, 7, 1), date(2026, 12, 31)),
        ("本通知自公布之日起施行，有效期2年。", date(2024, 5, 27), date(2026, 5, 26)),
        ("本办法自二〇二四年七月一日起施行，试行两年。", date(2024, 7, 1), date(2026, 6, 30)),
        ("本方案有效期自2024年7月1日至2025年6月30日。", None, date(2025, 6, 30)),
        ("药品有效期应当标明，有效期五年的除外。", None, None),
        ("请遵照执行。", None, None),
    ],
)
def test_commencement_and_expiry_are_read_as_they_are_said(said, begins, ends):
    document = read(f"关于某项工作的通知\n各市医疗保障局：\n  {said}\n吉林省医疗保障局\n2024年5月27日\n")
    assert (document.in_force_from, document.in_force_to) == (begins, ends)


def test_expiry_of_what_the_text_speaks_about_is_not_its_own():
    text = "关于某项工作的通知\n一、证书有效期为五年。\n二、本通知自2024年7月1日起施行。\n"
    assert read(text).in_force_to is None


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ("吉医保函〔2024〕37号", "吉医保函〔2024〕37号"),
        ("（法发[2024] 6 号）", "法发[2024]6号"),
        ("国家医疗保障局令\n第7号", "国家医疗保障局令第7号"),
        ("中华人民共和国国务院令\n第 735 号", "国务院令第735号"),
        ("国家医疗保障局公告2024年第3号", "国家医疗保障局公告2024年第3号"),
        ("川医保规【2023】10号", "川医保规【2023】10号"),
        ("根据国办发〔2021〕1号文件要求", None),
    ],
)
def test_numbers_are_read_where_they_stand_alone(lines, number):
    assert read(f"{lines}\n某项工作管理办法\n第一条 甲。\n第二条 乙。\n").number == number


def test_order_with_its_note_names_number_issuer_and_days():
    text = "某基金管理办法\n（2020年12月30日国家医疗保障局令第2号公布 自2021年2月1日起施行）\n第一条 甲。\n第二条 乙。\n"
    document = read(text)
    assert (document.title, document.number, document.issuer) == (
        "某基金管理办法",
        "国家医疗保障局令第2号",
        "国家医疗保障局",
    )
    assert (document.issued, document.in_force_from) == (date(2020, 12, 30), date(2021, 2, 1))


def test_history_of_amendments_ends_with_the_last():
    text = (
        "某省条例\n（2015年3月1日某省第十二届人民代表大会常务委员会第五次会议通过 自2015年6月1日起施行 "
        "根据2022年9月30日《关于修改〈某省条例〉的决定》修正）\n第一条 甲。\n第二条 本条例自2015年6月1日起施行。\n"
    )
    document = read(text)
    assert (document.issued, document.in_force_from) == (date(2022, 9, 30), date(2022, 9, 30))
    assert document.issuer == "某省人民代表大会常务委员会"


def test_letterhead_and_issuer_above_the_title_are_not_the_title():
    text = (
        "某省医疗保障局文件\n某医保发〔2024〕5号\n某省医疗保障局\n某省财政厅\n关于加强某项管理的通知\n各市医疗保障局：\n"
        "  请执行。\n某省医疗保障局　某省财政厅\n二○二四年三月五日\n（此件公开发布）\n"
    )
    document = read(text)
    assert (document.title, document.number) == ("关于加强某项管理的通知", "某医保发〔2024〕5号")
    assert (document.issuer, document.issued) == ("某省医疗保障局、某省财政厅", date(2024, 3, 5))


def test_notice_that_issues_an_instrument_is_cited_by_the_instrument():
    body = "".join(
        f"第{n}条 " + "有关部门应当按照职责做好相关工作并加强协同配合。" * 3 + "\n" for n in "一二三四"
    )
    text = (
        "某省医疗保障局关于印发《某省基金巡查办法（试行）》的通知\n某医保发〔2024〕5号\n各市医疗保障局：\n"
        f"  现印发给你们。\n某省医疗保障局\n2024年3月5日\n某省基金巡查办法（试行）\n{body}"
    )
    document = read(text)
    assert document.title == "某省基金巡查办法（试行）"
    assert (document.number, document.issued) == ("某医保发〔2024〕5号", date(2024, 3, 5))


def test_notice_without_the_instrument_keeps_its_own_title():
    text = "某省医疗保障局关于印发《某省基金巡查办法》的通知\n各市医疗保障局：\n  现印发给你们。\n某省医疗保障局\n2024年3月5日\n"
    assert read(text).title == "某省医疗保障局关于印发《某省基金巡查办法》的通知"


@pytest.mark.parametrize(
    "labels",
    [
        "索 引 号：\t00001/2024-1\t主题分类：\t医保\n发文机关：\t吉林省医疗保障局\t成文日期：\t2024年05月27日\n"
        "标　　题：\t关于某项工作的通知\n发文字号：\t吉医保函〔2024〕37号\t发布日期：\t2024年06月03日\n",
        "标题：关于某项工作的通知\n发文机关：吉林省医疗保障局\n发文字号：吉医保函〔2024〕37号\n成文日期：2024-05-27\n",
        "索引号 | 1 | 发布机构 | 吉林省医疗保障局 |\n信息名称 | 关于某项工作的通知 | 发布文号 | 吉医保函〔2024〕37号 |\n"
        "生成日期 | 2024-05-27 | 有效性 | 有效 |\n",
    ],
)
def test_labels_of_a_site_are_read_and_are_no_part_of_the_body(labels):
    document, begin = read_document(labels + "各市医疗保障局：\n一、目标\n做好工作。\n", "a.html")
    assert (document.title, document.number, document.issuer, document.issued) == (
        "关于某项工作的通知",
        "吉医保函〔2024〕37号",
        "吉林省医疗保障局",
        date(2024, 5, 27),
    )
    assert (labels + "各市")[begin:].startswith("各市")


def test_table_that_only_looks_like_labels_is_body():
    text = "名称\t数量\n床位\t3\n护理\t4\n关于床位与护理的说明写在这里。\n"
    assert read_document(text, "清单.txt")[1] == 0


def test_repeals_are_read_with_their_titles():
    text = "某办法\n第一条 甲。\n第二条 本办法自2024年5月1日起施行。《某暂行办法》（某发〔2010〕1号）、《某补充规定》同时废止。\n"
    assert read(text).repeals == ("某暂行办法", "某补充规定")


def version(title, begins=None, ends=None, **others):
    day = date.fromisoformat
    return Document(title, in_force_from=begins and day(begins), in_force_to=ends and day(ends), **others)


def ends(*documents):
    return [one.in_force_to for one in closed_periods(documents, loose_title)]


def test_a_later_version_closes_the_one_before_it():
    old, middle, new = (version("某办法", day) for day in ("2010-01-01", "2018-03-01", "2024-05-01"))
    assert ends(new, old, middle) == [None, date(2018, 2, 28), date(2024, 4, 30)]


@pytest.mark.parametrize(
    "later",
    [
        version("某办法", "2024-05-01", digest=True),
        version("某办法", "2024-05-01", completeness="FRAGMENT：只有两条"),
        version("某办法（征求意见稿）", "2024-05-01"),
        version("某办法", "2024-05-01", region="220000"),
        version("另一办法", "2024-05-01"),
        version("某办法", "2018-03-01"),
        version("某办法"),
    ],
)
def test_what_is_no_later_official_version_closes_nothing(later):
    assert ends(version("某办法", "2018-03-01"), later)[0] is None


def test_two_plans_of_two_offices_that_say_no_place_are_no_versions():
    one, other = (
        version("某项专项检查方案", day, issuer=issuer)
        for day, issuer in (("2018-03-01", "甲中心"), ("2024-05-01", "乙中心"))
    )
    assert ends(one, other) == [None, None]
    assert ends(version("工作方案", "2018-03-01"), version("工作方案", "2024-05-01")) == [None, None]


def test_a_repeal_by_name_reaches_a_document_whose_region_is_not_known():
    new = version("某办法", "2024-05-01", repeals=("某暂行规定",), region="000000")
    assert ends(version("某暂行规定", "2010-01-01"), new)[0] == date(2024, 4, 30)
    assert ends(version("某暂行规定", "2010-01-01", region="220000"), new)[0] is None


def test_a_stated_end_wins():
    old = version("某办法", "2018-03-01", "2023-02-28")
    assert ends(old, version("某办法", "2024-05-01"))[0] == date(2023, 2, 28)


def test_editions_and_trial_versions_of_a_title_are_versions_of_it():
    assert ends(version("某规定（2013年版）", "2014-01-01"), version("某规定（2024年修订）", "2024-05-01"))[
        0
    ] == date(2024, 4, 30)
    assert ends(version("某办法（试行）", "2018-03-01"), version("《某办法》", "2024-05-01"))[0] == date(
        2024, 4, 30
    )


def test_a_document_ends_when_another_repeals_it():
    new = version("某办法", "2024-05-01", repeals=("某暂行办法",))
    assert ends(version("某暂行办法", "2010-01-01"), new) == [date(2024, 4, 30), None]
