/*
code: CHG-024
title: 药品超支付疗程
violation: out_of_scope_payment
certainty: established
needs: {tables: [charges, admissions], knowledge: [drug_course_limits]}
limits: {same_event_gap_days: 7}
limits_said: {same_event_gap_days: 停药几日内仍算同一疗程}
basis: [医疗保障基金使用监督管理条例#第三十八条（六）, 医疗保障基金使用监督管理条例#第八条]
covers: {classes: [9, 10], problems: [7]}
message: "$drug $limit_said，$course_said 实际使用 $days_used 日，超出 $days_over 日（自 $first_over 起），疑似超限定支付 $amount_yuan 元。"
why: 目录限定支付疗程的药品，超出天数的费用基金不予支付。
exceptions:
  - 使用天数未超过疗程
  - 超出天数由患者自付
  - 间隔较久，为另一次发病
  - 急诊再入院或主诊断不同，为另一次发病
  - 退药后不超过疗程
  - 服务当日的目录没有该限定
  - 限定中途修订，按各自施行期计算
  - 出院带药不计入住院疗程
overturned_by: [新发病的日期, 实际用药记录]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '未使用限定支付疗程的药品' end as reason
from admissions a
left join (
    select distinct c.admission_id from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'drug_course_limits'
) l on l.admission_id = a.admission_id

-- findings
with used as (
    select k.row_id, k.generic, k.max_days, k.per, k.text, coalesce(r.ceiling, 'established') as ceiling, c.admission_id,
           c.charge_id, c.item_name, c.charged_on, c.amount, c.in_scope_amount,
           case when a.admission_way = '1' then c.admission_id else '' end as emergency,
           substr(coalesce(a.main_diagnosis_code, ''), 1, 3) as illness,
           case when k.per in ('event', 'illness', 'year') then coalesce(a.person_id, a.admission_id) else e.episode_id end as owner
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'drug_course_limits'
    join drug_course_limits k on k.row_id = r.row_id
    join admissions a on a.admission_id = c.admission_id
    join episodes e on e.admission_id = c.admission_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (c.in_scope_amount is null or c.in_scope_amount > 0) and coalesce(c.takeaway, '0') <> '1'
),
days as (
    select row_id, per, owner, charged_on, min(admission_id) as admission_id, min(emergency) as emergency,
           min(illness) as illness
    from used group by row_id, per, owner, charged_on
),
opened as (
    select *, case when per in ('event', 'illness')
                        and date_diff('day', lag(charged_on) over (partition by row_id, owner order by charged_on), charged_on)
                            > $same_event_gap_days then 1
                   -- another stay begun as an emergency, or for another disease, is another onset
                   when per in ('event', 'illness')
                        and admission_id <> lag(admission_id) over (partition by row_id, owner order by charged_on)
                        and (emergency <> ''
                             or illness <> lag(illness) over (partition by row_id, owner order by charged_on)) then 1
                   when per = 'year' and extract(year from charged_on)
                        <> extract(year from lag(charged_on) over (partition by row_id, owner order by charged_on)) then 1
                   else 0 end as opens
    from days
),
courses as (
    select *, sum(opens) over (partition by row_id, owner order by charged_on rows between unbounded preceding and current row) as course
    from opened
),
numbered as (
    select *, row_number() over (partition by row_id, owner, course order by charged_on) as day_number,
           count(*) over (partition by row_id, owner, course) as days_used,
           min(admission_id) over (partition by row_id, owner, course) as first_stay,
           max(admission_id) over (partition by row_id, owner, course) as last_stay
    from courses
)
select u.admission_id, array_sort(array_agg(u.charge_id)) as charge_ids, sum(u.amount) as amount, sum(u.amount) as amount_yuan,
       max(u.item_name) as drug, regexp_replace(max(u.text), '[。；，]+$', '') as limit_said,
       case max(u.per) when 'stay' then '本次住院' when 'year' then '本年度' else '本次发病' end as course_said,
       max(n.days_used) as days_used, max(n.days_used) - max(u.max_days) as days_over, min(u.charged_on) as first_over, u.row_id,
       case when max(u.per) = 'stay' then min(u.ceiling) else 'probable' end as certainty,
       case when max(u.per) <> 'stay' then array_sort(array_agg(distinct
            case when n.first_stay <> n.last_stay then '两次住院的用药合并计算，是否同一次发病须核'
                 else '发病起始日按连续用药推算' end)) end as lowered_by,
       array_sort(array_agg(distinct u.admission_id)) as points_at
from used u
join numbered n on n.row_id = u.row_id and n.owner = u.owner and n.charged_on = u.charged_on
where n.day_number > u.max_days
group by u.admission_id, u.row_id, n.course
order by u.admission_id, u.row_id

-- together
with used as (
    select c.admission_id, c.charged_on, k.row_id, k.per, extract(year from c.charged_on) as year_of
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'drug_course_limits'
    join drug_course_limits k on k.row_id = r.row_id
    where c.charged_on is not null
)
select admission_id, row_id as shared, min(charged_on) as from_on, max(charged_on) + $same_event_gap_days as to_on
from used where per in ('event', 'illness')
group by admission_id, row_id
union all
select distinct admission_id, row_id, make_date(year_of, 1, 1), make_date(year_of, 12, 31)
from used where per = 'year'
