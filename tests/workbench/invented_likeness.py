"""An invented inspection of likeness: a note copied from another patient, notes carried on, a PDF changed afterwards,
vital signs that never move; and beside them many honest documents of the same forms. Some of its text would run.
"""

import random
from datetime import datetime, timedelta

from altered_pdf import FIRST_CONTENT, append, content_of, record, with_words
from invented_stays import HOSTILE, _table

COPIED, SOURCE, CARRIED, FLAT, ALTERED, TWIN = "C001", "C002", "C003", "C004", "C005", "C006"
HONEST = 6
BEGINS = datetime(2024, 3, 4, 9, 0)
WARDS = ("呼吸内科", "心血管内科", "神经内科", "普外科", "骨科", "内分泌科", "肾内科", "消化内科")
FORM = "今日查房，患者神志清楚，精神尚可，饮食睡眠一般，二便正常。\n继续目前治疗，注意休息，密切观察病情变化，不适随诊。\n"
NOTE = (
    "老年女性患者，31床，入院第3天。今晨称体重52.5kg，较入院时减轻3kg，双踝水肿已退，夜间可以平卧，"
    "心率84次/分，心房颤动心律。停用静脉推注呋塞米，换成呋塞米片每日早晨口服，后天复查电解质与脑钠肽。"
)
SEEN = (
    "门前散步时",
    "晾晒衣物后",
    "与邻居下棋时",
    "清晨起床后",
    "饭后约半小时",
    "坐长途车返家后",
    "搬运木柴时",
    "在田间拔草时",
)
FELT = (
    "自觉胸口发紧",
    "头部昏沉不适",
    "右膝酸胀难行",
    "咽部干痒欲咳",
    "腰背牵拉疼痛",
    "双眼视物模糊",
    "上腹饱胀反酸",
    "手指末端发麻",
)
THEN = (
    "静坐片刻后渐缓",
    "饮温水后稍好转",
    "家属陪同休息后缓解",
    "夜间较白昼明显",
    "劳累后容易再发",
    "按揉局部略有减轻",
    "连续三天均有出现",
    "今日未再诉说",
)

WORDS = "起身落座转颈抬臂弯腰踮脚握拳侧卧仰卧慢走快走上楼下楼提水拧巾扫院择菜劈柴喂鸡浇花赶集访友听戏写字穿针补衣晒谷腌菜磨面挑担"
PAIRS = [WORDS[n : n + 2] for n in range(0, len(WORDS), 2)]


def write_likeness(folder):
    """Write the folder and return it."""
    stays = [COPIED, SOURCE, CARRIED, FLAT, ALTERED, TWIN, *(f"H{n:03}" for n in range(HONEST))]
    _folders(folder, stays)
    people = {
        COPIED: ("邵怀远", "1", "1953-02-11", "呼吸内科", "17床"), SOURCE: ("路静姝", "2", "1950-08-20", "心血管内科", "31床"),
        CARRIED: ("仲文涛", "1", "1961-01-09", "普外科", "5床"), FLAT: ("鲍春和", "1", "1958-12-01", "神经内科", "9床"),
        ALTERED: ("周文远", "1", "1960-06-06", "呼吸内科", "20床"), TWIN: ("解" + HOSTILE, "2", "1955-05-05", "神经内科", "11床"),
    }  # fmt: skip
    _table(folder / "claims/mdtrt_d.csv", [_stay(key, n, people.get(key)) for n, key in enumerate(stays)])
    _table(folder / "claims/fee_list_d.csv", [_fee(key) for key in stays])
    _table(
        folder / "hospital/护理体征.csv",
        [*_flat(FLAT), *_flat(TWIN), *_moving(COPIED), *_moving(SOURCE), *_moving(CARRIED)],
    )
    _table(folder / "hospital/住院医嘱.csv", _orders())
    _table(
        folder / "hospital/化验报告.csv",
        [*_labs(FLAT, "S20240305001"), *_labs(TWIN, "S20240306077"), *_labs(COPIED, "S1", 1)],
    )
    draw = random.Random(7)
    for number, key in enumerate(stays):
        _write(
            folder,
            key,
            "病程记录.txt",
            [(BEGINS + timedelta(days=number % 5 + 2, hours=1), _told(draw) + "\n" + FORM)],
        )
    _write(
        folder,
        COPIED,
        "病程记录.txt",
        [
            (BEGINS + timedelta(days=7, hours=1), NOTE + "\n" + FORM),
            (BEGINS + timedelta(days=4), _told(draw) + "\n" + FORM),
        ],
    )
    _write(folder, SOURCE, "病程记录.txt", [(BEGINS + timedelta(days=2), NOTE + "\n" + FORM)])
    said = f"{FORM}患者体温38.9℃，咳黄痰，切口敷料干燥，引流管在位通畅，{_told(draw)}{HOSTILE}\n"
    _write(
        folder,
        CARRIED,
        "病程记录.txt",
        [(BEGINS + timedelta(days=day, hours=1), said) for day in (2, 3, 4, 5)],
    )
    path = record(folder / f"records/{ALTERED}/出院记录.pdf")
    append(
        path, {FIRST_CONTENT: content_of(with_words(("社区获得性肺炎", "重症肺炎"), ("7.2×10", "17.2×10")))}
    )
    return folder


def _folders(folder, stays):
    for name in ("claims", "hospital", *(f"records/{key}" for key in stays)):
        (folder / name).mkdir(parents=True)
    about = "name: 雷同示例\nregion: {code: '229900', name: 山岭县}\nperiod: {start: 2024-01-01, end: 2024-12-31}\n"
    (folder / "inspection.yaml").write_text(about, "utf-8")


