"""When a row of required documents applies to a stay: what was done in it, ordered, charged, or how it ended."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from review.checks.continued_stays import goes_on
from review.checks.inputs import Record

Row = Mapping[str, Any]
EXAMINATION, LABORATORY = "03", "04"
SERVICE, MATERIAL = "service", "material"
BLOOD = re.compile(
    r"(?:悬浮|浓缩|洗涤|去白)[^，]{0,6}红细胞|冰冻[^，]{0,4}血浆|灭活[^，]{0,4}血浆|单采血小板|冷沉淀凝血|输血费|静脉输血"
)
LOCAL = re.compile(r"局部|局麻|表面|浸润")
MOVED = re.compile(r"转[^，。、]{1,8}科|转科|转入|转出")
OF_EVERY_OPERATION = ("手术同意书", "手术安全核查记录")
WHEN: dict[str, Callable[[Record, Row], bool]] = {
    "每次住院": lambda record, row: True,
    "住院满 24 小时": lambda record, row: hours(record) >= 24,
    "住院满三天": lambda record, row: hours(record) >= 72,
    "住院满一个月": lambda record, row: hours(record) >= 24 * 31,
    "出院": lambda record, row: (
        record.admission.died_at is None and hours(record) >= 24 and not goes_on(record)
    ),
    "死亡": lambda record, row: record.admission.died_at is not None,
    "手术": lambda record, row: _operated(record),
    "非急诊手术（2018-04-18 起）": lambda record, row: _operated(record),
    "麻醉医师实施麻醉": lambda record, row: any(
        given.anesthetist and given.method and not LOCAL.search(given.method) for given in record.anesthesia
    ),
    "输血": lambda record, row: _charged(record, BLOOD),
    "病危或病重": lambda record, row: _ordered(record, row),
    "转科": lambda record, row: any(MOVED.search(order.order_name or "") for order in record.orders),
    "收取会诊费或有会诊医嘱": lambda record, row: _charged(record, re.compile("会诊")),
    "收取抢救费或有抢救医嘱": lambda record, row: _charged(record, re.compile("抢救")),
    "特殊检查或特殊治疗": lambda record, row: _charged(record, _when(row), SERVICE),
    "有创操作": lambda record, row: _charged(record, _when(row), SERVICE),
    "植入材料": lambda record, row: _charged(record, _when(row), MATERIAL),
    "收取检查或检验费": lambda record, row: any(
        charge.quantity > 0 and charge.charge_type in (EXAMINATION, LABORATORY) for charge in record.charges
    ),
}


def hours(record: Record) -> float:
    ends = record.admission.died_at or record.admission.ends_at
    return (ends - record.admission.begins_at).total_seconds() / 3600


def _operated(record: Record) -> bool:
    """An operation under anaesthesia by the hospital's register; what is done at the bedside is none."""
    rows = [row for row in record.operations if row.origin == "hospital"]
    return bool(rows) and any(given.method and not LOCAL.search(given.method) for given in record.anesthesia)


def to_agree(record: Record, row: Row) -> bool:
    """An operation without an anaesthetist wants its consent and its check of safety too, where a record of it shows
    that it was one.
    """
    return (
        row["document"] in OF_EVERY_OPERATION
        and any(one.origin == "hospital" for one in record.operations)
        and bool(record.of_kind("手术记录"))
    )


def urgent(record: Record) -> bool:
    within = timedelta(hours=24)
    begins = [row.begins_at or None for row in record.operations if row.origin == "hospital"]
    soon = any(at and at - record.admission.begins_at <= within for at in begins)
    return soon or any("急诊" in (row.operation_name or "") for row in record.operations)


def _charged(record: Record, pattern: re.Pattern[str], kind: str | None = None) -> bool:
    return any((kind is None or own == kind) and pattern.search(name) for own, name in _billed(record))


@lru_cache(maxsize=8)  # every row of the table asks of one stay before the next
def _billed(record: Record) -> tuple[tuple[str, str], ...]:
    """Kind and name of every item of a stay that was charged and is no laboratory test."""
    lines = (charge for charge in record.charges if charge.quantity > 0 and charge.charge_type != LABORATORY)
    return tuple(dict.fromkeys((charge.kind, charge.item_name or "") for charge in lines))


def _when(row: Row) -> re.Pattern[str]:
    """What is charged where the row applies; a row that does not say so applies to nothing."""
    return re.compile(str(row["when_regex"] or "(?!)"))


def _ordered(record: Record, row: Row) -> bool:
    pattern = re.compile(str(row["when_regex"] or row["condition"]))
    return any(pattern.search(order.order_name or "") for order in record.orders)
