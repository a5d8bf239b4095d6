-- Rows of raw_labs with the stay they belong to; `fact_id` cites the row.
select 'labs:' || r.source || '#' || r.row_number as fact_id, k.admission_id, r.* exclude (inpatient_no),
       try_cast(regexp_extract(r.value_text, '^[<>≤≥]?\s*([0-9]+(\.[0-9]+)?)\s*$', 1) as decimal(18,4)) as value
from raw_labs r
join admission_keys k on k.inpatient_no = r.inpatient_no
where k.stays = 1 or coalesce(r.sampled_at, r.reported_at) between k.begins_at - interval 3 day and k.ends_at + interval 30 day
