"""A practitioner's rule tables, and re-typed catalogue texts, as rows: unofficial, never more than probable.

Codes are prefixes. A contained side that matches the containing item itself is freed of it, and a row left empty
is listed; a prefix too short to know what it covers stays a draft until a person has looked.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from knowledge.importing.rule_drafts import Converted, Draft, Line, Rejected, RuleSheet, shape, working_draft
from knowledge.importing.working_limits import drug_lines, item_lines

NEEDS_BY_FIELD = {
    "化验": "lab_result",
    "显像检查": "exam_report",
    "超声检查": "exam_report|op_record|procedure_note",
}
FIELD_OF_EVIDENCE = {"化验": "LAB.检验方法", "超声检查": "EXM.检查方法", "麻醉治疗": "ANE.麻醉方式名称"}


def parts(cell: str) -> list[str]:
    """The distinct members of a cell such as (a|b|b)."""
    return list(dict.fromkeys(part for part in cell.strip().strip("()").split("|") if part))


def freed(codes: list[str], container: str) -> str | None:
    """The codes that are not the containing item itself."""
    kept = [code for code in codes if not code.startswith(container) and not container.startswith(code)]
    return "|".join(kept) or None


def _paired(
    sheet: RuleSheet, headings: tuple[str, str], build: Callable[[str, Line, str, str], Draft]
) -> Converted:
    """Rows of a main item and others; `headings` name the others' codes and names."""
    for number, line in sheet.lines:
        place, main = f"{sheet.name} 第 {number} 行", line["主项编码"]
        others = parts(line[headings[0]])
        names = "、".join(parts(line[headings[1]]))
        if main.startswith("C") or any(code.startswith("C") for code in others):
            yield Rejected(place, "材料只有大类和一个词，认不出具体耗材")
            continue
        kept = freed(others, main)
        if kept is None:
            yield Rejected(place, f"“{names}”就是主项自己")
        else:
            yield build(place, line, kept, names)


def pair_lines(sheet: RuleSheet) -> Converted:
    return _paired(sheet, ("从项编码", "从项名称"), _pair)


def _pair(place: str, line: Line, kept: str, names: str) -> Draft:
    said = f"{line['主项名称']}已含{names}，未载范围，按同日"
    return working_draft(
        "exclusive_items", place, "项目重复", said, a=line["主项编码"], name_a=line["主项名称"], b=kept,
        name_b=names, scope="same_day", keep="a", certainty_ceiling="clue", mark="verify",
    )  # fmt: skip


def substitution_lines(sheet: RuleSheet) -> Converted:
    return _paired(sheet, ("小项编码", "小项名称"), _substitution)


def _substitution(place: str, line: Line, kept: str, names: str) -> Draft:
    said = f"{line['主项名称']}与{names}易被串换"
    field = FIELD_OF_EVIDENCE.get(line["领域标识"], "DOC")
    return working_draft(
        "substitution_hints", place, "项目串换", said, charged=line["主项编码"], name_charged=line["主项名称"],
        cheaper=kept, name_cheaper=names, evidence_field=field, certainty_ceiling="clue",
    )  # fmt: skip


def split_lines(sheet: RuleSheet) -> Converted:
    return _paired(sheet, ("分项编码", "分项名称"), _split)


def _split(place: str, line: Line, kept: str, names: str) -> Draft:
    return _package(place, "项目分解", line, kept, names, "same_operation", "clue")


def panel_lines(sheet: RuleSheet) -> Converted:
    return _paired(sheet, ("子项编码", "子项名称"), _panel)


def _panel(place: str, line: Line, kept: str, names: str) -> Draft:
    return _package(place, "项目组合", line, kept, names, "same_day", "probable")


def _package(place: str, kind: str, line: Line, kept: str, names: str, scope: str, ceiling: str) -> Draft:
    count = len(kept.split("|"))
    needed = min(count, 2) if scope == "same_operation" else count if count <= 5 else count - 1
    return working_draft(
        "package_components", place, kind, f"{line['主项名称']}由{names}组成", package=line["主项编码"],
        name_package=line["主项名称"], components=kept, name_components=names, min_present=needed, scope=scope,
        certainty_ceiling=ceiling, mark="local",
    )  # fmt: skip


