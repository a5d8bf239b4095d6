"""Forged or late times: DOC-001 time limits, DOC-002 missing documents, DOC-003 outside the stay."""

from collections.abc import Callable
from datetime import datetime

from evals.forging.charts import Chart, Condition
from evals.forging.declaring import Making, forged, planted
from evals.forging.desk import Desk, reading
from evals.forging.papers import Paper
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, MINUTE


def surgical(said: object) -> bool:
    return "op" in said  # type: ignore[operator]


def every(said: object) -> bool:
    return True


def anaesthetised(said: object) -> bool:
    return "op" in said and bool(said["op"]["anaesthesia"])  # type: ignore[operator, index]


def late(chart: Chart, paper: Paper, at: datetime) -> Made:
    paper.at = at
    return planted(chart, at=[(paper, chart.layout.time(at))], certainty="established")


@forged("DOC-001", "入院记录在入院24小时后写成")
def admission_record_late(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: "op" not in said)
    return late(
        chart, chart.paper("入院记录"), chart.stay.begin + (26 + desk.admit.random.randrange(8)) * HOUR
    )


@forged("DOC-001", "首次病程在入院8小时后写成")
def first_note_late(desk: Desk) -> Made:
    chart = desk.chart()
    return late(
        chart, chart.paper("首次病程记录"), chart.stay.begin + (10 + desk.admit.random.randrange(6)) * HOUR
    )


