"""Rows of units, material sets and included consumables from a bureau's own tables.

What a price list says of a unit is its number and its steps. What is counted to know how many there were, and where, is
taken from our own row of the same item; an item that we have no row of is held to the list's maximum alone.
"""

from collections.abc import Iterator

from knowledge.importing.mapped_values import Cells, MappedRow, MappedValues, Values
from knowledge.rows.held import starter_rows

COUNTED = ("scope", "counted", "counted_from", "evidence_regex", "unless_evidence")
SHORTEST_FAMILY = 11


def unit_cells(code: str | None, values: Values) -> Cells:
    """The steps that a line states, and how they are counted."""
    steps: Cells = {name: values.get(name) for name in ("base_qty", "step", "next_factor", "max_qty")}
    for row in starter_rows("item_unit_rules"):
        if row["match"] != "name" and code and _same_item(code, str(row["code15"])):
            return {**{name: row[name] for name in COUNTED}, **steps}
    return {"scope": "same_day", **steps}


def _same_item(code: str, patterns: str) -> bool:
    shared = code[:SHORTEST_FAMILY] if len(code) < SHORTEST_FAMILY + 4 else code
    return any(shared.startswith(part) or part.startswith(shared) for part in patterns.split("|"))


def set_rows(line: MappedValues) -> Iterator[MappedRow]:
    """A set with its components, by their codes."""
    values = line.values
    components = str(values["components"])
    if len(components.split("|")) < 2:
        raise ValueError("组件不足两个")
    cells: Cells = {
        "package": values.get("package"), "name_package": values["name_package"], "components": components,
        "name_components": values.get("name_components") or components, "match": "prefix",
        "min_present": values.get("min_present", min(3, len(components.split("|")))),
        "set_price": values["set_price"], "op_regex": values.get("op_regex"),
    }  # fmt: skip
    yield "material_sets", cells, f"{values['name_package']}成套价格 {values['set_price']} 元"


def bundle_rows(line: MappedValues) -> Iterator[MappedRow]:
    """What the price of a service holds, and what may be charged beside it: a row for each."""
    values = line.values
    service = str(values["service"])
    for field, billable, said in (("material", False, "已含"), ("billable", True, "可另收")):
        if field in values:
            written = line.written[field]
            cells: Cells = {
                "service": service, "name_service": values.get("name_service") or service,
                "material_regex": values[field], "name_material": written, "separately_billable": billable,
                "per_service": None if billable else values.get("per_service"), "scope": "same_day", "match": "prefix",
            }  # fmt: skip
            yield "bundled_consumables", cells, f"{values.get('name_service') or service}{said}{written}"
