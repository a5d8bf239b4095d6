import re
from datetime import date
from pathlib import Path

import pytest

from knowledge.cutting.digests import SHIPPED, read_digest
from knowledge.cutting.documents import read_document
from knowledge.cutting.passages import cut_passages
from knowledge.numerals import NUMERAL, number_of

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "regulations"
LONGEST_SHARED_RUN = 14  # Chinese characters; a clause of a statute runs to twenty and more
DIGESTS = sorted(SHIPPED.glob("*.md"))
NAMES_OF_ACTS = (
    # terms a restatement must keep, or it would name another act
    "过度诊疗过度检查分解处方超量",
    "重复收费超标准收费分解项目收费",
    "特殊检查特殊治疗同意书",
    "客观真实准确及时完整规范",
)
# Articles, or points, of the texts that a digest restates whole.
COMPLETE = {
    "医疗保障基金使用监督管理条例": 50,
    "医疗保障基金飞行检查管理暂行办法": 32,
    "医疗机构医疗保障定点管理暂行办法": 53,
    "医疗保障行政处罚程序暂行规定": 62,
    "关于办理医保骗保刑事案件若干问题的指导意见": 26,
    "病历书写基本规范": 38,
    "医疗机构病历管理规定（2013年版）": 32,
    "电子病历应用管理规范（试行）": 31,
    "医疗质量安全核心制度要点": 18,
    "住院病案首页数据填写质量规范（暂行）": 27,
    "中华人民共和国社会保险法": 98,
    "社会保险经办条例": 63,
    "医疗机构管理条例": 55,
    "中华人民共和国价格法": 48,
    "价格违法行为行政处罚规定": 25,
    "最高人民法院、最高人民检察院关于办理诈骗刑事案件具体应用法律若干问题的解释": 11,
    "中华人民共和国基本医疗卫生与健康促进法": 110,
    "上海市医疗保障条例": 66,
    "浙江省医疗保障条例": 59,
    "中华人民共和国医师法": 67,
    "中华人民共和国行政处罚法": 86,
    "医疗纠纷预防和处理条例": 56,
    "中华人民共和国药品管理法": 155,
}
# Digests whose every passage says how people ask for it.
ASKED_THROUGHOUT = (
    "medical_insurance_fund_regulation",
    "unannounced_inspection",
    "designated_hospital_management",
    "penalty_procedure",
    "criminal_guidance",
    "designated_hospital_notice_2025",
    "excess_prescription_notice_2025",
    "payment_qualification_scoring",
    "implementation_rules_fragment",
    "medical_record_writing",
    "medical_record_management",
    "electronic_record_application",
    "core_systems",
    "front_page_quality",
    "medical_dispute",
    "physicians_law",
    "administrative_penalty_law",
    "social_insurance_law",
    "social_insurance_agency_regulation",
    "medical_institution_regulation",
    "drug_administration_law",
    "price_law",
    "price_penalty_provisions",
    "fraud_interpretation_2011",
    "health_promotion_law",
    "shanghai_medical_security",
    "zhejiang_medical_security",
    "qinghai_service_agreement",
    "jiangsu_payment_evaluation",
)
# National lists held row by row, with how many rows each has.
LISTS = {"problem_list_2025": 183 + 19, "rule_framework": 79 + 10}
UNDATED = (*LISTS, "qinghai_service_agreement", "jiangsu_payment_evaluation")  # their sources state no day
# Definitions and commencements, for which one way of asking is enough.
ASKED_ONE_WAY: dict[str, tuple[str, ...]] = {}
MOST_ASKED = 4
UNIT = "个工作日|工作日|小时|分钟|周岁|周|份|个月|万元|日|天|月|年|倍|元|人|名|次|张|分|%"
QUANTITY = re.compile(rf"(?<!第)(?<!之)(\d+|{NUMERAL})({UNIT})(?!性)|百分之({NUMERAL}|\d+)")
SAME_UNIT = {"个工作日": "工作日", "天": "日", "名": "人", "%": "百分之"}
CITED = {
    "医疗保障基金使用监督管理条例": (
        "第八条", "第十五条第一款", "第十五条第二款", "第十六条", "第二十条", "第二十五条", "第三十八条",
        "第三十八条（一）", "第三十八条（二）", "第三十八条（三）", "第三十八条（四）", "第三十八条（五）",
        "第三十八条（六）", "第三十八条（七）", "第三十九条（二）", "第三十九条（三）", "第四十条（一）",
        "第四十条（二）", "第四十条（三）", "第四十条第二款", "第四十一条",
    ),
    "病历书写基本规范": (
        "第三条", "第七条", "第八条", "第十条", "第十六条", "第十七条第二款", "第十八条（一）", "第十九条", "第二十条",
        "第二十一条", "第二十二条（一）", "第二十二条（十）", "第二十二条（二十三）", "第二十三条", "第二十四条",
        "第二十五条", "第二十六条", "第二十七条", "第二十八条", "第二十九条", "第三十条", "第三十一条", "第三十三条",
    ),
    "医疗机构病历管理规定（2013年版）": ("第九条", "第十三条第二款", "第十四条"),
    "电子病历应用管理规范（试行）": ("第十四条", "第十五条", "第十六条", "第十七条", "第十八条"),
    "住院病案首页数据填写质量规范（暂行）": ("第三条", "第五条", "第八条", "第十条", "第十一条（三）", "第二十二条"),
    "医疗机构医疗保障定点管理暂行办法": ("第十五条", "第十六条", "第十八条", "第二十一条"),
    "医疗保障基金使用监督管理条例实施细则": ("第23条", "第35条"),
    "关于办理医保骗保刑事案件若干问题的指导意见": ("第5点", "第5点（2）"),
    "医疗质量安全核心制度要点": (
        "二、三级查房制度（二）4.", "三、会诊制度（二）2.", "四、分级护理制度", "七、急危重患者抢救制度（二）4.",
        "八、术前讨论制度（二）1.", "九、死亡病例讨论制度（二）1.", "十一、手术安全核查制度（二）3.",
        "十六、抗菌药物分级管理制度",
    ),
}  # fmt: skip


