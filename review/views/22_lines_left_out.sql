-- The lines that the netted charges no longer hold: refunds, what was refunded to nothing, lines without a quantity and
-- those of a cancelled settlement. A finding on one of them still has to show it.
select
    l.charge_id, l.admission_id, l.order_no, l.charged_at, l.charged_on, l.code15, l.item_name, l.item_key,
    l.hospital_item_name, l.kind, l.charge_type, l.spec, l.unit, l.quantity, l.unit_price, l.amount, l.full_self_pay,
    l.in_scope_amount, l.limit_declared, l.ordering_department, l.ordering_doctor, l.executing_department, l.executor,
    l.takeaway, 'patient' as subject, l.source, l.row_number
from charge_lines l
left join charges c on c.admission_id = l.admission_id and c.charge_id = l.charge_id and c.source = l.source
    and c.row_number = l.row_number
where l.copy = 1 and c.charge_id is null
