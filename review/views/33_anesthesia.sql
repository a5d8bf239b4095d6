-- Rows of raw_anesthesia with the stay they belong to; `fact_id` cites the row.
select 'anesthesia:' || r.source || '#' || r.row_number as fact_id, k.admission_id, r.* exclude (inpatient_no)
from raw_anesthesia r
join admission_keys k on k.inpatient_no = r.inpatient_no
where k.stays = 1 or coalesce(r.begins_at, cast(r.anesthesia_on as timestamp)) between k.begins_at - interval 3 day and k.ends_at + interval 30 day
