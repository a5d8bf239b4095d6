-- Patients in bed at midnight, day by day, beside the beds their hospital is licensed for. A person of several
-- registrations lies in one bed; day cases, patients under observation and newborns take none of the licensed ones.
-- section: given
with sheet as (
    select coalesce(trim(code), '') as code, max(name) as name, sum(beds) as beds
    from raw_institution group by coalesce(trim(code), '')
),
hospitals as (select coalesce(hospital_code, '') as hospital, count(*) as stays from admissions group by coalesce(hospital_code, '')),
-- one hospital with one sheet belong together, however its code is written
told as (
    select h.hospital, max(s.name) as name, sum(s.beds) as beds
    from hospitals h
    cross join sheet s
    where s.beds > 0 and (s.code = h.hospital or ((select count(*) from hospitals) = 1 and (select count(*) from sheet) = 1))
    group by h.hospital
),
stays as (
    select admission_id, coalesce(hospital_code, '') as hospital, coalesce(person_id, admission_id) as person, begins_on, ends_on
    from admissions
    where ends_on > begins_on and coalesce(admission_kind, '') not in ('28')
      and not regexp_matches(coalesce(department, ''), $without_bed)
      and (birth_date is null or cast(begins_on - birth_date as integer) > $newborn_days)
)
-- section: unlicensed
select a.admission_id from admissions a
left join told t on t.hospital = coalesce(a.hospital_code, '')
where t.beds is null order by a.admission_id
-- section: crowded
, reached as (
    select hospital, person, admission_id, begins_on, ends_on,
           max(ends_on) over (partition by hospital, person order by begins_on, ends_on, admission_id
                              rows between unbounded preceding and 1 preceding) as lay_until
    from stays
),
numbered as (
    select hospital, person, begins_on, ends_on,
           sum(case when lay_until is null or begins_on > lay_until then 1 else 0 end)
               over (partition by hospital, person order by begins_on, ends_on, admission_id
                     rows between unbounded preceding and current row) as span
    from reached
),
lying as (
    select hospital, person, span, min(begins_on) as begins_on, max(ends_on) as ends_on
    from numbered group by hospital, person, span
),
moves as (
    select hospital, begins_on as day, 1 as change from lying
    union all
    select hospital, ends_on, -1 from lying
),
changed as (select hospital, day, sum(change) as change from moves group by hospital, day),
census as (
    select hospital, day,
           sum(change) over (partition by hospital order by day rows between unbounded preceding and current row) as n,
           cast(lead(day) over (partition by hospital order by day) - day as integer) as days
    from changed
),
above as (
    select c.hospital, c.day, c.n, c.days, t.name, t.beds,
           row_number() over (partition by c.hospital order by c.n desc, c.day) as place
    from census c
    join told t on t.hospital = c.hospital
    where c.n >= (1 + $share) * t.beds and c.n - t.beds >= $least_over
)
select hospital, name, beds, sum(days) as days, min(day) as first_day, max(day + days - 1) as last_day,
       max(case when place = 1 then n end) as n, max(case when place = 1 then day end) as worst_day
from above group by hospital, name, beds order by hospital
-- section: lying_there
select admission_id from stays
where hospital = $hospital and begins_on <= $worst_day and ends_on > $worst_day order by admission_id
