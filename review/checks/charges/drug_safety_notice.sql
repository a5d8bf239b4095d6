/*
code: CHG-035
title: 用药安全与禁忌提示
violation: excessive_service
certainty: clue
needs: {tables: [charges, admissions], knowledge: [drug_safety]}
limits: {decided: "利大于弊|权衡|充分告知|密切(监测|观察)|监测(血药浓度|肝功能|肾功能|心电图|QT|凝血)|药师会诊"}
limits_said: {decided: 表示已权衡、已监测的词}
basis: [医疗保障基金使用监督管理条例#第三十八条（二）]
covers: {classes: [66, 71, 72, 73, 74, 75, 82]}
message: "$drug：$why_said（$rule）。属用药安全提示，不涉及金额，请临床药师核对。"
why: 禁忌、相互作用和特殊人群用药属医疗质量问题；只有同时不必要时才与基金使用有关，因此只作提示。
exceptions:
  - 病历写明权衡后使用
  - 已按要求监测
  - 年龄不在禁用范围
  - 两药使用日不重叠
  - 没有该禁忌的诊断
  - 配伍禁忌的饮片不在同一处方
  - 外用药不算全身用药
overturned_by: [会诊或药师意见, 说明书的新版本]
*/
-- examined
with governed as (
    select distinct c.admission_id from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'drug_safety' and r.side = 'a'
)
select a.admission_id, case when g.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when g.admission_id is null then '未使用列有禁忌的药品、项目' end as reason
from admissions a left join governed g on g.admission_id = a.admission_id

-- findings
with lines as (
    select k.row_id, k.kind, r.side, k.text, k.age_min_d, k.age_max_d, k.condition_regex, k.name_a, k.name_b, c.admission_id, c.charge_id,
           c.item_name, c.charged_on, cast(floor(epoch(cast(c.charged_on as timestamp)) / 86400) as integer) as day_no,
           cast(floor((epoch(cast(c.charged_on as timestamp)) - epoch(cast(a.birth_date as timestamp))) / 86400) as integer) as age_days,
           a.age_years, a.sex,
           coalesce(c.order_no, cast(c.charged_on as varchar) || '/' || coalesce(c.ordering_doctor, '')) as prescription
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'drug_safety'
    join drug_safety k on k.row_id = r.row_id
    join admissions a on a.admission_id = c.admission_id
    where c.subject = 'patient' and c.charged_on is not null
      and not (c.kind = 'drug' and regexp_matches(c.item_name, '滴眼|滴鼻|滴耳|眼膏|软膏|乳膏|凝胶|贴膏|贴剂|洗剂|外用|漱口')
               and not regexp_matches(coalesce(k.name_a, ''), '滴眼|软膏|乳膏|凝胶|贴|外用'))
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
),
diagnosed as (
    select admission_id, diagnosis_name as said from diagnoses where diagnosis_name is not null
    union
    select admission_id, value from facts where kind = 'diagnosis' and value is not null
    union
    select admission_id, admission_diagnosis from admissions where admission_diagnosis is not null
    union
    select admission_id, main_diagnosis from admissions where main_diagnosis is not null
),
carrying as (
    select distinct admission_id from diagnosed where regexp_matches(said, '妊娠|孕[0-9]|早孕|哺乳|产褥')
),
aged as (
    select l.*, case l.kind when 'child' then '儿童禁用，患者 ' else '老年人不宜，患者 ' end
               || case when l.age_days < 730 then cast(l.age_days as varchar) || ' 天' else cast(coalesce(l.age_years, 0) as varchar) || ' 岁' end as why_said
    from lines l
    where l.side = 'a' and l.kind in ('child', 'elderly')
      and coalesce(l.age_days, l.age_years * 365) between coalesce(l.age_min_d, 0) and coalesce(l.age_max_d, 99999)
),
ill as (
    select l.admission_id, l.charge_id, l.row_id, max(d.said) as said
    from lines l join diagnosed d on d.admission_id = l.admission_id
    where l.side = 'a' and l.kind = 'contra' and regexp_matches(d.said, l.condition_regex)
    group by l.admission_id, l.charge_id, l.row_id
),
together as (
    select distinct x.admission_id, x.charge_id, x.row_id, y.item_name as other_name
    from lines x
    join lines y on y.admission_id = x.admission_id and y.row_id = x.row_id and y.side = 'b' and y.charge_id <> x.charge_id
        and y.day_no = x.day_no
    where x.side = 'a' and (x.kind = 'interaction' or (x.kind = 'herb18' and x.prescription = y.prescription))
),
noticed as (
    select l.admission_id, l.charge_id, l.row_id, l.item_name, l.text,
           case l.kind when 'child' then '儿童禁用，患者 ' else '老年人不宜，患者 ' end
               || case when l.age_days < 730 then cast(l.age_days as varchar) || ' 天' else cast(l.age_years as varchar) || ' 岁' end as why_said
    from lines l
    where l.side = 'a' and l.kind in ('child', 'elderly')
      and coalesce(l.age_days, l.age_years * 365) between coalesce(l.age_min_d, 0) and coalesce(l.age_max_d, 99999)
    union all
    select l.admission_id, l.charge_id, l.row_id, l.item_name, l.text, '患者处于妊娠期或哺乳期'
    from lines l join carrying c on c.admission_id = l.admission_id
    where l.side = 'a' and l.kind = 'pregnancy' and coalesce(l.sex, '女') = '女'
    union all
    select l.admission_id, l.charge_id, l.row_id, l.item_name, l.text, '诊断有' || i.said
    from lines l join ill i on i.admission_id = l.admission_id and i.charge_id = l.charge_id and i.row_id = l.row_id
    where l.side = 'a'
    union all
    select l.admission_id, l.charge_id, l.row_id, l.item_name, l.text,
           case l.kind when 'herb18' then '同一处方又有' else '同日又用' end || t.other_name
    from lines l join together t on t.admission_id = l.admission_id and t.charge_id = l.charge_id and t.row_id = l.row_id
    where l.side = 'a'
),
-- a decision in the record that names the drug, or the monitoring it asks for
decided as (
    select distinct n.admission_id, n.row_id
    from noticed n join stated s on s.admission_id = n.admission_id
    where regexp_matches(s.text, $decided)
)
select n.admission_id, array_sort(array_agg(distinct n.charge_id)) as charge_ids, cast(null as decimal(18, 4)) as amount,
       array_sort(array_agg(distinct n.item_name)) as drug, n.why_said, max(n.text) as rule, n.row_id,
       array_sort(array_agg(distinct n.why_said)) as points_at
from noticed n
left join decided d on d.admission_id = n.admission_id and d.row_id = n.row_id
where d.admission_id is null
group by n.admission_id, n.row_id, n.why_said
order by n.admission_id, n.row_id, n.why_said
