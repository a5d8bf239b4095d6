"""Whether a stay needed a bed, by what was known in its first day: criteria met, what stands for it, what against.

Criteria of this kind are sensitive and not specific, so an unmet set alone says little: a finding also needs a
condition that clinics treat, a stay spent on examinations, or the patient's own request for a check-up.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from review.checks.admission_window import Spoken, Window
from review.checks.checkup import CheckUp, check_up
from review.checks.criteria import Row, State, Verdict, judge, operated, rows_in_force
from review.checks.header import Limits, NotChecked
from review.checks.inputs import Record
from review.checks.outpatient_conditions import exclusions_met, outpatient_condition
from review.checks.readings import facts_of
from review.record import Fact, Order

PARTS = {"vitals": "护理体征", "labs": "化验报告", "exams": "检查报告", "orders": "住院医嘱"}
INTRAVENOUS = re.compile(r"静滴|静注|静脉|静推|泵入|微量泵|ivgtt|iv|IV|滴注")
ANTIBIOTIC = re.compile(r"头孢|西林|沙星|霉素|硝唑|培南|舒巴坦|他唑巴坦|磺胺")
HIGH_NURSING = re.compile(r"特级护理|特别护理|(?<![IⅠⅡⅢ一1])[Ⅰ一I1]级护理")
OTHER_TREATMENT = re.compile(
    r"胰岛素(?!.{0,6}(?:测定|释放|抗体|检测|试验))|输血(?!前)|红细胞悬液|悬浮(?:少白)?红细胞|(?:冰冻|病毒灭活)血浆|人血白蛋白|肝素(?:钠|钙)|化疗|透析"
)
LIMITS: Mapping[str, Any] = {
    "core_recorded": 7,
    "fever": 38.0,
    "normal": {
        "temperature": (35.5, 37.5),
        "pulse": (50, 110),
        "systolic": (90, 159),
        "diastolic": (55, 99),
        "respiration": (10, 22),
        "oxygen_saturation": (94, 100),
    },
    "test_share": 0.70,
    "drug_share": 0.10,
    "systems": 3,
    "analytes": 40,
    "early_share": 0.80,
    "early_hours": 48,
}
CORE = {
    name: re.compile(pattern)
    for name, pattern in {
        "意识": r"神[志]?清|意识(?:清|模糊|障碍)|对答切题|嗜睡|昏迷|精神(?:可|欠佳|差)",
        "运动": r"肌力|肌张力|步入|步行|活动自如|活动(?:受限|障碍|不灵)|轮椅|平车|偏瘫|自主体位",
        "出血": r"出血|黑便|呕血|便血|瘀斑|咯血|血尿|出血点",
        "腹部": r"腹",
        "主诉或疼痛": r"主诉|VAS|NRS|疼痛|疼",
    }.items()
}
REHABILITATION = re.compile(r"康复")
TCM = re.compile(r"中医|针灸|推拿|中西医|蒙医|藏医|维医|苗医|民族医")
REHAB_ORDERS = re.compile(r"训练|运动疗法|作业疗法|理疗|电针|康复")


@dataclass(frozen=True)
class Assessment:
    """What the window says for and against the need of a stay."""

    record: Record
    window: Window
    population: str
    verdicts: tuple[Verdict, ...]
    core: tuple[str, ...]
    outpatient: Row | None
    exclusions: tuple[Verdict, ...]
    check_up: CheckUp
    limits: Limits

    @property
    def met(self) -> Verdict | None:
        """The criterion that clears the stay, if any."""
        met = [verdict for verdict in self.verdicts if verdict.state is State.MET]
        alone = [verdict for verdict in met if verdict.mode == "alone" and verdict.kind != "override"]
        plus = [verdict for verdict in met if verdict.mode == "plus_intensity" and verdict.kind == "severity"]
        intense = [verdict for verdict in met if verdict.kind == "intensity" and verdict.mode != "supporting"]
        if alone:
            return alone[0]
        return plus[0] if plus and (intense or self._by_vein(self.window.orders)) else None

    @property
    def intense(self) -> Verdict | None:
        """An intensity criterion that is met, whether or not it suffices."""
        return next((v for v in self.verdicts if v.kind == "intensity" and v.state is State.MET), None)

    @cached_property
    def operation(self) -> tuple[State, list[str], Spoken | None]:
        """An operation of the stay, or one that the first notes plan."""
        return operated(self.window)

    @property
    def thin(self) -> str | None:
        """Why the record does not allow a judgement: nothing is met, and too little was recorded to say so."""
        if self.met is not None or self.overrides or len(self.core) >= self.limits["core_recorded"]:
            return None
        return f"入院记录过于简略（核心情况只记录 {len(self.core)}/9 项），不足以判断"

    @property
    def overrides(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.kind == "override" and v.state is State.MET)

    @cached_property
    def requests(self) -> tuple[Fact, ...]:
        return tuple(facts_of(self.record, "request"))

    @cached_property
    def stable(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in facts_of(self.record, "stable") if self.window.told(fact))

    @cached_property
    def intravenous(self) -> tuple[Order, ...]:
        """Drugs given into the vein at any time of the stay that are not routine infusions."""
        return self._by_vein(self.record.orders)

    def _by_vein(self, orders: Iterable[Order]) -> tuple[Order, ...]:
        routine = [re.compile(row["name_regex"]) for row in self.record.rows("iv_not_intensity")]
        given = (o for o in orders if INTRAVENOUS.search(o.usage or "") and o.order_name)
        return tuple(order for order in given if not any(p.search(order.order_name or "") for p in routine))

    @cached_property
    def quiet(self) -> bool:
        """No drug that needs the vein, no procedure, no high nursing level, normal vital signs in the first day.

        What came later can only speak for the stay here; where nothing would show a procedure, it is not quiet."""
        if self.intense is not None or self.operation[0] is State.MET:
            return False
        if not (self.record.charges or self.record.provided("operations")):
            return False
        names = [order.order_name or "" for order in self.record.orders]
        vein = [
            order
            for order in self.intravenous
            if not (self._mild and ANTIBIOTIC.search(order.order_name or ""))
        ]
        treated = any(HIGH_NURSING.search(name) or OTHER_TREATMENT.search(name) for name in names)
        injected = any(c.kind == "drug" and "注射" in (c.item_name or "") for c in self.record.charges)
        unordered = injected and not self.record.orders
        return not (vein or treated or unordered) and self._normal()

    @property
    def _mild(self) -> bool:
        """A condition that clinics treat, without fever: an antibiotic into the vein is then no reason for a bed."""
        hot = any(reading.value >= self.limits["fever"] for reading in self.window.values("temperature"))
        return self.outpatient is not None and not hot

    def _normal(self) -> bool:
        seen = False
        for item, (low, high) in self.normal.items():
            for reading in self.window.values(item):
                seen = True
                if not low <= reading.value <= high:
                    return False
        return seen

    @property
    def normal(self) -> Mapping[str, tuple[float, float]]:
        """The ordinary range of each vital sign; the criteria judge a child's pulse and breathing by its age."""
        ranges: Mapping[str, tuple[float, float]] = self.limits["normal"]
        if self.population != "pediatric":
            return ranges
        return {item: ranges[item] for item in ("temperature", "oxygen_saturation")}

    @property
    def condition(self) -> str:
        return str(self.outpatient["condition"]) if self.outpatient else ""

    @property
    def listed(self) -> bool:
        """Whether the condition is one that clinics treat, and nothing of this stay takes it out of that list."""
        return (
            self.outpatient is not None
            and self.intense is None
            and self.operation[0] is not State.MET
            and not any(verdict.state is State.MET for verdict in self.exclusions)
        )


