"""Near misses of times: what the catalogue clears under DOC-001…006."""

from datetime import datetime, timedelta

from evals.forging.charts import Chart
from evals.forging.declaring import honest, spared
from evals.forging.desk import Desk, reading
from evals.forging.plants_times import anaesthetised, dies, mortal, surgical, transfused
from evals.forging.theatre_hours import hours_of
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, MINUTE, Row, stamp


def medical(said: object) -> bool:
    return "op" not in said and "child" not in said  # type: ignore[operator]


@honest("DOC-001", "admission 23:50 with next-morning rounds inside the limit")
def admitted_before_midnight(desk: Desk) -> Made:
    usual = desk.chart(fits=medical)
    begin = usual.stay.begin.replace(hour=23, minute=45) + 40 * DAY
    return spared(desk.chart(begin=begin, fits=medical))


@honest("DOC-001", "rescued patients with note written afterwards and marked so")
def rescue_written_afterwards_and_marked(desk: Desk) -> Made:
    chart = desk.chart(fits=medical)
    begins = chart.stay.at(2, 11, 10)
    time, ends = chart.layout.time, begins + 40 * MINUTE
    chart.stay.vitals.append(reading(chart, begins, 36.2, 132, 28, 70, 40, 86, "模糊"))
    text = f"患者于{time(begins)}突发意识不清，立即抢救，{time(ends)}血压回升。因抢救未能及时书写，现据实补记并注明。"
    paper = chart.write(
        "抢救记录", ends + 5 * HOUR, ("抢救时间", f"{time(begins)}至{time(ends)}"), ("抢救经过", text)
    )
    return spared(chart, at=[(paper, time(paper.at))])


@honest("DOC-001", "TCM or short-stay forms")
def short_form(desk: Desk) -> Made:
    chart = desk.chart("ulcer", days=1)
    stay = chart.stay
    stay.end = stay.begin + 20 * HOUR
    stay.vitals = [row for row in stay.vitals if row["测量时间"] < stamp(stay.end)]
    for row in stay.orders:
        if row["医嘱名称"] == "今日出院":
            row["医嘱开始日期"] = row["执行时间"] = stamp(stay.end - 2 * HOUR)
        elif row["医嘱停止日期"]:
            row["医嘱停止日期"] = min(row["医嘱停止日期"], stamp(stay.end))
    chart.papers = [
        paper
        for paper in chart.papers
        if paper.title in ("体温单", "护理记录", "检验报告单", "检查报告单", "病案首页", "医嘱单")
    ]
    chart.paper("病案首页").put("出院时间", f"{stay.end:%Y-%m-%d %H:%M}")
    time = chart.layout.time
    chart.write(
        "24小时内入出院记录", stay.end + 3 * HOUR, ("入院时间", time(stay.begin)), ("出院时间", time(stay.end)),
        ("主诉", chart.said["complaint"] + "。"), ("入院情况", chart.said["exam"]),
        ("诊疗经过", "完善检查，予对症治疗。"),
        ("出院情况", "好转，要求出院。"), ("出院诊断", stay.reason), ("出院医嘱", "门诊随诊。"),
    )  # fmt: skip
    return spared(chart)


@honest("DOC-001", "time zones of two clocks ≤ 30 min")
def twenty_minutes_late(desk: Desk) -> Made:
    chart = desk.chart()
    paper = chart.paper("首次病程记录")
    paper.at = chart.stay.begin + 8 * HOUR + desk.admit.random.randrange(8, 24) * MINUTE
    return spared(chart, at=[(paper, chart.layout.time(paper.at))])


@honest("DOC-001", "a chief's round within 48 h satisfies: clue only")
def chief_instead_of_the_attending(desk: Desk) -> Made:
    chart = desk.chart(fits=medical, days=8)
    first = chart.paper("主治医师查房记录")
    first.title, first.signers = (
        "主任医师查房记录",
        [("主任医师", chart.team.chief), ("医师", chart.team.resident)],
    )
    first.swap(f"{chart.team.attending}主治医师查房", f"{chart.team.chief}主任医师查房")
    return spared(chart, at_most="clue")


