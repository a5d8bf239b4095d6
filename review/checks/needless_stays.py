"""A stay that nothing called for: how certain that is, and under which of its three names it is told.

A stay is told once, under the most specific name: a check-up, else a condition that clinics treat, else want of need.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from review.checks.admission_window import Window
from review.checks.appropriateness import INTRAVENOUS, Assessment
from review.checks.criteria import State
from review.checks.inputs import Record
from review.checks.readings import facts_of, once
from review.models import Evidence
from review.record import Lab
from review.violations import Certainty

CHECK_UP, LISTED, UNNAMED = "ADM-003", "ADM-002", "ADM-001"
CONFIDENT = frozenset({"adult", "rehabilitation"})
REFERRED_OUT, AGAINST_ADVICE, DIED = "2", "4", "5"
EMERGENCY, TRANSFERRED = "1", "3"
DAY_WARD = "28"
OLD = 80
CAVEAT = "此类标准灵敏而不够特异，医师之间一致性约 κ 0.7，须由专家复核"
STAGING, PRENATAL = ("C", "D0", "Z51", "Z94"), ("O", "Z34", "Z35", "Z36")
TROPONIN = re.compile(r"肌钙蛋白|cTn|TNI", re.IGNORECASE)
LEFT_EARLY_NIGHTS = 2
CHRONIC_HOURS = 90 * 24
APART, ACTED_WITHIN = timedelta(hours=3), timedelta(hours=24)
UNEXPLAINED = frozenset({"体重下降", "发热"})
RANGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[-~—～至]+\s*(\d+(?:\.\d+)?)\s*$")
GIVEN = re.compile(r"口服|皮下|肌注|静滴|静注|静脉|泵入|含服|吸入|外用|ivgtt", re.IGNORECASE)


@dataclass(frozen=True)
class Needless:
    """A stay without need: the check that tells it, its certainty, and what stands for it beyond unmet criteria."""

    seen: Assessment
    check: str
    certainty: Certainty
    support: tuple[str, ...]

    @property
    def fields(self) -> dict[str, object]:
        """What every message of such a stay says."""
        return {
            "core": len(self.seen.core),
            "support": "；".join(self.support) or "病历记载病情平稳",
            "quiet": self.course,
            "caveat": CAVEAT,
        }

    @property
    def course(self) -> str:
        """What was done in the stay, in words."""
        if self.seen.quiet:
            return "住院期间无须经静脉的用药、无手术操作、无Ⅰ级以上护理，首日体征正常"
        return "住院期间有静脉用药、操作或体征异常，见反面依据"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (*_overrides(self.seen), *_registered(self.seen))

    @property
    def fact_ids(self) -> tuple[str, ...]:
        seen = self.seen
        return once(
            [
                *(fact.fact_id for fact in seen.requests),
                *(fact.fact_id for fact in seen.stable[:4]),
                *_first_pressure(seen.window),
            ]
        )

    @property
    def against_fact_ids(self) -> tuple[str, ...]:
        return (*_near_misses(self.seen), *(order.fact_id for order in self.seen.intravenous[:2]))


def needless(seen: Assessment) -> Needless | None:
    """The stay under its name; nothing where a criterion is met or the record gives a reason.

    Probable only with support and a quiet course. A quiet course alone stays a clue: some acute diseases are treated
    by mouth."""
    record = seen.record
    if seen.met is not None or seen.overrides or record.admission.admission_way == TRANSFERRED:
        return None
    if seen.population == "obstetric" or record.admission.admission_kind == DAY_WARD:
        return None
    if record.admission.died_at or record.admission.discharge_way == DIED:
        return None
    examined = seen.check_up.looks_like_one
    if examined and tests_had_a_reason(record):
        return None
    examined = examined and not treated_after(record)
    support = tuple(_support(seen, examined))
    certainty = _certainty(seen, support, examined)
    if certainty is None:
        return None
    name = CHECK_UP if examined else LISTED if seen.listed else UNNAMED
    return Needless(seen, name, certainty, support)


def _support(seen: Assessment, examined: bool) -> Iterator[str]:
    """What stands against the need of a bed beyond unmet criteria."""
    if seen.listed:
        yield f"主诊断属一般门诊可处理的病种（{seen.condition}），未见排除情形"
    if examined:
        yield seen.check_up.says
    if seen.requests:
        yield "病历写明要求住院检查"


def _certainty(seen: Assessment, support: tuple[str, ...], examined: bool) -> Certainty | None:
    if seen.population not in CONFIDENT:
        asked = bool(seen.requests or examined or seen.listed)
        return Certainty.CLUE if asked and seen.quiet else None
    if support and seen.quiet:
        emergency = seen.record.admission.admission_way == EMERGENCY
        return Certainty.CLUE if emergency and not seen.requests else Certainty.PROBABLE
    if seen.quiet and (seen.stable or _chronic(seen.window)):
        return Certainty.CLUE
    return Certainty.CLUE if len(support) >= 2 else None


def _chronic(window: Window) -> bool:
    """Whether the complaint is told as one of months, the latest change of it included."""
    return window.hours_ill is not None and window.hours_ill >= CHRONIC_HOURS


def tests_had_a_reason(record: Record) -> bool:
    """Whether a stay of tests is one by its nature: staging, infarction ruled out, an unborn child, an early end."""
    admission = record.admission
    code = (admission.main_diagnosis_code or "").upper()
    if code.startswith(STAGING) or admission.discharge_way in {REFERRED_OUT, DIED} or admission.died_at:
        return True
    if admission.discharge_way == AGAINST_ADVICE and admission.bed_days <= LEFT_EARLY_NIGHTS:
        return True
    if code.startswith(PRENATAL) or admission.admission_kind == "52":
        return True
    return _rules_out_infarction(record) or _unexplained(record)


def treated_after(record: Record) -> bool:
    """Whether the tests led to treatment, or a drug went into the vein that needs it."""
    return _by_vein(record) or _acted_on(record)


def _rules_out_infarction(record: Record) -> bool:
    """Troponin taken again, three hours or more after it was first taken."""
    taken = sorted(
        lab.sampled_at for lab in record.labs if lab.sampled_at and TROPONIN.search(lab.analyte or "")
    )
    return len(taken) >= 2 and taken[-1] - taken[0] >= APART


def _unexplained(record: Record) -> bool:
    """Whether the patient came for a loss of weight or a fever that nobody had explained."""
    return any(fact.name in UNEXPLAINED and fact.value == "present" for fact in facts_of(record, "clinical"))


def _by_vein(record: Record) -> bool:
    routine = [re.compile(str(row["name_regex"])) for row in record.rows("iv_not_intensity")]
    return any(
        INTRAVENOUS.search(order.usage or "") and not any(p.search(order.order_name or "") for p in routine)
        for order in record.orders
    )


def _acted_on(record: Record) -> bool:
    """Whether a drug was begun within a day after a result outside its range was known."""
    known = [lab.reported_at for lab in record.labs if lab.reported_at and out_of_range(lab)]
    begun = [
        order.begins_at for order in record.orders if order.begins_at and GIVEN.search(order.usage or "")
    ]
    return any(timedelta(0) < at - seen <= ACTED_WITHIN for seen in known for at in begun)


def out_of_range(lab: Lab) -> bool:
    """Whether a result lies outside the range printed beside it."""
    ends = RANGE.match(lab.reference_range or "")
    return (
        ends is not None
        and lab.value is not None
        and not float(ends[1]) <= float(lab.value) <= float(ends[2])
    )


def _first_pressure(window: Window) -> Iterator[str]:
    """The first blood pressure of the window, as a note words it where one does."""
    cited = [reading.fact_id for reading in window.values("systolic") if reading.fact_id]
    yield from sorted(cited, key=lambda place: not place.startswith("text:"))[:1]


def _overrides(seen: Assessment) -> Iterator[Evidence]:
    for verdict in (*seen.overrides, *seen.exclusions):
        if verdict.spoken is not None and verdict.state is State.MET:
            spoken = verdict.spoken
            yield seen.record.quote(spoken.document, spoken.start, spoken.end, says="against")


def _registered(seen: Assessment) -> Iterator[Evidence]:
    """What the register and the settlement list hold for the stay: a great age, the emergency door, other diseases."""
    record, admission = seen.record, seen.record.admission
    told = record.inspection.warehouse.rows(
        "select source from admissions where admission_id = $id", {"id": admission.admission_id}
    )
    source = str(told[0]["source"]) if told else ""
    row = admission.admission_id
    if admission.age_years is not None and admission.age_years >= OLD:
        yield Evidence("table", source, str(admission.age_years), "against", row=row, label="年龄")
    if admission.admission_way == EMERGENCY:
        yield Evidence("table", source, EMERGENCY, "against", row=row, label="入院途径（1 急诊）")
    others = record.inspection.warehouse.rows(
        "select distinct diagnosis_name, source from diagnoses where admission_id = $id and not is_main"
        " and diagnosis_name is not null order by diagnosis_name",
        {"id": row},
    )
    for other in others[:3]:
        yield Evidence(
            "table", str(other["source"]), other["diagnosis_name"], "against", row=row, label="其他诊断"
        )


def _near_misses(seen: Assessment) -> Iterator[str]:
    """Values of the window outside the ordinary range: they speak for the stay and are always shown."""
    for item, (low, high) in seen.normal.items():
        for reading in seen.window.values(item):
            if reading.fact_id and not low <= reading.value <= high:
                yield reading.fact_id
                break