def write_one(folder):
    """One patient with one document: nothing to hold it against."""
    _folders(folder, ["H000"])
    _table(folder / "claims/mdtrt_d.csv", [_stay("H000", 0, None)])
    _table(folder / "claims/fee_list_d.csv", [_fee("H000")])
    _write(
        folder, "H000", "病程记录.txt", [(BEGINS + timedelta(days=1), _told(random.Random(1)) + "\n" + FORM)]
    )
    return folder


def write_many(folder, patients):
    """Many patients with five notes each; every tenth note is partly another's. Nothing in them is false."""
    draw, notes = random.Random(3), []
    stays = [f"M{n:04}" for n in range(patients)]
    _folders(folder, stays)
    _table(folder / "claims/mdtrt_d.csv", [_stay(key, n, None, days=6) for n, key in enumerate(stays)])
    _table(folder / "claims/fee_list_d.csv", [_fee(key, n) for n, key in enumerate(stays)])
    for number, key in enumerate(stays):
        begins, own = BEGINS + timedelta(hours=17 * number), []
        for day in range(5):
            told = "".join(_told(draw) for _ in range(3))
            if notes and draw.random() < 0.1:
                told = draw.choice(notes[-60:])[: draw.choice((90, 140, 999))] + _told(draw)
            notes.append(told)
            own.append((begins + timedelta(days=day, hours=1), told + "\n" + FORM))
        _write(folder, key, "病程记录.txt", own)
    return folder


def _told(draw):
    """Three sentences nobody else has."""
    return "".join(
        f"{draw.choice(SEEN)}{draw.choice(FELT)}，{''.join(draw.choices(PAIRS, k=9))}，{draw.choice(THEN)}。"
        for _ in range(3)
    )


def _stay(key, number, person, days=9):
    name, sex, born, ward, bed = person or (
        f"佟{chr(0x4E00 + 37 * number)}",
        "12"[number % 2],
        "1966-03-03",
        WARDS[number % 8],
        f"{number % 60 + 40}床",
    )
    begins = BEGINS + timedelta(hours=17 * number) if person is None and key.startswith("M") else BEGINS
    return {
        "mdtrt_id": key, "psn_no": f"P{key}", "psn_name": name, "gend": sex, "brdy": born, "begntime": begins, "endtime": begins + timedelta(days=days),
        "med_type": "2101", "adm_way": "2", "ipt_otp_no": f"2024{key}", "chfpdr_name": "田立新", "adm_diag_dscr": "待查", "adm_dept_name": ward, "adm_bed": bed,
        "dscg_maindiag_code": "R50.900", "dscg_maindiag_name": "发热待查", "dscg_dept_name": ward, "dscg_way": "1",
    }  # fmt: skip


def _fee(key, number=0):
    at = BEGINS + timedelta(hours=17 * number + 2)
    return {
        "bkkp_sn": f"{key}-1", "mdtrt_id": key, "fee_ocur_time": at, "med_list_codg": "", "medins_list_codg": "H1", "medins_list_name": "床位费",
        "list_type": "201", "med_chrgitm_type": "01", "unit": "日", "cnt": 1, "pric": 40, "det_item_fee_sumamt": 40,
    }  # fmt: skip


def _vital(key, at, temperature, pulse, systolic, nurse="金丹"):
    return {
        "住院号": key, "测量时间": at, "体温": temperature, "脉搏": pulse, "呼吸": 18 + pulse % 3, "收缩压": systolic, "舒张压": systolic - 52,
        "血氧饱和度": 97, "意识": "清醒", "记录护士": nurse,
    }  # fmt: skip


def _flat(key):
    """Readings that move, fourteen that do not, and readings that move again; the first ten are everybody's."""
    own, shared = random.Random(key), random.Random("one block for all")
    for number in range(34):
        draw, still = shared if number < 10 else own, 10 <= number < 24
        moving = draw.randrange(362, 376) / 10, draw.randrange(66, 90), draw.randrange(114, 144)
        yield _vital(key, BEGINS + timedelta(hours=6 * number), *((36.5, 78, 128) if still else moving))


def _moving(key):
    draw = random.Random(key)
    for number in range(30):
        warm = 36.6 if key == CARRIED else draw.randrange(362, 372) / 10
        measured = warm, draw.randrange(64, 92), draw.randrange(112, 146)
        yield _vital(key, BEGINS + timedelta(hours=6 * number), *measured, "苗青")


def _labs(key, specimen, more=0):
    """A blood count of thirteen quantities; `more` makes every one of them another."""
    at = BEGINS + timedelta(days=1, hours=len(specimen) % 5)
    for number in range(13):
        yield {
            "住院号": key, "样本编号": specimen, "采样时间": at, "检验报告时间": at + timedelta(hours=2), "检验样本": "静脉血", "检验项目名称": "血常规",
            "检验值名称": f"血细胞参数{chr(0x7532 + number)}", "检验值描述": f"{3.17 + number * 11.03 + more:.2f}", "单位": "10^9/L", "检验值范围": "",
        }  # fmt: skip


def _orders():
    def order(key, name):
        return {
            "住院号": key, "医嘱类型": "长期医嘱", "医嘱名称": name, "医嘱用法": "口服", "医嘱开始日期": BEGINS, "医嘱停止日期": "",
            "开立医生姓名": "田立新", "执行时间": "", "执行人": "",
        }  # fmt: skip

    return [order(COPIED, "氨溴索口服溶液"), order(SOURCE, "呋塞米片"), order(CARRIED, "头孢呋辛酯片")]


def _write(folder, key, name, notes):
    rule = "\n" + "-" * 40 + "\n"
    text = rule.join(
        f"日常病程记录\n{at:%Y-%m-%d %H:%M}\n{said}\n        医师签名：田立新\n" for at, said in notes
    )
    (folder / "records" / key / name).write_text(text, "utf-8")
