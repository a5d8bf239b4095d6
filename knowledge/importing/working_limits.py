"""A practitioner's limits of drugs and items (sex, age, disease, frequency, quantity …) as rows, one per limit.

Frequencies, quantities and courses stay drafts: many count what is rightly charged several times a day.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from knowledge.importing.rule_drafts import AGE_MAX_DAYS, Converted, Rejected, RuleSheet, working_draft
from knowledge.rows.cells import Cell

QUANTITY = re.compile(r"(\d+)(.+)")
TIMES_PER = re.compile(r"(\d+)次每([日周月年])")
UNREAD: dict[str, Cell] = {"state": "draft", "certainty_ceiling": "clue"}
PERIODS: dict[str, tuple[str, int | None]] = {
    "日": ("day", None),
    "周": ("n_days", 7),
    "月": ("n_days", 30),
    "年": ("year", None),
}


def drug_lines(sheet: RuleSheet) -> Converted:
    """Limits of one drug, one row for each."""
    for number, line in sheet.lines:
        place, name = f"{sheet.name} 第 {number} 行", line["药品名称"]
        drug: dict[str, Cell] = {"generic": name, "drug_prefix": line["药品编码"]}
        for heading, convert in DRUG_COLUMNS.items():
            limit = line.get(heading, "")
            if limit:
                table, cells = convert(limit)
                said = f"{name}：{heading} {limit}"
                yield working_draft(table, place, "药品限制", said, **drug, **cells)


def _drug_scope(aspect: str, limit: str, **cells: Cell) -> tuple[str, dict[str, Cell]]:
    return "drug_scope_limits", {"aspect": aspect, "limit_text": f"限{limit}", **cells}


def _drug_condition(limit: str, **cells: Cell) -> tuple[str, dict[str, Cell]]:
    return "drug_indication_limits", {
        "clause_no": 9,
        "text": f"限{limit}",
        "certainty_ceiling": "clue",
        **cells,
    }


DRUG_COLUMNS: dict[str, Callable[[str], tuple[str, dict[str, Cell]]]] = {
    "险种限制": lambda limit: _drug_scope("insurance", limit, needs_insutype=limit),
    "机构限制": lambda limit: _drug_scope("level", limit, hosp_lv_min=3 if limit == "三级" else 2),
    "就医限制": lambda limit: _drug_scope("visit", limit, visit_type=limit),
    "性别限制": lambda limit: _drug_scope("sex", limit, sex=limit),
    "年龄限制": lambda limit: _drug_scope("age", limit, age_max_d=AGE_MAX_DAYS.get(limit)),
    "疾病限制": lambda limit: _drug_condition(limit, diag_regex=limit),
    "专科限制": lambda limit: _drug_condition(limit, dept_regex=limit, state="draft"),
    "阶梯限制": lambda limit: _drug_condition(limit, state="draft"),
    "疗程限制": lambda limit: (
        "drug_course_limits",
        {"max_days": int(limit.rstrip("天")), "per": "event", "text": f"支付不超过 {limit}"},
    ),
}


def item_lines(sheet: RuleSheet) -> Converted:
    """Limits of one item, one row for each."""
    for number, line in sheet.lines:
        place, name = f"{sheet.name} 第 {number} 行", line["诊疗名称"]
        item: dict[str, Cell] = {"code15": line["诊疗编码"], "name": name, "match": "exact"}
        for heading, convert in ITEM_COLUMNS.items():
            limit = line.get(heading, "")
            found = convert(limit) if limit else None
            if found:
                said = f"{name}：{heading} {limit}"
                yield working_draft(found[0], place, "诊疗限制", said, **item, **found[1])
            elif limit:
                yield Rejected(place, f"看不懂的{heading}“{limit}”")


Found = tuple[str, dict[str, Cell]] | None


def _item_scope(aspect: str, **cells: Cell) -> Found:
    return "item_scope_limits", {"aspect": aspect, **cells}


def _item_age(limit: str) -> Found:
    if limit == "成年":
        return _item_scope("age", age_min_d=AGE_MAX_DAYS["儿童"] + 1)
    return _item_scope("age", age_max_d=AGE_MAX_DAYS[limit]) if limit in AGE_MAX_DAYS else None


def _frequency(limit: str) -> Found:
    found = TIMES_PER.fullmatch(limit)
    if not found:
        return None
    per, days = PERIODS[found[2]]
    return "item_limits", {
        "per": per, "n_days": days, "max_qty": Decimal(found[1]), "qty_unit": "次", **UNREAD,
    }  # fmt: skip


def _quantity(limit: str) -> Found:
    found = QUANTITY.fullmatch(limit)
    if not found:
        return None
    if found[2] == "小时":
        return "item_limits", {"per": "day", "max_qty": Decimal(found[1]), "qty_unit": "小时"}
    return "item_unit_rules", {
        "unit_std": found[2],
        "max_qty": Decimal(found[1]),
        "certainty_ceiling": "clue",
    }


def _course(limit: str) -> Found:
    days = limit.rstrip("天")
    if not days.isdigit():
        return None
    return "item_limits", {"per": "illness", "course_days": int(days), **UNREAD}


def _yearly_amount(limit: str) -> Found:
    yuan = limit.rstrip("元")
    if not yuan.isdigit():
        return None
    return "item_limits", {"per": "year", "cap_amount": Decimal(yuan), **UNREAD}


ITEM_COLUMNS: dict[str, Callable[[str], Found]] = {
    "机构限制": lambda limit: _item_scope("level", hosp_lv_min=3 if limit == "三级" else 2),
    "就医限制": lambda limit: _item_scope("visit", visit_types=limit),
    "专科限制": lambda limit: _item_scope("department", dept_regex=limit, certainty_ceiling="clue"),
    "性别限制": lambda limit: _item_scope("sex", sex=limit, violation="fictitious_service"),
    "年龄限制": _item_age,
    "疾病限制": lambda limit: _item_scope("diagnosis", diag_regex=limit, certainty_ceiling="clue"),
    "数量限制": _quantity,
    "频次限制": _frequency,
    "疗程限制": _course,
    "总额限制": _yearly_amount,
}
