"""Days as documents state them: of issue, commencement and expiry, in Arabic or Chinese numerals."""

import re
from calendar import monthrange
from datetime import date, timedelta

from knowledge.numerals import number_of

_DIGIT = "〇○零一二三四五六七八九"
DAY = r"(\d{4})\s*(?:年|-|/|\.)\s*(\d{1,2})\s*(?:月|-|/|\.)\s*(\d{1,2})\s*日?"
_CHINESE_DAY = re.compile(
    rf"([{_DIGIT}]{{4}})年([一二三四五六七八九十〇]{{1,3}})月([一二三四五六七八九十]{{1,3}})日"
)
_SPAN = r"(\d{1,2}|[一二两三四五六七八九十]{1,2})"
_APPLIES = r"(?:正式)?(?:施行|实施|执行|生效)"
COMMENCEMENT = re.compile(rf"本[^，。；\n]{{1,12}}?(?:自|从)\s*{DAY}\s*(?:起|之日起)\s*{_APPLIES}")
_PROMULGATED = re.compile(
    rf"(?:公布|发布|印发)[^。；\n]{{0,6}}?[，,\s]\s*自\s*{DAY}\s*(?:起|之日起)\s*{_APPLIES}"
)
_ON_ISSUE = re.compile(
    rf"本[^，。；\n]{{1,12}}?自(?:公布|发布|印发|颁布|签发|下发)(?:之日|之日起|日|日起|起)+\s*{_APPLIES}"
)
_EXPIRY = re.compile(rf"有效期(?:限)?\s*(?:至|到|自[^，。；\n]{{6,20}}?(?:至|到))\s*{DAY}")
_EXPIRY_MONTH = re.compile(r"有效期(?:限)?\s*(?:至|到)\s*(\d{4})年(\d{1,2})月底")
_YEARS = re.compile(
    rf"(?:本[^，。；\n]{{1,12}}?|{_APPLIES}[，,；]\s*)(?:有效期|试行期|暂行期)(?:限)?\s*(?:为|是)?\s*{_SPAN}\s*(年|个月)"
    rf"|{_APPLIES}[，,]\s*试行\s*{_SPAN}\s*年"
)


def days_in(text: str) -> list[date]:
    """Every whole day a text names, in order; an impossible one is left out."""
    return [found for match in re.finditer(DAY, with_arabic_days(text)) if (found := day_of(match))]


def day_of(match: re.Match[str]) -> date | None:
    """The day in a match whose first three groups are year, month and day."""
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def with_arabic_days(text: str) -> str:
    """二〇二四年五月二十七日 as 2024年5月27日; everything else as it is."""

    def arabic(match: re.Match[str]) -> str:
        year = "".join(str(number_of(sign.replace("○", "〇"))) for sign in match[1])
        try:
            return f"{year}年{number_of(match[2])}月{number_of(match[3])}日"
        except ValueError:
            return match[0]

    return _CHINESE_DAY.sub(arabic, text)


def commencement(text: str, issued: date | None) -> date | None:
    """From when a text says it applies; the day of issue where it says so, or was amended since."""
    plain = with_arabic_days(text)
    stated = [day_of(match) for match in COMMENCEMENT.finditer(plain)] or [
        day_of(match) for match in _PROMULGATED.finditer(plain)
    ]
    if stated and stated[-1]:
        return max(stated[-1], issued) if issued else stated[-1]
    return issued if _ON_ISSUE.search(plain) else None


def expiry(text: str, begins: date | None) -> date | None:
    """The last day a text says it applies, stated or counted from its beginning."""
    plain = with_arabic_days(text)
    stated = _EXPIRY.search(plain)
    if stated:
        return day_of(stated)
    month = _EXPIRY_MONTH.search(plain)
    if month and 1 <= int(month[2]) <= 12:
        year, number = int(month[1]), int(month[2])
        return date(year, number, monthrange(year, number)[1])
    span = _YEARS.search(plain)
    if span is None or begins is None:
        return None
    count = number_of(span[1] or span[3])
    months = count if span[2] == "个月" else 12 * count
    return _later(begins, months) - timedelta(days=1) if months else None


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
