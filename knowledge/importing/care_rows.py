"""Rows of need and safety from a bureau's own tables: indications, doses, drug groups, contra-indications, companions.

What a file does not state is left open: a dose without a maximum, a test without a diagnosis makes no row.
"""

import re
from collections.abc import Callable, Iterator

from knowledge.importing.mapped_values import Cells, MappedRow, MappedValues, Values

EXPECTING = re.compile(r"妊娠|孕|哺乳|产妇")
BY_NAME = {"match": "name", "certainty_ceiling": "clue"}
PREFIX = {"match": "prefix"}
OLD_FROM_DAYS = 18 * 366  # an age that begins after childhood speaks of adults


def _named(values: Values, field: str, name: str) -> Cells:
    """By its codes where the file gives some, else by its name."""
    code = values.get(field)
    return {field: code, **PREFIX} if code else {field: re.escape(str(values[name])), **BY_NAME}


def test_rows(line: MappedValues) -> Iterator[MappedRow]:
    """What a test wants as an indication, and how soon it may be repeated."""
    values = line.values
    said = line.written.get("diagnosis") or line.written.get("finding") or line.written.get("name_pair_with")
    gap = values.get("gap_days")
    judged = "repeat" if gap is not None and not said else "both"
    cells: Cells = {
        **_named(values, "code15", "name"), "name": values["name"], "judged": judged,
        "diag_regex": values.get("diagnosis"), "finding_regex": values.get("finding"),
        "order_regex": values.get("order"), "dept_exempt": values.get("department"), "gap_days": gap,
    }  # fmt: skip
    pair = values.get("name_pair_with")
    if pair and values.get("code15") and not values.get("pair_with"):
        raise ValueError("不必同查的项目没有编码；请补上，或两个都只写名称")
    if pair:
        cells |= {"pair_with": values.get("pair_with") or re.escape(str(pair)), "name_pair_with": pair}
    yield "indicated_tests", cells, f"{values['name']}的指征：{said or f'{gap} 天内不必重复'}"[:80]


def treatment_rows(line: MappedValues) -> Iterator[MappedRow]:
    """One row for each thing that a line says of a treatment or an antibiotic."""
    values = line.values
    item: Cells = {**_named(values, "code15", "name"), "name": values["name"]}
    if indication := values.get("indication"):
        cells = {"kind": "indication", "indication_regex": indication}
        yield "treatment_rules", {**item, **cells}, f"{values['name']}限{line.written['indication']}"[:80]
    if contra := values.get("contra"):
        cells = {"kind": "contraindication", "contra_regex": contra}
        yield "treatment_rules", {**item, **cells}, f"{values['name']}不用于{line.written['contra']}"[:80]
    if hours := values.get("prophylaxis_hours"):
        cells = {"kind": "prophylaxis", "prophylaxis_hours": hours}
        yield "treatment_rules", {**item, **cells}, f"{values['name']}预防用药不超过 {hours} 小时"
    if "特殊" in str(values.get("grade") or ""):
        cells = {"kind": "consult", "level": 3}
        yield "treatment_rules", {**item, **cells}, f"{values['name']}为特殊使用级，须会诊"


def dose_rows(line: MappedValues) -> Iterator[MappedRow]:
    """The largest daily amount of a drug and the days it may be supplied for."""
    values = line.values
    if "max_per_day" in values and not values.get("unit"):
        raise ValueError("每日最大量没有单位")
    drug: Cells = {"drug_prefix": values.get("drug_prefix"), "generic": values["generic"]}
    limits: Cells = {name: values.get(name) for name in ("max_per_day", "max_days_supply", "takeaway_days")}
    cells = {**drug, **limits, "unit": _unit(values), "match": "prefix" if drug["drug_prefix"] else "name"}
    yield "drug_dose_limits", cells, f"{values['generic']}的用量、开药天数上限"


def _unit(values: Values) -> str | None:
    said = str(values.get("unit") or "").lower().replace("克", "g").replace("毫g", "mg").split("/")[0]
    return said or None


def group_rows(line: MappedValues) -> Iterator[MappedRow]:
    """A drug and the group in which one is enough."""
    values = line.values
    cells: Cells = {
        "drug_prefix": values.get("drug_prefix"), "generic": values["generic"], "group_name": values["group_name"],
        "duplicate_allowed_with": values.get("allowed"), "match": "prefix" if values.get("drug_prefix") else "name",
    }  # fmt: skip
    yield "drug_groups", cells, f"{values['generic']}属{values['group_name']}，同组不必同用"


def safety_rows(line: MappedValues) -> Iterator[MappedRow]:
    """One row for each way in which a line forbids a drug: an age, a condition, another drug."""
    values = line.values
    text = str(
        values.get("text") or values.get("name_b") or line.written.get("condition") or line.written.get("age")
    )
    one: Cells = {**_named(values, "a", "name_a"), "name_a": values["name_a"], "text": text}
    if age := values.get("age"):
        least, most = age
        kind = "elderly" if least is not None and least >= OLD_FROM_DAYS else "child"
        cells = {"kind": kind, "age_min_d": least, "age_max_d": most}
        yield "drug_safety", {**one, **cells}, f"{values['name_a']}：{text}"[:80]
    if condition := values.get("condition"):
        kind = "pregnancy" if EXPECTING.search(line.written["condition"]) else "contra"
        cells = {"kind": kind, "condition_regex": condition}
        yield "drug_safety", {**one, **cells}, f"{values['name_a']}：{text}"[:80]
    if other := values.get("name_b"):
        b = values.get("b")
        if (b is None) != (values.get("a") is None):
            raise ValueError("两药只有一个有编码；请补上另一个，或两个都只写名称")
        herbs = "饮片" in line.context or "十八反" in line.context
        cells = {
            "kind": "herb18" if herbs else "interaction",
            "b": b or re.escape(str(other)),
            "name_b": other,
        }
        yield "drug_safety", {**one, **cells}, f"{values['name_a']}与{other}：{text}"[:80]


def companion_rows(line: MappedValues) -> Iterator[MappedRow]:
    """An item and the services of which one must come with it."""
    values = line.values
    cells: Cells = {
        "code15": values.get("code15"), "name": values["name"], "needs_code": values.get("needs_code"),
        "needs_any_regex": values.get("needs"), "scope": values.get("scope", "same_stay"), **PREFIX,
    }  # fmt: skip
    if not cells["code15"]:
        cells |= {"name_regex": re.escape(str(values["name"])), **BY_NAME}
    yield (
        "companions",
        cells,
        f"{values['name']}须有{line.written.get('needs') or values.get('needs_code')}"[:80],
    )


CARE_BUILDERS: dict[str, Callable[[MappedValues], Iterator[MappedRow]]] = {
    "indicated_tests": test_rows,
    "treatment_rules": treatment_rows,
    "drug_dose_limits": dose_rows,
    "drug_groups": group_rows,
    "drug_safety": safety_rows,
    "companions": companion_rows,
}
