"""Readers of text: what they read, and what they must not read into it."""

import time
from datetime import datetime

import pytest

from review.facts import read_text_facts
from review.quotes import Layout, LineSpan
from review.record import Document, Section

WRITTEN = datetime(2024, 6, 3, 9, 0)


def note(text, kind="日常病程记录", at=WRITTEN, sections=()):
    return Document("D1", "A1", "records/A1/a.txt", kind, kind, text, 0, at, True, 1.0, sections)


def facts(text, *kinds, **about):
    rows = read_text_facts([note(text, **about)], Layout([], []))
    return [row for row in rows if not kinds or row["kind"] in kinds]


def brief(text, *kinds, **about):
    return [(row["kind"], row["name"], row["value"]) for row in facts(text, *kinds, **about)]


@pytest.mark.parametrize(
    "line",
    [
        "2024-06-04 21:30  夜间巡视床位空置，患者未归。  金丹",
        "2024-06-04 22:00 | 查房见患者不在病房，被褥未打开 | 李娜",
        "2024年06月04日21时00分 晚间患者外出未归，电话联系称在家。",
        "6-4 21:30 夜班巡视，患者未在院。",
        "2024.6.4 20:30 患者输液结束后自行离院，夜间未返。",
        "2024-06-04 18:40 病人不在床，同室病友诉已回家。",
        "2024-06-05 06:30 晨间巡视，患者夜间未归。",
        "2024-06-05 07:30 昨夜患者不在病房。",
    ],
)
def test_an_absence_names_the_night_it_speaks_of(line):
    assert brief(f"护理记录\n{line}", "absence", kind="护理记录") == [("absence", "night", "2024-06-04")]


@pytest.mark.parametrize(
    "line",
    [
        "2024-06-04 21:30 夜间无不适，安静入睡。",
        "2024-06-04 21:30 告知患者夜间不得擅自离院。",
        "2024-06-04 21:30 家属未在院，患者安睡。",
        "2024-06-04 21:30 患者不在病房，去卫生间，5分钟后返回。",
        "2024-06-04 20:10 患者在CT室外出检查，不在病房",
        "2024-06-04 21:30 值班医师不在病房，电话报告病情。",
        "2024-06-04 09:20 办理出院，自行离院。",
        "2024-06-04 21:30 因私离院需书面请假，夜间外出后果自负，应当按时返回。",
    ],
)
def test_what_is_no_absence_of_the_patient_names_no_night(line):
    assert [row for row in brief(f"护理记录\n{line}", "absence", kind="护理记录") if row[1] == "night"] == []


def test_clock_times_below_a_date_belong_to_that_date():
    text = "护理记录\n2024-06-04\n08:00 T36.5℃，输液。\n21:30 夜间床位空置，患者未归。\n"
    assert brief(text, "absence", kind="护理记录") == [("absence", "night", "2024-06-04")]


def test_a_habit_of_sleeping_at_home_is_no_night_of_its_own():
    text = "知情同意书\n患者意见：白天来做治疗，晚上回家住，生意离不开人。"
    assert brief(text, "absence", "habit", kind="知情同意书") == [("habit", "sleeps_at_home", None)]


def test_a_granted_leave_is_a_leave_and_an_ungranted_one_is_not():
    assert brief("患者请假外出，经主管医师批准，明晨返院。", "leave") == [("leave", "granted", None)]
    assert brief("患者未请假，擅自外出。", "leave") == []


def test_vital_signs_in_prose_are_measurements_with_unit_and_quote():
    found = facts("体格检查：T 38.1℃，P 96次/分，R 20次/分，BP 122/76mmHg。血氧饱和度93%。", "measurement")
    assert [(row["name"], row["value"], row["unit"], row["quote"]) for row in found] == [
        ("temperature", "38.1", "℃", "T 38.1℃"),
        ("pulse", "96", "次/分", "P 96次/分"),
        ("respiration", "20", "次/分", "R 20次/分"),
        ("systolic", "122", "mmHg", "BP 122/76mmHg"),
        ("diastolic", "76", "mmHg", "BP 122/76mmHg"),
        ("oxygen_saturation", "93", "%", "血氧饱和度93%"),
    ]


