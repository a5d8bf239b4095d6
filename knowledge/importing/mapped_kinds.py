"""How each kind of table becomes rows: from the values of one line to the cells of our schema.

A builder raises ValueError, with the reason in Chinese, where the values of a line do not make a rule together.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from knowledge.importing.care_rows import CARE_BUILDERS
from knowledge.importing.drug_list_rows import drug_rows
from knowledge.importing.mapped_values import Cells, MappedRow, MappedValues, Values, aspects
from knowledge.importing.price_rows import price_cells
from knowledge.importing.set_rows import bundle_rows, set_rows, unit_cells
from knowledge.importing.sheet_kinds import sheet_kinds

NATIONAL_FAMILY = re.compile(r"00[0-9]{9,12}")  # a national item without its variants
LIMIT_FIELDS = ("limit", "max_qty", "qty_unit", "per", "n_days", "course_days", "min_gap_days", "cap_amount")


def _price(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    for cells, passage in price_cells(values, line.context):
        yield "price_caps", cells, passage


def _limit(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    cells: Cells = {**values.get("limit", {}), **values.get("per", {})}
    for name in ("max_qty", "qty_unit", "n_days", "course_days", "min_gap_days", "cap_amount"):
        if name in values:
            cells[name] = values[name]
    unit = str(cells.get("qty_unit") or "次").replace("天", "日")
    if "per" not in cells:
        if unit in ("日", "小时", "床日"):
            cells["per"] = "day"
        elif "n_days" in cells:
            cells["per"] = "n_days"
        elif "course_days" in cells:
            cells["per"] = "illness"
        elif "cap_amount" in cells:
            cells["per"] = "year"
        else:
            raise ValueError("没有说是多长时间里的数量（日、住院、周、月、天数）")
    if "max_qty" in cells:
        cells["qty_unit"] = unit
    said = "、".join(line.written[name] for name in LIMIT_FIELDS if line.written.get(name))
    yield "item_limits", {**_item(values), **cells}, f"{values['name']}：{said}"


def _item(values: Values, field: str = "code15") -> Cells:
    """A code with its name. A national code without its variants stands for all of them."""
    code = values.get(field)
    cells: Cells = {field: code, "name": values["name"]}
    if code and NATIONAL_FAMILY.fullmatch(code):
        cells["match"] = "prefix"
    return cells


def _match(*codes: str | None) -> Cells:
    """How the codes of a row are matched: as prefixes where one of them leaves its variants open."""
    parts = [part for code in codes if code for part in code.split("|")]
    return {"match": "prefix" if any(NATIONAL_FAMILY.fullmatch(part) for part in parts) else "exact"}


def _pair(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    a, b = values.get("a"), values.get("b")
    name_a, name_b = values.get("name_a") or a, values.get("name_b") or b
    cells: Cells = {
        "a": a, "b": b, "name_a": name_a, "name_b": name_b, "scope": values.get("scope", "same_day"), "keep": "a",
        "b_per_a": values.get("b_per_a"), "unless_code": values.get("unless_code"),
    }  # fmt: skip
    if a and b:
        kept = [code for code in str(b).split("|") if code not in str(a).split("|")]
        if not kept:
            raise ValueError("主项和从项是同一个编码")
        cells |= {"b": "|".join(kept), **_match(a, b)}
    elif a or b:
        raise ValueError("主项和从项只有一个有编码；请补上另一个，或两个都只写名称")
    else:
        cells |= {"match": "name", "a": re.escape(str(name_a)), "b": re.escape(str(name_b))}
    if "scope" not in values:
        cells |= {"mark": "verify", "certainty_ceiling": "clue"}
    said = "" if "scope" in values else "，未载时间范围，按同日"
    yield "exclusive_items", cells, f"{name_a}与{name_b}不得同时收费{said}"


def _item_scope(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    item = _item(values)
    for aspect, cells, said in aspects(values, "visit_types", "insutypes"):
        yield "item_scope_limits", {**item, **cells, "aspect": aspect}, f"{values['name']}{said}"
    if department := values.get("department"):
        yield (
            "item_scope_limits",
            {**item, "aspect": "department", "dept_regex": department},
            f"{values['name']}限{line.written['department']}",
        )
    if diagnosis := values.get("diagnosis"):
        cells = {"aspect": "diagnosis", "diag_regex": diagnosis, "certainty_ceiling": "clue"}
        yield "item_scope_limits", {**item, **cells}, f"{values['name']}限{line.written['diagnosis']}"


def _incision(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    group = values["group_name"]
    cells = {"group_name": group, "second_rate": values.get("second_rate")}
    yield "same_incision_groups", {**_item(values), **cells}, f"{values['name']}属{group}"


def _package(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    name, parts = (
        values.get("name_package") or values["package"],
        values.get("name_components") or values["components"],
    )
    kept = [code for code in values["components"].split("|") if code != values["package"]]
    if len(kept) < 2:
        raise ValueError("组成项目不足两个")
    cells: Cells = {
        "package": values["package"], "name_package": name, "components": "|".join(kept), "name_components": parts,
        "min_present": values.get("min_present", len(kept)), "scope": values.get("scope", "same_day"),
        **_match(values["package"], values["components"]),
    }  # fmt: skip
    yield "package_components", cells, f"{name}由{parts}组成"


def _add_on(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    name, base = values.get("name_add_on") or values["add_on"], values.get("name_base") or values["base"]
    cells: Cells = {
        "add_on": values["add_on"], "name_add_on": name, "base": values["base"], "name_base": base,
        "max_per_base": values.get("max_per_base", Decimal(1)), **_match(values["add_on"], values["base"]),
    }  # fmt: skip
    yield "add_on_items", cells, f"{name}随{base}加收"


def _unit(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    yield (
        "item_unit_rules",
        {**_item(values), "unit_std": values["unit_std"], **unit_cells(values.get("code15"), values)},
        f"{values['name']}按{values['unit_std']}计价",
    )


def _substitution(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    charged, cheaper = (
        values.get("name_charged") or values["charged"],
        values.get("name_cheaper") or values["cheaper"],
    )
    cells: Cells = {
        "charged": values["charged"], "name_charged": charged, "cheaper": values["cheaper"], "name_cheaper": cheaper,
        "evidence_field": "DOC", "certainty_ceiling": "clue", **_match(values["charged"], values["cheaper"]),
    }  # fmt: skip
    yield "substitution_hints", cells, f"实际为{cheaper}，按{charged}收费"


def _herb(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    cells: Cells = {
        "herb_code": values.get("herb_code"),
        "name": values["name"],
        "max_g_day": values.get("max_g_day"),
        "max_kinds": values.get("max_kinds"),
        "max_doses": values.get("max_doses"),
    }
    cells |= values.get("herb_limit", {})
    if not cells["herb_code"]:
        cells |= {"match": "name", "herb_code": re.escape(str(values["name"]))}
    yield "herb_rules", cells, f"{values['name']}的支付限制"


def _unpaid(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    cells: Cells = {
        "code15": values.get("code15"),
        "kind": values.get("kind", "service"),
        "condition": values["condition"],
    }
    if not cells["code15"]:
        cells |= {"name_regex": re.escape(str(values["name"])), "certainty_ceiling": "clue"}
    yield (
        "not_payable",
        {"name": values["name"], **cells},
        f"{values['name']}不予支付：{values['condition']}"[:80],
    )


def _equipment(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    cells: Cells = {
        "code15": values.get("code15"),
        "name": values["name"],
        "equipment_regex": values["equipment"],
    }
    if not cells["code15"]:
        cells["name_regex"] = re.escape(str(values["name"]))
    yield "equipment_required", cells, f"{values['name']}应有{line.written['equipment']}"


def _item_map(line: MappedValues) -> Iterator[MappedRow]:
    values = line.values
    code, name = values.get("local_code"), values.get("local_name") or values.get("local_code")
    cells: Cells = {
        "local_code": code, "local_name": name, "hospital": values.get("hospital"), "ref_code15": values["ref_code15"],
        "ref_name": values.get("ref_name"), "quality": values.get("quality", "same"),
    }  # fmt: skip
    said = f"{code or ''} {name}".strip()
    yield "item_map", cells, f"{said} 对应 {values['ref_code15']} {values.get('ref_name') or ''}".strip()


BUILDERS: dict[str, Callable[[MappedValues], Iterator[MappedRow]]] = {
    "price_caps": _price,
    "item_limits": _limit,
    "exclusive_items": _pair,
    "item_scope_limits": _item_scope,
    "drug_limits": drug_rows,
    "same_incision_groups": _incision,
    "package_components": _package,
    "add_on_items": _add_on,
    "item_unit_rules": _unit,
    "material_sets": set_rows,
    "bundled_consumables": bundle_rows,
    "substitution_hints": _substitution,
    "herb_rules": _herb,
    "not_payable": _unpaid,
    "equipment_required": _equipment,
    "item_map": _item_map,
    **CARE_BUILDERS,
}
assert BUILDERS.keys() == sheet_kinds().keys()
