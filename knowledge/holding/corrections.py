"""What a person changed of what was read from a file: checked, kept apart, laid over the document in use."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from knowledge.cutting.document import Document
from knowledge.places import NATIONAL, PROVINCES, region_of

FIELDS = {
    "title": "标题",
    "number": "文号",
    "issuer": "制定机关",
    "issued": "公布日期",
    "in_force_from": "施行日期",
    "in_force_to": "失效日期",
    "region": "区划代码",
}
DAYS = frozenset({"issued", "in_force_from", "in_force_to"})
LONGEST = 200
_EARLIEST, _LATEST = date(1949, 10, 1), date(2100, 1, 1)


class CorrectionError(ValueError):
    """A change cannot be made; the message names the field and says what it must look like."""


@dataclass(frozen=True)
class Correction:
    """One field of one file as a person set it; null means that the document does not state it."""

    field: str
    value: str | None
    was: str | None
    who: str
    at: str  # ISO time, UTC


def checked(changes: Mapping[str, str | None]) -> dict[str, str | None]:
    """The changes in their kept form. Raises `CorrectionError`; an empty text clears every field but the title."""
    found: dict[str, str | None] = {}
    for field, given in changes.items():
        if field not in FIELDS:
            raise CorrectionError(f"不能更正“{field}”；可更正的有：{'、'.join(FIELDS.values())}。")
        value = re.sub(r"\s+", " ", given).strip() if given else ""
        if len(value) > LONGEST:
            raise CorrectionError(f"{FIELDS[field]}太长（{len(value)} 字）；请写 {LONGEST} 字以内。")
        if field == "title" and not value:
            raise CorrectionError("标题不能为空；请写明文件的标题。")
        found[field] = _checked_value(field, value) if value else None
    return found


def _checked_value(field: str, value: str) -> str:
    if field in DAYS:
        return _checked_day(field, value)
    if field == "region":
        code = PROVINCES.get(
            value.removesuffix("省").removesuffix("市"), NATIONAL if value == "全国" else value
        )
        known = code == NATIONAL or f"{code[:2]}0000" in PROVINCES.values()
        if not (re.fullmatch(r"\d{6}", code) and known):
            raise CorrectionError(f"“{value}”不是六位行政区划代码；全国写 000000，省写如 220000。")
        return code
    return value


def _checked_day(field: str, value: str) -> str:
    plain = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", value)
    try:
        if plain is None:
            raise ValueError
        day = date(int(plain[1]), int(plain[2]), int(plain[3]))
    except ValueError:
        raise CorrectionError(f"{FIELDS[field]}“{value}”不是日期；请写成 2024-03-01。") from None
    if not _EARLIEST <= day <= _LATEST:
        raise CorrectionError(f"{FIELDS[field]}“{value}”不在 1949 年至 2100 年之间；请核对年份。")
    return day.isoformat()


def corrected(document: Document, entries: Iterable[Correction]) -> Document:
    """The document with the latest change of each field; a changed issuer or title may tell another region."""
    changes: dict[str, Any] = {
        one.field: date.fromisoformat(one.value) if one.field in DAYS and one.value else one.value
        for one in entries
    }
    if not changes:
        return document
    changed = replace(document, **changes)
    if "region" not in changes and changed.region is None:
        changed = replace(changed, region=region_of(changed.title, changed.issuer))
    if changes.get("region"):
        changed = replace(changed, place=None if changes["region"] == NATIONAL else changed.place)
    return changed


def check_period(document: Document) -> None:
    """Raises `CorrectionError` where a document would end before it begins."""
    begins, ends = document.in_force_from, document.in_force_to
    if begins and ends and ends < begins:
        raise CorrectionError(f"失效日期 {ends} 早于施行日期 {begins}；请核对。")
