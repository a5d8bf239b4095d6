-- One row per visit to the operating room: rows that overlap or lie less than two hours apart are one event;
-- rows without a clock time are one event per day.
with points as (
    select admission_id, begins_at, coalesce(ends_at, begins_at) as ends_at, operated_on as on_day, operation_name as name,
           surgeon, fact_id
    from operations
    union all
    select admission_id, begins_at, coalesce(ends_at, begins_at), coalesce(anesthesia_on, cast(begins_at as date)),
           null, null, fact_id
    from anesthesia
),
timed as (
    select *, case
        when begins_at <= max(ends_at) over (partition by admission_id order by begins_at, ends_at, fact_id
                                             rows between unbounded preceding and 1 preceding) + interval 2 hour
        then 0 else 1 end as opens
    from points where begins_at is not null
),
numbered as (
    select *, sum(opens) over (partition by admission_id order by begins_at, ends_at, fact_id
                               rows between unbounded preceding and current row) as n
    from timed
),
events as (
    select admission_id, admission_id || '/' || cast(n as varchar) as event_id, min(begins_at) as begins_at,
           max(ends_at) as ends_at, cast(min(begins_at) as date) as operated_on, true as has_times,
           count(name) as operations
    from numbered group by admission_id, n
)
select * from events
union all
select p.admission_id, p.admission_id || '/' || cast(p.on_day as varchar), null, null, p.on_day, false, count(p.name)
from points p
where p.begins_at is null and p.on_day is not null
  and not exists (select 1 from events e where e.admission_id = p.admission_id and e.operated_on = p.on_day)
group by p.admission_id, p.on_day
