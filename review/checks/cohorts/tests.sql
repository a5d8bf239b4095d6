-- What a department of one quarter does to its stays: shares among those without an indication, and the set of tests that
-- all have on their first days. A section is the text under `-- section:`; each continues the tables given first.
-- section: given
with
stays as (
    select admission_id, coalesce(hospital_code, '') as hospital, coalesce(discharge_department, department, '未注明科室') as department,
           cast(extract(year from begins_on) as varchar) || '年第' || cast(extract(quarter from begins_on) as varchar) || '季度' as quarter,
           begins_at, begins_on, age_years, admission_diagnosis, main_diagnosis
    from admissions
),
wards as (
    select hospital, department, quarter, count(*) as stays from stays group by hospital, department, quarter
),
rules as (
    select * from indicated_tests where judged in ('cohort', 'both') and pair_with is null
),
tested as (
    select k.row_id, c.admission_id, sum(c.amount) as yuan,
           max(case when c.clock_ok and epoch(c.charged_at) - epoch(s.begins_at) <= $first_hours * 3600 then 1
                    when not c.clock_ok and c.charged_on <= s.begins_on then 1 else 0 end) as early
    from charges c
    join stays s on s.admission_id = c.admission_id
    join row_codes r on r.item_key = c.item_key and r.table_name = 'indicated_tests' and r.side = 'code15'
    join rules k on k.row_id = r.row_id
    where c.kind = 'service' and c.subject = 'patient'
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
    group by k.row_id, c.admission_id
),
-- names are many, different names few: each is held against the rules once
diagnosed as (
    select n.name, k.row_id
    from (select diagnosis_name as name from diagnoses union select admission_diagnosis from admissions
          union select main_diagnosis from admissions) n
    join rules k on regexp_matches(n.name, k.diag_regex) or regexp_matches(n.name, k.finding_regex)
),
explaining as (
    select n.name, k.row_id
    from (select item_name as name from charges union select order_name from orders union select operation_name from operations) n
    join rules k on regexp_matches(n.name, k.order_regex)
    where not exists (select 1 from row_codes r join charges c on c.item_key = r.item_key
                      where r.table_name = 'indicated_tests' and r.row_id = k.row_id and c.item_name = n.name)
),
named as (
    select admission_id, item_name as name from charges
    union
    select admission_id, order_name from orders
    union
    select admission_id, operation_name from operations
),
indicated as (
    select d.admission_id, x.row_id from diagnoses d join diagnosed x on x.name = d.diagnosis_name
    union
    select s.admission_id, x.row_id from stays s join diagnosed x on x.name = s.admission_diagnosis
    union
    select s.admission_id, x.row_id from stays s join diagnosed x on x.name = s.main_diagnosis
    union
    select n.admission_id, x.row_id from named n join explaining x on x.name = n.name
    union
    select w.admission_id, k.row_id from stated w join rules k on regexp_matches(w.text, k.finding_regex)
    union
    select f.admission_id, k.row_id from facts f join rules k on regexp_matches(f.value, k.diag_regex) where f.kind = 'diagnosis'
    union
    select s.admission_id, k.row_id from stays s join rules k on s.age_years >= k.exempt_from_age_y
),
without_need as (
    select s.hospital, s.department, s.quarter, s.admission_id, k.row_id
    from stays s
    cross join rules k
    left join indicated i on i.admission_id = s.admission_id and i.row_id = k.row_id
    where i.admission_id is null and not coalesce(regexp_matches(s.department, k.dept_exempt), false)
)
-- section: general
,
counted as (
    select n.hospital, n.department, n.quarter, n.row_id, count(*) as stays, count(t.admission_id) as tested,
           sum(coalesce(t.early, 0)) as early, sum(coalesce(t.yuan, 0)) as yuan
    from without_need n left join tested t on t.admission_id = n.admission_id and t.row_id = n.row_id
    group by n.hospital, n.department, n.quarter, n.row_id
),
compared as (
    select *, sum(stays) over (partition by hospital, quarter, row_id) - stays as other_stays,
           sum(tested) over (partition by hospital, quarter, row_id) - tested as other_tested,
           tested / cast(stays as double) as share
    from counted
),
judged as (
    select *, (share + $z * $z / (2.0 * stays) - $z * sqrt(share * (1 - share) / stays + $z * $z / (4.0 * stays * stays)))
              / (1 + $z * $z / stays) as lower_bound
    from compared
)
select j.*, k.name, w.stays as all_stays
from judged j
join rules k on k.row_id = j.row_id
join wards w on w.hospital = j.hospital and w.department = j.department and w.quarter = j.quarter
where w.stays >= $least_stays and j.share >= coalesce(cast(k.cap_share as double), $cap_share) and j.lower_bound >= $lower_bound
  and (j.early >= $first_share * j.tested
       or (j.other_stays >= $least_others and j.share >= $times_others * j.other_tested / cast(j.other_stays as double)))