def official_passages(title):
    if not REFERENCE.exists():
        pytest.skip("正式文本不在本机（../shared/reference/regulations）；跳过与原文的比对")
    for file in sorted(REFERENCE.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        document, begin = read_document(text, file.name)
        if document.title == title:
            passages = {
                passage.passage.strip("[]"): passage.text for passage in cut_passages(title, text, begin)
            }
            return text, passages
    raise AssertionError(f"参考文件夹里没有《{title}》")


def digits(text):
    return set(re.findall(r"\d+", text))


def quantities(text):
    """Numbers with what they count, however written: 三十日 and 30天 are one."""
    found = set()
    for number, unit, percent in QUANTITY.findall(text):
        value = number_of(percent or number)
        found.add((value, "百分之" if percent else SAME_UNIT.get(unit, unit)))
    return found


def han(text):
    return "".join(re.findall(r"[一-鿿]", text))


def naming_cells(row):
    """The cells of a table row that name it: all but the last, which describes it."""
    return [han(cell) for cell in row.strip().strip("|").split("|")[:-1] if han(cell)]


def asked_by_passage(passages):
    """Each passage's own ways of asking: an article's without those of its items."""
    own = {passage.passage: passage.asked.splitlines() for passage in passages}
    for passage in passages:
        if passage.parent:
            items = own[passage.passage]
            own[passage.parent] = [line for line in own[passage.parent] if line not in items]
    return own


def longest_shared_run(ours, theirs):
    best = ""
    for start in range(len(ours)):
        while ours[start : start + len(best) + 1] in theirs and start + len(best) < len(ours):
            best = ours[start : start + len(best) + 1]
    return best


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_every_number_of_a_digest_stands_in_the_official_article(file):
    document, passages = read_digest(file)
    _, official = official_passages(document.title)
    strange = {}
    for passage in passages:
        article = next(
            (text for name, text in official.items() if passage.passage == name),
            official.get(passage.parent or "", ""),
        )
        own_name = passage.parent or passage.passage
        article = article or next((text for name, text in official.items() if name in own_name), "")
        strange[passage.passage] = digits(passage.text) - digits(article) - digits(own_name)
    assert {name: numbers for name, numbers in strange.items() if numbers} == {}


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_every_article_of_a_digest_is_an_article_of_the_official_text(file):
    document, passages = read_digest(file)
    _, official = official_passages(document.title)
    articles = {passage.passage.strip("[]") for passage in passages if passage.parent is None}
    assert articles - set(official) == set()


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_a_digest_shares_no_sentence_with_the_official_text(file):
    document, passages = read_digest(file)
    text, official = official_passages(document.title)
    theirs = han(text)
    copied = []
    for passage in passages:
        names = naming_cells(official.get(passage.passage, "")) if file.stem in LISTS else []
        for sentence in re.split(r"[。；\n]", passage.text):
            ours = han(sentence)
            for term in (*NAMES_OF_ACTS, *names):
                ours = ours.replace(term, "")
            run = longest_shared_run(ours, theirs)
            if len(run) >= LONGEST_SHARED_RUN:
                copied.append((passage.passage, run))
    assert copied == []


@pytest.mark.parametrize("title", CITED)
def test_every_clause_the_checks_cite_is_held(title):
    held = {}
    for file in DIGESTS:
        document, passages = read_digest(file)
        held.setdefault(document.title, set()).update(passage.passage for passage in passages)
    assert set(CITED[title]) - held[title] == set()


@pytest.mark.parametrize("file", DIGESTS, ids=lambda file: file.stem)
def test_a_digest_says_since_when_its_document_is_in_force(file):
    document, _ = read_digest(file)
    assert document.digest
    if file.stem in UNDATED:
        assert document.begins is None
    else:
        assert date(1990, 1, 1) < document.in_force_from < date(2026, 11, 21)


@pytest.mark.parametrize("title", COMPLETE)
def test_a_complete_digest_holds_every_article(title):
    _, official = official_passages(title)
    articles = {
        name for name in official if re.fullmatch(rf"第(?:{NUMERAL}条|\d+点)|{NUMERAL}、.+制度", name)
    }
    held = set()
    for file in DIGESTS:
        document, passages = read_digest(file)
        if document.title == title:
            held |= {passage.passage for passage in passages if passage.parent is None}
    assert len(articles) == COMPLETE[title]
    assert held == articles


@pytest.mark.parametrize("stem", ASKED_THROUGHOUT)
def test_an_article_of_a_digest_sets_every_quantity_the_official_one_sets_and_no_other(stem):
    document, passages = read_digest(SHIPPED / f"{stem}.md")
    _, official = official_passages(document.title)
    held = {passage.passage: passage.text for passage in passages if passage.parent is None}
    different = {
        name: quantities(text) ^ quantities(official[name.strip("[]")])
        for name, text in held.items()
        if quantities(text) != quantities(official[name.strip("[]")])
    }
    assert different == {}


@pytest.mark.parametrize("stem", ASKED_THROUGHOUT)
def test_a_digest_that_leaves_articles_out_says_so(stem):
    document, _ = read_digest(SHIPPED / f"{stem}.md")
    assert document.title in COMPLETE or "不是全部" in (document.completeness or "")


@pytest.mark.parametrize("stem", LISTS)
def test_a_list_holds_every_row(stem):
    document, passages = read_digest(SHIPPED / f"{stem}.md")
    text, _ = official_passages(document.title)
    _, begin = read_document(text, "")
    rows = {passage.passage for passage in cut_passages(document.title, text, begin) if passage.unit}
    assert len(passages) == LISTS[stem]
    assert {passage.passage for passage in passages} == rows


@pytest.mark.parametrize("stem", LISTS)
def test_a_row_of_a_list_keeps_its_field_and_its_kind_to_the_letter(stem):
    document, passages = read_digest(SHIPPED / f"{stem}.md")
    _, official = official_passages(document.title)
    lost = {}
    for passage in passages:
        cells = [cell.strip() for cell in official[passage.passage].strip("|").split("|")]
        if stem == "problem_list_2025":
            field = "定点零售药店" if passage.passage.startswith("药店") else cells[1]
            head = f"{field}，{cells[-2]}："
        else:
            head = f"{cells[3]}（{cells[2]}）："
        if not passage.text.startswith(head):
            lost[passage.passage] = head
    assert lost == {}


@pytest.mark.parametrize("stem", (*ASKED_THROUGHOUT, *LISTS))
def test_every_passage_says_in_a_few_ways_how_it_is_asked_for(stem):
    _, passages = read_digest(SHIPPED / f"{stem}.md")
    own = asked_by_passage(passages)
    items = {passage.passage for passage in passages if passage.parent}
    enough = items | set(ASKED_ONE_WAY.get(stem, ()))
    sparse = {
        name: len(lines)
        for name, lines in own.items()
        if not (1 if name in enough else 2) <= len(lines) <= MOST_ASKED
    }
    assert sparse == {}


def test_no_way_of_asking_leads_to_two_passages():
    places = {}
    for file in DIGESTS:
        _, passages = read_digest(file)
        for name, lines in asked_by_passage(passages).items():
            for line in lines:
                places.setdefault(han(line), []).append((file.stem, name))
    assert {line: where for line, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("stem", (*ASKED_THROUGHOUT, *LISTS))
def test_people_ask_in_their_own_words_and_not_in_the_texts(stem):
    document, passages = read_digest(SHIPPED / f"{stem}.md")
    text, _ = official_passages(document.title)
    theirs = han(text)
    lines = [line for passage in passages for line in passage.asked.splitlines()]
    assert [line for line in lines if len(longest_shared_run(han(line), theirs)) >= 10] == []
