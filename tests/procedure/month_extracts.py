"""Invented settlement months written by hand, a few quick rules, and what stands beside one screening of all months."""

import csv
import shutil
from datetime import datetime, timedelta

import pyarrow.parquet as pq

from review.checks.header import make_header
from review.checks.registry import Check
from review.screening.run import Options, screen
from review.screening.watch import opened
from review.screening.watch_run import Adding, Run
from review.screening.watch_standing import cells, standing

STAYS = [
    "mdtrt_id",
    "psn_no",
    "psn_name",
    "fixmedins_code",
    "begntime",
    "endtime",
    "adm_dept_name",
    "chfpdr_name",
    "med_type",
]
LINES = [
    "bkkp_sn",
    "mdtrt_id",
    "fee_ocur_time",
    "med_list_codg",
    "hilist_name",
    "medins_list_name",
    "list_type",
    "med_chrgitm_type",
    "cnt",
    "pric",
    "det_item_fee_sumamt",
    "dscg_tkdrug_flag",
    "prd_days",
]
SAME = (
    "id",
    "check",
    "certainty",
    "admission_id",
    "charge_ids",
    "amount",
    "counted_amount",
    "counted_in",
    "message",
)
EXAMINED = "select admission_id, 'clear' as outcome, null as reason from admissions"
RULES = {
    "DEAR": "select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(amount) as amount "
    "from charges where amount > 100 group by admission_id",
    # of a person's stays, every one that another comes near to, whichever came first
    "NEAR": "select distinct a.admission_id from admissions a join admissions b on b.person_id = a.person_id "
    "and b.admission_id <> a.admission_id and abs(a.ends_on - b.begins_on) <= 40",
    # only where a hospital's times of charging are hours
    "HOUR": "select distinct admission_id from charges where clock_ok",
}


def rules(folder):
    """The quick rules, their files in `folder`."""
    folder.mkdir(exist_ok=True)
    return tuple(_rule(folder / f"{code}.sql", code, findings) for code, findings in RULES.items())


def _rule(file, code, findings):
    file.write_text(findings, "utf-8")
    header = {
        "code": f"CHG-9{list(RULES).index(code):02d}",
        "title": f"试验规则 {code}",
        "violation": "duplicate_charge",
        "certainty": "probable",
        "basis": ["医疗保障基金使用监督管理条例#第三十八条（三）"],
        "message": "试验",
        "why": "试验",
    }
    return Check(make_header(header, "试验"), file, EXAMINED, findings)


def stay(number, month, person=None, amounts=(50,), minute=0, hospital="H22990000001", day=10):
    """A stay of five days that began in a month, with a line for each amount; times of day begin at 9:00 + minute."""
    begins = datetime.fromisoformat(f"{month}-{day:02d} 08:00")
    name = f"{number:018d}"
    lines = [
        {
            "bkkp_sn": f"{name}{place:03d}",
            "mdtrt_id": name,
            "fee_ocur_time": begins.replace(hour=9) + timedelta(days=place % 4, minutes=minute),
            "med_list_codg": "001109000010300",
            "hilist_name": "普通病房床位费",
            "medins_list_name": "普通病房床位费",
            "list_type": "201",
            "med_chrgitm_type": "01",
            "cnt": 1,
            "pric": amount,
            "det_item_fee_sumamt": amount,
        }
        for place, amount in enumerate(amounts)
    ]
    row = {
        "mdtrt_id": name,
        "psn_no": person or f"P{number}",
        "psn_name": f"甘试{number}",
        "fixmedins_code": hospital,
        "begntime": begins,
        "endtime": begins + timedelta(days=5),
        "adm_dept_name": f"试科{number % 2}",
        "chfpdr_name": f"田试医{number % 3}",
        "med_type": "2101",
    }
    return row, lines


def write_month(folder, stays):
    """The claims of a month, replaced where they stand already."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, columns, rows in (
        ("mdtrt_d", STAYS, [row for row, _ in stays]),
        ("fee_list_d", LINES, [line for _, lines in stays for line in lines]),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def add(watch, month, claims, checks, home, **more):
    """One run of a watch; what it did."""
    with opened(watch, new=True) as held:
        return Run(held, Adding(month, (claims,), **more), home, lambda line: None, checks=checks).go()


def stands(watch):
    """The findings that stand, in one order, and the stays examined and found by rule."""
    with opened(watch, new=False) as held, standing(held) as warehouse:
        found = as_said(warehouse.rows("select * from findings"))
        whole = {
            (one.code, one.month): (one.examined, one.found)
            for one in cells(warehouse)
            if one.level == "whole"
        }
    return found, whole


def screened(folder, months, checks, home):
    """The findings of one screening of all months."""
    claims = folder / "claims"
    shutil.rmtree(folder, ignore_errors=True)
    claims.mkdir(parents=True)
    for place, month in enumerate(months, start=1):
        for file in sorted(month.iterdir()):
            shutil.copy(file, claims / f"{file.stem}_{place}{file.suffix}")
    screen(Options((claims,), folder / "whole.parquet"), home, lambda line: None, checks)
    return as_said(pq.read_table(folder / "whole.parquet").to_pylist())


def as_said(rows):
    return sorted(tuple(str(row[name]) for name in SAME) for row in rows)