def test_values_of_the_past_and_ranges_are_history():
    text = "3年前测血压最高165/100mmHg，自测血压维持于125～138/75～85mmHg，体重下降2.5kg。"
    assert brief(text, "measurement") == []
    assert ("history", "systolic", "165") in brief(text, "history")


def test_values_told_in_the_history_of_the_illness_are_marked_as_told():
    text = "现病史：急诊测血压86/52mmHg，血红蛋白78g/L。"
    found = facts(text, "measurement", "lab_value", sections=(Section("现病史", 0, len(text)),))
    assert {(row["name"], row["value"], row["certainty"]) for row in found} == {
        ("systolic", "86", "probable"),
        ("diastolic", "52", "probable"),
        ("血红蛋白", "78", "probable"),
    }


def test_a_line_broken_by_the_page_reads_as_one_sentence_and_is_quoted_as_it_stands():
    text = "体格检查：发育正常，营养中等，神志清楚，查体合作，呼吸动度一致，心率\n96次/分，律整。"
    [row] = facts(text, "measurement")
    assert (row["name"], row["value"], row["quote"]) == ("heart_rate", "96", "心率\n96次/分")


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("今日胸部CT平扫示双肺气肿，无胸腔积液。", ("CT", "胸部")),
        ("昨日心脏彩超提示左室射血分数38%。", ("超声", "心脏")),
        ("头颅MRI回报：右侧基底节区梗死灶。", ("磁共振", "头颅")),
        ("头部磁共振未见异常。", ("磁共振", "头颅")),
        ("病理回报：慢性胆囊炎。", ("病理", None)),
    ],
)
def test_an_exam_with_its_result_is_cited(text, cited):
    assert [row[1:] for row in brief(text, "cited_exam")] == [cited]


@pytest.mark.parametrize(
    "text",
    [
        "今日行胸部CT。",
        "拟明日行头颅MRI检查。",
        "完善心脏彩超、胸部CT等检查。",
        "胸部CT结果待回报。",
        "外院胸部CT示肺部感染。",
        "患者拒绝行胃镜检查。",
        "建议复查胸部CT。",
    ],
)
def test_an_exam_without_a_result_of_this_hospital_is_not_cited(text):
    assert brief(text, "cited_exam") == []


@pytest.mark.parametrize(
    ("text", "incision"),
    [
        ("经同一切口显露胆总管。", "same"),
        ("未另作切口，探查附件。", "same"),
        ("向下延长原切口后探查盆腔。", "same"),
        ("另取左下腹切口行造口。", "other"),
    ],
)
def test_an_operation_text_says_through_which_incision(text, incision):
    assert [row[1] for row in brief(text, "incision")] == [incision]


@pytest.mark.parametrize(
    "text",
    [
        "遂来院要求住院全面检查。",
        "患者要求入院做体检。",
        "听说住院能报销，来院检查。",
        "主诉：要求系统检查1天。",
    ],
)
def test_a_request_for_a_check_up_is_read(text):
    assert [row[:2] for row in brief(text, "request")] == [("request", "checkup")]


@pytest.mark.parametrize(
    "text",
    ["为求进一步诊治收入院。", "要求住院检查及治疗。", "完善相关检查，进一步明确诊断。", "患者不要求体检。"],
)
def test_admission_for_diagnosis_is_no_request_for_a_check_up(text):
    assert brief(text, "request") == []


@pytest.mark.parametrize(
    "text",
    [
        "因本次住院总费用已接近病组结算标准，与家属商定明日先办出院，后日再办入院。",
        "住院天数已满15天，今日办理出院，明日重新办理住院手续。",
        "先出院，隔日再入院。",
    ],
)
def test_an_arrangement_to_discharge_and_return_is_read(text):
    assert ("arrangement", "discharge_and_return", None) in brief(text, "arrangement")


