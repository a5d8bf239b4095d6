"""The vital signs of a stay over time, with the stretches that a finding speaks of and how common the like is here.

Readings are shown as they stand in the table; what has no time is counted and not drawn. A stretch reaches from the
first to the last reading that the finding cites.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from review.casework.rates import NOT_KEPT, kept_levels
from review.casework.results import Line, Results
from review.casework.runs import read_lines
from review.casework.sheets import row_id

QUANTITIES = ("temperature", "pulse", "respiration", "systolic", "diastolic")
REPEATS, DIGITS = "DOC-019", "DOC-018"
RARE = "体温、脉搏、呼吸、血压同时恒定或整段相同，在真实病人身上极少见；起搏、机械通气、导出重复除外。"


@dataclass(frozen=True)
class Reading:
    """One row of the chart: its row, its time, its five quantities (null where not measured), who wrote it."""

    row: str
    at: str
    values: tuple[float | None, ...]
    nurse: str


@dataclass(frozen=True)
class Stretch:
    """A run of readings that a finding cites, by the time of its first and last one."""

    finding: str
    begins: str
    ends: str
    readings: int
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What a finding, or a pattern of a nurse over many stays, says of the chart; and its base rate here."""

    finding: str  # empty where it is a pattern
    title: str
    certainty: str
    message: str
    rate: str
    nurse: str


@dataclass(frozen=True)
class VitalsPlot:
    """The chart of a stay: times are those of the table, `begins` and `ends` those of the stay."""

    begins: str
    ends: str
    readings: tuple[Reading, ...]
    untimed: int
    stretches: tuple[Stretch, ...]
    said: tuple[Said, ...]
    others: str  # the other stay that a stretch is equal to, as a key of its case
    levels: tuple[tuple[int, int], ...]  # longest run of equal readings → stays
    longest: int  # of this stay
    rate: str


def vitals_plot(results: Results, admission_id: str) -> VitalsPlot:
    """The readings of a stay and what was said of them."""
    stay = results.rows(
        "select begins_at, ends_at from admissions where admission_id = $id", id=admission_id
    )[0]
    rows = results.rows(
        "select * from vitals where admission_id = $id order by measured_at nulls last, source, row_number",
        id=admission_id,
    )
    readings = tuple(_reading(row) for row in rows if row["measured_at"] is not None)
    times = {reading.row: reading.at for reading in readings}
    lines = [
        line
        for line in results.findings.get(admission_id, [])
        if line["check"] == REPEATS and not line.get("gone")
    ]
    levels = kept_levels(results, "equal_readings")
    nurses = {reading.row: reading.nurse for reading in readings}
    return VitalsPlot(
        begins=_minute(stay["begins_at"]),
        ends=_minute(stay["ends_at"]),
        readings=readings,
        untimed=len(rows) - len(readings),
        stretches=tuple(stretch for line in lines for stretch in _stretches(line, readings, times)),
        said=(
            *(_said(line, levels) for line in lines),
            *_patterns(results, admission_id, set(nurses.values())),
        ),
        others=next((other for line in lines for other in line["related_admissions"]), ""),
        levels=tuple(sorted(levels.items())),
        longest=_longest(readings),
        rate=_rate(levels),
    )


def _reading(row: Line) -> Reading:
    values = tuple(None if row[name] is None else float(row[name]) for name in QUANTITIES)
    return Reading(row_id("vitals", row), _minute(row["measured_at"]), values, row["nurse"] or "")


def _stretches(line: Line, readings: Sequence[Reading], times: Mapping[str, str]) -> list[Stretch]:
    """Cited readings as they follow each other; where the time goes back, the stretch they are equal to begins."""
    runs: list[list[str]] = []
    for item in line["evidence"]:
        row = f"{item['source']}#{item['row']}"
        if item["kind"] != "table" or row not in times:
            continue
        if runs and times[row] > times[runs[-1][-1]]:
            runs[-1].append(row)
        else:
            runs.append([row])
    found = []
    for run in runs:
        begins, ends = times[run[0]], times[run[-1]]
        within = tuple(reading.row for reading in readings if begins <= reading.at <= ends)
        found.append(Stretch(line["id"], begins, ends, len(within), within))
    return found


def _said(line: Line, levels: Mapping[int, int]) -> Said:
    return Said(line["id"], line["title"], line["certainty"], line["message"], _rate(levels), "")


def _patterns(results: Results, admission_id: str, nurses: set[str]) -> list[Said]:
    """What was seen over all readings of a nurse who wrote in this chart too."""
    found = []
    for line in read_lines(results.out / "patterns.jsonl"):
        if line["check"] == DIGITS and admission_id in line["admissions"]:
            nurse = next((name for name in sorted(nurses) if name and f"“{name}”" in line["message"]), "")
            found.append(Said("", line["title"], line["certainty"], line["message"], "", nurse))
    return found


def _longest(readings: Sequence[Reading]) -> int:
    """The most readings in a row that are complete and equal, one for each moment."""
    best = run = 0
    before: tuple[float | None, ...] = ()
    last = ""
    for reading in readings:
        if None in reading.values or reading.at == last:
            continue
        run = run + 1 if reading.values == before else 1
        before, last, best = reading.values, reading.at, max(best, run)
    return best


def _rate(levels: Mapping[int, int]) -> str:
    """How long runs of equal readings are in the stays of this inspection."""
    stays = sum(levels.values())
    if not stays:
        return NOT_KEPT
    three, ten = (sum(n for level, n in levels.items() if level >= least) for least in (3, 10))
    return f"本次检查 {stays} 例有体征：连续 3 次以上四项全同的 {three} 例，10 次以上的 {ten} 例。{RARE}"


def _minute(moment: datetime | None) -> str:
    return moment.isoformat(sep=" ", timespec="minutes") if moment else ""
