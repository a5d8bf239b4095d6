"""Near misses of likeness: what the catalogue clears under DOC-016 and DOC-017, and what is alike by design."""

from evals.forging.charts import Chart
from evals.forging.declaring import honest, spared
from evals.forging.desk import Desk
from evals.forging.plants_copies import ordinary
from evals.forging.plants_people import grown, ungendered
from evals.forging.plants_times import surgical
from evals.forging.story import told_signs
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR


@honest("DOC-016", "stable chronic course")
def stable_course(desk: Desk) -> Made:
    chart = desk.chart("stroke", days=11)
    notes = ordinary(chart)[:5]
    body = notes[0].text("").split("。", 2)[2]
    for note in notes:
        day = (note.at.date() - chart.stay.begin.date()).days + 1
        note.parts = [("", f"入院第{day}天。{told_signs(chart, note.at, 0)}{body}")]
    return spared(chart, at_most="clue")


@honest("DOC-016", "chief's round quoting the resident")
def round_quoting_the_resident(desk: Desk) -> Made:
    chart = desk.chart(fits=grown, days=8)
    notes = chart.notes()
    quoted = chart.paper("首次病程记录").text("病例特点")
    chief = next(paper for paper in notes if paper.title == "副主任医师查房记录")
    chief.add("", f"住院医师汇报病史：{quoted}")
    return spared(chart, at_most="clue")


@honest("DOC-016", "转科/阶段小结/出院记录 that quote earlier text by design")
def summary_quoting_the_course(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: grown(said) and "op" not in said, days=34)
    text = "".join(note.text("") for note in chart.notes()[:4])
    history = chart.paper("入院记录").text("现病史")
    chart.write(
        "阶段小结",
        chart.stay.begin + 29 * DAY + 8 * HOUR,
        ("入院情况", history),
        ("诊疗经过", text),
        ("诊疗计划", "继续治疗。"),
    )
    return spared(chart)


@honest("DOC-017", "same accident")
def same_accident(desk: Desk) -> Made:
    first = desk.chart("hip")
    second = desk.chart(begin=first.stay.begin + DAY, like=first)
    number, minutes = desk.admit.random.randint(2, 9), desk.admit.random.randint(10, 50)
    event = (
        f"患者乘坐{number}路公交车，于{first.stay.begin:%m月%d日}07时{minutes}分在城东立交桥处与货车相撞，车辆侧翻，患者由座位跌落，{{side}}侧髋部着地，"
        "当时疼痛剧烈，不能站立，无昏迷呕吐，由消防人员救出，120救护车送来我院急诊，途中予止痛、固定，未用其他药物，车上多名乘客同时受伤就诊。"
    )
    return told_by_both(first, second, event)


def told_by_both(first: Chart, second: Chart, event: str) -> Made:
    """One event as the history of two, each with the own side."""
    for chart in (first, second):
        chart.paper("入院记录").put("现病史", event.format(side=chart.side))
    return spared(first, second)


@honest("DOC-017", "family")
def same_meal(desk: Desk) -> Made:
    first = desk.chart("ulcer")
    second = desk.chart(begin=first.stay.begin + HOUR, like=first)
    hours, times = desk.admit.random.randint(6, 11), desk.admit.random.randint(3, 8)
    event = (
        f"患者{hours}小时前与家人同桌进食凉拌菜及隔夜卤肉后出现脐周阵痛、腹泻{times}次，呕吐胃内容物，"
        "家中同食者先后发病，在村卫生室补液后无好转，一同来院，以上腹不适、黑便收入，病程中无发热，无意识障碍，小便量少，体重无明显变化。"
    )
    return told_by_both(first, second, event)


@honest("DOC-017", "readmission of one person")
def same_person_again(desk: Desk) -> Made:
    first = desk.chart(fits=ungendered)
    second = desk.chart(begin=first.stay.end + 45 * DAY, like=first, person=first.stay.person)
    history = first.paper("入院记录").text("现病史")
    second.paper("入院记录").put("现病史", f"{history}上次住院好转出院，现再次来院。")
    return spared(first, second)


@honest("DOC-017", "protocol operations (only steps equal)")
def same_steps(desk: Desk) -> Made:
    first = desk.chart(fits=lambda said: surgical(said) and not said.get("sides"))
    second = desk.chart(begin=first.stay.begin + 16 * DAY, like=first)
    steps = (
        "按手术图谱标准步骤进行：消毒范围上至剑突平面，下至大腿上三分之一，两侧至腋中线，铺无菌巾单，逐层切开皮肤、皮下组织、腹直肌前鞘，"
        "钝性分离肌纤维，切开后鞘及腹膜，保护切口，探查腹腔，操作完毕后温盐水冲洗，确认无活动性出血，逐层缝合腹膜、肌层、皮下、皮肤，敷料覆盖。"
    )
    for chart in (first, second):
        chart.paper("手术记录").add("手术经过", steps)
    return spared(first, second)


@honest("DOC-017", "sameness of 出院情况 alone is never a finding")
def same_outcome(desk: Desk) -> Made:
    first = desk.chart(fits=grown)
    second = desk.chart(begin=first.stay.begin + 12 * DAY, like=first)
    told = first.paper("出院记录")
    for label in ("诊疗经过", "出院情况", "出院医嘱"):
        second.paper("出院记录").put(label, told.text(label))
    return spared(first, second)


@honest("DOC-024", "nodule in ultrasound and normal palpation are compatible")
def nodule_not_felt(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    chart.paper("入院记录").add("体格检查", "甲状腺未触及肿大及结节。")
    chart.paper("入院记录").add("辅助检查", "外院超声：甲状腺右叶结节4mm，TI-RADS 3类。")
    return spared(chart)


@honest("DOC-024", "documented reason")
def reason_documented(desk: Desk) -> Made:
    chart = desk.chart("stroke", days=9)
    note = chart.notes()[-1]
    note.add("", "复查血钾偏低，因患者拒绝口服补钾，经讨论暂不调整方案，嘱饮食补充，次日复查。")
    return spared(chart)
