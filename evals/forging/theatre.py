"""An operation in tables and in every document of it, all telling the same names, hours, side and parts."""

from datetime import datetime

from evals.forging.charts import Chart
from evals.forging.papers import Paper
from evals.generating.clinical_care import clinical_items
from evals.generating.stay import DAY, HOUR, MINUTE, stamp
from evals.generating.surgery import operate


def named(chart: Chart) -> str:
    """The operation as its surgeon writes it, with the side."""
    what = str(chart.said["op"]["name"]).removeprefix("单侧")
    if chart.said["op"]["item"] == "phaco":
        return f"{chart.side}眼{what}并人工晶状体植入"
    return f"{chart.side}侧{what}" if chart.said.get("sides") else what


def operate_on(chart: Chart) -> None:
    stay, said, found = chart.stay, chart.said["op"], clinical_items()
    start = stay.at(int(said["day"]), 10, chart.random.choice((0, 10, 20, 30)))
    key, count = said["material"]
    event = operate(
        stay, [found[said["item"]]], start, int(said["minutes"]) + chart.random.randrange(25), said["anaesthesia"],
        [(said["code"], said["name"])], materials=[(found[key], int(count))],
    )  # fmt: skip
    stay.documents.clear()
    chart.theatre = (event.start, event.stop)
    for row in stay.operations:
        row["手术者姓名"] = chart.team.chief
    for row in stay.anaesthesia:
        row["麻醉者姓名"] = chart.team.anaesthetist
    for row in stay.coded_operations:
        row["oper_dr_name"] = chart.team.chief
        row["anst_dr_name"] = chart.team.anaesthetist if said["anaesthesia"] else ""
    for line in event.lines:
        line.memo = str(said.get("site", ""))
    blood_group(chart)


def blood_group(chart: Chart) -> None:
    stay, at = chart.stay, chart.stay.begin + 80 * MINUTE
    stay.labs.append(
        {
            "住院号": stay.inpatient_number, "采样时间": stamp(at), "检验报告时间": stamp(at + 70 * MINUTE),
            "检验者姓名": chart.team.chemist, "检验样本": "静脉血", "检验项目名称": "血型鉴定", "检验方法": "卡式法",
            "检验值名称": "ABO血型", "检验值描述": chart.blood, "单位": "", "检验值范围": "",
            "样本编号": f"{at:%y%m%d}{stay.admission_id[-5:]}X",
        }
    )  # fmt: skip


def tell_operation(chart: Chart) -> None:
    said = chart.said["op"]
    assert chart.theatre
    start, stop = chart.theatre
    begins, ends = start - 20 * MINUTE, stop + 10 * MINUTE
    what, kind = named(chart), said["anaesthesia"] or "表面麻醉"
    diagnosis = chart.stay.reason
    chart.papers += [
        before_operation(chart, what, start),
        discussion(chart, what, start),
        consent(chart, "手术知情同意书", start - 15 * HOUR, f"拟行手术：{what}", f"术前诊断：{diagnosis}"),
        record(chart, what, kind),
        safety(chart, what, begins, ends),
        count(chart, what, ends),
        first_after(chart, what, stop),
        operators_round(chart, start - 2 * HOUR),
        operators_round(chart, stop + 20 * HOUR),
    ]
    if said["anaesthesia"]:
        chart.papers += [
            consent(chart, "麻醉知情同意书", start - 14 * HOUR, f"拟行麻醉：{kind}", f"拟行手术：{what}"),
            visit(
                chart,
                "麻醉术前访视记录",
                start - 16 * HOUR,
                f"拟行{what}，ASA分级Ⅱ级，拟行{kind}，禁食禁饮。",
            ),
            anaesthesia(chart, what, kind, begins, ends),
            visit(
                chart, "麻醉术后访视记录", stop + 22 * HOUR, f"{kind}术后，生命体征平稳，无麻醉相关并发症。"
            ),
        ]
    if said.get("specimen"):
        chart.papers.append(specimen_report(chart, stop))


def before_operation(chart: Chart, what: str, start: datetime) -> Paper:
    parts = [
        ("术前诊断", chart.stay.reason),
        ("手术指征", f"{chart.said['complaint']}，诊断明确，有手术指征。"),
        ("拟行手术", what),
        ("拟行麻醉", chart.said["op"]["anaesthesia"] or "表面麻醉"),
        ("术前准备", "完善检查，备皮，禁食。"),
    ]
    at = max(start - 17 * HOUR, chart.stay.begin + 5 * HOUR)
    return Paper("术前小结", at, parts, [("医师", chart.team.resident)], chart.head())


def discussion(chart: Chart, what: str, start: datetime) -> Paper:
    team = chart.team
    parts = [
        ("主持人", f"{team.chief}副主任医师"),
        ("参加人员", "、".join((team.chief, team.attending, team.resident))),
        (
            "讨论意见",
            f"{team.attending}：诊断明确，同意行{what}。{team.chief}：注意术中仔细止血，防止副损伤。",
        ),
    ]
    at = max(start - 16 * HOUR, chart.stay.begin + 6 * HOUR)
    signers = [("主持人", team.chief), ("记录者", team.resident)]
    return Paper("术前讨论记录", at, parts, signers, chart.head())


