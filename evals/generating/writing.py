"""Writes generated stays as an inspection folder: the platform's tables, the hospital's tables, the documents."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from evals.generating.admitting import NURSES
from evals.generating.site import ORDINARY, Site
from evals.generating.stay import THERAPIST, Line, Stay, plain

Row = Mapping[str, Any]
COLUMNS = yaml.safe_load((Path(__file__).parent / "columns.yaml").read_text("utf-8"))
EQUIPMENT = (
    "64排螺旋CT",
    "1.5T磁共振",
    "彩色多普勒超声诊断仪",
    "十二导联心电图机",
    "电子胃镜",
    "血液透析机",
    "呼吸机",
    "中频治疗仪",
    "经颅磁刺激仪",
    "数字化X线摄影系统",
    "电动起立床",
    "减重步态训练系统",
    "层流净化机组",
)
FIELDS_OF_CARE = "内科;外科;妇产科;儿科;眼科;重症医学科;肿瘤科;康复医学科;麻醉科;医学检验科;医学影像科;病理科"


@dataclass
class InspectionWriter:
    """Open while stays are written one by one, so that any number of them fits in memory.

    `further` adds columns to a table: what only stays judged as admissions tell of a person. `tables` are hospital
    tables that only some inspections have, `people` further lines of the roster, `about` keys of the inspection.
    `claims_only`: what the platform holds alone, and no inspection.
    """

    folder: Path
    further: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[str] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    site: Site = ORDINARY
    claims_only: bool = False
    _open: ExitStack = field(default_factory=ExitStack)
    _tables: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> "InspectionWriter":
        for place, tables in COLUMNS.items():
            if self.claims_only and place != "claims":
                continue
            (self.folder / place).mkdir(parents=True, exist_ok=True)
            more = self.tables if place == "hospital" else {}
            for name, columns in {**tables, **more}.items():
                handle = self._open.enter_context(
                    (self.folder / place / f"{name}.csv").open("w", encoding="utf-8", newline="")
                )
                names = [*columns.split(), *self.further.get(name, "").split()]
                writer = csv.DictWriter(handle, names, restval="", lineterminator="\n")
                writer.writeheader()
                self._tables[name] = writer
        if not self.claims_only:
            write_inspection(self.folder, self.people, self.about, self.site)
        return self

    def __exit__(self, *problem: object) -> None:
        self._open.close()

    def write(self, stay: Stay, *, extracted: bool = True) -> None:
        """Write a stay; one that was not `extracted` has nothing in the hospital's own tables and no document."""
        numbers = settlement_numbers(stay)
        self._tables["mdtrt_d"].writerow({**admission_row(stay), **stay.said})
        self._tables["setl_d"].writerows({**row, **stay.settled} for row in settlement_rows(stay, numbers))
        self._tables["fee_list_d"].writerows(charge_row(stay, line, numbers) for line in stay.lines)
        whose = {"mdtrt_id": stay.admission_id, "setl_id": numbers[-1]}
        for number, (code, name, *condition) in enumerate(stay.diagnoses):
            row = {
                "diag_type": "1",
                "maindiag_flag": str(int(number == 0)),
                "diag_code": code,
                "diag_name": name,
                "adm_cond_type": condition[0] if condition else "1",
            }
            self._tables["setl_list_diag_d"].writerow(whose | row)
        self._tables["setl_list_oprn_d"].writerows(whose | row for row in stay.coded_operations)
        if extracted and not self.claims_only:
            self._extract(stay)

    def _extract(self, stay: Stay) -> None:
        for name, rows in (
            ("住院医嘱", stay.orders),
            ("住院手术", stay.operations),
            ("住院麻醉", stay.anaesthesia),
            ("检查报告", stay.exams),
            ("化验报告", stay.labs),
            ("护理体征", stay.vitals),
        ):
            self._tables[name].writerows(rows)
        if stay.edits:
            self._tables["修改痕迹"].writerows(stay.edits)
        self._documents(stay)

    def _documents(self, stay: Stay) -> None:
        if stay.documents or stay.files:
            place = self.folder / "records" / stay.admission_id
            place.mkdir(parents=True, exist_ok=True)
            for name, content in stay.files:
                (place / name).write_bytes(content)
            for number, (title, text) in enumerate(stay.documents, 1):
                (place / f"{number:02d}{title}.txt").write_text(text, encoding="utf-8")


