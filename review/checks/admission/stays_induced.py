"""ADM-015: several signs in one ward that patients were brought in by a promise or by somebody who gathers them.

One sign alone says nothing; two of different kinds on one ward make a pattern to look at.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.checks.admission.admission_without_need import admission_without_need
from review.checks.admission.outpatient_condition_admitted import outpatient_condition_admitted
from review.checks.admission.stay_spent_on_checkup import stay_spent_on_checkup
from review.checks.clusters import HALF, Row, listed, small_hospitals, stand_out
from review.checks.cohorts import cohort_query
from review.checks.gatherings import (
    BATCH_LIMITS,
    CONTACT_LIMITS,
    Gathering,
    batches,
    shared_phones,
    shared_places,
)
from review.checks.header import (
    PYTHON_HEADERS,
    Limits,
    NotApplicable,
    NotChecked,
    check,
)
from review.checks.inputs import Inspection, Record
from review.checks.tails import binomial_tail
from review.models import Evidence, Problem, Skipped
from review.record import Document

Ward = tuple[str, str]
NEEDLESS = (admission_without_need, outpatient_condition_admitted, stay_spent_on_checkup)
LAWFUL = re.compile(
    r"政策|文件|惠民|民政|残联|妇联|卫健|公共卫生|国家免费|免费婚检|两癌|残疾人|救助|医保减免|不免费"
)


@dataclass(frozen=True)
class Sign:
    """One sign on a ward, with what it says, the stays it concerns and the places that tell it."""

    kind: str
    says: str
    admissions: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


@check(
    code="ADM-015",
    title="诱导住院迹象",
    violation="induced_admission",
    certainty="clue",
    scope="hospital",
    counted=False,
    needs={"tables": ("admissions",)},
    limits={
        "least_stays": 200,
        "least_known": 5,
        "unpaid_share": 0.80,
        "least_promised": 3,
        "least_introduced": 5,
        "least_needless": 3,
        "needless_share": 0.5,
        "least_signs": 2,
        "most_q": 0.01,
        "promise": "[^，,。；;\n]{0,16}(?:免费住院|住院免费|免费体检|免费接送|车接车送|专车接送|接送住院|返现|返还现金"
        "|赠送|送礼品|发放礼品"
        "|免收自付|减免自付|免除自付|自付部分(?:免|减|由医院)|不用自己出钱|体检车"
        "|义诊(?:时|中|后)?(?:动员|收|安排)?住院)[^，,。；;\n]{0,16}",
        "introduced": "(?:由|经)([\\x{4e00}-\\x{9fff}]{2,4}?)(?:介绍|推荐|带来|联系|组织)"
        "(?:来|入|至|到|住)?(?:我院|本院|院|住院)",
    },
    limits_said={
        "least_stays": "全院至少几例",
        "least_known": "个人支付可知的至少几例",
        "unpaid_share": "个人支付为零的比例",
        "least_promised": "写有许诺的至少几例",
        "least_introduced": "同一介绍人至少几例",
        "least_needless": "指征不足的至少几例",
        "needless_share": "指征不足的比例",
        "least_signs": "至少几种迹象",
        "most_q": "错误发现率上限（q 值）",
        "promise": "表示许诺的写法",
        "introduced": "表示介绍人的写法",
    },
    basis=(
        "医疗保障基金使用监督管理条例#第二十五条",
        "医疗保障基金使用监督管理条例#第十五条第一款",
        "医疗保障基金使用监督管理条例#第四十条（一）",
    ),
    message="$ward$signs。同一科室有 $kinds 类诱导住院的迹象，仅供选取检查重点。",
    why="免自付、接送、返现或有人专门介绍，可能是诱导住院；单独一项常有正当原因。",
    exceptions=(
        "救助或多重保障的患者",
        "依法公开的减免政策",
        "全院都免自付",
        "只有一类迹象",
        "不同的介绍人",
        "聚集的住院各有指征",
        "住院例数不足以比较",
    ),
    overturned_by=("救助身份名单", "依法备案的减免或义诊文件", "自付款收取凭证", "逐例的入院指征"),
    covers={"problems": (1,)},
)
def stays_induced(inspection: Inspection, limits: Limits) -> Iterator[Problem | Skipped]:
    yield from small_hospitals(inspection, limits)
    signs: dict[Ward, list[Sign]] = defaultdict(list)
    for ward, sign in (
        *_unpaid(inspection, limits),
        *_promised(inspection, limits),
        *_introduced(inspection, limits),
    ):
        signs[ward].append(sign)
    short = (
        ward for ward, found in signs.items() if len({one.kind for one in found}) < limits["least_signs"]
    )
    for ward, sign in _needless(inspection, limits, frozenset(short)):
        signs[ward].append(sign)
    for ward, found in sorted(signs.items()):
        kinds = {sign.kind for sign in found}
        if len(kinds) >= limits["least_signs"]:
            yield _pattern(ward, found, len(kinds))


def _pattern(ward: Ward, found: Sequence[Sign], kinds: int) -> Problem:
    return Problem(
        fields={"ward": ward[1], "signs": "；".join(sign.says for sign in found), "kinds": kinds},
        admissions=tuple(sorted({stay for sign in found for stay in sign.admissions})),
        evidence=tuple(item for sign in found for item in sign.evidence[:4]),
        marks_stays=True,
        points_at=(*ward, *sorted({sign.kind for sign in found})),
    )


def _unpaid(inspection: Inspection, limits: Limits) -> Iterator[tuple[Ward, Sign]]:
    rows = inspection.warehouse.rows(cohort_query("induced", "unpaid"), limits)
    judged = [
        row
        for row in rows
        if row["known"] >= limits["least_known"] and row["n"] >= limits["unpaid_share"] * row["known"]
    ]
    for found in stand_out(judged, _weigh_unpaid, limits["most_q"]):
        row = found.row
        says = f"未见救助的 {row['known']} 例中 {row['n']} 例个人自付为 0（{found.says}）"
        stays = listed(inspection, cohort_query("induced", "unpaid_stays"), limits, row)
        yield (row["hospital"], row["ward"]), Sign("unpaid", says, stays)


def _weigh_unpaid(row: Row) -> tuple[int, float, float]:
    """A ward against the hospital's other wards; where there is no other, every share is as expected."""
    rate = (float(row["others"]) + HALF) / (float(row["other_known"]) + 1) if row["other_known"] else 1.0
    return row["n"], rate * row["known"], binomial_tail(row["n"], row["known"], rate)


