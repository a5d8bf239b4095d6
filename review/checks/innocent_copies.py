"""Why two records may be told alike without copying: one event, one family, one trial, a mother and her
child, twins."""

import re
from collections.abc import Mapping
from datetime import timedelta

from review.checks.header import Limits
from review.checks.inputs import Inspection
from review.checks.passages import Shared
from review.record import Admission

ONE_EVENT = re.compile(
    r"车祸|交通事故|相撞|追尾|翻车|坍塌|塌方|爆炸(?!样|性)|火灾|(?:食物|煤气|一氧化碳|农药|气体|集体|群体性?)中毒|聚餐|同食|"
    r"共同进食|集体(?:就餐|用餐|发病|活动)|聚集性|疫情|密切接触|同车"
)
TRIAL = re.compile(r"临床试验|临床研究|受试者|研究药物|研究方案|试验方案|随机分组")
MULTIPLE_BIRTH = re.compile(r"双胎|双胞胎|孪生|三胎|多胎|同胎|龙凤胎")
CLAUSE, DENIED = re.compile(r"[，。；]"), re.compile(r"否认|无|未|防控")
TELEPHONE = re.compile(r"(?:\d[*-]*){7}")  # a number masked in the middle still tells families apart
HOUSE = re.compile(r"\d")


def homes_of(inspection: Inspection, limits: Limits) -> Mapping[str, frozenset[str]]:
    """By stay, the telephone and the house number that a family shares; what many give is nobody's home."""
    rows = inspection.warehouse.rows("select admission_id, person_id, phone, address from admissions")
    people: dict[str, set[str]] = {}
    for row in rows:
        for home in (row["phone"], row["address"]):
            people.setdefault(str(home or ""), set()).add(str(row["person_id"]))
    known = {home for home, whose in people.items() if 2 <= len(whose) <= limits["family_members"]}
    return {
        str(row["admission_id"]): frozenset(
            home
            for home, pattern in ((str(row["phone"]), TELEPHONE), (str(row["address"]), HOUSE))
            if home in known and pattern.search(home)
        )
        for row in rows
    }


def explained_by_event(shared: Shared, homes: Mapping[str, frozenset[str]], limits: Limits) -> bool:
    """One accident or outbreak, one family with one illness, one trial: reasons for two to be told alike."""
    here, there = shared.here.record.admission, shared.there.record.admission
    apart = abs(here.begins_at - there.begins_at)
    family = homes[here.admission_id] & homes[there.admission_id]
    return bool(
        (_tells_event(shared.common) and apart <= timedelta(hours=limits["same_event_hours"]))
        or (family and apart <= timedelta(days=limits["family_days"]))
        or TRIAL.search(shared.common)
    )


def _tells_event(text: str) -> bool:
    """Whether it tells of one, beyond denying that there was one."""
    return any(ONE_EVENT.search(clause) and not DENIED.search(clause) for clause in CLAUSE.split(text))


def mother_and_child(shared: Shared) -> bool:
    """Whether the two are of an age to be a mother and the child she was just delivered of."""
    return could_be_mother_and_child(shared.here.record.admission, shared.there.record.admission)


def could_be_mother_and_child(one: Admission, other: Admission) -> bool:
    ages = [one.age_years, other.age_years]
    return (
        0 in ages
        and any(age and age > 12 for age in ages)
        and abs(one.begins_at - other.begins_at) < timedelta(days=30)
    )


def of_one_birth(shared: Shared) -> bool:
    """Whether the two are infants told to be of one birth: their histories are their mother's."""
    here, there = shared.here.record.admission, shared.there.record.admission
    return bool(
        here.age_years == 0
        and there.age_years == 0
        and abs(here.begins_at - there.begins_at) < timedelta(days=30)
        and MULTIPLE_BIRTH.search(shared.here.document.text)
        and MULTIPLE_BIRTH.search(shared.there.document.text)
    )
