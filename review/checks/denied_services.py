"""Which charged services a record tells of as not done, and what speaks for their having been done all the same.

A denial names a service where its words stand right behind 拒绝, 未行, 取消 and their like, or right before them; a
word about another thing in between is another denial. Whether it is a finding, the check decides.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from review.checks.inputs import Record
from review.checks.item_names import spellings
from review.checks.mentions import Mention, mentions
from review.checks.readings import document_of, facts_of
from review.checks.service_traces import DONE, REFUSED, RESULT, matching, order_book, reports_of
from review.facts.cited_results import MODALITIES, modality_of, part_of
from review.facts.treatments import SHEET, Treatment, treatment_of, treatments_known
from review.record import Charge, Fact

_REFUSED = r"(?<![不未无没])拒绝|不同意|未(?:能)?(?:行|做|予|进行|执行|实施|安排|接受|参加|注射|使用)|暂不(?:行|予|做)"
_STOPPED = r"取消|暂缓|暂停|放弃|停做"  # of what goes on or comes again this ends it: what was done before stays done
_BEFORE = (
    r"(?:{cues})(?:(?:再|了|今日|当日|本次|上述|该|行|做|接受|进行|予以?|检查|继续|使用|应用|完成|执行)*)"
    r"(?:[^，。；：行做予改后仅只]{{1,20}}[、及和与或/])?[^，。；：行做予改后仅只、及]{{0,6}}$"
)
_WHO = r"(?:，?(?:但|因|由于)?(?:患者|病人|家属|本人|患儿|患方)[^，。；、]{{0,14}}，?)?"
_AFTER = (
    rf"^[^，。；：后前时示见毕顺果常]{{{{0,8}}}}?{_WHO}(?:今日|当日|本次|均|都|亦|也|暂|故|已|遂|予)*(?:{{cues}})"
    r"(?=$|[，。；、）)]|检查|治疗|执行|一次|签|并|进行)"
)


def _cues(before: str, after: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(_BEFORE.format(cues=before)), re.compile(_AFTER.format(cues=after))


OF_EVENTS = _cues(f"{_REFUSED}|{_STOPPED}", f"{_REFUSED}|{_STOPPED}|改期|缺席")
OF_SESSIONS = _cues(_REFUSED, f"{_REFUSED}|取消|停做|改期|缺席")
EVENTS = ("03", "04", "06")  # tests and operations, done once; the rest is done again and again
GENERAL = r"(?:各项|所有|全部|上述|今日|当日|康复|理疗)治疗"
CLAUSE_BEGIN = re.compile(r"[，。；：,;:]")
NO_SERVICE = ("01", "02", "12", "13")  # bed, rounds and registration are no service that is refused
ONCE = re.compile(r"导尿|置管|插管|穿刺|造瘘|造影|活检")
OF_ITS_DAY = re.compile(r"今日|当日|今天|今晨|上午|下午|暂|明日|择日|改日|考虑")
LATER_BY_ORDER = "当日稍后有医嘱执行时间"
LASTING = re.compile(r"小时|日|天")
SAME_SESSION = timedelta(minutes=60)
LATER_DAYS = 7  # within which what was put off may have been done


@dataclass(frozen=True)
class Denied:
    """What is charged of one item in spite of a denial: units of its lines, and the statements that deny them.

    `doubt` says why this is less than sure; null where nothing lowers it."""

    item: str
    taken: tuple[tuple[Charge, Decimal], ...]
    facts: tuple[Fact, ...]
    doubt: str | None = None
    against: tuple[str, ...] = ()


def denied_services(record: Record) -> Iterator[Denied]:
    """Every item of the stay that a denial names on a charged day and nothing tells of as done."""
    told = [
        (fact, "".join(fact.quote.split()))
        for fact in facts_of(record, "not_done")
        if fact.begins_at is not None
    ]
    items: dict[str, list[Charge]] = defaultdict(list)
    for line in record.charges if told else ():
        if (
            line.kind == "service"
            and line.charge_type not in NO_SERVICE
            and line.item_name
            and line.charged_on
        ):
            items[line.item_name].append(line)
    for item, lines in sorted(items.items()):
        pattern = words_of(item)
        cues = OF_EVENTS if lines[0].charge_type in EVENTS else OF_SESSIONS
        part = part_of(item) if modality_of(item) else None
        own = [fact for fact, bare in told if names_as_not_done(bare, pattern, cues, part)]
        if own:
            yield from _of_item(record, item, lines, own)


def words_of(item: str) -> re.Pattern[str]:
    """The words by which a denial may name an item, its kind of treatment among them."""
    words = [
        rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])" if word.isascii() else re.escape(word)
        for word in spellings(item)
    ]
    treatment = treatment_of(item)
    if treatment is not None:
        kinds = [known for known in treatments_known() if known.name in (treatment.name, treatment.under)]
        words += [f"(?:{known.pattern.pattern})" for known in kinds]
        words.append(GENERAL)
    modality = MODALITIES.get(modality_of(item) or "")
    if modality is not None:
        words.append(f"(?:{modality.pattern})")
    return re.compile("|".join(words), re.IGNORECASE)


def names_as_not_done(
    bare: str, words: re.Pattern[str], cues: tuple[re.Pattern[str], re.Pattern[str]], part: str | None
) -> bool:
    """Whether a sentence without white space denies one of these words, of this part of the body or of none named."""
    for match in words.finditer(bare):
        cuts = list(CLAUSE_BEGIN.finditer(bare, 0, match.start()))
        before = bare[cuts[-1].end() if cuts else 0 : match.start()]
        other = part_of(before[-8:]) if part else None
        if other is not None and other != part:
            continue
        if cues[0].search(before) or cues[1].search(bare[match.end() :]):
            return True
    return False


def _of_item(record: Record, item: str, lines: Sequence[Charge], facts: Sequence[Fact]) -> Iterator[Denied]:
    whole = tuple(fact for fact in facts if fact.name == "stay")
    by_day = {fact.begins_at.date(): fact for fact in facts if fact.name == "day" and fact.begins_at}
    done = done_on(record, item, lines[0], by_day.values())
    told = _told_done(
        record, item, lines[0], list(by_day.values())
    )  # an order's own time is no proof of its doing
    if whole and not told:
        yield Denied(item, tuple((line, line.quantity) for line in lines), whole)
        return
    billed = _billed(lines)
    found: list[tuple[Charge, Decimal]] = []
    cited, against, doubt = [], [], None
    for day, fact in sorted(by_day.items()):
        elsewhere = [other for other in done if other not in billed]
        later = _executed_later(record, lines[0], fact)
        if (day in done and not later) or any(abs((other - day).days) <= LATER_DAYS for other in elsewhere):
            continue
        own = _units([line for line in lines if line.charged_on == day], billed, fact)
        if own:
            found += own
            cited.append(fact)
            against += executed_before(record, lines[0], fact)
            lasting = any(LASTING.search(line.unit or "") for line, _ in own)
            doubt = "按时间计费，当日可能提供过一部分" if lasting and fact.value == "clock" else doubt
            doubt = LATER_BY_ORDER if later else doubt
    if found:
        yield Denied(item, tuple(found), tuple(cited), doubt, tuple(against))
    elif by_day and not told and (lines[0].charge_type in EVENTS or ONCE.search(item)):
        yield from _on_other_days(item, lines, by_day)


def _on_other_days(item: str, lines: Sequence[Charge], by_day: dict[date, Fact]) -> Iterator[Denied]:
    """What is done once, charged on another day than the one that denies it, and told of by nothing in the stay.

    A later note that it was not done speaks of the days before."""
    units = tuple((line, line.quantity) for line in lines)
    first = min(line.charged_on for line in lines if line.charged_on)
    ever = [fact for day, fact in by_day.items() if day >= first and not OF_ITS_DAY.search(fact.quote)]
    if ever:
        yield Denied(item, units, tuple(ever))
        return
    near = tuple(
        part
        for part in units
        if part[0].charged_on and any(abs((part[0].charged_on - day).days) == 1 for day in by_day)
    )
    if near and lines[0].charge_type in EVENTS:
        yield Denied(item, near, tuple(by_day.values()), "病历所写与计费相差一日")


def _billed(lines: Sequence[Charge]) -> dict[date, Decimal]:
    """Units charged on each day."""
    found: dict[date, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.charged_on:
            found[line.charged_on] += line.quantity
    return found


def _units(lines: Sequence[Charge], billed: dict[date, Decimal], fact: Fact) -> list[tuple[Charge, Decimal]]:
    """What a denial takes of its day: one session; nothing where the day was charged less than others."""
    if not lines or fact.begins_at is None:
        return []
    day = fact.begins_at.date()
    by_session = not any(LASTING.search(line.unit or "") for line in lines)
    if lines[0].charge_type in EVENTS or not by_session or billed[day] <= 1:
        return [(line, line.quantity) for line in lines]
    if any(units > billed[day] for units in billed.values()):
        return []
    cheapest = min(lines, key=lambda line: (line.amount / line.quantity, line.charge_id))
    return [(cheapest, min(Decimal(1), cheapest.quantity))]


def done_on(record: Record, item: str, line: Charge, denied: Iterable[Fact]) -> set[date]:
    """The days on which a report, an execution, a sheet or a note has the item done, the denials' own hour aside."""
    known = list(denied)
    executed = {
        at.date()
        for at in _executions(record, line)
        if not any(_same_hour_or_before(at, fact) for fact in known)
    }
    return executed | _told_done(record, item, line, known)


