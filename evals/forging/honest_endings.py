"""Near misses of ends, front pages, charges, codes, files: DOC-014, 015, 022, 023, 025, 026."""

from collections.abc import Callable
from functools import partial

from evals.forging.declaring import Making, honest, spared
from evals.forging.desk import Desk, reading
from evals.forging.pdf_pages import annotated, numbered, signed
from evals.forging.plants_files import edit, trail
from evals.forging.plants_people import ungendered
from evals.forging.plants_settled import charged, evening
from evals.forging.plants_times import dies, mortal
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, MINUTE


@honest("DOC-014", "against advice")
def left_against_advice(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    last = chart.stay.end - 2 * HOUR
    chart.stay.vitals.append(reading(chart, last, 39.4, 126, 31, 88, 52, 87))
    chart.stay.way_out = "4"
    chart.paper("病案首页").put("离院方式", "非医嘱离院")
    chart.paper("出院记录").put(
        "出院情况", "仍发热气促，病情未愈，患者及家属坚决要求自动出院，告知风险并签字。"
    )
    return spared(chart)


@honest("DOC-014", "hospice")
def hospice(desk: Desk) -> Made:
    chart = desk.chart("heart")
    last = chart.stay.end - 2 * HOUR
    chart.stay.vitals.append(reading(chart, last, 36.4, 126, 31, 84, 50, 86))
    chart.paper("出院记录").put("出院情况", "终末期，家属选择安宁疗护，转居家临终关怀。")
    return spared(chart)


@honest("DOC-014", "death coded as death")
def dead_and_coded_so(desk: Desk) -> Made:
    chart = mortal(desk)
    dies(chart)
    return spared(chart)


@honest("DOC-015", "mapping 国临版 → 医保版 codes")
def clinical_version_of_the_code(desk: Desk) -> Made:
    chart = desk.chart("diabetes")
    chart.paper("病案首页").swap("疾病编码：I10.x00x002", "疾病编码：I10.x00")
    return spared(chart)


@honest("DOC-015", "order of other diagnoses")
def others_in_another_order(desk: Desk) -> Made:
    more = ("E78.500", "高脂血症")

    chart = desk.chart("diabetes", change=lambda chart: chart.stay.diagnoses.append(more))
    page = chart.paper("病案首页")
    places = [number for number, part in enumerate(page.parts) if part[0] == "其他诊断"]
    page.parts[places[0]], page.parts[places[1]] = page.parts[places[1]], page.parts[places[0]]
    return spared(chart)


@honest("DOC-015", "times ± 60 min")
def forty_minutes_off(desk: Desk) -> Made:
    chart = desk.chart()
    told = chart.stay.begin + 40 * MINUTE
    chart.paper("病案首页").put("入院时间", f"{told:%Y-%m-%d %H:%M}")
    return spared(chart)


# What every office does to a PDF: the clear item, the document, the change.
DONE_TO_FILES: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "signed_afterwards": ("signing", "出院记录", signed),
    "numbered_afterwards": ("page numbering", "检查报告单", partial(numbered, mark="第 1 页")),
    "annotated_afterwards": ("annotation tools used by reviewers", "检验报告单", annotated),
    "stamped_afterwards": ("stamping", "病案首页", partial(numbered, mark="病案复印专用章")),
}


def done_to(title: str, change: Callable[[bytes], bytes]) -> Making:
    def make(desk: Desk) -> Made:
        chart = desk.chart()
        chart.changed[id(chart.paper(title))] = lambda content, _: change(content)
        return spared(chart)

    return make


for name, (clear, title, change) in DONE_TO_FILES.items():
    honest("DOC-022", clear, name)(done_to(title, change))


@honest("DOC-023", "refused on one day, done on another")
def refused_and_done_later(desk: Desk) -> Made:
    chart = desk.chart("diabetes")
    chart.notes()[1].add("", "患者今日拒绝行胃镜检查，要求考虑。")
    chart.stay.exam(
        clinical_items()["gastro"], chart.stay.at(5, 10), "胃", 检查所见="慢性浅表性胃炎。",
        检查报告诊断="慢性浅表性胃炎", 检查者姓名=chart.team.imager,
    )  # fmt: skip
    chart.notes()[-1].add("", "患者经沟通同意，已完成胃镜检查，示慢性浅表性胃炎。")
    return spared(chart)


