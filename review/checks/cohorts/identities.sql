-- Two stays under one identity card that one person can hardly have had: at one time, of two blood groups, with an
-- organ that was taken out, of two heights.
-- section: given
with held as (
    -- an extract that hides part of the card number shows strangers as one person
    select a.admission_id,
           coalesce(case when strpos(m.certno, '*') = 0 then nullif(trim(m.certno), '') end, a.person_id) as card,
           a.hospital_code, a.begins_at, a.ends_at,
           a.begins_on, a.ends_on, a.sex, a.age_years, a.source, a.row_number, a.department
    from admissions a
    join raw_mdtrt_d m on m.mdtrt_id = a.admission_id
    where coalesce(nullif(trim(m.certno), ''), a.person_id) is not null
      -- a newborn is often registered on its mother's card
      and coalesce(a.age_years, 1) > 0 and not regexp_matches(upper(coalesce(a.main_diagnosis_code, '')), '^(P|Z38)')
      and not regexp_matches(coalesce(a.department, ''), '新生儿')
),
several as (select card from held group by card having count(*) >= 2),
stays as (select h.* from held h join several s on s.card = h.card)
-- section: overlaps
, pairs as (
    select x.admission_id as earlier, y.admission_id as later, x.hospital_code as one_hospital,
           y.hospital_code as other_hospital, y.begins_at as both_from, least(x.ends_at, y.ends_at) as both_until,
           x.begins_at as earlier_begins, x.ends_at as earlier_ends, x.source as earlier_source, x.row_number as earlier_row,
           y.source as later_source, y.row_number as later_row
    from stays x
    join stays y on y.card = x.card and y.admission_id <> x.admission_id and y.begins_at < x.ends_at
        and (y.begins_at > x.begins_at or (y.begins_at = x.begins_at and y.admission_id > x.admission_id))
    left join episodes e on e.admission_id = x.admission_id
    left join episodes f on f.admission_id = y.admission_id
    where e.episode_id is null or f.episode_id is null or e.episode_id <> f.episode_id
),
seen as (
    select admission_id, cast(measured_at as date) as day, measured_at as at, fact_id from vitals
    union all
    select admission_id, cast(sampled_at as date), sampled_at, fact_id from labs
    union all
    select admission_id, cast(executed_at as date), executed_at, fact_id from orders where executor is not null
),
in_both as (
    select p.earlier, p.later, s.day, min(s.fact_id) as one_fact, min(t.fact_id) as other_fact
    from pairs p
    join (select distinct admission_id, day, min(fact_id) as fact_id from seen where day is not null group by admission_id, day) s
        on s.admission_id = p.earlier
    join (select distinct admission_id, day, min(fact_id) as fact_id from seen where day is not null group by admission_id, day) t
        on t.admission_id = p.later and t.day = s.day
    where s.day > cast(p.both_from as date) and s.day < cast(p.both_until as date)
    group by p.earlier, p.later, s.day
)
select p.*, epoch(p.both_until) - epoch(p.both_from) as seconds, count(b.day) as days_in_both,
       array_sort(array_agg(distinct b.one_fact) filter (where b.one_fact is not null)) as one_facts,
       array_sort(array_agg(distinct b.other_fact) filter (where b.other_fact is not null)) as other_facts
from pairs p
left join in_both b on b.earlier = p.earlier and b.later = p.later
where epoch(p.both_until) - epoch(p.both_from) >= $least_hours * 3600
group by p.earlier, p.later, p.one_hospital, p.other_hospital, p.both_from, p.both_until, p.earlier_begins, p.earlier_ends,
         p.earlier_source, p.earlier_row, p.later_source, p.later_row
