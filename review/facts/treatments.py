"""Treatments that a record says were done, each with its day and, where told, its minutes or hours.

One statement for each treatment of a sentence; 昨日 moves it a day back. What is planned, refused or told of another
time is none, and neither is what admission notes, consents and summaries say of days they do not name. A doubt about
the wording counts as done: a treatment is missed where nothing tells of it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

import yaml

from review.facts.context import context
from review.facts.gates import Gates
from review.facts.sentences import Sentence
from review.facts.statements import Statement
from review.facts.times import Moment, line_moments

FILE = Path(__file__).with_name("treatments.yaml")
SHEET = re.compile(
    r"治疗记录|治疗单|训练记录|康复记录|理疗|透析记录|净化记录|执行单|执行记录|治疗卡|针灸记录|换药记录"
)
NO_DAY = re.compile(r"入院记录|首次病程|同意书|告知书|出院|小结|须知|讨论|会诊|术前|病案首页")
NOT_DONE = re.compile(
    r"拟|明日|次日|明晨|计划|建议|必要时|未行|未做|未予|拒绝|拒做|取消|暂停|停用|停止|停[^留]{0,4}$|不同意|未能|缺席|改期|预约|嘱"
)
YESTERDAY = re.compile(r"昨日|昨天|昨晚|昨夜")
LASTS = re.compile(r"^[^，。；\d]{0,10}?(\d{1,3}(?:\.\d)?)(小时|h|分钟|分|min)", re.IGNORECASE)


@dataclass(frozen=True)
class Treatment:
    """One kind of `treatments.yaml`."""

    name: str
    pattern: re.Pattern[str]
    under: str | None
    general: bool
    always_told: bool


@cache
def treatments_known() -> tuple[Treatment, ...]:
    return tuple(
        Treatment(
            entry["name"],
            re.compile(entry["any"]),
            entry.get("under"),
            bool(entry.get("general")),
            bool(entry.get("told")),
        )
        for entry in yaml.safe_load(FILE.read_text("utf-8"))
    )


@cache
def gates() -> Gates[Treatment]:
    """Every kind of treatment behind its gate."""
    return Gates((known.pattern, known) for known in treatments_known())


@cache
def treatment_of(name: str) -> Treatment | None:
    """The kind of treatment that a charged item is, the narrower first; null where it is none of them."""
    return next((known for known in treatments_known() if known.pattern.search(name)), None)


def treatments(sentences: Iterable[Sentence]) -> Iterator[Statement]:
    """Every treatment done, as sheets, nursing and course notes tell it."""
    for sentence in sentences:
        if not _names_days(sentence.document.kind + sentence.document.title):
            continue
        known_here = gates().open_to(sentence.letters)
        at = _time_of(sentence) if known_here else None
        if at is None:
            continue
        for known in known_here:
            match = known.pattern.search(sentence.bare)
            if match is None or match.end() == match.start():
                continue
            around = context(sentence, match.start(), match.end())
            near = sentence.bare[max(0, match.start() - 10) : match.start()]
            behind = sentence.bare[match.end() : match.end() + 6]
            if around.denied or NOT_DONE.search(near) or NOT_DONE.search(behind):
                continue
            lasts = LASTS.search(sentence.bare[match.end() :])
            back = timedelta(days=1 if YESTERDAY.search(near) else 0)
            yield Statement(
                sentence,
                match.start(),
                match.end() + (lasts.end() if lasts else 0),
                kind="treatment",
                name=known.name,
                value=lasts[1] if lasts else None,
                unit=("小时" if lasts[2].lower() in ("小时", "h") else "分钟") if lasts else None,
                begins_at=at - back,
            )


@lru_cache(maxsize=1_024)
def _names_days(title: str) -> bool:
    return NO_DAY.search(title) is None


def _time_of(sentence: Sentence) -> datetime | None:
    """The time of an entry: a treatment sheet has one for each line, however few they are."""
    document = sentence.document
    if not SHEET.search(document.kind + document.title):
        return sentence.at
    stamps = [
        stamp for stamp in _stamps(document.text, document.written_at) if stamp.start <= sentence.places[0]
    ]
    return stamps[-1].at if stamps else sentence.at


@lru_cache(maxsize=4)  # sentences come document by document
def _stamps(text: str, written_at: datetime | None) -> tuple[Moment, ...]:
    return tuple(line_moments(text, written_at))
