/*
code: CHG-032
title: 药品、耗材、项目缺少应有的配套服务
violation: fictitious_service
certainty: probable
needs: {tables: [charges, admissions], knowledge: [companions]}
limits: {around_days: 1}
limits_said: {around_days: 配套项目与费用相差的天数}
basis: [医疗保障基金使用监督管理条例#第四十条（三）]
covers: {classes: [64, 84], problems: [67, 155]}
message: "收取 $item_name $quantity $unit_said 计 $amount_yuan 元，$scope_said未见配套的服务（$rule），疑似未提供相应服务。"
why: 支架须有介入手术，透析器须有透析治疗；只收药品或耗材而没有相应的服务，说明其中之一不真实。
exceptions:
  - 配套服务在前一日或后一日记账
  - 配套服务用本地名称或编码收费
  - 配套服务由患者自付
  - 病历写明在其他医院由协议机构完成
  - 病历写明原有装置的维护
  - 无独立服务可配的普通敷料、润滑剂
  - 配套手术只见于手术记录
  - 该耗材、药品已全部退费
overturned_by: [相应服务的记录或费用, 协作机构的检查治疗单]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '无须与服务配套的药品、耗材、项目' end as reason
from admissions a
left join (
    select distinct c.admission_id from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'companions' and r.side = 'code15'
) l on l.admission_id = a.admission_id

-- findings
with items as (
    select item_key, item_name, code15, kind from charges
    union
    select item_key, item_name, code15, kind from raw_items_elsewhere
),
-- what counts as the companion, worked out once for each name; a material does not accompany itself
serving as (
    select i.item_key, k.row_id
    from items i join companions k on regexp_matches(i.item_name, k.needs_any_regex)
    where i.kind = 'service'
    union
    select i.item_key, k.row_id
    from items i join companions k on regexp_matches(i.code15, '^(' || k.needs_code || ')')
    where i.kind = 'service' and k.match in ('name', 'prefix', 'exact')
),
wanting as (
    select r.item_key, r.row_id, coalesce(r.ceiling, 'established') as ceiling
    from row_codes r
    left join serving v on v.item_key = r.item_key and v.row_id = r.row_id
    where r.table_name = 'companions' and r.side = 'code15' and v.item_key is null
),
lines as (
    select w.row_id, w.ceiling, k.scope, c.admission_id, e.episode_id, c.charge_id, c.item_name, c.unit, c.charged_on, c.quantity, c.amount,
           cast(floor(epoch(cast(c.charged_on as timestamp)) / 86400) as integer) as day_no
    from charges c
    join wanting w on w.item_key = c.item_key
    join companions k on k.row_id = w.row_id
    join admissions a on a.admission_id = c.admission_id
    join episodes e on e.admission_id = c.admission_id
    where c.charged_on is not null
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || a.insurance_type || '|%')
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
),
served as (
    select distinct v.row_id, l.episode_id,
           cast(floor(epoch(cast(c.charged_on as timestamp)) / 86400) as integer) as day_no
    from (select distinct row_id, episode_id from lines) l
    join episodes e on e.episode_id = l.episode_id
    join charges c on c.admission_id = e.admission_id
    join serving v on v.item_key = c.item_key and v.row_id = l.row_id
),
named as (
    select admission_id, operation_name as name from operations
    union
    select admission_id, method from anesthesia
    union
    select admission_id, exam_name from exams
    union
    select o.admission_id, o.order_name from orders o left join items i on i.item_name = o.order_name and i.kind <> 'service'
    where i.item_key is null
),
-- names are many, different names few: each is held against the rules once
performing as (
    select n.name, k.row_id
    from (select distinct name from named where name is not null) n
    join companions k on regexp_matches(n.name, k.needs_any_regex)
),
performed as (
    select distinct n.admission_id, p.row_id from named n join performing p on p.name = n.name
),
recorded as (
    select distinct l.admission_id, l.row_id
    from (select distinct admission_id, row_id from lines) l
    join companions k on k.row_id = l.row_id
    join stated s on s.admission_id = l.admission_id
    where regexp_matches(s.text, k.needs_any_regex)
),
covered as (
    select l.row_id, l.charge_id, l.admission_id
    from lines l
    join (select distinct row_id, episode_id from served) s on s.row_id = l.row_id and s.episode_id = l.episode_id
    where l.scope = 'same_stay'
    union
    select l.row_id, l.charge_id, l.admission_id
    from lines l join served s on s.row_id = l.row_id and s.episode_id = l.episode_id
    where l.scope <> 'same_stay' and s.day_no between l.day_no - $around_days and l.day_no + $around_days
),
alone as (
    select l.*, row_number() over (partition by l.admission_id, l.charge_id order by l.row_id) as choice
    from lines l
    left join covered c on c.row_id = l.row_id and c.charge_id = l.charge_id and c.admission_id = l.admission_id
    left join performed p on p.row_id = l.row_id and p.admission_id = l.admission_id
    left join recorded r on r.row_id = l.row_id and r.admission_id = l.admission_id
    where c.charge_id is null and p.admission_id is null and r.admission_id is null
)
select l.admission_id, array_sort(array_agg(l.charge_id)) as charge_ids, sum(l.amount) as amount, sum(l.amount) as amount_yuan,
       max(l.item_name) as item_name, sum(l.quantity) as quantity, coalesce(max(l.unit), '次') as unit_said,
       case max(l.scope) when 'same_stay' then '本次住院' else '当日及前后一日' end as scope_said,
       max(k.source_passage) as rule,
       l.row_id,
       case min(case l.ceiling when 'established' then 2 when 'probable' then 1 else 0 end) when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty,
       case when max(d.admission_id) is null then array_sort(array_agg(distinct '缺：病历文书，只按费用判断')) end as lowered_by
from alone l
join companions k on k.row_id = l.row_id
left join (select distinct admission_id from documents) d on d.admission_id = l.admission_id
where l.choice = 1
group by l.admission_id, l.row_id
order by l.admission_id, l.row_id
