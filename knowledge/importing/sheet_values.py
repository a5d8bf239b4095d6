"""Reads one cell of a table somebody else made: codes, prices, quantities, days, regions as people write them.

Each reader returns the value or raises ValueError with the reason in Chinese; what is not certain is a reason, never
a guess. Limits said in words are read by `knowledge.importing.limit_words`.
"""

import re
from datetime import date, timedelta
from decimal import Decimal

from knowledge.importing.rule_drafts import drug_prefix
from knowledge.numerals import NUMERAL, number_of
from knowledge.places import NATIONAL, PROVINCES, province_in
from knowledge.readers.text import normalise

EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = (
    32874,
    54789,
)  # 1990-01-01 to 2049-12-31; other figures are no days of a price list
_OPEN_ENDED = re.compile(r"长期|至今|永久|无|现行|—+|-+|/|9999.*|2099.*")
_NO_PRICE = re.compile(r"按实|据实|面议|自主|市场|另行|协商|待定|不定|暂无|无|—+|-+|/|\\|免费")
_RANGE = re.compile(r"\d\s*(?:-|~|—|–|至|到)\s*\d")
_CUT_CODE = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.I)


def plain(text: str) -> str:
    """A cell without the accidents of typing: width, spaces, line breaks inside."""
    return re.sub(r"\s+", " ", normalise(text)).strip().lstrip("'")


def read_code(text: str) -> str:
    """One code, without the local suffix after a hyphen; upper case."""
    said = plain(text).replace(" ", "").upper()
    if _CUT_CODE.fullmatch(said):
        raise ValueError(f"“{text}”是科学计数，编码的末位已丢失；请把该列设为文本后重新导出")
    code = re.sub(r"\.0+$", "", said).split("-")[0]
    if not re.fullmatch(r"[0-9A-Z]+(\.[0-9A-Z]+)?", code):
        raise ValueError(f"“{text}”不是编码")
    return code


def read_local_code(text: str) -> str:
    """A code of a region or hospital with its suffix, which may tell apart what the national code does not."""
    said = plain(text).replace(" ", "").upper()
    if _CUT_CODE.fullmatch(said):
        raise ValueError(f"“{text}”是科学计数，编码的末位已丢失；请把该列设为文本后重新导出")
    return re.sub(r"\.0+$", "", said)


def read_codes(text: str) -> str:
    """One or several codes, joined by a bar."""
    parts = [part for part in re.split(r"[|、,，;；/\n\s]+", normalise(text).strip("()（） ")) if part]
    if not parts:
        raise ValueError(f"“{text}”不是编码")
    return "|".join(dict.fromkeys(read_code(part) for part in parts))


def read_drug_codes(text: str) -> str:
    """Drug codes as the prefixes that rows carry: substance and dosage form."""
    return "|".join(dict.fromkeys(drug_prefix(code) for code in read_codes(text).split("|")))


def read_money(text: str) -> Decimal:
    """Yuan, above zero: 1,200.00元 is 1200.00. A range, a formula or 按实 is no price."""
    said = plain(text).replace(" ", "").replace("，", ",")
    if _NO_PRICE.fullmatch(said) or re.search(r"按实|据实|自主定价|市场调节|面议", said):
        raise ValueError(f"“{text}”不是金额")
    if _RANGE.search(said):
        raise ValueError(f"“{text}”是区间，不是一个限价")
    found = re.fullmatch(r"(?:人民币|RMB|¥|￥)?([0-9][0-9,]*(?:\.[0-9]+)?)(万?)元?(?:/\S+)?", said)
    if not found:
        raise ValueError(f"“{text}”不是金额")
    yuan = _grouped(found[1], text) * (10000 if found[2] else 1)
    if yuan <= 0:
        raise ValueError(f"“{text}”不大于零，不是限价")
    return yuan


def _grouped(digits: str, text: str) -> Decimal:
    if "," in digits and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        raise ValueError(f"“{text}”的分节号不合规矩，看不出金额")
    return Decimal(digits.replace(",", ""))


def read_number(text: str) -> Decimal:
    """A quantity above zero, with or without its unit: 2, ２次, 24小时."""
    said = plain(text).replace(" ", "")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)[^\d\-~]{0,4}", said)
    if found:
        number = Decimal(found[1])
    elif found := re.fullmatch(rf"({NUMERAL})[^\d]{{0,4}}", said):
        number = Decimal(number_of(found[1]))
    else:
        raise ValueError(f"“{text}”不是一个数量")
    if number <= 0:
        raise ValueError(f"“{text}”不大于零")
    return number


def read_whole(text: str) -> int:
    """A whole number above zero: 14, 14天."""
    number = read_number(text)
    if number != number.to_integral_value():
        raise ValueError(f"“{text}”不是整数")
    return int(number)


def read_percent(text: str) -> Decimal:
    """A share between 0 and 1: 30%, 0.3, 30."""
    said = plain(text).replace(" ", "")
    found = re.fullmatch(r"(?:加收|按)?(\d+(?:\.\d+)?)(%?)(?:加收|计收|收取)?", said)
    if not found:
        raise ValueError(f"“{text}”不是比例")
    share = Decimal(found[1])
    share = share / 100 if found[2] or share > 1 else share
    if not 0 < share <= 1:
        raise ValueError(f"“{text}”不是 0 到 100% 的比例")
    return share.normalize() if share != 1 else Decimal(1)


def read_day(text: str) -> date | None:
    """A day as people and spreadsheets write it; null for an open end. A month without its day is no day."""
    said = plain(text)
    if _OPEN_ENDED.fullmatch(said):
        return None
    found = re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:起(?:执行)?)?(?:[ T]\d.*)?", said
    )
    found = found or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", said)
    if found:
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise ValueError(f"“{text}”不是实有的日期") from None
    if re.fullmatch(r"\d{5}(\.\d+)?", said) and FIRST_SERIAL <= int(said[:5]) <= LAST_SERIAL:
        return EXCEL_EPOCH + timedelta(days=int(said[:5]))
    raise ValueError(f"“{text}”不是年月日齐全的日期")


def read_region(text: str) -> str:
    """A division code of six digits, or the name of a province or of the whole country."""
    said = plain(text).replace(" ", "")
    if re.fullmatch(r"\d{6}", said) and (said == NATIONAL or f"{said[:2]}0000" in PROVINCES.values()):
        return said
    if re.fullmatch(r"全国|国家|国家级|全国统一", said):
        return NATIONAL
    province = province_in(said)
    if province and re.fullmatch(
        rf"{province}(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区|省级|省本级)?", said
    ):
        return PROVINCES[province]
    raise ValueError(f"“{text}”不是六位行政区划代码，也不是省名")


def read_text(text: str) -> str:
    """A name or note in the characters it is written in: Ⅰ级护理 must be found under that name."""
    said = re.sub(r"\s+", " ", text).strip().lstrip("'")
    if not said:
        raise ValueError("是空的")
    return said


def read_words(text: str) -> str:
    """Alternatives in words as a regular expression: 内科、外科 is 内科|外科."""
    parts = [part for part in re.split(r"[|、,，;；/\n]+|\s+", plain(text).strip("()（）")) if part]
    if not parts:
        raise ValueError(f"“{text}”是空的")
    return "|".join(re.escape(part) for part in parts)
