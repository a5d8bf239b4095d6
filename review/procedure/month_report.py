"""What a month's run tells: stays reviewed, the findings of them, every series beside its own history, and the alerts.

Departments and doctors stand under keys that only this watch can make, unless the leader asks for the names.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from review.opaque_keys import OpaqueKeys
from review.procedure.month_alerts import EXPECTED, Key, Point, Promise, Reading, read_all
from review.reports.paper import shown
from review.screening.rules import FROM_RECORDS
from review.screening.run import not_screened
from review.screening.watch import Ran, Watch
from review.screening.watch_standing import DEPARTMENT, DOCTOR, WHOLE, cells, in_findings, standing, titles

LEVELS = {WHOLE: "全部", DEPARTMENT: "科室", DOCTOR: "医生"}
_COMPARED = (
    "与{of}的各月住院相互比较，新的一月会改变以前各月的结论，按月相加不等于整体一次；请对整个检查运行 review"
)
# what a month's run leaves to the review of an inspection, by what a check looks at
LEFT_OUT = {
    "admission": FROM_RECORDS,
    "person": "看一个人前后各次住院的病历，须有病历；请对整个检查运行 review",
    "ward": _COMPARED.format(of="全科"),
    "hospital": _COMPARED.format(of="全院"),
}
MANY_MORE = 2.0  # times the usual number of stays, from which the number itself may explain a rate
MARK = "本表列的是疑点和比率的变化，不是查实的结果；比率高低本身不说明任何一例，认定以逐例核实为准。"
INNOCENT = (
    "平常的原因可能有：新开的科室、病区，新到的医生，编码或对码口径变更，病种随季节变化，"
    "补传或更正的资料；请先核对这些，再看病例。"
)


@dataclass(frozen=True)
class Line:
    """One series in one month, named as its reader may see it."""

    code: str
    title: str
    level: str
    name: str
    reading: Reading

    @property
    def more_stays(self) -> float | None:
        """How many times the usual number of stays the month has, where that is many."""
        before = self.reading.before
        usual = sum(one.examined for one in before) / len(before) if before else 0
        times = self.reading.now.examined / usual if usual else 0
        return times if times >= MANY_MORE else None


@dataclass(frozen=True)
class Report:
    """All of a month's report; `findings` are those of the stays that its run reviewed."""

    name: str
    month: str
    ran: Ran | None
    months: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    promise: Promise
    findings: tuple[Mapping[str, Any], ...]
    standing: int
    left_out: tuple[tuple[str, str, str], ...]  # code, title and reason of the checks that are not run
    failed: tuple[str, ...] = ()
    leader: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def alerts(self) -> tuple[Line, ...]:
        """The series that left their history, the least likely first."""
        return tuple(sorted((one for one in self.lines if one.reading.alerts), key=_unlikely))

    def of_level(self, level: str) -> tuple[Line, ...]:
        """The series of one level, by rule and name."""
        return tuple(one for one in self.lines if one.level == level)


def _unlikely(line: Line) -> tuple[float, str, str, str]:
    return line.reading.chance or 0.0, line.code, line.level, line.name


def report_of(
    watch: Watch,
    month: str,
    expected: float = EXPECTED,
    leader: str = "",
    notes: Sequence[str] = (),
    failed: Sequence[str] = (),
) -> Report:
    """The report of a held month. `leader` is who reads the names as they are."""
    state = watch.state
    ran = state.ran[-1] if state.ran and state.ran[-1].month in (month, "") else None
    keys = OpaqueKeys(bytes.fromhex(state.secret))
    with standing(watch) as warehouse:
        named = titles(watch, warehouse)
        counted = cells(warehouse)
        found = tuple(
            _finding(row, keys, bool(leader)) for row in (in_findings(warehouse, ran.run) if ran else ())
        )
        whole = int(warehouse.rows("select count(*) as n from findings")[0]["n"])
    series: dict[Key, list[Point]] = defaultdict(list)
    for one in counted:
        if one.month <= month:
            series[(one.code, one.level, one.hospital, one.name)].append(
                Point(one.month, one.examined, one.found)
            )
    readings, promise = read_all(series, month, expected)
    lines = [
        Line(key[0], named.get(key[0], ""), key[1], _name(key, keys, bool(leader)), reading)
        for key, reading in readings.items()
    ]
    return Report(
        state.name or "常设月结",
        month,
        ran,
        tuple((name, one.stays) for name, one in sorted(state.months.items())),
        tuple(sorted(lines, key=lambda one: (one.code, list(LEVELS).index(one.level), one.name))),
        promise,
        found,
        whole,
        tuple(
            (check.header.code, check.header.title, LEFT_OUT[check.header.scope]) for check in not_screened()
        ),
        tuple(failed),
        leader,
        tuple(notes),
    )


