"""Copied text with facts that are false here: DOC-016 in a record, DOC-017 between patients; DOC-024 against itself."""

from evals.forging.charts import Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk, reading
from evals.forging.papers import Paper
from evals.forging.plants_people import grown, ungendered
from evals.forging.plants_times import surgical
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, stamp


def repeated(chart: Chart, notes: list[Paper]) -> str:
    """Gives every note the text of the first; that text."""
    text = notes[0].text("")
    for note in notes[1:]:
        note.parts = [("", text)]
    return text


def ordinary(chart: Chart) -> list[Paper]:
    return [paper for paper in chart.notes() if paper.title == "日常病程记录"]


@forged("DOC-016", "四份病程逐字相同而当日体温已高热")
def copied_through_a_fever(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: grown(said) and "op" not in said, days=10)
    notes = ordinary(chart)[:5]
    row = chart.last_reading(notes[0].at)
    row["体温"] = "36.5"
    lead = f"今日体温36.5℃，脉搏{row['脉搏']}次/分。"
    notes[0].parts = [("", lead + notes[0].text("").split("。", 1)[1])]
    repeated(chart, notes)
    for note in notes[1:]:
        chart.stay.vitals = [row for row in chart.stay.vitals if row["测量时间"][:10] != stamp(note.at)[:10]]
        for hour in (6, 8, 14, 18):
            at = note.at.replace(hour=hour, minute=5)
            chart.stay.vitals.append(
                reading(chart, at, 38.8 + desk.admit.random.randrange(5) / 10, 108, 22, 118, 70)
            )
    chart.stay.vitals.sort(key=lambda row: row["测量时间"])
    return planted(chart, at=[(note, "体温36.5℃") for note in notes[1:]], also=("DOC-019",))


@forged("DOC-016", "连续四天都写术后第1日")
def first_day_after_the_operation_four_times(desk: Desk) -> Made:
    chart = desk.chart("hip", days=11)
    notes = [paper for paper in ordinary(chart) if "术后第" in paper.text("")][:4]
    first = notes[0].text("")
    begins = first.index("术后第")
    notes[0].parts = [("", "术后第1日" + first[begins:].split("日", 1)[1])]
    repeated(chart, notes)
    return planted(chart, at=[(note, "术后第1日") for note in notes])


@forged("DOC-016", "手术之后仍写拟明日手术")
def still_to_be_operated(desk: Desk) -> Made:
    chart = desk.chart("hip", days=11)
    notes = ordinary(chart)[:4]
    body = notes[0].text("").split("。", 1)[1]
    text = f"拟明日行{chart.side}侧全髋关节置换，术前准备已完善。{body}"
    for note in notes:
        note.parts = [("", text)]
    return planted(chart, at=[(note, "拟明日行") for note in notes])


@forged("DOC-016", "拔管之后仍写引流管通畅")
def drain_after_its_removal(desk: Desk) -> Made:
    chart = desk.chart("gallbladder", days=9)
    notes = ordinary(chart)[:4]
    body = notes[0].text("").split("。", 1)[1]
    text = f"腹腔引流管固定通畅，引出淡红色液体20ml。{body}"
    for note in notes:
        note.parts = [("", text)]
    at = notes[0].at.replace(hour=16)
    chart.stay.order("拔除腹腔引流管", at, 医嘱用法="治疗")
    chart.paper("护理记录").add(
        "", f"{stamp(at)}  遵医嘱拔除腹腔引流管，敷料干燥。护士签名：{chart.team.nurse}"
    )
    return planted(chart, at=[(note, "引流管固定通畅") for note in notes[1:]])


def pair(desk: Desk, **wanted: object) -> tuple[Chart, Chart]:
    """An earlier patient of the ward and the one whose record is copied from theirs."""
    source = desk.chart(**wanted)  # type: ignore[arg-type]
    begin = source.stay.begin + (12 + desk.admit.random.randrange(20)) * DAY
    return source, desk.chart(begin=begin, like=source)