@honest("DOC-002", "several documents in one file")
def several_in_one_file(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    papers = [chart.paper("手术记录"), chart.paper("手术安全核查记录"), chart.paper("手术清点记录")]
    chart.bound.append(papers)
    return spared(chart)


@honest("DOC-002", "paper consent not scanned (say so)")
def consent_on_paper(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    chart.drop(chart.paper("手术知情同意书"))
    chart.paper("术前小结").add("术前准备", "手术知情同意书已由患者签署，纸质件存病案室，未扫描。")
    return spared(chart, at_most="clue")


@honest("DOC-002", "transfusion billed: its consent is there")
def agreed_to_a_transfusion(desk: Desk) -> Made:
    chart = desk.chart("ulcer", change=transfused)
    chart.notes()[1].add("", "今日输注悬浮红细胞2单位，过程顺利。")
    paper = chart.write(
        "输血治疗知情同意书", chart.stay.at(1, 13), ("", "拟输注悬浮红细胞，已说明风险，患者表示理解并同意。"),
    )  # fmt: skip
    paper.signers = [("患者", chart.stay.person.name), ("医师", chart.team.attending)]
    return spared(chart)


@honest("DOC-002", "emergency operation without discussion")
def emergency_without_discussion(desk: Desk) -> Made:
    chart = desk.chart("appendix")
    chart.stay.said["adm_way"] = "1"
    chart.drop(chart.paper("术前讨论记录"))
    chart.paper("术前小结").add("手术指征", "病情紧急，拟急诊手术。")
    chart.paper("手术记录").add("手术经过", "本例为急诊手术。")
    return spared(chart)


@honest("DOC-002", "day surgery short set")
def day_surgery(desk: Desk) -> Made:
    chart = desk.chart("eye", days=1)
    chart.stay.admission_type = "28"
    chart.drop(*(paper for title in ("术前讨论记录", "手术清点记录") for paper in chart.all(title)))
    return spared(chart)


@honest("DOC-003", "pre-admission clinic note")
def clinic_note_before(desk: Desk) -> Made:
    chart = desk.chart()
    at = chart.stay.begin - 6 * HOUR
    chart.write("门诊病历", at, ("主诉", chart.said["complaint"] + "。"), ("处理", "建议住院治疗。"))
    return spared(chart)


@honest("DOC-003", "death discussion")
def discussed_after_death(desk: Desk) -> Made:
    chart = mortal(desk)
    dies(chart)
    return spared(chart)


@honest("DOC-003", "late 出院记录 inside its limit")
def discharge_record_next_day(desk: Desk) -> Made:
    chart = desk.chart()
    chart.paper("出院记录").at = chart.stay.end + (12 + desk.admit.random.randrange(10)) * HOUR
    return spared(chart)


@honest("DOC-003", "wrong year typed in one of many (all others ±1 d → clue)")
def wrong_year(desk: Desk) -> Made:
    chart = desk.chart()
    paper = chart.notes()[-1]
    paper.at = paper.at.replace(year=paper.at.year - 1, day=min(paper.at.day, 28))
    return spared(chart, at=[(paper, chart.layout.time(paper.at))], at_most="clue", also=("DOC-001",))


def given(chart: Chart, ordered: datetime, executed: datetime) -> Row:
    item = clinical_items()["ambro"]
    number = chart.stay.order(item.name, ordered, 医嘱用法="静滴", 执行时间=stamp(executed))
    chart.stay.charge(item, executed, 1, order=number)
    return chart.stay.orders[-1]


@honest("DOC-004", "rescue verbal orders noted afterwards")
def verbal_order_in_a_rescue(desk: Desk) -> Made:
    chart = desk.chart(fits=medical)
    begins = chart.stay.at(2, 11, 10)
    time, ends = chart.layout.time, begins + 40 * MINUTE
    chart.stay.vitals.append(reading(chart, begins, 36.2, 132, 28, 70, 40, 86, "模糊"))
    text = f"患者于{time(begins)}突发意识不清，立即抢救，口头医嘱予药物静推，{time(ends)}血压回升，抢救后据实补记医嘱。"
    chart.write("抢救记录", ends + HOUR, ("抢救时间", f"{time(begins)}至{time(ends)}"), ("抢救经过", text))
    for minutes in (5, 15):
        row = given(chart, ends + 2 * HOUR, begins + minutes * MINUTE)
        row["医嘱名称"] += "（抢救口头医嘱补记）"
    return spared(chart)


@honest("DOC-004", "execution < order − 5 min: within the tolerance")
def four_minutes_before(desk: Desk) -> Made:
    chart = desk.chart()
    at = chart.stay.at(2, 15)
    row = given(chart, at, at - 4 * MINUTE)
    return spared(chart, at=[("住院医嘱", row)])


@honest("DOC-004", "clock drift of a system (median offset of that ward subtracted)")
def drifting_clock(desk: Desk) -> Made:
    chart = desk.chart()
    for row in chart.stay.orders:
        ordered = datetime.fromisoformat(row["医嘱开始日期"])
        row["执行时间"] = stamp(ordered - (8 + desk.admit.random.randrange(3)) * MINUTE)
    return spared(chart)


@honest("DOC-004", "night batch signing")
def signed_together_at_night(desk: Desk) -> Made:
    chart = desk.chart()
    at = chart.stay.at(1, 22, 30)
    for minutes in (0, 7, 15, 21):
        given(chart, at + minutes * MINUTE, at + 40 * MINUTE)
    return spared(chart)


def sugar(chart: Chart, reported: timedelta) -> None:
    at = chart.stay.at(1, 7)
    chart.stay.labs.append(
        {
            "住院号": chart.stay.inpatient_number, "采样时间": stamp(at), "检验报告时间": stamp(at + reported),
            "检验者姓名": chart.team.nurse, "检验样本": "末梢血",
            "检验项目名称": "床旁血糖（POCT）", "检验方法": "血糖仪",
            "检验值名称": "末梢血糖", "检验值描述": f"{chart.random.uniform(5, 9):.1f}", "单位": "mmol/L",
            "检验值范围": "3.9-11.1", "样本编号": f"P{at:%y%m%d}{chart.stay.admission_id[-5:]}",
        }
    )  # fmt: skip


@honest("DOC-005", "point-of-care devices")
def bedside_glucose(desk: Desk) -> Made:
    return spared(desk.chart(change=lambda chart: sugar(chart, -MINUTE)))


@honest("DOC-005", "date-only fields")
def dates_without_a_clock(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        for row in chart.stay.labs:
            row["检验报告时间"] = row["检验报告时间"][:10]

    chart = desk.chart(change=change)
    return spared(chart)


@honest("DOC-005", "pathology < 1 day except frozen")
def frozen_section(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        _, stop = hours_of(chart)
        at = stop - 30 * MINUTE
        chart.stay.exam(
            clinical_items()["path"], at, "子宫肌瘤", 检查所见="术中冰冻切片：平滑肌瘤。",
            检查报告诊断="（冰冻）平滑肌瘤",
            检查方法="快速冰冻", 检查报告时间=stamp(at + 25 * MINUTE), 检查者姓名=chart.team.imager,
        )  # fmt: skip

    return spared(desk.chart("myoma", change=change))


@honest("DOC-006", "local anaesthesia")
def local_anaesthesia(desk: Desk) -> Made:
    return spared(desk.chart("eye"))


@honest("DOC-006", "conversion")
def converted(desk: Desk) -> Made:
    chart = desk.chart("appendix")
    begins = hours_of(chart)[0] - 20 * MINUTE
    chart.stay.anaesthesia[0]["麻醉方式名称"] = "全身麻醉"
    chart.paper("麻醉记录").put("麻醉方式", "椎管内麻醉改全身麻醉")
    chart.paper("麻醉记录").add(
        "术中情况", f"{chart.layout.time(begins + 50 * MINUTE)}因阻滞不全改全身麻醉。"
    )
    return spared(chart, at=[("住院麻醉", stamp(begins))])


@honest("DOC-006", "day posted")
def posted_by_the_day(desk: Desk) -> Made:
    chart = desk.chart(fits=anaesthetised)
    for row in chart.stay.operations:
        row["手术开始时间"] = row["手术结束时间"] = row["手术日期"]
    return spared(chart)
