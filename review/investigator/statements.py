"""Whether the words of a submission may stand on a finding: no verdict, no intent, and no figure that is not proven."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from knowledge.answering.quantities import narrow
from review.investigator.amounts import Count
from review.judge.injections import instructs
from review.models import Evidence
from review.record import Admission, Charge

FORBIDDEN = re.compile(r"骗保|欺诈|诈骗|套取|骗取|骗|故意|蓄意|恶意|有意|违法|犯罪|损失|贪污|造假|作假")
NAMED_HERE = re.compile(r"(?<![0-9A-Za-z])[ADFM]\d{1,5}(?![0-9A-Za-z])|第\s*\d+\s*行")
SUM_IN_WORDS = re.compile(r"[一二两三四五六七八九十百千万几数]+\s*(?:余|多)?\s*[万千百]?\s*(?:元|块钱)")
ZERO = Decimal(0)
LONGEST_STAY = 400  # days
_YUAN = re.compile(r"[¥￥]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(万)?\s*(?:元|块)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_DAY = re.compile(
    r"(?<!\d)\d{4}[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)|(?<!\d)(\d{1,2})月(\d{1,2})日?(?!\d)"
)
_SHORT_DAY = re.compile(
    r"(?<![\d-])(\d{2})-(\d{2})(?![\d-])"
)  # only where such a day is known: it may be a range
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:时](\d{2})(?!\d)")


@dataclass(frozen=True)
class Proven:
    """What of a submission was proven, as far as figures go; `stays` are this one and those it names beside it."""

    evidence: Sequence[Evidence]
    charges: Sequence[Charge]
    count: Count | None
    stays: Sequence[Admission]
    cited: Sequence[str] = ()  # the whole lines that quotes stand in, and the clause

    @cached_property
    def said(self) -> str:
        items = (part for one in self.charges for part in (one.item_name, one.hospital_item_name, one.spec))
        quotes = (part for one in self.evidence for part in (one.quote, one.at))
        return "\n".join(narrow(part) for part in (*quotes, *items, *self.cited) if part)

    @cached_property
    def days(self) -> set[tuple[int, int]]:
        """Month and day of every day of the stays, of the lines, and of what is cited."""
        days = {one.charged_on for one in self.charges if one.charged_on}
        for stay in self.stays:
            first, length = stay.begins_at.date(), (stay.ends_at - stay.begins_at).days + 1
            days |= {first + timedelta(days=day) for day in range(min(length, LONGEST_STAY) + 1)}
        known = {(day.month, day.day) for day in days}
        return known | {_day(match) for form in (_DAY, _SHORT_DAY) for match in form.finditer(self.said)}

    @cached_property
    def clocks(self) -> set[tuple[int, int]]:
        times = {time for stay in self.stays for time in (stay.begins_at, stay.ends_at)}
        times |= {one.charged_at for one in self.charges if one.charged_at}
        said = {(int(hour), int(minute)) for hour, minute in _CLOCK.findall(self.said)}
        return said | {(time.hour, time.minute) for time in times}

    @cached_property
    def sums(self) -> set[Decimal]:
        found = {part for one in self.charges for part in (one.amount, one.unit_price)}
        if self.count is not None:
            found |= {self.count.amount, *self.count.parts}
        paid = (part for stay in self.stays for part in (stay.total_amount, stay.fund_amount))
        quoted = (one for item in self.evidence for one in _NUMBER.findall(narrow(item.quote)))
        return found | {part for part in paid if part is not None} | {Decimal(one) for one in quoted}

    @cached_property
    def numbers(self) -> set[Decimal]:
        """Counts and quantities that follow from the lines and the stays themselves, and those that are cited."""
        quantities = [one.quantity for one in self.charges]
        found = {*quantities, sum(quantities, ZERO)}
        found |= {Decimal(count) for count in range(max(len(self.charges), len(self.evidence), 2) + 1)}
        found |= {Decimal(part) for stay in self.stays for part in (stay.bed_days, stay.age_years or 0)}
        if self.count is not None:
            lines = zip(self.count.parts, self.charges, strict=True)
            shares = [part * one.quantity / one.amount if one.amount else ZERO for part, one in lines]
            found |= {*shares, sum(shares, ZERO), sum(quantities, ZERO) - sum(shares, ZERO)}
        plain = _CLOCK.sub(" ", _DAY.sub(" ", self.said))
        return found | self.sums | {Decimal(one) for one in _NUMBER.findall(plain)}


def faults_of(statement: str, proven: Proven) -> Iterator[str]:
    """In Chinese, what of the words may not be said."""
    plain = _THOUSANDS.sub("", narrow(statement))
    found = FORBIDDEN.search(statement)
    if found:
        yield f"语句里有“{found[0]}”，不作认定、不说意图，请只写看到了什么"
    if _BREAK.search(statement) or instructs(statement):
        yield "语句应是一段平实的话，不含换行和对读者的要求"
    if NAMED_HERE.search(plain):
        yield "语句是给专家看的，不写 F12、D3、第几行这样的编号，请写项目、文书的名称和日期"
    if SUM_IN_WORDS.search(statement):
        yield "语句里的金额要用数字写，并与算出的一致；也可以不写"
    wrong = _false_figure(NAMED_HERE.sub("", plain), proven)
    if wrong:
        yield wrong


def _false_figure(plain: str, proven: Proven) -> str | None:
    for match in _YUAN.finditer(plain):
        if Decimal(match[1] or match[2]) * (10_000 if match[3] else 1) not in proven.sums:
            return f"语句里的 {match[0].strip()} 不是由所列收费行算出的，请改写或不写金额"
    for match in _DAY.finditer(plain):
        if _day(match) not in proven.days:
            return f"语句里的日期 {match[0]} 不在引文和所列收费行里，请引出它的出处或改写"
    for match in _CLOCK.finditer(plain):
        if (int(match[1]), int(match[2])) not in proven.clocks:
            return f"语句里的时刻 {match[0]} 不在引文和所列收费行里，请引出它的出处或改写"
    rest = _DAY.sub(" ", _YUAN.sub(" ", plain))
    rest = _SHORT_DAY.sub(lambda match: " " if _day(match) in proven.days else match[0], rest)
    rest = _CLOCK.sub(" ", rest)
    for number in _NUMBER.findall(rest):
        if Decimal(number) not in proven.numbers:
            return f"语句里的数字 {number} 不在引文和所列收费行里，请引出它的出处或改写"
    return None


def _day(match: re.Match[str]) -> tuple[int, int]:
    month, day = [int(part) for part in match.groups() if part]
    return month, day
