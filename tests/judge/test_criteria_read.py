"""What answers about the admission criteria come to: values compared by us, conditions by proven quotes."""

from asked_stay import finding, stay_of, turns
from read_case import ADMISSION, STAY, document


def criteria(documents=(ADMISSION,), group=0, **case):
    stay = stay_of([finding("ADM-001")], admissions=[STAY], documents=list(documents), **case)
    return turns("admission_criteria", stay)[group]


def measured(turn, item, words):
    return {"item": item} | turn.claim(words)


def test_a_value_counts_with_a_proven_quote_whose_number_meets_a_threshold():
    turn = criteria()
    reading = turn.read({"measured": [measured(turn, "血氧饱和度", "指氧监测 86%")], "criteria": []})
    assert reading.verdict == "met"
    labels = [(one.says, one.label) for one in reading.statements]
    assert ("against", "S04 呼吸与氧合：血氧饱和度 ≤ 90 %") in labels
    assert {one.quote for told in reading.statements for one in told.evidence} == {"指氧监测 86%"}


def test_a_number_that_meets_no_threshold_is_said_to_whatever_the_model_says():
    turn = criteria()
    told = measured(turn, "收缩压", "血压 186/102mmHg") | {"value": 286, "verdict": "met"}
    reading = turn.read({"measured": [told], "criteria": []})
    assert reading.verdict == "not_met"
    assert [(one.says, one.label) for one in reading.statements] == [
        ("neutral", "收缩压：所载数值没有达到任何一条标准")
    ]


def test_a_quote_without_the_number_or_without_the_name_of_the_thing_proves_no_threshold():
    turn = criteria()
    for words in ("一度收缩压达到二百余", "头晕3天。"):
        reading = turn.read({"measured": [measured(turn, "收缩压", words)], "criteria": []})
        assert (reading.verdict, reading.statements) == ("cannot_tell", ())


def test_an_invented_quote_a_wrong_line_and_a_criterion_not_asked_are_nothing():
    turn = criteria()
    invented = {"item": "血氧饱和度", "lines": [turn.line("指氧")], "quote": "血氧饱和度 80%"}
    wrong = {"item": "血氧饱和度", "lines": [turn.line("头晕")], "quote": "指氧监测 86%"}
    assert turn.read({"measured": [invented, wrong], "criteria": []}).verdict == "cannot_tell"
    assert sum(turn.proof.dropped.values()) == 2
    strange = {"criterion": "S99.1", "verdict": "met"} | turn.claim("指氧监测 86%")
    assert turn.read({"criteria": [strange]}).verdict == "not_recorded"
    assert turn.read({"measured": [measured(turn, "血钾", "神志清")], "criteria": []}).statements == ()


def test_a_record_that_is_silent_is_not_recorded_and_never_normal():
    turn = criteria()
    assert turn.read({"criteria": []}).verdict == "not_recorded"
    told = {"criteria": [{"criterion": "S01.1", "verdict": "not_recorded"}]}
    assert turn.read(told).statements == ()


def test_a_condition_said_both_ways_is_told_neither_way():
    turn = criteria()
    both = [
        {"criterion": "S01.1", "verdict": verdict} | turn.claim(words)
        for verdict, words in (("met", "父亲曾昏迷"), ("not_met", "186/102mmHg。神志清"))
    ]
    assert turn.read({"criteria": both[1:]}).statements[0].says == "for"
    assert turn.read({"criteria": both}).statements == ()


HOT = document(
    "D1",
    "入院记录",
    "2024-03-01 11:40",
    "主诉：发热4天。\n院外测得最高 39.4℃，今体温 39.4℃，伴畏寒发抖。院外查白细胞 22.4×10^9/L。",
)


def test_a_criterion_of_several_conditions_needs_them_all():
    turn = criteria([HOT])
    hot, cells = measured(turn, "体温", "今体温 39.4℃"), measured(turn, "白细胞", "白细胞 22.4×10^9/L")
    shaking = {"criterion": "S05.2", "verdict": "met"} | turn.claim("伴畏寒发抖")
    assert "S05.2 寒战" in turn.draft.given["criteria"]
    read = [
        {one.label for one in turn.read({"measured": values, "criteria": said}).statements}
        for values, said in (([], [shaking]), ([hot], [shaking]), ([cells], []), ([hot, cells], []))
    ]
    chills = "S05 发热：体温 > 38 ℃ 且 寒战、休克等严重感染征象"
    count = "S05 发热：白细胞 > 20 10^9/L 且 体温 ≥ 39 ℃"
    assert [chills in labels for labels in read][:2] == [False, True]
    assert [count in labels for labels in read][2:] == [False, True]


def test_a_circumstance_is_told_in_our_words():
    far = document(
        "D1", "入院记录", "2024-03-01 11:40", "主诉：头晕3天。\n患者独居山区，当地无法处置，由乡卫生院转来。"
    )
    turn = criteria([far])
    told = {"kind": "referral"} | turn.claim("由乡卫生院转来")
    reading = turn.read({"criteria": [], "override": [told]})
    assert [(one.says, one.label) for one in reading.statements] == [("against", "写明转诊")]