def write_inspection(
    folder: Path,
    further: Sequence[str] = (),
    about: Mapping[str, str] | None = None,
    site: Site = ORDINARY,
) -> None:
    said: dict[str, Any] = {
        "name": f"{site.name}住院费用检查（生成数据）",
        "region": {"code": site.region, "name": site.region_name},
        "hospital": {"code": site.hospital, "name": site.name},
        "hospital_level": site.level,
        "period": {"start": str(site.first_day), "end": str(site.last_day)},
        "notes": "治疗类医嘱按执行记录逐条导出，药品医嘱一条一行",
        **(about or {}),
    }
    (folder / "inspection.yaml").write_text(
        yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    specialties = ["外科", "内科", "骨科", "妇产科", "儿科", "内科"]
    people = [f"{name}:{what}:2019-01-01:" for name, what in zip(site.doctors, specialties, strict=True)]
    people += [f"{name}:护理:2019-01-01:" for name in NURSES]
    people += [
        f"{THERAPIST}:康复治疗:2020-03-01:",
        "闻人语:康复治疗:2019-05-01:2025-06-30",
        "沈亦农:医学检验:2019-01-01:",
        "顾南乔:医学影像:2019-01-01:",
        "白书衡:外科:2018-01-01:",
        "邹砚青:麻醉:2018-01-01:",
        *further,
    ]
    row = {
        "机构编码": site.hospital,
        "机构名称": site.name,
        "机构等级": site.level,
        "机构类型": "公立综合医院",
        "核定床位": "480",
        "诊疗科目": FIELDS_OF_CARE,
        "设备": ";".join(EQUIPMENT),
        "执业人员": ";".join(people),
    }
    with (folder / "hospital" / "机构执业信息.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerow(row)


def settlement_numbers(stay: Stay) -> list[str]:
    count = max(1, len(stay.settlement_ends))
    return [f"S{stay.admission_id}" if count == 1 else f"S{stay.admission_id}-{n + 1}" for n in range(count)]


def admission_row(stay: Stay) -> Row:
    who = stay.person
    return {
        "mdtrt_id": stay.admission_id,
        "psn_no": who.number,
        "psn_name": who.name,
        "gend": who.sex,
        "brdy": str(who.birth),
        "age": who.age_on(stay.begin.date()),
        "certno": who.id_card,
        "insutype": stay.insurance,
        "insu_admdvs": stay.site.region,
        "fixmedins_code": stay.site.hospital,
        "fixmedins_name": stay.site.name,
        "hosp_lv": stay.hospital_level,
        "lmtpric_hosp_lv": stay.price_level,
        "begntime": f"{stay.begin:%Y-%m-%d %H:%M:%S}",
        "endtime": f"{stay.end:%Y-%m-%d %H:%M:%S}",
        "med_type": stay.admission_type,
        "adm_way": "2",
        "ipt_otp_no": stay.inpatient_number,
        "medrcdno": f"B{stay.inpatient_number}",
        "chfpdr_name": stay.doctor,
        "adm_diag_dscr": stay.reason,
        "adm_dept_name": stay.department,
        "dscg_maindiag_code": stay.diagnoses[0][0],
        "dscg_maindiag_name": stay.diagnoses[0][1],
        "dscg_dept_name": stay.department,
        "dscg_way": stay.way_out,
        "die_date": f"{stay.died:%Y-%m-%d %H:%M:%S}" if stay.died else "",
        "ipt_days": stay.days,
    }


def settlement_rows(stay: Stay, numbers: list[str]) -> Iterator[Row]:
    ends = stay.settlement_ends or [stay.end]
    begin = stay.begin
    for number, (name, end) in enumerate(zip(numbers, ends, strict=True)):
        lines = [line for line in stay.lines if line.settlement == number]
        total = (
            sum((line.amount for line in lines), Decimal(0))
            if stay.forced_total is None
            else stay.forced_total
        )
        covered = sum((line.covered for line in lines), Decimal(0))
        paid = (covered * Decimal("0.75")).quantize(Decimal("0.01"))
        yield {
            "setl_id": name,
            "mdtrt_id": stay.admission_id,
            "psn_no": stay.person.number,
            "begndate": f"{begin:%Y-%m-%d}",
            "enddate": f"{end:%Y-%m-%d}",
            "setl_time": f"{end:%Y-%m-%d} 16:20:00",
            "medfee_sumamt": total,
            "fulamt_ownpay_amt": sum((line.own for line in lines), Decimal(0)),
            "overlmt_selfpay": sum((_over(line) for line in lines), Decimal(0)),
            "preselfpay_amt": sum((line.advance for line in lines), Decimal(0)),
            "inscp_amt": covered,
            "hifp_pay": paid,
            "fund_pay_sumamt": paid,
            "psn_pay": total - paid,
            "refd_setl_flag": "0",
            "mid_setl_flag": str(int(number + 1 < len(ends))),
        }
        begin = end


def charge_row(stay: Stay, line: Line, numbers: list[str]) -> Row:
    item = line.item
    cap = line.cap if line.cap is not None else (line.price if item.list_type == "201" else Decimal(0))
    prop = {"01": "0.00", "02": "0.10", "03": "1.00"}[item.level]
    return {
        "bkkp_sn": line.number,
        "init_feedetl_sn": line.original,
        "mdtrt_id": stay.admission_id,
        "setl_id": numbers[line.settlement],
        "rx_drord_no": line.order,
        "fee_ocur_time": f"{line.at:%Y-%m-%d %H:%M:%S}",
        "med_list_codg": item.code + line.suffix,
        "hilist_code": item.code + line.suffix,
        "hilist_name": item.name,
        "medins_list_codg": line.local_code or f"QX{item.code[-9:]}",
        "medins_list_name": line.name or item.name,
        "list_type": item.list_type,
        "med_chrgitm_type": item.charge_type,
        "chrgitm_lv": item.level,
        "spec": line.spec,
        "unit": item.unit,
        "cnt": plain(line.quantity),
        "pric": plain(line.price),
        "det_item_fee_sumamt": plain(line.amount),
        "pric_uplmt_amt": plain(cap),
        "selfpay_prop": prop,
        "fulamt_ownpay_amt": plain(line.own),
        "overlmt_selfpay": plain(_over(line)),
        "preselfpay_amt": plain(line.advance),
        "inscp_amt": plain(line.covered),
        "lmt_used_flag": line.declared,
        "bilg_dept_name": line.department,
        "bilg_dr_name": line.doctor,
        "acord_dept_name": line.performing,
        "acord_dr_name": line.performer,
        "dscg_tkdrug_flag": "1" if line.takeaway else "0",
        "memo": line.memo,
    }


def _over(line: Line) -> Decimal:
    return Decimal(0) if line.own else line.over
