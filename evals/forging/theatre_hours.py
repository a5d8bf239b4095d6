"""Moves whole operations to other hours, to other surgeons, and beside each other, in tables and documents alike."""

from datetime import datetime, timedelta

from evals.forging.charts import Chart
from evals.forging.desk import Desk
from evals.generating.stay import MINUTE, stamp

MOVED = ("手术记录", "麻醉记录", "手术安全核查记录", "手术清点记录", "术后首次病程记录", "麻醉术后访视记录")


def hours_of(chart: Chart) -> tuple[datetime, datetime]:
    assert chart.theatre
    return chart.theatre


def moved(chart: Chart, title: str, label: str, at: datetime) -> None:
    chart.paper(title).put(label, chart.layout.time(at))


def colleague(desk: Desk, name: str, shift: timedelta) -> tuple[Chart, Chart]:
    """Two operated patients of one ward, the second taken to the theatre that much after the first."""
    first = desk.chart(name)
    begin = first.stay.begin.replace(minute=(first.stay.begin.minute + 17) % 60)
    second = desk.chart(begin=begin, like=first)
    move_operation(second, hours_of(first)[0] + shift)
    return first, second


def move_operation(chart: Chart, start: datetime) -> None:
    """The whole operation at another hour, in tables and documents alike."""
    before, ended = hours_of(chart)
    shift = start - before
    chart.theatre = (start, ended + shift)
    for row in [*chart.stay.operations, *chart.stay.anaesthesia, *chart.stay.coded_operations]:
        for column, value in row.items():
            if len(value) >= 16 and value[4] == value[7] == "-":
                told = datetime.fromisoformat(value) + shift
                row[column] = f"{told:%Y-%m-%d %H:%M:%S}" if len(value) > 16 else stamp(told)
    for paper in chart.papers:
        if paper.title in MOVED:
            paper.at += shift
            for minutes in (-20, 0):
                paper.parts = _shifted(chart, paper.parts, before + minutes * MINUTE, shift)
            for minutes in (0, 10):
                paper.parts = _shifted(chart, paper.parts, ended + minutes * MINUTE, shift)

    begins, ends = start - 30 * MINUTE, ended + shift + 30 * MINUTE
    gone = {row["测量时间"] for row in chart.stay.vitals if stamp(begins) <= row["测量时间"] <= stamp(ends)}
    chart.stay.vitals = [row for row in chart.stay.vitals if row["测量时间"] not in gone]
    for title in ("体温单", "护理记录"):
        sheet = chart.paper(title)
        sheet.parts = [(label, text) for label, text in sheet.parts if text[:16] not in gone]


def _shifted(
    chart: Chart, parts: list[tuple[str, str]], moment: datetime, shift: timedelta
) -> list[tuple[str, str]]:
    time = chart.layout.time
    return [
        (label, text.replace(time(moment), time(moment + shift) + "\0") if "\0" not in text else text)
        for label, text in parts
    ]


def settle(chart: Chart) -> None:
    for paper in chart.papers:
        paper.parts = [(label, text.replace("\0", "")) for label, text in paper.parts]


def operated_by(chart: Chart, who: str) -> None:
    """Another surgeon, in tables and documents alike."""
    chief = chart.team.chief
    for row in chart.stay.operations:
        row["手术者姓名"] = who
    for row in chart.stay.coded_operations:
        row["oper_dr_name"] = who
    for paper in chart.papers:
        if paper.title in ("手术记录", "手术安全核查记录", "病案首页"):
            paper.parts = [(label, text.replace(chief, who)) for label, text in paper.parts]
            paper.signers = [
                (role, who if name == chief and role != "科主任" else name) for role, name in paper.signers
            ]


def rooms(desk: Desk, name: str, count: int) -> list[Chart]:
    """As many operations that overlap, each by a surgeon of its own, all under one anaesthetist."""
    charts = list(colleague(desk, name, timedelta(minutes=30)))
    first = charts[0]
    while len(charts) < count:
        begin = first.stay.begin.replace(minute=(first.stay.begin.minute + 17 * len(charts)) % 60)
        charts.append(desk.chart(begin=begin, like=first))
        move_operation(charts[-1], hours_of(first)[0] + timedelta(minutes=20 * len(charts)))
    for chart, who in zip(charts[1:], (first.team.attending, first.team.assistant), strict=False):
        settle(chart)
        operated_by(chart, who)
    return charts
