"""The documents of every stay: admission, first note, rounds by grade, daily notes, nursing, reports, discharge.

Notes are carried forward as genuine ones are, at the published rates; every fact in them is that day's own.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from random import Random

from evals.copying.profile import HALF_KEPT, NEARLY_ALL, SAME_DISCHARGE
from evals.copying.wording import Words, sentence
from evals.forging.charts import Chart
from evals.forging.papers import Paper
from evals.generating.stay import DAY, HOUR, MINUTE, Row, stamp

NEW, USUAL = 5, 6
OUTCOMES = 8
NAMED_AT_HOME = 0.5
SIGNS = (
    "今日体温{t}℃，脉搏{p}次/分，血压{s}/{d}mmHg。",
    "T {t}℃，P {p}次/分，R {r}次/分，BP {s}/{d}mmHg。",
    "查体：体温{t}℃，呼吸{r}次/分，血压{s}/{d}mmHg。",
)
CITED = {"血常规": ("白细胞计数", "血红蛋白", "血小板计数"), "生化全项": ("钾", "肌酐", "丙氨酸氨基转移酶")}


def tell(chart: Chart) -> None:
    chart.papers += [admission(chart), first_note(chart), front_page(chart), discharge(chart)]
    chart.papers += notes(chart)
    chart.papers += [orders(chart), temperature_sheet(chart), nursing(chart), assessment(chart)]
    chart.papers += [*test_reports(chart), *exam_reports(chart)]


def spoken(chart: Chart) -> Words:
    """The words this patient's notes are made of."""
    if not chart.said.get("child"):
        return chart.words
    own = {kind[6:]: words for kind, words in chart.words.items() if kind.startswith("child ")}
    return {**chart.words, **own}


def usual(chart: Chart, count: int) -> list[str]:
    """Phrases of everybody's notes."""
    return chart.random.sample(chart.words["usual"], count)


def told_signs(chart: Chart, at: datetime, form: int | None = None) -> str:
    row = chart.last_reading(at)
    form = chart.random.randrange(len(SIGNS)) if form is None else form
    return SIGNS[form].format(t=row["体温"], p=row["脉搏"], r=row["呼吸"], s=row["收缩压"], d=row["舒张压"])


def admission(chart: Chart) -> Paper:
    said, at = chart.said, chart.stay.begin + chart.random.randrange(300, 420) * MINUTE
    lines = [sentence(chart.random, spoken(chart)) for _ in range(4)]
    shown = "；".join(_reported(chart, at)) or "暂缺"
    body = f"{told_signs(chart, chart.stay.begin + HOUR * 2)}神志清楚，查体合作。{said['exam']}"
    parts = [
        ("主诉", said["complaint"] + "。"),
        ("现病史", f"{said['onset']}。{'。'.join(lines)}。"),
        ("既往史", f"{said['past']}，否认药物及食物过敏史，否认输血史。"),
        *_own_life(chart),
        ("体格检查", body),
        ("辅助检查", shown + "。"),
        ("初步诊断", chart.stay.reason),
    ]
    head = chart.head() | {"入院时间": chart.layout.time(chart.stay.begin)}
    return Paper("入院记录", at, parts, [("医师", chart.team.resident)], head)


def _own_life(chart: Chart) -> list[tuple[str, str]]:
    if chart.said.get("child"):
        return [("个人史", "足月顺产，生长发育与同龄儿相仿。")]
    work, years = chart.random.choice(chart.words["work"]), chart.random.randint(2, 30)
    told = [("个人史", f"从事{work}工作{years}年，无疫区接触史。"), ("婚育史", "已婚，配偶及子女体健。")]
    if chart.said.get("gynae"):
        told.append(("月经史", f"初潮14岁，周期2{chart.random.randint(6, 9)}天，既往经量中等。"))
    return told


def _reported(chart: Chart, at: datetime) -> Iterator[str]:
    for row in chart.stay.exams:
        if row["检查报告时间"] <= stamp(at):
            yield f"{row['检查项目名称']}（{row['检查部位']}）：{row['检查报告诊断']}"


def first_note(chart: Chart) -> Paper:
    said, at = chart.said, chart.stay.begin + chart.random.randrange(120, 260) * MINUTE
    told = told_signs(chart, chart.stay.begin + HOUR)
    parts = [
        ("病例特点", f"患者{chart.sex}，{chart.age}岁，因“{said['complaint']}”入院。{told}{said['exam']}"),
        ("诊断依据", f"结合病史、体征及辅助检查，考虑{chart.stay.reason}。"),
        ("诊疗计划", f"{said['plan']}。"),
    ]
    return Paper("首次病程记录", at, parts, [("医师", chart.team.resident)], chart.head())


