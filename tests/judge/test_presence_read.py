"""What answers about presence come to: the day read from the note, a service borne out by a charge."""

from datetime import date

from asked_stay import HEADERS, finding, only, stay_of
from read_case import ADMISSION, CHARGES, STAY, document

from review.checks.stamping import Stamp
from review.models import Basis
from review.violations import Certainty

UNDONE = document("D5", "日常病程记录", "2024-03-04 16:00", "患者诉疲乏，今日普通针刺未做。")


def presence(*documents, findings=(), **case):
    documents = [ADMISSION, *documents]
    case = {"charges": CHARGES} | case
    return only("presence_by_day", stay_of(findings, admissions=[STAY], documents=documents, **case))


def test_a_service_charged_on_the_day_it_was_not_done_is_a_clue_without_an_amount():
    turn = presence(UNDONE)
    told = {"date": "2024-03-04", "state": "not_done", "service": "普通针刺"} | turn.claim("今日普通针刺未做")
    reading = turn.read({"days": [told]})
    (suspicion,) = reading.findings
    assert (suspicion.check, suspicion.problem.charge_ids) == ("DOC-023", ("2",))
    assert suspicion.problem.amount is None and suspicion.problem.certainty is Certainty.CLUE
    assert suspicion.problem.message.startswith("03-04 计费“普通针刺”，病历写“今日普通针刺未做”")


def test_a_second_document_that_agrees_makes_it_probable():
    nurse = document("D6", "护理记录", "2024-03-04 17:00", "普通针刺未做，患者休息。")
    turn = presence(UNDONE, nurse)
    told = {"state": "not_done", "service": "普通针刺"}
    days = [told | turn.claim("今日普通针刺未做"), told | turn.claim("普通针刺未做，患者休息")]
    (suspicion,) = turn.read({"days": days}).findings
    assert suspicion.problem.certainty is Certainty.PROBABLE


def test_the_day_is_read_from_the_note_and_not_taken_from_the_model():
    turn = presence(document("D5", "日常病程记录", "2024-03-06 16:00", "今日普通针刺未做。"))
    told = {"date": "2024-03-04", "state": "not_done", "service": "普通针刺"} | turn.claim("今日普通针刺未做")
    assert turn.read({"days": [told]}).findings == ()


def test_a_service_that_the_quote_does_not_name_or_that_a_rule_has_seen_is_no_new_suspicion():
    turn = presence(UNDONE)
    strange = {"state": "not_done", "service": "床位费"} | turn.claim("今日普通针刺未做")
    assert turn.read({"days": [strange]}).findings == ()
    seen = presence(UNDONE, findings=[finding("DOC-023", charge_ids=["2"])])
    told = {"state": "not_done", "service": "普通针刺"} | seen.claim("今日普通针刺未做")
    assert seen.read({"days": [told]}).findings == ()


def test_a_report_of_the_service_clears_the_note_that_denies_it():
    exams = [{"exam_name": "胃镜检查", "registered_at": "2024-03-03 09:00", "conclusion": "慢性胃炎"}]
    turn = presence(document("D5", "日常病程记录", "2024-03-02 16:00", "胃镜检查未做，改期。"), exams=exams)
    told = {"state": "not_done", "service": "胃镜检查"} | turn.claim("胃镜检查未做")
    assert turn.read({"days": [told]}).findings == ()


AWAY = (
    document("D5", "护理记录", "2024-03-04 21:00", "巡视病房，患者不在床，电话称在家中。"),
    document("D6", "护理记录", "2024-03-05 21:30", "患者仍未返回病房。"),
)


def test_two_days_away_without_leave_with_the_bed_charged_are_a_clue_and_one_day_is_none():
    turn = presence(*AWAY)
    first = {"state": "away", "span": "night"} | turn.claim("患者不在床，电话称在家中")
    second = {"state": "away", "span": "night"} | turn.claim("患者仍未返回病房")
    (suspicion,) = turn.read({"days": [first, second]}).findings
    assert (suspicion.check, suspicion.problem.certainty) == ("ADM-005", Certainty.CLUE)
    assert suspicion.problem.message.startswith("03-04、03-05 病历写患者不在院")
    assert turn.read({"days": [first]}).findings == ()


def test_leave_that_was_granted_is_no_absence():
    orders = [{"order_name": "请假外出", "begins_at": "2024-03-04 15:00", "ends_at": "2024-03-06 08:00"}]
    turn = presence(*AWAY, orders=orders)
    days = [
        {"state": "away", "span": "night"} | turn.claim(words) for words in ("患者不在床", "患者仍未返回病房")
    ]
    assert turn.read({"days": days}).findings == ()


def test_an_hour_away_or_a_walk_to_a_test_is_no_night_away():
    turn = presence(*AWAY)
    for span in ("part", "whatever"):
        words = ("患者不在床，电话称在家中", "患者仍未返回病房")
        days = [{"state": "away", "span": span} | turn.claim(one) for one in words]
        assert turn.read({"days": days}).findings == ()
    test = presence(document("D5", "护理记录", "2024-03-04 21:00", "患者外出做CT检查，暂不在病房。"))
    told = {"state": "away", "span": "night"} | test.claim("患者外出做CT检查")
    assert test.read({"days": [told]}).statements == ()


def test_a_course_that_ended_is_no_service_left_undone():
    turn = presence(document("D5", "日常病程记录", "2024-03-04 16:00", "普通针刺疗程结束，予停用。"))
    told = {"state": "not_done", "service": "普通针刺"} | turn.claim("普通针刺疗程结束")
    assert turn.read({"days": [told]}).statements == ()


def test_a_new_suspicion_is_stamped_as_a_clue_without_a_sum():
    def always_in_force(name, passage, day):
        return Basis(name, passage, date(2021, 5, 1), None)

    turn = presence(UNDONE)
    told = {"state": "not_done", "service": "普通针刺"} | turn.claim("今日普通针刺未做")
    (suspicion,) = turn.read({"days": [told]}).findings
    record = turn.stay.record
    found = Stamp(record.inspection, always_in_force).finding(HEADERS["DOC-023"], record, suspicion.problem)
    assert (found.certainty, found.amount, found.violation) == (Certainty.CLUE, None, "fictitious_service")
    assert "只由模型阅读得出，没有规则或另一来源印证" in found.lowered_by
    assert found.basis and {one.quote for one in found.evidence} > {"今日普通针刺未做"}
