-- Which original line each negative line takes back: the one it names, else the nearest earlier line of the same
-- stay, code, price and quantity. What stays unmatched is left out here and shown by CHG-034.
with settled as (
    select l.* from charge_lines l
    left join raw_setl_d s on s.setl_id = l.settlement_id and s.mdtrt_id = l.admission_id
    where coalesce(s.refd_setl_flag, '0') <> '1'
),
named as (
    select r.charge_id as refund_id, o.charge_id as original_id, r.quantity, r.amount, r.in_scope_amount,
           r.full_self_pay, r.over_limit_self_pay, r.pre_self_pay
    from settled r
    join settled o on o.charge_id = r.original_id and o.admission_id = r.admission_id and o.quantity > 0
    where r.quantity < 0
),
open_refunds as (
    select r.* from settled r
    where r.quantity < 0 and not exists (select 1 from named n where n.refund_id = r.charge_id)
),
candidates as (
    select r.charge_id as refund_id, o.charge_id as original_id, r.quantity, r.amount, r.in_scope_amount,
           r.full_self_pay, r.over_limit_self_pay, r.pre_self_pay,
           row_number() over (partition by r.charge_id order by o.charged_at desc, o.charge_id desc) as nearest,
           row_number() over (partition by o.charge_id order by r.charged_at, r.charge_id) as turn
    from open_refunds r
    join settled o on o.admission_id = r.admission_id and o.quantity = -r.quantity and o.code15 = r.code15
        and o.unit_price = r.unit_price and (o.charged_at <= r.charged_at or o.charged_on = r.charged_on)
    where not exists (select 1 from named n where n.original_id = o.charge_id)
)
select refund_id, original_id, quantity, amount, in_scope_amount, full_self_pay, over_limit_self_pay, pre_self_pay,
       'named' as matched_by
from named
union all
select refund_id, original_id, quantity, amount, in_scope_amount, full_self_pay, over_limit_self_pay, pre_self_pay,
       'nearest' as matched_by
from candidates where nearest = turn
