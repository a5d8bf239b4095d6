"""How much of a service the notes say was done: which sites an operation treated, how many, and for how many hours.

Read from records of what was done only; a plan, a consent and a summary of another stay say nothing here.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from knowledge.numerals import NUMERAL, number_of
from review.facts.context import clause_around, context
from review.facts.gates import Gate
from review.facts.sentences import Sentence
from review.facts.sites import sites
from review.facts.statements import Statement
from review.facts.times import CLOCK, DAY, moment_of

OPERATIVE = re.compile(r"手术记录|操作记录|介入|造影|导管|镜.{0,4}记录|分娩记录|放疗|放射治疗")
TIMED = re.compile(r"麻醉|透析|净化|护理|监护|治疗|手术记录|操作记录|病程|ICU|重症|呼吸机|抢救")
NOT_DONE = re.compile(r"同意|告知|知情|术前|计划|申请|讨论|评估|宣教|出院|入院记录|首次病程")
ACTION = re.compile(
    r"支架|球囊|扩张|植入|置入|置放|旋磨|旋切|激光|消融|取栓|溶栓|成形|注入|骨水泥|穿刺|切除|摘除|融合|减压|再植|吻合|"
    r"缝合|松解|内固定|封堵|栓塞|PVP|PKP|PCI|PTCA"
)
TREATED = ("vessel", "vertebra", "disc", "side", "finger")
NOUN = r"椎体|椎间盘|间盘|节段|血管|靶点|部位|肌腱|神经|病灶|蜡块|组织块|标本|疗程|照射野|射野"
COUNT = re.compile(
    r"(?<![\d.第])(?P<number>" + NUMERAL + r"|\d{1,2})(?:个|处|节|根|支|枚|例|份|块|条|段)"
    r"(?:手术|病理|送检)?(?P<noun>" + NOUN + ")"
)
COUNT_GATE, ACTION_GATE = Gate(COUNT), Gate(ACTION)
SERVICES = (
    ("麻醉", r"麻醉"),
    ("血液净化", r"透析|血滤|滤过|灌流|血液净化|CRRT|CVVH"),
    ("呼吸机", r"呼吸机|机械通气|辅助通气|无创通气"),
    ("监护", r"心电监护|心电监测|监护"),
    ("吸氧", r"吸氧|氧气吸入|氧疗"),
)
HOURS = re.compile(
    r"(?:共|历时|持续|时间|时长|累计|治疗|[:：为约])+(?P<hours>\d{1,3}(?:\.\d{1,2})?)(?:小时|h(?![a-zA-Z/])|H(?![a-zA-Z/]))"
    r"(?:(?P<minutes>[0-5]?\d)分)?(?!后|内|前|一次|1次|/)"
)
OPENS, CLOSES = r"(?:开始|上机|起始|起)", r"(?:结束|下机|停止|终止|脱机|撤机|止)"
MOMENT = rf"(?:{DAY}[T|,，]{{0,4}})?{CLOCK}".replace("?P<", "?P<{0}_")
SPAN = re.compile(
    rf"{OPENS}(?:时间|时刻)?[:：]?{MOMENT.replace('{0}', 'from')}[^。；]{{0,16}}?{CLOSES}(?:时间|时刻)?[:：]?"
    rf"{MOMENT.replace('{0}', 'to')}"
)


HOURS_GATE, SPAN_GATE = Gate(HOURS), Gate(SPAN)


def units_done(parts: Iterable[Sentence]) -> Iterator[Statement]:
    """Treated sites, stated counts and stated hours."""
    for sentence in parts:
        kind = sentence.document.kind + sentence.document.title
        if NOT_DONE.search(kind):
            continue
        if OPERATIVE.search(kind):
            yield from _treated(sentence)
            yield from _counts(sentence)
        if TIMED.search(kind):
            yield from _hours(sentence)
            yield from _spans(sentence)


def _treated(sentence: Sentence) -> Iterator[Statement]:
    if not ACTION_GATE.opens(sentence.letters) or not ACTION.search(sentence.bare):
        return
    for site in sites(sentence.bare, *TREATED):
        around = context(sentence, site.start, site.end)
        if not around.denied and not around.planned:
            yield _statement(sentence, site.start, site.end, "site", site.kind, site.label)


def _counts(sentence: Sentence) -> Iterator[Statement]:
    for match in COUNT.finditer(sentence.bare) if COUNT_GATE.opens(sentence.letters) else ():
        if context(sentence, match.start(), match.end()).asserted:
            number = str(number_of(match["number"]))
            yield _statement(sentence, match.start(), match.end(), "count", match["noun"], number)


def _hours(sentence: Sentence) -> Iterator[Statement]:
    for match in HOURS.finditer(sentence.bare) if HOURS_GATE.opens(sentence.letters) else ():
        service = _service(sentence, match.start())
        if service and context(sentence, match.start(), match.end()).asserted:
            hours = float(match["hours"]) + int(match["minutes"] or 0) / 60
            start, _ = clause_around(sentence.bare, match.start(), match.end())
            yield _statement(sentence, start, match.end(), "duration", service, f"{hours:.2f}", unit="小时")


def _spans(sentence: Sentence) -> Iterator[Statement]:
    for match in SPAN.finditer(sentence.bare) if SPAN_GATE.opens(sentence.letters) else ():
        service = _service(sentence, match.start())
        begins = _moment(match, "from", sentence.at)
        ends = _moment(match, "to", begins)
        if service is None or begins is None or ends is None:
            continue
        if ends <= begins and match["to_day"] is None:
            ends += timedelta(days=1)
        if timedelta(0) < ends - begins <= timedelta(days=3):
            hours = (ends - begins).total_seconds() / 3600
            start = clause_around(sentence.bare, match.start(), match.start())[0]
            yield Statement(
                sentence,
                start,
                match.end(),
                kind="duration",
                name=service,
                value=f"{hours:.2f}",
                unit="小时",
                begins_at=begins,
                ends_at=ends,
            )


def _service(sentence: Sentence, before: int) -> str | None:
    """The service that hours belong to: the last one named before them in the sentence, else the document's own."""
    named = [
        (match.start(), name)
        for name, pattern in SERVICES
        for match in re.finditer(pattern, sentence.bare[:before])
    ]
    if named:
        return max(named)[1]
    title = sentence.document.kind + sentence.document.title
    return next((name for name, pattern in SERVICES if re.search(pattern, title)), None)


def _moment(match: re.Match[str], end: str, day: datetime | None) -> datetime | None:
    hour, minute = match[f"{end}_hour"], match[f"{end}_minute"]
    if match[f"{end}_year"]:
        year, month, date = (int(match[f"{end}_{part}"]) for part in ("year", "month", "day"))
        return moment_of(year, month, date, hour, minute)
    return moment_of(day.year, day.month, day.day, hour, minute) if day else None


def _statement(
    sentence: Sentence, start: int, end: int, kind: str, name: str, value: str, unit: str | None = None
) -> Statement:
    return Statement(
        sentence, start, end, kind=kind, name=name, value=value, unit=unit, begins_at=sentence.at
    )