order by p.later, p.earlier
-- section: blood
, grafted as (
    select distinct s.card from stays s
    join (select admission_id, diagnosis_name as name from diagnoses
          union all select admission_id, operation_name from operations
          union all select admission_id, order_name from orders) n on n.admission_id = s.admission_id
    where regexp_matches(coalesce(n.name, ''), '移植|造血干细胞|脐血')
),
typed as (
    select l.admission_id, l.fact_id, l.sampled_at,
           nullif(regexp_extract(upper(replace(l.value_text, ' ', '')), '^["“]?(AB|A|B|O)["”]?(型|$|[(（,，]|RH|/)', 1), '') as abo
    from labs l
    where regexp_matches(coalesce(l.analyte, ''), 'ABO|血型') and not regexp_matches(coalesce(l.analyte, ''), 'Rh|RH|献血|供|血袋|不规则')
      and not regexp_matches(concat(coalesce(l.panel, ''), coalesce(l.specimen, '')), '献血|供|血袋|脐|新生儿|婴儿')
),
settled as (
    -- a group that was corrected within the stay is not settled
    select t.admission_id, min(t.abo) as abo, min(t.fact_id) as fact_id, count(*) as results
    from typed t where t.abo is not null group by t.admission_id having count(distinct t.abo) = 1
)
select x.admission_id as earlier, y.admission_id as later, b.abo as one_abo, c.abo as other_abo,
       b.fact_id as one_fact, c.fact_id as other_fact, x.begins_at as earlier_begins, y.begins_at as later_begins
from stays x
join settled b on b.admission_id = x.admission_id
join stays y on y.card = x.card and (y.begins_at > x.begins_at or (y.begins_at = x.begins_at and y.admission_id > x.admission_id))
join settled c on c.admission_id = y.admission_id and c.abo <> b.abo
left join grafted g on g.card = x.card
where g.card is null
order by later, earlier
-- section: heights
, measured as (
    select f.admission_id, min(cast(f.value as double)) as least, max(cast(f.value as double)) as most, min(f.fact_id) as fact_id
    from facts f
    where f.kind = 'measurement' and f.name = 'height' and f.unit = 'cm'
    group by f.admission_id
),
shrunk as (
    select distinct d.admission_id from diagnoses d
    where regexp_matches(coalesce(d.diagnosis_name, ''), '截肢|侏儒|脊柱|压缩性骨折|佝偻|后凸|侧凸|骨质疏松|肢端肥大')
)
select x.admission_id as earlier, y.admission_id as later, m.most as one_height, n.most as other_height,
       m.fact_id as one_fact, n.fact_id as other_fact, x.begins_at as earlier_begins, y.begins_at as later_begins
from stays x
join measured m on m.admission_id = x.admission_id and m.most - m.least <= $same_height
join stays y on y.card = x.card and y.begins_at > x.begins_at
join measured n on n.admission_id = y.admission_id and n.most - n.least <= $same_height
left join shrunk b on b.admission_id = x.admission_id
left join shrunk c on c.admission_id = y.admission_id
where x.age_years between $adult and $old and y.age_years between $adult and $old and b.admission_id is null
  and c.admission_id is null and abs(m.most - n.most) > $height_differs
order by later, earlier
-- section: operated
select o.fact_id, o.admission_id, o.operation_name, o.operated_on, o.origin, s.card, s.begins_at
from operations o join stays s on s.admission_id = o.admission_id
where o.operation_name is not null
order by s.card, s.begins_at, o.fact_id
-- section: described
select e.fact_id, e.admission_id, e.exam_name, e.findings, e.conclusion, s.card, s.begins_at
from exams e join stays s on s.admission_id = e.admission_id
where regexp_matches(coalesce(e.findings, ''), $organs)
order by s.card, s.begins_at, e.fact_id
-- section: of_one_sex
select e.fact_id, a.admission_id, a.sex, 'exam' as origin, coalesce(e.exam_name, '') as name, coalesce(e.findings, '') as findings
from exams e join admissions a on a.admission_id = e.admission_id
where (a.sex = '男' and regexp_matches(coalesce(e.findings, ''), $of_women))
   or (a.sex = '女' and regexp_matches(coalesce(e.findings, ''), $of_men))
union all
select o.fact_id, a.admission_id, a.sex, 'operation', o.operation_name, o.operation_name
from operations o join admissions a on a.admission_id = o.admission_id
where (a.sex = '男' and regexp_matches(coalesce(o.operation_name, ''), $of_women))
   or (a.sex = '女' and regexp_matches(coalesce(o.operation_name, ''), $of_men))
order by 2, 4, 1
