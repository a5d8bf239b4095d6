import re
from importlib import import_module

import pytest

from review.facts.clinical_vocabulary import vocabulary
from review.facts.gates import DIGIT, Gate, Gates, demands, first_letters, letters_of
from review.facts.phrases import phrases
from review.facts.treatments import treatments_known

COMPILED = [
    *(pattern for phrase in phrases() for pattern in phrase.any),
    *(known.pattern for known in treatments_known()),
    *(
        value
        for name in ("context", "lab_values", "units_done", "leaves", "clinical_context", "measurements")
        for value in vars(import_module(f"review.facts.{name}")).values()
        if isinstance(value, re.Pattern)
    ),
]
TEXTS = (
    "患者夜间未归，查房时床位空置，嘱Ⅱ级护理。",
    "T 38.1℃，P 96次/分，BP 122/76mmHg",
    "今日胸部CT平扫示右下肺炎症",
    "",
    "血红蛋白78g/L，NT-proBNP 4860pg/ml",
    "请假外出，2024-03-04 08:00 至 2024-03-06 18:00返院",
    "行血液透析4小时，过程顺利",
    "体温٣٨℃",
    "于L4/5置入椎弓根螺钉4枚，共行2个节段减压",
    "无发热，否认高血压病史，拟行冠状动脉造影",
    "予中频脉冲电治疗、针灸20分钟",
)


@pytest.mark.parametrize("pattern", COMPILED, ids=lambda pattern: pattern.pattern[:30])
def test_a_gate_never_closes_on_a_text_in_which_its_pattern_matches(pattern):
    closed = [text for text in TEXTS if not Gate(pattern).opens(letters_of(text))]
    assert [text for text in closed if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("回家|返家", ["家", "回返", "回家"]),
        (r"体温(\d{2})", ["体", "温", DIGIT]),
        ("(?:夜|晚)?未归", ["归", "未"]),
        ("(?<!未)请(?=假)(?!条)", ["假", "请"]),
        ("[^，]x*", []),
        ("甲|", []),
        ("(?i)ct", []),
        ("a{2,}|b?c", ["ac"]),
        ("[一-龥]病", ["病"]),
    ],
)
def test_a_pattern_demands_what_every_match_of_it_holds(pattern, expected):
    assert sorted("".join(sorted(demand)) for demand in demands(re.compile(pattern))) == sorted(expected)


def test_many_gates_open_as_each_alone_and_in_order():
    gates = Gates((pattern, pattern) for pattern in COMPILED)
    for text in TEXTS:
        letters = letters_of(text)
        assert gates.open_to(letters) == [one for one in COMPILED if Gate(one).opens(letters)]


def test_measured_names_are_those_that_the_whole_pattern_finds():
    text = "".join(TEXTS) + "血钾3.1，C反应蛋白12，接胆红素8，总胆红素9，GCS评分15，SpO2 98%，hs-CRP3，aT 37"
    spans = [match.span() for _, match in vocabulary().measured_names(text)]
    whole = "|".join(f"({pattern})" for pattern, _ in vocabulary().measured)
    assert spans == [match.span() for match in re.finditer(whole, text)]


@pytest.mark.parametrize("pattern", [r"\d天", "x?", ".a", "(?i)ab"])
def test_a_pattern_without_a_sure_beginning_is_refused(pattern):
    with pytest.raises(ValueError, match="不以确定的字开头"):
        first_letters(re.compile(pattern))
