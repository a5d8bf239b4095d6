"""What a document says about itself: title, number, issuer, dates, region — read where it stands, never guessed.

Reads our own front matter, comment headers, publication tables, data files' first line, and the opening and
closing lines of plain policy documents. What is not stated stays null.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from knowledge.places import locality, region_of

_DAY = r"(\d{4})\s*(?:年|-)\s*(\d{1,2})\s*(?:月|-)\s*(\d{1,2})\s*日?"
_IN_FORCE = re.compile(_DAY + r"\s*(?:起)?\s*(?:施行|实施|执行|生效)")
_ISSUED = re.compile(_DAY + r"\s*(?:公布|印发|发布|修订|修正|通过|公开)?")
COMMENCEMENT = re.compile(
    r"本[^，。；\n]{1,12}?(?:自|从)\s*" + _DAY + r"\s*(?:起|之日起)\s*(?:正式)?(?:施行|实施|执行|生效)"
)
_EXPIRY = re.compile(r"有效期(?:至|到)\s*" + _DAY)
_TITLE_END = re.compile(
    r"(通知|方案|办法|规定|条例|细则|意见|规范|安排|公告|决定|解释|要点|制度|协议|指南|计划|标准|清单|通告|函|法)(（[^）]{1,12}）)?$"
)
_NUMBER = re.compile(r"^[一-鿿]{2,12}(?:〔|\[|［|【)\d{4}(?:〕|\]|］|】)\s*(?:第)?\s*\d+\s*号$")
_SALUTATION = re.compile(r"[：:]$|^[一二三四五六七八九十]+、|^第[一1]条|。$")
_ISSUER_LINE = re.compile(
    r"^[一-鿿]{2,20}(?:局|委员会|人民政府|办公室|办公厅|厅|人民法院|人民检察院|公安部|卫生部)$"
)


@dataclass(frozen=True)
class Document:
    """A regulation, notice, list or table as a citation names it."""

    title: str
    number: str | None = None
    issuer: str | None = None
    issued: date | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    region: str | None = None
    place: str | None = None
    completeness: str | None = None
    digest: bool = False
    source: str = ""

    @property
    def begins(self) -> date | None:
        """The first day it can have applied; an unstated commencement is not before its publication."""
        return self.in_force_from or self.issued


def read_document(text: str, source: str) -> tuple[Document, int]:
    """The document and the place in `text` where its body begins."""
    for reader in (_from_front_matter, _from_comment, _from_data_note, _from_publication_table):
        found = reader(text)
        if found is not None:
            document, begin = found
            break
    else:
        document, begin = _from_plain_text(text, Path(source).stem), 0
    document = replace(document, source=source)
    return (document if document.digest else _completed(document, text[begin:])), begin


def _from_front_matter(text: str) -> tuple[Document, int] | None:
    match = re.match(r"---\r?\n(.*?)\r?\n---\r?\n", text, re.S)
    if not match:
        return None
    try:
        stated = yaml.safe_load(match[1])
    except yaml.YAMLError:
        return None
    if not isinstance(stated, dict) or not stated.get("title"):
        return None
    return _stated_document(stated, str), match.end()


def _stated_document(stated: Mapping[str, Any], text_of: Callable[[Any], str]) -> Document:
    def optional(key: str) -> str | None:
        value = stated.get(key)
        return None if value in (None, "") else text_of(value)

    def day(key: str) -> date | None:
        value = stated.get(key)
        return value if isinstance(value, date) else _day(_ISSUED, str(value or ""))

    return Document(
        title=text_of(stated["title"]).strip(),
        number=optional("number"),
        issuer=optional("issuer"),
        issued=day("issued"),
        in_force_from=day("in_force_from"),
        in_force_to=day("in_force_to"),
        region=optional("region"),
        completeness=optional("completeness"),
        digest=bool(stated.get("digest", False)),
    )


def _from_comment(text: str) -> tuple[Document, int] | None:
    match = re.match(r"\s*<!--(.*?)-->", text, re.S)
    if not match:
        return None
    stated = dict(re.findall(r"^[ \t]*([一-鿿]{2,6})[ \t]*[：:][ \t]*(.*?)[ \t]*$", match[1], re.M))
    if not stated.get("标题"):
        return None
    dates = stated.get("日期", "")
    in_force = _day(_IN_FORCE, dates)
    issued = next(
        (found for day in re.finditer(_DAY, dates) if (found := _date(day)) and found != in_force), None
    )
    document = Document(
        title=stated["标题"],
        number=_stated(stated.get("文号")),
        issuer=_stated(stated.get("制定机关")),
        issued=issued,
        in_force_from=in_force,
        completeness=_stated(stated.get("完整性")),
    )
    return document, match.end()


def _from_data_note(text: str) -> tuple[Document, int] | None:
    """A data file whose first line tells its origin in a `# 来源` or `_note`."""
    first, _, _ = text.partition("\n")
    noted = re.match(r'\s*\{.*"_note"\s*:\s*"([^"；。]+)', first)
    if noted:
        return Document(title=noted[1].strip()), len(first) + 1
    named = re.match(r"#\s*来源.*?（([^（）]+?)\.(?:xlsx?|csv|pdf|docx?)）", first)
    if named:
        title = re.sub(r"^.{2,10}?(?:公开)?发布(?:的)?", "", named[1])
        issuer = re.match(r"(国家医保局|国家医疗保障局)", named[1])
        return Document(title=title.strip(), issuer=issuer[1] if issuer else None), len(first) + 1
    return None


def _from_publication_table(text: str) -> tuple[Document, int] | None:
    """The label table government sites put above a document (信息名称, 发布机构, 发文日期 …)."""
    lines = text[:3000].splitlines(keepends=True)
    stated: dict[str, str] = {}
    begin = 0
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if "|" not in line or len(cells) < 2:
            break
        stated.update(zip(cells[::2], cells[1::2], strict=False))
        begin += len(line)
    if not stated.get("信息名称"):
        return None
    document = Document(
        title=stated["信息名称"],
        number=_stated(stated.get("发布文号")),
        issuer=_stated(stated.get("发布机构")),
        issued=_day(_ISSUED, stated.get("发文日期", "")),
    )
    return document, begin


def _from_plain_text(text: str, name: str) -> Document:
    lines = [line.strip().lstrip("#").strip() for line in text[:4000].splitlines()]
    opening = [line for line in lines if line][:12]
    title = _title(opening) or name
    number = next(
        (re.sub(r"\s+", "", line) for line in opening if _NUMBER.match(line.replace(" ", ""))), None
    )
    issuer, issued = _signature(text)
    return Document(title=title, number=number, issuer=issuer, issued=issued)


def _signature(text: str) -> tuple[str | None, date | None]:
    """Issuer and day as a document is signed: two lines, the last such pair; else the day of the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    issuer = issued = None
    for before, line in pairwise(lines):
        if re.fullmatch(_DAY, line) and _ISSUER_LINE.match(before):
            issuer, issued = before, _day(_ISSUED, line)
    if issued is None and lines and re.search(_DAY + r"$", lines[-1]):
        issued = _day(_ISSUED, lines[-1])
    return issuer, issued


