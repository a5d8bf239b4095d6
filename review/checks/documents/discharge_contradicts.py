"""DOC-014: how a stay is said to have ended does not fit what else tells of its end.

A death is told in several places and must be told in all; a patient said to be cured should not leave in a state that
would bring him in; what he takes home is ordered. Leaving against advice, being moved on and dying at home by wish are
ends of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from review.checks.citing import cite_charges
from review.checks.continued_stays import goes_on
from review.checks.header import Limits, NotChecked, check
from review.checks.inputs import Inspection, Record
from review.checks.last_hours import alarming_results, alarming_signs
from review.checks.mentions import drug_core
from review.models import Evidence, Problem
from review.record import Charge, Document

DEATH, AGAINST_ADVICE = "5", "4"
WAYS = {"1": "医嘱离院", "2": "医嘱转院", "3": "转社区", "4": "非医嘱离院", "5": "死亡", "9": "其他"}
BETTER = re.compile(r"治愈|痊愈|好转|病情(?:平稳|稳定)|恢复良好|一般情况(?:好|良好|可)")
LEAVING = re.compile(
    r"自动出院|要求出院|签字出院|自行离院|非医嘱|放弃(?:进一步)?(?:治疗|抢救)|转(?:上级|外)?院|转往|临终|姑息|安宁|终末期|恶病质"
)
DIED = re.compile(r"(?:临床|宣布|宣告|确认)死亡|死亡时间|抢救无效")
RESCUED = re.compile(r"脑死亡|濒死|死亡风险|猝死风险|可能死亡|死亡可能|甚至死亡|危及生命")
STATE = re.compile(r"(?:出|离)院时?(?:的)?(?:情况|状况|病情)|目前情况")
TAKEN_HOME = re.compile(r"带药|带回|院外服")
DISCHARGE_ORDER = re.compile(r"出院|离院|转院|死亡|终止妊娠后出院")


@dataclass(frozen=True)
class Told:
    """One contradiction and what shows it."""

    said: str
    evidence: tuple[Evidence, ...] = ()
    fact_ids: tuple[str, ...] = ()


@check(
    code="DOC-014",
    title="出院去向、病情与记录矛盾",
    violation="documentation_defect",
    certainty="clue",
    needs={"tables": ("admissions",)},
    limits={
        "hours_before": 12,
        "fever": 38.5,
        "systolic_low": 90,
        "saturation_low": 88,
        "pulse_high": 140,
        "breaths_high": 30,
        "hours_of_results": 48,
        "potassium_low": 2.5,
        "potassium_high": 6.0,
        "sodium_low": 123,
        "sodium_high": 156,
        "ordered_share": 0.8,
        "ordered_least": 5,
    },
    limits_said={
        "hours_before": "出院前几小时的体征",
        "fever": "视为发热的体温（℃）",
        "systolic_low": "收缩压低于多少视为危重",
        "saturation_low": "血氧饱和度低于多少视为危重",
        "pulse_high": "脉搏高于多少视为危重",
        "breaths_high": "呼吸高于多少视为危重",
        "hours_of_results": "出院前几小时内的末次化验",
        "potassium_low": "血钾低于多少视为危重（mmol/L）",
        "potassium_high": "血钾高于多少视为危重（mmol/L）",
        "sodium_low": "血钠低于多少视为危重（mmol/L）",
        "sodium_high": "血钠高于多少视为危重（mmol/L）",
        "ordered_share": "有出院医嘱、带药医嘱的比例，低于此不判断",
        "ordered_least": "判断医嘱至少几例",
    },
    basis=("病历书写基本规范#第二十二条（二十）", "病历书写基本规范#第三条"),
    message="$told。",
    why="离院方式、出院情况与末次体征、医嘱应当一致；不一致须看哪一处不实。",
    exceptions=(
        "非医嘱离院或转院",
        "临终与姑息治疗",
        "谈及死亡风险而未死亡",
        "只有一次偏高或偏低的体征",
        "本院多数住院没有出院医嘱",
        "本院多数带药没有带药医嘱",
        "出院记录写明所带的药",
        "末次化验之后已复查正常",
        "离院方式登记为其他",
        "中途结算与年终结转",
    ),
    overturned_by=("死亡证明", "出院医嘱单", "体温单原件"),
)
def discharge_contradicts(record: Record, limits: Limits) -> Iterator[Problem]:
    if not record.documents and not record.orders and not record.vitals:
        raise NotChecked("缺：病历文书、医嘱和体征")
    reasons = (_death(record), _state(record, limits), _order(record, limits), _taken_home(record, limits))
    for told in (one for several in reasons for one in several):
        yield Problem(
            fields={"told": told.said},
            evidence=told.evidence,
            fact_ids=told.fact_ids,
            points_at=(told.said[:12],),
        )


def _death(record: Record) -> Iterator[Told]:
    """The register says one thing of a death, the record another."""
    way, died = record.admission.discharge_way, record.admission.died_at
    notes = [
        doc
        for doc in record.documents
        if doc.kind in ("死亡记录", "死亡病例讨论记录", "24小时内入院死亡记录")
    ]
    if notes and died is None and way not in (DEATH, None):
        title = notes[0]
        yield Told(
            f"有{title.title}，登记的离院方式为“{WAYS.get(str(way), way)}”",
            (record.quote(title, 0, min(len(title.text), 30), at=title.written_at),),
        )
    elif died is not None and way not in (DEATH, None):
        yield Told(
            f"登记于 {died:%Y-%m-%d %H:%M} 死亡，离院方式却为“{WAYS.get(str(way), way)}”",
            _discharge_quotes(record),
        )
    elif way == DEATH and not notes and died is None:
        better = [doc for doc in _discharge_notes(record) if BETTER.search(_state_of(doc))]
        told_of_death = any(
            DIED.search(doc.text) and not RESCUED.search(doc.text) for doc in record.documents
        )
        if better and not told_of_death:
            yield Told("登记的离院方式为“死亡”，出院记录写病情好转", _discharge_quotes(record))


def _discharge_notes(record: Record) -> tuple[Document, ...]:
    return record.of_kind("出院记录", "出院小结", "24小时内入出院记录")


def _state_of(document: Document) -> str:
    """What is said of the patient at the end, not of the course before."""
    for section in document.sections:
        if section.name == "出院情况":
            return document.text[section.start : section.end]
    place = STATE.search(document.text)
    return document.text[place.start() : place.start() + 200] if place else ""


def _discharge_quotes(record: Record) -> tuple[Evidence, ...]:
    for document in _discharge_notes(record):
        place = STATE.search(document.text)
        if place:
            end = document.text.find("\n", place.end() + 2)  # its words may stand below the heading
            return (record.quote(document, place.start(), end if end > 0 else len(document.text)),)
    return ()


def _state(record: Record, limits: Limits) -> Iterator[Told]:
    """Two readings of the last hours that would bring a patient in, and a note of cure or improvement."""
    admission = record.admission
    leaving = admission.discharge_way in (AGAINST_ADVICE, "2", "3", DEATH) or admission.died_at is not None
    better = [doc for doc in _discharge_notes(record) if BETTER.search(_state_of(doc))]
    if leaving or not better or any(LEAVING.search(doc.text) for doc in _discharge_notes(record)):
        return
    for told, rows in alarming_signs(record, limits):
        facts = tuple(vital.fact_id for vital in rows)
        yield Told(f"出院记录写病情好转，{told}", _discharge_quotes(record), facts)
    for told, lab in alarming_results(record, limits):
        yield Told(f"出院记录写病情好转，{told}", _discharge_quotes(record), (lab.fact_id,))


def _order(record: Record, limits: Limits) -> Iterator[Told]:
    """No order ends the stay, though this hospital's other stays have one."""
    if not record.orders or record.admission.died_at or _ends(record) or goes_on(record):
        return
    ordered, having = _with_orders(record.inspection)
    if having >= limits["ordered_least"] and having >= limits["ordered_share"] * ordered:
        last = max(record.orders, key=lambda order: (str(order.begins_at), order.fact_id))
        yield Told(f"没有出院医嘱，本院 {ordered} 例住院中 {having} 例有", fact_ids=(last.fact_id,))


