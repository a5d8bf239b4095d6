-- The hospital knows a stay by its inpatient number or by the platform's id; a number used twice is told apart by time.
with keys as (
    select admission_id as inpatient_no, admission_id, begins_at, ends_at from admissions
    union
    select inpatient_no, admission_id, begins_at, ends_at from admissions where inpatient_no is not null
)
select inpatient_no, admission_id, begins_at, ends_at,
       count(*) over (partition by inpatient_no) as stays
from keys
