"""The published rule lists (智能监管两库, batches 1 to 8) as rows, from the spreadsheets' own headings."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation

from knowledge.importing.rule_drafts import (
    AGE_MAX_DAYS,
    SERVICE_CODE,
    Converted,
    Draft,
    Line,
    Rejected,
    RuleSheet,
    days_in,
    grade_said,
    prefixes,
)
from knowledge.rows.cells import Cell

LIBRARY = "智能监管“两库”{batch} “{rule}”规则对应知识点明细"
SCOPES = {
    "单日": ("same_day", "同日"),
    "单次就诊": ("same_stay", "同一次住院"),
    "6小时": ("within_6_hours", "6 小时内"),
    "同一小时": ("same_hour", "同一小时内"),
}


def library(batch: str, rule: str) -> str:
    """The title of one published list."""
    return LIBRARY.format(batch=batch, rule=rule)


def drug_lines(sheet: RuleSheet) -> Converted:
    """A drug list with its code sheet; the column 限定类型 says which aspect is limited."""
    for number, line in sheet.lines:
        place, generic = f"{sheet.name} 第 {number} 行", line["药品通用名"]
        limit = line.get("限定对象") or line.get("限定值域") or ""
        kind = DRUG_LIMITS.get(line["限定类型"])
        if kind is None:
            yield Rejected(place, f"不认识的限定类型“{line['限定类型']}”")
            continue
        batch, rule, convert = kind
        table, cells = convert(limit, line.get("药品说明", ""))
        if not cells:
            yield Rejected(place, f"看不出“{limit}”限的是什么")
            continue
        codes = prefixes(sheet.codes.get(generic, ()))
        passage = f"{batch}：{generic}，{line['限定类型']} {limit}"
        cells |= {"generic": generic, "drug_prefix": codes, "match": "prefix" if codes else "name"}
        yield Draft(table, place, library(batch, rule), passage, cells)


def sex_of_drug(limit: str, text: str) -> tuple[str, dict[str, Cell]]:
    return "drug_scope_limits", scope("sex", text or limit, sex=limit) if limit in ("男", "女") else {}


def age_of_drug(limit: str, text: str) -> tuple[str, dict[str, Cell]]:
    days = AGE_MAX_DAYS.get(limit)
    return "drug_scope_limits", scope("age", text or limit, age_max_d=days) if days else {}


def insurance_of_drug(limit: str, text: str) -> tuple[str, dict[str, Cell]]:
    return "drug_scope_limits", scope("insurance", f"限{limit}保险", needs_insutype=limit)


def grade_of_drug(limit: str, text: str) -> tuple[str, dict[str, Cell]]:
    grade = grade_said(limit)
    return "drug_scope_limits", scope("level", text or limit, hosp_lv_min=grade) if grade else {}


def visit_of_drug(limit: str, text: str) -> tuple[str, dict[str, Cell]]:
    return "drug_scope_limits", scope("visit", text or limit, visit_type=limit)


def course_of_drug(limit: str, text: str) -> tuple[str, dict[str, Cell]]:
    """Where text and value disagree, the text holds."""
    days = days_in(text) or days_in(f"不超过{limit}")
    if days is None:
        return "drug_course_limits", {}
    per = "stay" if re.search(r"单次(住院)?最多|单次住院", text) else "event"
    return "drug_course_limits", {"max_days": days, "per": per, "text": text or limit}


def scope(aspect: str, text: str, **cells: Cell) -> dict[str, Cell]:
    return {"aspect": aspect, "limit_text": text, **cells}


DRUG_LIMITS: dict[str, tuple[str, str, Callable[[str, str], tuple[str, dict[str, Cell]]]]] = {
    "限定性别对象": ("第一批", "药品区分性别使用", sex_of_drug),
    "限定年龄对象": ("第一批", "药品儿童专用", age_of_drug),
    "限定保险类型": ("第三批", "药品限险种", insurance_of_drug),
    "限定就医方式": ("第四批", "药品限就医方式", visit_of_drug),
    "限定机构等级": ("第五批", "药品限医疗机构级别", grade_of_drug),
    "限定支付疗程": ("第六批", "药品限支付疗程", course_of_drug),
}


def item_lines(sheet: RuleSheet) -> Converted:
    """Items limited to a sex or an age, and items of one incision group."""
    for number, line in sheet.lines:
        place, name, kind = f"{sheet.name} 第 {number} 行", line["项目名称"], line["限定类型"]
        limit = line.get("限定性别") or line.get("限定对象") or line.get("限定值域") or ""
        yield item_limit(place, name, line["国标代码"], kind, limit)


def item_limit(place: str, name: str, code: str, kind: str, limit: str) -> Draft | Rejected:
    """One item of the first or second batch."""
    if not SERVICE_CODE.fullmatch(code):
        return Rejected(place, f"“{code}”不是 15 位项目编码")
    cells: dict[str, Cell] = {"code15": code, "name": name}
    if kind == "限定性别对象" and limit in ("男", "女"):
        cells |= {"aspect": "sex", "sex": limit, "violation": "fictitious_service"}
        return Draft("item_scope_limits", place, SEX, f"第一批：{name}限{limit}性使用", cells)
    if kind == "限定年龄对象" and limit in AGE_MAX_DAYS:
        cells |= {"aspect": "age", "age_max_d": AGE_MAX_DAYS[limit], "violation": "fictitious_service"}
        return Draft("item_scope_limits", place, CHILD, f"第一批：{name}限{limit}使用", cells)
    if kind == "限定主次操作" and limit:
        return Draft(
            "same_incision_groups", place, INCISION, f"第二批：{name}属{limit}", incision(cells, limit)
        )
    return Rejected(place, f"不认识的限定“{kind} {limit}”")


def incision(cells: dict[str, Cell], group: str) -> dict[str, Cell]:
    """The list names the group only; 0.5 is one practitioner's working rate until the region states its own."""
    return cells | {"group_name": group, "second_rate": Decimal("0.5"), "mark": "local"}


