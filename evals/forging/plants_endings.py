"""How the stay ended and what the front page says of it: DOC-014, DOC-015."""

from evals.forging.charts import Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk, reading, run
from evals.forging.plants_people import ungendered
from evals.forging.plants_times import dies, mortal, surgical
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, stamp


@forged("DOC-014", "末次体征仍危重而写好转出院")
def better_with_alarming_signs(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    last = chart.stay.end - 2 * HOUR
    rows = [reading(chart, last - hours * HOUR, 39.6, 138, 34, 82, 48, 85) for hours in (4, 0)]
    chart.stay.vitals = [row for row in chart.stay.vitals if row["测量时间"] < rows[0]["测量时间"]] + rows
    return planted(
        chart,
        at=[("护理体征", rows[-1]["测量时间"]), (chart.paper("出院记录"), "病情好转")],
        certainty="clue",
    )


@forged("DOC-014", "没有出院医嘱")
def no_order_to_leave(desk: Desk) -> Made:
    chart = desk.chart()
    chart.stay.orders = [row for row in chart.stay.orders if row["医嘱名称"] != "今日出院"]
    sheet = chart.paper("医嘱单")
    sheet.parts = [(label, text) for label, text in sheet.parts if "今日出院" not in text]
    return planted(chart, at=[], certainty="clue")


@forged("DOC-014", "死亡而结算清单写医嘱离院")
def dead_and_sent_home(desk: Desk) -> Made:
    chart = mortal(desk)
    dies(chart)
    chart.stay.way_out = "1"
    return planted(chart, at=[], certainty="clue", also=("DOC-015",))


@forged("DOC-014", "出院带药收费而无带药医嘱")
def take_away_without_an_order(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    line = chart.stay.charge(clinical_items()["atorva"], chart.stay.end - HOUR, 14, takeaway=True)
    return planted(chart, at=[("fee_list_d", line.number)], certainty="clue")


@forged("DOC-014", "出院当日血钾危急而写好转出院")
def better_with_an_alarming_result(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    at = chart.stay.end - (5 + desk.admit.random.randrange(12)) * HOUR
    value = desk.admit.random.choice((2.1, 2.3, 6.6, 7.1))
    tube = {"样本编号": f"{at:%y%m%d%H}{desk.admit.number:05d}", "检验样本": "血清"}
    times = {"采样时间": stamp(at), "检验报告时间": stamp(at + HOUR)}
    rows = run(chart, "生化全项", chart.stay.labs[0] | times | tube)
    next(row for row in rows if row["检验值名称"] == "钾")["检验值描述"] = f"{value:.2f}"
    chart.stay.labs += rows
    return planted(
        chart, at=[("化验报告", f"{value:.2f}"), (chart.paper("出院记录"), "病情好转")], certainty="clue"
    )


@forged("DOC-014", "末次脉搏逾一百五十而写好转出院")
def better_with_a_racing_pulse(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    last = chart.stay.end - HOUR
    rows = [
        reading(chart, last - hours * HOUR, 36.8, 148 + desk.admit.random.randrange(14), 22, 108, 66, 95)
        for hours in (9, 5, 1)
    ]
    chart.stay.vitals = [row for row in chart.stay.vitals if row["测量时间"] < rows[0]["测量时间"]] + rows
    where = [("护理体征", row["测量时间"]) for row in rows]
    return planted(chart, at=[*where, (chart.paper("出院记录"), "病情好转")], certainty="clue")


@forged("DOC-015", "首页入院时间差一天")
def front_page_a_day_off(desk: Desk) -> Made:
    chart = desk.chart()
    told = chart.stay.begin - DAY
    return on_the_front_page(chart, "入院时间", f"{told:%Y-%m-%d %H:%M}")


def on_the_front_page(chart: Chart, label: str, told: str, words: str = "", **more: object) -> Made:
    page = chart.paper("病案首页")
    page.put(label, told)
    return planted(chart, at=[(page, words or told)], certainty="established", **more)


@forged("DOC-015", "首页多出结算清单没有的诊断")
def front_page_with_another_diagnosis(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: "other" not in said)
    return on_the_front_page(
        chart, "其他诊断", "呼吸衰竭  疾病编码：J96.900  入院病情：有", words="呼吸衰竭", also=("DOC-012",)
    )


@forged("DOC-015", "首页主要诊断与结算清单不同")
def front_page_with_another_main_diagnosis(desk: Desk) -> Made:
    chart = desk.chart("pneumonia")
    return on_the_front_page(
        chart, "主要诊断", "慢性阻塞性肺疾病  疾病编码：J44.900  入院病情：有", words="慢性阻塞性肺疾病",
        also=("DOC-012",),
    )  # fmt: skip


@forged("DOC-015", "首页出院时间与登记差两天")
def front_page_leaves_later(desk: Desk) -> Made:
    chart = desk.chart()
    told = chart.stay.end + 2 * DAY
    return on_the_front_page(chart, "出院时间", f"{told:%Y-%m-%d %H:%M}")


@forged("DOC-015", "首页住院天数与登记不符")
def front_page_with_other_days(desk: Desk) -> Made:
    chart = desk.chart()
    told = chart.stay.days + 3 + desk.admit.random.randrange(4)
    return on_the_front_page(chart, "实际住院", f"{told}天")


@forged("DOC-015", "首页无结算清单所列手术")
def front_page_without_the_operation(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    page = chart.paper("病案首页")
    page.parts = [part for part in page.parts if part[0] != "手术及操作"]
    name = chart.stay.coded_operations[0]["oprn_oprt_name"]
    return planted(
        chart,
        at=[(page, "病案首页"), ("setl_list_oprn_d", name)],
        certainty="established",
        also=("DOC-013", "DOC-025"),
    )


@forged("DOC-015", "首页离院方式与结算清单不同")
def front_page_with_another_way_out(desk: Desk) -> Made:
    return on_the_front_page(desk.chart(), "离院方式", "医嘱转院", also=("DOC-014",))
