/*
code: CHG-011
title: 成套耗材拆分收费
violation: split_charge
certainty: probable
needs: {tables: [charges, admissions], knowledge: [material_sets]}
limits: {operation_days: 2, tolerance_yuan: 0.5, revision: 翻修|返修|再置换|再次置换|更换衬垫|更换内衬|更换股骨头}
limits_said: {operation_days: 手术与费用相差的天数, tolerance_yuan: 高于成套价多少元才算（元）, revision: 表示翻修手术的词}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers: {problems: [34]}
message: "$when_said 同一系统的 $parts_said 分别收费，合计 $charged_yuan 元，$set_said成套价格 $set_yuan 元$times_said，疑似拆分多收 $excess_yuan 元。"
why: 成套采购的人工关节、内固定等材料，应当按成套价格收费，不得拆成组件收取更高的合计。
exceptions:
  - 翻修手术只更换部分组件
  - 组件属于不同厂家的系统
  - 组件属于同一厂家的两个系统
  - 组件不在成套范围内
  - 两个关节各一套
  - 合计不高于成套价格
  - 当日没有相应手术
  - 部分组件已退费
overturned_by: [采购发票上的成套或单件行, 植入物标签]
*/
-- examined
with held as (
    select c.admission_id, k.row_id, c.charged_on, k.min_present, k.set_price,
           count(distinct case when k.match = 'name' then regexp_extract(c.item_name, k.components, 0) else substr(c.code15, 1, 15) end) as present
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'material_sets' and r.side = 'components'
    join material_sets k on k.row_id = r.row_id
    where c.kind = 'material'
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
    group by c.admission_id, k.row_id, c.charged_on, k.min_present, k.set_price
),
asked as (
    select h.admission_id, max(case when h.present >= h.min_present and h.set_price is null and p.row_id is null then 1 else 0 end) as no_price
    from held h
    left join (select distinct row_id from row_codes where table_name = 'material_sets' and side = 'package') p on p.row_id = h.row_id
    group by h.admission_id
)
select m.admission_id,
       case when a.admission_id is null then 'not_applicable' when a.no_price = 1 then 'not_checked' else 'clear' end as outcome,
       case when a.admission_id is null then '没有成套耗材的组件'
            when a.no_price = 1 then '缺：成套价格（集采文件的系统组件表）' end as reason
from admissions m
left join asked a on a.admission_id = m.admission_id

-- findings
with lines as (
    select k.row_id, c.admission_id, c.charge_id, c.item_name, c.charged_on, c.quantity, c.amount,
           coalesce(r.ceiling, 'probable') as ceiling, k.min_present, k.set_price, k.op_regex, k.name_package,
           -- letter C, fourteen digits of the class, five of the maker; the specification may name the system
           concat(case when starts_with(c.code15, 'C') and length(c.code15) >= 20 then substr(c.code15, 16, 5) else '' end,
                  regexp_extract(coalesce(c.spec, ''), '([^ 0-9/，,;；]+系统)', 1)) as maker,
           case when k.match = 'name' then regexp_extract(c.item_name, k.components, 0) else substr(c.code15, 1, 15) end as part
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'material_sets' and r.side = 'components'
    join material_sets k on k.row_id = r.row_id
    where c.kind = 'material' and c.amount > 0
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
),
by_part as (
    select row_id, admission_id, charged_on, maker, part, sum(quantity) as quantity, sum(amount) as amount, min(item_name) as item,
           min(case ceiling when 'clue' then 0 else 1 end) as ceiling
    from lines
    group by row_id, admission_id, charged_on, maker, part
),
sets as (
    select row_id, admission_id, charged_on, maker, count(*) as present, min(quantity) as times, sum(amount) as charged,
           min(ceiling) as ceiling, array_sort(array_agg(distinct item)) as parts_said
    from by_part
    group by row_id, admission_id, charged_on, maker
),
own_price as (
    -- what the hospital itself asks for the whole set of this maker
    select r.row_id, max(c.unit_price) as price,
           concat(case when starts_with(c.code15, 'C') and length(c.code15) >= 20 then substr(c.code15, 16, 5) else '' end,
                  regexp_extract(coalesce(c.spec, ''), '([^ 0-9/，,;；]+系统)', 1)) as maker
    from row_codes r
    join charges c on c.item_key = r.item_key and c.kind = 'material'
    where r.table_name = 'material_sets' and r.side = 'package'
    group by r.row_id,
             concat(case when starts_with(c.code15, 'C') and length(c.code15) >= 20 then substr(c.code15, 16, 5) else '' end,
                    regexp_extract(coalesce(c.spec, ''), '([^ 0-9/，,;；]+系统)', 1))
),
operated as (
    select admission_id, operation_name as name, coalesce(operated_on, cast(begins_at as date)) as on_day from operations
    union
    select admission_id, item_name, charged_on from charges where charge_type = '06'
),
judged as (
    select s.*, k.name_package, coalesce(k.set_price, o.price) as set_price,
           s.charged - coalesce(k.set_price, o.price) * s.times as excess
    from sets s
    join material_sets k on k.row_id = s.row_id
    left join own_price o on o.row_id = s.row_id and o.maker = s.maker
    where s.present >= k.min_present and s.times >= 1 and coalesce(k.set_price, o.price) is not null
      and (k.op_regex is null
           or exists (select 1 from operated p
                      where p.admission_id = s.admission_id and regexp_matches(coalesce(p.name, ''), k.op_regex)
                        and abs(epoch(cast(p.on_day as timestamp)) - epoch(cast(s.charged_on as timestamp))) <= $operation_days * 86400))
      and not exists (select 1 from operated p where p.admission_id = s.admission_id and regexp_matches(coalesce(p.name, ''), $revision))
      and not exists (select 1 from documents d
                      where d.admission_id = s.admission_id and d.kind like '%手术记录%' and regexp_matches(d.text, $revision))
)
select j.admission_id, array_sort(array_agg(l.charge_id)) as charge_ids, j.excess as amount, j.excess as excess_yuan,
       cast(j.charged_on as varchar) as when_said, j.parts_said, j.charged as charged_yuan, j.name_package as set_said,
       j.set_price as set_yuan, case when j.times > 1 then concat('，共 ', cast(cast(j.times as integer) as varchar), ' 套') end as times_said,
       j.row_id, case when j.ceiling = 0 or j.maker = '' then 'clue' else 'probable' end as certainty,
       case when j.maker = '' then array_sort(array_agg(distinct '耗材编码看不出厂家')) end as lowered_by
from judged j
join lines l on l.row_id = j.row_id and l.admission_id = j.admission_id and l.charged_on = j.charged_on and l.maker = j.maker
where j.excess > $tolerance_yuan
group by j.admission_id, j.row_id, j.charged_on, j.maker, j.excess, j.parts_said, j.charged, j.name_package, j.set_price, j.times, j.ceiling
order by j.admission_id, j.row_id, j.charged_on, j.maker
