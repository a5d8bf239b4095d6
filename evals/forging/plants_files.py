"""Files changed afterwards: DOC-022 revisions inside a PDF, DOC-026 the trail of edits."""

from collections.abc import Callable
from datetime import datetime

from evals.forging.charts import Change, Chart
from evals.forging.declaring import Place, forged, planted
from evals.forging.desk import Desk
from evals.forging.papers import Paper
from evals.forging.pdf_pages import covered, pdf_of, retyped
from evals.forging.plants_people import ungendered
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, MINUTE, stamp


def retype(before: str, after: str) -> Change:
    """The PDF as it was with `before`; its page was typed anew and now says `after`."""

    def change(_: bytes, text: str) -> bytes:
        return retyped(pdf_of(text.replace(after, before, 1)), text)

    return change


def cover(before: str, after: str) -> Change:
    def change(content: bytes, text: str) -> bytes:
        return covered(content, text, before, after)

    return change


@forged("DOC-022", "旧版本中的出院诊断被改写")
def diagnosis_retyped(desk: Desk) -> Made:
    chart = desk.chart("pneumonia")
    paper = chart.paper("出院记录")
    chart.changed[id(paper)] = retype("急性上呼吸道感染", "肺炎")
    paper.put("入院诊断", "见入院记录")
    return planted(chart, at=[(paper, "肺炎")])


@forged("DOC-022", "旧版本中的检查日期被改写")
def date_retyped(desk: Desk) -> Made:
    chart = desk.chart()
    paper = chart.paper("检查报告单")
    now = paper.text("检查时间")
    before = stamp(datetime.fromisoformat(now) - 3 * DAY)
    chart.changed[id(paper)] = retype(before, now)
    return planted(chart, at=[(paper, now), (paper, before)])


@forged("DOC-022", "旧版本中的化验结果被改写")
def value_retyped(desk: Desk) -> Made:
    chart = desk.chart()
    paper = next(
        paper
        for paper in chart.all("检验报告单")
        if any(text.startswith("血红蛋白  ") for _, text in paper.parts)
    )
    now = next(text for _, text in paper.parts if text.startswith("血红蛋白  "))
    value = now.split("  ")[1]
    before = now.replace(value, str(int(value) - 52))
    chart.changed[id(paper)] = retype(before, now)
    return planted(chart, at=[(paper, value), (paper, now), (paper, before)])


@forged("DOC-022", "白块盖住诊断另写一个")
def diagnosis_under_a_white_box(desk: Desk) -> Made:
    chart = desk.chart("pneumonia")
    paper = chart.paper("出院记录")
    words = "急性支气管炎"
    paper.put("出院诊断", f"{words}（轻）")
    chart.changed[id(paper)] = cover(words, "重症肺炎")
    return planted(chart, at=[(paper, words), (paper, "重症肺炎")], also=("DOC-012", "DOC-015"))


@forged("DOC-022", "旧版本中的姓名被改写")
def name_retyped(desk: Desk) -> Made:
    chart = desk.chart()
    paper, other = chart.paper("检查报告单"), desk.name()
    before = chart.layout.head.format(name="姓名", value=other)
    now = chart.layout.head.format(name="姓名", value=chart.stay.person.name)
    chart.changed[id(paper)] = retype(before, now)
    return planted(chart, at=[(paper, chart.stay.person.name), (paper, other)])


@forged("DOC-022", "旧版本中的侧别被改写")
def side_retyped(desk: Desk) -> Made:
    chart = desk.chart("hip")
    paper = next(one for one in chart.all("检查报告单") if f"{chart.side}侧股骨颈" in one.text("检查所见"))
    other = "右" if chart.side == "左" else "左"
    now = paper.text("检查所见")
    chart.changed[id(paper)] = retype(now, now.replace(chart.side, other))
    paper.put("检查所见", now.replace(chart.side, other))
    return planted(
        chart, at=[(paper, f"{chart.side}侧股骨颈"), (paper, f"{other}侧股骨颈"), (paper, chart.side), (paper, other)],
        also=("DOC-011",),
    )  # fmt: skip


@forged("DOC-022", "白块盖住日期另写一个")
def date_under_a_white_box(desk: Desk) -> Made:
    chart = desk.chart()
    paper = chart.paper("检查报告单")
    before = paper.text("检查时间")[:10]
    after = f"{datetime.fromisoformat(before) - 4 * DAY:%Y-%m-%d}"
    chart.changed[id(paper)] = cover(before, after)
    return planted(chart, at=[(paper, before), (paper, after)], also=("DOC-005", "DOC-003"))


def edit(
    chart: Chart, title: str, at: datetime, kind: str, before: str = "", after: str = "", who: str = ""
) -> None:
    chart.stay.edits.append(
        {
            "住院号": chart.stay.inpatient_number, "文书名称": title, "操作时间": f"{at:%Y-%m-%d %H:%M:%S}",
            "操作人": who or chart.team.resident, "操作类型": kind, "修改前": before, "修改后": after,
        }
    )  # fmt: skip


