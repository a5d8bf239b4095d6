"""Signs, results and pictures that were not measured: DOC-019, DOC-020, DOC-021, DOC-027."""

from datetime import datetime, timedelta

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
    def change(chart: Chart) -> None:
        for row in chart.stay.vitals[1:17]:
            row["脉搏"] = chart.stay.vitals[1]["脉搏"]

    chart = desk.chart(fits=grown, days=9, change=change)
    return planted(chart, at=shown(chart.stay.vitals[1:17]))


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


def counts(chart: Chart, panel: str = "血常规") -> list[Row]:
    """The rows of the first run of a panel."""
    rows = [row for row in chart.stay.labs if row["检验项目名称"] == panel]
    return [row for row in rows if row["样本编号"] == rows[0]["样本编号"]]


def values_of(source: list[Row], target: list[Row]) -> None:
    for before, after in zip(source, target, strict=True):
        after["检验值描述"] = before["检验值描述"]


def tubes(*rows: list[Row]) -> list[Place]:
    return [("化验报告", row) for several in rows for row in several]


@forged("DOC-020", "两名患者的血常规与生化整组相同")
def panel_of_another(desk: Desk) -> Made:
    source = desk.chart(fits=grown)

    def change(chart: Chart) -> None:
        for panel in ("血常规", "生化全项"):
            values_of(counts(source, panel), counts(chart, panel))

    chart = desk.chart(begin=source.stay.begin + 9 * DAY, like=source, change=change)
    return planted(
        source,
        chart,
        at=tubes(counts(chart), counts(chart, "生化全项"), counts(source), counts(source, "生化全项")),
    )


@forged("DOC-020", "同一患者两次不同标本整组相同")
def panel_of_another_day(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        rows = [row for row in chart.stay.labs if row["检验项目名称"] == "血常规"]
        first, second = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        values_of(first, second)

    chart = desk.chart(fits=grown, change=change)
    rows = [row for row in chart.stay.labs if row["检验项目名称"] == "血常规"]
    return planted(chart, at=tubes(rows))


@forged("DOC-020", "同一样本编号出现在两名患者")
def one_specimen_of_two(desk: Desk) -> Made:
    source = desk.chart(fits=grown)

    def change(chart: Chart) -> None:
        for row in counts(chart):
            row["样本编号"] = counts(source)[0]["样本编号"]

    chart = desk.chart(begin=source.stay.begin, like=source, change=change)
    return planted(source, chart, at=tubes(counts(chart)))


@forged("DOC-021", "同一影像编号出现在两名患者")
def one_picture_of_two(desk: Desk) -> Made:
    source = desk.chart(fits=lambda said: said["exams"][0][0] in ("ct", "dr", "us"))

    def change(chart: Chart) -> None:
        chart.stay.exams[0]["影像编号"] = source.stay.exams[0]["影像编号"]

    chart = desk.chart(begin=source.stay.begin + 6 * DAY, like=source, change=change)
    return planted(source, chart, at=[("检查报告", chart.stay.exams[0])])


@forged("DOC-021", "检查所见连同三处测值与他人相同")
def findings_of_another(desk: Desk) -> Made:
    source = desk.chart(fits=lambda said: "{d}mm" in said["exams"][0][2] and "{w}mm" in said["exams"][0][2])

    def change(chart: Chart) -> None:
        chart.stay.exams[0]["检查所见"] = source.stay.exams[0]["检查所见"]

    chart = desk.chart(begin=source.stay.begin + 6 * DAY, like=source, change=change)
    return planted(source, chart, at=[("检查报告", chart.stay.exams[0])], certainty="clue")


@forged("DOC-027", "病程写下尚未报告的化验值")
def result_before_its_report(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        for row in again(chart):
            row["采样时间"] = stamp(sampled(row) + 7 * HOUR)
            row["检验报告时间"] = stamp(sampled(row) + 2 * HOUR)

    chart = desk.chart(fits=grown, change=change)
    row = next(row for row in again(chart) if row["检验值名称"] == "血红蛋白")
    day = sampled(row).date()
    note = next(paper for paper in chart.notes() if paper.at.date() == day and paper.at < sampled(row))
    words = f"血红蛋白{row['检验值描述']}g/L"
    note.add("", f"今日复查血常规：{words}，较前平稳。")
    return planted(chart, at=[(note, words)], also=("DOC-012",))


def again(chart: Chart) -> list[Row]:
    """The rows of the last run of the blood count."""
    rows = [row for row in chart.stay.labs if row["检验项目名称"] == "血常规"]
    return [row for row in rows if row["样本编号"] == rows[-1]["样本编号"]]


def sampled(row: Row) -> datetime:
    return datetime.fromisoformat(row["采样时间"])


@forged("DOC-027", "首次病程写下次日才做的检查结论")
def examination_before_it_was_made(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        row = chart.stay.exams[0]
        later = chart.stay.begin + 26 * HOUR
        row |= {"检查登记时间": stamp(later), "检查报告时间": stamp(later + timedelta(minutes=50))}

    chart = desk.chart(fits=lambda said: said["exams"][0][0] in ("ct", "gastro", "echo"), change=change)
    row, paper = chart.stay.exams[0], chart.paper("首次病程记录")
    words = f"{row['检查所见']}"
    paper.add("诊断依据", f"{row['检查项目名称']}示：{words}提示{row['检查报告诊断']}。")
    return planted(chart, at=[(paper, words.rstrip("。")), (paper, row["检查报告诊断"])])
