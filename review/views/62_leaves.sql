-- When a patient was away on leave: by the order for it, or as a note tells it with both ends. A leave without an end,
-- or without one that an order of return gives, is not known and is left out.
with asked as (
    select o.fact_id, o.admission_id, o.begins_at, o.ends_at,
           try_cast(regexp_extract(coalesce(o.days, ''), '[0-9]+', 0) as integer) as days
    from orders o
    where o.begins_at is not null and regexp_matches(coalesce(o.order_name, ''), '请假|准假|临时离院|试离院|准予外出|同意外出|离院外出')
      and not regexp_matches(coalesce(o.order_name, ''), '销假|返院|不得|未')
),
returned as (
    select l.fact_id, min(r.begins_at) as begins_at
    from asked l
    join orders r on r.admission_id = l.admission_id and r.begins_at > l.begins_at
        and regexp_matches(coalesce(r.order_name, ''), '销假|返院|回院')
    group by l.fact_id
),
ended as (
    select a.fact_id, a.admission_id, 'orders' as origin, a.begins_at,
           coalesce(case when a.ends_at > a.begins_at then a.ends_at end, r.begins_at,
                    -- so many days of leave: back on the morning after the last of them at the earliest
                    case when a.days > 0 then cast(cast(a.begins_at as date) + a.days as timestamp) end) as ends_at
    from asked a left join returned r on r.fact_id = a.fact_id
),
known as (
    select * from ended where ends_at is not null
    union all
    select fact_id, admission_id, 'text', begins_at, ends_at from facts
    where kind = 'leave' and name = 'interval' and begins_at is not null and ends_at is not null
)
select k.fact_id, k.admission_id, k.origin, k.begins_at, least(k.ends_at, a.ends_at) as ends_at,
       -- the days of which no hour was spent here: from the midnight after leaving to the midnight before coming back
       case when epoch(k.begins_at) - epoch(cast(cast(k.begins_at as date) as timestamp)) > 0
            then cast(k.begins_at as date) + 1 else cast(k.begins_at as date) end as first_full_day,
       cast(least(k.ends_at, a.ends_at) as date) - 1 as last_full_day
from known k
join admissions a on a.admission_id = k.admission_id
where k.begins_at >= a.begins_at and k.begins_at < a.ends_at and k.ends_at > k.begins_at
