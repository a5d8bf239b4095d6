"""Clinical statements of the text: signs, diagnoses, planned procedures, vitals, laboratory values, routes, care.

Each comes with what is said of it. A statement stands with its clause as quote, once per sentence, name and meaning.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from review.facts.clinical_context import (
    MASK,
    Surroundings,
    denied,
    head_verdict,
    meaning,
    past_procedure,
    planned,
)
from review.facts.clinical_values import Reading, readings
from review.facts.clinical_vocabulary import Word, vocabulary
from review.facts.gates import DIGIT
from review.facts.sentences import REMEMBERED, Sentence, Wording
from review.facts.statements import Statement, Told

MARKS = ("present", "denied", "past", "suspected", "relative", "possible")
DIFFERENTIAL = re.compile(r"鉴别")
OTHER_LABEL = re.compile(
    r"^(?:[一二三四五六七八九十]、)?(?:诊断依据|诊疗计划|治疗计划|诊疗方案|初步诊断|入院诊断|病例特点)"
)
HEAD = re.compile(
    r"^(?:[一二三四五六七八九十]、)?(?:鉴别诊断[：:])?(?:\d{1,2}[.、．)）]|[（(]\d[）)])?[^，。；：:]{2,20}[：:]"
)
NOT_GIVEN = re.compile(
    r"停用?[^，。；]{0,6}$|要求[^，。；]{0,4}$|拒绝[^，。；]{0,4}$|禁止?$|未$|未使?用[^，。；]{0,8}$|不能$|无法$|不宜$|避免$|皮试"
)
REPLACED = re.compile(r"[^，。；]{0,8}?(?:改|调整?为|转为|换)|为[一二三特ⅠⅡⅢI]级")
UNSAID = {
    "narrower": ("denied",),
    "implies": ("denied", "suspected", "possible"),
}  # of a kind, not of the whole
Hit = tuple[Word, int, int]
Verdict = tuple[int, str]


def clinical_statements(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """Kind `clinical` with the meaning as value (one of MARKS); `clinical_value` and, of before, `clinical_earlier`."""
    run = list(sentences)
    compared = _differentials(run)
    for place, sentence in enumerate(run):
        for told in _told(sentence.wording, _verdict(run, compared, place)):
            yield Statement(sentence, *told, sentence.at)


def _differentials(run: Sequence[Sentence]) -> list[bool]:
    """Which sentences weigh other diagnoses: those of such a section, those behind such a label up to the next."""
    compared, section, running = [], None, False
    for sentence in run:
        opening = sentence.bare[:10]
        if sentence.section != section or OTHER_LABEL.match(opening):
            section, running = sentence.section, False
        running = running or DIFFERENTIAL.search(opening) is not None
        compared.append(running or DIFFERENTIAL.search(sentence.section or "") is not None)
    return compared


def _verdict(run: Sequence[Sentence], compared: Sequence[bool], place: int) -> Verdict | None:
    """Where the head of a differential diagnosis ends and what is made of it up to the next head."""
    head = HEAD.match(run[place].bare) if compared[place] else None
    if head is None:
        return None
    text = run[place].bare[head.end() :]
    for following in range(place + 1, min(place + 4, len(run))):
        if not compared[following] or HEAD.match(run[following].bare):
            break
        text += run[following].bare
    return head.end(), head_verdict(text)


@lru_cache(maxsize=REMEMBERED)
def _told(wording: Wording, verdict: Verdict | None) -> tuple[Told, ...]:
    """What a wording tells, each once."""
    hits = _hits(wording.bare)
    if not hits and DIGIT not in wording.letters:
        return ()
    once: dict[tuple[str, str, str | None], Told] = {}
    for told in _of_wording(wording, hits, verdict):
        once.setdefault((told.kind, told.name, told.value), told)
    return tuple(once.values())


def _hits(bare: str) -> list[Hit]:
    words = vocabulary().words
    found = []
    for match in vocabulary().any_word.finditer(bare):
        assert match.lastindex is not None
        found.append((words[match.lastindex - 1], match.start(), match.end()))
    return found


def _masked(bare: str, hits: Sequence[Hit]) -> str:
    pieces, place = [], 0
    for word, start, end in hits:
        if word.group in {"signs", "diagnoses", "history"} and word.way != "denies":
            pieces += [bare[place:start], MASK * (end - start)]
            place = end
    return "".join([*pieces, bare[place:]])


def _of_wording(wording: Wording, hits: Sequence[Hit], verdict: Verdict | None) -> Iterator[Told]:
    around = Surroundings(wording, _masked(wording.bare, hits))
    told = [
        (word, start, end, *said)
        for word, start, end in hits
        for said in _said(around, word, start, end, verdict)
    ]
    present = {name for _, _, _, name, meant in told if meant == "present"}
    for word, start, end, name, meant in told:
        if word.way != "denies" or name not in present:
            yield Told(*around.clause(start, end), "clinical", name, meant)
    for word, start, end in hits:
        if word.group in {"routes", "care"} and _given(wording.bare, start, end):
            name, value = word.name.split("=") if "=" in word.name else ("途径", word.name)
            yield Told(*around.clause(start, end), "clinical_value", name, value)
    for reading in readings(wording):
        yield _measured(around, reading)


def _said(
    around: Surroundings, word: Word, start: int, end: int, verdict: Verdict | None
) -> Iterator[tuple[str, str]]:
    if word.group == "plans":
        if planned(around, start, end):
            yield word.name, "possible"
        elif word.name in {"手术", "介入"} and past_procedure(around, start, end):
            left, right = around.clause(start, end)
            no = denied(around.masked[left:start], around.masked[end:right])
            yield "手术史", "denied" if no else "past"
        return
    if word.group not in {"signs", "diagnoses", "history"}:
        return
    diagnosis = word.group != "signs"
    if diagnosis and verdict is not None and end <= verdict[0]:
        if word.way not in UNSAID:
            yield word.name, verdict[1]
        return
    mark = meaning(around, start, end, diagnosis=diagnosis)
    if word.way == "denies":
        mark = "denied" if mark == "present" else None
    if mark in UNSAID.get(word.way, ()) or (word.name.endswith("史") and mark == "present"):
        mark = None
    if mark is not None:
        yield word.name, mark


def _given(bare: str, start: int, end: int) -> bool:
    return NOT_GIVEN.search(bare[max(0, start - 12) : start]) is None and REPLACED.match(bare, end) is None


def _measured(around: Surroundings, reading: Reading) -> Told:
    kind = "clinical_value" if reading.now else "clinical_earlier"
    left, right = around.clause(reading.start, reading.end)
    return Told(left, right, kind, reading.quantity, reading.value, reading.unit)