def _promised(inspection: Inspection, limits: Limits) -> Iterator[tuple[Ward, Sign]]:
    rows = [
        row
        for row in inspection.warehouse.rows(cohort_query("induced", "promised"), limits)
        if not LAWFUL.search(row["words"])
    ]
    counted = [row for row in _by_ward(inspection, rows, limits) if row["n"] >= limits["least_promised"]]
    for found in stand_out(counted, _weigh_told, limits["most_q"]):
        mine = found.row["rows"]
        stays = tuple(sorted({row["admission_id"] for row in mine}))
        says = f"{len(stays)} 例的病历写有免费、接送、返现等内容（{found.says}）"
        yield (
            (found.row["hospital"], found.row["ward"]),
            Sign("promised", says, stays, _quotes(inspection, mine)),
        )


def _by_ward(inspection: Inspection, rows: Sequence[Row], limits: Limits) -> Iterator[dict[str, Any]]:
    """What the notes of each ward tell, beside the notes of the hospital's other wards."""
    told: dict[Ward, list[Row]] = defaultdict(list)
    for row in rows:
        told[row["hospital"], row["ward"]].append(row)
    stays = inspection.warehouse.rows(cohort_query("induced", "wards"), limits)
    for (hospital, ward), mine in sorted(told.items()):
        others = [row for row in stays if row["hospital"] == hospital and row["ward"] != ward]
        elsewhere = {
            row["admission_id"] for row in rows if row["hospital"] == hospital and row["ward"] != ward
        }
        yield {
            "hospital": hospital,
            "ward": ward,
            "rows": mine,
            "tests": len(stays),
            "n": len({row["admission_id"] for row in mine}),
            "stays": mine[0]["stays"],
            "others": len(elsewhere),
            "other_stays": sum(row["stays"] for row in others),
        }


