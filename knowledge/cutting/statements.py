"""What a document states about itself in so many words: front matter, comment headers, the label tables of
government sites, the first line of a data file.

Each reader gives the document and where its body begins, or null where the text states nothing in that way.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from knowledge.cutting.days import DAY, day_of, days_in, with_arabic_days
from knowledge.cutting.document import Document

Stated = tuple[Document, int]

_IN_FORCE = re.compile(DAY + r"\s*(?:起)?\s*(?:施行|实施|执行|生效)")
_LABELS = {
    "title": "标题 信息名称 名称 文件名称 文件标题 公文标题 法规标题 题名",
    "number": "发文字号 发布文号 文号 发文文号 公文文号 文件编号 发文号",
    "issuer": "发文机关 制定机关 发布机构 发文单位 发布单位 发布机关 公布机关 制发机关 颁布机关 发文机构",
    "issued": "成文日期 发文日期 印发日期 公布日期 颁布日期 签发日期 生成日期 发布日期 发布时间",
    "in_force_from": "施行日期 实施日期 生效日期 执行日期 生效时间 实施时间",
    "in_force_to": "失效日期 废止日期 有效期至 废止时间 失效时间",
    "": "索引号 主题分类 分类 公文种类 组配分类 信息来源 来源 主题词 主题导航 关键词 "
    "内容概述 有效性 时效性 体裁分类 公开类别 信息分类",
}
_FIELD_OF = {label: field for field, labels in _LABELS.items() for label in labels.split()}
_LABEL = re.compile(r"([一-鿿](?:[ 　]*[一-鿿]){1,5})[ 　]*[:：]?$")
_CELL = re.compile(r"[\t|]+|[ 　]{3,}")


def from_front_matter(text: str) -> Stated | None:
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
        return value if isinstance(value, date) else _first_day(str(value or ""))

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


def from_comment(text: str) -> Stated | None:
    match = re.match(r"\s*<!--(.*?)-->", text, re.S)
    if not match:
        return None
    stated = dict(re.findall(r"^[ \t]*([一-鿿]{2,6})[ \t]*[：:][ \t]*(.*?)[ \t]*$", match[1], re.M))
    if not stated.get("标题"):
        return None
    dates = stated.get("日期", "")
    applies = _IN_FORCE.search(dates)
    in_force = day_of(applies) if applies else None
    document = Document(
        title=stated["标题"],
        number=_said(stated.get("文号")),
        issuer=_said(stated.get("制定机关")),
        issued=next((day for day in days_in(dates) if day != in_force), None),
        in_force_from=in_force,
        completeness=_said(stated.get("完整性")),
    )
    return document, match.end()


def from_data_note(text: str) -> Stated | None:
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


def from_labels(text: str) -> Stated | None:
    """The label table government sites put above a document: 发文机关, 成文日期, 标题 …, one or several a line."""
    stated: dict[str, str] = {}
    begin, at = 0, 0
    for line in text[:4000].splitlines(keepends=True):
        at += len(line)
        said = line.strip()
        pairs = list(_labelled(said))
        if pairs:
            begin = at
        elif said and (begin or at > 800):
            break
        for field, value in pairs:
            if value and (field or "") not in stated:
                stated[field] = value
    if not stated.get("title") or len(stated) < 2:
        return None
    document = Document(
        title=re.sub(r"\s*\n\s*", "", stated["title"]),
        number=_said(stated.get("number")),
        issuer=_said(stated.get("issuer")),
        issued=_first_day(stated.get("issued", "")),
        in_force_from=_first_day(stated.get("in_force_from", "")),
        in_force_to=_first_day(stated.get("in_force_to", "")),
    )
    return document, begin


def _labelled(line: str) -> Iterator[tuple[str, str]]:
    """Fields and values of one line, label and value in cells of their own or apart by a colon."""
    cells = [part.strip() for part in _CELL.split(line) if part.strip()]
    place = 0
    while place < len(cells):
        head, colon, value = re.match(r"([^:：]*)([:：]?)\s*(.*)", cells[place], re.S).groups()  # type: ignore[union-attr]
        label = _LABEL.match(head)
        field = _FIELD_OF.get(re.sub(r"\s", "", label[1])) if label else None
        place += 1
        if field is None:
            continue
        if not value and place < len(cells) and not _is_label(cells[place]):
            value = cells[place]
            place += 1
        if colon or value:
            yield field, value


def _is_label(cell: str) -> bool:
    label = _LABEL.match(cell)
    return bool(label) and re.sub(r"\s", "", label[1]) in _FIELD_OF if label else False


def _first_day(text: str) -> date | None:
    return next(iter(days_in(with_arabic_days(text))), None)


def _said(value: str | None) -> str | None:
    return value if value and value not in ("—", "-", "无", "/") else None
