"""ADM-006: one course of treatment settled as two stays. Judged on the later stay; the earlier one is named.

A short gap is no sign by itself: cycles, staged operations, transfers and relapses come back soon by nature. What
counts is that the patient left unrecovered and returned to the same treatment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from review.checks.admission_window import HOURS, VITALS, Window, figure_of
from review.checks.criteria import State, judge, rows_in_force
from review.checks.cycles import is_cycle
from review.checks.header import Limits, NotApplicable, check
from review.checks.inputs import Record
from review.checks.readings import facts_of, once
from review.checks.return_signs import near_the_limit, others_of_the_ward, same_day, shared_text
from review.models import Evidence, Problem
from review.record import Fact, Stay
from review.violations import Certainty

OBSTETRIC, NEWBORN, MENTAL = ("O",), ("P", "Z38"), ("F",)
DAY_WARD, WENT_WRONG = "28", ("T80", "T81", "T82", "T83", "T84", "T85", "T86", "T87", "T88")
WORSE_FOR = re.compile(
    r"加重(?:约|近)?(\d+(?:\.\d+)?|[半一二两三四五六七八九十数]+)余?(?:个)?(小时|天|日|周|月|年)"
)
MEASURED = 3  # vital signs that must be known before an emergency is held to have shown nothing severe
TRANSFERRED_OUT, LEFT_AGAINST_ADVICE, TRANSFERRED_IN, EMERGENCY = "2", "4", "3", "1"


@dataclass(frozen=True)
class Sign:
    """One sign that the second stay goes on where the first stopped."""

    says: str
    fact_ids: tuple[str, ...] = ()
    of_treatment: bool = True  # false: it tells of time, place or money, and counts only beside another


@check(
    code="ADM-006",
    title="分解住院（短期重复住院）",
    violation="split_admission",
    certainty="probable",
    needs={"tables": ("admissions",)},
    limits={
        "readmit_days": 14,
        "tier_1_hours": 24,
        "tier_2_hours": 72,
        "same_drugs": 0.60,
        "signs_probable": 2,
        "same_text": 0.80,
        "ward_persons": 3,
    },
    limits_said={
        "readmit_days": "出院后几日内再入院",
        "tier_1_hours": "间隔不满几小时为第一档",
        "tier_2_hours": "间隔不满几小时为第二档",
        "same_drugs": "两次用药相同的比例",
        "signs_probable": "几项迹象为“很可能”",
        "same_text": "前次出院记录与本次入院记录相同文字的比例",
        "ward_persons": "同科当季至少几人同样短期再入院",
    },
    basis=(
        "医疗保障基金使用监督管理条例#第十五条第一款",
        "医疗保障基金使用监督管理条例#第三十八条（一）",
        "病历书写基本规范#第十九条",
    ),
    message="上次住院 $previous_end 出院，间隔 $gap 后以同类主诊断（$diagnosis）再次入院；$signs。"
    "疑似一次治疗分为两次住院结算。",
    why="治疗没有结束而办出院再入院，会多产生一次结算和起付；是否分解由地方口径和支付方式决定。",
    exceptions=(
        "计划性化疗、放疗、透析、输血周期",
        "分期或对侧手术",
        "产科或新生儿再入院",
        "转院后转回",
        "非医嘱离院后再入院",
        "年终或中途结算",
        "另一系统疾病",
        "急诊新发或复发",
        "日间手术并发症",
        "险种变更中途结算",
        "精神障碍复发",
        "间隔短而无其他迹象",
    ),
    overturned_by=("出院前已写明的分次治疗计划", "两次住院间病情变化的记录", "经办机构要求中途结算的文件"),
    covers={"classes": (49, 63)},
)
def split_admission(record: Record, limits: Limits) -> Iterator[Problem]:
    stay = record.stay
    previous = record.inspection.records.get(stay.previous_admission_id or "") if stay else None
    if stay is None or previous is None or stay.gap_hours is None:
        raise NotApplicable("检查范围内没有此前的住院")
    days = _readmit_days(record, limits)
    if stay.gap_hours > days * 24:
        raise NotApplicable(f"距上次出院超过 {days} 天")
    if _excused(record, previous):
        return
    signs = list(_signs(record, previous, stay, limits))
    certainty = _certainty(stay, signs, limits)
    if certainty is not None:
        yield _problem(record, previous, stay, signs, certainty)


def _readmit_days(record: Record, limits: Limits) -> int:
    """The region's own number of days where it has set one."""
    rows = [row for row in record.rows("region_policy") if row["policy_key"] == "readmit_days"]
    value = str(rows[0]["value"]) if rows else ""
    return int(value) if value.isdigit() else int(limits["readmit_days"])


