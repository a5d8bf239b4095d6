-- The stays of a person at one hospital in order, each with the one before it.
select admission_id, person_id, begins_at, ends_at,
       lag(admission_id) over w as previous_admission_id,
       lag(begins_at) over w as previous_begins_at,
       lag(ends_at) over w as previous_ends_at,
       (epoch(begins_at) - epoch(lag(ends_at) over w)) / 3600.0 as gap_hours
from admissions
where person_id is not null
window w as (partition by person_id, hospital_code order by begins_at, admission_id)
