"""Clinical statements of the text: signs, diagnoses, planned procedures, vitals, laboratory values, routes, care.

Each comes with what is said of it. A statement stands with its clause as quote, once per sentence, name and meaning.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

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
from review.facts.sentences import Sentence
from review.facts.statements import Statement

MARKS = ("present", "denied", "past", "suspected", "relative", "possible")
DIFFERENTIAL = re.compile(r"鉴别")
HEAD = re.compile(r"^(?:\d{1,2}[.、．)）]|[（(]\d[）)])?[^，。；：:]{2,20}[：:]")
NOT_GIVEN = re.compile(
    r"停用?[^，。；]{0,6}$|要求[^，。；]{0,4}$|拒绝[^，。；]{0,4}$|禁止?$|未$|不能$|无法$|不宜$|避免$|皮试"
)
REPLACED = re.compile(r"[^，。；]{0,8}?(?:改|调整?为|转为|换)|为[一二三特ⅠⅡⅢI]级")
Hit = tuple[Word, int, int]


def clinical_statements(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """Kind `clinical` with the meaning as value (one of MARKS); `clinical_value` and, of before, `clinical_earlier`."""
    run = list(sentences)
    for place, sentence in enumerate(run):
        hits = _hits(sentence.bare)
        if hits or any(sign.isdigit() for sign in sentence.bare):
            yield from _once(_of_sentence(sentence, hits, run[place + 1 : place + 4]))


def _once(statements: Iterable[Statement]) -> Iterator[Statement]:
    seen: set[tuple[str, str, str | None]] = set()
    for statement in statements:
        key = (statement.kind, statement.name, statement.value)
        if key not in seen:
            seen.add(key)
            yield statement


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


def _of_sentence(
    sentence: Sentence, hits: Sequence[Hit], following: Sequence[Sentence]
) -> Iterator[Statement]:
    around = Surroundings(sentence, _masked(sentence.bare, hits))
    said: dict[str, set[str]] = {}
    for word, start, end in hits:
        for name, value in _said(around, word, start, end, following):
            said.setdefault(name, set()).add(value)
            yield _statement(around, start, end, "clinical", name, value)
        if word.group in {"routes", "care"} and _given(around.sentence.bare, start, end):
            name, value = word.name.split("=") if "=" in word.name else ("途径", word.name)
            yield _statement(around, start, end, "clinical_value", name, value)
    for reading in readings(sentence):
        yield _measured(around, reading)


def _said(
    around: Surroundings, word: Word, start: int, end: int, following: Sequence[Sentence]
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
    head = HEAD.match(around.sentence.bare)
    if diagnosis and head and end <= head.end() and DIFFERENTIAL.search(around.sentence.section or ""):
        yield word.name, head_verdict(_discussion(around.sentence.bare[head.end() :], following))
        return
    mark = meaning(around, start, end, diagnosis=diagnosis)
    if word.way == "denies":
        mark = "denied" if mark == "present" else None
    if word.way == "narrower" and mark == "denied":
        mark = None
    if mark is not None:
        yield word.name, mark


def _discussion(rest: str, following: Sequence[Sentence]) -> str:
    """What is said of the head of a differential diagnosis, up to the next head."""
    text = rest
    for sentence in following:
        if HEAD.match(sentence.bare) or not DIFFERENTIAL.search(sentence.section or ""):
            break
        text += sentence.bare
    return text


def _given(bare: str, start: int, end: int) -> bool:
    return NOT_GIVEN.search(bare[max(0, start - 12) : start]) is None and REPLACED.match(bare, end) is None


def _measured(around: Surroundings, reading: Reading) -> Statement:
    kind = "clinical_value" if reading.now else "clinical_earlier"
    return _statement(around, reading.start, reading.end, kind, reading.quantity, reading.value, reading.unit)


def _statement(
    around: Surroundings, start: int, end: int, kind: str, name: str, value: str, unit: str | None = None
) -> Statement:
    left, right = around.clause(start, end)
    return Statement(
        around.sentence, left, right, kind, name, value=value, unit=unit, begins_at=around.sentence.at
    )