def _name(key: Key, keys: OpaqueKeys, plain: bool) -> str:
    _, level, hospital, name = key
    if level == WHOLE:
        return LEVELS[WHOLE]
    if plain:
        return shown(f"{hospital} {name}".strip())
    return f"{LEVELS[level]} {_key(keys, level, hospital, name)}"


def _key(keys: OpaqueKeys, level: str, hospital: str, name: str) -> str:
    return keys.of("department" if level == DEPARTMENT else "doctor", f"{hospital}\0{name}")


def _finding(row: Mapping[str, Any], keys: OpaqueKeys, plain: bool) -> Mapping[str, Any]:
    told = {name: value for name, value in row.items() if name not in {"input_fingerprint", "hospital_code"}}
    for level in (DEPARTMENT, DOCTOR):
        name = str(row[level] or "").strip()
        hospital = str(row["hospital_code"] or "")
        told[level] = name if plain or not name else _key(keys, level, hospital, name)
    return told


def series_lines(report: Report) -> Iterator[dict[str, Any]]:
    """Every series of the month as JSON carries it, with its history."""
    for line in report.lines:
        reading = line.reading
        yield {
            "rule": line.code,
            "title": line.title,
            "level": line.level,
            "name": line.name,
            "month": reading.now.month,
            "examined": reading.now.examined,
            "found": reading.now.found,
            "rate": round(reading.now.rate, 6),
            "history_rate": None if reading.usual is None else round(reading.usual, 6),
            "state": reading.state,
            "alert": reading.alerts,
            "chance": reading.chance,
            "history": [
                {"month": one.month, "examined": one.examined, "found": one.found} for one in reading.before
            ],
        }


def summary(report: Report) -> dict[str, Any]:
    """The figures of the month and what is stated of its alerts."""
    ran = report.ran
    return {
        "kind": "month",
        "mark": MARK,
        "name": report.name,
        "month": report.month,
        "reviewed": None
        if ran is None
        else {
            name: getattr(ran, name) for name in ("new", "changed", "unchanged", "withdrawn", "beside", "at")
        },
        "months": dict(report.months),
        "findings_of_run": len(report.findings),
        "findings_standing": report.standing,
        "alerts": len(report.alerts),
        "false_alarms": {
            "series_tested": report.promise.series,
            "chance_of_each": report.promise.chance,
            "expected_in_month": report.promise.expected,
            "history_too_short": report.promise.too_little,
        },
        "not_run": [{"check": code, "title": title, "reason": why} for code, title, why in report.left_out],
        "failed": list(report.failed),
        "leader": report.leader,
        "notes": list(report.notes),
    }


def promised(promise: Promise) -> str:
    """What is stated of false alarms, in a sentence."""
    if not promise.series:
        return f"本月没有历史足够的序列，不作提示；历史不足的 {promise.too_little:,} 条。"
    return (
        f"本月受检 {promise.series:,} 条序列（规则、科室、医生），比率未变时每条误报的概率不超过 {promise.chance:.3%}，"
        f"全月误报期望不超过 {promise.expected:.2f} 次；另有 {promise.too_little:,} 条历史不足，不作提示。"
    )
