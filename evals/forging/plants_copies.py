"""Copied text with facts that are false here: DOC-016 in a record, DOC-017 between patients."""

import re
from collections.abc import Mapping
from functools import cache

import yaml

from evals.forging.charts import HERE, Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk, reading
from evals.forging.papers import Paper
from evals.forging.plants_people import grown, ungendered
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, stamp

DRAWN = re.compile(r"\[(\d+)-(\d+)\]")


def repeated(chart: Chart, notes: list[Paper]) -> str:
    """Gives every note the text of the first; that text."""
    text = notes[0].text("")
    for note in notes[1:]:
        note.parts = [("", text)]
    return text


def ordinary(chart: Chart) -> list[Paper]:
    return [paper for paper in chart.notes() if paper.title == "日常病程记录"]


def all_saying(chart: Chart, lead: str) -> list[Paper]:
    """Gives the first four daily notes one text, which begins so."""
    notes = ordinary(chart)[:4]
    text = lead + notes[0].text("").split("。", 1)[1]
    for note in notes:
        note.parts = [("", text)]
    return notes


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
    notes = all_saying(chart, f"拟明日行{chart.side}侧全髋关节置换，术前准备已完善。")
    return planted(chart, at=[(note, "拟明日行") for note in notes])


@forged("DOC-016", "拔管之后仍写引流管通畅")
def drain_after_its_removal(desk: Desk) -> Made:
    chart = desk.chart("gallbladder", days=9)
    notes = all_saying(chart, "腹腔引流管固定通畅，引出淡红色液体20ml。")
    at = notes[0].at.replace(hour=16)
    chart.stay.order("拔除腹腔引流管", at, 医嘱用法="治疗")
    chart.paper("护理记录").add(
        "", f"{stamp(at)}  遵医嘱拔除腹腔引流管，敷料干燥。护士签名：{chart.team.nurse}"
    )
    return planted(chart, at=[(note, "引流管固定通畅") for note in notes[1:]])


@forged("DOC-016", "旧的化验值逐日写作今日复查")
def old_result_told_as_new(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: grown(said) and "op" not in said, days=10)
    notes = ordinary(chart)[-4:]
    row = next(row for row in reversed(chart.stay.labs) if row["检验值名称"] == "血红蛋白")
    words = f"血红蛋白{row['检验值描述']}g/L"
    body = notes[0].text("").split("。", 1)[1]
    for note in notes:
        note.parts = [("", f"今日复查血常规{words}，较昨日相仿。{body}")]
    return planted(chart, at=[(note, words) for note in notes[1:]])


@forged("DOC-016", "逐日照抄而实测血压脉搏已变")
def copied_through_a_crisis(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: grown(said) and "op" not in said, days=10)
    notes = ordinary(chart)[1:5]
    words = "血压124/78mmHg，脉搏74次/分"
    notes[0].parts = [("", f"查体：{words}。" + notes[0].text("").split("。", 1)[1])]
    repeated(chart, notes)
    for note in notes[1:]:
        chart.stay.vitals = [row for row in chart.stay.vitals if row["测量时间"][:10] != stamp(note.at)[:10]]
        for hour in (2, 6, 8, 14, 20):
            at = note.at.replace(hour=hour, minute=7)
            pulse, high = 118 + desk.admit.random.randrange(9), 162 + desk.admit.random.randrange(20)
            chart.stay.vitals.append(reading(chart, at, 36.7, pulse, 21, high, 96))
    chart.stay.vitals.sort(key=lambda row: row["测量时间"])
    return planted(chart, at=[(note, "血压124/78") for note in notes[1:]], also=("DOC-012",))


@forged("DOC-016", "连续数日都写入院第4天")
def the_fourth_day_again_and_again(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: grown(said) and "op" not in said, days=9)
    notes = ordinary(chart)[:4]
    text = repeated(chart, notes)
    told = text.split("。", 1)[0]
    return planted(chart, at=[(note, told) for note in notes])