def notes(chart: Chart) -> Iterator[Paper]:
    """A note on every day after the first; the second is the attending's, the third the deputy chief's."""
    before: list[str] = []
    for day in range(1, chart.stay.days):
        at = chart.stay.at(day, 9)
        draw = chart.random.random()
        fresh = NEW if not before or draw >= HALF_KEPT else 1 if draw >= NEARLY_ALL else 0
        own = [*before[fresh:NEW], *(sentence(chart.random, spoken(chart)) for _ in range(fresh))]
        everyday = before[NEW:] if before and draw < HALF_KEPT else usual(chart, USUAL)
        before = [*own, *everyday]
        lead = f"{_lead(chart, day)}{told_signs(chart, at)}{_cited(chart, at)}"
        text = f"{lead}{chart.said['day'] if day > 1 else '入院第2天，病情较前稳定'}。{'。'.join(before)}。"
        yield _note(chart, day, at, text)


def _lead(chart: Chart, day: int) -> str:
    if chart.theatre:
        after = (chart.stay.at(day, 9).date() - chart.theatre[1].date()).days
        return f"术后第{after}日。" if after > 0 else "" if after == 0 else f"入院第{day + 1}天。"
    return f"入院第{day + 1}天。"


def _note(chart: Chart, day: int, at: datetime, text: str) -> Paper:
    team = chart.team
    if day == 1:
        text = f"{team.attending}主治医师查房：{text}"
        signers = [("主治医师", team.attending), ("医师", team.resident)]
        return Paper("主治医师查房记录", at, [("", text)], signers, chart.head())
    if day == 2:
        text = f"{team.chief}副主任医师查房：{text}"
        signers = [("副主任医师", team.chief), ("医师", team.resident)]
        return Paper("副主任医师查房记录", at, [("", text)], signers, chart.head())
    return Paper("日常病程记录", at, [("", text)], [("医师", team.resident)], chart.head())


def _cited(chart: Chart, at: datetime) -> str:
    """A result that was reported since the last note, to the digit."""
    since = stamp(at - DAY)
    fresh = [row for row in chart.stay.labs if since < row["检验报告时间"] < stamp(at)]
    told = [
        f"{row['检验值名称']}{row['检验值描述']}{'×' if row['单位'].startswith('10^') else ''}{row['单位']}"
        for row in fresh
        if row["检验值名称"] in CITED.get(row["检验项目名称"], ())
    ]
    return f"化验回报：{'，'.join(told[:4])}。" if told else ""


@cache
def outcomes(phrases: tuple[str, ...]) -> list[list[str]]:
    """Wordings of the outcome that several patients share."""
    random = Random("".join(phrases))
    return [[f"患者住院期间{one}" for one in random.sample(phrases, 3)] for _ in range(OUTCOMES)]


def discharge(chart: Chart) -> Paper:
    stay = chart.stay
    at = stay.end - chart.random.randrange(30, 90) * MINUTE
    if chart.random.random() < SAME_DISCHARGE:
        course = "。".join(chart.random.choice(outcomes(tuple(chart.words["usual"]))))
    else:
        course = (
            f"入院后完善检查，予{chart.said['plan']}，"
            f"{'。'.join(sentence(chart.random, spoken(chart)) for _ in range(3))}"
        )
    date = chart.layout.time
    parts = [
        ("入院日期", date(stay.begin)),
        ("出院日期", date(stay.end)),
        ("住院天数", f"{stay.days}天"),
        ("入院诊断", stay.reason),
        ("出院诊断", "；".join(one[1] for one in stay.diagnoses)),
        ("入院情况", f"因“{chart.said['complaint']}”入院。{chart.said['exam']}"),
        ("诊疗经过", course + "。"),
        ("出院情况", f"{chart.said['day']}，{usual(chart, 1)[0]}，病情好转。"),
        ("出院医嘱", f"注意休息，按时服药，2周后门诊复查。{taken_home(chart)}"),
    ]
    return Paper("出院记录", at, parts, [("医师", chart.team.resident)], chart.head())


def taken_home(chart: Chart) -> str:
    """The drugs to take home as half of all discharge records name them."""
    named = [row["医嘱名称"] for row in chart.stay.orders if row["医嘱类型"] == "带药医嘱"]
    return f"出院带药：{'、'.join(named)}。" if named and chart.random.random() < NAMED_AT_HOME else ""


