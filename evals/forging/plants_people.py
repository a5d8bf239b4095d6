"""Who it was and who signed: DOC-008 signatures, DOC-009 heads, DOC-010 organs, DOC-012 history, blood, values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from evals.forging.charts import Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk, reading
from evals.forging.papers import Paper
from evals.forging.plants_times import surgical
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, MINUTE, stamp

LEFT, AFTER_LEAVING = "闻人语", datetime(2025, 9, 1, 8)  # on the roster until the end of June 2025


def grown(said: Mapping[str, Any]) -> bool:
    return "child" not in said


def ungendered(said: Mapping[str, Any]) -> bool:
    return grown(said) and "sex" not in said and "op" not in said


@forged("DOC-008", "手术记录无术者签名")
def unsigned_operation_record(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    paper = chart.paper("手术记录")
    paper.signers = [("手术者", "")]
    return planted(chart, at=[(paper, "")])


@forged("DOC-008", "签名者不在执业人员名单")
def signer_not_on_the_roster(desk: Desk) -> Made:
    chart = desk.chart()
    stranger = desk.name()
    paper = chart.notes()[-1]
    paper.signers = [(paper.signers[0][0], stranger)]
    return planted(chart, at=[(paper, stranger)], violation="forged_document")


@forged("DOC-008", "签名者在执业登记终止之后签名")
def signer_left_the_hospital(desk: Desk) -> Made:
    begin = AFTER_LEAVING + (desk.admit.number % 300) * DAY + desk.admit.random.randrange(300) * MINUTE
    chart = desk.chart(begin=begin, fits=lambda said: "op" not in said)
    paper = chart.paper("首次病程记录")
    paper.signers = [("医师", LEFT)]
    return planted(chart, at=[(paper, LEFT)], violation="forged_document")


@forged("DOC-008", "实习医师独自签名")
def trainee_alone(desk: Desk) -> Made:
    chart = desk.chart()
    who = desk.name()
    paper = chart.paper("入院记录")
    paper.signers = [("实习医师", who)]
    return planted(chart, at=[(paper, who)])


@forged("DOC-008", "昏迷患者本人签署同意书")
def signed_in_coma(desk: Desk) -> Made:
    chart = desk.chart("hip")
    papers = comatose(chart)
    return planted(
        chart, at=[(paper, chart.stay.person.name) for paper in papers], violation="forged_document"
    )


def comatose(chart: Chart) -> list[Paper]:
    """The consents of an operation; from hours before them to hours behind them the patient is in coma."""
    papers = [chart.paper("手术知情同意书"), chart.paper("麻醉知情同意书")]
    first, last = min(paper.at for paper in papers) - 3 * HOUR, max(paper.at for paper in papers) + 3 * HOUR
    for row in chart.stay.vitals:
        if stamp(first) <= row["测量时间"] <= stamp(last):
            row["意识"] = "昏迷"
    for hours in (-3, -1, 1, 3):
        chart.stay.vitals.append(
            reading(chart, papers[0].at + hours * HOUR, 36.8, 92, 20, 132, 78, 96, "昏迷")
        )
    chart.stay.vitals.sort(key=lambda row: row["测量时间"])
    return papers


@forged("DOC-008", "一分钟内签署全部文书")
def everything_signed_in_a_minute(desk: Desk) -> Made:
    chart = desk.chart("hip", days=12)
    at = chart.stay.end - 2 * HOUR
    for paper in chart.papers:
        if paper.signers:
            paper.signed_at = at
            paper.signers = [(role, chart.team.resident) for role, _ in paper.signers[:1]]
    signed = [paper for paper in chart.papers if paper.signers]
    return planted(chart, at=[(paper, chart.layout.time(at)) for paper in signed], also=("DOC-001",))


@forged("DOC-009", "文书眉栏是另一患者的姓名")
def another_name_in_the_head(desk: Desk) -> Made:
    chart = desk.chart()
    papers, other = _two(chart), desk.name()
    for paper in papers:
        paper.head["姓名"] = other
    return planted(chart, at=[(paper, other) for paper in papers])


def _two(chart: Chart) -> list[Paper]:
    return [chart.paper("检查报告单"), chart.paper("入院护理评估单")]


@forged("DOC-009", "眉栏性别与登记不符")
def another_sex_in_the_head(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    papers, other = _two(chart), "女" if chart.sex == "男" else "男"
    for paper in papers:
        paper.head["性别"] = other
    quote = chart.layout.head.format(name="性别", value=other)
    return planted(chart, at=[(paper, quote) for paper in papers])


@forged("DOC-009", "眉栏年龄相差十岁以上")
def another_age_in_the_head(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    papers, other = _two(chart), f"{chart.age - 12}岁"
    for paper in papers:
        paper.head["年龄"] = other
    return planted(chart, at=[(paper, other) for paper in papers])


@forged("DOC-009", "眉栏是另一次住院的住院号")
def another_number_in_the_head(desk: Desk) -> Made:
    source = desk.chart(fits=grown)
    chart = desk.chart(begin=source.stay.begin + DAY, like=source)
    papers, other = _two(chart), source.stay.inpatient_number
    for paper in papers:
        paper.head["住院号"] = other
    return planted(source, chart, at=[(paper, other) for paper in papers])


@forged("DOC-010", "男性记有子宫附件")
def womb_of_a_man(desk: Desk) -> Made:
    chart = desk.chart(sex="1", fits=lambda said: ungendered(said))
    words = "子宫附件区未触及包块，阴道通畅"
    chart.paper("入院记录").add("体格检查", f"妇科检查：{words}。")
    return planted(
        chart, at=[(chart.paper("入院记录"), words), (chart.paper("入院记录"), "子宫附件")], also=("DOC-012",)
    )


@forged("DOC-010", "女性记有前列腺")
def prostate_of_a_woman(desk: Desk) -> Made:
    chart = desk.chart(sex="2", fits=lambda said: ungendered(said))
    words = "直肠指诊：前列腺Ⅱ度增大，中央沟变浅，质韧"
    chart.paper("入院记录").add("体格检查", f"{words}。")
    return planted(chart, at=[(chart.paper("入院记录"), words)])


@forged("DOC-010", "儿童记有婚育史")
def married_child(desk: Desk) -> Made:
    chart = desk.chart("bronchitis")
    words = "25岁结婚，育有1子1女，配偶及子女体健"
    chart.paper("入院记录").put("婚育史", f"{words}。")
    return planted(chart, at=[(chart.paper("入院记录"), words)])


@forged("DOC-010", "成人记有囟门")
def fontanelle_of_an_adult(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    words = "前囟平软，约1.5cm×1.5cm"
    chart.paper("入院记录").add("体格检查", f"{words}。")
    return planted(chart, at=[(chart.paper("入院记录"), words)])


@forged("DOC-012", "过敏史前后相反")
def allergy_denied_and_told(desk: Desk) -> Made:
    chart = desk.chart(fits=ungendered)
    words = "既往青霉素过敏，曾有过敏性休克"
    note = chart.notes()[-1]
    note.add("", f"患者{words}，用药时注意。")
    chart.paper("病案首页").put("药物过敏", "有，过敏药物：青霉素")
    return planted(
        chart,
        at=[
            (note, words),
            (chart.paper("病案首页"), "青霉素"),
            (chart.paper("入院记录"), "否认药物及食物过敏史"),
        ],
    )


@forged("DOC-012", "血型与化验不符")
def another_blood_group(desk: Desk) -> Made:
    chart = desk.chart(fits=surgical)
    other = "B型" if chart.blood != "B型" else "O型"
    page = chart.paper("病案首页")
    page.put("血型", f"{other}  Rh：阳性")
    return planted(chart, at=[(page, other), ("化验报告", chart.blood)])


@forged("DOC-012", "病程引用的化验值与当日化验不符")
def another_value_than_the_laboratory(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    # the last sample that a note comes after: a late one may have none
    sample, reported, note = [
        (row, reported, next(paper for paper in chart.notes() if paper.at > reported))
        for row in chart.stay.labs
        if row["检验值名称"] == "血红蛋白"
        and (reported := datetime.fromisoformat(row["检验报告时间"])) < chart.notes()[-1].at
    ][-1]
    note.at = max(note.at, reported + HOUR)
    false = str(int(sample["检验值描述"]) - 41)
    words = f"血红蛋白{false}g/L"
    note.parts = [("", text.replace(f"血红蛋白{sample['检验值描述']}g/L", words)) for _, text in note.parts]
    note.add("", f"今日（{sample['采样时间'][:10]}采样）血常规回报：{words}。")
    return planted(chart, at=[(note, words), ("化验报告", sample["检验值描述"])], also=("DOC-027",))


@forged("DOC-012", "出院诊断更换而病程无说明")
def diagnosis_changed_without_a_word(desk: Desk) -> Made:
    chart = desk.chart("pneumonia")
    paper = chart.paper("出院记录")
    paper.put("出院诊断", "急性胰腺炎")
    return planted(chart, at=[(paper, "急性胰腺炎")], also=("DOC-015",))
