-- Bills of one ward that are the same: item for item, nearly so, or to the cent. Day cases, newborns and stays of
-- two days or fewer are paid by the package or follow one protocol and are no bills here; a round total is a fixed price.
-- section: given
with large as (
    select coalesce(hospital_code, '') as hospital from admissions
    group by coalesce(hospital_code, '') having count(*) >= $least_stays
),
stays as (
    select a.admission_id, coalesce(a.hospital_code, '') as hospital,
           coalesce(a.discharge_department, a.department, '未注明科室') as ward,
           coalesce(a.person_id, a.admission_id) as person, a.total_amount,
           extract(year from a.ends_on) * 12 + extract(month from a.ends_on) as month
    from admissions a
    join large l on l.hospital = coalesce(a.hospital_code, '')
    where a.bed_days > $package_days and coalesce(a.admission_kind, '') not in ('28')
      and not regexp_matches(upper(coalesce(a.main_diagnosis_code, '')), $by_protocol)
      and coalesce(a.age_years, 1) > 0
),
-- a number for every item: equal bills have equal sums, however their lines are cut
keyed as (
    select item_key, row_number() over (order by item_key) as number,
           substr(md5(item_key), 1, 1) in ('0', '1', '2', '3', '4') as chosen
    from (select distinct item_key from charges) k
)
-- section: identical
, summed as (
    select c.admission_id, sum(cast(c.quantity * 1000 as bigint)) as quantity, sum(cast(c.quantity * 1000 as bigint) * k.number) as mark
    from charges c
    join keyed k on k.item_key = c.item_key
    group by c.admission_id having count(*) >= $least_items
),
shaped as (
    select z.admission_id, s.hospital, s.ward, s.person,
           count(*) over (partition by s.hospital, s.ward, z.quantity, z.mark) as like_it
    from summed z join stays s on s.admission_id = z.admission_id
),
items as (
    select c.admission_id, c.item_key, sum(cast(c.quantity * 1000 as bigint)) as quantity
    from charges c join shaped h on h.admission_id = c.admission_id
    where h.like_it >= 2
    group by c.admission_id, c.item_key
),
listed as (
    select h.admission_id, h.hospital, h.ward, h.person, count(*) as items,
           array_sort(array_agg(distinct concat(i.item_key, '=', cast(i.quantity as varchar)))) as bill
    from shaped h join items i on i.admission_id = h.admission_id
    group by h.admission_id, h.hospital, h.ward, h.person having count(*) >= $least_items
),
groups as (
    select hospital, ward, items, bill, count(distinct person) as n, array_sort(array_agg(distinct admission_id)) as admissions
    from listed group by hospital, ward, items, bill having count(distinct person) >= 2
),
wards as (select hospital, ward, count(*) as bills from shaped group by hospital, ward),
pairs as (
    select hospital, sum(cast(bills as double) * (bills - 1) / 2) as all_pairs from wards group by hospital
),
same as (select hospital, sum(cast(n as double) * (n - 1) / 2) as same_pairs from groups group by hospital)
select g.hospital, g.ward, g.items, g.n, g.admissions, w.bills, s.same_pairs, p.all_pairs,
       (select count(*) from shaped) as tests
