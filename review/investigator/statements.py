"""Whether the words of a submission may stand on a finding: no verdict, no intent, and no figure that is not proven."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from knowledge.answering.quantities import narrow
from review.investigator.amounts import Count
from review.judge.injections import instructs
from review.models import Evidence
from review.record import Admission, Charge

FORBIDDEN = re.compile(r"骗保|欺诈|诈骗|套取|骗取|骗|故意|蓄意|恶意|有意|违法|犯罪|损失|贪|造假|作假")
NAMED_HERE = re.compile(r"(?<![0-9A-Za-z])[ADFM]\d{1,5}(?![0-9A-Za-z])|第\s*\d+\s*行")
SUM_IN_WORDS = re.compile(r"[一二两三四五六七八九十百千万几数]+\s*(?:余|多)?\s*[万千百]?\s*(?:元|块钱)")
_YUAN = re.compile(r"(?:[¥￥]\s*)(\d+(?:,\d{3})*(?:\.\d+)?)|(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万)?\s*(?:元|块)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def faults_of(
    statement: str,
    evidence: Sequence[Evidence],
    charges: Sequence[Charge],
    count: Count | None,
    admission: Admission,
) -> Iterator[str]:
    """In Chinese, what of the words may not be said."""
    found = FORBIDDEN.search(statement)
    if found:
        yield f"语句里有“{found[0]}”，不作认定、不说意图，请只写看到了什么"
    if _BREAK.search(statement) or instructs(statement):
        yield "语句应是一段平实的话，不含换行和对读者的要求"
    if NAMED_HERE.search(narrow(statement)):
        yield "语句是给专家看的，不写 F12、D3、第几行这样的编号，请写项目、文书的名称和日期"
    if SUM_IN_WORDS.search(statement):
        yield "语句里的金额要用数字写，并与算出的一致；也可以不写"
    plain = narrow(statement)
    sums = _sums(charges, count, admission)
    quoted = {Decimal(one) for item in evidence for one in _NUMBER.findall(narrow(item.quote))}
    for match in _YUAN.finditer(plain):
        value = Decimal((match[1] or match[2]).replace(",", "")) * (10_000 if match[3] else 1)
        if value not in sums | quoted:
            yield f"语句里的 {match[0].strip()} 不是由所列收费行算出的，请改写或不写金额"
            return
    known = sums | quoted | _others(charges, count, admission)
    for number in _NUMBER.findall(NAMED_HERE.sub("", plain)):
        if Decimal(number) not in known:
            yield f"语句里的数字 {number} 不在引文和所列收费行里，请引出它的出处或改写"
            return


def _sums(charges: Sequence[Charge], count: Count | None, admission: Admission) -> set[Decimal]:
    found = {one for charge in charges for one in (charge.amount, charge.unit_price)}
    if count is not None:
        found |= {count.amount, *count.parts}
    return found | {one for one in (admission.total_amount, admission.fund_amount) if one is not None}


def _others(charges: Sequence[Charge], count: Count | None, admission: Admission) -> set[Decimal]:
    """Dates, counts and quantities that follow from the lines and the stay themselves."""
    days = {admission.begins_at.date(), admission.ends_at.date()}
    days |= {charge.charged_on for charge in charges if charge.charged_on}
    found = {Decimal(part) for day in days for part in (day.year, day.month, day.day)}
    times = {one for charge in charges if (one := charge.charged_at)} | {
        admission.begins_at,
        admission.ends_at,
    }
    found |= {Decimal(part) for time in times for part in (time.hour, time.minute)}
    found |= {charge.quantity for charge in charges} | {sum((one.quantity for one in charges), Decimal(0))}
    found |= {Decimal(len(charges)), Decimal(admission.bed_days), Decimal(admission.age_years or 0)}
    if count is not None:
        found |= {
            (part * charge.quantity / charge.amount).normalize()
            for part, charge in zip(count.parts, charges, strict=True)
            if charge.amount
        }
    names = (
        text for charge in charges for text in (charge.item_name, charge.hospital_item_name, charge.spec)
    )
    return found | {Decimal(one) for text in names for one in _NUMBER.findall(narrow(text or ""))}
