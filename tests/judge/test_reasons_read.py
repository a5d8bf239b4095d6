"""What answers about the reason for a test come to: who wrote why in time, and what was made of the result."""

from asked_stay import finding, only, stay_of
from read_case import ADMISSION, CHARGES, STAY, document


def test_a_reason_needs_its_quote_and_stands_under_the_name_of_the_item():
    note = document("D5", "首次病程记录", "2024-03-01 14:00", "拟查胃镜以除外消化道肿瘤。")
    stay = stay_of(
        [finding("CHG-029", charge_ids=["1"])],
        admissions=[STAY],
        documents=[ADMISSION, note],
        charges=CHARGES,
    )
    turn = only("reason_recorded", stay)
    told = {"item": "项目1", "reason_recorded": "yes"} | turn.claim("拟查胃镜以除外消化道肿瘤")
    reading = turn.read({"items": [told]}).apart["F1"]
    assert (reading.verdict, reading.statements[0].label) == ("reason_recorded", "胃镜检查：写明缘由")
    of_item = {"item": "1", "reason_recorded": "yes"} | turn.claim("胃镜检查")
    assert turn.read({"items": [of_item]}).apart["F1"].verdict == "cannot_tell"


def reasons(*notes):
    stay = stay_of(
        [finding("CHG-029", charge_ids=["1"])],
        admissions=[STAY],
        documents=[ADMISSION, *notes],
        charges=CHARGES,
    )
    return only("reason_recorded", stay)


EMPTY = document("D5", "首次病程记录", "2024-03-01 14:00", "患者要求全面检查，近期无腹痛，完善相关检查。")
LATE = document(
    "D6", "查房记录", "2024-03-04 09:30", "胃镜见萎缩性胃炎，加用铝镁加混悬液；补记：因上腹痛查胃镜。"
)


def test_a_reason_written_days_after_the_order_is_none_and_what_was_made_of_the_result_is_read():
    turn = reasons(EMPTY, LATE)
    late = {"item": "1", "reason_recorded": "yes"} | turn.claim("因上腹痛查胃镜")
    acted = turn.claim("加用铝镁加混悬液")
    told = late | {"acted_on": "yes", "acted_lines": acted["lines"], "acted_quote": acted["quote"]}
    reading = turn.read({"items": [told]}).apart["F1"]
    assert reading.verdict == "cannot_tell"
    assert [(one.says, one.label) for one in reading.statements] == [("against", "胃镜检查：结果有相应处理")]


def test_a_wish_of_the_patient_is_told_as_a_wish_and_what_opposes_a_reason_beside_it():
    turn = reasons(EMPTY)
    wish = {"item": "1", "reason_recorded": "wish"} | turn.claim("患者要求全面检查")
    reading = turn.read({"items": [wish]}).apart["F1"]
    assert (reading.verdict, reading.statements[0].says) == ("asked_for", "neutral")
    against = turn.claim("近期无腹痛")
    both = wish | {"against_lines": against["lines"], "against_quote": against["quote"]}
    reading = turn.read({"items": [both]}).apart["F1"]
    assert [one.label for one in reading.statements] == [
        "胃镜检查：只写明患者或家属要求",
        "胃镜检查：另有相反的记载",
    ]
    invented = wish | {"against_lines": against["lines"], "against_quote": "胃镜上月已查正常"}
    assert len(turn.read({"items": [invented]}).apart["F1"].statements) == 1
