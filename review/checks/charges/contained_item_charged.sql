/*
code: CHG-004
title: 互斥或已包含的项目同时收费
violation: duplicate_charge
certainty: established
needs: {tables: [charges, admissions], knowledge: [exclusive_items]}
limits: {hour_minutes: 60, six_hours: 6, apart_hours: 4, before_hours: 12, after_hours: 36}
limits_said:
  hour_minutes: “同一小时”相距至多（分钟）
  six_hours: “六小时内”相距至多（小时）
  apart_hours: 同日相距多久视为两次（小时）
  before_hours: 手术前多久算同一手术（小时）
  after_hours: 手术后多久算同一手术（小时）
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers:
  classes: [25]
  problems: [11, 12, 16, 17, 18, 19, 22, 25, 26, 27, 28, 29, 30, 38, 39, 40, 43, 45, 47, 48, 49, 50, 51, 52, 53, 61, 62, 77,
             78, 85, 86, 89, 94, 96, 97, 98, 99, 127, 128, 139, 140, 141, 142, 143, 157, 158, 159, 160, 161, 175, 176, 180,
             182, 183]
message: "$when_said 收取 $containing，又收 $contained $excess $unit_said，$relation，疑似重复收取 $excess_yuan 元。"
why: 价格已含另一项目的，另收即为重复；两者择一的，只能收取一项。
exceptions:
  - 其中一项已全部退费
  - 两项不在同一日（按日判断的组合）
  - 术后病房监护与术中监测的时段不重叠
  - 不同科室相隔数小时分别检查
  - 两项的部位或侧别不同
  - 规则行列明的除外项目同时存在
  - 病历写明属于规则行的除外情形
  - 母婴分别收费
  - 先行的麻醉、操作失败后改行另一项，病历有记载
  - 检查、化验在另一日再做（同一次住院的组合）
overturned_by: [手术记录写明另有切口、部位或指征, 当地价格说明允许分别收费]
*/
-- examined
with sides as (
    select c.admission_id, k.row_id, k.scope, r.side, c.charged_on, c.clock_ok
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'exclusive_items' and r.side in ('a', 'b')
    join exclusive_items k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
),
pairs as (
    select x.admission_id,
           max(case when x.scope in ('same_hour', 'within_6_hours') and not (x.clock_ok and y.clock_ok) then 1 else 0 end) as no_clock,
           max(case when x.scope = 'same_operation' and e.admission_id is null then 1 else 0 end) as no_event
    from sides x
    join sides y on y.admission_id = x.admission_id and y.row_id = x.row_id and y.side = 'b' and y.charged_on = x.charged_on
    left join (select distinct admission_id from operation_events) e on e.admission_id = x.admission_id
    where x.side = 'a'
    group by x.admission_id
)
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' when p.no_clock = 1 or p.no_event = 1 then 'not_checked'
            else 'clear' end as outcome,
       case when l.admission_id is null then '无费用明细'
            when p.no_clock = 1 then '收费只有记账时刻，限同一时段的组合无法判断'
            when p.no_event = 1 then '缺：手术或麻醉记录，限同一手术的组合无法判断' end as reason
from admissions a
left join (select distinct admission_id from charges) l on l.admission_id = a.admission_id
left join pairs p on p.admission_id = a.admission_id

