"""Rows from a drug list: each limit that a text states plainly is a row of its own; the rest waits for a person."""

import re
from collections.abc import Iterator

from knowledge.importing.mapped_values import Cells, MappedRow, MappedValues, Values, aspects
from knowledge.importing.rule_drafts import AGE_MAX_DAYS, days_in, grade_said

STATED = ("sex", "age", "level", "visit", "insurance")
_ALTERNATIVES = re.compile(r"或|；|;|[①②③]|\d[.、．)）](?!\d)|以及")
_LEVEL = re.compile(r"限[二三]级(?:及以上|以上)?(?:医疗机构|医院)(?:使用)?")
_COURSE = re.compile(r"支付不超过\d+(?:天|个月)")
_INSURED = re.compile(r"限(工伤|生育)保险")
_INPATIENT = re.compile(r"限住院(?:使用|患者)?")
_CHILD = re.compile(r"限(儿童|新生儿|婴幼儿)")


def drug_rows(line: MappedValues) -> Iterator[MappedRow]:
    """A line of a drug list: each limit that its text states plainly is a row; the rest waits for a person."""
    values = line.values
    name = str(values["generic"]) + (f"（{values['form']}）" if values.get("form") else "")
    code = values.get("drug_prefix")
    drug: Cells = {"generic": name, "drug_prefix": code, "match": "prefix" if code else "name"}
    text = str(values.get("text") or "")
    stated = {field: values[field] for field in STATED if field in values}
    for aspect, cells, said in aspects({**_said_in(text), **stated}, "visit_type", "needs_insutype"):
        limit = text if text and said and aspect not in values else said
        yield "drug_scope_limits", {**drug, **cells, "aspect": aspect, "limit_text": limit}, f"{name}{said}"
    course = values.get("course") or days_in(text)
    if course:
        cells = {
            "max_days": course,
            "per": "stay" if "住院" in text else "event",
            "text": text or f"支付不超过 {course} 天",
        }
        yield "drug_course_limits", {**drug, **cells}, f"{name}支付不超过 {course} 天"
    if _rest_of(text):
        waiting: Cells = {"clause_no": 1, "text": text, "state": "draft"}
        yield "drug_indication_limits", {**drug, **waiting}, f"{name}的限定支付条件"


def _said_in(text: str) -> Values:
    """What a text states plainly. A text of alternatives states nothing: one of them may let the rest pass."""
    found: Values = {}
    if _ALTERNATIVES.search(text):
        return found
    if _LEVEL.search(text) and (level := grade_said(text)):
        found["level"] = level
    if _INPATIENT.search(text):
        found["visit"] = "住院"
    if not _rest_of(text):
        if insured := _INSURED.search(text):
            found["insurance"] = insured[1]
        if child := _CHILD.search(text):
            found["age"] = (None, AGE_MAX_DAYS[child[1]])
    return found


def _rest_of(text: str) -> str:
    """What a limit says beyond insurance, level, age, place and course."""
    for pattern in (_LEVEL, _COURSE, _INSURED, _INPATIENT, _CHILD):
        text = pattern.sub("", text)
    return re.sub(r"[\s。，,、的且并]|使用|患者", "", text)
