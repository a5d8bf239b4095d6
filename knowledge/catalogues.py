"""Rows of data files (TSV, CSV, JSONL, spreadsheets) as passages: 项目名, or 规则类：项目名 where classes are mixed.

A row becomes a passage when it names something and says something about it in words; bare code tables stay rows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.passages import Passage

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
    for table in tables:
        for number, cells in table.lines():
            name = row_name(cells, several_classes=len(classes) > 1)
            text = row_text(cells)
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
    return list(passages.values())


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