def _excused(record: Record, previous: Record) -> bool:
    """Whether the second stay has a reason of its own; the reading that clears is taken."""
    now, before = record.admission, previous.admission
    code, code_before = _code(record), _code(previous)
    if code.startswith((*OBSTETRIC, *NEWBORN, *MENTAL)) or now.admission_kind == "52":
        return True
    if is_cycle(record) or _staged(record, previous):
        return True
    if before.discharge_way == LEFT_AGAINST_ADVICE:
        return True
    if before.discharge_way == TRANSFERRED_OUT or now.admission_way == TRANSFERRED_IN:
        return True
    if _one_episode(record, previous) or code[:3] != code_before[:3]:
        return True
    settled_apart = _other_fund(record, previous) or _after_day_surgery(record, previous)
    came_anew = _worse(record, previous) or (now.admission_way == EMERGENCY and _severe(record))
    return settled_apart or (came_anew and not _arranged(record, previous))


def _other_fund(record: Record, previous: Record) -> bool:
    """Whether the kind of insurance changed within a day: the first stay then has to be settled."""
    kinds = {record.admission.insurance_type, previous.admission.insurance_type}
    gap = record.admission.begins_at - previous.admission.ends_at
    return len(kinds) == 2 and None not in kinds and gap <= timedelta(days=1)


def _after_day_surgery(record: Record, previous: Record) -> bool:
    codes = (row.diagnosis_code.upper() for row in record.diagnoses if row.diagnosis_code)
    return previous.admission.admission_kind == DAY_WARD and any(
        code.startswith(WENT_WRONG) for code in codes
    )


def _severe(record: Record) -> bool:
    """Whether the first day shows severity; where too little was measured to say so, the emergency itself counts."""
    window = Window(record)
    if sum(bool(window.values(item)) for item in VITALS) < MEASURED:
        return True
    rows = rows_in_force(record.rows("admission_criteria"), record.admission.begins_at.date())
    severe = [row for row in rows if row["kind"] == "severity" and row["population"] in {"adult", "all"}]
    return not severe or any(verdict.state is State.MET for verdict in judge(window, severe))


def _worse(record: Record, previous: Record) -> bool:
    """Whether the admission documents tell of a relapse or a complaint that began after the last discharge."""
    gap = (record.admission.begins_at - previous.admission.ends_at).total_seconds() / 3600
    return any(
        not ((span := WORSE_FOR.search(fact.quote)) and figure_of(span[1]) * HOURS[span[2]] > gap)
        for fact in _on_admission(record, "worsening")
    )


def _on_admission(record: Record, kind: str) -> Iterator[Fact]:
    """Facts told within a day of the admission."""
    end = record.admission.begins_at + timedelta(hours=24)
    return (fact for fact in facts_of(record, kind) if fact.begins_at is not None and fact.begins_at <= end)


def _code(record: Record) -> str:
    return (record.admission.main_diagnosis_code or "").upper()


def _staged(record: Record, previous: Record) -> bool:
    """A plan for another operation written during the first stay, or an operation in both."""
    planned = any(fact.name == "staged" for fact in facts_of(previous, "plan"))
    return bool(record.operations) and (planned or bool(previous.operations))


def _one_episode(record: Record, previous: Record) -> bool:
    """Joined by an interim or year-end settlement: one stay for every count."""
    rows = record.inspection.warehouse.rows(
        "select count(distinct episode_id) as n, count(*) as stays from episodes where admission_id in ($one, $two)",
        {"one": record.admission.admission_id, "two": previous.admission.admission_id},
    )
    return bool(rows) and rows[0]["stays"] == 2 and rows[0]["n"] == 1


def _arranged(record: Record, previous: Record) -> tuple[Fact, ...]:
    """Sentences that tell of an agreed discharge and return, and of nothing else."""
    return tuple(
        fact
        for stay in (previous, record)
        for fact in facts_of(stay, "arrangement")
        if fact.name in {"discharge_and_return", "returned_as_agreed"}
    )


