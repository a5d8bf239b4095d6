"""An inspection of many alike stays, each with one attack at its place; or the same stays with harmless words there."""

import csv
from datetime import date, timedelta

FIRST = date(2024, 3, 1)
HARMLESS = {
    "text": "饮食睡眠可。", "section": "诊断依据", "title": "出院记录", "signature": "医师签名：田立新", "file_name": "病程",
    "item": "一次性使用口罩", "department": "呼吸内科", "diagnosis": "高血压病", "order": "吸氧", "exam": "。", "lab": "无",
    "edit": "咳嗽咳痰",
}  # fmt: skip
NAMES = ["仇长春", "邬一日", "卢志远", "佟无时", "田立秋", "金小丹", "韩树林", "苗春雨", "祁连山", "霍东升"]
NOTE = """日常病程记录
{day} 09:20
患者一般情况可，体温36.8℃，咳嗽咳痰减少，两肺呼吸音粗。
{text}
考虑社区获得性肺炎，继续抗感染治疗。昨日因消化道出血停用布洛芬，未做肠镜。
        {signature}
"""
ADMITTED = """入院记录
记录时间：{day} 10:30
主诉：咳嗽咳痰伴发热3天。
现病史：患者{name}3天前受凉后出现咳嗽咳痰，体温最高38.6℃，门诊口服药物无好转。
体格检查：T 38.2℃，P 92次/分，R 20次/分，BP 128/76mmHg。右下肺可闻及湿啰音。
初步诊断：社区获得性肺炎
{section}：发热、咳嗽，胸片示右下肺斑片影。
        医师签名：田立新
"""
DISCHARGED = """{title}
记录时间：{last} 16:00
入院情况：因咳嗽咳痰伴发热3天入院。
诊疗经过：抗感染、化痰治疗，症状缓解。
出院情况：体温正常，双肺未闻及湿啰音。
        医师签名：田立新
"""


def harmless(attacks):
    """The same places with words that mean no harm."""
    return [{"at": attack["at"], "words": HARMLESS[attack["at"]]} for attack in attacks]


def write_attacked(folder, attacks):
    """Write the folder and return it; the stay of the n-th attack is `Nnnn`."""
    for name in ("claims", "hospital", "records"):
        (folder / name).mkdir(parents=True)
    about = "name: 对抗示例\nregion: {code: '229900', name: 山岭县}\nperiod: {start: 2024-01-01, end: 2024-12-31}\n"
    (folder / "inspection.yaml").write_text(about, "utf-8")
    tables = {name: [] for name in TABLES}
    for number, attack in enumerate(attacks):
        key, said = f"N{number:03}", {attack["at"]: attack["words"]}
        for name, rows in TABLES.items():
            tables[name] += rows(key, number, said)
        _documents(folder / "records" / key, number, said)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _days(number):
    first = FIRST + timedelta(days=number)
    return first, first + timedelta(days=7)


def _documents(folder, number, said):
    first, last = _days(number)
    folder.mkdir()
    name = NAMES[number % len(NAMES)]
    admitted = ADMITTED.format(day=first, name=name, section=said.get("section", "诊断依据"))
    note = NOTE.format(
        day=first + timedelta(days=2),
        text=said.get("text", "饮食睡眠可。"),
        signature=said.get("signature", "医师签名：田立新"),
    )
    (folder / "入院记录.txt").write_text(admitted, "utf-8")
    (folder / f"{said.get('file_name', '病程')}.txt").write_text(note, "utf-8")
    discharged = DISCHARGED.format(title=said.get("title", "出院记录"), last=last)
    (folder / "出院.txt").write_text(discharged, "utf-8")


def _stays(key, number, said):
    first, last = _days(number)
    yield {
        "mdtrt_id": key, "psn_no": f"P{key}", "psn_name": NAMES[number % len(NAMES)], "gend": "1", "brdy": "1956-05-04",
        "begntime": f"{first} 09:00:00", "endtime": f"{last} 10:00:00", "med_type": "2101", "adm_way": "2",
        "ipt_otp_no": key, "chfpdr_name": "田立新", "adm_diag_dscr": "社区获得性肺炎", "adm_dept_name": "呼吸内科",
        "adm_bed": "22床", "dscg_maindiag_code": "J15.900", "dscg_maindiag_name": "社区获得性肺炎",
        "dscg_dept_name": "呼吸内科", "dscg_way": "1",
    }  # fmt: skip


