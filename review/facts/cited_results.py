"""Examinations a note quotes the result of: 今日胸部CT平扫示…, 昨日心脏彩超提示…, 头颅MRI回报….

What is only planned, ordered or done without a result is not cited.
"""

import re
from collections.abc import Iterator

from review.facts.context import clause_around, context
from review.facts.gates import Gates
from review.facts.sentences import Wording
from review.facts.statements import Told, of_wordings

MODALITIES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in (
        ("CT", r"CT(?!A值)|计算机体层|螺旋CT|CTA"),
        ("磁共振", r"MRI|MRA|磁共振|核磁|DWI"),
        ("X线", r"(?<![A-Za-z])DR(?![A-Za-z])|X线|X光|胸片|平片|腹平片|数字化摄影|摄片|正侧位"),
        ("超声", r"彩超|B超|超声|多普勒|UCG"),
        ("心电图", r"(?<!动态)心电图|ECG|EKG"),
        ("动态心电图", r"动态心电图|Holter|HOLTER"),
        ("内镜", r"胃镜|肠镜|内镜|十二指肠镜|内窥镜|支气管镜|纤支镜|膀胱镜|喉镜"),
        ("病理", r"病理|活检|免疫组化|手术标本"),
        ("造影", r"造影|DSA"),
        ("肺功能", r"肺功能|通气功能"),
        ("肌电图", r"肌电图|神经传导"),
        ("脑电图", r"脑电图"),
    )
}
GATES = Gates((pattern, (name, pattern)) for name, pattern in MODALITIES.items())
PARTS = (
    "头颅 颅脑 头部 脑|胸部 胸 肺|上腹|下腹|全腹 腹部 腹|盆腔|颈椎|胸椎|腰椎|颈部 颈动脉 颈血管|心脏 心|"
    "甲状腺|乳腺 双乳|肝胆 肝 胆|泌尿 肾 输尿管 膀胱|前列腺|子宫 附件 妇科|下肢|上肢|膝|髋|肩|踝|阑尾|胃|结肠 肠"
)
PART_WORDS = tuple(tuple(words.split()) for words in PARTS.split("|"))
RESULT = re.compile(
    r"\d|正常|异常|阴性|阳性|示|提示|回报|回示|显示|可见|见|报告|结果(?:示|提示|回报|显示|为|[:：])|诊断为|[:：]|未见|符合|考虑为"
)
VALUE = re.compile(r"\d|正常|异常|阴性|阳性")
DAY_WORD = re.compile(r"今日|今晨|今天|当日|刚刚|今早|今上午|今下午|昨日|昨天|昨晚|昨夜|急诊")
NOT_DONE = re.compile(r"未行|未做|未查|拒绝|取消|暂缓|停做|不同意")


@of_wordings
def cited_results(wording: Wording) -> Iterator[Told]:
    """One statement per cited examination: `name` its modality, `value` the body part, quoted with the result."""
    for modality, pattern in GATES.open_to(wording.letters):
        for match in pattern.finditer(wording.bare):
            cited = _cited(wording, match)
            if cited is not None:
                start, end = cited
                yield Told(
                    start,
                    end,
                    "cited_exam",
                    modality,
                    value=part_of(wording.bare[start : match.end()]),
                    unit=_day_word(wording.bare[: match.start()]),
                )
                break


def modality_of(exam_name: str) -> str | None:
    """The modality that an examination's name belongs to."""
    names = [name for name, pattern in MODALITIES.items() if pattern.search(exam_name)]
    return next(iter(sorted(names, key=lambda name: name != "动态心电图")), None)


def part_of(text: str) -> str | None:
    """The body part a text names, by its leading word; null where it names none."""
    for words in PART_WORDS:
        if any(word in text for word in words):
            return words[0]
    return None


def _cited(wording: Wording, match: re.Match[str]) -> tuple[int, int] | None:
    """The stretch from the day word to the end of the result; null where no result is told."""
    around = context(wording, match.start(), match.end())
    if (
        around.planned
        or NOT_DONE.search(wording.bare[max(0, match.start() - 12) : match.start()])
        or around.past
        or around.elsewhere
    ):
        return None
    tail = wording.bare[match.end() : match.end() + 14]
    told = RESULT.search(tail)
    if (
        told is None
        or re.search(r"[，。；]", tail[: told.start()])
        or PLANNED_TAIL.search(tail[: told.end() + 2])
    ):
        return None
    start = clause_around(wording.bare, match.start(), match.end())[0]
    rest = wording.bare[match.end() + told.end() :]
    return (start, len(wording.bare)) if len(rest) >= 2 or VALUE.match(told[0]) else None


PLANNED_TAIL = re.compile(r"待|未回|未归|检查(?:后|待)|申请|预约|拟")


def _day_word(before: str) -> str | None:
    found = DAY_WORD.findall(before[-24:])
    return found[-1] if found else None
