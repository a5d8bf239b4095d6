/*
code: CHG-021
title: 计费日期不在住院期间
violation: fictitious_service
certainty: established
needs: {tables: [charges, admissions]}
limits: {tolerance_hours: 2, death_hours: 1, tests_before_days: 7, results_after_days: 30}
basis: [医疗保障基金使用监督管理条例#第四十条（三）, 住院病案首页数据填写质量规范（暂行）#第八条]
covers: {classes: [42], problems: [3]}
message: "$items 计费于 $days，住院为 $stay_said，$why_said，疑似未实施而收费，涉及 $amount_yuan 元。"
why: 不在院或已死亡的患者不可能接受当日的服务。
exceptions:
  - 入院前在本院做的检查、化验并入住院结算
  - 检查、化验在出结果时记账
  - 出院当日结账时补记
  - 有住院期间医嘱的费用在出院后记账
  - 新生儿在母亲出院后的费用
  - 出院带药
overturned_by: [执行时间, 更正后的入院或出院时间]
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
with late as (
    select c.admission_id, c.charge_id, c.item_name, c.charged_on, c.amount,
           case when a.died_at is not null and c.charged_on > cast(a.died_at as date) then 'after_death'
                when a.died_at is not null and c.clock_ok and c.charge_type not in ('01', '02', '03', '04', '07')
                     and epoch(c.charged_at) > epoch(a.died_at) + $death_hours * 3600 then 'hours_after_death'
                when c.charged_on < a.begins_on and epoch(c.charged_at) < epoch(a.begins_at) - $tolerance_hours * 3600 then 'before'
                when c.charged_on > a.ends_on and epoch(c.charged_at) > epoch(a.ends_at) + $tolerance_hours * 3600 then 'after'
           end as place,
           'established' as step, a.begins_at, a.ends_at, a.died_at
    from charges c
    join admissions a on a.admission_id = c.admission_id
    where c.subject = 'patient' and coalesce(c.takeaway, '0') <> '1'
      and not (c.charge_type in ('03', '04') and c.charged_on between a.begins_on - $tests_before_days and a.begins_on)
      and not (c.charge_type in ('03', '04') and c.charged_on between a.ends_on and a.ends_on + $results_after_days)
      and not exists (
          select 1 from orders o
          where o.admission_id = c.admission_id and c.order_no is not null and o.order_no = c.order_no
            and a.died_at is null and c.charged_on > a.ends_on
            and o.begins_at between a.begins_at and a.ends_at)
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(amount) as amount, sum(amount) as amount_yuan,
       array_sort(array_agg(distinct item_name)) as items, array_sort(array_agg(distinct cast(charged_on as varchar))) as days,
       cast(max(begins_at) as varchar) || ' 至 ' || cast(max(ends_at) as varchar) as stay_said,
       case place when 'before' then '在入院之前' when 'after' then '在出院之后'
                  else '在死亡（' || cast(max(died_at) as varchar) || '）之后' end as why_said,
       case when place = 'hours_after_death' then 'clue' else 'established' end as certainty,
       case when place = 'hours_after_death' then array_sort(array_agg(distinct '当日记账时刻可能晚于实施时刻')) end as lowered_by
from late
where place is not null
group by admission_id, place
order by admission_id, certainty desc, place