def _taken_home(record: Record, limits: Limits) -> Iterator[Told]:
    """A drug charged as taken home that no order gives, though this hospital's other stays have such orders."""
    lines = [line for line in record.charges if line.takeaway == "1" and line.kind in ("drug", "herb")]
    if not lines or not record.orders or record.admission.discharge_way in (AGAINST_ADVICE, DEATH):
        return
    notes = _discharge_notes(record)
    if any(LEAVING.search(doc.text) for doc in notes):
        return
    written = "".join(doc.text for doc in notes)
    left = [line for line in lines if not _given_home(record, line) and _core(line) not in written]
    if not left:
        return
    taking, ordered = _with_drugs_home(record.inspection)
    if ordered >= limits["ordered_least"] and ordered >= limits["ordered_share"] * taking:
        names = "、".join(dict.fromkeys(line.item_name or line.charge_id for line in left[:3]))
        told = f"出院带药 {names} 已收费，没有带药医嘱，出院记录也未写明；本院 {taking} 例带药中 {ordered} 例有带药医嘱"
        yield Told(told, tuple(cite_charges(left[:3])))


def _core(line: Charge) -> str:
    return drug_core(line.item_name or line.hospital_item_name or line.charge_id)


def _given_home(record: Record, line: Charge) -> bool:
    """Whether an order to take home, or one of the last day that is no lasting one, names the drug."""
    last_day = record.admission.ends_at - timedelta(days=1)
    for order in record.orders:
        named = _core(line) in (order.order_name or "") or (
            bool(line.code15) and (order.order_code or "").split("-")[0] == line.code15
        )
        home = TAKEN_HOME.search(f"{order.order_type or ''}{order.usage or ''}{order.order_name or ''}")
        late = "长期" not in (order.order_type or "") and order.begins_at and order.begins_at >= last_day
        if named and (home or late):
            return True
    return False