from groups g
join wards w on w.hospital = g.hospital and w.ward = g.ward
join same s on s.hospital = g.hospital
join pairs p on p.hospital = g.hospital
where g.n >= $least_persons
order by g.hospital, g.ward, g.items, g.admissions
-- section: nearly
-- bills that may be alike have their rarest entries in common, an entry being an item with its quantity; in a large ward
-- every entry is common, so three that follow each other are held together. A third of the items is enough to see that
, sized as (
    select c.admission_id, s.hospital, s.ward, s.person
    from charges c join stays s on s.admission_id = c.admission_id
    group by c.admission_id, s.hospital, s.ward, s.person having count(*) >= $many_items
),
entries as (
    select s.hospital, s.ward, c.admission_id, k.number, sum(cast(c.quantity * 1000 as bigint)) as quantity
    from charges c
    join keyed k on k.item_key = c.item_key and k.chosen
    join sized s on s.admission_id = c.admission_id
    group by s.hospital, s.ward, c.admission_id, k.number
),
known as (
    select *, count(*) over (partition by hospital, ward, number, quantity) as bills from entries
),
ranked as (
    select hospital, ward, admission_id, number, quantity,
           row_number() over (partition by admission_id order by bills, number) as place
    from known where bills >= 2
),
followed as (
    select hospital, ward, admission_id, place, number as a, quantity as a_quantity,
           lead(number, 1) over w as b, lead(quantity, 1) over w as b_quantity,
           lead(number, 2) over w as c, lead(quantity, 2) over w as c_quantity
    from ranked where place <= $rare_entries
    window w as (partition by admission_id order by place)
),
threes as (
    select hospital, ward, admission_id, a, a_quantity, b, b_quantity, c, c_quantity,
           count(*) over (partition by hospital, ward, a, a_quantity, b, b_quantity, c, c_quantity) as bills
    from followed where c is not null
),
rarest as (select * from threes where bills between 2 and $most_alike),
likely as (
    select distinct x.admission_id as one, y.admission_id as other
    from rarest x join rarest y on y.hospital = x.hospital and y.ward = x.ward
        and y.a = x.a and y.a_quantity = x.a_quantity and y.b = x.b and y.b_quantity = x.b_quantity
        and y.c = x.c and y.c_quantity = x.c_quantity and y.admission_id > x.admission_id
),
named as (select one as admission_id from likely union select other from likely),
items as (
    select c.admission_id, c.item_key, cast(sum(c.quantity) as double) as quantity
    from charges c join named n on n.admission_id = c.admission_id
    group by c.admission_id, c.item_key
),
sizes as (
    select admission_id, count(*) as items, sqrt(sum(quantity * quantity)) as length
    from items group by admission_id having count(*) >= $many_items
),
alike as (
    select l.one, l.other, sum(i.quantity * j.quantity) / (a.length * b.length) as cosine
    from likely l
    join sized s on s.admission_id = l.one
    join sized t on t.admission_id = l.other and t.person <> s.person
    join sizes a on a.admission_id = l.one
    join sizes b on b.admission_id = l.other
    join items i on i.admission_id = l.one
    join items j on j.admission_id = l.other and j.item_key = i.item_key
    group by l.one, l.other, a.length, b.length, a.items, b.items
    having sum(i.quantity * j.quantity) >= $cosine * a.length * b.length
       and count(*) >= $same_items * greatest(a.items, b.items)
)
select s.hospital, s.ward, a.one, a.other, a.cosine, (select count(*) from sized) as bills,
       (select count(*) from sized w where w.hospital = s.hospital and w.ward = s.ward) as ward_bills
from alike a join sized s on s.admission_id = a.one
order by s.hospital, s.ward, a.one, a.other
-- section: totals
, itemised as (
    select c.admission_id from charges c join stays s on s.admission_id = c.admission_id
    group by c.admission_id having count(*) >= $least_items
),
sums as (
    select s.hospital, s.ward, s.total_amount, count(distinct s.person) as n, count(*) as stays,
           array_sort(array_agg(distinct s.admission_id)) as admissions
    from stays s join itemised i on i.admission_id = s.admission_id
    where s.total_amount > 0 and cast(s.total_amount * 100 as bigint) % $round_cents <> 0
    group by s.hospital, s.ward, s.total_amount
),
spread as (
    select *, sum(stays) over (partition by hospital, ward order by cast(total_amount * 100 as bigint)
                               range between $around_cents preceding and $around_cents following) - stays as near
    from sums
),
-- prices are few and round: how often totals near each other are equal is the hospital's own
pairs as (
    select hospital, sum(cast(n as double) * (n - 1) / 2) as same_pairs, sum(cast(stays as double) * near / 2) as near_pairs
    from spread group by hospital
),
tests as (select count(*) as tests from sums)
select s.hospital, s.ward, s.total_amount, s.n, s.stays, s.admissions, s.near, p.same_pairs, p.near_pairs, t.tests
from spread s
join pairs p on p.hospital = s.hospital
cross join tests t
where s.n >= $least_persons
order by s.hospital, s.ward, s.total_amount
