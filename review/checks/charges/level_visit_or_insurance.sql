/*
code: CHG-025
title: 药品、项目超机构级别、就医方式、险种、科室限定
violation: out_of_scope_payment
certainty: established
needs: {tables: [charges, admissions], knowledge: [drug_scope_limits]}
limits: {}
basis: [医疗保障基金使用监督管理条例#第三十八条（六）, 医疗保障基金使用监督管理条例#第八条]
covers: {classes: [1, 2, 12, 13, 16, 17, 21, 22, 24, 85], problems: [7]}
message: "$item $limit_said，本次$seen，疑似超限定支付，涉及 $amount_yuan 元。"
why: 目录限定机构级别、就医方式、险种的药品和项目，不符合限定的基金不予支付。
exceptions:
  - 机构级别符合限定
  - 住院使用限住院的药品
  - 生育住院使用限生育保险的药品
  - 工伤保险支付的住院
  - 费用未纳入基金支付
  - 开单或执行科室之一符合限定
overturned_by: [服务当日的机构等级证明, 会诊记录]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable'
            when l.by_level = 1 and a.hospital_grade is null then 'not_checked'
            when l.by_insurance = 1 and a.insurance_type is null then 'not_checked'
            else 'clear' end as outcome,
       case when l.admission_id is null then '无此类限定的药品、项目'
            when l.by_level = 1 and a.hospital_grade is null then '缺：医院等级'
            when l.by_insurance = 1 and a.insurance_type is null then '缺：险种' end as reason
from admissions a
left join (
    select c.admission_id, max(case when k.aspect = 'level' then 1 else 0 end) as by_level,
           max(case when k.aspect = 'insurance' then 1 else 0 end) as by_insurance
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name in ('item_scope_limits', 'drug_scope_limits')
    join (select row_id, aspect from item_scope_limits union all select row_id, aspect from drug_scope_limits) k
        on k.row_id = r.row_id and k.aspect in ('level', 'visit', 'insurance', 'department')
    group by c.admission_id
) l on l.admission_id = a.admission_id

-- findings
with limits as (
    select row_id, aspect, hosp_lv_min, visit_type as visit, needs_insutype as insurance, cast(null as varchar) as dept_regex,
           regexp_replace(limit_text, '[。；，]+$', '') as limit_said, in_force_from, in_force_to
    from drug_scope_limits where aspect in ('level', 'visit', 'insurance')
    union all
    select row_id, aspect, hosp_lv_min, visit_types, insutypes, dept_regex,
           case aspect when 'level' then '限' || substr('一二三', hosp_lv_min, 1) || '级及以上医疗机构'
                       when 'visit' then '限' || visit_types || '使用'
                       when 'insurance' then '限' || insutypes || '保险'
                       else '限有关专科使用' end, in_force_from, in_force_to
    from item_scope_limits where aspect in ('level', 'visit', 'insurance', 'department')
),
women as (
    select admission_id from admissions where admission_kind like '52%'
    union
    select admission_id from diagnoses where diagnosis_code like 'O%' or diagnosis_code like 'Z37%' or diagnosis_code like 'Z34%'
),
outside as (
    select c.admission_id, c.charge_id, c.item_key, c.item_name, c.amount, k.row_id, k.aspect, k.limit_said,
           case when k.aspect = 'department' then 'clue' else coalesce(r.ceiling, 'established') end as ceiling,
           case k.aspect when 'level' then '医院为' || substr('一二三', a.hospital_grade, 1) || '级'
                         when 'visit' then '为住院'
                         when 'insurance' then '由' || case a.insurance_type when '310' then '职工医保' when '390' then '居民医保'
                                                                              else '基本医保' end || '支付'
                         else '由' || coalesce(c.ordering_department, '') || '开单' end as seen
    from charges c
    join admissions a on a.admission_id = c.admission_id
    join row_codes r on r.item_key = c.item_key and r.table_name in ('item_scope_limits', 'drug_scope_limits')
    join limits k on k.row_id = r.row_id
    left join women w on w.admission_id = c.admission_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (c.in_scope_amount is null or c.in_scope_amount > 0)
      and ((k.aspect = 'level' and a.hospital_grade < k.hosp_lv_min)
           or (k.aspect = 'visit' and k.visit not like '%住院%' and coalesce(c.takeaway, '0') <> '1')
           or (k.aspect = 'insurance' and a.insurance_type is not null
               and not (k.insurance like '%工伤%' and a.insurance_type like '41%')
               and not (k.insurance like '%生育%' and (a.insurance_type like '51%' or w.admission_id is not null))
               and '|' || k.insurance || '|' not like '%|' || a.insurance_type || '|%')
           or (k.aspect = 'department' and coalesce(c.ordering_department, c.executing_department) is not null
               and not regexp_matches(coalesce(c.ordering_department, '') || coalesce(c.executing_department, ''), k.dept_regex)))
),
chosen as (
    -- two rows that say one thing of a line are one limit
    select *, row_number() over (partition by admission_id, charge_id, item_key, aspect
                                 order by case ceiling when 'established' then 0 when 'probable' then 1 else 2 end, row_id) as choice
    from outside
)
select admission_id, array_sort(array_agg(distinct charge_id)) as charge_ids, sum(amount) as amount, sum(amount) as amount_yuan,
       max(item_name) as item, limit_said, max(seen) as seen, min(row_id) as row_id,
       case min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end)
           when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty
from chosen
where choice = 1
group by admission_id, item_key, aspect, limit_said
order by admission_id, item_key, aspect
