"""The sites that rows of the hospital's tables name: parts and views of a report, vessels and levels of an operation.

A row's own words are read, not what its findings mention in passing; a heading inside the findings counts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from knowledge.numerals import number_of
from review.facts.sites import sites

EXAMINED = ("part", "system", "superficial", "view", "vessel", "vertebra", "disc", "side", "finger")
OPERATED = ("vessel", "vertebra", "disc", "side", "finger")
COUNTED = re.compile(r"(?P<number>[单一二两三四五1-5])(?:根|支|个|节)(?P<noun>血管|椎体|椎骨|椎间盘|间盘)")
COUNTED_KINDS = {"血管": "vessel", "椎体": "vertebra", "椎骨": "vertebra", "椎间盘": "disc", "间盘": "disc"}
BY_PIECE = ("part", "system", "superficial")
SEPARATORS = re.compile(r"[、，,;；+/及和与]")
FILLER = re.compile(r"专科|常规|部位$|其[他它]|见报告|不详|未填|^[\W\d]*$")
HEADING = re.compile(r"(?:^|[。；;\n])\s*([\u4e00-\u9fff、]{1,10})[:：]")


def row_sites(table: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One row of `raw_row_sites` for each site that a row of `exams` or `operations` names."""
    for row in rows:
        found = dict.fromkeys(_exam_sites(row) if table == "exams" else _operation_sites(row))
        for kind, label in found:
            yield {
                "table_name": table,
                "source": row["source"],
                "row_number": row["row_number"],
                "kind": kind,
                "label": label,
            }


def _exam_sites(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    part, name, method = (_bare(row.get(key)) for key in ("body_part", "exam_name", "method"))
    told = f"{_bare(row.get('findings'))}。{_bare(row.get('conclusion'))}"
    # views and sides stand in any of the cells; a name such as 颈部血管彩超 must not add a part of its own
    for kind in EXAMINED:
        if kind in BY_PIECE:
            yield from ((kind, label) for label in _pieces(part, kind) or _labels(f"{name}{method}", kind))
            yield from (
                (kind, label) for heading in HEADING.findall(told) for label in _labels(heading, kind)
            )
        elif kind == "view":
            yield from ((kind, label) for label in _labels(part, kind) or _labels(f"{part}{method}", kind))
        else:
            told_here = told if kind == "vessel" else ""
            own = _labels(part, kind) or _labels(f"{part}{name}{method}", kind)
            yield from ((kind, label) for label in own + _labels(told_here, kind))


def _pieces(part: str, kind: str) -> list[str]:
    """The labels of what a cell lists; a piece in words of its own is a site of its own, a form's filler is none."""
    found: list[str] = []
    for piece in filter(None, SEPARATORS.split(part)):
        found += _labels(piece, kind) or ([] if FILLER.search(piece) else [piece])
    return found + _labels(part, kind)


def _labels(text: str, kind: str) -> list[str]:
    return [site.label for site in sites(text, kind)]


def _operation_sites(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = _bare(row.get("operation_name"))
    for site in sites(name, *OPERATED):
        yield site.kind, site.label
    # 两根血管操作: the operation codes count vessels and levels without naming them
    for match in COUNTED.finditer(name):
        number = 1 if match["number"] == "单" else number_of(match["number"])
        kind = COUNTED_KINDS[match["noun"]]
        yield from ((kind, f"第{place}个") for place in range(1, number + 1))


def _bare(text: object) -> str:
    return "".join(str(text or "").split())