SEX = library("第一批", "医疗服务项目区分性别使用")
CHILD = library("第一批", "医疗服务项目儿童专用")
INCISION = library("第二批", "手术项目未按规定折价收费")
PAIRS = library("第七批", "医疗服务项目重复收费")
DAILY = library("第八批-1", "医疗服务项目限定频次")
WORKING_AGE = library("第八批-2", "医疗服务项目限年龄")
COURSE = library("第八批-3", "医疗服务项目限支付疗程")
PERIOD = library("第八批-4", "医疗服务项目周期超频次")


def pair_lines(sheet: RuleSheet) -> Converted:
    """Pairs of items of which the first contains the second."""
    for number, line in sheet.lines:
        place = f"{sheet.name} 第 {number} 行"
        names, codes = (line["主项名称"], line["从项名称"]), (line["主项编码"], line["从项编码"])
        if line["频度"] not in SCOPES:
            yield Rejected(place, f"不认识的频度“{line['频度']}”")
        else:
            yield pair(place, names, codes, line["备注"], line["频度"])


def pair(
    place: str, names: tuple[str, str], codes: tuple[str, str], content: str, frequency: str
) -> Draft | Rejected:
    """A pair of the seventh batch. Two tiers of one thing exclude each other: the dearer stays."""
    if not all(SERVICE_CODE.fullmatch(code) for code in codes) or codes[0] == codes[1]:
        return Rejected(place, f"“{'”“'.join(codes)}”不是两个 15 位项目编码")
    scope_name, in_words = SCOPES.get(frequency, ("same_day", "同日（原件未载频度）"))
    tiers = codes[0][:11] == codes[1][:11] or all(name.endswith("抢救") for name in names)
    cells: dict[str, Cell] = {
        "a": codes[0], "name_a": names[0], "b": codes[1], "name_b": names[1], "scope": scope_name,
        "b_per_a": units_contained(content, names[1]), "keep": "dearer" if tiers else "a",
    }  # fmt: skip
    if frequency not in SCOPES:
        cells |= {"mark": "verify", "certainty_ceiling": "clue"}
    elif "冠状动脉造影" in names[1]:
        cells["mark"] = "local"
    words = "与其择一" if tiers else "的内涵已含"
    return Draft("exclusive_items", place, PAIRS, f"第七批：{names[0]}{words}{names[1]}，限{in_words}", cells)


def units_contained(content: str, name: str) -> Decimal | None:
    """How many measurements the content names, where it names one number and the contained item is one."""
    if not re.search(r"测定|试验|检查$", name):
        return None
    counts = re.findall(r"(?:(\d+)[—－-])?(\d+)次", content.split("；")[0])
    if len(counts) != 1 or re.search(r"每日|每小时|每分钟|血压监测|至少", content):
        return None
    return Decimal(counts[0][1])


