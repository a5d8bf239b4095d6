"""Near misses of operations: what the catalogue clears under DOC-007, DOC-011 and DOC-013."""

from datetime import timedelta

from evals.forging.charts import Chart
from evals.forging.declaring import honest, spared
from evals.forging.desk import Desk
from evals.forging.plants_operations import sided
from evals.forging.theatre_hours import colleague, rooms, settle
from evals.generating.clinical_care import clinical_items
from evals.generating.scenarios import Made
from evals.generating.stay import stamp


@honest("DOC-007", "supervisor listed as surgeon while assistant operates (record says so) → clue")
def assistant_operates(desk: Desk) -> Made:
    first, second = colleague(desk, "gallbladder", timedelta(minutes=25))
    settle(second)
    paper = second.paper("手术记录")
    told = f"本例由{second.team.assistant}主刀完成，{second.team.chief}为指导医师，未全程在台。"
    paper.add("手术经过", told)
    other = second.team.attending
    for row in second.stay.anaesthesia:
        row["麻醉者姓名"] = other
    for row in second.stay.coded_operations:
        row["anst_dr_name"] = other
    for one in second.papers:
        one.parts = [(label, text.replace(second.team.anaesthetist, other)) for label, text in one.parts]
        one.signers = [(role, other if who == second.team.anaesthetist else who) for role, who in one.signers]
    return spared(first, second, at_most="clue", also=("DOC-008",))


@honest("DOC-007", "anaesthetist 2:1 supervision")
def one_anaesthetist_for_two_rooms(desk: Desk) -> Made:
    return spared(*rooms(desk, desk.admit.random.choice(("appendix", "gallbladder")), 2))


@honest("DOC-007", "several examinations of one patient in one sitting: a clue at most")
def one_sitting(desk: Desk) -> Made:
    def change(chart: Chart) -> None:
        at = chart.stay.at(1, 15)
        for site in ("腹部", "泌尿系", "甲状腺", "颈部血管"):
            chart.stay.exam(
                clinical_items()["us"], at, site, 检查报告时间=stamp(at), 检查者姓名=chart.team.imager
            )

    return spared(desk.chart(change=change), at_most="clue")


@honest("DOC-007", "reviewed-and-signed batch at end of shift for reports")
def reports_signed_at_the_end_of_the_shift(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: len(said["exams"]) > 1)
    last = max(row["检查报告时间"] for row in chart.stay.exams)
    signed = last[:11] + "17:30" if last[11:] < "17:30" else last
    for row in chart.stay.exams:
        row["检查报告时间"] = signed
    for paper in chart.all("检查报告单"):
        paper.put("报告时间", signed)
    return spared(chart)


@honest("DOC-007", "one after the other is no overlap")
def one_after_the_other(desk: Desk) -> Made:
    first, second = colleague(desk, "hernia", timedelta(hours=3))
    settle(second)
    return spared(first, second)


@honest("DOC-011", "bilateral disease with one side treated")
def both_sides_ill(desk: Desk) -> Made:
    chart = desk.chart("eye")
    chart.stay.diagnoses = [("H25.900", "老年性白内障")]
    other = "右" if chart.side == "左" else "左"
    chart.paper("入院记录").add("体格检查", f"双眼晶状体均混浊，{other}眼为N1级，暂不手术。")
    chart.paper("入院记录").put("初步诊断", "双眼老年性白内障")
    return spared(chart)


@honest("DOC-011", "contralateral incidental finding")
def found_on_the_other_side(desk: Desk) -> Made:
    chart = desk.chart(fits=sided)
    other = "右" if chart.side == "左" else "左"

    paper = chart.paper("检查报告单")
    paper.add("检查所见", f"另见{other}侧肾囊肿，约12mm。")
    row = next(row for row in chart.stay.exams if row["影像编号"] == paper.text("影像编号"))
    row["检查所见"] += f"另见{other}侧肾囊肿，约12mm。"
    chart.paper("入院记录").add("既往史", f"{other}侧肢体外伤史多年，已愈。")
    return spared(chart)


@honest("DOC-013", "synonym and code granularity")
def named_more_exactly(desk: Desk) -> Made:
    chart = desk.chart("gallbladder")
    for paper in chart.papers:
        if paper.title in ("手术记录", "术后首次病程记录", "手术安全核查记录", "手术清点记录"):
            paper.parts = [
                (label, text.replace("胆囊切除术", "开腹胆囊切除术（逆行）")) for label, text in paper.parts
            ]
    return spared(chart)


@honest("DOC-013", "planned vs performed (record of intra-operative change)")
def changed_during_the_operation(desk: Desk) -> Made:
    chart = desk.chart("gallbladder")
    for title in ("术前小结", "手术知情同意书"):
        chart.paper(title).swap("胆囊切除术", "腹腔镜胆囊切除术")
    chart.paper("手术记录").add("手术经过", "原拟行腹腔镜手术，术中因粘连致密，告知家属同意后中转开腹。")
    return spared(chart)


@honest("DOC-013", "staged")
def in_two_stages(desk: Desk) -> Made:
    chart = desk.chart("eye")
    other = "右" if chart.side == "左" else "左"
    chart.paper("术前小结").add(
        "手术指征", f"双眼白内障，拟分期手术，本次先行{chart.side}眼，{other}眼择期另行。"
    )
    chart.paper("出院记录").add("出院医嘱", f"{other}眼择期再次入院手术。")
    return spared(chart)
