"""Results and pictures of others or of later days: DOC-020, DOC-021, DOC-027."""

from datetime import datetime, timedelta

from evals.forging.charts import Chart
from evals.forging.declaring import Place, forged, planted
from evals.forging.desk import Desk
from evals.forging.plants_people import grown
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, Row, stamp


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


@forged("DOC-020", "血常规抄自另一患者而改了两个值")
def panel_of_another_retouched(desk: Desk) -> Made:
    source = desk.chart(fits=grown)

    def change(chart: Chart) -> None:
        mine = counts(chart)
        values_of(counts(source), mine)
        for row in desk.admit.random.sample(mine, 2):
            row["检验值描述"] = (
                f"{float(row['检验值描述']) * 1.03:.{len(row['检验值描述'].partition('.')[2])}f}"
            )

    chart = desk.chart(begin=source.stay.begin + 23 * DAY, like=source, change=change)
    return planted(source, chart, at=tubes(counts(chart), counts(source)))


@forged("DOC-020", "同一患者生化两次整组相同")
def chemistry_of_another_day(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        at = chart.stay.at(2, 7)
        times = {"采样时间": stamp(at), "检验报告时间": stamp(at + 2 * HOUR)}
        chart.stay.labs += [
            row | times | {"样本编号": f"{at:%y%m%d}{desk.admit.number:05d}9"}
            for row in counts(chart, "生化全项")
        ]

    chart = desk.chart(fits=grown, change=change)
    return planted(chart, at=tubes([row for row in chart.stay.labs if row["检验项目名称"] == "生化全项"]))


@forged("DOC-020", "同一样本编号出现在两名患者")
def one_specimen_of_two(desk: Desk) -> Made:
    source = desk.chart(fits=lambda said: grown(said) and "op" not in said)  # two of one day, one team

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


def put_off(chart: Chart, hours: int) -> None:
    """Samples the last blood count so much later."""
    for row in again(chart):
        row["采样时间"] = stamp(sampled(row) + hours * HOUR)
        row["检验报告时间"] = stamp(sampled(row) + 2 * HOUR)


@forged("DOC-027", "病程写下尚未报告的化验值")
def result_before_its_report(desk: Desk) -> Made:
    chart = desk.chart(fits=grown, change=lambda chart: put_off(chart, 7))
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


@forged("DOC-027", "查房写下当日下午才采样的多项结果")
def results_of_the_afternoon(desk: Desk) -> Made:
    chart = desk.chart(fits=grown, change=lambda chart: put_off(chart, 8))
    rows = {row["检验值名称"]: row for row in again(chart)}
    day = sampled(rows["血小板计数"]).date()
    note = next(paper for paper in chart.notes() if paper.at.date() == day)
    words = [
        f"血小板{rows['血小板计数']['检验值描述']}×10^9/L",
        f"白细胞{rows['白细胞计数']['检验值描述']}×10^9/L",
        f"血红蛋白{rows['血红蛋白']['检验值描述']}g/L",
    ]
    note.add("", f"复查血象回报{'，'.join(words)}，继续观察。")
    return planted(chart, at=[(note, word) for word in words], also=("DOC-012",))


@forged("DOC-027", "上午病程写下下午所做检查的所见")
def examination_of_the_afternoon(desk: Desk) -> Made:
    chart = desk.chart("gallbladder", days=8)
    at = chart.stay.at(4, 15)
    width = desk.admit.random.randint(13, 38)
    seen, said = (
        f"术区见液性暗区，范围约{width}mm×{width - 4}mm，余腹腔未见积液。",
        "胆囊切除术后，术区少量积液",
    )
    chart.stay.exam(
        clinical_items()["us"], at, "腹部", 检查所见=seen, 检查报告诊断=said, 检查者姓名=chart.team.imager,
        检查报告时间=stamp(at + HOUR / 2),
    )  # fmt: skip
    note = next(paper for paper in chart.notes() if paper.at.date() == at.date())
    note.add("", f"今日复查腹部彩超：{seen}")
    return planted(chart, at=[(note, "液性暗区")], also=("DOC-012",))
