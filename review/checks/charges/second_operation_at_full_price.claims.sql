-- What the claims alone tell of CHG-006: two operations of one group at one visit to the operating room, by the
-- operations of the settlement list, the second not discounted. Probable at most: the record may name another incision.

-- examined
with grouped as (
    select c.admission_id, count(distinct coalesce(c.code15, c.item_name)) as items
    from charges c
    join (select distinct item_key from row_codes where table_name = 'same_incision_groups') r on r.item_key = c.item_key
    where not regexp_matches(coalesce(c.item_name, ''), '加收|另加')
    group by c.admission_id
)
select a.admission_id,
       case when g.admission_id is null or g.items < 2 then 'not_applicable' when e.admission_id is null then 'not_checked'
            else 'clear' end as outcome,
       case when g.admission_id is null or g.items < 2 then '没有两种以上列入同切口分组的手术'
            when e.admission_id is null then '缺：与收费日期相符的手术或麻醉记录' end as reason
from admissions a
left join grouped g on g.admission_id = a.admission_id
left join (select distinct admission_id from operation_events) e on e.admission_id = a.admission_id

-- findings
with grouped as (
    select c.admission_id, c.charge_id, c.item_name, coalesce(c.code15, '') as code, c.quantity, c.unit_price, c.amount, c.charged_at,
           c.charged_on, k.row_id, k.group_name, k.region, k.second_rate, coalesce(r.ceiling, 'established') as ceiling
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'same_incision_groups'
    join same_incision_groups k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and not regexp_matches(coalesce(c.item_name, ''), '加收|另加') and c.amount > 0
),
several as (
    select admission_id, group_name from grouped
    group by admission_id, group_name having count(distinct concat(code, '|', item_name)) > 1
),
placed as (
    select g.*, e.event_id, e.has_times,
           row_number() over (partition by g.admission_id, g.charge_id, g.group_name
                              order by case when e.has_times then abs(epoch(g.charged_at) - epoch(e.ends_at)) else 0 end, e.event_id) as nearest
    from grouped g
    join several s on s.admission_id = g.admission_id and s.group_name = g.group_name
    join operation_events e on e.admission_id = g.admission_id
        and case when e.has_times then epoch(g.charged_at) >= epoch(e.begins_at) - $before_hours * 3600
                                       and epoch(g.charged_at) <= epoch(e.ends_at) + $after_hours * 3600
                 else e.operated_on = g.charged_on end
),
listed as (
    -- the undiscounted price: the highest this hospital asked for the item
    select w.code, w.item_name, w.hospital_code, max(w.price) as price
    from (select coalesce(c.code15, '') as code, c.item_name, a.hospital_code, coalesce(c.price_cap, c.unit_price) as price
          from charges c
          join admissions a on a.admission_id = c.admission_id
          union all
          select code, item_name, hospital_code, price from raw_prices_elsewhere) w
    join (select distinct code, item_name from placed) p on p.code = w.code and p.item_name = w.item_name
    group by w.code, w.item_name, w.hospital_code
),
items as (
    select p.admission_id, p.event_id, p.group_name, p.code, p.item_name, max(p.row_id) as row_id, sum(p.amount) as amount,
           greatest(1, ceil(sum(p.quantity))) as times, greatest(max(l.price), max(p.unit_price)) as list_price,
           max(coalesce(p.second_rate, cast($default_rate as decimal(18, 4)))) as rate, max(case when p.has_times then 1 else 0 end) as timed,
           min(p.charged_on) as charged_on, min(p.charge_id) as first_id,
           min(case p.ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling
    from placed p
    join admissions a on a.admission_id = p.admission_id
    join listed l on l.code = p.code and l.item_name = p.item_name and l.hospital_code is not distinct from a.hospital_code
    where p.nearest = 1
    group by p.admission_id, p.event_id, p.group_name, p.code, p.item_name
),
ordered as (
    select *, row_number() over (partition by admission_id, event_id, group_name
                                 order by cast(amount / times as decimal(18, 4)) desc, first_id desc) as place,
           max(rate) over (partition by admission_id, event_id, group_name) as second_rate
    from items
),
over as (
    select *, cast((cast(amount / times as decimal(18, 4)) - second_rate * list_price) * times as decimal(18, 4)) as excess from ordered
),
others as (
    select * from over where place > 1 and excess > $tolerance_yuan
),
lines as (
    select o.admission_id, o.event_id, o.group_name, p.charge_id, cast(o.excess * p.amount / o.amount as decimal(18, 4)) as part
    from others o
    join placed p on p.nearest = 1 and p.admission_id = o.admission_id and p.event_id = o.event_id and p.group_name = o.group_name
        and p.code = o.code and p.item_name = o.item_name
),
told as (
    select admission_id, event_id, group_name, array_sort(array_agg(charge_id)) as charge_ids, sum(part) as amount,
           array_sort(array_agg(concat(charge_id, '=', cast(part as varchar)))) as parts
    from lines group by admission_id, event_id, group_name
)
select t.admission_id, t.charge_ids, t.amount, t.amount as excess_yuan, t.parts, min(o.charged_on) as day,
       array_to_string(array_sort(array_agg(distinct o.item_name)), '、') as names, t.group_name as "group",
       array_to_string(array_sort(array_agg(distinct o.item_name) filter (where o.place > 1 and o.excess > $tolerance_yuan)), '、') as other,
       sum(case when o.place > 1 and o.excess > $tolerance_yuan then cast(o.amount / o.times as decimal(18, 4)) else 0 end) as price_yuan,
       max(o.second_rate) * 100 as percent, '' as incision, max(o.row_id) as row_id,
       case min(o.ceiling) when 0 then 'clue' else 'probable' end as certainty,
       array_sort(array_agg(distinct '缺：手术记录，切口和入路未核')) as lowered_by
from told t
join over o on o.admission_id = t.admission_id and o.event_id = t.event_id and o.group_name = t.group_name
group by t.admission_id, t.event_id, t.group_name, t.charge_ids, t.amount, t.parts
order by t.admission_id, t.event_id, t.group_name
