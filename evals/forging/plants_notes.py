"""Notes that cannot be true together: DOC-024, a record against itself."""

from evals.forging.charts import Chart
from evals.forging.declaring import forged, planted
from evals.forging.desk import Desk
from evals.forging.plants_copies import ordinary
from evals.forging.plants_people import ungendered
from evals.forging.plants_times import surgical
from evals.generating.scenarios import Made
from evals.generating.stay import HOUR


def contradicted(chart: Chart, text: str, *quotes: str) -> Made:
    """The last note says so besides, against itself or what was written before it."""
    note = chart.notes()[-1]
    note.add("", text)
    return planted(chart, at=[(note, quote) for quote in quotes], certainty="clue")


@forged("DOC-024", "同一病程神志清楚与昏迷并存")
def awake_and_in_coma(desk: Desk) -> Made:
    text = "患者呈深昏迷状态，呼之不应。患者神志清楚，对答切题，自行下床活动。"
    return contradicted(desk.chart(fits=ungendered), text, "深昏迷", "神志清楚，对答切题")


@forged("DOC-024", "术后腹部检查写成从未手术")
def untouched_after_the_operation(desk: Desk) -> Made:
    chart = desk.chart(fits=lambda said: surgical(said) and said["op"]["item"] in ("chole", "append"))
    return contradicted(chart, "查体：腹部平坦，未见手术瘢痕，腹壁完整，未见切口及敷料。", "未见手术瘢痕")


@forged("DOC-024", "拔除尿管之后又写尿管固定在位")
def catheter_after_it_was_drawn(desk: Desk) -> Made:
    chart = desk.chart("hip")
    drawn, kept = ordinary(chart)[-3], ordinary(chart)[-1]
    drawn.add("", "今日已拔除尿管，可自行排尿。")
    kept.add("", "尿管固定在位，引流出淡黄色尿液。")
    return planted(chart, at=[(kept, "尿管固定在位"), (drawn, "已拔除尿管")], certainty="clue")


@forged("DOC-024", "切除胆囊之后又触及胆囊")
def gallbladder_after_its_removal(desk: Desk) -> Made:
    text = "查体：右上腹可触及肿大胆囊，墨菲征阳性。"
    return contradicted(desk.chart("gallbladder", days=8), text, "触及肿大胆囊", "墨菲征阳性")


@forged("DOC-024", "同一次查体律齐与绝对不齐并存")
def regular_and_irregular(desk: Desk) -> Made:
    text = "心律绝对不齐，第一心音强弱不等，脉搏短绌。心界不大，律齐，各瓣膜区未闻及杂音。"
    return contradicted(desk.chart(fits=ungendered), text, "律绝对不齐", "律齐")


@forged("DOC-024", "培养耐药之后仍写继续该药")
def resistant_and_continued(desk: Desk) -> Made:
    chart = desk.chart("pneumonia", days=9)
    told, kept = ordinary(chart)[0], ordinary(chart)[-1]
    told.parts = [("", "痰培养回报肺炎克雷伯菌，药敏示头孢曲松耐药。")]
    for note in chart.notes():
        if note.at > told.at + HOUR:
            note.parts = [("", "患者仍咳嗽，双肺呼吸音粗。")]
    kept.parts = [("", "患者咳嗽咳痰，双肺呼吸音粗，继续头孢曲松抗感染治疗。")]
    return planted(chart, at=[(kept, "继续头孢曲松"), (told, "头孢曲松耐药")], certainty="clue")
