"""Orders and reports that turn time round: DOC-004 orders, DOC-005 samples and reports."""

from datetime import datetime, timedelta

from evals.forging.charts import Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, MINUTE, stamp


@forged("DOC-004", "执行早于开立")
def carried_out_before_ordered(desk: Desk) -> Made:
    chart = desk.chart()
    row = _dose(chart, 2)
    given = datetime.fromisoformat(row["医嘱开始日期"])
    row["执行时间"] = stamp(given - (2 + desk.admit.random.randrange(3)) * HOUR)
    return planted(chart, at=[("住院医嘱", row)], certainty="established")


def _dose(chart: Chart, day: int, key: str = "ambro") -> dict[str, str]:
    """A single dose of a drug on that day, ordered, given and charged."""
    item, at = clinical_items()[key], chart.stay.at(day, 15)
    number = chart.stay.order(
        item.name,
        at,
        医嘱代码=item.code,
        医嘱规格=item.detail,
        医嘱剂量="1",
        剂量单位=item.unit,
        医嘱用法="静滴",
    )
    chart.stay.charge(item, at + 30 * MINUTE, 1, order=number)
    return chart.stay.orders[-1]


@forged("DOC-004", "停止早于开始")
def stopped_before_begun(desk: Desk) -> Made:
    chart = desk.chart()
    row = next(
        row for row in chart.stay.orders if row["医嘱类型"] == "长期医嘱" and row["医嘱名称"] == "普通饮食"
    )
    row["医嘱停止日期"] = stamp(datetime.fromisoformat(row["医嘱开始日期"]) - 2 * DAY)
    return planted(chart, at=[("住院医嘱", row)], certainty="established")


@forged("DOC-004", "出院后执行医嘱")
def carried_out_after_discharge(desk: Desk) -> Made:
    chart = desk.chart()
    row = _dose(chart, 1)
    row["医嘱开始日期"] = stamp(chart.stay.end - 5 * HOUR)
    row["执行时间"] = stamp(chart.stay.end + (7 + desk.admit.random.randrange(12)) * HOUR)
    return planted(chart, at=[("住院医嘱", row)], certainty="established")


@forged("DOC-004", "停止后仍执行")
def carried_out_after_its_stop(desk: Desk) -> Made:
    chart = desk.chart(days=7, fits=lambda said: said["stay"][1] >= 6)
    row = _dose(chart, 1, "kcl")
    row |= {"医嘱类型": "长期医嘱", "医嘱停止日期": stamp(chart.stay.at(2, 9, 0))}
    further = row | {"执行时间": stamp(chart.stay.at(4, 9))}
    chart.stay.orders.append(further)
    return planted(chart, at=[("住院医嘱", row)], certainty="established")


@forged("DOC-005", "报告早于采样")
def reported_before_sampling(desk: Desk) -> Made:
    chart = desk.chart(change=lambda chart: _turn_round(chart, "采样时间"))
    last = chart.stay.labs[-1]["样本编号"]
    rows = [row for row in chart.stay.labs if row["样本编号"] == last]
    return planted(
        chart,
        at=[("化验报告", row) for row in rows],
        certainty="established",
    )


def _turn_round(chart: Chart, column: str) -> None:
    last = chart.stay.labs[-1]["样本编号"]
    for row in chart.stay.labs:
        if row["样本编号"] == last:
            sampled = datetime.fromisoformat(row[column])
            row["检验报告时间"] = stamp(sampled - timedelta(minutes=95))


@forged("DOC-005", "检查报告早于登记")
def exam_reported_before_registered(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        row = chart.stay.exams[-1]
        row["检查报告时间"] = stamp(datetime.fromisoformat(row["检查登记时间"]) - 3 * HOUR)

    chart = desk.chart(change=change)
    row = chart.stay.exams[-1]
    return planted(chart, at=[("检查报告", row), ("检查报告", row["检查报告时间"])], certainty="established")


@forged("DOC-005", "细菌培养三小时出结果")
def culture_in_three_hours(desk: Desk) -> Made:
    at = {}

    def change(chart: Chart) -> None:
        sampled = chart.stay.at(1, 8)
        chart.stay.lab([clinical_items()["sputum"]], sampled)
        chart.stay.labs[-1] |= {
            "检验值描述": "肺炎克雷伯菌生长",
            "检验报告时间": stamp(sampled + 3 * HOUR),
            "检验样本": "痰",
        }
        at["row"] = chart.stay.labs[-1]

    chart = desk.chart("pneumonia", change=change)
    return planted(chart, at=[("化验报告", at["row"])])


@forged("DOC-005", "结果早于医嘱")
def result_before_its_order(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        for row in chart.stay.orders:
            if row["医嘱名称"] == "血常规" and row["医嘱开始日期"] < stamp(chart.stay.begin + 12 * HOUR):
                row["医嘱开始日期"] = row["执行时间"] = stamp(chart.stay.begin + 20 * HOUR)

    chart = desk.chart(change=change)
    tube = next(row for row in chart.stay.labs if row["检验项目名称"] == "血常规")
    order = next(row for row in chart.stay.orders if row["医嘱名称"] == "血常规")
    return planted(
        chart,
        at=[
            ("化验报告", tube),
            ("住院医嘱", order),
            ("化验报告", tube["检验报告时间"]),
        ],
    )
