"""The published knowledge points (智能监管两库, batches 1 to 17) as rows, from records that name their rule.

A record is `rule_class`, `item`, `constraint`, codes and, from batch 9 on, the day of publication. The sex is
read from the text, for these records do not carry it; a text that says neither or both makes no row.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from knowledge.importing.official_rows import (
    DRUG_LIMITS,
    course,
    daily,
    item_limit,
    library,
    pair,
    period,
    shared_families,
)
from knowledge.importing.rule_drafts import (
    Converted,
    Draft,
    Line,
    Rejected,
    RuleSheet,
    days_in,
    grade_said,
    prefixes,
    sex_said,
)
from knowledge.readers.text import LARGEST_TEXT, decode, read_bytes
from knowledge.rows.cells import Cell

POINT_KEYS = frozenset(("rule_class", "item", "constraint", "codes"))
DRUG_KINDS = {
    "药品区分性别使用": "限定性别对象",
    "药品儿童专用": "限定年龄对象",
    "药品限儿童使用": "限定年龄对象",
    "药品限工伤保险": "限定保险类型",
    "药品限生育保险": "限定保险类型",
    "药品限就医方式": "限定就医方式",
    "药品限医疗机构级别": "限定机构等级",
    "药品限支付疗程": "限定支付疗程",
}
ITEM_KINDS = {
    "医疗服务项目区分性别使用": "限定性别对象",
    "医疗服务项目儿童专用": "限定年龄对象",
    "手术项目未按规定折价收费": "限定主次操作",
}


def point_sheet(path: Path) -> RuleSheet | None:
    """The records of a JSON-lines file, or nothing where its lines are no knowledge points."""
    text, _, _ = decode(read_bytes(path, LARGEST_TEXT))
    lines: list[tuple[int, Line]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            return None
        if isinstance(record, dict) and record.keys() >= POINT_KEYS:
            lines.append((number, _as_line(record)))
        elif lines or number > 5:
            return None
    return RuleSheet(path.name, tuple(sorted(POINT_KEYS)), tuple(lines)) if lines else None


def _as_line(record: dict[str, object]) -> Line:
    codes = record.get("codes")
    joined = ";".join(str(code) for code in codes) if isinstance(codes, list) else ""
    texts = {key: str(record.get(key) or "") for key in ("rule_class", "item", "constraint", "batch", "pub")}
    return {**texts, "codes": joined}


def tsv_lines(sheet: RuleSheet) -> Converted:
    """The same records in the columns of a tab-separated extract."""
    renamed = tuple(
        (
            number,
            {
                "rule_class": line["rule_class"],
                "item": line["item_name"],
                "constraint": line["constraint"],
                "codes": line["med_codes"],
                "batch": "",
                "pub": "",
            },
        )
        for number, line in sheet.lines
    )
    yield from point_lines(RuleSheet(sheet.name, sheet.headings, renamed))


def point_lines(sheet: RuleSheet) -> Converted:
    """Every record as a row. A class published again ends the rows of its first publication."""
    reissued = _reissued(line for _, line in sheet.lines)
    families = shared_families(
        line["codes"] for _, line in sheet.lines if line["rule_class"] == "医疗服务项目限定频次"
    )
    for number, line in sheet.lines:
        place = f"{sheet.name} 第 {number} 行"
        for found in _convert(place, line, families):
            yield _dated(found, line, reissued) if isinstance(found, Draft) else found


def _reissued(lines: Iterable[Line]) -> dict[str, date]:
    issues: dict[str, set[str]] = {}
    for line in lines:
        issues.setdefault(line["rule_class"], set()).add(line["pub"])
    return {
        rule: date.fromisoformat(max(days)) for rule, days in issues.items() if "" in days and len(days) > 1
    }


def _dated(draft: Draft, line: Line, reissued: dict[str, date]) -> Draft:
    cells = dict(draft.cells)
    if line["pub"]:
        cells["in_force_from"] = date.fromisoformat(line["pub"])
    elif line["rule_class"] in reissued:
        cells["in_force_to"] = reissued[line["rule_class"]] - timedelta(days=1)
    return Draft(draft.table, draft.place, draft.source_doc, draft.source_passage, cells)


def _convert(place: str, line: Line, families: set[str]) -> Iterator[Draft | Rejected]:
    rule, item, text = line["rule_class"], line["item"], line["constraint"]
    codes = [code for code in line["codes"].split(";") if code]
    if item.startswith("说明："):
        yield Rejected(place, "是一条说明，不是规则")
    elif rule in DRUG_KINDS:
        yield _drug(place, line, codes)
    elif rule in ITEM_KINDS and len(codes) == 1:
        limit = text if rule == "手术项目未按规定折价收费" else _item_limit_said(rule, item, text)
        yield item_limit(place, item, codes[0], ITEM_KINDS[rule], limit)
    elif rule == "医疗服务项目重复收费" and len(codes) == 2 and "×" in item:
        first, _, second = item.partition("×")
        yield pair(place, (first, second), (codes[0], codes[1]), text, "")
    elif rule == "医疗服务项目限定频次" and len(codes) == 1:
        quantity = "24" if text == "小时" else "1"
        yield daily(place, item, codes[0], (quantity, text), codes[0][:11] not in families)
    elif rule in ("医疗服务项目限年龄", "医疗服务项目限支付疗程") and len(codes) == 1:
        yield course(place, item, codes[0], text)
    elif rule == "医疗服务项目周期超频次" and len(codes) == 1:
        yield _period(place, item, codes[0], text)
    elif rule.startswith("中药饮片"):
        yield _herb(place, line, codes)
    elif rule in ("药品限适应症", "药品限二线使用"):
        yield _indication(place, line, codes)
    else:
        yield Rejected(place, f"“{rule}”不涉及住院收费，或编码个数不符")


def _item_limit_said(rule: str, item: str, text: str) -> str:
    if rule == "医疗服务项目区分性别使用":
        return sex_said(text) or sex_said(item) or ""
    return "新生儿" if "新生儿" in item + text else "婴幼儿" if "婴" in item + text else "儿童"


def _drug(place: str, line: Line, codes: list[str]) -> Draft | Rejected:
    rule, generic, text = line["rule_class"], line["item"], line["constraint"]
    batch, _, convert = DRUG_LIMITS[DRUG_KINDS[rule]]
    table, cells = convert(_drug_limit_said(rule, generic, text), text)
    if not cells:
        return Rejected(place, f"文字里看不出“{generic}”限的是什么")
    found = prefixes(codes)
    cells |= {"generic": generic, "drug_prefix": found, "match": "prefix" if found else "name"}
    issue = f"{line['pub']} 修订" if line["pub"] else batch
    return Draft(table, place, library(batch, rule), f"{issue}：{generic}，{rule}", cells)


def _drug_limit_said(rule: str, generic: str, text: str) -> str:
    if rule == "药品区分性别使用":
        return sex_said(text) or sex_said(generic) or ""
    if rule == "药品限医疗机构级别":
        return {2: "二级", 3: "三级"}.get(grade_said(text) or 0, "")
    if rule == "药品限支付疗程":
        days = days_in(text)
        return f"{days}天" if days else ""
    said = {"药品限工伤保险": "工伤", "药品限生育保险": "生育", "药品限就医方式": "住院"}
    return said.get(rule, "儿童")


def _period(place: str, name: str, code: str, text: str) -> Draft | Rejected:
    """The records carry the reason, not the figure; only a figure in the reason makes a row."""
    found = re.search(r"不短于(\d+)天", text)
    days = found[1] if found else "7" if "每周最多" in text else ""
    if not days:
        return Rejected(place, f"“{name}”的周期天数不在这份记录里；请导入第八批-4 的表")
    return period(place, name, code, "1", days)


def _herb(place: str, line: Line, codes: list[str]) -> Draft:
    never = line["rule_class"] == "中药饮片单复方均不予支付"
    said = "单方、复方均不予支付" if never else "单独使用不予支付"
    cells: dict[str, Cell] = {
        "herb_code": "|".join(codes), "name": line["item"], "alone_not_paid": True, "never_paid": never,
    }  # fmt: skip
    source = library("第十一批", line["rule_class"])
    return Draft("herb_rules", place, source, f"第十一批：{line['item']}{said}", cells)


def _indication(place: str, line: Line, codes: list[str]) -> Draft:
    """The text of a payment limit; a person must turn it into conditions before it can find anything."""
    second_line = line["rule_class"] == "药品限二线使用"
    cells: dict[str, Cell] = {
        "generic": line["item"], "drug_prefix": prefixes(codes), "clause_no": 2 if second_line else 1,
        "text": line["constraint"], "state": "draft", "match": "prefix" if codes else "name",
    }  # fmt: skip
    passage = f"{line['pub'] or '未载日期'}：{line['item']}，{line['rule_class']}"
    return Draft(
        "drug_indication_limits", place, library("第九、十二至十七批", line["rule_class"]), passage, cells
    )
