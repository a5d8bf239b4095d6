"""The plain names that cases speak in, and the raw column that each of them comes from.

The plain names are those of `review/views/*.sql`; what is not named here has one name in both.
"""

from typing import Any

RAW_OF: dict[str, str] = {
    "admissions": "mdtrt_d",
    "charges": "fee_list_d",
    "settlements": "setl_d",
    "diagnoses": "setl_list_diag_d",
    "settled_operations": "setl_list_oprn_d",
    **{
        name: name
        for name in ("orders", "operations", "anesthesia", "exams", "labs", "vitals", "edits", "institution")
    },
}
RAW_NAMES: dict[str, dict[str, str]] = {
    "admissions": {
        "admission_id": "mdtrt_id",
        "person_id": "psn_no",
        "person_name": "psn_name",
        "sex": "gend",
        "birth_date": "brdy",
        "age_years": "age",
        "insurance_type": "insutype",
        "insured_region": "insu_admdvs",
        "hospital_code": "fixmedins_code",
        "price_level": "lmtpric_hosp_lv",
        "begins_at": "begntime",
        "ends_at": "endtime",
        "admission_kind": "med_type",
        "admission_way": "adm_way",
        "inpatient_no": "ipt_otp_no",
        "record_no": "medrcdno",
        "doctor": "chfpdr_name",
        "admission_diagnosis": "adm_diag_dscr",
        "department": "adm_dept_name",
        "bed": "adm_bed",
        "discharge_department": "dscg_dept_name",
        "main_diagnosis_code": "dscg_maindiag_code",
        "main_diagnosis": "dscg_maindiag_name",
        "discharge_way": "dscg_way",
        "died_at": "die_date",
        "phone": "tel",
        "address": "addr",
        "employer": "emp_name",
        "id_number": "certno",
    },
    "charges": {
        "charge_id": "bkkp_sn",
        "original_id": "init_feedetl_sn",
        "admission_id": "mdtrt_id",
        "settlement_id": "setl_id",
        "order_no": "rx_drord_no",
        "charged_at": "fee_ocur_time",
        "code15": "med_list_codg",
        "item_name": "hilist_name",
        "hospital_item_name": "medins_list_name",
        "hospital_item_code": "medins_list_codg",
        "charge_type": "med_chrgitm_type",
        "pay_class": "chrgitm_lv",
        "quantity": "cnt",
        "unit_price": "pric",
        "amount": "det_item_fee_sumamt",
        "price_cap": "pric_uplmt_amt",
        "full_self_pay": "fulamt_ownpay_amt",
        "over_limit_self_pay": "overlmt_selfpay",
        "in_scope_amount": "inscp_amt",
        "limit_declared": "lmt_used_flag",
        "ordering_department": "bilg_dept_name",
        "ordering_doctor": "bilg_dr_name",
        "executing_department": "acord_dept_name",
        "executor": "acord_dr_name",
        "takeaway": "dscg_tkdrug_flag",
    },
    "settlements": {
        "settlement_id": "setl_id",
        "admission_id": "mdtrt_id",
        "total_amount": "medfee_sumamt",
        "fund_amount": "fund_pay_sumamt",
        "refunded": "refd_setl_flag",
        "interim": "mid_setl_flag",
    },
    "diagnoses": {
        "admission_id": "mdtrt_id",
        "is_main": "maindiag_flag",
        "diagnosis_code": "diag_code",
        "diagnosis_name": "diag_name",
        "present_on_admission": "adm_cond_type",
    },
    "settled_operations": {
        "admission_id": "mdtrt_id",
        "operated_on": "oprn_oprt_date",
        "begins_at": "oprn_oprt_begntime",
        "ends_at": "oprn_oprt_endtime",
        "surgeon": "oper_dr_name",
        "operation_code": "oprn_oprt_code",
        "operation_name": "oprn_oprt_name",
        "is_main": "main_oprn_flag",
        "anesthesia_way": "anst_way",
    },
}
CODES: dict[str, dict[Any, str]] = {
    "sex": {"男": "1", "女": "2"},
    "is_main": {True: "1", False: "0"},
    "kind": {"drug": "101", "herb": "102", "service": "201", "material": "301"},
}
GRADES = {3: "3", 2: "5", 1: "8"}
