-- What intake hands over, column for column. Claims keep the platform's names, the hospital's tables plain ones;
-- every other view reads these and nothing reads them twice.
create or replace table inspection (
    name varchar, region varchar, hospital_code varchar, hospital_name varchar, hospital_level varchar,
    period_start date, period_end date, notice_date date);
create or replace table provided (table_name varchar);

create or replace table raw_mdtrt_d (
    mdtrt_id varchar, psn_no varchar, psn_name varchar, gend varchar, brdy date, age integer, certno varchar, tel varchar,
    addr varchar, emp_name varchar, insutype varchar, insu_admdvs varchar, fixmedins_code varchar, fixmedins_name varchar,
    hosp_lv varchar, lmtpric_hosp_lv varchar, begntime timestamp, endtime timestamp, med_type varchar, adm_way varchar,
    ipt_otp_no varchar, medrcdno varchar, chfpdr_name varchar, adm_diag_dscr varchar, adm_dept_name varchar,
    adm_bed varchar, dscg_maindiag_code varchar, dscg_maindiag_name varchar, dscg_dept_name varchar, dscg_way varchar,
    die_date timestamp, ipt_days integer, source varchar, row_number integer);
create or replace table raw_setl_d (
    setl_id varchar, mdtrt_id varchar, psn_no varchar, begndate date, enddate date, setl_time timestamp,
    medfee_sumamt decimal(18,4), fulamt_ownpay_amt decimal(18,4), overlmt_selfpay decimal(18,4),
    preselfpay_amt decimal(18,4), inscp_amt decimal(18,4), hifp_pay decimal(18,4), fund_pay_sumamt decimal(18,4),
    psn_pay decimal(18,4), refd_setl_flag varchar, mid_setl_flag varchar, source varchar, row_number integer);
create or replace table raw_fee_list_d (
    bkkp_sn varchar, init_feedetl_sn varchar, mdtrt_id varchar, setl_id varchar, rx_drord_no varchar,
    fee_ocur_time timestamp, med_list_codg varchar, hilist_code varchar, hilist_name varchar,
    medins_list_codg varchar, medins_list_name varchar, list_type varchar, med_chrgitm_type varchar,
    chrgitm_lv varchar, spec varchar, dosform_name varchar, unit varchar, cnt decimal(18,4), pric decimal(18,4),
    det_item_fee_sumamt decimal(18,4), pric_uplmt_amt decimal(18,4), selfpay_prop decimal(18,4),
    fulamt_ownpay_amt decimal(18,4), overlmt_selfpay decimal(18,4), preselfpay_amt decimal(18,4),
    inscp_amt decimal(18,4), lmt_used_flag varchar, bilg_dept_name varchar, bilg_dr_name varchar,
    acord_dept_name varchar, acord_dr_name varchar, used_frqu_dscr varchar, prd_days varchar, sin_dos_dscr varchar,
    dscg_tkdrug_flag varchar, memo varchar, source varchar, row_number integer);
create or replace table raw_setl_list_diag_d (
    mdtrt_id varchar, setl_id varchar, diag_type varchar, maindiag_flag varchar, diag_code varchar, diag_name varchar,
    adm_cond_type varchar, source varchar, row_number integer);
create or replace table raw_setl_list_oprn_d (
    mdtrt_id varchar, setl_id varchar, main_oprn_flag varchar, oprn_oprt_code varchar, oprn_oprt_name varchar,
    oprn_oprt_date date, anst_way varchar, oper_dr_name varchar, anst_dr_name varchar, oprn_oprt_begntime timestamp,
    oprn_oprt_endtime timestamp, anst_begntime timestamp, anst_endtime timestamp, source varchar, row_number integer);

create or replace table raw_institution (
    code varchar, name varchar, level varchar, kind varchar, beds integer, departments varchar, equipment varchar,
    staff varchar, source varchar, row_number integer);
create or replace table raw_orders (
    inpatient_no varchar, order_type varchar, order_no varchar, group_no varchar, order_code varchar,
    order_name varchar, spec varchar, usage varchar, dose varchar, dose_unit varchar, frequency varchar, days varchar,
    quantity varchar, begins_at timestamp, ends_at timestamp, department varchar, doctor varchar, executed_at timestamp,
    executor varchar, source varchar, row_number integer);
create or replace table raw_operations (
    inpatient_no varchar, operated_on date, begins_at timestamp, ends_at timestamp, department varchar, surgeon varchar,
    operation_code varchar, operation_name varchar, is_main varchar, grade varchar, incision varchar, healing varchar,
    source varchar, row_number integer);
create or replace table raw_anesthesia (
    inpatient_no varchar, anesthesia_on date, begins_at timestamp, ends_at timestamp, anesthetist varchar,
    method varchar, grade varchar, recovery_begins_at timestamp, recovery_ends_at timestamp, source varchar,
    row_number integer);
create or replace table raw_exams (
    inpatient_no varchar, registered_at timestamp, reported_at timestamp, department varchar, examiner varchar,
    exam_name varchar, body_part varchar, method varchar, findings varchar, conclusion varchar, image_no varchar,
    source varchar, row_number integer);
create or replace table raw_labs (
    inpatient_no varchar, sampled_at timestamp, reported_at timestamp, examiner varchar, specimen varchar,
    panel varchar, method varchar, analyte varchar, value_text varchar, unit varchar, reference_range varchar,
    specimen_no varchar, source varchar, row_number integer);
create or replace table raw_vitals (
    inpatient_no varchar, measured_at timestamp, temperature decimal(18,4), pulse decimal(18,4),
    respiration decimal(18,4), systolic decimal(18,4), diastolic decimal(18,4), oxygen_saturation decimal(18,4),
    consciousness varchar, nurse varchar, source varchar, row_number integer);
create or replace table raw_edits (
    inpatient_no varchar, document_title varchar, edited_at timestamp, editor varchar, action varchar,
    before varchar, after varchar, source varchar, row_number integer);

create or replace table raw_documents (
    document_id varchar, admission_id varchar, source varchar, kind varchar, title varchar, text varchar,
    start_at integer, written_at timestamp, written_exact boolean, confidence double);
create or replace table raw_sections (document_id varchar, name varchar, start_at integer, end_at integer);
create or replace table raw_signatures (document_id varchar, role varchar, name varchar);
create or replace table raw_pages (
    source varchar, admission_id varchar, number integer, start_at integer, end_at integer, origin varchar,
    confidence double);
create or replace table raw_lines (source varchar, start_at integer, end_at integer, confidence double);
create or replace table raw_text_facts (
    fact_id varchar, admission_id varchar, kind varchar, name varchar, value varchar, unit varchar,
    begins_at timestamp, ends_at timestamp, source varchar, page integer, start_at integer, end_at integer,
    quote varchar, certainty varchar);
-- What the stays that are held elsewhere showed: a monthly run lays out only those it reviews, and what is asked of a
-- whole hospital, or of an item wherever it is charged, is asked of all of them. Empty where all stays are laid out.
create or replace table raw_minutes_elsewhere (
    hospital_code varchar, charge_type varchar, minute integer, lines bigint);
create or replace table raw_items_elsewhere (
    item_key varchar, code15 varchar, item_name varchar, kind varchar, map_row varchar);
create or replace table raw_prices_elsewhere (
    code varchar, item_name varchar, hospital_code varchar, price decimal(18,4));
create or replace table raw_item_candidates (
    item_name varchar, code15 varchar, score double, how varchar, accepted boolean);
create or replace table raw_row_sites (
    table_name varchar, source varchar, row_number integer, kind varchar, label varchar);
