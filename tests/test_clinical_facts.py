"""The reader of clinical statements: what it reads, how it is meant, and the words that look like a denial but are none."""

import time
from datetime import datetime

import pytest

from evals.facts import SENTENCES, read_labelled
from review.facts import read_text_facts
from review.facts.clinical import MARKS, clinical_statements
from review.facts.clinical_vocabulary import vocabulary
from review.facts.sentences import sentences
from review.quotes import Layout
from review.record import Document, Section

WRITTEN = datetime(2024, 6, 3, 9, 0)


def note(text, section=None, kind="日常病程记录"):
    sections = (Section(section, 0, len(text)),) if section else ()
    return Document("D1", "A1", "records/A1/a.txt", kind, kind, text, 0, WRITTEN, True, 1.0, sections)


def told(text, section=None, kind="日常病程记录"):
    return {
        (statement.name, statement.value)
        if statement.kind == "clinical"
        else (statement.name, statement.value, statement.kind)
        for statement in clinical_statements(sentences(note(text, section, kind)))
    }


def now(name, value):
    return (name, value, "clinical_value")


def before(name, value):
    return (name, value, "clinical_earlier")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("无头晕、心悸及胸痛。", ["头晕", "心悸", "胸痛"]),
        ("否认哮喘、痛风、肝硬化病史。", ["哮喘", "痛风", "肝硬化"]),
        ("否认哮喘，痛风，肝硬化病史。", ["哮喘", "痛风", "肝硬化"]),
        ("哮喘、痛风病史均否认。", ["哮喘", "痛风"]),
        ("双肺未闻及哮鸣音。", ["哮鸣音"]),
        ("胸部平片未见肺炎征象。", ["肺炎"]),
        ("压痛、反跳痛阴性。", ["压痛", "反跳痛"]),
        ("压痛（-）。", ["压痛"]),
        ("不伴头痛。", ["头痛"]),
        ("无再呕血。", ["呕血"]),
        ("未再出现胸闷。", ["胸闷"]),
        ("未曾晕厥。", ["晕厥"]),
        ("未解黑便。", ["黑便"]),
        ("水肿、皮疹已完全消失。", ["水肿", "皮疹"]),
        ("已排除肺栓塞。", ["肺栓塞"]),
        ("暂不考虑肠梗阻。", ["肠梗阻"]),
        ("神志清，言语流利。", ["意识障碍", "言语不清"]),
        ("四肢肌力5级。", ["肢体无力"]),
    ],
)
def test_a_denial_reaches_the_last_member_of_its_list(text, names):
    assert told(text) == {(name, "denied") for name in names}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("无明显诱因出现咳嗽。", {("咳嗽", "present")}),
        ("无诱因胸痛2天。", {("胸痛", "present")}),
        ("双下肢无力1天。", {("肢体无力", "present")}),
        ("无尿8小时。", {("少尿", "present")}),
        ("无痛性血尿3天。", {("血尿", "present")}),
        ("咳嗽、胸闷未见好转。", {("咳嗽", "present"), ("胸闷", "present")}),
        ("头痛无缓解。", {("头痛", "present")}),
        ("无发热，仍咳嗽。", {("发热", "denied"), ("咳嗽", "present")}),
        ("未予重视，后出现腹胀。", {("腹胀", "present")}),
        ("家属诉患者头晕。", {("头晕", "present")}),
        ("其母诉患儿腹泻。", {("腹泻", "present")}),
        ("水肿较前减轻。", {("水肿", "present")}),
        ("不能平卧。", {("呼吸困难", "present")}),
    ],
)
def test_what_looks_like_a_denial_and_is_none(text, facts):
    assert told(text) == facts


@pytest.mark.parametrize(
    "text", ["未闻及干性啰音。", "予止血、化痰治疗。", "抗结核治疗中。", "防跌倒宣教。", "糖尿病饮食。"]
)
def test_a_lookalike_states_nothing(text):
    assert told(text) == set()


