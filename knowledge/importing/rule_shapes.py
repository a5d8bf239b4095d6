"""The layouts whose columns need no confirmation: the published lists, a practitioner's tables, and our own schema."""

from collections.abc import Callable, Iterable

from knowledge.importing import official_rows, point_rows, working_rows
from knowledge.importing.rule_drafts import Converted, Draft, RuleSheet, Shape, shape
from knowledge.rows.held import unguarded
from knowledge.rows.tables import ROW_TABLES, TableSpec

_TSV = "rule_class item_name constraint med_codes"
SHAPES: tuple[Shape, ...] = (
    shape("药品通用名 药品说明 限定类型 限定对象", official_rows.drug_lines),
    shape("药品通用名 药品说明 限定类型 限定值域", official_rows.drug_lines),
    shape("项目名称 国标代码 限定类型", official_rows.item_lines, "项目说明 限定性别 限定对象 限定值域"),
    shape("频度 主项名称 主项编码 从项名称 从项编码 备注", official_rows.pair_lines, "序号"),
    shape("项目名称 限制数量 数量单位 项目编码", official_rows.frequency_lines, "序号"),
    shape("项目名称 频次上限 疗程周期 项目代码", official_rows.period_lines, "序号 备注"),
    shape("项目名称 备注 项目代码", official_rows.course_lines, "序号"),
    shape(_TSV, point_rows.tsv_lines, "gz_code detect_logic row"),
    Shape(point_rows.POINT_KEYS, frozenset(), point_rows.point_lines),
    *working_rows.SHAPES,
)


def converter(headings: Iterable[str]) -> Callable[[RuleSheet], Converted] | None:
    """How a sheet with these headings becomes rows; null where its columns must be confirmed first."""
    said = tuple(headings)
    known = next((one.convert for one in SHAPES if one.fits(said)), None)
    return known or (_own_lines if own_table(said) else None)


def own_table(headings: Iterable[str]) -> TableSpec | None:
    """The rule table whose own columns these are."""
    said = {heading for heading in headings if heading}
    for spec in ROW_TABLES.values():
        required = {column.name for column in spec.columns if column.required} - {"row_id"}
        if required <= said <= {column.name for column in spec.columns}:
            return spec
    return None


def _own_lines(sheet: RuleSheet) -> Converted:
    """Rows written in our schema; what they say is checked like any other row."""
    spec = own_table(sheet.headings)
    assert spec is not None
    for number, line in sheet.lines:
        cells = {name: unguarded(text) for name, text in line.items() if name and text}
        place = f"{sheet.name} 第 {number} 行"
        yield Draft(
            spec.name, place, cells.get("source_doc", ""), cells.get("source_passage", ""), dict(cells)
        )
