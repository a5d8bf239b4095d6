"""Tools that look things up in what is known: passages of the library, rows of the rule tables, pairs of items.

A passage can be the basis of what is submitted and is named by document and passage; it is never a quote of the record.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import Field

from knowledge.answering.proofs import instructs
from knowledge.library import Hit
from knowledge.rows.held import ROW_TABLES
from review.engines.guarded import written
from review.investigator.fence import Row, fenced
from review.investigator.tools import Arguments, Asking, CannotDo, Said, Tool

PASSAGES = 5
MOST_ROWS = 12
SHORTEST_WORD = 2
# tables whose rows say something of two items together, and the columns that name the one and the other
PAIRS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "exclusive_items": (("a", "name_a"), ("b", "name_b")),
    "package_components": (("package", "name_package"), ("components", "name_components")),
    "bundled_consumables": (("service", "name_service"), ("name_material", "material_regex")),
    "material_sets": (("package", "name_package"), ("components", "name_components")),
    "add_on_items": (("base", "name_base"), ("add_on", "name_add_on")),
    "substitution_hints": (("charged", "name_charged"), ("cheaper", "name_cheaper")),
    "indicated_tests": (("code15", "name"), ("pair_with", "name_pair_with")),
    "drug_safety": (("a", "name_a"), ("b", "name_b")),
}


class LookUpClause(Arguments):
    question: str = Field(
        min_length=2, max_length=300, description="要查的事，用条文的词，不写任何人的姓名和号码"
    )
    day: date = Field(description="服务发生的日子，如 2024-06-12；只给当日施行的条文")


class LookUpRow(Arguments):
    table: str = Field(max_length=60, description="规则表的名称；写 ? 列出全部表")
    words: str = Field("", max_length=100, description="项目编码或名称里的词，空格隔开，都要有")


class LookUpPair(Arguments):
    a: str = Field(min_length=2, max_length=80, description="一个项目的编码或名称")
    b: str = Field(min_length=2, max_length=80, description="另一个项目的编码或名称")


def look_up_clause(asking: Asking, given: LookUpClause) -> Said:
    scene = asking.case.scene
    hits = scene.library.search(given.question, as_of=given.day, region=scene.region, top=PASSAGES)
    held = [hit for hit in hits if hit.in_force is not False and not instructs(hit.text)]
    if not held:
        raise CannotDo("没有找到当日施行的条文；请换条文里的词再查，或核对日期。")
    rows = [row for hit in held for row in _passage(hit)]
    return Said(f"可作依据的条文（提交时写 document 和 passage 的原文）：\n{fenced(rows)}")


def _passage(hit: Hit) -> Iterator[Row]:
    begins = f"{hit.in_force_from} 起施行" if hit.in_force_from else "施行日期不详"
    yield None, f"document：{hit.document}　passage：{hit.passage}（{begins}）"
    yield None, f"　{hit.text}"


def look_up_row(asking: Asking, given: LookUpRow) -> Said:
    if given.table not in ROW_TABLES:
        rows = [(None, f"{spec.name}：{spec.says}") for spec in ROW_TABLES.values()]
        head = "" if given.table.strip() in ("?", "？", "") else "没有这张规则表。"
        return Said(f"{head}规则表有：\n{fenced(rows)}")
    words = given.words.split()
    held = asking.case.scene.inspection.knowledge(given.table)
    found = [row for row in held if all(_holds(row.values(), word) for word in words)]
    if not found:
        raise CannotDo(f"{given.table} 共 {len(held)} 行，没有含这些词的；请换编码的前几位或名称里的一个词。")
    more = f"，只列前 {MOST_ROWS} 行" if len(found) > MOST_ROWS else ""
    told = fenced((None, _row_told(given.table, row)) for row in found[:MOST_ROWS])
    return Said(f"{given.table} 有 {len(found)} 行{more}：\n{told}")


def look_up_pair(asking: Asking, given: LookUpPair) -> Said:
    found = []
    for table, (first, second) in PAIRS.items():
        for row in asking.case.scene.inspection.knowledge(table):
            if any(
                _names(row, first, one) and _names(row, second, other)
                for one, other in ((given.a, given.b), (given.b, given.a))
            ):
                found.append((None, f"{table}：{_row_told(table, row)}"))
    if not found:
        return Said("各规则表里没有同时说到这两个项目的行；没有行不等于两者可以或不可以同收。")
    return Said(f"说到这两个项目的有 {len(found)} 行：\n{fenced(found[:MOST_ROWS])}")


def _holds(cells: Any, word: str) -> bool:
    return any(word in str(cell) for cell in cells if cell is not None)


def _names(row: Mapping[str, Any], columns: Sequence[str], item: str) -> bool:
    """Whether a side of a row is the item: its code as the row begins it, or the name, the one within the other."""
    for column in columns:
        for part in str(row.get(column) or "").split("|"):
            part = part.strip()
            if len(part) >= SHORTEST_WORD and (part in item or item in part):
                return True
    return False


def _row_told(table: str, row: Mapping[str, Any]) -> str:
    own = [column.name for column in ROW_TABLES[table].own]
    cells = [f"{name}={written(row[name])}" for name in own if row.get(name) not in (None, "")]
    source = f"出处：{row['source_doc']} {row['source_passage']}"
    begins = row.get("in_force_from")
    since = f"{begins} 起" if begins and begins.year > 1900 else ""
    return "；".join(part for part in (*cells, source, since) if part)


TOOLS = (
    Tool(
        "look_up_clause",
        "按问题在知识库里查条文，只给那一天施行的；提交疑点的依据须是这里查到的。",
        LookUpClause,
        look_up_clause,
    ),
    Tool(
        "look_up_row",
        "在规则表里按项目编码或名称查行：限价、限量、限定支付、除外内容、入院标准等。",
        LookUpRow,
        look_up_row,
    ),
    Tool(
        "look_up_pair",
        "查两个项目放在一起有没有规则：互含、套餐、串换、加收、合用。",
        LookUpPair,
        look_up_pair,
    ),
)