def _fees(key, number, said):
    first, _ = _days(number)
    lines = [
        ("床位费", "001109000010000", "01", 12, 40),
        ("一级护理", "001201000030000", "07", 12, 24),
        ("结肠镜检查", "003109030010000", "03", 1, 260),
        (said.get("item", "一次性使用口罩"), "", "08", 1, 2),
        (said.get("item", "一次性使用口罩"), "", "08", 1, 2),
    ]
    for place, (name, code, kind, count, price) in enumerate(lines):
        yield {
            "bkkp_sn": f"{key}-{place}", "mdtrt_id": key, "fee_ocur_time": f"{first + timedelta(days=2)} 08:00:00",
            "med_list_codg": code, "hilist_name": name, "medins_list_codg": f"H{place}", "medins_list_name": name,
            "list_type": "201" if code else "301", "med_chrgitm_type": kind, "unit": "日" if kind in ("01", "07") else "次",
            "cnt": count, "pric": price, "det_item_fee_sumamt": count * price,
            "bilg_dept_name": said.get("department", "呼吸内科"), "acord_dept_name": said.get("department", "呼吸内科"),
        }  # fmt: skip


def _diagnoses(key, number, said):
    yield {
        "mdtrt_id": key,
        "maindiag_flag": "1",
        "diag_code": "J15.900",
        "diag_name": "社区获得性肺炎",
        "adm_cond_type": "1",
    }
    if "diagnosis" in said:
        yield {
            "mdtrt_id": key,
            "maindiag_flag": "0",
            "diag_code": "I10.x00",
            "diag_name": said["diagnosis"],
            "adm_cond_type": "1",
        }


def _orders(key, number, said):
    first, last = _days(number)
    for place, name in enumerate(
        ["一级护理", "注射用头孢曲松钠", *[said[at] for at in ("order",) if at in said]], 1
    ):
        yield {
            "住院号": key, "医嘱类型": "长期医嘱", "医嘱号": str(place), "医嘱名称": name, "医嘱开始日期": f"{first} 10:00",
            "医嘱停止日期": f"{last} 08:00", "开立医生姓名": "田立新",
        }  # fmt: skip


def _exams(key, number, said):
    first, _ = _days(number)
    yield {
        "住院号": key, "检查登记时间": f"{first} 11:00", "检查报告时间": f"{first} 15:00", "检查项目名称": "胸部X线",
        "检查部位": "胸部", "检查所见": "右下肺斑片影", "检查报告诊断": "右下肺炎" + said.get("exam", ""),
    }  # fmt: skip


def _labs(key, number, said):
    first, _ = _days(number)
    values = [("白细胞计数", "12.5", "10^9/L", "3.5-9.5")]
    values += [("备注", said["lab"], "", "")] if "lab" in said else []
    for analyte, value, unit, span in values:
        yield {
            "住院号": key, "采样时间": f"{first} 10:40", "检验报告时间": f"{first} 12:00", "检验项目名称": "血常规",
            "检验值名称": analyte, "检验值描述": value, "单位": unit, "检验值范围": span,
        }  # fmt: skip


def _vitals(key, number, said):
    first, _ = _days(number)
    for day in range(7):
        yield {
            "住院号": key, "测量时间": f"{first + timedelta(days=day)} 10:00", "体温": 38.2 if day == 0 else 36.7, "脉搏": 82 + day,
            "呼吸": 19, "收缩压": 121 + day, "舒张压": 76,
        }  # fmt: skip


def _edits(key, number, said):
    first, _ = _days(number)
    yield {
        "住院号": key, "文书名称": "入院记录", "操作时间": f"{first} 10:40", "操作人": "田立新", "操作类型": "修改",
        "修改前": "咳嗽", "修改后": said.get("edit", "咳嗽咳痰"),
    }  # fmt: skip


TABLES = {
    "claims/mdtrt_d": _stays,
    "claims/fee_list_d": _fees,
    "claims/setl_list_diag_d": _diagnoses,
    "hospital/住院医嘱": _orders,
    "hospital/检查报告": _exams,
    "hospital/化验报告": _labs,
    "hospital/护理体征": _vitals,
    "hospital/修改痕迹": _edits,
}
