"""What was settled against what was done: DOC-023 charged and denied by the record, DOC-025 codes."""

from datetime import datetime, timedelta

from evals.forging.charts import Chart
from evals.forging.declaring import Making, forged, planted
from evals.forging.desk import Desk
from evals.forging.papers import Paper
from evals.forging.plants_people import ungendered
from evals.forging.plants_times import surgical
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import Line


def charged(chart: Chart, key: str, day: int, hour: int = 14, quantity: int = 1) -> Line:
    """A service ordered and charged, of which the record tells otherwise."""
    item, at = clinical_items()[key], chart.stay.at(day, hour)
    number = chart.stay.order(item.name, at, 医嘱用法="治疗")
    return chart.stay.charge(item, at + timedelta(minutes=30), quantity, order=number)


def evening(chart: Chart, day: int, words: str) -> Paper:
    """A nurse's entry that looks back on the day."""
    return chart.write(
        "护理记录", chart.stay.at(day, 19), ("", f"{words}。"), by=chart.team.night_nurse, role="护士"
    )


# A condition, what is ordered and charged on which day and hour, and what the last note tells of it.
DENIED = {
    "拒绝的检查仍收费": ("diabetes", "gastro", 3, 14, "患者拒绝行胃镜检查，签字为证，故未行胃镜检查"),
    "家属拒绝的超声仍收费": ("pneumonia", "us", 3, 14, "家属不同意行腹部彩超检查，予以取消"),
    "病情好转暂缓的穿刺仍收费": ("kidney", "bonemarrow", 3, 14, "原定骨髓穿刺活检术因血象回升未行"),
    "未留置导尿而收导尿": ("hip", "catheter", 2, 9, "术前未行导尿，术后自主排尿，未留置尿管"),
    "取消的内镜仍收费": ("heart", "lungfn", 3, 14, "患者气促不能配合，肺功能检查取消，未做"),
}
# The same, told by the nurse on the evening of that day.
DENIED_THAT_EVENING = {
    "患者外出当日仍收治疗": ("stroke", "hemi", 4, 14, "患者请假外出，未在病房，今日偏瘫肢体综合训练未做"),
    "自行排尿而收留置导尿": ("heart", "catheter", 2, 15, "自行排尿通畅，步行至卫生间，未留置导尿管"),
}


def denied(condition: str, key: str, day: int, hour: int, words: str, that_evening: bool) -> Making:
    def make(desk: Desk) -> Made:
        chart = desk.chart(condition)
        line = charged(chart, key, day, hour)
        note = evening(chart, day, words) if that_evening else chart.notes()[-1]
        if not that_evening:
            note.add("", f"{words}。")
        return planted(chart, at=[(note, words)], lines=[line])

    return make


for several, that_evening in ((DENIED, False), (DENIED_THAT_EVENING, True)):
    for name, told in several.items():
        forged("DOC-023", name)(denied(*told, that_evening))


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


def coded(chart: Chart, code: str, name: str, at: datetime, *, main: bool) -> None:
    """One more operation on the settlement list."""
    chart.stay.coded_operations.append(
        {
            "main_oprn_flag": "1" if main else "0", "oprn_oprt_code": code, "oprn_oprt_name": name,
            "oprn_oprt_date": f"{at:%Y-%m-%d}", "anst_way": "全身麻醉", "oper_dr_name": chart.team.chief,
        }
    )  # fmt: skip


@forged("DOC-025", "有手术编码而无手术登记与收费")
def coded_without_an_operation(desk: Desk) -> Made:
    chart = desk.chart("ulcer")
    coded(chart, "43.7x00x002", "胃大部切除伴胃空肠吻合术", chart.stay.at(2, 15), main=True)
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
    coded(chart, "68.4100", "腹腔镜经腹全子宫切除术", chart.stay.at(1, 10), main=False)
    return planted(
        chart, at=[("setl_list_oprn_d", "68.4100"), ("setl_list_oprn_d", "全子宫切除")], certainty="established",
        also=("DOC-013", "DOC-015", "DOC-012"),
    )  # fmt: skip


@forged("DOC-025", "主要手术与主要诊断分属不同系统")
def operation_of_another_system(desk: Desk) -> Made:
    chart = desk.chart("gallbladder")
    page = chart.paper("病案首页")
    before = chart.stay.diagnoses[0]
    chart.stay.diagnoses[0] = ("I63.900", "脑梗死")
    page.put("主要诊断", "脑梗死  疾病编码：I63.900  入院病情：有")
    page.parts.append(("其他诊断", f"{before[1]}  疾病编码：{before[0]}  入院病情：有"))
    chart.stay.diagnoses.append(before)
    name = chart.stay.coded_operations[0]["oprn_oprt_name"]
    return planted(
        chart, at=[("setl_list_diag_d", "脑梗死"), ("setl_list_oprn_d", name)], certainty="clue",
        also=("DOC-012", "DOC-013", "DOC-015"),
    )  # fmt: skip


@forged("DOC-025", "女性患者编有前列腺疾病")
def prostate_of_a_woman(desk: Desk) -> Made:
    chart = desk.chart(sex="2", fits=ungendered)
    chart.stay.diagnoses.append(("N40.x00", "前列腺增生"))
    return planted(
        chart, at=[("setl_list_diag_d", "N40.x00"), ("setl_list_diag_d", "前列腺增生")],
        certainty="established", also=("DOC-012", "DOC-015"),
    )  # fmt: skip
