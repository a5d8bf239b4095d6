"""One invented inspection of everything that must not act or hold a page up: markup, formulas, controls, sheer size."""

import csv
from datetime import datetime, timedelta

NAME = "𠮷野家👨\u200d👩\u200d👧é髙﨑🇨🇳辻😀"  # eleven letters to a reader, far more to a machine
CUT = "𠮷野家👨\u200d👩\u200d👧é髙﨑🇨🇳…"
STAY, PLAIN, PERSON = "990000000000000001", "990000000000000002", "甘试平"
BEGINS, DAYS = datetime(2024, 3, 1, 9, 0), 20
LINES = 2_000
CODES = (
    "<script>window.ran=1;document.title='ran'</script>",
    '<img src=x onerror="window.ran=1">',
    "${window.ran=1}{{window.ran=1}}`${document.title='ran'}`\\",
    '<a href="javascript:window.ran=1">javascript:window.ran=1</a><svg onload=window.ran=1>',
    '<iframe src="https://example.com/x"></iframe><link rel=stylesheet href="https://example.com/x.css">',
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com","x")',
    "甲\u202e乙丙\u202c\u2066丁\u2069",
    "响\x07铃空\x1b[31m\x7f",
    "W" * 3_000,
)
BELL, NUL = "\x07", "\x00"
LONG = 10 * 1024 * 1024  # bytes of one document


def write_inspection(folder):
    """Write the folder and return it."""
    for name in ("claims", "hospital", f"records/{STAY}", f"records/{PLAIN}"):
        (folder / name).mkdir(parents=True)
    about = "name: '=1+1 <b>检查</b>'\nregion: {code: '229900', name: 山岭县}\nperiod: {start: 2024-01-01, end: 2024-12-31}\n"
    (folder / "inspection.yaml").write_text(about, "utf-8")
    _table(
        folder / "claims/mdtrt_d.csv",
        [_stay(STAY, NAME, CODES[1], CODES[5]), _stay(PLAIN, PERSON, "内科", "肺炎")],
    )
    _table(folder / "claims/fee_list_d.csv", [*_fees(STAY, LINES), *_fees(PLAIN, 40)])
    _table(folder / "hospital/住院医嘱.csv", _orders())
    for name, text in documents().items():
        (folder / "records" / STAY / name).write_text(text, "utf-8")
    (folder / "records" / PLAIN / "入院记录.txt").write_text(_note(PERSON, "咳嗽三天。"), "utf-8")
    return folder


def _table(file, rows):
    rows = list(rows)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _stay(key, name, department, diagnosis):
    return {
        "mdtrt_id": key, "psn_no": f"P{key}", "psn_name": name, "gend": "1", "brdy": "1956-05-04", "begntime": BEGINS,
        "endtime": BEGINS + timedelta(days=DAYS), "med_type": "2101", "adm_way": "2", "ipt_otp_no": key,
        "chfpdr_name": CODES[0], "adm_diag_dscr": diagnosis, "adm_dept_name": department, "adm_bed": "=1+1床",
        "dscg_maindiag_code": "J18.900", "dscg_maindiag_name": diagnosis, "dscg_dept_name": department, "dscg_way": "1",
    }  # fmt: skip


def _fees(key, count):
    """Bed days charged too often, and items that are what a record may not be."""
    bed = ("001109000010300", "普通病房床位费(三人间)", "01")
    for number in range(count):
        code, name, kind = bed if number % 40 == 0 else ("", CODES[number % len(CODES)], "05")
        name = (
            name.replace(BELL, NUL) if number > LINES // 2 else name
        )  # behind what is read to tell text from other files
        times = 3 if kind == "01" else 1
        yield {
            "bkkp_sn": f"{key}-{number:05}", "mdtrt_id": key, "fee_ocur_time": BEGINS + timedelta(minutes=number * DAYS * 1440 // count),
            "med_list_codg": code, "hilist_name": name, "medins_list_name": name, "list_type": "201",
            "med_chrgitm_type": kind, "unit": "床日" if code else "次", "cnt": times, "pric": 38,
            "det_item_fee_sumamt": 38 * times, "inscp_amt": 38 * times, "acord_dr_name": CODES[2],
        }  # fmt: skip


def _orders():
    return [
        {
            "住院号": STAY, "医嘱类型": "长期医嘱", "医嘱名称": code, "医嘱用法": "口服", "医嘱开始日期": BEGINS + timedelta(hours=n),
            "开立医生姓名": CODES[2], "执行人": CODES[0],
        }
        for n, code in enumerate(CODES)
    ]  # fmt: skip


def _note(name, said):
    return f"""入院记录
姓名：{name}    住院号：{STAY}
入院时间：2024-03-01 09:00    记录时间：2024-03-01 11:20    病史陈述者：患者本人
主诉：{said}
现病史：{said}
初步诊断：肺炎
        医师签名：田立新
"""


def documents():
    """By file name; the last is of ten megabytes."""
    line = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳" * 60 + CODES[2] + "\n"
    return {
        "入院记录.txt": _note(NAME, "\n".join(CODES)),
        "首次病程记录.txt": f"首次病程记录\n2024-03-01 12:00\n{CODES[0]}\n{CODES[9]}\n        医师签名：田立新\n",
        "会诊记录.txt": "会诊记录\n2024-03-05 10:00\n" + line * (LONG // len(line.encode()) + 1),
    }
