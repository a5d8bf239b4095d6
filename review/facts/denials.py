"""Sentences that tell of a service as not done: refused, cancelled, put off, kept from by the patient's absence.

Each is one `not_done` statement of the whole sentence, named by what it speaks for: its day, or the stay where a
summary looks back on it. Which service is meant, the reader of the statement finds by name. Forms to be signed,
conditions, the time before the stay and a refusal that was given up say nothing.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from review.facts.context import ELSEWHERE, context
from review.facts.gates import Gate
from review.facts.sentences import Sentence
from review.facts.statements import Statement

CUE = re.compile(
    r"(?<![不未无没])(?:拒绝|拒(?=[行做查]))|未(?:能)?(?:行|做|予|进行|执行|实施|完成|安排|接受|参加|注射|使用)|"
    r"取消|暂缓|暂停|暂不(?:行|予|做)|不同意|放弃|停做|改期|缺席"
)
GATE = Gate(CUE)
FORM = re.compile(r"同意书|告知书|通知书|宣教|须知|医嘱单|费用|沟通|报告单|首页")
REFUSAL_FORM = re.compile(r"拒绝|放弃")
ADMISSION = re.compile(r"入院记录")
SUMMARY = re.compile(r"出院记录|出院小结|死亡记录|阶段小结|入院死亡|入出院")
DURING_STAY = re.compile(r"住院期间|入院后|本次住院|住院后|整个住院")
GIVEN_UP = re.compile(
    r"后(?:又|再|终|经[^，。；]{0,8})?(?:同意|配合|接受)|改为同意|最终同意|现(?:已)?同意|已补|补做|补行|"
    r"随后|稍后|后已|已(?:完成|执行|实施)|择日已"
)
CONDITION = re.compile(r"如(?!下|前|上|实)|若|倘|一旦|必要时|有权|是否|可能|不得|禁止|应当")
YESTERDAY = re.compile(r"昨日|昨天|昨晚|昨夜")
LONGEST = 250  # of a quote; a longer sentence is quoted around its cue


def denials(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """One statement for each sentence that tells of something not done."""
    for sentence in sentences:
        if not GATE.opens(sentence.letters) or sentence.at is None:
            continue
        cue = CUE.search(sentence.bare)
        name = _speaks_for(sentence) if cue else None
        if cue is None or name is None or CONDITION.search(sentence.bare) or GIVEN_UP.search(sentence.bare):
            continue
        around = context(sentence, cue.start(), cue.end())
        if around.past or ELSEWHERE.search(sentence.bare[: cue.start()]):
            continue
        start, end = _window(sentence.bare, cue)
        back = timedelta(days=1 if YESTERDAY.search(sentence.bare[: cue.start()]) else 0)
        yield Statement(
            sentence,
            start,
            end,
            kind="not_done",
            name=name,
            value="clock" if sentence.exact and not back else "day",
            begins_at=sentence.at - back,
        )


def _speaks_for(sentence: Sentence) -> str | None:
    """The day or the stay that a sentence tells of; null where it tells of neither."""
    named = sentence.document.kind + sentence.document.title
    if FORM.search(named) and not REFUSAL_FORM.search(sentence.document.title):
        return None
    if ADMISSION.search(named) and not SUMMARY.search(named):
        return None
    if SUMMARY.search(named):
        return "stay" if DURING_STAY.search(sentence.bare) else None
    return "day"


def _window(bare: str, cue: re.Match[str]) -> tuple[int, int]:
    if len(bare) <= LONGEST:
        return 0, len(bare)
    start = max(0, cue.start() - LONGEST // 2)
    return start, min(len(bare), start + LONGEST)
