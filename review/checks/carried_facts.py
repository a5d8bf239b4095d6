"""What a note carries over from the note before it, although the day's own data deny it.

Each reader holds one kind of fact against a source of its own: the chart, the operations, the laboratory, the calendar,
the removal of a tube. Where that source is silent the fact is left alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from review.checks.header import Limits
from review.checks.inputs import Record
from review.checks.mentions import mentions
from review.checks.readings import facts_of
from review.models import Evidence
from review.record import Document, Fact, Lab, Vital

NUMBER = {word: number for number, word in enumerate("零一二三四五六七八九十")}
DAY_COUNT = re.compile(
    r"(?:(?<=[，。；：:录分\d])|^)(?:患者|现|今日?|目前|今为|今日为|现为|为)?"
    r"(?P<since>术后|入院|住院)(?:后)?第?(?P<n>\d{1,3}|[一二三四五六七八九十])[天日](?=[，。；,]|$)"
)
_SOON = r"(?:明日|明天|次日|明晨|今日|近日|择期)"
TO_OPERATE = re.compile(
    rf"(?:拟(?:定)?(?:于|在)?{_SOON}|(?:定于|待){_SOON}|{_SOON}(?:上午|下午)?拟)[^，。；]{{0,20}}?"
    r"(?:手术|[\u4e00-\u9fff]术|置换|切除|修补|固定|吻合|造瘘|结扎|植入|剖宫产|截骨|融合|搭桥)"
)
WORDS_OF_ANY = re.compile(r"手术|部分|全部|单侧|双侧|腹腔镜|镜下|切除|切开|[左右侧下式术的伴及和经全内外]")
FRESH = re.compile(r"今日|今晨|今早|今天|当日|今复查|急查")
TUBE = r"(?:[\u4e00-\u9fff]{0,4}引流管|导?尿管|胃管|胸管)"
IN_PLACE = re.compile(rf"({TUBE})(?:[^，。；]{{0,3}})(?:通畅|在位|固定|引流出|引出|持续|接袋)")
REMOVED = re.compile(rf"(?:拔除|拔出|拔去|已拔|予拔|拔)({TUBE})|({TUBE})(?:已|予以?)(?:拔除|拔出)")
INSERTED = re.compile(rf"(?:留置|置入|放置|重置|更换|重新)[^，。；]{{0,4}}({TUBE})")
BEDSIDE_METER = re.compile(r"血糖|血酮|血气|氧分压|氧合")


@dataclass(frozen=True)
class Note:
    """A progress note: all its characters but white space, and where each stands in the document's text."""

    record: Record
    document: Document
    at: datetime
    bare: str
    places: tuple[int, ...]

    def quote(self, start: int, end: int) -> Evidence:
        """A stretch of the bare text as evidence."""
        return self.record.quote(self.document, self.places[start], self.places[end - 1] + 1, at=self.at)


@dataclass(frozen=True)
class Denied:
    """A carried fact, what denies it, and where both stand; `start` and `end` count in the later note's bare text."""

    said: str
    own: str
    start: int
    end: int
    fact_ids: tuple[str, ...] = ()


Reader = Callable[[Note, Note, Limits], Iterator[Denied]]


def note_of(record: Record, document: Document, at: datetime) -> Note:
    """A document as a note written at that time."""
    places = tuple(place for place, character in enumerate(document.text) if not character.isspace())
    return Note(record, document, at, "".join(document.text[place] for place in places), places)


def denied(earlier: Note, later: Note, limits: Limits) -> list[Denied]:
    """All that the later note has from the earlier one and its own day denies."""
    return [fact for reader in READERS for fact in reader(earlier, later, limits)]


def _carried(earlier: Note, later: Note, *kinds: str) -> Iterator[tuple[Fact, int, int]]:
    """Facts of the later note whose words stand in the earlier one as well, with their place in the bare text."""
    for fact in facts_of(later.record, *kinds):
        words = "".join(fact.quote.split())
        if not fact.fact_id.startswith(f"text:{later.document.document_id}:") or words not in earlier.bare:
            continue
        start = later.bare.find(words)
        if start >= 0 and fact.certainty == "established":
            yield fact, start, start + len(words)


def _vital_signs(earlier: Note, later: Note, limits: Limits) -> Iterator[Denied]:
    readings = {
        "temperature": ("体温", "℃", limits["temperature"], "temperature"),
        "pulse": ("脉搏", "次/分", limits["pulse"], "pulse"),
        "heart_rate": ("心率", "次/分", limits["pulse"], "pulse"),
        "systolic": ("收缩压", "mmHg", limits["systolic"], "systolic"),
    }
    for fact, start, end in _carried(earlier, later, "measurement"):
        label, unit, tolerance, column = readings.get(fact.name, ("", "", 0, ""))
        rows = _charted(later, column) if column else []
        if len(rows) < limits["chart_readings"]:
            continue
        if all(abs(float(getattr(row, column)) - float(fact.value or 0)) > tolerance for row in rows):
            own = "、".join(f"{float(getattr(row, column)):g}" for row in rows[-4:])
            ids = (fact.fact_id, *(row.fact_id for row in rows[-4:]))
            yield Denied(f"{label}{fact.value}{unit}", f"当日体征为 {own}", start, end, ids)


def _charted(note: Note, column: str) -> list[Vital]:
    """The chart from a day before the note to the end of its day."""
    ends = datetime.combine(note.at.date() + timedelta(days=1), datetime.min.time())
    return [
        row
        for row in note.record.vitals
        if row.measured_at is not None
        and note.at - timedelta(days=1) <= row.measured_at < ends
        and getattr(row, column) is not None
    ]


