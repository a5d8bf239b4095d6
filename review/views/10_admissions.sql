-- One row per stay. Interim settlements of one stay are summed; refunded settlements do not count.
with paid as (
    select mdtrt_id, sum(medfee_sumamt) as total_amount, sum(fund_pay_sumamt) as fund_amount
    from raw_setl_d where coalesce(refd_setl_flag, '0') <> '1' group by mdtrt_id
),
fees as (
    select mdtrt_id, sum(det_item_fee_sumamt) as total_amount from raw_fee_list_d group by mdtrt_id
)
select
    m.mdtrt_id as admission_id, m.psn_no as person_id, m.psn_name as person_name,
    case m.gend when '1' then '男' when '2' then '女' when '男' then '男' when '女' then '女' end as sex,
    m.brdy as birth_date,
    cast(coalesce(
        case when m.brdy is not null then
            year(m.begntime) - year(m.brdy)
            - case when month(m.begntime) * 100 + day(m.begntime) < month(m.brdy) * 100 + day(m.brdy) then 1 else 0 end
        end, m.age) as integer) as age_years,
    m.insutype as insurance_type, m.insu_admdvs as insured_region,
    coalesce(m.fixmedins_code, i.hospital_code) as hospital_code,
    case
        when m.lmtpric_hosp_lv in ('1', '2', '3') then cast(m.lmtpric_hosp_lv as integer)
        when i.hospital_level like '三级%' then 3
        when i.hospital_level like '二级%' then 2
        when i.hospital_level like '一级%' then 1
    end as price_level,
    -- code table hosp_lv of the national interface: 1–4, 12 third; 5–7, 13 second; 8–10, 14 first; 11 none
    case
        when m.hosp_lv in ('1', '2', '3', '4', '12', '01', '02', '03', '04') then 3
        when m.hosp_lv in ('5', '6', '7', '13', '05', '06', '07') then 2
        when m.hosp_lv in ('8', '9', '10', '14', '08', '09', '11') then 1
        when i.hospital_level like '三级%' then 3
        when i.hospital_level like '二级%' then 2
        when i.hospital_level like '一级%' then 1
    end as hospital_grade,
    m.begntime as begins_at, m.endtime as ends_at,
    cast(m.begntime as date) as begins_on, cast(m.endtime as date) as ends_on,
    m.med_type as admission_kind, m.adm_way as admission_way, m.ipt_otp_no as inpatient_no, m.medrcdno as record_no,
    m.chfpdr_name as doctor, m.adm_diag_dscr as admission_diagnosis, m.adm_dept_name as department, m.adm_bed as bed,
    m.dscg_dept_name as discharge_department, m.dscg_maindiag_code as main_diagnosis_code,
    m.dscg_maindiag_name as main_diagnosis, m.dscg_way as discharge_way, 
    -- a death given by its day alone is the hour the stay ended that day, else the day's last minute
    case
        when m.die_date is null then null
        when hour(m.die_date) + minute(m.die_date) + second(m.die_date) > 0 then m.die_date
        when cast(m.endtime as date) = cast(m.die_date as date) then m.endtime
        else m.die_date + interval 23 hour + interval 59 minute
    end as died_at,
    greatest(1, date_diff('day', cast(m.begntime as date), cast(m.endtime as date))) as bed_days,
    greatest(1, date_diff('day', cast(m.begntime as date), cast(m.endtime as date))) + 1 as touch_days,
    coalesce(p.total_amount, f.total_amount) as total_amount, p.fund_amount as fund_amount,
    m.tel as phone, m.addr as address, m.emp_name as employer, m.source as source, m.row_number as row_number
from raw_mdtrt_d m
cross join inspection i
left join paid p on p.mdtrt_id = m.mdtrt_id
left join fees f on f.mdtrt_id = m.mdtrt_id
