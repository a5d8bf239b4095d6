"""Near misses of signs and results: what the catalogue clears under DOC-019…021 and DOC-027."""

from datetime import datetime

from evals.forging.charts import Chart
from evals.forging.declaring import honest, spared
from evals.forging.desk import Desk, panels
from evals.forging.plants_people import grown
from evals.forging.plants_results import again, counts, sampled
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import DAY, HOUR, stamp


@honest("DOC-019", "paced rhythm")
def paced_rhythm(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        for row in chart.stay.vitals:
            row["脉搏"] = "60"

    chart = desk.chart("heart", days=8, change=change)
    chart.stay.diagnoses.append(("Z95.000", "具有心脏起搏器"))
    chart.paper("入院记录").add("既往史", "3年前植入永久心脏起搏器（VVI，60次/分）。")
    chart.paper("病案首页").parts.insert(9, ("其他诊断", "具有心脏起搏器  疾病编码：Z95.000  入院病情：有"))
    chart.paper("出院记录").add("出院诊断", "；具有心脏起搏器")
    for note in chart.notes()[:2]:
        note.add("", "心电监护示起搏心律，60次/分。")
    return spared(chart)


@honest("DOC-019", "ventilated constant RR (c, d not on RR)")
def ventilated(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        for row in chart.stay.vitals:
            row["呼吸"] = "16"

    return spared(desk.chart("pneumonia", days=8, change=change))


@honest("DOC-019", "copying at extraction (same primary key twice)")
def extracted_twice(desk: Desk) -> Made:
    chart = desk.chart(fits=grown, days=8)
    chart.stay.vitals += [dict(row) for row in chart.stay.vitals]
    return spared(chart)


@honest("DOC-019", "1 reading/day charts")
def one_reading_a_day(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        days: dict[str, dict[str, str]] = {}
        for row in chart.stay.vitals:
            days.setdefault(row["测量时间"][:10], row)
        chart.stay.vitals = list(days.values())

    return spared(desk.chart(fits=lambda said: grown(said) and "op" not in said, days=8, change=change))


@honest("DOC-020", "re-issue/correction of one report")
def report_issued_again(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        for row in counts(chart):
            reported = datetime.fromisoformat(row["检验报告时间"])
            later = row | {"检验报告时间": stamp(reported + 3 * HOUR), "检验项目名称": "血常规（更正报告）"}
            chart.stay.labs.append(later)

    return spared(desk.chart(fits=grown, change=change))


@honest("DOC-020", "duplicated extract row")
def rows_extracted_twice(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    chart.stay.labs += [dict(row) for row in chart.stay.labs]
    return spared(chart)


@honest("DOC-020", "quality-control sample numbers")
def quality_control(desk: Desk) -> Made:
    first = desk.chart(fits=grown)
    second = desk.chart(begin=first.stay.begin + 3 * DAY, like=first)
    for chart in (first, second):
        at = chart.stay.at(1, 7)
        for what, unit, low, high, digits in panels()["血常规"]:
            chart.stay.labs.append(
                {
                    "住院号": chart.stay.inpatient_number, "采样时间": stamp(at), "检验报告时间": stamp(at + HOUR),
                    "检验者姓名": chart.team.chemist, "检验样本": "质控品",
                    "检验项目名称": "血常规质控", "检验方法": "仪器法",
                    "检验值名称": what, "检验值描述": f"{(low + high) / 2:.{digits}f}", "单位": unit,
                    "检验值范围": f"{low}-{high}", "样本编号": "QC-L2",
                }
            )  # fmt: skip
    return spared(first, second)


@honest("DOC-020", "qualitative panels and all-normal rounding excluded")
def all_negative(desk: Desk) -> Made:
    first = desk.chart(fits=grown)
    second = desk.chart(begin=first.stay.begin + 3 * DAY, like=first)
    for chart in (first, second):
        at = chart.stay.at(1, 7)
        for what in (
            "尿蛋白",
            "尿糖",
            "尿酮体",
            "尿胆红素",
            "尿亚硝酸盐",
            "尿白细胞酯酶",
            "尿隐血",
            "尿胆原",
            "管型",
            "结晶",
            "霉菌",
            "滴虫",
            "粘液丝",
        ):
            chart.stay.labs.append(
                {
                    "住院号": chart.stay.inpatient_number, "采样时间": stamp(at), "检验报告时间": stamp(at + HOUR),
                    "检验者姓名": chart.team.chemist, "检验样本": "尿液",
                    "检验项目名称": "尿常规", "检验方法": "仪器法",
                    "检验值名称": what, "检验值描述": "阴性", "单位": "", "检验值范围": "阴性",
                    "样本编号": f"U{at:%y%m%d}{chart.stay.admission_id[-5:]}",
                }
            )  # fmt: skip
    return spared(first, second)


@honest("DOC-021", "follow-up report quoting the earlier study")
def follow_up_quoting(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        before, at = chart.stay.exams[0], chart.stay.at(4, 10)
        seen = (
            f"与{before['检查登记时间'][:10]}片（{before['影像编号']}）比较：{before['检查所见']}大致同前。"
        )
        chart.stay.exam(
            clinical_items()["ct"], at, before["检查部位"], 检查所见=seen, 检查报告诊断="与前片大致相仿",
            检查报告时间=stamp(at + HOUR), 检查者姓名=chart.team.imager,
        )  # fmt: skip

    return spared(desk.chart("pneumonia", change=change))


@honest("DOC-021", "one study reported twice (supplement)")
def supplemented(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        row = chart.stay.exams[0]
        later = stamp(datetime.fromisoformat(row["检查报告时间"]) + 5 * HOUR)
        chart.stay.exams.append(
            row | {"检查报告时间": later, "检查报告诊断": row["检查报告诊断"] + "（补充报告）"}
        )

    return spared(desk.chart(fits=lambda said: "child" not in said, change=change))


@honest("DOC-021", "numbering that restarts yearly or per device")
def numbers_restart(desk: Desk) -> Made:
    number = str(1000 + desk.admit.number)

    def change(chart: Chart) -> None:
        chart.stay.exams[0]["影像编号"] = number

    first = desk.chart(fits=lambda said: said["exams"][0][0] in ("ct", "dr", "us"), change=change)
    year = first.stay.begin.replace(
        year=first.stay.begin.year + 1, day=min(first.stay.begin.day, 28), month=1
    )
    return spared(first, desk.chart(begin=year, like=first, change=change))


@honest("DOC-021", "normal-template findings without sizes")
def same_normal_words(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        chart.stay.exams[0] |= {
            "检查所见": "双侧胸廓对称，肺纹理清晰，未见实变，心影不大，膈面光滑，肋膈角锐利。",
            "检查报告诊断": "胸部未见明显异常",
        }

    first = desk.chart("bronchitis", change=change)
    return spared(first, desk.chart(begin=first.stay.begin + 8 * DAY, like=first, change=change))


@honest("DOC-027", "quoted from a result outside the hospital")
def result_of_another_hospital(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    row = next(row for row in counts(chart) if row["检验值名称"] == "血红蛋白")
    text = f"院外（{chart.said['slots']['place']}）查血红蛋白{row['检验值描述']}g/L，自带报告单。"
    chart.paper("首次病程记录").add("病例特点", text)
    return spared(chart)


@honest("DOC-027", "critical value told by telephone before the printed report")
def told_by_telephone(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    row = next(row for row in again(chart) if row["检验值名称"] == "血红蛋白")
    reported = datetime.fromisoformat(row["检验报告时间"])
    at = max(sampled(row) + HOUR / 2, reported - HOUR / 2)
    text = f"接检验科电话报告危急值：血红蛋白{row['检验值描述']}g/L，已记录并复述，正式报告待出。"
    chart.write("日常病程记录", at, ("", text))
    return spared(chart)


@honest("DOC-027", "an earlier result of the same test")
def earlier_result(desk: Desk) -> Made:
    chart = desk.chart(fits=grown)
    row = next(row for row in counts(chart) if row["检验值名称"] == "血小板计数")
    chart.notes()[-1].add("", f"入院时血小板计数{row['检验值描述']}×10^9/L，复查结果待回报。")
    return spared(chart)