def test_the_denial_of_a_kind_is_no_denial_of_the_whole():
    assert told("无端坐呼吸，无镜下血尿。") == set()


@pytest.mark.parametrize(
    ("text", "section", "fact"),
    [
        ("高血压病史10年。", None, ("高血压", "past")),
        ("既往有哮喘。", None, ("哮喘", "past")),
        ("曾有便血。", None, ("便血", "past")),
        ("5年前患肺结核。", "现病史", ("结核", "past")),
        ("脑梗死病史3年，遗留左侧肢体无力。", None, ("肢体无力", "past")),
        ("胆囊结石。", "既往史", ("胆囊结石", "past")),
        ("胃癌术后2年。", "主诉", ("恶性肿瘤", "past")),
        ("2018年行阑尾切除术。", "既往史", ("手术史", "past")),
        ("无手术史。", "既往史", ("手术史", "denied")),
        ("对头孢类过敏。", "既往史", ("药物过敏", "past")),
        ("母亲患糖尿病。", None, ("糖尿病", "relative")),
        ("一姐患乳腺癌。", "家族史", ("恶性肿瘤", "relative")),
        ("否认糖尿病家族史。", "家族史", ("糖尿病", "denied")),
        ("肺炎？", None, ("肺炎", "suspected")),
        ("考虑阑尾炎可能。", None, ("阑尾炎", "suspected")),
        ("不能除外肺栓塞。", None, ("肺栓塞", "suspected")),
        ("肺栓塞不能排除。", None, ("肺栓塞", "suspected")),
        ("肺结核待排。", None, ("结核", "suspected")),
        ("进一步检查以排除心肌梗死。", None, ("心肌梗死", "suspected")),
        ("腹痛待查。", None, ("腹痛", "present")),
        ("如有胸闷，随时就诊。", None, ("胸闷", "possible")),
        ("警惕出血。", None, ("出血", "possible")),
        ("拟行左膝关节置换术。", None, ("手术", "possible")),
        ("必要时行胃镜检查。", None, ("内镜", "possible")),
        ("明日行血液透析。", None, ("透析", "possible")),
    ],
)
def test_how_a_name_is_meant(text, section, fact):
    assert fact in told(text, section)
    assert len({value for name, value, *_ in told(text, section) if name == fact[0]}) == 1


def test_an_operation_that_was_done_is_no_plan():
    assert told("昨日已行胆囊切除术，术后第1天。") == set()


def test_a_differential_diagnosis_gets_its_verdict_from_the_text_that_follows():
    text = "1.肺结核：多有低热、盗汗。患者痰检阴性，可排除。2.肺栓塞：需进一步检查明确。"
    assert told(text, "鉴别诊断", "首次病程记录") == {("结核", "denied"), ("肺栓塞", "suspected")}


def test_a_differential_diagnosis_is_known_by_its_label_in_any_section():
    text = "诊断依据：高血压病史。鉴别诊断：急性胰腺炎：淀粉酶正常，可排除；肺栓塞：D-二聚体升高，待CT排除。诊疗计划：抗感染。"
    assert told(text, "拟诊讨论", "首次病程记录") == {
        ("高血压", "past"),
        ("胰腺炎", "denied"),
        ("肺栓塞", "suspected"),
    }
    assert told("1型糖尿病：成年起病，不支持。", "鉴别诊断", "首次病程记录") == set()


def test_the_label_of_a_section_is_no_word_of_the_past():
    assert told("现病史：患者3天前出现咳嗽，体温38.1℃。", "现病史") == {
        ("咳嗽", "present"),
        before("体温", "38.1"),
    }


def test_the_sound_side_does_not_deny_the_weak_one():
    assert told("左上肢肌力3级，右侧肢体肌力5级。") == {("肢体无力", "present")}


def test_a_complication_implies_its_disease_and_its_denial_does_not_deny_it():
    assert told("糖尿病足。") == {("糖尿病", "present")}
    assert told("无糖尿病足。不排除糖尿病肾病。") == set()


