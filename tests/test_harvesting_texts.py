"""Identifiers where people really write them: in remarks, orders, file names, with spaces, of relatives and strangers."""

import csv
import re

import pytest
from harvest_calls import called
from intake_said import A1, payload

from evals.harvesting.fidelity import SAME, Fidelity, without_lost
from evals.harvesting.harvest import Reviewed, Source, harvest_source
from review.intake.inspection import read_inspection

ABOUT = """name: 山岭县中医院专项检查（举报人李大嘴）
region: {code: "229900", name: 山岭县}
hospital: {code: H22990000001, name: 山岭县中医院（山岭县医疗集团总院）}
notes: 举报电话13800138000
contact: 李大嘴
"""
STAY = {
    "gend": "2", "begntime": "2024-03-01 09:00:00", "endtime": "2024-03-06 10:00:00", "med_type": "2101",
    "fixmedins_code": "H22990000001", "fixmedins_name": "山岭县中医院（山岭县医疗集团总院）", "lmtpric_hosp_lv": "2",
}  # fmt: skip
STAYS = [
    {
        "mdtrt_id": "229900240301000001", "psn_no": "22990019660514142X", "psn_name": "王芳", "brdy": "1966-05-14",
        "certno": "22990019660514142x", "tel": "13951230987；0431-82345678", "addr": "山岭县城关镇石塘村3组12号",
        "emp_name": "山岭县纺织厂", "ipt_otp_no": "24030101", "medrcdno": "BA-24030101", "chfpdr_name": "张伟",
    },
    {
        "mdtrt_id": "229900240301000002", "psn_no": "P2", "psn_name": "阿依古丽·买买提", "brdy": "1970-01-02",
        "tel": "13951230987", "ipt_otp_no": "24030102", "chfpdr_name": "D01234 欧阳静怡", "emp_name": "无",
    },
    {
        "mdtrt_id": "229900240301000003", "psn_no": "P3", "psn_name": "王芳之子", "brdy": "2024-03-01",
        "ipt_otp_no": "24030103", "chfpdr_name": "陈皮",
    },
    {
        "mdtrt_id": "229900240301000004", "psn_no": "P4", "psn_name": "John Smith", "brdy": "1955-10-12",
        "certno": "E12345678", "tel": "+86 138-1234-5678", "ipt_otp_no": "24030104", "chfpdr_name": "𠮷川",
    },
]  # fmt: skip
FEE = {
    "setl_id": "S1",
    "fee_ocur_time": "2024-03-02 10:00:00",
    "cnt": "1",
    "pric": "10",
    "det_item_fee_sumamt": "10",
}
FEES = [
    {
        "bkkp_sn": "229900240301000000000001",
        "medins_list_name": "陈皮饮片",
        "memo": "家属王小二电话13755556666",
    },
    {
        "bkkp_sn": "229900240301000000000002",
        "medins_list_name": "床位费",
        "acord_dr_name": "孙丽/李娜(04567)",
    },
]
NOTE = """山岭县中医院
姓名：王 芳　性别：女　年龄：57岁　住院号：24030101
身份证号：229900 19660514 142X　联系电话：139 5123 0987
现住址：山岭县城关镇石塘村3组12号　工作单位：山岭县纺织厂
联系人：周大海　关系：配偶　电话：13677778888
入院记录
2024-03-01 10:00
主诉：反复咳嗽3天。
现病史：患者3天前在山岭县人民医院就诊，后经石塘村卫生室刘老根村医介绍来我院。予陈皮饮片。
出生日期：1966年5月14日，其女周小妹（出生于1990年10月11日）陪同，微信zhou_1990@qq.com，银行卡6222021234567894527。
王芳诉咳嗽，山岭医院外院片示双肺纹理增多。张主任查房：同意。周大海签字。车牌吉A·12345。
医师签名：张伟   2024-03-01 10:30
"""
CHILD = "新生儿记录\n姓名：王芳之子　住院号：24030103\n2024-03-01 11:00\n其母王芳，于2024年03月01日09时15分出生。\n医师签名：陈皮\n"
FOREIGN = "病程记录\n2024-03-02 09:00\nJohn Smith诉头痛，护照号E12345678。JOHN  SMITH同意。\n医师签名：𠮷川\n"
SOUGHT = [
    "李大嘴",
    "13800138000",
    "王芳",
    "王小二",
    "周大海",
    "刘老根",
    "周小妹",
    "张伟",
    "欧阳静怡",
    "孙丽",
    "李娜",
    "𠮷川",
    "阿依古丽",
    "买买提",
    "smith",
    "22990019660514142",
    "1966-05-14",
    "1966年5月14日",
    "1990年10月11日",
    "19660514",
    "13951230987",
    "0431-82345678",
    "82345678",
    "13677778888",
    "13755556666",
    "138-1234-5678",
    "E12345678",
    "24030101",
    "24030102",
    "24030103",
    "24030104",
    "229900240301",
    "D01234",
    "(04567)",
    "山岭",
    "石塘",
    "城关",
    "H22990000001",
    "zhou_1990",
    "6222021234567894527",
    "吉A·12345",
]