def test_a_planned_return_for_chemotherapy_is_a_plan_and_no_arrangement():
    text = "化疗顺利，明日出院，约定2024-06-17返院行第5周期化疗。"
    assert brief(text, "arrangement") == []
    assert {row[1] for row in brief(text, "plan")} == {"cycle", "return_date"}


def test_diagnoses_are_read_item_by_item():
    text = "出院诊断：1.全心衰竭；2.冠状动脉粥样硬化性心脏病；3.慢性心房颤动\n医师签名：甲"
    assert [row[2] for row in brief(text, "diagnosis")] == [
        "全心衰竭",
        "冠状动脉粥样硬化性心脏病",
        "慢性心房颤动",
    ]


def test_a_header_gives_header_fields_and_prose_gives_mentions():
    header = "姓名：甲乙    性别：女    年龄：61岁    床号：15床    住院号：0024"
    text = f"日常病程记录\n{header}\n老年女性患者，12床，入院第6天。"
    assert brief(text, "header", "mention") == [
        ("header", "name", "甲乙"),
        ("header", "sex", "女"),
        ("header", "age", "61"),
        ("header", "bed", "15"),
        ("header", "inpatient_no", "0024"),
        ("mention", "sex", "女"),
        ("mention", "age_group", "老年"),
        ("mention", "bed", "12"),
        ("mention", "stay_day", "6"),
    ]


def test_what_is_said_of_a_relative_is_no_mention_of_the_patient():
    assert brief("其母为老年女性患者，患高血压。", "mention") == []


def test_text_that_ocr_could_hardly_read_says_nothing():
    document = note("夜间床位空置，患者未归。", kind="护理记录", at=datetime(2024, 6, 3, 21, 30))
    rows = read_text_facts([document], Layout([], [(document.source, LineSpan(0, 12, 0.7))]))
    assert rows == []


def test_fields_of_relatives_and_newborns_are_no_header_of_the_patient():
    text = "知情同意书\n姓名：甲乙 性别：女 年龄：30岁\n家属姓名：丙丁 代理人姓名：戊己\n婴儿性别：男 新生儿姓名：庚辛"
    assert [row[1:] for row in brief(text, "header", kind="知情同意书")] == [
        ("name", "甲乙"),
        ("sex", "女"),
        ("age", "30"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "2024-06-04 21:00 22床患者转入ICU，床位空置。",
        "2024-06-04 20:30 患者急诊手术未归，手术室接走。",
        "2024-06-04 21:30 邻床患者外出未归，本床患者安睡。",
        "2024-06-04 21:30 患者诉想回家，劝解后安静。",
    ],
)
def test_absence_with_a_clinical_reason_or_of_another_patient_is_none(line):
    assert brief(f"护理记录\n{line}", "absence", kind="护理记录") == []


@pytest.mark.parametrize(
    "text", ["无" * 30000, "1" * 30000, "今日胸部CT" * 4000, "\n" * 50000, "12:30 " * 8000, "姓名：" * 9000]
)
def test_hostile_repetition_is_read_in_moments(text):
    started = time.process_time()
    facts(text, kind="护理记录")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("【出院诊断】急性胰腺炎\n【入院情况】因腹痛入院。", ["急性胰腺炎"]),
        ("出院诊断\n急性胰腺炎\n入院情况\n因腹痛入院。", ["急性胰腺炎"]),
        ("出院诊断：\n1.高血压病\n2.2型糖尿病\n治疗经过：补液。", ["高血压病", "2型糖尿病"]),
        ("出院诊断\n1、急性胰腺炎\n2、胆囊结石\n出院医嘱\n休息。", ["急性胰腺炎", "胆囊结石"]),
        ("出院诊断\n【入院情况】因腹痛入院。", []),
        ("入院后完善检查以明确诊断\n予补液治疗。", []),
    ],
)
def test_diagnoses_stand_behind_their_heading_or_below_it(text, stated):
    assert [value for _, _, value in brief(text, "diagnosis")] == stated