def consent(chart: Chart, title: str, at: datetime, *told: str) -> Paper:
    parts = [("", line + "。") for line in told]
    parts += [("", "已向患者说明目的、风险及替代方案，患者表示理解并同意。")]
    who = chart.stay.person.name
    signers = [("患者", who), ("医师", chart.team.attending)]
    if title.startswith("麻醉"):
        signers = [("患者", who), ("麻醉医师", chart.team.anaesthetist)]
    return Paper(title, max(at, chart.stay.begin + 6 * HOUR), parts, signers, chart.head())


def record(chart: Chart, what: str, kind: str) -> Paper:
    said, team = chart.said["op"], chart.team
    assert chart.theatre
    start, stop = chart.theatre
    blood = max(1, int(said["blood"])) * chart.random.randint(3, 9)
    parts = [
        ("手术日期", f"{start:%Y-%m-%d}"),
        ("手术开始时间", chart.layout.time(start)),
        ("手术结束时间", chart.layout.time(stop)),
        ("术前诊断", chart.stay.reason),
        ("术中诊断", chart.stay.reason),
        ("手术名称", what),
        ("手术者", team.chief),
        ("助手", team.assistant),
        ("麻醉方式", kind),
        ("麻醉医师", team.anaesthetist if said["anaesthesia"] else "无"),
        (
            "手术经过",
            f"麻醉成功后取适当体位，常规消毒铺巾。术中见{said['found']}。{said['steps']}。出血约{blood}ml，未输血。",
        ),
    ]
    return Paper("手术记录", stop + 90 * MINUTE, parts, [("手术者", team.chief)], chart.head())


def safety(chart: Chart, what: str, begins: datetime, ends: datetime) -> Paper:
    team = chart.team
    parts = [
        ("麻醉实施前", f"核对患者身份、手术部位及{what}，无误。{chart.layout.time(begins)}"),
        ("离室前", f"实际手术：{what}。清点无误。{chart.layout.time(ends)}"),
    ]
    signers = [("手术医师", team.chief), ("麻醉医师", team.anaesthetist), ("手术室护士", team.theatre_nurse)]
    return Paper("手术安全核查记录", ends, parts, signers, chart.head(), bare=True)


def count(chart: Chart, what: str, ends: datetime) -> Paper:
    item, (_, number) = clinical_items()[chart.said["op"]["material"][0]], chart.said["op"]["material"]
    parts = [
        ("手术名称", what),
        ("器械敷料", "血管钳10把，纱布10块，缝针6枚；关闭前、关闭后清点相符。"),
        ("植入及耗材", f"{item.name} {number}{item.unit}"),
    ]
    signers = [("器械护士", chart.team.theatre_nurse), ("巡回护士", chart.team.night_nurse)]
    return Paper("手术清点记录", ends, parts, signers, chart.head())


def anaesthesia(chart: Chart, what: str, kind: str, begins: datetime, ends: datetime) -> Paper:
    assert chart.theatre
    start, stop = chart.theatre
    time = chart.layout.time
    parts = [
        ("麻醉方式", kind),
        ("麻醉开始时间", time(begins)),
        ("手术开始时间", time(start)),
        ("手术结束时间", time(stop)),
        ("麻醉结束时间", time(ends)),
        ("手术名称", what),
        ("术中情况", "术中生命体征平稳，输液1000ml，未输血。"),
    ]
    return Paper("麻醉记录", ends, parts, [("麻醉医师", chart.team.anaesthetist)], chart.head())


def visit(chart: Chart, title: str, at: datetime, text: str) -> Paper:
    moment = max(at, chart.stay.begin + 5 * HOUR)
    return Paper(title, moment, [("", text)], [("麻醉医师", chart.team.anaesthetist)], chart.head())


def first_after(chart: Chart, what: str, stop: datetime) -> Paper:
    text = (
        f"患者于今日在{chart.said['op']['anaesthesia'] or '表面麻醉'}下行{what}，手术顺利，术毕安返病房。"
        "术后予监测生命体征、对症治疗，观察切口情况。"
    )
    at = stop + chart.random.randrange(40, 100) * MINUTE
    return Paper("术后首次病程记录", at, [("", text)], [("医师", chart.team.resident)], chart.head())


def operators_round(chart: Chart, at: datetime) -> Paper:
    assert chart.theatre
    after = (at.date() - chart.theatre[1].date()).days
    text = f"术者{chart.team.chief}副主任医师查房：" + (
        f"术后第{after}日，切口对合好，继续观察。" if after > 0 else "今日手术，术前准备完善，患者无发热。"
    )
    signers = [("副主任医师", chart.team.chief), ("医师", chart.team.resident)]
    return Paper("副主任医师查房记录", at, [("", text)], signers, chart.head())


def specimen_report(chart: Chart, stop: datetime) -> Paper:
    what, at = chart.said["op"]["specimen"], stop + 3 * DAY
    parts = [
        ("标本", what),
        ("收到时间", stamp(stop + HOUR)),
        ("病理诊断", f"（{what}）送检组织，形态与临床诊断相符。"),
        ("报告时间", stamp(at)),
    ]
    return Paper("病理报告单", at, parts, [("报告医师", chart.team.imager)], chart.head(), bare=True)