@cache
def passages() -> Mapping[str, list[str]]:
    found: Mapping[str, list[str]] = yaml.safe_load((HERE / "passages.yaml").read_text("utf-8"))
    return found


def some(desk: Desk, what: str, count: int) -> str:
    """So many clauses of a list in an order of their own, with numbers drawn for them."""
    random = desk.admit.random
    told = "，".join(random.sample(passages()[what], count))
    return DRAWN.sub(lambda match: str(random.randint(int(match[1]), int(match[2]))), told)


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
    lead = some(desk, "at_night", 1)
    text = (
        f"{source.bed}{source.stay.person.name}{lead}，由{'妻子' if source.sex == '男' else '丈夫'}搀扶坐于床沿，"
        f"测血压98/56mmHg，脉搏104次/分，{some(desk, 'seen_at_night', 6)}，报告值班医师，床栏拉起，加强巡视。"
    )
    at = source.stay.at(2, 2, 20)
    source.write("护理记录", at, ("", text), by=source.team.night_nurse, role="护士")
    source.stay.vitals.append(reading(source, at, 36.4, 104, 19, 98, 56))
    mine = chart.write(
        "护理记录", chart.stay.at(2, 2, 40), ("", text), by=chart.team.night_nurse, role="护士"
    )
    return planted(
        source, chart, at=[(mine, source.stay.person.name), (mine, lead)], violation="forged_document",
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
        f"患者{source.sex}性，{source.age}岁。术中见{some(desk, 'at_the_hip', 5)}，"
        f"术中曾出现血压{draw(82, 92)}/{draw(44, 54)}mmHg，快速补液后回升。"
    )
    told = source.paper("手术记录")
    told.add("手术经过", added)
    mine = chart.paper("手术记录")
    mine.put("手术经过", told.text("手术经过"))
    return planted(
        source, chart,
        at=[(mine, f"{source.side}侧"), (mine, f"{source.side}髋"), (mine, added[12:50]), (mine, f"{source.age}岁")],
        violation="forged_document", also=("DOC-011", "DOC-012", "DOC-009"),
    )  # fmt: skip


@forged("DOC-017", "体格检查连同测值与伤口抄自另一患者")
def findings_of_another_body(desk: Desk) -> Made:
    source, _ = pair(desk, fits=ungendered, sex="1", age=(60, 80))
    person = desk.other_person(source, sex="2", age=(28, 44))
    chart = desk.chart(begin=source.stay.begin + 19 * DAY, like=source, person=person)
    draw, told, mine = desk.admit.random.randint, source.paper("入院记录"), chart.paper("入院记录")
    own = (
        f"老年男性，{source.age}岁，身高{draw(160, 182)}cm，体重{draw(52, 88)}.{draw(1, 9)}kg，前列腺Ⅱ度增大，"
        f"{some(desk, 'marks', 6)}。"
    )
    told.add("体格检查", own)
    mine.add("体格检查", own)
    return planted(
        source, chart, at=[(mine, "老年男性"), (mine, "前列腺Ⅱ度增大"), (mine, own[40:80])],
        violation="forged_document", also=("DOC-009", "DOC-010", "DOC-012"),
    )  # fmt: skip


@forged("DOC-017", "现病史连同具体经过与他人相同而无从证伪")
def history_that_two_would_hardly_have(desk: Desk) -> Made:
    source, chart = pair(desk, fits=grown)
    draw = desk.admit.random.randint
    place = some(desk, "places", 1)
    event = (
        f"患者于{source.stay.begin - 9 * DAY:%m月%d日}{draw(13, 22)}时{draw(11, 49)}分在{place}时起病，"
        f"{some(desk, 'events', 5)}。"
    )
    for one in (source, chart):
        paper = one.paper("入院记录")
        paper.put("现病史", event + paper.text("现病史"))
    mine = chart.paper("入院记录")
    return planted(
        source, chart, at=[(mine, place), (mine, event[30:60])], certainty="clue",
        violation="documentation_defect", also=("DOC-012",),
    )  # fmt: skip
