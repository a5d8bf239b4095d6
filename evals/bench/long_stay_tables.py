"""The rows of an invented long stay in the tables of the platform and of the hospital."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from evals.bench.long_stay import DAYS, LongStay, phrases

HOSPITAL = "H32990000009"


def rows_of(stay: LongStay) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each table's name, as the file is called, and its rows."""
    charges = list(_charges(stay))
    total = round(sum(row["det_item_fee_sumamt"] for row in charges), 2)
    ward, number = stay.ward, stay.number
    yield (
        "mdtrt_d",
        [
            {
                **{"mdtrt_id": stay.admission_id, "psn_no": f"P{number:010}", "psn_name": stay.name},
                **{"gend": "12"["男女".index(stay.sex)], "age": stay.age, "ipt_otp_no": stay.hospital_number},
                **{"begntime": stay.begins, "endtime": stay.ends, "med_type": "2101", "adm_way": "2"},
                **{"fixmedins_code": HOSPITAL, "hosp_lv": "5", "chfpdr_name": stay.doctor, "ipt_days": DAYS},
                **{"adm_diag_dscr": ward["diagnosis"], "adm_dept_name": ward["name"], "dscg_way": "1"},
                **{"dscg_maindiag_code": ward["code"], "dscg_maindiag_name": ward["diagnosis"]},
            }
        ],
    )
    whose = {"mdtrt_id": stay.admission_id, "setl_id": f"S{number}"}
    fund = round(total * 0.7, 2)
    paid = {"medfee_sumamt": total, "inscp_amt": total, "fund_pay_sumamt": fund, "refd_setl_flag": "0"}
    dates = {"begndate": stay.begins.date(), "enddate": stay.ends.date(), "setl_time": stay.ends}
    yield "setl_d", [whose | dates | paid]
    yield "fee_list_d", charges
    coded = {"maindiag_flag": "1", "diag_code": ward["code"], "diag_name": ward["diagnosis"]}
    yield "setl_list_diag_d", [whose | coded]
    yield "住院医嘱", list(_orders(stay))
    yield "化验报告", list(_labs(stay))
    yield "护理体征", list(_vitals(stay))
    yield "检查报告", list(_exams(stay))


def _charges(stay: LongStay) -> Iterator[dict[str, Any]]:
    for place, (code, name, unit, kind, listed, price, days) in enumerate(phrases()["items"]):
        for number in range(days):
            yield {
                **{"bkkp_sn": f"{stay.admission_id}{place:02}{number:02}", "mdtrt_id": stay.admission_id},
                **{"setl_id": f"S{stay.number}", "fee_ocur_time": stay.day(number, 10)},
                **{"med_list_codg": code, "hilist_code": code, "medins_list_name": name, "unit": unit},
                **{
                    "list_type": listed,
                    "med_chrgitm_type": kind,
                    "chrgitm_lv": "01",
                    "cnt": 1,
                    "pric": price,
                },
                **{"det_item_fee_sumamt": price, "inscp_amt": price, "bilg_dept_name": stay.ward["name"]},
                **{"bilg_dr_name": stay.doctor, "acord_dr_name": stay.nurse, "hilist_name": name},
            }


def _orders(stay: LongStay) -> Iterator[dict[str, Any]]:
    for place, (_, name, *_, days) in enumerate(phrases()["items"]):
        for number in range(0, days, 3):
            at = stay.day(number, 9)
            yield {
                **{
                    "住院号": stay.hospital_number,
                    "医嘱类型": "临时医嘱",
                    "医嘱名称": name,
                    "医嘱频次": "qd",
                },
                **{"医嘱号": f"{stay.hospital_number}{place:02}{number:02}", "数量": 1, "医嘱开始日期": at},
                **{"开立医生姓名": stay.doctor, "执行时间": at + timedelta(minutes=20), "执行人": stay.nurse},
            }


def _labs(stay: LongStay) -> Iterator[dict[str, Any]]:
    for number in range(6):
        at = stay.day(1 + 2 * number, 8)
        for found in re.findall(
            r"(\S+) ([\d.]+) (?:×)?(\S+?)(?:；|。| |$)", stay.say(phrases()["labs"][number % 2])
        ):
            yield {
                **{"住院号": stay.hospital_number, "采样时间": at, "检验报告时间": at + timedelta(hours=3)},
                **{"检验项目名称": ("血细胞分析", "生化")[number % 2], "检验样本": "静脉血"},
                **dict(zip(("检验值名称", "检验值描述", "单位"), found, strict=True)),
                **{"样本编号": f"{stay.hospital_number}{number}", "检验者姓名": "林以安"},
            }


def _vitals(stay: LongStay) -> Iterator[dict[str, Any]]:
    names = ("体温:$temperature", "脉搏:$pulse", "呼吸:$breath", "收缩压:$systolic", "舒张压:$diastolic")
    for number in range(2 * DAYS):
        read = dict(stay.say(name).split(":") for name in names)
        at = stay.day(number // 2, (7, 15)[number % 2])
        yield {"住院号": stay.hospital_number, "测量时间": at, **read, "记录护士": stay.nurse}


def _exams(stay: LongStay) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(stay.ward["reports"]):
        name, seen, concluded = re.split(r"。?检查(?:项目|所见|诊断)：", stay.say(text))[1:]
        at = stay.day(1 + number, 11)
        yield {
            **{"住院号": stay.hospital_number, "检查登记时间": at, "检查报告时间": at + timedelta(hours=2)},
            **{"检查项目名称": name, "检查所见": seen, "检查报告诊断": concluded, "检查者姓名": "严书语"},
            **{"影像编号": f"{stay.hospital_number}E{number}"},
        }
