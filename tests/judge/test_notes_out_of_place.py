"""Notes that tell of what had not happened yet, and notes of another patient: what a model says of them is compared by us."""

from asked_stay import finding, only, quoted, stay_of
from read_case import ADMISSION, STAY, document

from review.judge.plain_words import plain_words
from review.violations import Certainty

SIGNED = document("D5", "麻醉记录", "2024-03-04 12:10", "手术顺利。12:40返病房，生命体征平稳。")
PLANNED = document("D5", "日常病程记录", "2024-03-04 09:40", "拟今日10:20转科，已告知。")
CITED = document("D5", "日常病程记录", "2024-03-04 08:40", "胸部CT示右肺上叶结节。")
TAKEN = document("D6", "护理记录单", "2024-03-04 16:30", "患者由胸部CT检查室返回。")
EARLIER = document("D6", "护理记录单", "2024-03-03 16:30", "患者由胸部CT检查室返回。")


def read(documents, a, b=None, findings=(), **more):
    turn = only("contradictions", stay_of(findings, admissions=[STAY], documents=[ADMISSION, *documents]))
    told = {"field": "before_event", "same_event": "yes", "explained": "no", "a": turn.claim(a, value=a)}
    told |= {"b": turn.claim(b, value=b)} if b else {}
    return turn.read({"differences": [told | more]})


def test_a_note_that_tells_a_later_hour_than_it_was_written_is_a_clue():
    (suspicion,) = read([SIGNED], "12:40返病房").findings
    assert (suspicion.check, suspicion.problem.certainty) == ("DOC-003", Certainty.CLUE)
    assert suspicion.problem.amount is None and "由模型阅读发现" in suspicion.problem.message


def test_a_plan_an_earlier_hour_and_what_is_explained_are_none():
    assert read([PLANNED], "拟今日10:20转科").findings == ()
    early = document("D5", "麻醉记录", "2024-03-04 13:10", "12:40返病房，生命体征平稳。")
    assert read([early], "12:40返病房").findings == ()
    assert read([SIGNED], "12:40返病房", explained="yes").findings == ()
    assert read([SIGNED], "12:40返病房", same_event="cannot_tell").findings == ()


def test_a_note_without_a_known_hour_accuses_nobody():
    dated = SIGNED | {"written_exact": False}
    assert read([dated], "12:40返病房").findings == ()


def test_an_event_another_note_has_later_counts_only_where_it_is_later():
    told = ("胸部CT示右肺上叶结节", "患者由胸部CT检查室返回")
    (suspicion,) = read([CITED, TAKEN], *told).findings
    assert suspicion.check == "DOC-003"
    assert read([CITED, EARLIER], *told).findings == ()
    assert read([CITED | {"written_exact": False}, TAKEN], *told).findings == ()


def test_what_a_rule_has_said_of_the_note_is_no_new_suspicion():
    stay = stay_of(admissions=[STAY], documents=[ADMISSION, SIGNED])
    evidence = (quoted(stay.record, "D5", "12:40返病房"),)
    assert read([SIGNED], "12:40返病房", findings=[finding("DOC-003", evidence=evidence)]).findings == ()


OTHERS = document("D5", "日常病程记录", "2024-03-04 09:00", "患者女，81岁，产后第三日，恶露少。")
OWN = document("D6", "查房记录", "2024-03-04 15:00", "患者男，61岁，头晕减轻。高血压病史十年。")


def foreign(*traits, findings=()):
    turn = only("contradictions", stay_of(findings, admissions=[STAY], documents=[ADMISSION, OTHERS, OWN]))
    held = [{"kind": kind} | turn.claim(here) | {"other": turn.claim(there)} for kind, here, there in traits]
    return turn.read({"differences": [], "foreign_note": [{"traits": held}]})


SEX = ("identity", "患者女，81岁", "患者男，61岁")
PAST = ("history", "产后第三日", "高血压病史十年")


def test_a_note_with_two_traits_of_somebody_else_is_one_clue():
    (suspicion,) = foreign(SEX, PAST).findings
    assert (suspicion.check, suspicion.problem.certainty) == ("DOC-009", Certainty.CLUE)
    assert len(suspicion.problem.evidence) == 4


def test_one_trait_two_of_a_kind_and_the_same_words_are_not_enough():
    assert foreign(SEX).findings == ()
    assert foreign(SEX, ("identity", "产后第三日", "高血压病史十年")).findings == ()
    assert foreign(SEX, ("other", "产后第三日", "高血压病史十年")).findings == ()
    assert foreign(SEX, ("history", "恶露少。", "患者男，61岁")).findings == ()


def test_a_trait_with_an_invented_quote_is_none():
    turn = only("contradictions", stay_of(admissions=[STAY], documents=[ADMISSION, OTHERS, OWN]))
    good = {"kind": "identity"} | turn.claim(SEX[1]) | {"other": turn.claim(SEX[2])}
    bad = {"kind": "history", "lines": [1], "quote": "剖宫产史", "other": turn.claim(PAST[2])}
    reading = turn.read({"differences": [], "foreign_note": [{"traits": [good, bad]}]})
    assert reading.findings == () and turn.proof.dropped


def test_a_pattern_is_told_in_its_plain_words_and_nothing_of_its_signs():
    assert plain_words("胸部CT|肺(部)?CT|^DR$") == ("胸部CT", "肺CT", "DR")
    assert plain_words("[一二]级.*") == ()
    assert plain_words("|".join("甲乙丙丁戊己庚辛壬癸"), 3) == ("甲", "乙", "丙")
