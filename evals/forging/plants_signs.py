"""Vital signs that nobody measured: DOC-019."""

from datetime import datetime

from evals.forging.charts import Chart
from evals.forging.declaring import Place, forged, planted
from evals.forging.desk import Desk, reading
from evals.forging.plants_people import grown, ungendered
from evals.forging.plants_times import dies, mortal, surgical
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, Row, stamp


def at(row: Row) -> datetime:
    return datetime.fromisoformat(row["测量时间"])


def tuple_of(row: Row) -> dict[str, str]:
    return {name: row[name] for name in ("体温", "脉搏", "呼吸", "收缩压", "舒张压")}


def shown(rows: list[Row]) -> list[Place]:
    return [("护理体征", row["测量时间"]) for row in rows]


@forged("DOC-019", "死亡后仍有体征记录")
def read_after_death(desk: Desk) -> Made:
    chart = mortal(desk)
    died = dies(chart)
    rows = [reading(chart, died + hours * HOUR, 36.6, 78, 18, 122, 76) for hours in (4, 8)]
    chart.stay.vitals += rows
    return planted(chart, at=shown(rows), certainty="established", also=("DOC-003",))


@forged("DOC-019", "手术台上时病房测得体征")
def read_on_the_ward_during_the_operation(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    assert chart.theatre
    start, stop = chart.theatre
    rows = [reading(chart, start + (stop - start) * share, 36.6, 76, 18, 124, 78) for share in (0.35, 0.7)]
    for row in rows:
        row["测量时间"] = stamp(at_minute(row))
    chart.stay.vitals += rows
    chart.stay.vitals.sort(key=lambda row: row["测量时间"])
    return planted(chart, at=shown(rows), certainty="established")


def at_minute(row: Row) -> datetime:
    return at(row).replace(second=0)


@forged("DOC-019", "连续十二次体征四项全同")
def twelve_readings_alike(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        for row in chart.stay.vitals[2:14]:
            row |= tuple_of(chart.stay.vitals[2])

    chart = desk.chart(fits=grown, days=9, change=change)
    return planted(chart, at=shown(chart.stay.vitals[2:14]))


@forged("DOC-019", "两天的体征整段相同")
def block_of_another_day(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        rows = chart.stay.vitals
        for before, after in zip(rows[1:8], rows[9:16], strict=True):
            after |= tuple_of(before)

    chart = desk.chart(fits=grown, days=9, change=change)
    return planted(chart, at=shown(chart.stay.vitals[9:16]) + shown(chart.stay.vitals[1:8]))


@forged("DOC-019", "两名患者的体征整段相同")
def block_of_another_patient(desk: Desk) -> Made:
    source = desk.chart(fits=grown)

    def change(chart: Chart) -> None:
        for before, after in zip(source.stay.vitals[:9], chart.stay.vitals[:9], strict=False):
            after |= tuple_of(before)

    chart = desk.chart(begin=source.stay.begin + 14 * DAY, like=source, change=change)
    return planted(source, chart, at=shown(chart.stay.vitals[:9]) + shown(source.stay.vitals[:9]))


@forged("DOC-019", "四天内脉搏毫无变化")
def pulse_without_change(desk: Desk) -> Made:
    return without_change(desk, "脉搏", 1, 17)


@forged("DOC-019", "五天内收缩压毫无变化")
def pressure_without_change(desk: Desk) -> Made:
    return without_change(desk, "收缩压", 3, 17)


def without_change(desk: Desk, column: str, first: int, last: int) -> Made:
    def change(chart: Chart) -> None:
        for row in chart.stay.vitals[first:last]:
            row[column] = chart.stay.vitals[first][column]

    chart = desk.chart(fits=grown, days=9, change=change)
    return planted(chart, at=shown(chart.stay.vitals[first:last]))


@forged("DOC-019", "病程记高热而当日体征从未发热")
def fever_that_nobody_measured(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered, days=8)
    note = next(paper for paper in chart.notes() if paper.title == "日常病程记录")
    day = stamp(note.at)[:10]
    chart.stay.vitals = [row for row in chart.stay.vitals if row["测量时间"][:10] != day]
    for hour in (2, 6, 10, 14, 18):
        moment = note.at.replace(hour=hour, minute=12)
        chart.stay.vitals.append(
            reading(chart, moment, 36.3 + desk.admit.random.randrange(7) / 10, 78 + hour, 18, 118 + hour, 70)
        )
    chart.stay.vitals.sort(key=lambda row: row["测量时间"])
    words = f"患者今晨高热，体温39.{desk.admit.random.randint(1, 6)}℃"
    note.add("", f"{words}，伴畏寒，予物理降温。")
    return planted(chart, at=[(note, words)], also=("DOC-012", "DOC-016"))


@forged("DOC-019", "同一时间在另一次住院中测得体征")
def read_in_two_stays(desk: Desk) -> Made:
    source = desk.chart(fits=ungendered, days=8)
    chart = desk.chart(begin=source.stay.begin + 2 * DAY, like=source, person=source.stay.person, days=7)
    mine = [row for row in chart.stay.vitals if row["测量时间"] < stamp(source.stay.end)]
    return planted(source, chart, at=shown(mine + source.stay.vitals), also=("DOC-015",))