def trail(chart: Chart) -> datetime:
    """The ordinary life of every document: created and signed when it says, printed and filed after discharge."""
    for paper in chart.papers:
        if not paper.bare:
            edit(chart, paper.title, paper.at - 12 * MINUTE, "创建")
            edit(chart, paper.title, paper.at + 3 * MINUTE, "签名")
    filed = chart.stay.end + 2 * DAY
    for title in dict.fromkeys(paper.title for paper in chart.papers):
        edit(chart, title, filed - 2 * HOUR, "打印")
        edit(chart, title, filed, "归档")
    return filed


def edited(
    desk: Desk,
    when: Callable[[Chart, datetime], datetime],
    title: str,
    swap: Callable[[Paper], tuple[str, str]],
) -> Made:
    """One clinical fact of a document changed at that time, as the trail tells it."""
    chart = desk.chart(fits=ungendered)
    filed = trail(chart)
    paper = chart.paper(title)
    before, after = swap(paper)
    at = when(chart, filed)
    return changed_at(chart, paper, at, before, after, also=("DOC-012", "DOC-019"))


def changed_at(chart: Chart, paper: Paper, at: datetime, before: str, after: str, **more: object) -> Made:
    """A change that the trail tells of, labelled where trail and document show it."""
    edit(chart, paper.title, at, "修改", before, after)
    when = f"{at:%Y-%m-%d %H:%M:%S}"
    where: list[Place] = [("修改痕迹", when), ("修改痕迹", after), ("修改痕迹", before), (paper, after)]
    return planted(chart, at=where, **more)  # type: ignore[arg-type]


@forged("DOC-026", "归档后改体征")
def signs_changed_after_filing(desk: Desk) -> Made:
    def swap(paper: Paper) -> tuple[str, str]:
        before = paper.text("体格检查").split("神志清楚")[0]
        after = "体温39.4℃，脉搏128次/分，呼吸32次/分，血压82/46mmHg。"
        paper.swap(before, after)
        return before, after

    return edited(
        desk, lambda _, filed: filed + (3 + desk.admit.random.randrange(20)) * DAY, "入院记录", swap
    )


@forged("DOC-026", "检查通知之后改写病情")
def severity_changed_after_the_notice(desk: Desk) -> Made:
    def swap(paper: Paper) -> tuple[str, str]:
        after = "病情危重，呼吸困难，不能平卧，需住院抢救治疗"
        paper.add("病例特点", f"{after}。")
        return "一般情况可，可自行下床活动", after

    return edited(
        desk,
        lambda _, __: desk.admit.site.noticed + (1 + desk.admit.random.randrange(9)) * DAY + 10 * HOUR,
        "首次病程记录",
        swap,
    )


@forged("DOC-026", "出院后改写手术侧别")
def side_changed_after_discharge(desk: Desk) -> Made:
    chart = desk.chart("hip")
    filed = trail(chart)
    paper, other = chart.paper("手术记录"), "右" if chart.side == "左" else "左"
    at = filed + 12 * DAY
    before = f"取{chart.side}髋后外侧切口"
    after = before.replace(chart.side, other)
    paper.swap(before, after)
    return changed_at(chart, paper, at, before, after, also=("DOC-011", "DOC-013"))


@forged("DOC-026", "出院后把化验值改重")
def result_changed_after_discharge(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    filed = trail(chart)
    paper = chart.paper("首次病程记录")
    row = next(row for row in chart.stay.labs if row["检验值名称"] == "血红蛋白")
    before = f"血红蛋白{row['检验值描述']}g/L"
    after = f"血红蛋白{int(row['检验值描述']) - 61}g/L"
    paper.add("病例特点", f"辅助检查：{after}。")
    at = filed + (5 + desk.admit.random.randrange(40)) * DAY
    return changed_at(chart, paper, at, before, after, also=("DOC-012", "DOC-027"))


@forged("DOC-026", "归档后改写入院指征而无他据可对")
def reason_changed_after_filing(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    filed = trail(chart)
    paper = chart.paper("入院记录")
    before, after = "门诊建议观察", "门诊治疗无效，症状逐渐加重，经急诊评估须住院治疗"
    paper.add("现病史", f"{after}。")
    at = filed + (4 + desk.admit.random.randrange(60)) * DAY
    return changed_at(chart, paper, at, before, after, certainty="clue")


@forged("DOC-026", "文书所称时间数日之后才建立")
def created_long_after_its_time(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    trail(chart)
    paper = chart.notes()[0]
    made = chart.stay.end + (1 + desk.admit.random.randrange(3)) * DAY + 5 * HOUR
    for row in chart.stay.edits:
        if row["文书名称"] == paper.title and row["操作类型"] == "创建":
            row["操作时间"] = f"{made:%Y-%m-%d %H:%M:%S}"
        if row["文书名称"] == paper.title and row["操作类型"] == "签名":
            row["操作时间"] = f"{made + 10 * MINUTE:%Y-%m-%d %H:%M:%S}"
    place = f"{made:%Y-%m-%d %H:%M:%S}"
    where: list[Place] = [("修改痕迹", place), (paper, chart.layout.time(paper.at))]
    return planted(chart, at=where, certainty="clue", also=("DOC-001",))
