-- One row per line of the extract, before netting. A local suffix after the first hyphen is cut from the national code.
with coded as (
    select *, upper(trim(coalesce(nullif(trim(med_list_codg), ''), nullif(trim(hilist_code), '')))) as whole_code
    from raw_fee_list_d
)
select
    bkkp_sn as charge_id, nullif(init_feedetl_sn, '') as original_id, mdtrt_id as admission_id,
    setl_id as settlement_id, nullif(rx_drord_no, '') as order_no,
    fee_ocur_time as charged_at, cast(fee_ocur_time as date) as charged_on,
    split_part(whole_code, '-', 1) as code15,
    case when strpos(whole_code, '-') > 0 then substr(whole_code, strpos(whole_code, '-') + 1) end as suffix,
    substr(split_part(whole_code, '-', 1), 1, 11) as item11,
    coalesce(nullif(hilist_name, ''), medins_list_name) as item_name, medins_list_name as hospital_item_name,
    medins_list_codg as hospital_item_code,
    coalesce(split_part(whole_code, '-', 1), '') || '|' || coalesce(nullif(hilist_name, ''), medins_list_name, '') as item_key,
    case
        when list_type = '101' then 'drug'
        when list_type = '102' then 'herb'
        when list_type = '201' then 'service'
        when list_type = '301' then 'material'
        when lpad(med_chrgitm_type, 2, '0') in ('09', '11') then 'drug'
        when lpad(med_chrgitm_type, 2, '0') = '10' then 'herb'
        when lpad(med_chrgitm_type, 2, '0') = '08' then 'material'
        when lpad(med_chrgitm_type, 2, '0') in ('01', '02', '03', '04', '05', '06', '07', '12', '13') then 'service'
        else 'other'
    end as kind,
    lpad(med_chrgitm_type, 2, '0') as charge_type, lpad(chrgitm_lv, 2, '0') as pay_class, spec, unit,
    cnt as quantity, pric as unit_price, det_item_fee_sumamt as amount,
    case when pric_uplmt_amt > 0 and pric_uplmt_amt < 999999 then pric_uplmt_amt end as price_cap,
    fulamt_ownpay_amt as full_self_pay, overlmt_selfpay as over_limit_self_pay, preselfpay_amt as pre_self_pay,
    inscp_amt as in_scope_amount, lmt_used_flag as limit_declared, bilg_dept_name as ordering_department,
    bilg_dr_name as ordering_doctor, acord_dept_name as executing_department, acord_dr_name as executor,
    dscg_tkdrug_flag as takeaway, memo, source, row_number
from coded
