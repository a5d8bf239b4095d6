"""How the stay ended and what was settled: DOC-014, DOC-015 front page, DOC-023 charged and denied, DOC-025 codes."""

from datetime import timedelta

from evals.forging.charts import Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk, reading
from evals.forging.plants_people import ungendered
from evals.forging.plants_times import dies, mortal, surgical
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, Line


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


@forged("DOC-015", "首页入院时间差一天")
def front_page_a_day_off(desk: Desk) -> Made:
    chart = desk.chart()
    told = chart.stay.begin - DAY
    return on_the_front_page(chart, "入院时间", f"{told:%Y-%m-%d %H:%M}")


def on_the_front_page(chart: Chart, label: str, told: str, **more: object) -> Made:
    page = chart.paper("病案首页")
    page.put(label, told)
    return planted(chart, at=[(page, told)], certainty="established", **more)


@forged("DOC-015", "首页多出结算清单没有的诊断")
def front_page_with_another_diagnosis(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: "other" not in said)
    return on_the_front_page(
        chart, "其他诊断", "呼吸衰竭  疾病编码：J96.900  入院病情：有", also=("DOC-012",)
    )


@forged("DOC-015", "首页主要诊断与结算清单不同")
def front_page_with_another_main_diagnosis(desk: Desk) -> Made:
    chart = desk.chart("pneumonia")
    return on_the_front_page(
        chart, "主要诊断", "慢性阻塞性肺疾病  疾病编码：J44.900  入院病情：有", also=("DOC-012",)
    )


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


def charged(chart: Chart, key: str, day: int, hour: int = 14, quantity: int = 1) -> Line:
    """A service ordered and charged, of which the record tells otherwise."""
    item, at = clinical_items()[key], chart.stay.at(day, hour)
    number = chart.stay.order(item.name, at, 医嘱用法="治疗")
    return chart.stay.charge(item, at + timedelta(minutes=30), quantity, order=number)


@forged("DOC-023", "拒绝的检查仍收费")
def refused_and_charged(desk: Desk) -> Made:
    chart = desk.chart("diabetes")
    line = charged(chart, "gastro", 3)
    words = "患者拒绝行胃镜检查，签字为证，故未行胃镜检查"
    note = chart.notes()[-1]
    note.add("", f"{words}。")
    return planted(chart, at=[(note, words)], lines=[line])


@forged("DOC-023", "患者外出当日仍收治疗")
def out_and_treated(desk: Desk) -> Made:
    chart = desk.chart("stroke")
    note = chart.notes()[3]
    day = (note.at.date() - chart.stay.begin.date()).days
    line = charged(chart, "hemi", day, 14)
    words = "患者请假外出，未在病房，今日偏瘫肢体综合训练未做"
    note.add("", f"{words}。")
    return planted(chart, at=[(note, words)], lines=[line])


@forged("DOC-023", "未留置导尿而收导尿")
def catheter_that_was_not_placed(desk: Desk) -> Made:
    chart = desk.chart("hip")
    line = charged(chart, "catheter", 2, 9)
    words = "术前未行导尿，术后自主排尿，未留置尿管"
    note = chart.notes()[3]
    note.add("", f"{words}。")
    return planted(chart, at=[(note, words)], lines=[line])


@forged("DOC-023", "取消的内镜仍收费")
def cancelled_and_charged(desk: Desk) -> Made:
    chart = desk.chart("heart")
    line = charged(chart, "lungfn", 3)
    words = "患者气促不能配合，肺功能检查取消，未做"
    note = chart.notes()[-1]
    note.add("", f"{words}。")
    return planted(chart, at=[(note, words)], lines=[line])


@forged("DOC-025", "诊断编码与性别不符")
def diagnosis_of_the_other_sex(desk: Desk) -> Made:
    chart = desk.chart(sex="1", fits=ungendered)
    chart.stay.diagnoses.append(("N80.000", "子宫的子宫内膜异位症"))
    return planted(
        chart,
        at=[("setl_list_diag_d", "N80.000"), ("setl_list_diag_d", "子宫的子宫内膜异位症")],
        certainty="established",
        also=("DOC-012", "DOC-015"),
    )


@forged("DOC-025", "有手术编码而无手术登记与收费")
def coded_without_an_operation(desk: Desk) -> Made:
    chart = desk.chart("ulcer")
    at = chart.stay.at(2, 15)
    chart.stay.coded_operations.append(
        {
            "main_oprn_flag": "1", "oprn_oprt_code": "43.7x00x002", "oprn_oprt_name": "胃大部切除伴胃空肠吻合术",
            "oprn_oprt_date": f"{at:%Y-%m-%d}", "anst_way": "全身麻醉", "oper_dr_name": chart.team.chief,
        }
    )  # fmt: skip
    return planted(
        chart, at=[("setl_list_oprn_d", "胃大部切除")], certainty="clue", also=("DOC-013", "DOC-015")
    )


@forged("DOC-025", "有手术登记而清单无手术编码")
def operated_without_a_code(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        chart.stay.coded_operations.clear()

    chart = desk.chart(fits=surgical, change=change)
    name = chart.stay.operations[0]["手术操作名称"]
    return planted(chart, at=[("住院手术", name)], certainty="clue", also=("DOC-013", "DOC-015"))


@forged("DOC-025", "手术编码与性别不符")
def operation_of_the_other_sex(desk: Desk) -> Made:
    chart = desk.chart("hernia")
    at = chart.stay.at(1, 10)
    chart.stay.coded_operations.append(
        {
            "main_oprn_flag": "0", "oprn_oprt_code": "68.4100", "oprn_oprt_name": "腹腔镜经腹全子宫切除术",
            "oprn_oprt_date": f"{at:%Y-%m-%d}", "anst_way": "全身麻醉", "oper_dr_name": chart.team.chief,
        }
    )  # fmt: skip
    return planted(
        chart, at=[("setl_list_oprn_d", "68.4100"), ("setl_list_oprn_d", "全子宫切除")], certainty="established",
        also=("DOC-013", "DOC-015", "DOC-012"),
    )  # fmt: skip