order by j.hospital, j.department, j.quarter, j.row_id
-- section: listed
select n.admission_id from without_need n join tested t on t.admission_id = n.admission_id and t.row_id = n.row_id
where n.hospital = $hospital and n.department = $department and n.quarter = $quarter and n.row_id = $row_id
order by n.admission_id
-- section: bundles
, first_day as (
    select distinct s.hospital, s.department, s.quarter, c.admission_id, c.item_key, c.item_name
    from charges c join stays s on s.admission_id = c.admission_id
    where c.kind = 'service' and c.charge_type in ('03', '04') and c.charged_on between s.begins_on and s.begins_on + 1
),
usual as (
    select f.hospital, f.department, f.quarter, f.item_key, min(f.item_name) as item_name
    from first_day f
    join wards w on w.hospital = f.hospital and w.department = f.department and w.quarter = f.quarter
    where w.stays >= $least_stays
    group by f.hospital, f.department, f.quarter, f.item_key, w.stays
    having count(*) >= $bundle_share * w.stays
),
-- a test that most stays of the department have an indication for is what its patients share
unneeded as (
    select n.hospital, n.department, n.quarter, n.row_id
    from without_need n
    join wards w on w.hospital = n.hospital and w.department = n.department and w.quarter = n.quarter
    group by n.hospital, n.department, n.quarter, n.row_id, w.stays
    having count(*) >= $lower_bound * w.stays
),
sets as (
    select u.hospital, u.department, u.quarter, count(distinct u.item_key) as items, array_sort(array_agg(distinct u.item_name)) as names,
           array_sort(array_agg(distinct k.name) filter (where n.row_id is not null)) as wanting
    from usual u
    left join row_codes r on r.item_key = u.item_key and r.table_name = 'indicated_tests' and r.side = 'code15'
    left join rules k on k.row_id = r.row_id
    left join unneeded n on n.hospital = u.hospital and n.department = u.department and n.quarter = u.quarter and n.row_id = k.row_id
    group by u.hospital, u.department, u.quarter
),
whole as (
    select f.hospital, f.department, f.quarter, f.admission_id
    from first_day f
    join usual u on u.hospital = f.hospital and u.department = f.department and u.quarter = f.quarter and u.item_key = f.item_key
    join sets s on s.hospital = f.hospital and s.department = f.department and s.quarter = f.quarter
    group by f.hospital, f.department, f.quarter, f.admission_id, s.items
    having count(*) = s.items
)
select s.department, s.quarter, s.items, s.names, s.wanting, w.stays, count(*) as alike,
       array_sort(array_agg(h.admission_id)) as admissions
from sets s
join whole h on h.hospital = s.hospital and h.department = s.department and h.quarter = s.quarter
join wards w on w.hospital = s.hospital and w.department = s.department and w.quarter = s.quarter
where s.items >= $bundle_items and s.wanting is not null
group by s.hospital, s.department, s.quarter, s.items, s.names, s.wanting, w.stays
having count(*) >= $bundle_share * w.stays
order by s.department, s.quarter
-- section: small
, few as (select hospital, department, quarter from wards where stays < $least_stays)
select s.admission_id from stays s
join few f on f.hospital = s.hospital and f.department = s.department and f.quarter = s.quarter