@lru_cache(maxsize=1)
def _with_drugs_home(inspection: Inspection) -> tuple[int, int]:
    """Stays with orders that were charged drugs to take home, and those of them with an order that says so."""
    rows = inspection.warehouse.rows(
        "select count(*) as taking, sum(o.home) as ordered from (select distinct admission_id from charges"
        " where takeaway = '1' and kind in ('drug', 'herb')) c join (select admission_id,"
        " max(case when regexp_matches(concat(coalesce(order_type, ''), coalesce(usage, ''),"
        " coalesce(order_name, '')), $home) then 1 else 0 end) as home from orders group by admission_id) o"
        " on o.admission_id = c.admission_id",
        {"home": TAKEN_HOME.pattern},
    )
    return int(rows[0]["taking"]), int(rows[0]["ordered"] or 0)


def _ends(record: Record) -> bool:
    return any(DISCHARGE_ORDER.search(f"{o.order_name or ''}{o.order_type or ''}") for o in record.orders)


@lru_cache(maxsize=1)
def _with_orders(inspection: Inspection) -> tuple[int, int]:
    """Stays with orders, and those of them in which one speaks of leaving."""
    rows = inspection.warehouse.rows(
        "select count(*) as ordered, sum(leaves) as having_one from (select admission_id,"
        " max(case when regexp_matches(concat(coalesce(order_name, ''), coalesce(order_type, '')), $leaving)"
        " then 1 else 0 end) as leaves from orders group by admission_id) t",
        {"leaving": DISCHARGE_ORDER.pattern},
    )
    return int(rows[0]["ordered"]), int(rows[0]["having_one"] or 0)
