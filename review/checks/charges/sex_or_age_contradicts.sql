/*
code: CHG-022
title: 项目、药品与患者性别、年龄不符
violation: fictitious_service
certainty: established
needs: {tables: [charges, admissions], knowledge: [item_scope_limits, drug_scope_limits]}
limits: {newborn_days: 28}
limits_said: {newborn_days: 新生儿的最大日龄（天）}
basis: [医疗保障基金使用监督管理条例#第四十条（三）, 医疗保障基金使用监督管理条例#第三十八条（六）]
covers: {classes: [6, 7, 18, 19, 29, 32, 33, 65, 67, 80, 81, 87], problems: [76]}
message: "患者$person，收取 $item（$limit_said）$quantity $unit_said，疑似$what，涉及 $amount_yuan 元。"
why: 限定性别或年龄的项目、药品，不可能用于限定之外的患者。
exceptions:
  - 母亲名下的新生儿费用
  - 新生儿名下的产科费用
  - 诊断或身份证号表明性别登记有误
  - 性别发育异常
  - 同一药品另有符合的限定
  - 费用未纳入基金支付的药品
overturned_by: [身份核对, 更正后的性别或出生日期]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable'
            when (l.by_sex = 1 and a.sex is null) or (l.by_age = 1 and a.birth_date is null) then 'not_checked'
            else 'clear' end as outcome,
       case when l.admission_id is null then '无限定性别、年龄的费用'
            when l.by_sex = 1 and a.sex is null then '缺：患者性别'
            when l.by_age = 1 and a.birth_date is null then '缺：患者出生日期' end as reason
from admissions a
left join (
    select c.admission_id, max(case when k.aspect = 'sex' then 1 else 0 end) as by_sex,
           max(case when k.aspect = 'age' then 1 else 0 end) as by_age
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name in ('item_scope_limits', 'drug_scope_limits')
    join (select row_id, aspect from item_scope_limits where aspect in ('sex', 'age')
          union all select row_id, aspect from drug_scope_limits where aspect in ('sex', 'age')) k on k.row_id = r.row_id
    group by c.admission_id
) l on l.admission_id = a.admission_id

-- findings
with limits as (
    select row_id, aspect, sex, age_min_d, age_max_d, name, violation, in_force_from, in_force_to, 'item' as of_what
    from item_scope_limits where aspect in ('sex', 'age')
    union all
    select row_id, aspect, sex, age_min_d, age_max_d, generic, 'out_of_scope_payment', in_force_from, in_force_to, 'drug'
    from drug_scope_limits where aspect in ('sex', 'age')
),
held as (
    select c.admission_id, c.charge_id, c.item_key, c.item_name, c.quantity, c.unit, c.amount, k.row_id, k.aspect, k.sex as limit_sex,
           k.age_min_d, k.age_max_d, k.violation, k.of_what, k.name, coalesce(r.ceiling, 'established') as ceiling, a.sex, a.age_years,
           case when k.aspect = 'sex' then a.sex <> k.sex
                else (k.age_max_d is not null and (epoch(cast(c.charged_on as timestamp)) - epoch(cast(a.birth_date as timestamp))) / 86400 > k.age_max_d)
                     or (k.age_min_d is not null and (epoch(cast(c.charged_on as timestamp)) - epoch(cast(a.birth_date as timestamp))) / 86400 < k.age_min_d) end as outside
    from charges c
    join admissions a on a.admission_id = c.admission_id
    join row_codes r on r.item_key = c.item_key and r.table_name in ('item_scope_limits', 'drug_scope_limits')
    join limits k on k.row_id = r.row_id
    where c.subject = 'patient'
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.aspect <> 'sex' or a.sex is not null) and (k.aspect <> 'age' or a.birth_date is not null)
      and (k.of_what = 'item' or c.in_scope_amount is null or c.in_scope_amount > 0)
      -- a mother's charges that stand on her child's own stay
      and not (a.birth_date is not null and regexp_matches(concat(coalesce(c.ordering_department, ''), coalesce(c.executing_department, '')), '产科|产房|母婴')
               and (epoch(cast(c.charged_on as timestamp)) - epoch(cast(a.birth_date as timestamp))) / 86400 <= $newborn_days)
),
by_number as (
    -- the number of an identity card tells the sex: odd a man's, even a woman's
    select mdtrt_id as admission_id,
           case when cast(substr(certno, 17, 1) as integer) % 2 = 1 then '男' else '女' end as sex
    from raw_mdtrt_d where regexp_matches(coalesce(certno, ''), '^[0-9]{17}[0-9Xx]$')
),
told_otherwise as (
    -- the diagnoses speak of the other sex: then the sex in the register is in doubt, not the charge
    select admission_id,
           max(case when diagnosis_name like '%妊娠%' or diagnosis_name like '%子宫%' or diagnosis_name like '%卵巢%'
                      or diagnosis_name like '%分娩%' or diagnosis_name like '%宫颈%' or diagnosis_name like '%阴道%'
                      or diagnosis_code like 'O%' then 1 else 0 end) as woman,
           max(case when diagnosis_name like '%前列腺%' or diagnosis_name like '%睾丸%' or diagnosis_name like '%阴茎%'
                      or diagnosis_name like '%附睾%' or diagnosis_name like '%精索%' then 1 else 0 end) as man,
           max(case when diagnosis_code like 'Q56%' or diagnosis_code like 'F64%' then 1 else 0 end) as either
    from diagnoses group by admission_id
),
outside as (
    select h.* from held h
    left join told_otherwise d on d.admission_id = h.admission_id
    left join by_number n on n.admission_id = h.admission_id
    where h.outside
      and not (h.aspect = 'sex' and n.sex is not null and n.sex = h.limit_sex)
      and not (h.aspect = 'sex' and coalesce(d.either, 0) = 1)
      and not (h.aspect = 'sex' and h.limit_sex = '女' and coalesce(d.woman, 0) = 1)
      and not (h.aspect = 'sex' and h.limit_sex = '男' and coalesce(d.man, 0) = 1)
      and not exists (select 1 from held o where o.admission_id = h.admission_id and o.charge_id = h.charge_id
                      and o.of_what = h.of_what and o.aspect = h.aspect and not o.outside)
)
select admission_id, array_sort(array_agg(distinct charge_id)) as charge_ids, sum(amount) as amount, sum(amount) as amount_yuan,
       max(item_name) as item, sum(quantity) as quantity, coalesce(max(unit), '次') as unit_said, violation,
       coalesce(max(sex), '') || case when max(age_years) is not null then '，' || cast(max(age_years) as varchar) || ' 岁' else '' end as person,
       case aspect when 'sex' then '限' || max(limit_sex) || '性'
                   else '限年龄' || case when max(age_max_d) is not null then '不超过 ' || cast(cast(floor((max(age_max_d) + 1) / 365.25) as integer) || ' 岁' as varchar)
                                    else '不小于 ' || cast(cast(floor(max(age_min_d) / 365.25) as integer) || ' 岁' as varchar) end end as limit_said,
       case when violation = 'out_of_scope_payment' then '超限定支付' else '未实施而收费' end as what,
       min(row_id) as row_id, case min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end)
           when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty
from (select admission_id, charge_id, item_key, aspect, coalesce(violation, 'fictitious_service') as violation,
             max(item_name) as item_name, max(quantity) as quantity, max(unit) as unit, max(amount) as amount, min(row_id) as row_id,
             max(limit_sex) as limit_sex, max(age_max_d) as age_max_d, min(age_min_d) as age_min_d, max(sex) as sex,
             max(age_years) as age_years, min(ceiling) as ceiling
      from outside group by admission_id, charge_id, item_key, aspect, coalesce(violation, 'fictitious_service')) o
group by admission_id, item_key, aspect, violation
