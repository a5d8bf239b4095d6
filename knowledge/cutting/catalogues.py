"""Rows of data files (TSV, CSV, JSONL, spreadsheets) as passages: 项目名, or 规则类：项目名 where classes are mixed.

A row becomes a passage when it says something in words or sets a figure; a list that names no item is cited by
its serial number (序号 3). Bare code tables stay rows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.cutting.headings import opening_words
from knowledge.cutting.listings import list_name
from knowledge.cutting.passages import Passage

Cells = Mapping[str, str]

_NAMES = (
    "item_name",
    "item",
    "项目名称",
    "药品通用名",
    "药品名称",
    "drug_name",
    "诊疗名称",
    "规则名称",
    "name",
    "名称",
)
_PAIR = ("主项名称", "从项名称")
_CLASSES = ("rule_class", "规则类", "规则名称")
_SAYS = re.compile(
    r"说明|备注|释义|描述|内涵|限定(?!类型)|限制数量|频次上限|频度|constraint|limit_text|^note$|content|问题"
)
_HIDDEN = re.compile(
    r"^(?:kp_id|gz|gz_code|codes|med_codes|n|row|序号|source|来源)$|编码$|代码$|^code$|限定类型"
)
_SERIAL = re.compile(r"^(?:序号|编号|序)$")
_SUBJECT = re.compile(r"(?:名称|限制|病种|项目|药品|材料|手术|诊断|疾病|条款|标题|事项|指标|规则)$")
_SETS = re.compile(r"标准|价格|金额|单价|限额|限价|比例|期限|时限|天数|次数|条件|范围|要求|依据|内容")
_LEAST_WORDS = 8  # characters, on average, of a column that is written out
_LONGEST_NAME = 40
_LABELS = {
    "rule_class": "规则",
    "item_name": "项目",
    "item": "名称",
    "constraint": "限定",
    "detect_logic": "逻辑",
    "logic": "逻辑",
    "batch": "批次",
    "pub": "发布日期",
    "drug_name": "药品",
    "dosage_form": "剂型",
    "class_ab": "类别",
    "limit_text": "限定支付",
    "catalogue_year": "目录年份",
    "name": "名称",
    "unit": "单位",
    "price_yuan": "价格（元）",
    "note": "说明",
    "chapter": "章节",
    "fee_class": "费用等级",
    "self_pay_flag": "自付类别",
    "province": "省份",
    "effective": "执行日期",
    "content_or_note": "内涵或说明",
}


@dataclass(frozen=True)
class Table:
    """One sheet or data file: header, rows, and the number of its first row in the file."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 2
    title: str = ""  # the row above the header that is one cell
    remarks: tuple[tuple[int, str], ...] = ()  # rows of one cell below it, with their numbers

    def lines(self) -> Iterator[tuple[int, dict[str, str]]]:
        for number, row in enumerate(self.rows, self.first_row):
            yield number, {key: value for key, value in zip(self.header, row, strict=False) if value}


def cut_rows(title: str, tables: Sequence[Table]) -> list[Passage]:
    """Passages of all tables of one file; equal rows are given once."""
    classes = {
        cells[column]
        for table in tables
        for column in _CLASSES[:2]
        for _, cells in table.lines()
        if column in cells
    }
    passages: dict[tuple[str, str], Passage] = {}
    numbered: set[str] = set()
    for table in tables:
        spoken = _speaks(table)
        for number, cells in table.lines():
            text = row_text(cells)
            name = row_name(cells, several_classes=len(classes) > 1)
            if name is None and spoken:
                name = _cited(cells)
                name = f"{list_name(table.name)}{name}" if name in numbered else name
            if name and text:
                passages.setdefault(
                    (name, text),
                    Passage(
                        title,
                        name,
                        text,
                        table.name,
                        kind="row",
                        start=number,
                        end=number,
                        issued=cells.get("pub"),
                    ),
                )
        numbered |= {f"序号 {cells['序号']}" for _, cells in table.lines() if "序号" in cells}
        for number, remark in table.remarks:
            said = Passage(
                title, opening_words(remark), remark, table.name, kind="row", start=number, end=number
            )
            passages.setdefault((said.passage, remark), said)
    return list(passages.values())


def _speaks(table: Table) -> bool:
    """Whether the table says more than names and codes: a column written out, or one that sets something."""
    visible = [(place, head) for place, head in enumerate(table.header) if head and not _HIDDEN.search(head)]
    if any(_SETS.search(head) for _, head in visible):
        return True
    for place, head in visible:
        written = [row[place] for row in table.rows if place < len(row) and row[place]]
        named = head in _NAMES or _SUBJECT.search(head)
        if written and not named and sum(map(_han, written)) >= _LEAST_WORDS * len(written):
            return True
    return False


def _han(text: str) -> int:
    return sum("\u4e00" <= sign <= "\u9fff" for sign in text)


def _cited(cells: Cells) -> str | None:
    """Serial number, else what the row is about, else its first words; null where it has but one thing to say."""
    visible = {column: value for column, value in cells.items() if not _HIDDEN.search(column)}
    serial = next((value for column, value in cells.items() if _SERIAL.match(column)), None)
    if len(visible) < 2:
        return None
    if serial:
        return f"序号 {serial}"
    about = next((value for column, value in visible.items() if _SUBJECT.search(column)), None)
    return (about or next(iter(visible.values())))[:_LONGEST_NAME]


def row_name(cells: Cells, several_classes: bool) -> str | None:
    """The name a citation uses; null where the row only lists codes or says nothing about its item."""
    if not any(_SAYS.search(column) for column in cells):
        return None
    if all(column in cells for column in _PAIR):
        name: str | None = "×".join(cells[column] for column in _PAIR)
    else:
        name = next((cells[column] for column in _NAMES if column in cells), None)
    kind = next((cells[column] for column in _CLASSES[:2] if column in cells), None)
    return f"{kind}：{name}" if name and kind and several_classes else name


def row_text(cells: Cells) -> str:
    """One line per cell that a person reads: 列名：值; codes and counters are left out."""
    return "\n".join(
        f"{_LABELS.get(column, column)}：{value}"
        for column, value in cells.items()
        if value not in ("null", "None") and not _HIDDEN.search(column)
    )
