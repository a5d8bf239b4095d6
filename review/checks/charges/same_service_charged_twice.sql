/*
code: CHG-005
title: 同一服务重复计费
violation: duplicate_charge
certainty: established
needs: {tables: [charges]}
limits: {order_days: 1, specimen_days: 1, panel_minutes: 120}
limits_said: {order_days: 医嘱与费用相差的天数, specimen_days: 标本与费用相差的天数, panel_minutes: 同一套化验相距至多（分钟）}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers: {classes: [25], problems: [124, 125]}
message: "$item 于 $at 以同一单价计费 $lines 行$same，疑似重复计费 $excess_yuan 元。"
why: 同一医嘱同一时刻的同一项目只能收费一次。
exceptions:
  - 一日多次的项目按次记账
  - 一条医嘱按频次执行多次
  - 双侧或多部位
  - 两份标本或两份报告
  - 一个数量拆成两行记账
  - 重复行已退费
  - 同日两台手术
  - 治疗后复查另有结果
  - 同日数小时后再查的检验
overturned_by: [两份报告或两次执行记录]
*/
-- examined
select a.admission_id, case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '无费用明细' end as reason
from admissions a
left join (select distinct admission_id from charges) l on l.admission_id = a.admission_id

-- findings
with items as (
    -- what is ordinarily done several times a day or counted by time is no duplicate; what is counted by site is one
    -- only where reports of that day name fewer sites
    select item_key, item_name, coalesce(unit, '') as unit,
           case when regexp_matches(coalesce(item_name, ''), '麻醉|监测|镇痛|加收|引导|导航') then 1 else 0 end as beside,
           case when regexp_matches(coalesce(unit, ''), '部位|侧|穴|区|视野|曝光|血管|根|枚|片|张') then 1 else 0 end as sited,
           -- how a report may name it: without what every name carries
           replace(replace(replace(replace(replace(replace(replace(replace(split_part(split_part(coalesce(item_name, ''), '(', 1), '（', 1),
               '测定', ''), '检查', ''), '检测', ''), '试验', ''), '血清', ''), '一般', ''), '及鉴定', ''), '常规', '') as core,
           case when regexp_matches(coalesce(item_name, ''),
                                    '输液|注射|血糖|葡萄糖|干化学|床旁|床边|血气|换药|采血|吸痰|雾化|翻身|口腔|皮试|监测|监护|吸入|加收|组织切片|免疫组|穴') then 1 else 0 end as often
    from charges
    where kind in ('service', 'other')
      and not regexp_matches(coalesce(unit, ''), '小时|分钟|床日|日')
    group by item_key, item_name, coalesce(unit, '')
),
posted as (
    select c.admission_id, c.subject, coalesce(c.code15, '') as code, c.item_key, c.item_name, c.charge_type, c.charge_id,
           c.unit_price, c.quantity, c.amount, c.charged_at, c.charged_on, c.order_no, i.often, i.beside, i.core, i.sited,
           floor(epoch(c.charged_at) / 60) as minute, extract(minute from c.charged_at) as past_hour,
           case when c.item_name like '%双%' or c.hospital_item_name like '%双%' then 1 else 0 end as two_sided
    from charges c
    join items i on i.item_key = c.item_key and i.item_name = c.item_name and i.unit = coalesce(c.unit, '')
    where c.charged_at is not null and c.amount > 0
),
moments as (
    select 'posted' as way, admission_id, subject, code, item_name, unit_price, quantity, minute as bucket,
           coalesce(order_no, '') as order_no, count(*) as lines, sum(quantity) as billed, max(two_sided) as two_sided,
           max(sited) as sited, max(core) as core, min(charged_on) as charged_on, max(charge_type) as charge_type
    from posted
    where often = 0 and (order_no is not null or (charge_type in ('03', '04', '06') and past_hour <> 0))
    group by admission_id, subject, code, item_name, unit_price, quantity, minute, coalesce(order_no, '')
    having count(*) > 1 and not (max(quantity) < 1 and sum(quantity) <= 1)
),
theatre as (
    select admission_id, operated_on from operation_events group by admission_id, operated_on having count(*) = 1
),
twice_operated as (
    select p.admission_id, p.subject, p.code, p.item_name, p.unit_price, p.charged_on,
           count(*) as lines, sum(p.quantity) as billed, max(p.two_sided) as two_sided, max(p.core) as core
    from posted p
    join theatre t on t.admission_id = p.admission_id and t.operated_on = p.charged_on
    where p.charge_type = '06' and p.beside = 0 and p.sited = 0
    group by p.admission_id, p.subject, p.code, p.item_name, p.unit_price, p.charged_on
    having count(*) > 1 and not (max(p.quantity) < 1 and sum(p.quantity) <= 1)
),
panels as (
    -- an order under which several tests stand
    select admission_id, order_no from posted where charge_type = '04' and order_no is not null
    group by admission_id, order_no having count(distinct concat(code, '|', item_name)) > 1
),
analytes as (
    -- one analyte in a panel and again, singly or in another panel, from blood drawn together
    select p.admission_id, p.subject, p.code, p.item_name, p.unit_price, p.charged_on, count(*) as lines, sum(p.quantity) as billed,
           max(p.two_sided) as two_sided, max(p.core) as core
    from posted p
    left join panels n on n.admission_id = p.admission_id and n.order_no = p.order_no
    where p.charge_type = '04' and p.often = 0
    group by p.admission_id, p.subject, p.code, p.item_name, p.unit_price, p.charged_on
    having count(*) > 1 and count(distinct p.order_no) > 1 and count(n.order_no) > 0 and max(p.quantity) = 1
       and max(p.minute) - min(p.minute) <= $panel_minutes
),
candidates as (
    select way, admission_id, subject, code, item_name, unit_price, quantity, bucket, order_no, lines, billed, two_sided, core, charged_on, sited
    from moments
    union all
    select 'operated', admission_id, subject, code, item_name, unit_price, cast(null as decimal(18, 4)), cast(null as double), '',
           lines, billed, two_sided, core, charged_on, 0 from twice_operated
    union all
    select 'analyte', admission_id, subject, code, item_name, unit_price, cast(null as decimal(18, 4)), cast(null as double), '',
           lines, billed, two_sided, core, charged_on, 0 from analytes
),
reports as (
    select admission_id, cast(coalesce(registered_at, reported_at) as date) as on_day, coalesce(exam_name, '') as name,
           coalesce(image_no, fact_id) as number,
           (1 + length(coalesce(body_part, '')) - length(replace(replace(coalesce(body_part, ''), '、', ''), '，', '')))
               * case when body_part like '%双%' or exam_name like '%双%' then 2 else 1 end as units
    from exams
    union all
    select admission_id, cast(coalesce(sampled_at, reported_at) as date), concat(coalesce(analyte, ''), '/', coalesce(panel, '')),
           coalesce(specimen_no, cast(coalesce(sampled_at, reported_at) as varchar), fact_id), 1
    from labs
),
answers as (
    -- how many reports of that day may be of the item: a doubt about the name counts as one
    select c.way, c.admission_id, c.subject, c.code, c.item_name, c.unit_price, c.bucket, c.order_no, c.charged_on, r.number,
           max(r.units) as units
    from candidates c
    join reports r on r.admission_id = c.admission_id
        and r.on_day between c.charged_on - case when c.way = 'analyte' then cast($specimen_days as integer) else 0 end
                         and c.charged_on + case when c.way = 'analyte' then cast($specimen_days as integer) else 0 end
        and case when c.way = 'analyte' then length(c.core) > 0 and strpos(r.name, c.core) > 0
                 else strpos(r.name, c.core) > 0 or strpos(c.core, split_part(r.name, '/', 1)) > 0
                      or (length(c.core) > 1 and strpos(r.name, substr(c.core, length(c.core) - 1, 2)) > 0) end
    group by c.way, c.admission_id, c.subject, c.code, c.item_name, c.unit_price, c.bucket, c.order_no, c.charged_on, r.number
),
answered as (
    select way, admission_id, subject, code, item_name, unit_price, bucket, order_no, charged_on, sum(units) as units
    from answers group by way, admission_id, subject, code, item_name, unit_price, bucket, order_no, charged_on
),
numbered_orders as (
    select admission_id, order_no, fact_id, frequency, executed_at from orders where order_no is not null
    union
    select admission_id, group_no, fact_id, frequency, executed_at from orders where group_no is not null
),
ordered as (
    -- how often the order behind the lines is carried out on a day: by its frequency, or by its rows where each is one execution
    select c.admission_id, c.order_no, c.charged_on,
           greatest(max(case lower(trim(coalesce(o.frequency, '')))
                            when 'bid' then 2 when 'tid' then 3 when 'qid' then 4 when 'q12h' then 2 when 'q8h' then 3 when 'q6h' then 4
                            when 'q4h' then 6 when 'q3h' then 8 when 'q2h' then 12 when 'q1h' then 24 when 'qh' then 24 else 1 end),
                    count(distinct case when cast(o.executed_at as date) = c.charged_on then o.executed_at end)) as times
    from (select distinct admission_id, order_no, charged_on from candidates where order_no <> '') c
    join numbered_orders o on o.admission_id = c.admission_id and o.order_no = c.order_no
    group by c.admission_id, c.order_no, c.charged_on
),
named_orders as (
    select c.admission_id, c.item_name, c.charged_on,
           max(case lower(trim(coalesce(o.frequency, '')))
                   when 'bid' then 2 when 'tid' then 3 when 'qid' then 4 when 'q12h' then 2 when 'q8h' then 3 when 'q6h' then 4
                   when 'q4h' then 6 when 'q3h' then 8 when 'q2h' then 12 when 'q1h' then 24 when 'qh' then 24 else 1 end) as times
    from (select distinct admission_id, code, item_name, charged_on from candidates) c
    join orders o on o.admission_id = c.admission_id and (o.order_code = c.code or o.order_name = c.item_name)
        and cast(o.begins_at as date) <= c.charged_on + cast($order_days as integer)
        and (o.ends_at is null or cast(o.ends_at as date) >= c.charged_on - cast($order_days as integer))
    group by c.admission_id, c.item_name, c.charged_on
),
both_sides as (
    select distinct admission_id, operated_on from operations where operation_name like '%双侧%'
),
judged as (
    select c.*, coalesce(r.units, 0) as units, case when o.order_no is not null then 1 else 0 end as sure,
           case c.way when 'posted' then 1 when 'operated' then 2 else 3 end as turn,
           case when c.way = 'analyte' then cast(coalesce(r.units, 0) as integer) else 1 end as kept
    from candidates c
    left join answered r on r.way = c.way and r.admission_id = c.admission_id and r.subject = c.subject and r.code = c.code
        and r.item_name = c.item_name and r.unit_price = c.unit_price and coalesce(r.bucket, -1) = coalesce(c.bucket, -1)
        and r.order_no = c.order_no and r.charged_on = c.charged_on
    left join ordered o on o.admission_id = c.admission_id and o.order_no = c.order_no and o.charged_on = c.charged_on
    left join named_orders n on n.admission_id = c.admission_id and n.item_name = c.item_name and n.charged_on = c.charged_on
    left join both_sides b on b.admission_id = c.admission_id and b.operated_on = c.charged_on
    where c.two_sided = 0 and b.admission_id is null
      and c.lines > case when c.way = 'posted' then coalesce(o.times, n.times, 1) else 1 end
      and (c.sited = 0 or coalesce(r.units, 0) > 0)
      -- an analyte in two panels shows by a single result; without any result nothing tells it from a repeat
      and case when c.way = 'analyte' then coalesce(r.units, 0) > 0 and r.units < c.billed else coalesce(r.units, 0) < c.billed end
),
members as (
    select j.way, j.turn, j.kept, j.lines, j.sure, j.bucket, p.admission_id, p.charge_id, p.subject, p.code, p.item_name, p.charged_on,
           p.unit_price, p.charged_at, p.order_no, p.amount,
           row_number() over (partition by j.way, p.admission_id, p.subject, p.code, p.item_name, p.unit_price, j.charged_on, j.bucket,
                                           j.order_no, j.quantity
                              order by p.charged_at, p.charge_id) as number,
           min(j.turn) over (partition by p.admission_id, p.charge_id) as first_turn
    from judged j
    join posted p on p.admission_id = j.admission_id and p.subject = j.subject and p.code = j.code and p.item_name = j.item_name
        and p.unit_price = j.unit_price and p.charged_on = j.charged_on
        and (j.way <> 'posted' or (p.minute = j.bucket and p.quantity = j.quantity and coalesce(p.order_no, '') = j.order_no))
),
told as (
    -- lines that two ways tell of are told by the first: their whole group steps back
    select *, max(case when first_turn < turn then 1 else 0 end)
              over (partition by way, admission_id, subject, code, item_name, unit_price, charged_on, bucket) as repeated,
           min(charged_at) over (partition by way, admission_id, subject, code, item_name, unit_price, charged_on, bucket) as first_at
    from members
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(amount) as amount, sum(amount) as excess_yuan, item_name as item,
       substr(cast(min(first_at) as varchar), 1, 16) as at, max(lines) as lines,
       case when way = 'operated' then '，当日只有一台手术' when way = 'analyte' then '，当日只有 ' || cast(max(kept) as varchar) || ' 份结果'
            when max(order_no) is not null then '，医嘱号相同' else '' end as same,
       case when way = 'posted' and max(order_no) is not null and max(sure) = 1 then 'established' else 'probable' end as certainty
from told
where repeated = 0 and number > kept
group by admission_id, way, subject, code, item_name, unit_price, charged_on, bucket
order by admission_id, min(first_at), item_name
