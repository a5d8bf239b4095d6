-- Which original line each negative line takes back: the one it names; else the nearest earlier line of the same stay,
-- code, price and quantity; else first in, first out on code and price. What no line answers for is left out here and
-- shown by CHG-034.
with refunded as (
    select distinct mdtrt_id as admission_id from raw_fee_list_d where cnt < 0 or det_item_fee_sumamt < 0
),
settled as (
    select l.charge_id, l.original_id, l.admission_id, l.charged_at, l.charged_on, l.code15, l.item_key, l.unit_price,
           l.source, l.row_number, l.quantity, l.amount, l.in_scope_amount, l.full_self_pay, l.over_limit_self_pay
    from charge_lines l
    join refunded d on d.admission_id = l.admission_id
    where l.copy = 1
      and not exists (select 1 from raw_setl_d s where s.setl_id = l.settlement_id and s.mdtrt_id = l.admission_id
                      and s.refd_setl_flag = '1')
),
takes_back as (
    select charge_id, original_id, admission_id, charged_at, charged_on, code15, item_key, unit_price, source, row_number,
           -abs(quantity) as quantity, -abs(amount) as amount, -abs(in_scope_amount) as in_scope_amount,
           -abs(full_self_pay) as full_self_pay, -abs(over_limit_self_pay) as over_limit_self_pay
    from settled where quantity < 0 or amount < 0
),
named as (
    select r.charge_id as refund_id, o.charge_id as original_id, r.admission_id, r.quantity, r.amount, r.in_scope_amount,
           r.full_self_pay, r.over_limit_self_pay,
           row_number() over (partition by r.admission_id, r.charge_id, r.source, r.row_number
                              order by case when o.item_key = r.item_key then 0 else 1 end, o.source, o.row_number) as choice
    from takes_back r
    join settled o on o.charge_id = r.original_id and o.admission_id = r.admission_id and o.quantity > 0 and o.amount >= 0
),
named_back as (
    select admission_id, original_id, sum(quantity) as quantity from named where choice = 1 group by admission_id, original_id
),
open_lines as (
    -- lines that still stand for pairing: refunds that name nothing we hold, originals with what named refunds left of them
    select r.charge_id, r.admission_id, r.charged_at, r.charged_on, r.item_key, r.unit_price, r.quantity, r.amount,
           r.in_scope_amount, r.full_self_pay, r.over_limit_self_pay, -1 as sign
    from takes_back r
    where not exists (select 1 from named n where n.refund_id = r.charge_id and n.admission_id = r.admission_id)
    union all
    select o.charge_id, o.admission_id, o.charged_at, o.charged_on, o.item_key, o.unit_price,
           o.quantity + coalesce(n.quantity, 0), o.amount, o.in_scope_amount, o.full_self_pay, o.over_limit_self_pay, 1
    from settled o
    left join named_back n on n.original_id = o.charge_id and n.admission_id = o.admission_id
    where o.quantity + coalesce(n.quantity, 0) > 0 and o.amount >= 0
      and exists (select 1 from takes_back r where r.admission_id = o.admission_id and r.item_key = o.item_key)
),
depths as (
    select *, abs(quantity) as size,
           sum(sign) over (partition by admission_id, item_key, unit_price, abs(quantity)
                           order by charged_at, sign desc, charge_id rows between unbounded preceding and current row)
           - case when sign > 0 then 1 else 0 end as level
    from open_lines
),
-- as brackets close: at one depth a refund answers the line that opened just before it
brackets as (
    select *,
           lag(sign) over (partition by admission_id, item_key, unit_price, size, level
                           order by charged_at, sign desc, charge_id) as before_sign,
           lag(charge_id) over (partition by admission_id, item_key, unit_price, size, level
                                order by charged_at, sign desc, charge_id) as before_id
    from depths
),
nearest as (
    select charge_id as refund_id, before_id as original_id, admission_id, quantity, amount, in_scope_amount,
           full_self_pay, over_limit_self_pay
    from brackets where sign < 0 and before_sign > 0
),
rest as (
    select o.*,
           sum(abs(o.quantity)) over (partition by o.admission_id, o.item_key, o.unit_price, o.sign
                                      order by o.charged_at, o.charge_id rows between unbounded preceding and current row) as upto
    from open_lines o
    where not exists (select 1 from nearest n where n.admission_id = o.admission_id
                      and (n.refund_id = o.charge_id or n.original_id = o.charge_id))
      and abs(o.quantity) > 0
),
shares as (
    select r.charge_id as refund_id, o.charge_id as original_id, r.admission_id, r.quantity as whole,
           least(r.upto, o.upto) - greatest(r.upto - abs(r.quantity), o.upto - o.quantity) as part, r.amount,
           r.in_scope_amount, r.full_self_pay, r.over_limit_self_pay
    from rest r
    join rest o on o.admission_id = r.admission_id and o.item_key = r.item_key and o.unit_price = r.unit_price
    where r.sign < 0 and o.sign > 0 and o.charged_on <= r.charged_on
      and least(r.upto, o.upto) > greatest(r.upto - abs(r.quantity), o.upto - o.quantity)
)
select refund_id, original_id, admission_id, quantity, amount, in_scope_amount, full_self_pay, over_limit_self_pay,
       'named' as matched_by
from named where choice = 1
union all
select refund_id, original_id, admission_id, quantity, amount, in_scope_amount, full_self_pay, over_limit_self_pay,
       'nearest'
from nearest
union all
select refund_id, original_id, admission_id, cast(-part as decimal(18,4)), cast(amount * part / abs(whole) as decimal(18,4)),
       cast(in_scope_amount * part / abs(whole) as decimal(18,4)), cast(full_self_pay * part / abs(whole) as decimal(18,4)),
       cast(over_limit_self_pay * part / abs(whole) as decimal(18,4)), 'in order'
from shares
