-- Stays that began together: one day, one ward, and one disease, one village or a run of inpatient numbers, beside the
-- same weekday's other days at the same hospital. Hospitals with fewer than `$least_stays` stays are not looked at.
-- section: given
with large as (
    select coalesce(hospital_code, '') as hospital from admissions
    group by coalesce(hospital_code, '') having count(*) >= $least_stays
),
operated as (select distinct admission_id from operations),
stays as (
    select a.admission_id, coalesce(a.hospital_code, '') as hospital, coalesce(a.department, '未注明科室') as ward,
           a.begins_on, extract(dow from a.begins_on) as weekday, coalesce(a.person_id, a.admission_id) as person,
           upper(substr(a.main_diagnosis_code, 1, 3)) as disease,
           regexp_extract(coalesce(a.address, ''), $village, 0) as village,
           try_cast(regexp_extract(coalesce(a.inpatient_no, ''), '([0-9]{1,15})$', 1) as bigint) as number,
           case when regexp_matches(upper(coalesce(a.main_diagnosis_code, '')), $sudden) then 1 else 0 end as sudden,
           case when o.admission_id is not null then 1 else 0 end as operated,
           case when regexp_matches(concat(coalesce(a.address, ''), coalesce(a.employer, '')), $school) then 1 else 0 end as school
    from admissions a
    join large l on l.hospital = coalesce(a.hospital_code, '')
    left join operated o on o.admission_id = a.admission_id
),
numbered as (
    select *, number - row_number() over (partition by hospital, ward, begins_on order by number, admission_id) as run
    from (select *, row_number() over (partition by hospital, ward, begins_on, number order by admission_id) as copy from stays) s
    where number is not null and copy = 1
),
marked as (
    select 'disease' as feature, disease as mark, admission_id, hospital, ward, begins_on, weekday, person, sudden, operated, school
    from stays where disease <> ''
    union all
    select 'village', village, admission_id, hospital, ward, begins_on, weekday, person, sudden, operated, school
    from stays where village <> ''
    union all
    select 'numbers', cast(run as varchar), admission_id, hospital, ward, begins_on, weekday, person, sudden, operated, school
    from numbered
)
-- section: cells
, cells as (
    select feature, mark, hospital, ward, weekday, begins_on, count(distinct person) as n, count(*) as stays,
           sum(sudden) as sudden, sum(operated) as operated, sum(school) as school
    from marked group by feature, mark, hospital, ward, weekday, begins_on
),
days as (select hospital, weekday, count(distinct begins_on) as days from stays group by hospital, weekday),
-- a run of numbers is held against all the ward's stays of that weekday
usual as (
    select feature, mark, hospital, ward, weekday, sum(n) as total from cells where feature <> 'numbers'
    group by feature, mark, hospital, ward, weekday
),
of_ward as (
    select hospital, ward, weekday, begins_on, count(distinct person) as n from stays group by hospital, ward, weekday, begins_on
),
ward_usual as (select hospital, ward, weekday, sum(n) as total from of_ward group by hospital, ward, weekday),
tests as (select count(*) as tests from cells)
select c.feature, c.mark, c.hospital, c.ward, c.weekday, c.begins_on, c.n, c.stays,
       coalesce(u.total - c.n, w.total - o.n) as others, d.days - 1 as other_days, t.tests
from cells c
join days d on d.hospital = c.hospital and d.weekday = c.weekday
join of_ward o on o.hospital = c.hospital and o.ward = c.ward and o.begins_on = c.begins_on
join ward_usual w on w.hospital = c.hospital and w.ward = c.ward and w.weekday = c.weekday
left join usual u on u.feature = c.feature and u.mark = c.mark and u.hospital = c.hospital and u.ward = c.ward
    and u.weekday = c.weekday
cross join tests t
where c.n >= $least_together and d.days - 1 >= $least_days
  and c.sudden < $excused_share * c.stays and c.operated < $excused_share * c.stays and c.school < $excused_share * c.stays
order by c.hospital, c.begins_on, c.ward, c.feature, c.mark
-- section: listed
select admission_id from marked
where feature = $feature and mark = $mark and hospital = $hospital and ward = $ward and begins_on = $begins_on
order by admission_id
