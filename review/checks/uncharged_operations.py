"""Operations of the settlement list that raise the group while neither the bill nor the record knows of them.

A bill names services by the price list and not by the code of the operation: any invasive service clears.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from review.checks.inputs import Inspection, Record
from review.record import Charge, OperationRow

OPERATION = "06"
# operations and invasive procedures; what is imaged, measured, given or trained stands from 87 on
INVASIVE = re.compile(r"^(?:0[1-9]|[1-7]\d|8[0-6])\.")
PACKAGED = re.compile(r"日间|打包|套餐|定额|病种付费|包干")
RECORDS = ("手术记录", "麻醉记录", "有创诊疗操作记录", "术后首次病程记录", "手术安全核查记录", "分娩记录")
IMPLANTED = re.compile(r"支架|起搏器|球囊|假体|钢板|螺钉|人工|吻合器|导丝|导管|补片|晶体")
# what a price list calls the same act
KINDS = tuple(
    re.compile(words)
    for words in (
        r"镜",
        r"穿刺|活检|引流|抽吸|置管|插管|导管|灌洗",
        r"造影|支架|球囊|栓塞|消融|起搏|介入|经皮|溶栓|滤器|导管",
        r"分娩|助产|接生|剖宫|刮宫|引产|会阴",
        r"复位|固定|牵引|石膏",
        r"清创|缝合|换药|拆线|切开",
        r"注射|封闭|阻滞|灌注",
        r"激光|冷冻|电灼|射频|微波|光凝",
        r"透析|滤过|置换|灌流",
        r"牙|根管|龋|种植",
    )
)
STEM = re.compile(
    r"(?:经|伴|术|的|及|和|单侧|双侧|左侧?|右侧?|部分|其他|内镜下?|镜下|[（(].*?[)）]|[,，、\[\]])+"
)


def uncharged_operations(record: Record, least: int, share: float) -> list[OperationRow]:
    """Coded operations without any trace; none where the hospital's bills often lack the operation.

    `least` others with a coded operation are asked whether at least `share` of them were charged for one.
    """
    coded = coded_operations(record)
    if not coded or not record.charges or record.anesthesia or record.of_kind(*RECORDS):
        return []
    if any(row.origin == "hospital" for row in record.operations):
        return []
    if _operated(record.charges):
        return []
    services = [charge.item_name or "" for charge in record.charges if charge.kind == "service"]
    bare = [row for row in coded if not _billed(row, services) and not _written(record, row)]
    others, charged = _charged_for(record.inspection)
    usual = others - 1 < least or charged >= share * (others - 1)
    return bare if usual else []


def _operated(charges: Sequence[Charge]) -> bool:
    """Whether the bill holds any operation, a package that may hold one, or what is only used in one."""
    return any(
        charge.charge_type == OPERATION
        or (charge.kind == "service" and ("术" in name or PACKAGED.search(name)))
        or (charge.kind == "material" and IMPLANTED.search(name))
        for charge in charges
        for name in (charge.item_name or "",)
    )


def coded_operations(record: Record) -> list[OperationRow]:
    """The invasive ones of the settlement list."""
    return [
        row
        for row in record.operations
        if row.origin == "settlement" and INVASIVE.match(row.operation_code or "")
    ]


def _billed(row: OperationRow, names: Sequence[str]) -> bool:
    """Whether a line could be the operation: it shares a word, or is of the same kind of act."""
    own = row.operation_name or ""
    kinds = [kind for kind in KINDS if kind.search(own)]
    return any(
        any(word in name for word in _words(own)) or any(kind.search(name) for kind in kinds)
        for name in names
    )


def _written(record: Record, row: OperationRow) -> bool:
    """Whether the record tells of it in so many words."""
    return any(word in document.text for document in record.documents for word in _words(row.operation_name))


def _words(name: str | None) -> list[str]:
    return [word for word in STEM.split(name or "") if len(word) >= 2]


@lru_cache(maxsize=1)
def _charged_for(inspection: Inspection) -> tuple[int, int]:
    """Stays with a coded operation, and those of them whose bill has a line of operations."""
    rows = inspection.warehouse.rows(
        "select count(*) as others, count(c.admission_id) as charged"
        " from (select distinct admission_id from operations where origin = 'settlement'"
        " and regexp_matches(coalesce(operation_code, ''), $invasive)) s"
        " left join (select distinct admission_id from charges where charge_type = $operation) c"
        " on c.admission_id = s.admission_id",
        {"invasive": INVASIVE.pattern, "operation": OPERATION},
    )
    return int(rows[0]["others"]), int(rows[0]["charged"])