def _title(opening: list[str]) -> str | None:
    """The opening lines up to the one that ends like a title; else the first line, if it is no sentence."""
    joined = ""
    for line in opening[:6]:
        if _NUMBER.match(line.replace(" ", "")) or _SALUTATION.search(line):
            break
        joined += line
        if _TITLE_END.search(joined):
            return joined
    first = opening[0] if opening else ""
    return first if first and len(first) <= 60 and not _SALUTATION.search(first) else None


def _completed(document: Document, body: str) -> Document:
    """Fill what the header left open from the body: commencement, expiry, region."""
    collection = len(re.findall(r"^##? (?!第)", body, re.M)) >= 3
    issued = document.issued or (None if collection else _signature(body)[1])
    in_force = document.in_force_from
    if in_force is None:
        stated = [] if collection else [_date(match) for match in COMMENCEMENT.finditer(body)]
        in_force = stated[-1] if stated else None
        if in_force and issued and in_force < issued:
            in_force = issued  # an amended text applies from its amendment
    ends = _day(_EXPIRY, body)
    return replace(
        document,
        issued=issued,
        in_force_from=in_force,
        in_force_to=document.in_force_to or ends,
        region=document.region or region_of(document.title, document.issuer),
        place=locality(document.title, document.issuer),
    )


def _stated(value: str | None) -> str | None:
    return value if value and value not in ("—", "-", "无") else None


def _day(pattern: re.Pattern[str], text: str) -> date | None:
    match = pattern.search(text)
    return _date(match) if match else None


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