def _weigh_told(row: Row) -> tuple[int, float, float]:
    rate = (row["others"] + HALF) / (row["other_stays"] + 1)
    return row["n"], rate * row["stays"], binomial_tail(row["n"], row["stays"], min(1.0, rate))


def _introduced(inspection: Inspection, limits: Limits) -> Iterator[tuple[Ward, Sign]]:
    named: dict[str, list[Row]] = defaultdict(list)
    for row in inspection.warehouse.rows(cohort_query("induced", "introduced"), limits):
        named[row["introducer"]].append(row)
    for name, rows in sorted(named.items()):
        counted = [
            row for row in _by_ward(inspection, rows, limits) if row["n"] >= limits["least_introduced"]
        ]
        for found in stand_out(counted, _weigh_told, limits["most_q"]):
            stays = tuple(sorted({row["admission_id"] for row in found.row["rows"]}))
            says = f"{len(stays)} 例均写由“{name}”介绍住院（{found.says}）"
            ward = (found.row["hospital"], found.row["ward"])
            yield ward, Sign("introduced", says, stays, _quotes(inspection, found.row["rows"]))


def _quotes(inspection: Inspection, rows: Sequence[Row]) -> tuple[Evidence, ...]:
    """The words where they stand."""
    found = []
    for row in rows[:4]:
        documents = inspection.warehouse.rows("select * from documents where document_id = $document_id", row)
        for document in (Document(**columns) for columns in documents):
            start = document.text.find(row["words"])
            if start >= 0:
                found.append(
                    inspection.layout.evidence(document, start, start + len(row["words"]), says="for")
                )
    return tuple(found)


def _needless(
    inspection: Inspection, limits: Limits, suspected: frozenset[Ward]
) -> Iterator[tuple[Ward, Sign]]:
    """Groups that came together or share a contact, most of whose stays needed no bed.

    Only wards that lack one sign are asked about: to judge a need is to read the record."""
    if not suspected:
        return
    wards = _wards_of(inspection, limits)
    for group in _gathered(inspection, limits):
        for ward in sorted(suspected & {wards[stay] for stay in group.admissions}):
            here = [stay for stay in group.admissions if wards[stay] == ward]
            stays = tuple(stay for stay in here if _without_need(inspection.records[stay]))
            if len(stays) >= limits["least_needless"] and len(stays) >= limits["needless_share"] * len(here):
                says = f"聚集入院的一组 {len(here)} 例（{group.standing.says}）中 {len(stays)} 例未见入院指征"
                yield ward, Sign("needless", says, stays)


def _gathered(inspection: Inspection, limits: Limits) -> Iterator[Gathering]:
    shared = {"least_stays": limits["least_stays"]}
    yield from batches(inspection, {**BATCH_LIMITS, **shared})
    phones = shared_phones(inspection, {**CONTACT_LIMITS, **shared})
    yield from (one for one in phones if not one.is_default)
    yield from shared_places(inspection, {**CONTACT_LIMITS, **shared})


def _wards_of(inspection: Inspection, limits: Limits) -> Mapping[str, Ward]:
    rows = inspection.warehouse.rows(cohort_query("induced", "ward_of"), limits)
    return {row["admission_id"]: (row["hospital"], row["ward"]) for row in rows}


def _without_need(record: Record) -> bool:
    """Whether a check of need would speak of the stay."""
    for function in NEEDLESS:
        header = next(one.header for one in PYTHON_HEADERS.values() if one.function is function)
        try:
            if any(True for _ in function(record, header.limits)):
                return True
        except (NotApplicable, NotChecked):
            continue
    return False
