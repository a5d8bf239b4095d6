"""Operations that cannot have been as told: DOC-006 hours, DOC-007 two places, DOC-011 sides, DOC-013 what was done."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from evals.forging.charts import Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk
from evals.forging.plants_times import anaesthetised, surgical
from evals.forging.theatre import named
from evals.forging.theatre_hours import (
    colleague,
    hours_of,
    move_operation,
    moved,
    rooms,
    settle,
)
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, MINUTE, stamp


def sided(said: Mapping[str, Any]) -> bool:
    return "op" in said and bool(said.get("sides"))


@forged("DOC-006", "手术记录的时间与手术登记差一小时以上")
def record_at_another_hour(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    start, stop = hours_of(chart)
    shift = timedelta(minutes=80 + desk.admit.random.randrange(60))
    moved(chart, "手术记录", "手术开始时间", start + shift)
    moved(chart, "手术记录", "手术结束时间", stop + shift)
    paper = chart.paper("手术记录")
    return planted(
        chart, at=[(paper, chart.layout.time(start + shift)), (paper, chart.layout.time(stop + shift))]
    )


@forged("DOC-006", "麻醉开始晚于手术开始")
def anaesthesia_begins_after_the_operation(desk: Desk) -> Made:
    chart = desk.chart(fits=anaesthetised)
    start, _ = hours_of(chart)
    begins = start + (15 + desk.admit.random.randrange(10)) * MINUTE
    chart.stay.anaesthesia[0]["麻醉开始时间"] = stamp(begins)
    moved(chart, "麻醉记录", "麻醉开始时间", begins)
    return planted(
        chart,
        at=[(chart.paper("麻醉记录"), chart.layout.time(begins)), ("住院麻醉", chart.stay.anaesthesia[0])],
    )


@forged("DOC-006", "麻醉结束早于手术结束")
def anaesthesia_ends_before_the_operation(desk: Desk) -> Made:
    chart = desk.chart(fits=anaesthetised)
    _, stop = hours_of(chart)
    ends = stop - (20 + desk.admit.random.randrange(15)) * MINUTE
    chart.stay.anaesthesia[0]["麻醉结束时间"] = stamp(ends)
    moved(chart, "麻醉记录", "麻醉结束时间", ends)
    return planted(
        chart,
        at=[(chart.paper("麻醉记录"), chart.layout.time(ends)), ("住院麻醉", chart.stay.anaesthesia[0])],
    )


@forged("DOC-006", "手术在住院期间之外")
def operated_outside_the_stay(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    move_operation(chart, chart.stay.end + 26 * HOUR)
    settle(chart)
    record = chart.paper("手术记录")
    return planted(
        chart, at=[("住院手术", chart.stay.operations[0]), (record, chart.layout.time(hours_of(chart)[0]))],
        violation="fictitious_service", also=("DOC-001", "DOC-003", "DOC-015"),
    )  # fmt: skip


@forged("DOC-007", "同一术者同时在两台手术")
def surgeon_twice(desk: Desk) -> Made:
    first, second = colleague(desk, "gallbladder", timedelta(minutes=25))
    settle(second)
    return planted(
        first, second,
        at=[("住院手术", hours_of(first)[0].strftime("%Y-%m-%d %H:%M")), ("住院手术", stamp(hours_of(second)[0])),
            (second.paper("手术记录"), second.team.chief), (first.paper("手术记录"), first.team.chief)],
    )  # fmt: skip


@forged("DOC-007", "同一麻醉医师同时在三台麻醉")
def anaesthetist_in_three_rooms(desk: Desk) -> Made:
    charts = rooms(desk, desk.admit.random.choice(("appendix", "gallbladder")), 3)
    last = charts[-1]
    return planted(
        *charts,
        at=[("住院麻醉", last.team.anaesthetist), ("住院麻醉", stamp(hours_of(last)[0] - 20 * MINUTE)),
            (last.paper("麻醉记录"), last.team.anaesthetist)],
    )  # fmt: skip


@forged("DOC-007", "检查者一分钟内完成四名患者的超声")
def four_examinations_in_a_minute(desk: Desk) -> Made:
    sites = ("腹部", "泌尿系", "甲状腺", "颈部血管")
    first = desk.chart(days=6, fits=lambda said: "op" not in said and said["stay"][0] <= 6)
    at = first.stay.at(2, 15, desk.admit.random.randrange(1, 29))
    charts = []
    for number, site in enumerate(sites):

        def change(chart: Chart, site: str = site) -> None:
            chart.stay.exam(
                clinical_items()["us"], at, site, 检查报告时间=stamp(at), 检查者姓名=chart.team.imager
            )

        begin = first.stay.begin.replace(minute=(first.stay.begin.minute + 13 * number + 7) % 60)
        charts.append(desk.chart(begin=begin, like=first, days=6, change=change))
    rows = [chart.stay.exams[-1] for chart in charts]
    return planted(*charts, at=[("检查报告", rows[0]["检查登记时间"]), *(("检查报告", row) for row in rows)])


@forged("DOC-007", "手术中同时书写他人病程")
def note_during_own_operation(desk: Desk) -> Made:
    first = desk.chart("gallbladder")
    start, _ = hours_of(first)
    second = desk.chart(begin=first.stay.begin, like=first)
    move_operation(second, hours_of(second)[0] + DAY)
    settle(second)
    at = start + 35 * MINUTE
    text = f"{second.team.chief}副主任医师查房：患者腹痛稍缓解，查体{second.said['exam']}同意目前治疗。"
    paper = second.write("副主任医师查房记录", at, ("", text), by=second.team.chief, role="副主任医师")
    return planted(first, second, at=[(paper, second.layout.time(at)), (paper, second.team.chief)])


def turned(chart: Chart, title: str) -> str:
    """Puts the other side into a document; that side."""
    other = "右" if chart.side == "左" else "左"
    paper = chart.paper(title)
    paper.parts = [(label, text.replace(chart.side, other)) for label, text in paper.parts]
    return other


@forged("DOC-011", "手术记录写成另一侧")
def record_on_the_other_side(desk: Desk) -> Made:
    chart = desk.chart(fits=sided)
    other = turned(chart, "手术记录")
    return planted(
        chart, at=[(chart.paper("手术记录"), words) for words in (f"{other}侧", f"{other}髋", f"{other}眼")]
    )


@forged("DOC-011", "手术同意书写成另一侧")
def consent_on_the_other_side(desk: Desk) -> Made:
    chart = desk.chart(fits=sided)
    other = turned(chart, "手术知情同意书")
    paper = chart.paper("手术知情同意书")
    return planted(chart, at=[(paper, words) for words in (f"{other}侧", f"{other}髋", f"{other}眼")])


@forged("DOC-011", "影像报告写成另一侧")
def report_on_the_other_side(desk: Desk) -> Made:
    chart = desk.chart("hip")
    other = "右" if chart.side == "左" else "左"
    row = chart.stay.exams[0]
    for column in ("检查项目名称", "检查部位", "检查所见", "检查报告诊断"):
        row[column] = row[column].replace(chart.side, other)
    paper = next(paper for paper in chart.all("检查报告单") if paper.text("影像编号") == row["影像编号"])
    paper.parts = [(label, text.replace(chart.side, other)) for label, text in paper.parts]
    return planted(
        chart, at=[(paper, f"{other}侧股骨颈"), (paper, f"{other}髋"), ("检查报告", row),
                   ("检查报告", f"{other}侧股骨颈")],
    )  # fmt: skip


@forged("DOC-011", "首页手术名称写成另一侧")
def front_page_on_the_other_side(desk: Desk) -> Made:
    chart = desk.chart(fits=sided)
    other = "右" if chart.side == "左" else "左"
    what = named(chart).replace(chart.side, other)
    page = chart.paper("病案首页")
    page.swap(chart.said["op"]["name"], what)
    chart.stay.coded_operations[0]["oprn_oprt_name"] = what
    return planted(chart, at=[(page, what), ("setl_list_oprn_d", what)])


@forged("DOC-013", "清点单与收费的植入物多于手术记录")
def more_implants_than_recorded(desk: Desk) -> Made:
    chart = desk.chart("eye")
    line = next(line for line in chart.stay.lines if line.item.code == clinical_items()["lens"].code)
    line.quantity *= 2
    line.amount *= 2
    chart.paper("手术清点记录").swap("人工晶状体 1枚", "人工晶状体 2枚")
    return planted(
        chart,
        at=[(chart.paper("手术记录"), "人工晶状体1枚"), (chart.paper("手术清点记录"),
        "人工晶状体 2枚"), ("fee_list_d", line.number)],
    )  # fmt: skip


@forged("DOC-013", "首页编码的手术与手术记录所做不同")
def another_operation_coded(desk: Desk) -> Made:
    chart = desk.chart("gallbladder")
    paper = chart.paper("手术记录")
    paper.put("手术名称", "胆囊造口术")
    paper.put(
        "手术经过",
        "麻醉成功后取仰卧位，常规消毒铺巾。术中见胆囊三角致密粘连，无法分离，遂于胆囊底切开减压，置入造口管一根引出体外，"
        "胆囊未切除，清点器械纱布无误后逐层关腹。",
    )
    return planted(
        chart, at=[(paper, "胆囊造口术"), (paper, "胆囊未切除"), ("setl_list_oprn_d", "胆囊切除术")]
    )


@forged("DOC-013", "手术记录所述植入物少于登记的成套假体")
def no_implant_in_the_record(desk: Desk) -> Made:
    chart = desk.chart("hip")
    paper = chart.paper("手术记录")
    paper.swap("置入人工髋关节假体1套", "予空心钉2枚内固定")
    paper.swap("取出股骨头，髋臼锉磨，", "")
    paper.put("手术名称", f"{chart.side}侧股骨颈骨折闭合复位空心钉内固定术")
    return planted(
        chart, at=[(paper, "空心钉"), ("fee_list_d", "人工髋关节假体"), ("setl_list_oprn_d", "全髋关节置换")]
    )