@forged("DOC-001", "手术记录在术后24小时后写成")
def operation_record_late(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    assert chart.theatre
    return late(
        chart, chart.paper("手术记录"), chart.theatre[1] + (30 + desk.admit.random.randrange(12)) * HOUR
    )


@forged("DOC-001", "出院记录在出院24小时后写成")
def discharge_record_late(desk: Desk) -> Made:
    chart = desk.chart()
    return late(
        chart, chart.paper("出院记录"), chart.stay.end + (30 + desk.admit.random.randrange(40)) * HOUR
    )


@forged("DOC-001", "病情稳定者五天无病程")
def five_days_without_a_note(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: "op" not in said, days=9)
    gone = [paper for paper in chart.notes() if 3 <= (paper.at.date() - chart.stay.begin.date()).days <= 7]
    chart.drop(*gone)
    before, after = chart.notes()[-2], chart.notes()[-1]
    return planted(
        chart,
        at=[(before, chart.layout.time(before.at)), (after, chart.layout.time(after.at))],
        certainty="established",
    )


@forged("DOC-001", "抢救结束6小时后补写抢救记录而未注明")
def rescue_record_late(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: "op" not in said and "child" not in said)
    begins = chart.stay.at(2, 11, 10)
    ends, time = begins + 40 * MINUTE, chart.layout.time
    text = f"患者于{time(begins)}突发意识不清、血压70/40mmHg，立即抢救，予补液、升压，{time(ends)}血压回升，抢救结束。"
    chart.stay.vitals.append(reading(chart, begins, 36.2, 132, 28, 70, 40, 86, "模糊"))
    paper = chart.write(
        "抢救记录", ends + 11 * HOUR, ("抢救时间", f"{time(begins)}至{time(ends)}"), ("抢救经过", text)
    )
    return planted(chart, at=[(paper, time(paper.at))], certainty="established")


MISSING = {
    "手术而无手术同意书": ("手术知情同意书", surgical),
    "麻醉而无麻醉记录": ("麻醉记录", anaesthetised),
    "手术而无安全核查记录": ("手术安全核查记录", surgical),
    "没有首次病程记录": ("首次病程记录", every),
    "手术而无术后首次病程记录": ("术后首次病程记录", anaesthetised),
    "麻醉而无麻醉同意书": ("麻醉知情同意书", anaesthetised),
    "没有出院记录": ("出院记录", every),
}


def without(title: str, fits: Callable[[Condition], bool]) -> Making:
    def make(desk: Desk) -> Made:
        chart = desk.chart(fits=fits)
        chart.drop(*chart.all(title))
        return planted(chart, at=[])

    return make


for name, (title, fits) in MISSING.items():
    forged("DOC-002", name)(without(title, fits))


@forged("DOC-002", "输血收费而无输血同意书")
def no_transfusion_consent(desk: Desk) -> Made:
    chart = desk.chart("ulcer", change=transfused)
    chart.notes()[1].add("", "今日输注悬浮红细胞2单位，过程顺利。")
    return planted(chart, at=[])


def transfused(chart: Chart) -> None:
    """Two units of red cells, ordered and charged."""
    at = chart.stay.at(1, 14)
    order = chart.stay.order("悬浮红细胞2单位 静脉输注", at, 医嘱用法="静脉输注", 数量="2")
    chart.stay.charge(clinical_items()["rbc"], at + HOUR, 2, order=order)


@forged("DOC-003", "出院后仍写床旁病程")
def bedside_after_discharge(desk: Desk) -> Made:
    chart = desk.chart()
    at = chart.stay.end + (2 + desk.admit.random.randrange(4)) * DAY
    text = f"今日查房，{chart.said['day']}，神志清楚，查体配合，血压126/78mmHg，继续目前治疗。"
    paper = chart.write("日常病程记录", at, ("", text))
    return planted(chart, at=[(paper, chart.layout.time(at))], violation="forged_document")


@forged("DOC-003", "入院前五小时的查房")
def round_before_admission(desk: Desk) -> Made:
    chart = desk.chart()
    at = chart.stay.begin - (5 + desk.admit.random.randrange(20)) * HOUR
    text = f"{chart.team.attending}主治医师查房：患者卧床，{chart.said['exam']}嘱继续治疗。"
    paper = chart.write("主治医师查房记录", at, ("", text), by=chart.team.attending, role="主治医师")
    return planted(chart, at=[(paper, chart.layout.time(at))], violation="forged_document")


def dies(chart: Chart) -> datetime:
    """The patient dies at the end of the stay, and every document of it says so."""
    stay = chart.stay
    died = stay.end - 40 * MINUTE
    stay.died, stay.way_out = died, "5"
    stay.orders = [row for row in stay.orders if row["医嘱名称"] != "今日出院"]
    time = chart.layout.time
    begins = died - 50 * MINUTE
    chart.drop(chart.paper("出院记录"))
    text = f"患者于{time(begins)}心跳呼吸骤停，立即胸外按压、肾上腺素静推，{time(died)}心电图呈直线，宣布临床死亡。"
    chart.write(
        "抢救记录", died + 30 * MINUTE, ("抢救时间", f"{time(begins)}至{time(died)}"), ("抢救经过", text)
    )
    chart.write(
        "死亡记录", died + 2 * HOUR, ("入院日期", time(stay.begin)), ("死亡时间", time(died)),
        ("诊疗经过", f"{chart.said['plan']}，病情加重。{text}"), ("死亡原因",
        "循环呼吸衰竭"), ("死亡诊断", stay.reason),
    )  # fmt: skip
    chart.write(
        "死亡病例讨论记录",
        died + 3 * DAY,
        ("主持人", chart.team.chief),
        ("讨论意见", "诊断明确，抢救及时，死亡原因为循环呼吸衰竭。"),
    )
    chart.paper("病案首页").put("离院方式", "死亡")
    sheet = chart.paper("医嘱单")
    sheet.parts = [(label, text) for label, text in sheet.parts if "今日出院" not in text]
    return died


def mortal(desk: Desk) -> Chart:
    return desk.chart(fits=lambda said: "op" not in said and "child" not in said)


@forged("DOC-003", "死亡后仍有护理记录")
def nursing_after_death(desk: Desk) -> Made:
    chart = mortal(desk)
    died = dies(chart)
    at = died + (8 + desk.admit.random.randrange(12)) * HOUR
    paper = chart.write(
        "护理记录", at, ("", "患者神志清楚，T 36.5℃ P 78次/分 R 18次/分 BP 122/76mmHg，协助进食，已按医嘱给药。"),
        by=chart.team.nurse, role="护士",
    )  # fmt: skip
    return planted(chart, at=[(paper, chart.layout.time(at))], violation="forged_document")


@forged("DOC-003", "出院前三天写成出院记录")
def discharge_record_early(desk: Desk) -> Made:
    chart = desk.chart(days=8, fits=lambda said: said["stay"][1] >= 7)
    paper = chart.paper("出院记录")
    paper.at = chart.stay.end - 3 * DAY
    return planted(chart, at=[(paper, chart.layout.time(paper.at))])
