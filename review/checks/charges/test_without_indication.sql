/*
code: CHG-029
title: 无指征检查检验
violation: excessive_service
certainty: probable
needs: {tables: [charges, admissions], knowledge: [indicated_tests]}
limits:
  days_after: 3
  reason_in_order: (术前|排除|除外|明确|评估|复查|复诊|随访|筛查|监测|会诊|怀疑|疑似|鉴别)
limits_said: {days_after: 检查后几日内写出的理由仍算, reason_in_order: 医嘱里表示检查理由的词}
basis: [医疗保障基金使用监督管理条例#第三十八条（二）]
covers:
  classes: [78]
  problems: [80, 91, 92, 93, 102, 103, 104, 105, 106, 107, 108, 109, 110, 113, 114, 115, 116, 118, 119, 120, 121, 122, 123, 124,
             125, 126]
message: "$tests 收费 $amount_yuan 元：$why_said。疑似无指征检查。"
why: 检查检验须有诊断、症状体征或诊疗计划上的理由；没有理由的检查、互相重复的检查不应由基金支付。
exceptions:
  - 手术、输血、内镜或透析前的感染筛查
  - 诊疗计划写明须排除的疾病
  - 医嘱写明检查理由
  - 异常或危急结果的复查
  - 专科按年龄或危险因素的筛查
  - 已知肿瘤复查标志物
  - 制动、手术或妊娠患者查D-二聚体
  - 两项同查而其中一项另有指征
  - 同日多份标本各有结果
  - 入院诊断为疑似，出院时已排除
  - 专科收治本身即为指征
  - 费用由患者自付
overturned_by: [写明检查理由的病程记录, 检查前的会诊意见, 当地或专科的筛查规定]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable'
            when d.admission_id is null and a.admission_diagnosis is null and s.admission_id is null then 'not_checked'
            else 'clear' end as outcome,
       case when l.admission_id is null then '无规则列明须有指征的检查检验'
            when d.admission_id is null and a.admission_diagnosis is null and s.admission_id is null
            then '缺：诊断、病历文书' end as reason
from admissions a
left join (
    select distinct c.admission_id
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'indicated_tests'
    join indicated_tests k on k.row_id = r.row_id and k.judged <> 'cohort'
) l on l.admission_id = a.admission_id
left join (select distinct admission_id from diagnoses where diagnosis_name is not null) d on d.admission_id = a.admission_id
left join (select distinct admission_id from documents) s on s.admission_id = a.admission_id

-- findings
with tests as (
    select k.row_id, k.judged, k.pair_with, k.gap_days, r.side, coalesce(r.ceiling, 'established') as ceiling, c.admission_id, c.charge_id,
           c.item_key, c.item_name, c.charged_on, cast(floor(epoch(cast(c.charged_on as timestamp)) / 86400) as integer) as day_no,
           c.quantity, c.amount
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'indicated_tests'
    join indicated_tests k on k.row_id = r.row_id
    join admissions a on a.admission_id = c.admission_id
    where k.judged <> 'cohort' and c.kind = 'service' and c.subject = 'patient' and c.charged_on is not null
      and (c.in_scope_amount is null or c.in_scope_amount > 0)
      and (r.side = 'code15' or k.pair_with is not null)
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || a.insurance_type || '|%')
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
),
alone as (
    select row_id, admission_id, charge_id, item_name, charged_on, quantity, amount, quantity as units_over, ceiling, 'alone' as kind,
           cast(null as varchar) as other_name, quantity as units
    from tests where judged <> 'repeat' and pair_with is null and side = 'code15'
),
pair_days as (
    select row_id, admission_id, day_no,
           sum(amount) filter (where side = 'code15') as yuan_a, sum(amount) filter (where side = 'pair_with') as yuan_b,
           max(item_name) filter (where side = 'code15') as name_a
    from tests where pair_with is not null
    group by row_id, admission_id, day_no
),
paired as (
    select t.row_id, t.admission_id, t.charge_id, t.item_name, t.charged_on, t.quantity, t.amount, t.quantity as units_over, t.ceiling,
           'pair' as kind, p.name_a as other_name, t.quantity as units
    from tests t
    join pair_days p on p.row_id = t.row_id and p.admission_id = t.admission_id and p.day_no = t.day_no
    where p.yuan_a is not null and p.yuan_b is not null
      and t.side = 'pair_with'
),
repeat_days as (
    select row_id, admission_id, item_key, gap_days, charged_on, day_no, sum(quantity) as units,
           lag(day_no) over (partition by row_id, admission_id, item_key order by day_no) as before_day
    from tests where judged = 'repeat' and gap_days is not null and side = 'code15'
    group by row_id, admission_id, item_key, gap_days, charged_on, day_no
),
repeats as (
    select *, case when gap_days > 0 and day_no - before_day <= gap_days then units else units - 1 end as excess from repeat_days
),
repeat_lines as (
    select t.row_id, t.admission_id, t.charge_id, t.item_name, t.charged_on, t.quantity, t.amount, t.ceiling, p.excess, p.units,
           coalesce(sum(t.quantity) over (partition by t.row_id, t.admission_id, t.item_key, t.day_no
                                          order by t.amount / t.quantity, t.charge_id rows between unbounded preceding and 1 preceding), 0) as taken
    from tests t
    join repeats p on p.row_id = t.row_id and p.admission_id = t.admission_id and p.item_key = t.item_key and p.day_no = t.day_no
    where p.excess > 0 and t.side = 'code15'
),
suspected as (
    select * from alone
    union all
    select * from paired
    union all
    select row_id, admission_id, charge_id, item_name, charged_on, quantity, amount, least(quantity, excess - taken), ceiling,
           'repeat', cast(null as varchar), units
    from repeat_lines where taken < excess
),
stays as (
    select s.row_id, s.admission_id, max(s.charged_on) as last_on, k.diag_regex, k.finding_regex, k.order_regex, k.result_regex,
           k.dept_exempt, k.exempt_from_age_y
    from suspected s join indicated_tests k on k.row_id = s.row_id
    group by s.row_id, s.admission_id, k.diag_regex, k.finding_regex, k.order_regex, k.result_regex, k.dept_exempt, k.exempt_from_age_y
),
own_names as (select distinct row_id, item_name from tests),
-- an item or order of the same stay that explains the test, worked out once for each name; a test does not explain itself
explaining as (
    select distinct n.name, k.row_id
    from (select item_name as name from charges union select order_name from orders union select operation_name from operations) n
    join indicated_tests k on regexp_matches(n.name, k.order_regex)
    where k.order_regex is not null
      and not exists (select 1 from own_names o where o.row_id = k.row_id and starts_with(n.name, o.item_name))
),
named as (
    select c.admission_id, c.item_name as name
    from charges c join (select distinct name from explaining) e on e.name = c.item_name
    union
    select distinct admission_id, order_name from orders
    union
    select distinct admission_id, operation_name from operations
),
excused as (
    select s.row_id, s.admission_id
    from stays s join diagnoses d on d.admission_id = s.admission_id
    where regexp_matches(d.diagnosis_name, s.diag_regex) or regexp_matches(d.diagnosis_name, s.finding_regex)
    union
    select s.row_id, s.admission_id
    from stays s join admissions a on a.admission_id = s.admission_id
    where regexp_matches(concat(coalesce(a.admission_diagnosis, ''), '；', coalesce(a.main_diagnosis, '')), s.diag_regex)
       or regexp_matches(concat(coalesce(a.department, ''), '；', coalesce(a.discharge_department, '')), s.dept_exempt)
       or a.age_years >= s.exempt_from_age_y
    union
    select s.row_id, s.admission_id
    from stays s join stated w on w.admission_id = s.admission_id
    where (w.said_on is null or w.said_on <= s.last_on + $days_after)
      and (regexp_matches(w.text, s.finding_regex) or regexp_matches(w.text, '(' || s.result_regex || ')[^，。；]{0,12}异常'))
    union
    -- the order of the test itself gives a reason behind its name
    select distinct t.row_id, t.admission_id
    from tests t
    join orders o on o.admission_id = t.admission_id and starts_with(o.order_name, t.item_name) and length(o.order_name) > length(t.item_name)
    where regexp_matches(substr(o.order_name, length(t.item_name) + 1), $reason_in_order)
    union
    -- a diagnosis counts where it stands as one; an organ named in passing is none
    select s.row_id, s.admission_id
    from stays s join facts f on f.admission_id = s.admission_id and f.kind = 'diagnosis'
    where regexp_matches(f.value, s.diag_regex)
    union
    select s.row_id, s.admission_id
    from stays s
    join named n on n.admission_id = s.admission_id
    join explaining x on x.row_id = s.row_id and x.name = n.name
),
-- as many results of a day as tests of that day: every one was wanted for itself
specimens as (
    select l.admission_id, k.row_id, cast(coalesce(l.sampled_at, l.reported_at) as date) as sampled_on,
           count(distinct coalesce(l.specimen_no, cast(coalesce(l.sampled_at, l.reported_at) as varchar))) as results
    from labs l
    join indicated_tests k on k.judged = 'repeat' and k.gap_days = 0 and regexp_matches(l.analyte, k.result_regex)
    group by l.admission_id, k.row_id, cast(coalesce(l.sampled_at, l.reported_at) as date)
),
speaking as (
    select distinct admission_id from diagnoses where diagnosis_name is not null
    union
    select distinct admission_id from documents
    union
    select admission_id from admissions where admission_diagnosis is not null
),
told as (
    select s.*, row_number() over (partition by s.admission_id, s.charge_id
                                   order by case s.ceiling when 'established' then 0 when 'probable' then 1 else 2 end, s.row_id) as choice
    from suspected s
    join speaking y on y.admission_id = s.admission_id
    left join excused e on e.row_id = s.row_id and e.admission_id = s.admission_id
    left join specimens m on m.row_id = s.row_id and m.admission_id = s.admission_id and m.sampled_on = s.charged_on
    where e.row_id is null and not (s.kind = 'repeat' and m.results is not null and m.results >= s.units)
)
select t.admission_id, array_sort(array_agg(t.charge_id)) as charge_ids, sum(t.units_over * t.amount / t.quantity) as amount,
       sum(t.units_over * t.amount / t.quantity) as amount_yuan, array_sort(array_agg(distinct t.item_name)) as tests, t.row_id,
       case t.kind
           when 'pair' then '同日又查' || max(t.other_name) || '，两项同查未见另有指征'
           when 'repeat' then case when max(k.gap_days) = 0 then '同日做 ' || cast(cast(max(t.units) as integer) as varchar) || ' 次'
                                   else '住院期间 ' || cast(max(k.gap_days) as varchar) || ' 天内重复检查' end
                              || '，未见结果异常或病情变化'
           else '诊断为' || coalesce(max(a.main_diagnosis), max(a.admission_diagnosis), '（未列）') || '等，诊断'
                || case when max(d.admission_id) is null then '' else '和病历' end || '未见' || max(k.name) || '的指征' end as why_said,
       case when t.kind = 'pair' and min(case t.ceiling when 'clue' then 0 else 1 end) = 1 then 'probable' else 'clue' end as certainty,
       case when max(d.admission_id) is null then array_sort(array_agg(distinct '缺：病历文书，只按诊断判断')) end as lowered_by,
       array_sort(array_agg(distinct t.row_id)) as points_at
from told t
join indicated_tests k on k.row_id = t.row_id
join admissions a on a.admission_id = t.admission_id
left join (select distinct admission_id from documents) d on d.admission_id = t.admission_id
where t.choice = 1
group by t.admission_id, t.row_id, t.kind
order by t.admission_id, t.row_id
