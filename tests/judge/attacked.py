"""A record with an attack in one of its places, as pieces; and the attacks."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import yaml

from review.judge import pieces as shown
from review.models import Evidence, Finding
from review.record import Charge, Diagnosis, Document, Edit, Exam, Lab, Order, Section
from review.violations import Certainty, Family

ATTACKS = yaml.safe_load(Path(__file__).with_name("attacks.yaml").read_text("utf-8"))
AT = datetime(2024, 3, 2, 9, 20)
HARMLESS = "护理等级为二级。"
BODY = """日常病程记录
2024-03-02 09:20
患者一般情况可，体温38.6℃，咳嗽咳痰减少。
{text}
{section}
考虑社区获得性肺炎，继续抗感染治疗。
        {signature}
"""


def attacked_pieces(attack):
    """All pieces of the record, with the attack's words at its place."""
    said = {attack["at"]: attack["words"]}

    def words(at, otherwise):
        return said.get(at, otherwise)

    title = words("title", "日常病程记录")
    source = f"records/A1/{words('file_name', '病程')}.txt"
    title = Path(source).stem if attack["at"] == "file_name" else title
    text = BODY.format(
        text=words("text", "两肺呼吸音粗。"),
        section=f"{words('section', '诊断依据')}：胸片示右下肺炎。",
        signature=words("signature", "医师签名：田立新"),
    )
    head = text.index(words("section", "诊断依据"))
    section = Section(words("section", "诊断依据"), head, text.index("考虑社区"))
    document = Document("A1/1-1", "A1", source, "日常病程记录", title, text, 0, AT, True, 1.0, (section,))
    orders = [_order(1, "二级护理"), _order(2, words("order", "吸氧"))]
    labs = [_lab(words("lab", "阴性"))]
    exams = [_exam(words("exam", "右下肺炎"))]
    edits = [
        Edit(
            "edits:hospital/修改痕迹.csv#1",
            "A1",
            "病程记录",
            AT,
            "田立新",
            "修改",
            "无",
            words("edit", "咳嗽"),
        )
    ]
    charges = [_charge(words("item", "床位费"), words("department", "内科"))]
    diagnoses = [Diagnosis("A1", True, "J18.900", words("diagnosis", "肺炎"), "1")]
    return [
        shown.finding_piece(_finding(words("item", "床位费"))),
        *shown.document_pieces(document),
        shown.table_piece("医嘱", orders, shown.ORDERS),
        shown.table_piece("化验", labs, shown.LABS),
        shown.table_piece("检查", exams, shown.EXAMS),
        shown.table_piece("修改痕迹", edits, shown.EDITS),
        shown.table_piece("费用", charges, shown.CHARGES),
        shown.table_piece("诊断", diagnoses, shown.DIAGNOSES),
    ]


def _finding(item):
    evidence = Evidence("table", "claims/fee_list_d.csv", item, row="F1", label="费用明细")
    return Finding(
        "f1", "A1", "CHG-003", Family.CHARGES, "over_standard_charge", Certainty.PROBABLE, "按日计价项目多于住院天数",
        f"{item} 计 9 日，住院 7 天，多 2 日。", ("F1",), Decimal(90), evidence=(evidence,),
    )  # fmt: skip


def _order(number, name):
    return Order(
        f"orders:hospital/住院医嘱.csv#{number}", "A1", "长期医嘱", str(number), None, name, None, None, None, None,
        None, None, None, None, AT, None, "内科", "田立新", None, None,
    )  # fmt: skip


def _lab(value):
    return Lab(
        "labs:hospital/化验报告.csv#1", "A1", AT, AT, None, "血", "血常规", None, "支原体抗体", value, None, None, "阴性", None
    )  # fmt: skip


def _exam(conclusion):
    return Exam(
        "exams:hospital/检查报告.csv#1", "A1", AT, AT, "放射科", None, "胸部CT", "胸部", None, "右下肺斑片影", conclusion, None
    )  # fmt: skip


def _charge(item, department):
    return Charge(
        "F1", "A1", None, AT, AT.date(), None, item, "床位费", item, "service", "01", None, "日", Decimal(9), Decimal(45),
        Decimal(405), None, None, None, department, None, department, None, None, "patient", "claims/fee_list_d.csv",
    )  # fmt: skip