def companion_lines(sheet: RuleSheet) -> Converted:
    """A material or drug and the service it must come with."""
    for number, line in sheet.lines:
        code, name = line["主项编码"], line["主项名称"]
        names, material = parts(line["关联名称"]), code.upper() == "C"
        yield working_draft(
            "companions", f"{sheet.name} 第 {number} 行", "项目关联",
            f"{name}收费应有相应的{'、'.join(names)}", code15=None if material else code, name=name,
            name_regex=re.escape(name) if material else None, scope="same_stay",
            needs_code="|".join(parts(line["关联编码"])),
            needs_any_regex="|".join(map(re.escape, names)), certainty_ceiling="clue",
            match="name" if material else "prefix",
        )  # fmt: skip


def add_on_lines(sheet: RuleSheet) -> Converted:
    """An add-on and the family of its base item."""
    for number, line in sheet.lines:
        base, add_on = line["主项编码"], line["从项编码"]
        yield working_draft(
            "add_on_items", f"{sheet.name} 第 {number} 行", "项目加收", f"{line['从项名称']}随主项收取",
            add_on=add_on, name_add_on=line["从项名称"], base=base[:11], name_base=line["主项名称"],
            max_per_base=Decimal(line["加收限制"]),
        )  # fmt: skip


def fictitious_lines(sheet: RuleSheet) -> Converted:
    """Items often billed without having been done."""
    for number, line in sheet.lines:
        material = line["来源标识"] == "材料"
        needs = (
            "op_record|procedure_note"
            if material
            else NEEDS_BY_FIELD.get(line["领域标识"], "treatment_record")
        )
        yield working_draft(
            "evidence_required", f"{sheet.name} 第 {number} 行", "项目虚记", f"{line['主项名称']}常有收费而无记录",
            code15=line["主项编码"], name=line["主项名称"], needs=needs, count_by="qty" if material else "event",
            certainty_ceiling="clue",
        )  # fmt: skip


def incision_lines(sheet: RuleSheet) -> Converted:
    """The official incision groups again, with a practitioner's rate."""
    for number, line in sheet.lines:
        yield working_draft(
            "same_incision_groups", f"{sheet.name} 第 {number} 行", "项目主次",
            f"{line['主项名称']}属{line['主次组别']}，折率 {line['主次折率']}", code15=line["主项编码"], match="exact",
            name=line["主项名称"], group_name=line["主次组别"], second_rate=Decimal(line["主次折率"]), mark="local",
        )  # fmt: skip


def catalogue_lines(sheet: RuleSheet) -> Converted:
    """Restricted-payment texts of a drug catalogue; a person must turn them into conditions."""
    for number, line in sheet.lines:
        name, year = line["drug_name"], line["catalogue_year"]
        yield Draft(
            "drug_indication_limits", f"{sheet.name} 第 {number} 行", f"国家医保药品目录（{year}年）限定支付摘录",
            f"{name}{line['dosage_form']}的限定支付条件",
            {
                "generic": f"{name}（{line['dosage_form']}）" if line["dosage_form"] else name, "match": "name",
                "clause_no": 1, "text": line["limit_text"], "catalogue_year": int(year), "state": "draft",
                "authority": "working",
            },
        )  # fmt: skip


_LABELS = "来源标识 领域标识"
_DRUG_LIMITS = "险种限制 机构限制 就医限制 专科限制 性别限制 年龄限制 阶梯限制 极量限制 总额限制 领域标识"
_ITEM_LIMITS = "险种限制 机构限制 就医限制 专科限制 性别限制 年龄限制 数量限制 疗程限制 总额限制 领域标识"
SHAPES = (
    shape("药品编码 药品名称 疾病限制 疗程限制", drug_lines, _DRUG_LIMITS),
    shape("诊疗编码 诊疗名称 疾病限制 频次限制", item_lines, _ITEM_LIMITS),
    shape("主项编码 主项名称 小项编码 小项名称", substitution_lines, _LABELS),
    shape("主项编码 主项名称 分项编码 分项名称", split_lines, _LABELS),
    shape("主项编码 主项名称 子项编码 子项名称", panel_lines, _LABELS),
    shape("主项编码 主项名称 关联编码 关联名称", companion_lines, _LABELS),
    shape("主项编码 主项名称 从项编码 从项名称 加收限制", add_on_lines, _LABELS),
    shape("主项编码 主项名称 排查机构 排查数量", fictitious_lines, f"排查部门 {_LABELS}"),
    shape("主项编码 主项名称 主次组别 主次折率", incision_lines, _LABELS),
    shape("主项编码 主项名称 从项编码 从项名称 来源标识", pair_lines, _LABELS),
    shape("drug_name limit_text catalogue_year", catalogue_lines, "dosage_form class_ab"),
)
