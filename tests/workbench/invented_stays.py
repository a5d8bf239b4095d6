"""An invented inspection for the stay at a glance: 200 days with gaps and a leave, one day, nothing at all, no times.

Its text holds what would run if a page took it for code.
"""

import csv
from datetime import datetime, timedelta

LONG, SHORT, EMPTY, UNTIMED = "L200", "S001", "E000", "U030"
BEGINS = datetime(2024, 2, 1, 9, 0)
DAYS = 200
GAP = range(60, 67)  # days of the long stay on which nobody did anything to the patient
LEAVE = range(90, 96)
HOSTILE = "<img src=x onerror=\"document.title='ran'\">${document.title='ran'}"
FEES = (
    ("床位费", "201", "01", 45),
    ("诊察费", "201", "02", 16),
    ("二级护理", "201", "07", 22),
    ("运动疗法", "201", "05", 60),
    ("作业疗法", "201", "05", 55),
    ("电针", "201", "05", 28),
    ("低频脉冲电治疗", "201", "05", 30),
    ("阿托伐他汀钙片", "101", "09", 3.2),
    ("硫酸氢氯吡格雷片", "101", "09", 4.1),
    ("胞磷胆碱钠注射液", "101", "09", 12),
    ("一次性使用输液器", "301", "08", 2.5),
    ("静脉输液", "201", "05", 8),
)
SELF_POSTING = 3  # the first of them post themselves, whoever is there


def write_inspection(folder):
    """Write the folder and return it."""
    for name in ("claims", "hospital", f"records/{LONG}", f"records/{SHORT}", f"records/{UNTIMED}"):
        (folder / name).mkdir(parents=True)
    about = "name: 长住院示例\nregion: {code: '229900', name: 山岭县}\nperiod: {start: 2024-01-01, end: 2024-12-31}\n"
    (folder / "inspection.yaml").write_text(about, "utf-8")
    _table(folder / "claims/mdtrt_d.csv", _stays())
    fees = [*_long_fees(), *_other_fees()]
    _table(folder / "claims/fee_list_d.csv", fees)
    _table(folder / "hospital/护理体征.csv", [*_long_vitals(), *_other_vitals()])
    _table(folder / "hospital/住院医嘱.csv", [*_long_orders(), *_other_orders()])
    _table(folder / "hospital/化验报告.csv", _labs())
    _table(folder / "hospital/住院手术.csv", _operations())
    for path, text in _documents().items():
        (folder / "records" / path).write_text(text, "utf-8")
    return folder


def _table(file, rows):
    rows = list(rows)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def _stay(key, name, begins, ends, diagnosis, code, department):
    return {
        "mdtrt_id": key, "psn_no": f"P{key}", "psn_name": name, "gend": "1", "brdy": "1956-05-04", "begntime": begins,
        "endtime": ends, "med_type": "2101", "adm_way": "2", "ipt_otp_no": key, "chfpdr_name": "田立新",
        "adm_diag_dscr": diagnosis, "adm_dept_name": department, "adm_bed": "22床", "dscg_maindiag_code": code,
        "dscg_maindiag_name": diagnosis, "dscg_dept_name": department, "dscg_way": "1",
    }  # fmt: skip


def _stays():
    ends = BEGINS + timedelta(days=DAYS - 1, hours=1)
    return [
        _stay(LONG, "仇长春", BEGINS, ends, "脑梗死后遗症", "I69.300", "神经内科"),
        _stay(SHORT, "邬一日", "2024-03-05 08:00:00", "2024-03-05 17:00:00", "结肠息肉", "K63.500", "消化内科"),
        _stay(EMPTY, "卢空白", "2024-05-02 10:00:00", "2024-05-09 10:00:00", "高血压病", "I10.x00", "心内科"),
        _stay(UNTIMED, "佟无时", "2024-06-01 09:00:00", "2024-06-30 09:00:00", "慢性支气管炎", "J42.x00", "呼吸内科"),
    ]  # fmt: skip


def _fee(key, number, at, item, price):
    name, kind, charged_as, _ = item
    return {
        "bkkp_sn": f"{key}-{number:05}", "mdtrt_id": key, "fee_ocur_time": at, "med_list_codg": "",
        "medins_list_codg": f"H{charged_as}{len(name)}", "medins_list_name": name, "list_type": kind,
        "med_chrgitm_type": charged_as, "unit": "次", "cnt": 1, "pric": price, "det_item_fee_sumamt": price,
        "acord_dr_name": "金丹" if charged_as == "05" else "",
    }  # fmt: skip


def _long_fees():
    for day in range(DAYS):
        away = day in GAP or day in LEAVE
        for number, item in enumerate(FEES[:SELF_POSTING] if away else FEES):
            at = BEGINS + timedelta(days=day, minutes=7 * number)
            yield _fee(LONG, day * 100 + number, at, item, item[3])


def _other_fees():
    yield _fee(SHORT, 1, "2024-03-05 11:00:00", ("结肠息肉切除术", "201", "06", 0), 890)
    for number in range(20):
        yield _fee(UNTIMED, number, "2024-06-10", ("雾化吸入", "201", "05", 0), 15)


def _vital(key, at, temperature=36.6, pulse=76):
    return {
        "住院号": key, "测量时间": at, "体温": temperature, "脉搏": pulse, "呼吸": 18, "收缩压": 138, "舒张压": 84,
        "血氧饱和度": 97, "意识": "清醒", "记录护士": "金丹",
    }  # fmt: skip