def _told_done(record: Record, item: str, line: Charge, known: Sequence[Fact]) -> set[date]:
    """The days on which anything but an order's execution has the item done."""
    days = {report.at.date() for report in matching(item, reports_of(record)) if report.at}
    if line.charge_type == "06":
        days |= {row.operated_on for row in record.operations if row.operated_on and row.origin == "hospital"}
    days |= _treated(record, item, known) | _imaged(record, item)
    denied_words = {"".join(fact.quote.split()) for fact in known}
    told = (
        place.sentence.at
        for place in mentions(record, words_of(item))
        if _tells_as_done(place) and place.words not in denied_words
    )
    return days | {at.date() for at in told if at is not None}


def executed_before(record: Record, line: Charge, fact: Fact) -> list[str]:
    """The orders of the item executed on the denied day: the other side of the contradiction."""
    return [
        order.fact_id
        for order in order_book(record).naming(line)
        if order.executed_at and fact.begins_at and order.executed_at.date() == fact.begins_at.date()
    ][:3]


def _imaged(record: Record, item: str) -> set[date]:
    """Days on which a report or a result in a note is of the item's modality, whatever its name."""
    kind = modality_of(item)
    if kind is None:
        return set()
    times = [
        exam.registered_at or exam.reported_at
        for exam in record.exams
        if modality_of(exam.exam_name or "") == kind
    ]
    times += [fact.begins_at for fact in facts_of(record, "cited_exam") if fact.name == kind]
    return {at.date() for at in times if at is not None}


