"""A small inspection of invented people, for tests that spoil one thing at a time."""

from pathlib import Path

import postgres
import pytest

from review.store.store import Store

SHARED = Path(__file__).parent.parent.parent / "shared"

ADMISSIONS = """mdtrt_id,psn_no,psn_name,gend,brdy,fixmedins_code,lmtpric_hosp_lv,begntime,endtime,med_type,ipt_otp_no,adm_dept_name,adm_bed,dscg_maindiag_code,dscg_maindiag_name,dscg_way
900000000000000000000000000001,P0001,甘试一,1,1960-05-01,H1,2,2024-03-01 09:00:00,2024-03-06 10:00:00,2101,0024030101,呼吸内科,01床,J18.900,肺炎,1
900000000000000000000000000002,P0002,甘试二,2,1971-07-15,H1,2,2024-03-02 09:00:00,2024-03-08 10:00:00,2101,0024030202,呼吸内科,02床,J18.900,肺炎,1
"""
SETTLEMENTS = """setl_id,mdtrt_id,medfee_sumamt,inscp_amt,fund_pay_sumamt,refd_setl_flag,mid_setl_flag
S1,900000000000000000000000000001,200.00,200.00,120.00,0,0
S2,900000000000000000000000000002,240.00,240.00,150.00,0,0
"""
CHARGES_HEAD = (
    "bkkp_sn,init_feedetl_sn,mdtrt_id,setl_id,rx_drord_no,fee_ocur_time,med_list_codg,hilist_name,medins_list_name,"
    "list_type,med_chrgitm_type,chrgitm_lv,unit,cnt,pric,det_item_fee_sumamt,pric_uplmt_amt,fulamt_ownpay_amt,inscp_amt"
)
CHARGES = (
    CHARGES_HEAD
    + "\n"
    + "".join(
        f"L1{day},,900000000000000000000000000001,S1,,2024-03-0{day} 23:30:00,001109000010300,普通病房床位费,普通病房床位费,"
        "201,01,01,床日,1,40,40,40,0,40\n"
        for day in range(1, 6)
    )
    + "".join(
        f"L2{day},,900000000000000000000000000002,S2,,2024-03-0{day} 23:30:00,001109000010300,普通病房床位费,普通病房床位费,"
        "201,01,01,床日,1,40,40,40,0,40\n"
        for day in range(2, 8)
    )
)
NOTE = """某县人民医院
姓名：甘试一    科室：呼吸内科    床号：01床    住院号：0024030101

首次病程记录
2024-03-01 11:00
病例特点：
1.中老年男性，咳嗽发热3天；2.右下肺湿啰音。
诊疗计划：
1.抗感染；2.化痰。
        医师签名：田试医
"""
ABOUT = """name: 某县人民医院2024年检查
region: {code: "229900", name: 某县}
hospital: {code: H1, name: 某县人民医院}
hospital_level: 二级甲等
"""


def pytest_collection_modifyitems(items):
    """Modules with slow tests begin first, so that nothing long is left to one worker at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def inspection(tmp_path):
    """The folder of a readable inspection with two admissions."""
    folder = tmp_path / "inspection"
    (folder / "claims").mkdir(parents=True)
    (folder / "inspection.yaml").write_text(ABOUT, "utf-8")
    (folder / "claims" / "mdtrt_d.csv").write_text(ADMISSIONS, "utf-8")
    (folder / "claims" / "setl_d.csv").write_text(SETTLEMENTS, "utf-8")
    (folder / "claims" / "fee_list_d.csv").write_text(CHARGES, "utf-8")
    record = folder / "records" / "0024030101"
    record.mkdir(parents=True)
    (record / "病程记录.txt").write_text(NOTE, "utf-8")
    return folder


@pytest.fixture(scope="session")
def postgres_cluster():
    """A PostgreSQL server of the tests' own."""
    if not postgres.installed():
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with postgres.cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request, tmp_path):
    """A store without anything in it, on each of the two databases."""
    url = f"sqlite:///{tmp_path / 'home' / 'store.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_cluster").empty_database()
    opened = Store.open(url)
    yield opened
    opened.close()