@honest("DOC-023", "refunded")
def cancelled_and_refunded(desk: Desk) -> Made:
    chart = desk.chart("heart")
    line = charged(chart, "lungfn", 3)
    chart.stay.refund(line, line.at + DAY)
    chart.notes()[-1].add("", "患者气促不能配合，肺功能检查取消，未做，费用已退。")
    return spared(chart)


@honest("DOC-023", 'plan vs execution ("拟行", "择期")')
def planned_only(desk: Desk) -> Made:
    chart = desk.chart("hip")
    chart.notes()[3].add("", "拟择期行对侧髋关节磁共振检查，暂未安排。")
    return spared(chart)


@honest("DOC-023", "partial")
def done_in_part(desk: Desk) -> Made:
    chart = desk.chart("stroke")
    charged(chart, "hemi", 4)
    evening(chart, 4, "今日偏瘫肢体综合训练完成30分钟，后10分钟因疲劳未做")
    return spared(chart)


@honest("DOC-025", "conservative care")
def treated_conservatively(desk: Desk) -> Made:
    chart = desk.chart("ulcer")
    chart.stay.diagnoses.append(("K80.200", "胆囊结石不伴有胆囊炎"))
    chart.paper("病案首页").parts.insert(
        8, ("其他诊断", "胆囊结石不伴有胆囊炎  疾病编码：K80.200  入院病情：有")
    )
    chart.paper("出院记录").add("出院诊断", "；胆囊结石不伴有胆囊炎")
    chart.notes()[0].add("", "既往超声示胆囊结石，无症状，保守观察。")
    return spared(chart)


@honest("DOC-025", "diagnosis carried as history (Z)")
def carried_as_history(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    chart.stay.diagnoses.append(("Z90.400", "后天性消化道其他部分缺失"))
    chart.paper("入院记录").add("既往史", "8年前行胆囊切除术。")
    return spared(chart, also=("DOC-015",))


@honest("DOC-026", "countersignature and correction by a superior")
def corrected_by_a_superior(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    paper = chart.paper("首次病程记录")
    trail(chart)
    edit(
        chart,
        paper.title,
        paper.at + 20 * HOUR,
        "修改",
        "考虑",
        "考虑并结合检查修正",
        who=chart.team.attending,
    )
    edit(chart, paper.title, paper.at + 20 * HOUR + 5 * MINUTE, "签名", who=chart.team.attending)
    return spared(chart)


@honest("DOC-026", "late laboratory results")
def late_result_added(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    filed = trail(chart)
    at = filed - 20 * HOUR
    edit(chart, "出院记录", at, "修改", "血培养结果未回", "补充：血培养五天无细菌生长（出院后回报）")
    return spared(chart, at_most="clue")


@honest("DOC-026", "first-page coding corrections")
def first_page_recoded(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    filed = trail(chart)
    edit(
        chart,
        "病案首页",
        filed - HOUR,
        "修改",
        "疾病编码：J18.901",
        "疾病编码：J18.900",
        who=chart.team.chief,
    )
    return spared(chart, at_most="clue")


@honest("DOC-026", "打印/归档 entries")
def printed_for_the_inspection(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    trail(chart)
    for title in ("入院记录", "出院记录", "手术记录"):
        edit(chart, title, desk.admit.site.noticed + 2 * DAY, "打印")
    return spared(chart)


@honest("DOC-026", "template migration (same second, > 100 documents)")
def migrated(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    filed = trail(chart)
    at = (filed + 30 * DAY).replace(hour=2, minute=0, second=0)
    for number in range(110):
        edit(
            chart,
            f"{chart.papers[number % len(chart.papers)].title}",
            at,
            "修改",
            "模板V1",
            "模板V2",
            who="系统管理员",
        )
    return spared(chart, at_most="clue")