def front_page(chart: Chart) -> Paper:
    stay, team = chart.stay, chart.team
    main, *others = stay.diagnoses
    parts = [
        ("出生日期", f"{stay.person.birth}"),
        ("身份证号", stay.person.id_card),
        ("入院时间", f"{stay.begin:%Y-%m-%d %H:%M}"),
        ("出院时间", f"{stay.end:%Y-%m-%d %H:%M}"),
        ("实际住院", f"{stay.days}天"),
        ("入院科别", stay.department),
        ("出院科别", stay.department),
        ("主要诊断", f"{main[1]}  疾病编码：{main[0]}  入院病情：有"),
        *(("其他诊断", f"{one[1]}  疾病编码：{one[0]}  入院病情：有") for one in others),
        *(
            ("手术及操作", f"{row['oprn_oprt_code']}  {row['oprn_oprt_date']}  {row['oprn_oprt_name']}  "
             f"术者：{row['oper_dr_name']}  麻醉方式：{row['anst_way']}")
            for row in stay.coded_operations
        ),
        ("药物过敏", "无"),
        ("血型", f"{chart.blood}  Rh：阳性"),
        ("离院方式", "医嘱离院"),
    ]  # fmt: skip
    signers = [("科主任", team.chief), ("主治医师", team.attending), ("住院医师", team.resident)]
    return Paper("病案首页", stay.end + HOUR, parts, signers, chart.head(), bare=True)


def orders(chart: Chart) -> Paper:
    rows = {row["医嘱号"]: row for row in reversed(chart.stay.orders)}
    lines = [
        f"{row['医嘱类型']}  {row['医嘱开始日期']}  {row['医嘱名称']} {row.get('医嘱频次', '')}"
        + f"  医师：{row['开立医生姓名']}"
        + (f"  停止：{row['医嘱停止日期']}" if row["医嘱停止日期"] else "")
        for row in sorted(rows.values(), key=lambda row: row["医嘱开始日期"])
    ]
    return _sheet(chart, "医嘱单", lines, [])


def temperature_sheet(chart: Chart) -> Paper:
    lines = [
        f"{row['测量时间']}  体温{row['体温']}  脉搏{row['脉搏']}  呼吸{row['呼吸']}"
        + f"  血压{row['收缩压']}/{row['舒张压']}"
        for row in chart.stay.vitals
    ]
    return _sheet(chart, "体温单", lines, [])


def _sheet(chart: Chart, title: str, lines: Sequence[str], signers: list[tuple[str, str]]) -> Paper:
    parts = [("", line) for line in lines]
    return Paper(title, chart.stay.begin + 10 * MINUTE, parts, signers, chart.head(), bare=True)


def nursing(chart: Chart) -> Paper:
    lines = []
    for day in chart.days():
        rows = chart.readings(day)
        if rows:
            row, doing = (
                rows[-1],
                chart.random.choice(("已按医嘱给药", "巡视病房，输液通畅", "协助翻身，皮肤完好", "饮食指导")),
            )
            lines.append(f"{row['测量时间']}  {_tpr(row)}，{doing}。护士签名：{row['记录护士']}")
    return _sheet(chart, "护理记录", lines, [])


def _tpr(row: Row) -> str:
    return (
        f"T {row['体温']}℃ P {row['脉搏']}次/分 R {row['呼吸']}次/分 BP {row['收缩压']}/{row['舒张压']}mmHg"
    )


def assessment(chart: Chart) -> Paper:
    at = chart.stay.begin + chart.random.randrange(30, 90) * MINUTE
    told = f"{told_signs(chart, at)}神志清楚，皮肤完整，跌倒风险评分{chart.random.randint(1, 6)}分。"
    parts = [("护理评估", told)]
    return Paper("入院护理评估单", at, parts, [("护士", chart.team.nurse)], chart.head())


def test_reports(chart: Chart) -> Iterator[Paper]:
    """One report a specimen."""
    tubes = dict.fromkeys(row["样本编号"] for row in chart.stay.labs)
    for tube in tubes:
        rows = [row for row in chart.stay.labs if row["样本编号"] == tube]
        parts = [
            ("样本编号", tube),
            ("采样时间", rows[0]["采样时间"]),
            *(
                ("", f"{row['检验值名称']}  {row['检验值描述']}  {row['单位']}  参考范围{row['检验值范围']}")
                for row in rows
            ),
            ("报告时间", rows[0]["检验报告时间"]),
        ]
        at = datetime.fromisoformat(rows[0]["检验报告时间"])
        yield Paper("检验报告单", at, parts, [("检验者", rows[0]["检验者姓名"])], chart.head(), bare=True)


def exam_reports(chart: Chart) -> Iterator[Paper]:
    for row in chart.stay.exams:
        parts = [
            ("影像编号", row["影像编号"]),
            ("检查项目", row["检查项目名称"]),
            ("检查部位", row["检查部位"]),
            ("检查时间", row["检查登记时间"]),
            ("检查所见", row["检查所见"]),
            ("诊断意见", row["检查报告诊断"] + "。"),
            ("报告时间", row["检查报告时间"]),
        ]
        at = datetime.fromisoformat(row["检查报告时间"])
        yield Paper("检查报告单", at, parts, [("报告医师", row["检查者姓名"])], chart.head(), bare=True)
