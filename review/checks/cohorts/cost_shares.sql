-- How the charges of a department, or of the whole hospital, divide in one quarter, beside the same department's other
-- quarters and the same department elsewhere. `$least_others` values make a reference; fewer make none.
-- section: given
with stays as (
    select admission_id, coalesce(hospital_code, '') as hospital, coalesce(discharge_department, department, '未注明科室') as department,
           cast(extract(year from ends_on) as varchar) || '年第' || cast(extract(quarter from ends_on) as varchar) || '季度' as quarter
    from admissions
),
spent as (
    select s.hospital, s.department, s.quarter, s.admission_id, sum(c.amount) as total,
           sum(c.amount) filter (where c.kind in ('drug', 'herb')) as drugs,
           sum(c.amount) filter (where c.charge_type in ('03', '04')) as tests,
           sum(c.amount) filter (where c.kind = 'material') as materials,
           sum(c.amount) filter (where c.charge_type = '05') as treatments,
           sum(c.amount) filter (where c.charge_type = '03' and regexp_matches(c.item_name, 'CT|计算机体层')) as ct,
           sum(c.amount) filter (where c.charge_type = '03' and regexp_matches(c.item_name, '磁共振|MRI')) as mr
    from charges c join stays s on s.admission_id = c.admission_id
    group by s.hospital, s.department, s.quarter, s.admission_id
),
placed as (
    select hospital, department, quarter, admission_id, total, drugs, tests, materials, treatments, ct, mr from spent
    union all
    select hospital, '全院', quarter, admission_id, total, drugs, tests, materials, treatments, ct, mr from spent
),
parted as (
    select hospital, department, quarter, admission_id, total, '药费' as part, coalesce(drugs, 0) as yuan from placed
    union all
    select hospital, department, quarter, admission_id, total, '检查检验费', coalesce(tests, 0) from placed
    union all
    select hospital, department, quarter, admission_id, total, '耗材费', coalesce(materials, 0) from placed
    union all
    select hospital, department, quarter, admission_id, total, '治疗费', coalesce(treatments, 0) from placed
    union all
    select hospital, department, quarter, admission_id, total, 'CT检查费', coalesce(ct, 0) from placed
    union all
    select hospital, department, quarter, admission_id, total, '磁共振检查费', coalesce(mr, 0) from placed
)
-- section: shares
, shares as (
    select hospital, department, quarter, part, count(*) as stays, cast(sum(yuan) as double) / cast(sum(total) as double) as share
    from parted group by hospital, department, quarter, part
    having sum(total) > 0 and count(*) >= $least_group
),
beside as (
    select v.hospital, v.department, v.quarter, v.part, 'history' as reference, o.share
    from shares v join shares o on o.hospital = v.hospital and o.department = v.department and o.part = v.part and o.quarter <> v.quarter
    union all
    select v.hospital, v.department, v.quarter, v.part, 'peers', o.share
    from shares v join shares o on o.hospital <> v.hospital and o.department = v.department and o.part = v.part and o.quarter = v.quarter
),
middles as (
    select hospital, department, quarter, part, reference, count(*) as others, median(share) as middle
    from beside group by hospital, department, quarter, part, reference
    having count(*) >= $least_others
),
spreads as (
    select b.hospital, b.department, b.quarter, b.part, b.reference, median(abs(b.share - m.middle)) as spread
    from beside b
    join middles m on m.hospital = b.hospital and m.department = b.department and m.quarter = b.quarter and m.part = b.part
        and m.reference = b.reference
    group by b.hospital, b.department, b.quarter, b.part, b.reference
)
select v.hospital, v.department, v.quarter, v.part, v.stays, v.share, m.reference, m.others, m.middle,
       greatest($mads * s.spread, $least_points) as allowed
from shares v
join middles m on m.hospital = v.hospital and m.department = v.department and m.quarter = v.quarter and m.part = v.part
join spreads s on s.hospital = v.hospital and s.department = v.department and s.quarter = v.quarter and s.part = v.part
    and s.reference = m.reference
order by v.hospital, v.department, v.quarter, v.part, m.reference
-- section: listed
select admission_id from parted
where hospital = $hospital and department = $department and quarter = $quarter and part = $part and total > 0
  and (yuan > 0 or $lower)
order by case when $lower then -yuan / total else yuan / total end desc, admission_id
limit $listed