def _long_vitals():
    for day in range(DAYS):
        if day in GAP or day in LEAVE:
            continue
        for hours in (0, 6):
            hot = day == 40 and hours
            yield _vital(LONG, BEGINS + timedelta(days=day, hours=hours), 39.4 if hot else 36.6)


def _other_vitals():
    yield _vital(SHORT, "2024-03-05 08:20")
    yield from (_vital(UNTIMED, "") for _ in range(3))


def _order(key, name, begins="", ends="", executed="", usage="口服", kind="长期医嘱"):
    return {
        "住院号": key, "医嘱类型": kind, "医嘱名称": name, "医嘱用法": usage, "医嘱开始日期": begins,
        "医嘱停止日期": ends, "开立医生姓名": "田立新", "执行时间": executed, "执行人": "金丹" if executed else "",
    }  # fmt: skip


def _long_orders():
    ends = BEGINS + timedelta(days=DAYS - 1)
    yield _order(LONG, "二级护理", BEGINS, ends, usage="")
    yield _order(LONG, HOSTILE, BEGINS, ends)
    left, back = BEGINS + timedelta(days=90, hours=-1), BEGINS + timedelta(days=96, hours=-2)
    yield _order(LONG, "患者请假离院", left, back, usage="", kind="临时医嘱")
    for day in range(DAYS):
        if day in GAP or day in LEAVE:
            continue
        at = BEGINS + timedelta(days=day, hours=1)
        for name in ("运动疗法", "电针", "胞磷胆碱钠注射液"):
            yield _order(LONG, name, at, "", at + timedelta(minutes=20), "静滴" if "注射" in name else "")


def _other_orders():
    yield _order(SHORT, "结肠镜下息肉切除", "2024-03-05 09:00", "", "2024-03-05 10:10", "", "临时医嘱")
    yield from (_order(UNTIMED, name) for name in ("雾化吸入", "氨溴索口服溶液"))


def _lab(key, at, analyte, value, unit, span):
    return {
        "住院号": key, "采样时间": at, "检验报告时间": at, "检验样本": "静脉血", "检验项目名称": "血常规",
        "检验值名称": analyte, "检验值描述": value, "单位": unit, "检验值范围": span,
    }  # fmt: skip


def _labs():
    for day in range(0, DAYS, 12):
        at = BEGINS + timedelta(days=day, minutes=30)
        yield _lab(LONG, at, "白细胞计数", 22.4 if day == 36 else 6.1, "10^9/L", "3.5-9.5")
        yield _lab(LONG, at, "血红蛋白", 128, "g/L", "115-150")
    at = BEGINS + timedelta(days=40, hours=6, minutes=30)
    yield _lab(LONG, at, "白细胞计数", 22.4, "10^9/L", "3.5-9.5")
    yield _lab(UNTIMED, "", "白细胞计数", 7.2, "10^9/L", "3.5-9.5")


def _operations():
    def row(key, day, name, code):
        return {
            "住院号": key, "手术日期": day.date(), "手术开始时间": day, "手术结束时间": day + timedelta(minutes=50),
            "手术者姓名": "韩树林", "手术操作编码": code, "手术操作名称": name,
        }  # fmt: skip

    return [
        row(LONG, BEGINS + timedelta(days=30, hours=1), "经皮内镜下胃造瘘术", "43.1100"),
        row(SHORT, datetime(2024, 3, 5, 10, 20), "内镜下结肠息肉切除术", "45.4200"),
    ]


def _documents():
    admitted = f"""入院记录
入院时间：2024-02-01 09:00    记录时间：2024-02-01 11:20    病史陈述者：患者本人（可靠）
主诉：左侧肢体活动不利2年。
现病史：患者2年前患脑梗死，遗留左侧肢体活动不利，近期无加重，无头痛、呕吐，无肢体抽搐，无呕血黑便。{HOSTILE}
既往史：高血压10年。
体格检查：T 36.6℃，P 76次/分，R 18次/分，BP 138/84mmHg。神志清，对答切题。腹软，无压痛及反跳痛。左侧肢体肌力4级，可扶拐步行。
初步诊断：脑梗死后遗症
        医师签名：田立新
"""
    notes = []
    for day in range(1, DAYS, 3):
        at = BEGINS + timedelta(days=day)
        said = "咳嗽、发热，体温39.4℃，予抗感染。" if day == 40 else "患者病情平稳，继续康复训练。"
        if day not in GAP and day not in LEAVE:
            notes.append(f"日常病程记录\n{at:%Y-%m-%d %H:%M}\n{said}\n        医师签名：田立新\n")
    rule = "\n" + "-" * 40 + "\n"
    return {
        f"{LONG}/入院记录.txt": admitted,
        f"{LONG}/病程记录.txt": rule.join(notes),
        f"{SHORT}/入出院记录.txt": "24小时内入出院记录\n记录时间：2024-03-05 16:00\n主诉：发现结肠息肉1月。\n"
        "患者无腹痛、无便血，今日行内镜下息肉切除，过程顺利。\n        医师签名：田立新\n",
        f"{UNTIMED}/病历.txt": "入院记录\n主诉：反复咳嗽咳痰10年。\n体格检查：神志清，双肺呼吸音粗。\n",
    }