def table(file, given):
    with file.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.DictWriter(stream, list(dict.fromkeys(name for row in given for name in row)))
        lines.writeheader()
        lines.writerows(given)


@pytest.fixture(scope="module")
def harvested(tmp_path_factory):
    """The case made of the invented inspection, and what it was made of."""
    home = tmp_path_factory.mktemp("texts")
    folder = home / "inspection"
    records = {"24030101/王芳_病历.txt": NOTE, "24030103/新生儿.txt": CHILD, "24030104/病程.txt": FOREIGN}
    for name, text in records.items():
        (folder / "records" / name).parent.mkdir(parents=True)
        (folder / "records" / name).write_text(text, encoding="utf-8")
    for part in ("claims", "hospital"):
        (folder / part).mkdir()
    (folder / "inspection.yaml").write_text(ABOUT, encoding="utf-8")
    table(folder / "claims" / "mdtrt_d.csv", [STAY | one for one in STAYS])
    stay = {"mdtrt_id": STAYS[0]["mdtrt_id"]}
    table(folder / "claims" / "fee_list_d.csv", [FEE | stay | one for one in FEES])
    order = {"住院号": "24030101", "医嘱名称": "请张伟主任会诊（陈皮饮片10g）", "执行人": "护士站"}
    table(folder / "hospital" / "住院医嘱.csv", [order])
    source = Source.read(folder, home)
    done = harvest_source(Reviewed(folder, {}, called()), source, source.vocabulary, home / "case", home)
    return home / "case", source, done


def test_nothing_of_anybody_is_left_wherever_it_was_written(harvested):
    case, _, _ = harvested
    for file in (file for file in case.rglob("*") if file.is_file()):
        text = f"{file.relative_to(case)}\n{file.read_text('utf-8')}"
        closed = re.sub(r"[\s-]", "", text).lower()
        assert [one for one in SOUGHT if one.lower() in text.lower() or one.lower() in closed] == []


def test_what_is_no_identifier_stays_letter_for_letter(harvested):
    case, _, done = harvested
    note = next(case.glob("records/*/*病历.txt")).read_text("utf-8")
    assert len(note) == len(NOTE)
    for kept in (
        "反复咳嗽3天",
        "2024-03-01 10:00",
        "现住址：",
        "县人民医院就诊",
        "予陈皮饮片",
        "村卫生室",
        "纹理增多",
        "57岁",
    ):
        assert kept in note
    assert [old for old, new in zip(NOTE, note, strict=True) if old == "\n" != new] == []
    (orders,) = (rows.read_text("utf-8") for rows in case.glob("hospital/orders*"))
    assert "主任会诊（陈皮饮片10g）" in orders and "护士站" in orders
    assert (done.words, "陈皮" in note) == (1, True)


def test_a_person_is_called_alike_in_tables_texts_and_file_names(harvested):
    case, _, _ = harvested
    with next(case.glob("claims/mdtrt_d*")).open(encoding="utf-8", newline="") as lines:
        mother, _, child, guest = csv.DictReader(lines)
    note = next(case.glob("records/*/*病历.txt"))
    assert note.parent.name == mother["ipt_otp_no"] and note.name.startswith(mother["psn_name"])
    assert mother["psn_no"] == mother["certno"].upper() and mother["certno"][6:10] == "1966"
    assert child["psn_name"] == f"{mother['psn_name']}之子" and child["brdy"] == "2024-03-01"
    told = next(case.glob("records/*/新生儿.txt")).read_text("utf-8")
    assert f"其母{mother['psn_name']}，" in told and f"姓名：{child['psn_name']}" in told
    assert guest["certno"] in next(case.glob("records/*/病程.txt")).read_text("utf-8")


