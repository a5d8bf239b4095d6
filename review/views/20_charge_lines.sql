-- One row per line of the extract, before netting. A local suffix after the first hyphen is cut from the national code.
-- A line that was extracted twice is numbered in `copy`; the plain `charges` take the first only.
with copies as (
    select f.source, f.row_number,
           row_number() over (partition by f.mdtrt_id, f.bkkp_sn, f.med_list_codg, f.hilist_code, f.medins_list_name,
                                           f.fee_ocur_time, f.cnt, f.pric, f.det_item_fee_sumamt
                              order by f.source, f.row_number) as copy
    from raw_fee_list_d f
    join repeated_lines r on r.mdtrt_id = f.mdtrt_id and r.bkkp_sn = f.bkkp_sn
),
coded as (
    select *, upper(trim(coalesce(nullif(trim(med_list_codg), ''), nullif(trim(hilist_code), '')))) as whole_code
    from raw_fee_list_d
)
select
    f.bkkp_sn as charge_id, nullif(trim(f.init_feedetl_sn), '') as original_id, f.mdtrt_id as admission_id,
    f.setl_id as settlement_id, nullif(trim(f.rx_drord_no), '') as order_no,
    f.fee_ocur_time as charged_at, cast(f.fee_ocur_time as date) as charged_on,
    trim(split_part(f.whole_code, '-', 1)) as code15,
    case when strpos(f.whole_code, '-') > 0 then substr(f.whole_code, strpos(f.whole_code, '-') + 1) end as suffix,
    substr(split_part(f.whole_code, '-', 1), 1, 11) as item11,
    coalesce(nullif(trim(f.hilist_name), ''), f.medins_list_name) as item_name, f.medins_list_name as hospital_item_name,
    f.medins_list_codg as hospital_item_code,
    coalesce(trim(split_part(f.whole_code, '-', 1)), '') || '|'
        || coalesce(nullif(trim(f.hilist_name), ''), f.medins_list_name, '') as item_key,
    case
        when lpad(f.list_type, 3, '0') = '101' then 'drug'
        when lpad(f.list_type, 3, '0') = '102' then 'herb'
        when lpad(f.list_type, 3, '0') = '201' then 'service'
        when lpad(f.list_type, 3, '0') = '301' then 'material'
        when lpad(f.med_chrgitm_type, 2, '0') in ('09', '11') then 'drug'
        when lpad(f.med_chrgitm_type, 2, '0') = '10' then 'herb'
        when lpad(f.med_chrgitm_type, 2, '0') = '08' then 'material'
        when lpad(f.med_chrgitm_type, 2, '0') in ('01', '02', '03', '04', '05', '06', '07', '12', '13') then 'service'
        else 'other'
    end as kind,
    lpad(f.med_chrgitm_type, 2, '0') as charge_type, lpad(f.chrgitm_lv, 2, '0') as pay_class, f.spec, f.unit,
    f.cnt as quantity, f.pric as unit_price, f.det_item_fee_sumamt as amount,
    case when f.pric_uplmt_amt > 0 and f.pric_uplmt_amt < 999999 then f.pric_uplmt_amt end as price_cap,
    f.fulamt_ownpay_amt as full_self_pay, f.overlmt_selfpay as over_limit_self_pay, f.preselfpay_amt as pre_self_pay,
    f.inscp_amt as in_scope_amount, f.lmt_used_flag as limit_declared, f.bilg_dept_name as ordering_department,
    f.bilg_dr_name as ordering_doctor, f.acord_dept_name as executing_department, f.acord_dr_name as executor,
    f.dscg_tkdrug_flag as takeaway, f.memo, f.source, f.row_number, coalesce(c.copy, 1) as copy
from coded f
left join copies c on c.source = f.source and c.row_number = f.row_number
