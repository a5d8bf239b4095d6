"""How a word is meant where it stands: asserted now, denied, of the past, planned, of a relative, of another hospital.

Read from the clause around it and from the section it stands in. Errs towards not asserted.
"""

import re
from typing import NamedTuple

from review.facts.sentences import Worded

CLAUSE_ENDS = "，,。；;！!？?"
CLAUSE_END = re.compile(f"[{CLAUSE_ENDS}]")
CLAUSE_BEGIN = re.compile(f".*[{CLAUSE_ENDS}：:]", re.DOTALL)
NEGATION = re.compile(
    r"(?:否认|未见|未闻|未及|未触|未引出|未发现|未诉|未再|未行|未予|未做|没有|并无|从无|排除|除外|不伴|非|"
    r"无(?!明显诱因|诱因|力|名|好转|缓解|改善|效|法|论|创|痛性|菌)|未(?!缓解|好转|愈|归|婚|能|在))[^，。；]*$"
)
DENIED_AFTER = re.compile(
    r"^[^，。；]{0,12}?(?:阴性|（-）|\(-\)|未见|可排除|可除外|不支持|不考虑|待排|待除外|待查)"
)
PAST = re.compile(
    r"既往|曾|病史|史\d|\d年前|\d月前|个月前|多年前|年前|以往|自幼|[一二三四五六七八九十数半]年前"
)
PLANNED = re.compile(
    r"拟|择期|计划|准备|将|待|如|若|必要时|建议|嘱|预约|约定|申请|明日|次日|明晨|下周|不得|需|应"
)
RELATIVE = re.compile(r"父|母|兄|弟|姐|妹|配偶|丈夫|妻|其子|其女|儿子|女儿|家族")
ELSEWHERE = re.compile(
    r"外院|他院|当地医院|市.{0,4}医院|省.{0,4}医院|县医院|卫生院|卫生室|门诊|急诊|体检中心|诊所|院外|转诊"
)


class Context(NamedTuple):
    """What the surroundings say about a word."""

    denied: bool
    past: bool
    planned: bool
    relative: bool
    elsewhere: bool

    @property
    def asserted(self) -> bool:
        return not (self.denied or self.past or self.planned or self.relative)


def clause_around(bare: str, start: int, end: int) -> tuple[int, int]:
    """The clause that a match stands in."""
    before, after = CLAUSE_BEGIN.match(bare, 0, start), CLAUSE_END.search(bare, end)
    return before.end() if before else 0, after.start() if after else len(bare)


def context(sentence: Worded, start: int, end: int) -> Context:
    """The context of the match [start, end) in the bare text of a sentence or wording."""
    left, right = clause_around(sentence.bare, start, end)
    before, after = sentence.bare[left:start], sentence.bare[end:right]
    section = sentence.section or ""
    return Context(
        denied=bool(NEGATION.search(before) or DENIED_AFTER.match(after)),
        past=bool("既往史" in section or PAST.search(before)),
        planned=bool(PLANNED.search(before)),
        relative=bool("家族史" in section or RELATIVE.search(before)),
        elsewhere=bool(ELSEWHERE.search(sentence.bare[:start])),
    )
