"""One generated stay: charges, and for every charge the order, report or record that carries it.

The methods keep both sides together, so that what a plant leaves out is left out on purpose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from evals.generating.catalogue import Item, items
from evals.generating.charge_lines import (
    DAY,
    FREQUENCIES,
    HOUR,
    MINUTE,
    THERAPIST,
    Line,
    Person,
    Row,
    cents,
    plain,
    stamp,
    strength,
)
from evals.generating.site import ORDINARY, Site

__all__ = ["DAY", "HOUR", "MINUTE", "THERAPIST", "Line", "Person", "Row", "Stay", "cents", "plain", "stamp"]


@dataclass
class Stay:
    """An admission under construction; `said` and `settled` are cells of its own row and of its settlement."""

    admission_id: str
    person: Person
    begin: datetime
    end: datetime
    department: str
    doctor: str
    nurse: str
    random: Random
    hospital_level: str = "5"
    price_level: str = "2"
    admission_type: str = "2101"
    insurance: str = "310"
    site: Site = ORDINARY
    way_out: str = "1"
    died: datetime | None = None
    reason: str = ""
    lines: list[Line] = field(default_factory=list)
    diagnoses: list[tuple[str, ...]] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    labs: list[Row] = field(default_factory=list)
    exams: list[Row] = field(default_factory=list)
    operations: list[Row] = field(default_factory=list)
    anaesthesia: list[Row] = field(default_factory=list)
    vitals: list[Row] = field(default_factory=list)
    coded_operations: list[Row] = field(default_factory=list)
    documents: list[tuple[str, str]] = field(default_factory=list)
    edits: list[Row] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    settlement_ends: list[datetime] = field(default_factory=list)
    forced_total: Decimal | None = None
    said: Row = field(default_factory=dict)
    settled: dict[str, Any] = field(default_factory=dict)
    noise: str = ""
    charged: int = 0
    ordered: int = 0

    @property
    def inpatient_number(self) -> str:
        return self.admission_id[-12:]

    @property
    def days(self) -> int:
        return max(1, (self.end.date() - self.begin.date()).days)

    def at(self, day: int, hour: int, minute: int | None = None) -> datetime:
        """A clock time on the day-th day of the stay (0 = the day of admission), within the stay."""
        minutes = self.random.randrange(60) if minute is None else minute
        moment = (
            datetime.combine(self.begin.date(), datetime.min.time())
            + day * DAY
            + hour * HOUR
            + minutes * MINUTE
        )
        return max(moment, self.begin + self.random.randrange(20, 90) * MINUTE) if day == 0 else moment

    def order(
        self, name: str, at: datetime, *, until: datetime | None = None, number: str = "", **cells: str
    ) -> str:
        """An order row; a second row under the same number is a further execution of it."""
        self.ordered += 1
        number = number or f"{self.inpatient_number}{self.ordered:04d}"
        row = {
            "住院号": self.inpatient_number,
            "医嘱类型": "长期医嘱" if until else "临时医嘱",
            "医嘱号": number,
            "医嘱组号": number,
            "医嘱名称": name,
            "医嘱频次": "qd" if until else "st",
            "数量": "1",
            "医嘱开始日期": stamp(at),
            "医嘱停止日期": stamp(until) if until else "",
            "医嘱科室名称": self.department,
            "开立医生姓名": self.doctor,
            "执行时间": stamp(at + 20 * MINUTE),
            "执行人": self.nurse,
        }
        self.orders.append(row | cells)
        return number

    def charge(self, item: Item, at: datetime, quantity: Decimal | float = 1, **cells: object) -> Line:
        """A charge line and nothing else."""
        self.charged += 1
        line = Line(f"{self.admission_id}{self.charged:06d}", item, at, Decimal(str(quantity)), item.price)
        line.department = line.performing = self.department
        line.doctor, line.performer, line.spec = (
            self.doctor,
            self.nurse,
            item.detail if ":" not in item.detail else "",
        )
        for name, value in cells.items():
            setattr(line, name, value)
        if not line.amount:
            line.amount = cents(line.price * line.quantity)
        self.lines.append(line)
        return line

    def refund(self, line: Line, at: datetime, quantity: Decimal | None = None, named: bool = True) -> Line:
        """A negative line against another, whole or in part, with or without its number."""
        back = line.quantity if quantity is None else quantity
        part = cents(line.amount * back / line.quantity)
        return self.charge(
            line.item,
            at,
            -back,
            price=line.price,
            order=line.order,
            original=line.number if named else "",
            amount=-part,
            cap=line.cap,
            over=-cents(line.over * back / line.quantity),
            in_scope=line.in_scope,
        )

    def treat(
        self,
        item: Item,
        at: datetime,
        quantity: Decimal | float = 1,
        order: str = "",
        span: tuple[datetime, datetime] | None = None,
        **cells: object,
    ) -> Line:
        """A treatment executed at that time, under its own order or as one execution of a lasting one (`span`)."""
        start, until = span or (at, None)
        number = self.order(
            item.name,
            start,
            until=until,
            number=order,
            数量=plain(quantity),
            医嘱用法="治疗",
            执行时间=stamp(at + 20 * MINUTE),
        )
        by: dict[str, Any] = {"performer": THERAPIST} if item.code.startswith("0034") else {}
        return self.charge(item, at + 25 * MINUTE, quantity, order=number, **by, **cells)

    def drug(self, item: Item, first: int, days: int, frequency: str = "qd", dose: int = 1) -> list[Line]:
        """A drug for some days: one order over the whole time, one line a day; `dose` in units of the item."""
        start, last = self.at(first, 9), self.at(first + days - 1, 23, 0)
        per_day = FREQUENCIES[frequency] * dose
        amount, unit = strength(item, dose)
        number = self.order(
            item.name,
            start,
            until=last,
            医嘱代码=item.code,
            医嘱规格=item.detail,
            医嘱剂量=amount,
            剂量单位=unit,
            医嘱频次=frequency,
            医嘱天数=str(days),
            数量=str(per_day * days),
            医嘱用法="静滴" if "注射" in item.name else "口服",
        )
        return [self.charge(item, start + n * DAY + 25 * MINUTE, per_day, order=number) for n in range(days)]

    def lab(self, tests: Sequence[Item], at: datetime, specimen: str = "", **said: str) -> list[Line]:
        """Laboratory tests: one order and one specimen a panel, one result a test."""
        found = []
        for panel in dict.fromkeys(test.analyte.panel for test in tests):
            number = self.order(panel, at - 40 * MINUTE, 医嘱用法="检验", 执行时间=stamp(at))
            tube = specimen or f"{at:%y%m%d}{self.admission_id[-5:]}{len(self.labs):03d}"
            for test in (test for test in tests if test.analyte.panel == panel):
                self.lab_result(test, at, tube, **said)
                found.append(
                    self.charge(test, at + 10 * MINUTE, order=number, performing="检验科", performer="沈亦农")
                )
        return found

    def lab_result(self, test: Item, at: datetime, specimen: str, **said: str) -> None:
        kind = test.analyte
        value = kind.low + (kind.high - kind.low) * (0.2 + 0.6 * self.random.random())
        row = {
            "住院号": self.inpatient_number,
            "采样时间": stamp(at),
            "检验报告时间": stamp(at + self.random.randrange(70, 190) * MINUTE),
            "检验者姓名": "沈亦农",
            "检验样本": kind.specimen,
            "检验项目名称": kind.panel,
            "检验方法": "仪器法",
            "检验值名称": kind.name,
            "检验值描述": "阴性" if kind.unit == "项" else f"{value:.2f}",
            "单位": "" if kind.unit == "项" else kind.unit,
            "检验值范围": f"{kind.low:g}-{kind.high:g}",
            "样本编号": specimen,
        }
        self.labs.append(row | said)

    def take_home(self, item: Item, days: int, at: datetime) -> Line:
        """A drug for the days after discharge: one order before the patient leaves, one line for all of it."""
        amount, unit = strength(item, 1)
        number = self.order(
            item.name,
            self.end - HOUR,
            医嘱类型="带药医嘱",
            医嘱代码=item.code,
            医嘱规格=item.detail,
            医嘱剂量=amount,
            剂量单位=unit,
            医嘱频次="qd",
            医嘱天数=str(days),
            数量=str(days),
            医嘱用法="口服",
        )
        return self.charge(item, at, days, order=number, takeaway=True)

    def exam(self, item: Item, at: datetime, site: str = "", quantity: int = 1, **said: str) -> Line:
        """An examination: order, report, charge."""
        number = self.order(
            item.name + (f"({site})" if site else ""), at - 50 * MINUTE, 医嘱用法="检查", 执行时间=stamp(at)
        )
        self.exam_report(item, at, site, **said)
        where = item.detail or "功能科"
        return self.charge(
            item, at + 5 * MINUTE, quantity, order=number, performing=where, performer="顾南乔", memo=site
        )

    def exam_report(self, item: Item, at: datetime, site: str, **said: str) -> None:
        row = {
            "住院号": self.inpatient_number,
            "检查登记时间": stamp(at),
            "检查报告时间": stamp(at + self.random.randrange(20, 120) * MINUTE),
            "检查科室名称": item.detail or "功能科",
            "检查者姓名": "顾南乔",
            "检查项目名称": item.name,
            "检查部位": site or "常规",
            "检查方法": "常规",
            "检查所见": f"{site or item.name}检查已完成，图像满意。",
            "检查报告诊断": "未见明显异常",
            "影像编号": f"{at:%y%m%d}{self.admission_id[-5:]}E{len(self.exams):02d}",
        }
        self.exams.append(row | said)

    def hours(self, item: Item, start: datetime, stop: datetime, order: str = "") -> list[Line]:
        """An hourly item under an order with start and stop, charged day by day; both times on the full hour."""
        number = self.order(item.name, start, until=stop, number=order, 医嘱频次="持续")
        found, moment = [], start
        while moment < stop:
            midnight = datetime.combine(moment.date() + DAY, datetime.min.time())
            upto = min(midnight, stop)
            length = (upto - moment) / HOUR
            found.append(
                self.charge(item, upto - self.random.randrange(2, 30) * MINUTE, length, order=number)
            )
            moment = upto
        return found

    def add(self, item: Item, at: datetime, quantity: int = 1) -> Line:
        """Any item with what carries it, by its charge type (operations have their own way)."""
        if item.charge_type == "04":
            return self.lab([item], at)[0]
        if item.charge_type == "03":
            return self.exam(item, at, quantity=quantity)
        if item.charge_type in ("09", "10", "11"):
            line = self.drug(item, max(0, (at.date() - self.begin.date()).days), 1, "qd", quantity)[0]
            return line
        return self.treat(item, at, quantity)

    def document(self, title: str, text: str) -> None:
        self.documents.append((title, text))

    def everyday(self, keys: Iterable[str]) -> list[Item]:
        return [items()[key] for key in keys]