def _executed_later(record: Record, line: Charge, fact: Fact) -> bool:
    """Whether nothing but an order's execution, hours after the denial of that day, has the item done on it."""
    day = fact.begins_at.date() if fact.begins_at else None
    apart = [
        at for at in _executions(record, line) if at.date() == day and not _same_hour_or_before(at, fact)
    ]
    return bool(apart) and day not in _told_done(record, line.item_name or "", line, [fact])


def _executions(record: Record, line: Charge) -> list[datetime]:
    return [order.executed_at for order in order_book(record).naming(line) if order.executed_at]


def _same_hour_or_before(at: datetime, fact: Fact) -> bool:
    """Whether an execution is of the very session that a denial speaks of: not one later on that day."""
    if fact.begins_at is None or at.date() != fact.begins_at.date():
        return False
    return fact.value != "clock" or at <= fact.begins_at + SAME_SESSION


def _treated(record: Record, item: str, denied: Sequence[Fact]) -> set[date]:
    """Days on which a note tells of the treatment, or a sheet does at another hour than the denial's."""
    treatment: Treatment | None = treatment_of(item)
    days: set[date] = set()
    for fact in facts_of(record, "treatment") if treatment else ():
        if treatment is None or fact.name not in (treatment.name, treatment.under) or fact.begins_at is None:
            continue
        document = document_of(record, fact)
        on_sheet = document is not None and SHEET.search(document.kind + document.title)
        if on_sheet and fact.name != treatment.name:  # the name of the sheet itself is no treatment
            continue
        same = any(
            other.begins_at
            and other.value == "clock"
            and abs(other.begins_at - fact.begins_at) <= SAME_SESSION
            for other in denied
        )
        own = any(other.source == fact.source and other.quote == fact.quote for other in denied)
        if not own and not (on_sheet and same):
            days.add(fact.begins_at.date())
    return days


def _tells_as_done(place: Mention) -> bool:
    """Whether a place of a note gives a result or says that it was done; no summary, which names no day."""
    document = place.sentence.document
    if place.context.planned or place.context.past or place.context.elsewhere:
        return False
    if SHEET.search(document.kind + document.title):  # told by its own facts, hour by hour
        return False
    before, after = place.words[: place.start], place.words[place.end :]
    if REFUSED.search(before[-12:]) or REFUSED.search(after[:14]):
        return False
    return bool(RESULT.search(after) or DONE.search(before))
