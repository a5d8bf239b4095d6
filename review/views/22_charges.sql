-- Charge lines net of their refunds; the original's time stands, a line refunded to nothing is gone.
with back as (
    select original_id, sum(quantity) as quantity, sum(amount) as amount, sum(in_scope_amount) as in_scope_amount,
           sum(full_self_pay) as full_self_pay, sum(over_limit_self_pay) as over_limit_self_pay
    from refunds group by original_id
),
births as (
    select distinct d.mdtrt_id as admission_id
    from raw_setl_list_diag_d d
    where upper(d.diag_code) like 'O%' or upper(d.diag_code) like 'Z37%' or upper(d.diag_code) like 'Z38%'
    union
    select admission_id from admissions where admission_kind = '52'
),
clocks as (
    select charge_type,
           -- a hospital that posts at midnight or in one minute a day tells us days, not hours
           avg(case when hour(charged_at) = 0 and minute(charged_at) = 0 then 1.0 else 0.0 end) < 0.9 as clock_ok
    from charge_lines group by charge_type
)
select
    l.charge_id, l.admission_id, l.settlement_id, l.order_no, l.charged_at, l.charged_on, l.code15, l.suffix, l.item11,
    l.item_name, l.item_key, l.hospital_item_name, l.hospital_item_code, l.kind, l.charge_type, l.pay_class, l.spec, l.unit,
    l.quantity + coalesce(b.quantity, 0) as quantity, l.unit_price,
    l.amount + coalesce(b.amount, 0) as amount, l.price_cap,
    l.full_self_pay + coalesce(b.full_self_pay, 0) as full_self_pay,
    l.over_limit_self_pay + coalesce(b.over_limit_self_pay, 0) as over_limit_self_pay,
    l.in_scope_amount + coalesce(b.in_scope_amount, 0) as in_scope_amount,
    l.limit_declared, l.ordering_department, l.ordering_doctor, l.executing_department, l.executor, l.takeaway, l.memo,
    coalesce(c.clock_ok, false) as clock_ok,
    case
        when birth.admission_id is not null
         and (l.executing_department like '%新生儿%' or l.ordering_department like '%新生儿%'
              or l.item_name like '%新生儿%' or l.item_name like '%婴儿%'
              or exists (select 1 from newborn_items n where n.code15 = l.code15)) then 'newborn'
        else 'patient'
    end as subject,
    l.source, l.row_number
from charge_lines l
left join back b on b.original_id = l.charge_id
left join clocks c on c.charge_type = l.charge_type
left join births birth on birth.admission_id = l.admission_id
left join raw_setl_d s on s.setl_id = l.settlement_id and s.mdtrt_id = l.admission_id
where l.quantity > 0 and l.quantity + coalesce(b.quantity, 0) > 0.001
  and l.amount + coalesce(b.amount, 0) >= 0
  and coalesce(s.refd_setl_flag, '0') <> '1'
