-- Rows of raw_orders with the stay they belong to; `fact_id` cites the row.
select 'orders:' || r.source || '#' || r.row_number as fact_id, k.admission_id, r.* exclude (inpatient_no)
from raw_orders r
join admission_keys k on k.inpatient_no = r.inpatient_no
where k.stays = 1 or r.begins_at between k.begins_at - interval 3 day and k.ends_at + interval 30 day
