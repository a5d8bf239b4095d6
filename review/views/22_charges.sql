-- Charge lines net of their refunds; the original's time stands, a line refunded to nothing is gone.
with back as (
    select admission_id, original_id, sum(quantity) as quantity, sum(amount) as amount,
           sum(in_scope_amount) as in_scope_amount, sum(full_self_pay) as full_self_pay,
           sum(over_limit_self_pay) as over_limit_self_pay
    from refunds group by admission_id, original_id
),
births as (
    select mdtrt_id as admission_id from raw_setl_list_diag_d
    where upper(diag_code) like 'O%' or upper(diag_code) like 'Z37%' or upper(diag_code) like 'Z38%'
    union
    select admission_id from admissions where admission_kind = '52' or admission_kind like '52%'
),
stays as (
    select a.admission_id, a.hospital_code, b.admission_id is not null as is_birth
    from admissions a left join births b on b.admission_id = a.admission_id
),
own_minutes as (
    select a.hospital_code, l.charge_type, extract(hour from l.charged_at) * 60 + extract(minute from l.charged_at) as minute,
           count(*) as lines
    from charge_lines l join admissions a on a.admission_id = l.admission_id
    where l.charged_at is not null
    group by a.hospital_code, l.charge_type, extract(hour from l.charged_at) * 60 + extract(minute from l.charged_at)
    union all
    select hospital_code, charge_type, minute, lines from raw_minutes_elsewhere
),
minutes as (
    select hospital_code, charge_type, minute, sum(lines) as lines from own_minutes
    group by hospital_code, charge_type, minute
),
clocks as (
    -- a hospital that posts at midnight or in one minute of the day tells us days, not hours
    select hospital_code, charge_type,
           sum(case when minute = 0 then lines else 0 end) < 0.9 * sum(lines)
           and (max(lines) < 0.9 * sum(lines) or sum(lines) < 10) as clock_ok
    from minutes group by hospital_code, charge_type
)
select
    l.charge_id, l.admission_id, l.settlement_id, l.order_no, l.charged_at, l.charged_on, l.code15, l.suffix, l.item11,
    l.item_name,
    -- what the item map tells apart, the key tells apart
    case when ir.map_row is null then l.item_key else concat(l.item_key, '|', ir.map_row) end as item_key, ir.map_row,
    l.hospital_item_name, l.hospital_item_code, l.kind, l.charge_type, l.pay_class, l.spec, l.unit,
    l.quantity + coalesce(b.quantity, 0) as quantity, l.unit_price,
    l.amount + coalesce(b.amount, 0) as amount, l.price_cap,
    l.full_self_pay + coalesce(b.full_self_pay, 0) as full_self_pay,
    l.over_limit_self_pay + coalesce(b.over_limit_self_pay, 0) as over_limit_self_pay,
    l.in_scope_amount + coalesce(b.in_scope_amount, 0) as in_scope_amount,
    l.limit_declared, l.ordering_department, l.ordering_doctor, l.executing_department, l.executor, l.takeaway, l.memo,
    coalesce(c.clock_ok, false) as clock_ok,
    case
        when a.is_birth
         and (l.executing_department like '%新生儿%' or l.ordering_department like '%新生儿%'
              or l.item_name like '%新生儿%' or l.item_name like '%婴儿%'
              or n.code15 is not null) then 'newborn'
        else 'patient'
    end as subject,
    l.source, l.row_number
from charge_lines l
join stays a on a.admission_id = l.admission_id
left join back b on b.original_id = l.charge_id and b.admission_id = l.admission_id
left join clocks c on c.charge_type is not distinct from l.charge_type and c.hospital_code is not distinct from a.hospital_code
left join item_references ir on ir.code15 is not distinct from l.code15 and ir.suffix is not distinct from l.suffix
    and ir.hospital_item_code is not distinct from l.hospital_item_code and ir.item_name is not distinct from l.item_name
    and ir.hospital_item_name is not distinct from l.hospital_item_name and ir.hospital_code is not distinct from a.hospital_code
left join (select distinct code15 from newborn_items where code15 is not null) n on n.code15 = l.code15
where l.copy = 1 and l.quantity > 0 and l.quantity + coalesce(b.quantity, 0) > 0.001
  and l.amount + coalesce(b.amount, 0) >= 0
  and not exists (select 1 from raw_setl_d s where s.setl_id = l.settlement_id and s.mdtrt_id = l.admission_id
                  and s.refd_setl_flag = '1')
