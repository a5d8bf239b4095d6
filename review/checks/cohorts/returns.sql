-- Returns of one person to one hospital, with the discharge before. A return for a settlement's sake, one of a planned
-- series and one in childbirth are no returns here.
-- section: given
with large as (
    select coalesce(hospital_code, '') as hospital, min(ends_on) as first_day, max(begins_on) as last_day,
           cast(max(ends_on) - min(ends_on) as integer) + 1 as period
    from admissions group by coalesce(hospital_code, '') having count(*) >= $least_stays
),
stays as (
    select a.admission_id, l.hospital, l.first_day, l.last_day, l.period,
           coalesce(a.discharge_department, a.department, '未注明科室') as ward, a.person_id, a.begins_on, a.ends_on,
           a.bed_days, a.discharge_way, extract(dow from a.ends_on) as weekday,
           cast(extract(year from a.ends_on) as varchar) || '年第' || cast(extract(quarter from a.ends_on) as varchar) || '季度' as quarter,
           upper(substr(a.main_diagnosis_code, 1, 3)) as disease,
           regexp_matches(upper(coalesce(a.main_diagnosis_code, '')), $planned) as planned
    from admissions a
    join large l on l.hospital = coalesce(a.hospital_code, '')
),
returns as (
    select n.admission_id, b.admission_id as previous_id, b.hospital, b.ward, b.ends_on as left_on, b.weekday, b.quarter,
           cast(n.begins_on - b.ends_on as integer) as gap, n.disease = b.disease as same, b.discharge_way
    from person_stays p
    join stays n on n.admission_id = p.admission_id
    join stays b on b.admission_id = p.previous_admission_id
    left join episodes e on e.admission_id = n.admission_id
    left join episodes f on f.admission_id = b.admission_id
    where not n.planned and not b.planned and n.begins_on >= b.ends_on
      and (e.episode_id is null or f.episode_id is null or e.episode_id <> f.episode_id)
)
-- section: weekends
, left_on_friday as (
    select hospital, ward, count(*) filter (where weekday = 5) as fridays from stays where not planned group by hospital, ward
),
others as (
    select hospital, count(*) filter (where weekday <> 5) as leaves from stays where not planned group by hospital
),
back as (
    select hospital, ward, count(*) filter (where weekday = 5) as n from returns where gap = 3 and same group by hospital, ward
),
back_otherwise as (
    select hospital, count(*) filter (where weekday <> 5) as n from returns where gap = 3 and same group by hospital
),
tests as (select count(*) as tests from left_on_friday where fridays > 0)
select f.hospital, f.ward, b.n, f.fridays, coalesce(o.n, 0) as others, l.leaves as other_leaves, t.tests
from left_on_friday f
join back b on b.hospital = f.hospital and b.ward = f.ward
join others l on l.hospital = f.hospital
left join back_otherwise o on o.hospital = f.hospital
cross join tests t
where b.n >= $least_back and b.n >= $friday_share * f.fridays
order by f.hospital, f.ward
-- section: weekend_stays
select admission_id from returns
where hospital = $hospital and ward = $ward and weekday = 5 and gap = 3 and same order by admission_id
-- section: year_ends
, near as (
    select hospital, left_on, extract(year from left_on) as year,
           case when extract(month from left_on) = 12 and extract(day from left_on) >= 25
                 and extract(month from left_on + gap) = 1 then 1 else 0 end as over_the_year
    from returns where same and gap <= $year_end_days
),
ends as (select hospital, year, count(*) as n from near where over_the_year = 1 group by hospital, year),
all_near as (select hospital, count(*) as total, sum(over_the_year) as over_the_year from near group by hospital),
tests as (select count(*) as tests from ends)
select e.hospital, e.year, e.n, a.total - a.over_the_year as others, l.period, t.tests
from ends e
join all_near a on a.hospital = e.hospital
join large l on l.hospital = e.hospital
cross join tests t
where e.n >= $least_back and l.period >= $least_period
order by e.hospital, e.year
-- section: year_end_stays
select admission_id from returns
where hospital = $hospital and same and gap <= $year_end_days and extract(year from left_on) = $year
  and extract(month from left_on) = 12 and extract(day from left_on) >= 25 and extract(month from left_on + gap) = 1
order by admission_id
-- section: readmissions
, followed as (
    select hospital, quarter, count(*) as leaves from stays
    where not planned and coalesce(discharge_way, '1') not in ('2', '4', '5')
      and cast(last_day - ends_on as integer) >= $readmit_days
    group by hospital, quarter
),
back as (
    select r.hospital, r.quarter, count(*) as n
    from returns r
    join stays b on b.admission_id = r.previous_id
    where r.gap <= $readmit_days and coalesce(r.discharge_way, '1') not in ('2', '4', '5')
      and cast(b.last_day - b.ends_on as integer) >= $readmit_days
    group by r.hospital, r.quarter
),
quarters as (
    select f.hospital, f.quarter, f.leaves, coalesce(b.n, 0) as n
    from followed f left join back b on b.hospital = f.hospital and b.quarter = f.quarter
)
select hospital, quarter, n, leaves, sum(n) over (partition by hospital) - n as others,
       sum(leaves) over (partition by hospital) - leaves as other_leaves, count(*) over () as tests
from quarters
order by hospital, quarter
-- section: readmission_stays
select r.admission_id from returns r
where r.hospital = $hospital and r.quarter = $quarter and r.gap <= $readmit_days
  and coalesce(r.discharge_way, '1') not in ('2', '4', '5')
order by r.admission_id
-- section: infections
, infected as (
    select distinct d.admission_id from diagnoses d
    where regexp_matches(coalesce(d.diagnosis_name, ''), $infection) and coalesce(d.present_on_admission, '4') = '4'
),
quarters as (
    select s.hospital, s.quarter, sum(s.bed_days) as leaves, count(i.admission_id) as n
    from stays s left join infected i on i.admission_id = s.admission_id group by s.hospital, s.quarter
)
select hospital, quarter, n, leaves, sum(n) over (partition by hospital) - n as others,
       sum(leaves) over (partition by hospital) - leaves as other_leaves, count(*) over () as tests
from quarters
order by hospital, quarter
-- section: infection_stays
select distinct s.admission_id from stays s
join diagnoses d on d.admission_id = s.admission_id
where s.hospital = $hospital and s.quarter = $quarter and regexp_matches(coalesce(d.diagnosis_name, ''), $infection)
  and coalesce(d.present_on_admission, '4') = '4'
order by s.admission_id