def _day_count(earlier: Note, later: Note, limits: Limits) -> Iterator[Denied]:
    """术后第1日 on two days: the calendar denies it, unless there was another operation between."""
    before = {(match["since"], match["n"]) for match in DAY_COUNT.finditer(earlier.bare)}
    for match in DAY_COUNT.finditer(later.bare):
        operated = any(earlier.at.date() <= day <= later.at.date() for day in _operated(later.record))
        if (match["since"], match["n"]) not in before or earlier.at.date() >= later.at.date():
            continue
        if match["since"] == "术后" and operated and _number(match["n"]) <= 1:
            continue
        own = f"{earlier.at:%m-%d} 与 {later.at:%m-%d} 病程写作同一天"
        start = match.start("since")
        yield Denied(later.bare[start : match.end()], own, start, match.end())


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else NUMBER[word]


def _operated(record: Record) -> list[date]:
    days = (row.operated_on or (row.begins_at.date() if row.begins_at else None) for row in record.operations)
    return sorted({day for day in days if day is not None})


def _planned_operation(earlier: Note, later: Note, limits: Limits) -> Iterator[Denied]:
    """An operation still to come in a note written after the only one there was."""
    days = _operated(later.record)
    if not days or not days[-1] < later.at.date():
        return
    for match in TO_OPERATE.finditer(later.bare):
        over = earlier.at.date() > days[-1]  # then it must be the same operation that is still to come
        if match[0] in earlier.bare and (not over or _names_one_done(later.record, match[0])):
            ids = tuple(row.fact_id for row in later.record.operations[:1])
            own = f"手术已于 {days[-1]:%Y-%m-%d} 施行"
            yield Denied(match[0], own, match.start(), match.end(), ids)


def _names_one_done(record: Record, planned: str) -> bool:
    """Whether a plan shares two characters in a row with an operation of the stay, words of any operation aside."""
    for row in record.operations:
        for word in WORDS_OF_ANY.split(row.operation_name or ""):
            if any(word[place : place + 2] in planned for place in range(len(word) - 1)):
                return True
    return False


def _old_result(earlier: Note, later: Note, limits: Limits) -> Iterator[Denied]:
    """A value told as today's that the laboratory reported before the earlier note and not again since."""
    for fact, start, end in _carried(earlier, later, "lab_value"):
        sentence = max(later.bare.rfind(mark, 0, start) for mark in "。；") + 1
        if BEDSIDE_METER.search(fact.name) or not FRESH.search(later.bare[sentence:start]):
            continue
        rows = [row for row in later.record.labs if _is_result(row, fact)]
        since = [row for row in rows if row.sampled_at and row.sampled_at > earlier.at - timedelta(hours=1)]
        if rows and earlier.at.date() < later.at.date() and not since:
            own = f"该结果采样于 {max(row.sampled_at for row in rows if row.sampled_at):%m-%d %H:%M}"
            yield Denied(f"{fact.name}{fact.value}", own, start, end, (fact.fact_id, rows[0].fact_id))


def _is_result(row: Lab, fact: Fact) -> bool:
    analyte = (row.analyte or "").split("(")[0].split("（")[0]
    same = bool(analyte) and (analyte in fact.name or fact.name in analyte)
    return (
        same
        and row.value is not None
        and row.sampled_at is not None
        and float(row.value) == float(fact.value or 0)
    )


def _removed_tube(earlier: Note, later: Note, limits: Limits) -> Iterator[Denied]:
    """A tube described in its place on a later day than its removal; where there are several, nothing is said."""
    for match in IN_PLACE.finditer(later.bare):
        kind = _kind(match[1])
        if match[0] not in earlier.bare or len(_tubes(later.record, kind)) > 1:
            continue
        taken = [
            (at, place) for at, place in _told(later.record, REMOVED, kind) if at.date() < later.at.date()
        ]
        if taken and not any(at > taken[0][0] for at, _ in _told(later.record, INSERTED, kind)):
            own = f"已于 {taken[0][0]:%Y-%m-%d} 拔除"
            yield Denied(match[0], own, match.start(), match.end(), taken[0][1])


def _kind(tube: str) -> str:
    return tube[-3:] if tube.endswith("引流管") else tube[-2:]


def _tubes(record: Record, kind: str) -> set[str]:
    """The names that a record has for its tubes of a kind, the bare word aside."""
    named = re.compile(
        rf"(?:胸腔|腹腔|盆腔|皮下|切口|脑室|硬膜下|心包|T|左侧?|右侧?|文氏孔|脾窝|膈下|胆道|关节腔)*{kind}"
    )
    found = {match[0] for document in record.documents for match in named.finditer(document.text)}
    return found - {kind}


def _told(record: Record, pattern: re.Pattern[str], kind: str) -> list[tuple[datetime, tuple[str, ...]]]:
    """When orders and documents say it of this kind of tube, with the order's row."""
    found: list[tuple[datetime, tuple[str, ...]]] = []
    for order in record.orders:
        if order.begins_at and kind in (order.order_name or "") and pattern.search(order.order_name or ""):
            found.append((order.begins_at, (order.fact_id,)))
    for mention in mentions(record, pattern):
        at = mention.sentence.at
        if at and kind in mention.words[mention.start : mention.end] and mention.context.asserted:
            found.append((at, ()))
    return sorted(found)


READERS: tuple[Reader, ...] = (_vital_signs, _day_count, _planned_operation, _old_result, _removed_tube)