def frequency_lines(sheet: RuleSheet) -> Converted:
    """Items limited per day or to 24 hours a day."""
    families = shared_families(line["项目编码"] for _, line in sheet.lines)
    for number, line in sheet.lines:
        place, code = f"{sheet.name} 第 {number} 行", line["项目编码"]
        alone = code[:11] not in families
        yield daily(place, line["项目名称"], code, (line["限制数量"], line["数量单位"]), alone)


def shared_families(codes: Iterable[str]) -> set[str]:
    """Items of which the list names variants of its own; of the others, a row stands for every variant."""
    return {item for item, times in Counter(code[:11] for code in codes).items() if times > 1}


def daily(place: str, name: str, code: str, limit: tuple[str, str], alone: bool) -> Draft | Rejected:
    """One item of the eighth batch, part one."""
    quantity, unit = limit
    if not SERVICE_CODE.fullmatch(code):
        return Rejected(place, f"“{code}”不是 15 位项目编码")
    try:
        most = Decimal(quantity)
    except InvalidOperation:
        return Rejected(place, f"“{quantity}”不是数量")
    unit = unit.replace("天", "日")
    cells: dict[str, Cell] = {
        "code15": code[:11] if alone else code, "match": "prefix" if alone else "exact", "name": name,
        "per": "day", "max_qty": most, "qty_unit": unit, "family": family(code),
    }  # fmt: skip
    return Draft("item_limits", place, DAILY, f"第八批-1：{name}每日不超过 {most} {unit}", cells)


def family(code: str) -> str | None:
    """Ward beds and nursing levels exclude their own variants on one day."""
    if code.startswith("00110900"):
        return "床位费"
    return "护理等级" if code[:11] in ("00120100003", "00120100004", "00120100005") else None


def course_lines(sheet: RuleSheet) -> Converted:
    """Rehabilitation limited to a number of days, and one item limited to the working age."""
    for number, line in sheet.lines:
        place = f"{sheet.name} 第 {number} 行"
        yield course(place, line["项目名称"], line["项目代码"], line["备注"])


def course(place: str, name: str, code: str, text: str) -> Draft | Rejected:
    """One item of the eighth batch, parts two and three. The working age is left to the region: no figure."""
    if "就业年龄" in text:
        cells: dict[str, Cell] = {"code15": code, "name": name, "aspect": "age", "state": "draft"}
        return Draft("item_scope_limits", place, WORKING_AGE, f"第八批-2：{name}限法定就业年龄", cells)
    days, gap = days_in(text), re.search(r"不短于(\d+)天", text)
    if days is None:
        return Rejected(place, f"“{text}”里没有天数")
    cells = {
        "code15": code, "name": name, "per": "illness", "course_days": days, "course_basis": "illness",
        "min_gap_days": int(gap[1]) if gap else None,
    }  # fmt: skip
    return Draft("item_limits", place, COURSE, f"第八批-3：{name}的支付疗程为 {days} 天", cells)


def period_lines(sheet: RuleSheet) -> Converted:
    """Items limited to a number of times within a number of days."""
    for number, line in sheet.lines:
        place, name = f"{sheet.name} 第 {number} 行", line["项目名称"]
        yield period(place, name, line["项目代码"], line["频次上限"], line["疗程周期"])


def period(place: str, name: str, code: str, times: str, days: str) -> Draft | Rejected:
    """One item of the eighth batch, part four."""
    if not (times.isdigit() and days.isdigit()):
        return Rejected(place, f"“{times}/{days}”不是次数和天数")
    cells: dict[str, Cell] = {
        "code15": code, "name": name, "per": "n_days", "n_days": int(days), "max_qty": Decimal(times), "qty_unit": "次",
    }  # fmt: skip
    return Draft("item_limits", place, PERIOD, f"第八批-4：{name} {days} 天内不超过 {times} 次", cells)


def code_list(lines: tuple[tuple[int, Line], ...]) -> dict[str, set[str]]:
    """The code sheet: every national code of a generic name."""
    codes: dict[str, set[str]] = {}
    for _, line in lines:
        codes.setdefault(line["药品通用名"], set()).add(line.get("国标代码") or line.get("药品代码") or "")
    return codes