def assess(record: Record, limits: Limits) -> Assessment:
    """Read the window of one stay; NotChecked where the record does not allow it."""
    admission = record.admission
    population = population_of(record)
    has = [table for table in PARTS if record.provided(table) and getattr(record, table)]
    if not record.of_kind("入院记录", "24小时内入出院记录"):
        raise NotChecked("缺：入院记录")
    if len(has) < 2:
        raise NotChecked(
            f"缺：{'、'.join(name for table, name in PARTS.items() if table not in has)}（须有其中两种）"
        )
    window, day = Window(record), admission.begins_at.date()
    rows = [
        row
        for row in rows_in_force(record.rows("admission_criteria"), day)
        if row["population"] in {"all", population}
        or (row["population"] == "adult" and population != "pediatric")
    ]
    if not any(row["population"] == population for row in rows):
        raise NotChecked(f"没有适用于该人群的入院标准（{population}）")
    outpatient = outpatient_condition(record)
    return Assessment(
        record,
        window,
        population,
        tuple(judge(window, rows)),
        _core(window),
        outpatient,
        exclusions_met(window, outpatient, rows),
        check_up(record, limits),
        limits,
    )


def population_of(record: Record) -> str:
    """Which set of criteria applies; a ward whose rules are local is left to its region."""
    admission = record.admission
    code, department = (admission.main_diagnosis_code or "").upper(), admission.department or ""
    if admission.age_years is None:
        raise NotChecked("缺：年龄，无法确定适用的入院标准")
    if admission.admission_kind == "52" or code.startswith("O"):
        return "obstetric"
    if admission.age_years < 14:
        return "pediatric"
    if re.search(r"精神|心理", department):
        return "psychiatric"
    if code.startswith(("C", "Z51", "D0")) or re.search(r"肿瘤|放疗|化疗", department):
        return "oncology"
    if REHABILITATION.search(department) or code.startswith("Z50") or _rehabilitates(record, code):
        return "rehabilitation"
    if TCM.search(department):
        raise NotChecked("中医类病区的入院标准由当地规定，未导入")
    return "adult"


def _rehabilitates(record: Record, code: str) -> bool:
    trained = [order for order in record.orders if REHAB_ORDERS.search(order.order_name or "")]
    return code.startswith(("I69", "G81", "G82", "S14", "S24", "S34")) and len(trained) >= 2


def _core(window: Window) -> tuple[str, ...]:
    """Which of the nine things every admission should record were recorded."""
    text = "".join(sentence.bare for sentence in window.spoken)
    found = [name for name, pattern in CORE.items() if pattern.search(text)]
    measured = {"脉搏": ("pulse",), "血压": ("systolic",), "呼吸或血氧": ("respiration", "oxygen_saturation")}
    measured["体温"] = ("temperature",)
    found += [name for name, items in measured.items() if any(window.values(item) for item in items)]
    found += ["意识"] if window.consciousness else []
    return tuple(dict.fromkeys(found))
