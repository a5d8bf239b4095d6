/*
code: CHG-021
title: 计费日期不在住院期间
violation: fictitious_service
certainty: established
needs: {tables: [charges, admissions]}
limits: {tolerance_hours: 2, death_hours: 1, tests_before_days: 7, results_after_days: 30}
limits_said:
  tolerance_hours: 入出院时刻的容差（小时）
  death_hours: 死亡时刻的容差（小时）
  tests_before_days: 入院前检查可计入的天数
  results_after_days: 出院后检查检验可补记的天数
basis: [医疗保障基金使用监督管理条例#第四十条（三）, 住院病案首页数据填写质量规范（暂行）#第八条]
covers: {classes: [42], problems: [3]}
message: "$items 计费于 $days，住院为 $stay_said，$why_said，疑似未实施而收费，涉及 $amount_yuan 元。"
why: 不在院或已死亡的患者不可能接受当日的服务。
exceptions:
  - 入院前在本院做的检查、化验并入住院结算
  - 入院前在急诊科做的处置并入住院结算
  - 检查、化验在出结果时记账
  - 出院当日结账时补记
  - 出院次日补记住院最后一日的床位、护理
  - 有住院期间医嘱的费用在出院后记账
  - 新生儿在母亲出院后的费用
  - 出院带药
  - 请假期间保留的床位，当地未规定不收
  - 请假前后在院的时段
overturned_by: [执行时间, 更正后的入院或出院时间, 销假返院的时间, 他院的出院或转院手续]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' when a.begins_at is null or a.ends_at is null then 'not_checked'
            else 'clear' end as outcome,
       case when l.admission_id is null then '无费用明细'
            when a.begins_at is null or a.ends_at is null then '缺：入院或出院时间' end as reason
from admissions a
left join (select distinct admission_id from charges where charged_on is not null) l on l.admission_id = a.admission_id

-- findings
with away as (
    select l.fact_id, l.admission_id, l.origin, epoch(l.begins_at) as leaves_at, epoch(l.ends_at) as back_at, l.first_full_day,
           l.last_full_day, l.begins_at, l.ends_at
    from leaves l
),
elsewhere as (
    -- who is admitted to another hospital before this one has discharged him is there, not here
    select x.admission_id, y.admission_id as other_id, y.begins_at, y.ends_at
    from admissions x
    join admissions y on y.person_id = x.person_id and y.admission_id <> x.admission_id
        and y.hospital_code <> x.hospital_code and y.begins_at > x.begins_at and y.begins_at < x.ends_at
),
days_billed as (
    select admission_id, item_key, sum(quantity) as quantity from charges
    where charge_type in ('01', '02', '07') group by admission_id, item_key
),
inside as (
    select distinct admission_id, order_no from orders where order_no is not null
),
dated as (
    select c.admission_id, c.charge_id, c.item_name, c.charge_type, c.kind, c.charged_on, c.amount, c.clock_ok,
           epoch(c.charged_at) as moment, a.begins_at, a.ends_at, a.died_at, a.begins_on, a.ends_on, a.bed_days, c.item_key, c.order_no,
           coalesce(c.ordering_department, '') || coalesce(c.executing_department, '') as department
    from charges c
    join admissions a on a.admission_id = c.admission_id
    where c.subject = 'patient' and coalesce(c.takeaway, '0') <> '1' and c.amount > 0
),
edges as (
    -- only what lies at or beyond the ends of the stay
    select * from dated
    where charged_on < begins_on or charged_on > ends_on or moment < epoch(begins_at) - $tolerance_hours * 3600
       or moment > epoch(ends_at) + $tolerance_hours * 3600 or (died_at is not null and charged_on >= cast(died_at as date))
),
late as (
    select d.admission_id, d.charge_id, d.item_name, d.charged_on, d.amount,
           case when d.died_at is not null and d.charged_on > cast(d.died_at as date) then 'after_death'
                when d.died_at is not null and d.clock_ok and d.charge_type not in ('01', '02', '03', '04', '07')
                     and d.moment > epoch(d.died_at) + $death_hours * 3600 then 'hours_after_death'
                when d.charged_on < d.begins_on and d.moment < epoch(d.begins_at) - $tolerance_hours * 3600 then 'before'
                when d.charged_on > d.ends_on and d.moment > epoch(d.ends_at) + $tolerance_hours * 3600 then 'after'
           end as place, d.begins_at, d.ends_at, d.died_at, cast(null as varchar) as fact_id, cast(null as varchar) as other_id
    from edges d
    left join inside o on o.admission_id = d.admission_id and o.order_no = d.order_no and d.died_at is null and d.charged_on > d.ends_on
    left join days_billed b on b.admission_id = d.admission_id and b.item_key = d.item_key and d.died_at is null
        and d.charged_on = d.ends_on + 1 and d.charge_type in ('01', '02', '07') and b.quantity <= d.bed_days
    where not (d.charge_type in ('03', '04') and d.charged_on between d.begins_on - cast($tests_before_days as integer) and d.begins_on)
      and not (d.charge_type in ('03', '04') and d.charged_on between d.ends_on and d.ends_on + cast($results_after_days as integer))
      and not (d.charged_on between d.begins_on - 1 and d.begins_on and d.department like '%急诊%')
      and o.order_no is null and b.item_key is null
),
on_leave as (
    -- a bed kept during leave is a matter of the region; a drug may have been taken along
    select d.admission_id, d.charge_id, d.item_name, d.charged_on, d.amount, 'leave' as place, min(l.begins_at) as begins_at,
           max(l.ends_at) as ends_at, cast(null as timestamp) as died_at, min(l.fact_id) as fact_id, cast(null as varchar) as other_id
    from dated d
    join away l on l.admission_id = d.admission_id
    cross join (select count(*) as rules from region_policy where policy_key = 'leave_bed_charge' and region <> '000000'
                and value = 'not_charged') p
    where d.charge_type not in ('03', '04') and d.kind not in ('drug', 'herb')
      and (d.charge_type <> '01' or p.rules > 0)
      and (d.charged_on between l.first_full_day and l.last_full_day
           or (d.clock_ok and d.charge_type not in ('01', '02', '07')
               and d.moment > l.leaves_at + $tolerance_hours * 3600 and d.moment < l.back_at - $tolerance_hours * 3600))
    group by d.admission_id, d.charge_id, d.item_name, d.charged_on, d.amount
),
in_two_places as (
    select d.admission_id, d.charge_id, d.item_name, d.charged_on, d.amount, 'elsewhere' as place, min(e.begins_at) as begins_at,
           max(e.ends_at) as ends_at, cast(null as timestamp) as died_at, cast(null as varchar) as fact_id, min(e.other_id) as other_id
    from dated d
    join elsewhere e on e.admission_id = d.admission_id
        and d.charged_on > cast(e.begins_at as date) and d.charged_on < cast(e.ends_at as date) and d.charged_on <= d.ends_on
    where d.charge_type not in ('03', '04')
    group by d.admission_id, d.charge_id, d.item_name, d.charged_on, d.amount
),
told as (
    select * from late where place is not null
    union all
    select * from on_leave
    union all
    select t.* from in_two_places t left join on_leave l on l.admission_id = t.admission_id and l.charge_id = t.charge_id
    where l.charge_id is null
)
select t.admission_id, array_sort(array_agg(t.charge_id)) as charge_ids, sum(t.amount) as amount, sum(t.amount) as amount_yuan,
       array_sort(array_agg(distinct t.item_name)) as items, array_sort(array_agg(distinct cast(t.charged_on as varchar))) as days,
       cast(max(a.begins_at) as varchar) || ' 至 ' || cast(max(a.ends_at) as varchar) as stay_said,
       case t.place when 'before' then '在入院之前' when 'after' then '在出院之后'
                    when 'leave' then '在请假期间（' || cast(min(t.begins_at) as varchar) || ' 至 ' || cast(max(t.ends_at) as varchar) || '）'
                    when 'elsewhere' then '患者已于 ' || cast(min(t.begins_at) as varchar) || ' 住入另一医院'
                    else '在死亡（' || cast(max(t.died_at) as varchar) || '）之后' end as why_said,
       case when t.place = 'hours_after_death' then 'clue' when t.place = 'elsewhere' then 'probable'
            when t.place = 'leave' and min(t.fact_id) like 'text:%' then 'probable' else 'established' end as certainty,
       case when t.place = 'hours_after_death' then array_sort(array_agg(distinct '当日记账时刻可能晚于实施时刻'))
            when t.place = 'elsewhere' then array_sort(array_agg(distinct '两处登记哪一处不实，须核对'))
            when t.place = 'leave' and min(t.fact_id) like 'text:%' then array_sort(array_agg(distinct '请假起止取自病历文书')) end as lowered_by,
       array_sort(array_agg(distinct t.fact_id) filter (where t.fact_id is not null)) as fact_ids,
       array_sort(array_agg(distinct t.other_id) filter (where t.other_id is not null)) as related_admissions
from told t
join admissions a on a.admission_id = t.admission_id
group by t.admission_id, t.place
order by t.admission_id, certainty desc, t.place

-- together
select admission_id, '' as shared, begins_on as from_on, ends_on as to_on from admissions