-- findings
with ruled as (
    select k.row_id, k.scope, k.keep, k.b_per_a, coalesce(k.also_site_sensitive, false) as by_site, k.unless_evidence,
           r.side,
           -- whether an angiography followed at once by the intervention is billed for itself, the region says
           case when k.region = '000000' and k.name_b like '%造影%' and regexp_matches(k.name_a, '冠状动脉|冠脉|PTCA|支架|旋磨|旋切|激光')
                     and coalesce(r.ceiling, 'established') = 'established' then 'probable'
                else coalesce(r.ceiling, 'established') end as ceiling, c.admission_id, c.subject, c.charge_id, c.item_name,
           c.charge_type, c.charged_at, c.charged_on, c.quantity, c.amount, c.unit, c.clock_ok, c.executing_department,
           -- an item priced by the hour is posted at one moment and took that many hours around it
           case when c.unit like '%小时%' then c.quantity else 0 end as hours,
           d.side as site, d.site as place
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'exclusive_items' and r.side in ('a', 'b')
    join exclusive_items k on k.row_id = r.row_id
    join admissions m on m.admission_id = c.admission_id
    left join charge_sides d on d.admission_id = c.admission_id and d.charge_id = c.charge_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || m.insurance_type || '|%')
      and c.amount > 0
),
two_sided as (
    select row_id, admission_id from ruled group by row_id, admission_id having count(distinct side) = 2
),
candidates as (
    select r.* from ruled r join two_sided b on b.row_id = r.row_id and b.admission_id = r.admission_id
),
attached as (
    -- the visit to the operating room a line belongs to: the nearest one in time, or that of its day
    select c.charge_id, c.admission_id, e.event_id, e.begins_at, e.ends_at, e.has_times,
           row_number() over (partition by c.admission_id, c.charge_id
                              order by abs(coalesce(epoch(e.begins_at), epoch(cast(e.operated_on as timestamp))) - epoch(c.charged_at)),
                                       e.event_id) as nearest
    from (select distinct charge_id, admission_id, charged_at, charged_on from candidates) c
    join operation_events e on e.admission_id = c.admission_id
    where (e.has_times and epoch(c.charged_at) between epoch(e.begins_at) - $before_hours * 3600 and epoch(e.ends_at) + $after_hours * 3600)
       or (not e.has_times and e.operated_on = c.charged_on)
),
lines as (
    select c.*, t.event_id, t.begins_at, t.ends_at, coalesce(t.has_times, false) as timed,
           case c.scope when 'same_day' then cast(c.charged_on as varchar)
                        when 'same_operation' then t.event_id
                        else 'stay' end as bucket
    from candidates c
    left join attached t on t.charge_id = c.charge_id and t.admission_id = c.admission_id and t.nearest = 1
),
pairs as (
    select a.row_id, a.admission_id, a.subject, a.bucket, a.charge_id as a_id, b.charge_id as b_id,
           case when (a.site is null or b.site is null) and (a.place is null or b.place is null) then 1 else 0 end as site_unknown
    from lines a
    join lines b on b.row_id = a.row_id and b.admission_id = a.admission_id and b.subject = a.subject and b.bucket = a.bucket
        and b.side = 'b'
    where a.side = 'a' and a.charge_id <> b.charge_id
      and (not a.by_site or a.site is null or b.site is null or a.site = b.site or a.site = '双' or b.site = '双')
      and (not a.by_site or a.place is null or b.place is null or a.place = b.place)
      and (a.scope <> 'within_6_hours'
           or (a.clock_ok and b.clock_ok and abs(epoch(a.charged_at) - epoch(b.charged_at)) <= $six_hours * 3600))
      and (a.scope <> 'same_hour'
           or (a.clock_ok and b.clock_ok
               and (abs(epoch(a.charged_at) - epoch(b.charged_at)) <= $hour_minutes * 60
                    or (a.timed and a.event_id = b.event_id and epoch(b.charged_at) between epoch(a.begins_at) and epoch(a.ends_at)))))
      -- a test is done anew on a later day; only an operation is of the whole stay
      and not (a.scope = 'same_stay' and b.charge_type in ('03', '04') and b.charged_on > a.charged_on)
      -- on the ward, after or before the operation: whichever way the hours are counted, they do not meet
      and not (a.charge_type = '06' and b.charge_type <> '06' and a.timed and b.clock_ok
               and a.executing_department <> b.executing_department
               and (epoch(b.charged_at) - cast(b.hours as double) * 3600 >= epoch(a.ends_at) or epoch(b.charged_at) >= epoch(a.ends_at)
                    or epoch(b.charged_at) + cast(b.hours as double) * 3600 <= epoch(a.begins_at)))
      -- two examinations by two departments, hours apart, each for its own question
      and not (a.scope = 'same_day' and a.charge_type = '03' and b.charge_type = '03' and a.clock_ok and b.clock_ok
               and a.executing_department <> b.executing_department
               and abs(epoch(a.charged_at) - epoch(b.charged_at)) >= $apart_hours * 3600)
      and not exists (select 1 from charges u join row_codes ur on ur.item_key = u.item_key and ur.table_name = 'exclusive_items'
                          and ur.side = 'unless_code' and ur.row_id = a.row_id
                      where u.admission_id = a.admission_id and (a.scope = 'same_stay' or u.charged_on = b.charged_on))
),
met as (
    select l.*, p.site_unknown from lines l
    join (select row_id, admission_id, bucket, a_id as charge_id, max(site_unknown) as site_unknown from pairs group by 1, 2, 3, 4
          union
          select row_id, admission_id, bucket, b_id, max(site_unknown) from pairs group by 1, 2, 3, 4) p
        on p.row_id = l.row_id and p.admission_id = l.admission_id and p.bucket = l.bucket and p.charge_id = l.charge_id
),
failed_first as (
    -- the first attempt was made and failed: both were done
    select distinct admission_id from documents
    where regexp_matches(kind, '手术|麻醉|操作|病程|抢救')
      and regexp_matches(text, '(失败|未成功|效果(不佳|欠佳|不满意|差)|阻滞不全|不能耐受)[^。]{0,40}(改为|改行|改用|改做|转为|遂行|遂改|更改为|中转)')
),
excused as (
    select m.row_id, m.admission_id
    from met m join failed_first f on f.admission_id = m.admission_id
    group by m.row_id, m.admission_id
    having min(case when m.charge_type = '06' or m.item_name like '%插管%' then 1 else 0 end) = 1
    union
    select distinct m.row_id, m.admission_id
    from (select distinct row_id, admission_id, unless_evidence from met where unless_evidence is not null) m
    join documents d on d.admission_id = m.admission_id
    where regexp_matches(d.text, m.unless_evidence)
),
totals as (
    select m.row_id, m.scope, m.keep, m.admission_id, m.subject, m.bucket,
           sum(case when m.side = 'a' then m.quantity else 0 end) as a_quantity,
           sum(case when m.side = 'b' then m.quantity else 0 end) as b_quantity,
           case when m.keep = 'dearer' and min(case when m.side = 'a' then m.amount / m.quantity end)
                                           < min(case when m.side = 'b' then m.amount / m.quantity end) then 'a' else 'b' end as over_side,
           max(m.b_per_a) as b_per_a, max(m.site_unknown) as site_unknown, max(case when m.by_site then 1 else 0 end) as by_site,
           min(case m.ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling,
           min(case when m.charge_type = '06' then 1 else 0 end) as all_operations,
           min(case when m.timed then 1 else 0 end) as all_timed,
           max(case when m.side = 'a' then m.charged_on end) as a_last, min(case when m.side = 'a' then m.charged_on end) as a_first,
           max(case when m.side = 'b' then m.charged_on end) as b_last, min(case when m.side = 'b' then m.charged_on end) as b_first,
           array_sort(array_agg(distinct m.item_name) filter (where m.side = 'a')) as a_names,
           array_sort(array_agg(distinct m.item_name) filter (where m.side = 'b')) as b_names
    from met m
    where not exists (select 1 from excused e where e.row_id = m.row_id and e.admission_id = m.admission_id)
    group by m.row_id, m.scope, m.keep, m.admission_id, m.subject, m.bucket
),
judged as (
    select *,
           case when keep = 'dearer' then least(a_quantity, b_quantity)
                when b_per_a is null then b_quantity
                else least(b_quantity, a_quantity * b_per_a) end as excess,
           case when scope = 'same_stay' and all_operations = 1 and (a_last < b_first or b_last < a_first) then 0
                when by_site = 1 and site_unknown = 1 then 0
                when scope = 'same_stay' and all_operations = 1 then least(1, ceiling)
                when scope = 'same_operation' and all_timed = 0 then least(1, ceiling)
                else ceiling end as step,
           case when scope = 'same_stay' and all_operations = 1 and (a_last < b_first or b_last < a_first)
                then '两项不在同一日（' || cast(a_first as varchar) || '、' || cast(b_first as varchar) || '），可能是两次手术'
                when by_site = 1 and site_unknown = 1 then '部位、侧别未写明'
                when scope = 'same_operation' and all_timed = 0 then '手术没有起止时刻，按同日判断' end as reason
    from totals
),
ranked as (
    select m.charge_id, m.quantity, m.amount, m.unit, m.charged_on, j.*,
           coalesce(sum(m.quantity) over (partition by m.row_id, m.admission_id, m.subject, m.bucket
                                          order by m.amount / m.quantity, m.charged_at, m.charge_id
                                          rows between unbounded preceding and 1 preceding), 0) as taken
    from met m
    join judged j on j.row_id = m.row_id and j.admission_id = m.admission_id and j.subject = m.subject and j.bucket = m.bucket
        and j.over_side = m.side
),
taken as (
    select *, cast(least(quantity, excess - taken) * amount / quantity as decimal(18, 4)) as part from ranked where taken < excess
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(part) as amount, sum(part) as excess_yuan,
       array_sort(array_agg(concat(charge_id, '=', cast(part as varchar)))) as parts, max(excess) as excess,
       max(case when unit is null or regexp_matches(unit, '^[0-9]') then '次' else unit end) as unit_said,
       case scope when 'same_stay' then '本次住院' when 'same_operation' then '同一次手术' else cast(min(charged_on) as varchar) end as when_said,
       case over_side when 'a' then b_names else a_names end as containing,
       case over_side when 'a' then a_names else b_names end as contained,
       case keep when 'dearer' then '两项只能收取一项' else '前者的价格已含后者' end as relation,
       row_id, case step when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty,
       case when reason is not null then array_sort(array_agg(distinct reason)) end as lowered_by
from taken
group by admission_id, row_id, subject, bucket, scope, keep, over_side, a_names, b_names, step, reason
order by admission_id, step desc, row_id