@forged("DOC-017", "现病史抄自另一患者，连同其年龄、床号与体征")
def history_of_another(desk: Desk) -> Made:
    source, _ = pair(desk, fits=ungendered, sex="2", age=(70, 78))
    person = desk.other_person(source, sex="1", age=(36, 46))
    chart = desk.chart(begin=source.stay.begin + 15 * DAY, like=source, person=person)
    told = source.paper("入院记录")
    row = source.last_reading(source.stay.begin)
    facts = (
        f"患者女性，{source.age}岁，{source.bed}，绝经{source.age - 50}年。"
        f"入院时血压{row['收缩压']}/{row['舒张压']}mmHg，脉搏{row['脉搏']}次/分。"
    )
    told.put("现病史", facts + told.text("现病史"))
    mine = chart.paper("入院记录")
    mine.put("现病史", told.text("现病史"))
    return planted(
        source, chart,
        at=[(mine, "患者女性"), (mine, f"{source.age}岁，{source.bed}"), (mine, told.text("现病史")[60:110])],
        violation="forged_document", also=("DOC-010", "DOC-012", "DOC-009"),
    )  # fmt: skip


@forged("DOC-017", "护理事件抄自另一患者，留有其姓名与床号")
def event_of_another(desk: Desk) -> Made:
    source, chart = pair(desk, fits=ungendered)
    text = (
        f"{source.bed}{source.stay.person.name}夜间起床如厕时自诉头晕，"
        f"由{'妻子' if source.sex == '男' else '丈夫'}搀扶坐于床沿，测血压98/56mmHg，脉搏104次/分，"
        "血糖3.4mmol/L，即予口服50%葡萄糖40ml，15分钟后复测血糖6.7mmol/L，头晕缓解，未跌倒，未见皮肤破损，报告值班医师，"
        "嘱卧床，床栏拉起，加强巡视，家属留陪，次晨复测血压118/70mmHg，患者诉口渴减轻，进食稀饭一碗。"
    )
    at = source.stay.at(2, 2, 20)
    source.write("护理记录", at, ("", text), by=source.team.night_nurse, role="护士")
    source.stay.vitals.append(reading(source, at, 36.4, 104, 19, 98, 56))
    mine = chart.write(
        "护理记录", chart.stay.at(2, 2, 40), ("", text), by=chart.team.night_nurse, role="护士"
    )
    return planted(
        source, chart, at=[(mine, source.stay.person.name), (mine, "夜间起床如厕")], violation="forged_document",
        also=("DOC-009", "DOC-012"),
    )  # fmt: skip


@forged("DOC-017", "手术经过抄自另一侧的另一患者")
def operation_of_another(desk: Desk) -> Made:
    source = desk.chart("hip")
    chart = desk.chart(begin=source.stay.begin + 21 * DAY, like=source)
    other = "右" if source.side == "左" else "左"
    if chart.side == source.side:
        for paper in chart.papers:
            paper.parts = [(label, text.replace(chart.side, other)) for label, text in paper.parts]
        for row in chart.stay.exams:
            row |= {column: value.replace(chart.side, other) for column, value in row.items()}
        chart.side = other
    draw = desk.admit.random.randint
    added = (
        f"患者{source.sex}性，{source.age}岁。"
        f"术中于大转子后方{draw(21, 38)}mm处见陈旧性血肿，"
        f"清除积血约{draw(110, 260)}ml，"
        f"股骨颈保留{draw(9, 16)}mm，"
        f"髋臼杯外展{draw(38, 46)}°，因骨质疏松于{draw(2, 4)}时方位加用骨蜡，"
        f"术中曾出现血压{draw(82, 92)}/{draw(44, 54)}mmHg，快速补液后回升。"
    )
    told = source.paper("手术记录")
    told.add("手术经过", added)
    mine = chart.paper("手术记录")
    mine.put("手术经过", told.text("手术经过"))
    return planted(
        source, chart,
        at=[(mine, f"{source.side}侧"), (mine, f"{source.side}髋"), (mine, "陈旧性血肿"), (mine, f"{source.age}岁")],
        violation="forged_document", also=("DOC-011", "DOC-012", "DOC-009"),
    )  # fmt: skip


@forged("DOC-024", "同一病程神志清楚与昏迷并存")
def awake_and_in_coma(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    note = chart.notes()[-1]
    note.add("", "患者呈深昏迷状态，呼之不应。患者神志清楚，对答切题，自行下床活动。")
    return planted(chart, at=[(note, "深昏迷"), (note, "神志清楚，对答切题")], certainty="clue")


@forged("DOC-024", "术后腹部检查写成从未手术")
def untouched_after_the_operation(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: surgical(said) and said["op"]["item"] in ("chole", "append"))
    note = ordinary(chart)[-1]
    note.add("", "查体：腹部平坦，未见手术瘢痕，腹壁完整，未见切口及敷料。")
    return planted(chart, at=[(note, "未见手术瘢痕")], certainty="clue")