def test_direct_bilirubin_is_not_total_bilirubin():
    assert told("总胆红素58.4μmol/L，直接胆红素41.2μmol/L。") == {now("总胆红素", "58.4")}


def test_the_risks_of_a_consent_form_are_possible_only():
    text = "手术可能出现以下风险：出血、肺栓塞等。"
    assert told(text, kind="手术知情同意书") == {("出血", "possible"), ("肺栓塞", "possible")}


@pytest.mark.parametrize(
    ("text", "section", "facts"),
    [
        ("T 38.1℃ P 96次/分 R 20次/分 BP 122/76mmHg", "体格检查", {now("体温", "38.1"), now("脉搏", "96"), now("呼吸", "20"), now("收缩压", "122"), now("舒张压", "76")}),
        ("SpO₂ 91%，GCS评分12分。", None, {now("血氧", "91"), now("GCS", "12")}),
        ("钾2.9mmol/L，Hb 84g/L，pH 7.28。", None, {now("钾", "2.9"), now("血红蛋白", "84"), now("pH", "7.28")}),
        ("心率快，118次/分。", None, {now("心率", "118")}),
        ("在外院测血压178/104mmHg。", "现病史", {before("收缩压", "178"), before("舒张压", "104")}),
        ("昨日体温39.1℃，今晨体温36.9℃。", None, {before("体温", "39.1"), now("体温", "36.9")}),
        ("目标血压控制在140/90mmHg以下。", None, set()),
        ("若体温超过38.5℃予布洛芬。", None, set()),
        ("体温37.5～38.2℃。", None, set()),
        ("血糖控制在8mmol/L左右。", None, set()),
        ("体重下降5kg。", None, {("体重下降", "present")}),
    ],
)  # fmt: skip
def test_values_of_now_and_of_before(text, section, facts):
    assert told(text, section) == facts


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("予头孢曲松静滴。", {now("途径", "静脉")}),
        ("停用静脉抗生素，改为口服头孢克肟。", {now("途径", "口服")}),
        ("改一级护理为二级护理。", {now("护理", "二级")}),
        ("一级护理，告病重。", {now("护理", "一级"), now("病情", "病重")}),
        ("未口服药物。", set()),
    ],
)
def test_routes_and_levels_that_hold(text, facts):
    assert told(text) == facts


def test_a_statement_lands_in_the_facts_with_its_clause_as_quote():
    rows = [
        row
        for row in read_text_facts([note("今日查房：无恶心、呕吐，仍腹胀。")], Layout([], []))
        if row["kind"] == "clinical"
    ]
    assert [(row["name"], row["value"], row["quote"]) for row in rows] == [
        ("恶心", "denied", "今日查房：无恶心、呕吐"),
        ("呕吐", "denied", "今日查房：无恶心、呕吐"),
        ("腹胀", "present", "仍腹胀"),
    ]
    assert {row["begins_at"] for row in rows} == {WRITTEN}


def test_every_mark_and_name_of_the_labels_is_known():
    names = {name.split("=")[0] for item in read_labelled(SENTENCES) for _, name in item.facts}
    assert names - set(vocabulary().groups()) == {"途径"}
    assert len(MARKS) == 6


def test_a_record_of_sixty_documents_is_read_at_once():
    text = (
        "患者无恶心、呕吐，腹痛较前减轻，体温37.2℃，血压130/80mmHg，继续口服阿司匹林，请家属签字确认。" * 12
    )
    parts = [list(sentences(note(text))) for _ in range(60)]
    list(clinical_statements(parts[0]))
    begun = time.process_time()
    for sentence_run in parts:
        list(clinical_statements(sentence_run))
    assert (
        time.process_time() - begun < 2.0
    )  # some 0.6 ms a sentence even on a slow machine; 60 documents of the example: 0.03 s


def test_a_procedure_that_was_called_off_is_no_plan():
    assert told("拟下午血液透析未行。") == set()
    assert told("返院行第2周期化疗。") == {("化疗", "possible")}