def reread(folder, home):
    """The case of a folder, read again."""
    source = Source.read(folder, home)
    harvest_source(Reviewed(folder, {}, called()), source, source.vocabulary, home / "case", home)
    return source.intake, read_inspection(home / "case", cache=home / "cache")


def test_records_without_tables_become_records_without_tables(tmp_path):
    record = tmp_path / "检查" / "records" / "0024030101"
    record.mkdir(parents=True)
    head = "某医院\n姓名：甘试一    性别：男    年龄：63岁    住院号：0024030101\n入院记录\n"
    (record / "入院.txt").write_text(
        f"{head}入院时间：2024年03月01日09时00分\n主诉：咳嗽。\n出院时间：2024年03月06日\n", encoding="utf-8"
    )
    before, after = reread(tmp_path / "检查", tmp_path)
    (old,), (new,) = before.tables["mdtrt_d"].to_pylist(), after.tables["mdtrt_d"].to_pylist()
    assert [new[name] == old[name] for name in ("gend", "age", "begntime", "endtime")] == [True] * 4
    assert new["psn_name"] != "甘试一" and new["mdtrt_id"] != "0024030101" == old["mdtrt_id"]
    assert [one.kind for one in before.documents] == [one.kind for one in after.documents]


def test_messages_of_the_interface_become_tables_and_documents(inspection, tmp_path):
    (inspection / "claims" / "fee_list_d.csv").unlink()
    line = {
        "feedetl_sn": 900123,
        "mdtrt_id": A1,
        "fee_ocur_time": "2024-03-01 10:00:00",
        "cnt": 1,
        "pric": 40.0,
    }
    line |= {"det_item_fee_sumamt": 40.0, "medins_list_name": "床位费", "bilg_dr_name": "田试医"}
    payload(inspection, "2301.json", {"infno": "2301", "input": {"feedetail": [line]}})
    before, after = reread(inspection, tmp_path)
    (old,), (new,) = before.tables["fee_list_d"].to_pylist(), after.tables["fee_list_d"].to_pylist()
    assert (new["pric"], new["medins_list_name"], new["source"]) == (
        old["pric"],
        "床位费",
        "claims/fee_list_d_001.csv",
    )
    assert (
        new["bilg_dr_name"] != "田试医" and new["mdtrt_id"] in after.tables["mdtrt_d"]["mdtrt_id"].to_pylist()
    )
    assert not (tmp_path / "case" / "platform").exists()


def test_what_cannot_be_read_is_left_behind_and_counted(inspection, tmp_path):
    (inspection / "records" / "0024030101" / "甘试一.pdf").write_bytes(b"%PDF-1.4 nothing")
    source = Source.read(inspection, tmp_path)
    out = tmp_path / "case"
    done = harvest_source(Reviewed(inspection, {}, called()), source, source.vocabulary, out, tmp_path)
    assert (done.written.unread, len(list(out.glob("records/*/*")))) == (1, 1)


def test_a_label_goes_only_where_its_finding_is_nowhere_in_the_case():
    items = [
        {"check": "DOC-022", "violation": "v", "charge_ids": []},
        {"check": "CHG-1", "violation": "v", "charge_ids": ["2", "1"]},
    ]
    said = {"A1": {"must_find": items, "must_not_find": [], "clean": False}}
    traces, fee = (
        ("DOC-022", "v", "A1", (), "None", "probable"),
        ("CHG-1", "v", "A1", ("1", "2"), "20.0", "probable"),
    )
    dearer = (*fee[:4], "30.0", "clue")
    kept, taken = without_lost(said, Fidelity(5, (fee, traces), (dearer,)))
    assert (kept["A1"]["must_find"], kept["A1"]["clean"], taken) == (items[1:], False, 1)
    assert without_lost(said, SAME) == (said, 0)