def _signs(record: Record, previous: Record, stay: Stay, limits: Limits) -> Iterator[Sign]:
    arranged = _arranged(record, previous)
    if arranged:
        yield Sign("病历写有先出院再入院的约定", tuple(fact.fact_id for fact in arranged[:4]))
    kept = [fact for fact in facts_of(previous, "arrangement") if fact.name == "bed_kept"]
    now, before = record.admission, previous.admission
    if kept:
        yield Sign("出院后床位或物品保留", tuple(fact.fact_id for fact in kept[:2]))
    unchanged = [*_last(previous), *_on_admission(record, "unchanged")]
    if unchanged:
        yield Sign("出院时或再入院时记载病情未变、仍需治疗", tuple(fact.fact_id for fact in unchanged[:3]))
    if now.bed and now.bed == before.bed and now.department == before.department:
        yield Sign(f"同科同床（{now.bed}）")
    elif now.doctor and now.doctor == before.doctor:
        yield Sign("同一主管医师")
    share = _same_drugs(record, previous)
    if share is not None and share >= limits["same_drugs"]:
        yield Sign(f"长期用药与治疗 {share:.0%} 相同")
    text = shared_text(record, previous)
    if text is not None and text > limits["same_text"]:
        yield Sign(f"前次出院记录与本次入院记录 {text:.0%} 的文字相同")
    readmit = _readmit_days(record, limits) * 24
    for said in (
        same_day(stay),
        near_the_limit(record, previous),
        others_of_the_ward(record, readmit, int(limits["ward_persons"])),
    ):
        if said is not None:
            yield Sign(said, of_treatment=False)


def _last(previous: Record) -> Iterator[Fact]:
    """What the last day of the first stay says of an unfinished treatment."""
    last = previous.admission.ends_at - timedelta(days=2)
    for fact in facts_of(previous, "unchanged"):
        if fact.begins_at is not None and fact.begins_at >= last:
            yield fact


def _same_drugs(record: Record, previous: Record) -> float | None:
    names, before = _standing_orders(record), _standing_orders(previous)
    if len(names) < 3 or len(before) < 3:
        return None
    return len(names & before) / len(names)


def _standing_orders(record: Record) -> set[str]:
    orders = (order for order in record.orders if (order.order_type or "").startswith("长期"))
    return {order.order_name for order in orders if order.order_name and "护理" not in order.order_name}


def _certainty(stay: Stay, signs: list[Sign], limits: Limits) -> Certainty | None:
    """A return within a day needs two signs, a later one an agreement in writing; fewer is a clue or nothing.

    Within three days one sign is worth a look; later, where many come back in earnest, it takes two and words."""
    if not any(sign.of_treatment for sign in signs):
        return None
    gap = stay.gap_hours if stay.gap_hours is not None else 1e9
    agreed = any("约定" in sign.says for sign in signs)
    told = agreed or any(sign.fact_ids for sign in signs)
    if gap <= limits["tier_1_hours"]:
        if len(signs) >= limits["signs_probable"] and told:
            return Certainty.PROBABLE
        return Certainty.CLUE if signs else None
    if agreed and len(signs) >= limits["signs_probable"]:
        return Certainty.PROBABLE
    if gap <= limits["tier_2_hours"]:
        return Certainty.CLUE if signs else None
    return Certainty.CLUE if len(signs) >= 2 and told else None


def _problem(
    record: Record, previous: Record, stay: Stay, signs: list[Sign], certainty: Certainty
) -> Problem:
    gap = stay.gap_hours or 0.0
    return Problem(
        fields={
            "previous_end": f"{previous.admission.ends_at:%Y-%m-%d %H:%M}",
            "gap": f"{gap:.0f} 小时" if gap < 72 else f"{gap / 24:.0f} 天",
            "diagnosis": record.admission.main_diagnosis or "",
            "signs": "，".join(sign.says for sign in signs),
        },
        evidence=tuple(_discharge_of(previous)),
        fact_ids=once(place for sign in signs for place in sign.fact_ids),
        against_fact_ids=tuple(
            fact.fact_id for fact in facts_of(previous, "plan") if fact.name in {"staged", "cycle"}
        ),
        certainty=certainty,
        related_admissions=(previous.admission.admission_id,),
        points_at=(previous.admission.admission_id,),
    )


def _discharge_of(previous: Record) -> Iterator[Evidence]:
    """The line of the first stay's discharge record that says when it ended."""
    for document in previous.of_kind("出院记录", "出院小结"):
        place = document.text.find("出院日期")
        if place >= 0:
            end = document.text.find("\n", place)
            yield previous.quote(document, place, end if end > 0 else len(document.text))
            return
