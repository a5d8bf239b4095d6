/*
code: CHG-001
title: 单价高于限价
violation: over_standard_charge
certainty: established
takes: price
needs: {tables: [charges, admissions]}
limits: {tolerance_yuan: 0.01, surcharge_age: 6, stock_days: 60}
limits_said: {tolerance_yuan: 单价超出限价多少元才算（元）, surcharge_age: 名称写明儿童加收的，最大年龄（岁）, stock_days: 限价下调后仍可按旧价的天数}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）, 医疗机构医疗保障定点管理暂行办法#第十八条]
covers: {classes: [14], problems: [8]}
message: "$items 的单价高于限价，超出部分合计 $excess_yuan 元$paid_by。"
why: 定价项目的单价不得高于当地同级医疗机构的最高限价。
exceptions:
  - 定价上限为 0 或 999999，表示未设上限
  - 药品、耗材所带的是支付标准而不是限价
  - 按收费当日的限价收取，此后限价下调
  - 限价所用的计价单位与收费的计价单位不同
  - 儿童按规定加收
  - 集采价格刚切换时，切换前购进的库存
  - 药品按最小包装计价而拆零收费
overturned_by: [收费当日施行的价格文件, 新增项目或自主定价项目的批复, 换算计价单位后不超限价]
*/
-- examined
with ruled as (
    select c.admission_id, c.charge_id, c.unit_price, k.cap,
           case when k.unit_std is null or c.unit is null
                  or replace(replace(replace(k.unit_std, '/', ''), '每', ''), '床', '') = replace(replace(replace(c.unit, '/', ''), '每', ''), '床', '')
                then 1 else 0 end as same_unit,
           case when k.price_level is null or k.price_level = a.price_level then 1 else 0 end as same_level,
           case when k.price_level is not null and a.price_level is null then 1 else 0 end as no_level
    from charges c
    join admissions a on a.admission_id = c.admission_id
    join row_codes r on r.item_key = c.item_key and r.table_name = 'price_caps'
    join price_caps k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.kind = 'volume_bid' or (k.kind = 'service' and c.kind = 'service'))
      and not (c.kind = 'service' and c.price_cap is not null)
),
by_line as (
    select admission_id, charge_id, max(same_unit * same_level) as held, max(no_level) as no_level,
           max(case when same_unit = 0 and same_level = 1 and unit_price > cap then 1 else 0 end) as other_unit
    from ruled group by admission_id, charge_id
),
told as (
    select admission_id, max(held) as held, max(case when held = 0 then no_level else 0 end) as no_level,
           sum(case when held = 0 then other_unit else 0 end) as other_unit
    from by_line group by admission_id
),
carried as (
    select admission_id, max(case when kind = 'service' and price_cap is not null then 1 else 0 end) as held
    from charges group by admission_id
)
select a.admission_id,
       case when c.admission_id is null then 'not_applicable'
            when t.other_unit > 0 or t.no_level = 1 or (c.held = 0 and coalesce(t.held, 0) = 0) then 'not_checked'
            else 'clear' end as outcome,
       case when c.admission_id is null then '无费用明细'
            when t.no_level = 1 then '缺：医院的价格等级'
            when t.other_unit > 0 then cast(t.other_unit as varchar) || ' 行的计价单位与限价的计价单位不同，未作比较'
            when c.held = 0 and coalesce(t.held, 0) = 0 then '明细未带定价上限，规则表中也没有当地当日的限价' end as reason
from admissions a
left join carried c on c.admission_id = a.admission_id
left join told t on t.admission_id = a.admission_id

-- findings
with ruled as (
    select c.charge_id, c.admission_id, c.source, c.row_number, r.ceiling, k.row_id, k.cap,
           case when k.child_pct is not null and k.child_age_max_d is not null and a.birth_date is not null
                     and (epoch(cast(c.charged_on as timestamp)) - epoch(cast(a.birth_date as timestamp))) / 86400 <= k.child_age_max_d
                then 1 + k.child_pct else 1 end as surcharge,
           case when k.child_pct is not null then 1 else 0 end as surcharge_known,
           row_number() over (partition by c.admission_id, c.charge_id, c.source, c.row_number
                              order by case when k.price_level is null then 1 else 0 end, k.cap desc, k.row_id) as choice
    from charges c
    join admissions a on a.admission_id = c.admission_id
    join row_codes r on r.item_key = c.item_key and r.table_name = 'price_caps'
    join price_caps k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.price_level is null or k.price_level = a.price_level)
      and (k.unit_std is null or c.unit is null
           or replace(replace(replace(k.unit_std, '/', ''), '每', ''), '床', '') = replace(replace(replace(c.unit, '/', ''), '每', ''), '床', ''))
      and ((k.kind = 'volume_bid' and c.quantity = floor(c.quantity)
            and (k.in_force_from is null or c.charged_on > k.in_force_from + cast($stock_days as integer)))
           or (k.kind = 'service' and c.kind = 'service'))
),
-- the extract's own cap is of that line and that day; the price list stands in where the line carries none
caps as (
    select c.*, a.age_years, l.row_id, coalesce(l.ceiling, 'established') as ceiling, coalesce(l.surcharge_known, 0) as surcharge_known,
           case when c.kind = 'service' and c.price_cap is not null then 1 else 0 end as carried,
           cast(coalesce(case when c.kind = 'service' then c.price_cap end, l.cap) * coalesce(l.surcharge, 1) as decimal(18, 4)) as cap
    from charges c
    join admissions a on a.admission_id = c.admission_id
    left join ruled l on l.charge_id = c.charge_id and l.admission_id = c.admission_id and l.source = c.source
        and l.row_number = c.row_number and l.choice = 1
    where (c.kind = 'service' and c.price_cap is not null) or l.cap is not null
),
over as (
    select admission_id, charge_id, item_name, unit_price, cap, (unit_price - cap) * quantity as excess,
           case when over_limit_self_pay > 0 or in_scope_amount <= 0 or full_self_pay >= amount then 0
                when in_scope_amount is null or amount <= 0 then null
                else in_scope_amount / amount end as fund_share,
           case when in_scope_amount <= 0 or full_self_pay >= amount then 'clue'
                when carried = 1 and surcharge_known = 0 and age_years <= $surcharge_age then 'clue'
                when carried = 1 then 'established' else ceiling end as certainty,
           case when in_scope_amount <= 0 or full_self_pay >= amount then '未纳入基金支付范围，可能为自主定价或特需服务'
                when carried = 1 and surcharge_known = 0 and age_years <= $surcharge_age then '儿童可按规定加收，当地加收比例未录入' end as reason,
           case when carried = 1 then null else row_id end as row_id
    from caps
    where unit_price - cap > $tolerance_yuan
      -- the line itself says that it holds the surcharge for children
      and not (carried = 1 and surcharge_known = 0
               and regexp_matches(concat(coalesce(memo, ''), ' ', coalesce(item_name, ''), ' ', coalesce(hospital_item_name, '')),
                                  '儿童.{0,6}加收|加收.{0,6}儿童'))
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(excess) as amount, sum(excess) as excess_yuan,
       array_sort(array_agg(concat(charge_id, '=', cast(cast(excess as decimal(18, 4)) as varchar)))) as parts,
       case when count(fund_share) = count(*) then sum(cast(excess * fund_share as decimal(18, 4))) end as fund_amount, certainty,
       min(row_id) as row_id,
       array_sort(array_agg(distinct item_name || '（单价 ' || cast(cast(unit_price as decimal(18, 2)) as varchar) || ' 元，限价 '
                            || cast(cast(cap as decimal(18, 2)) as varchar) || ' 元）')) as items,
       case when certainty = 'clue' and count(reason) > 0
            then array_sort(array_agg(distinct reason) filter (where reason is not null)) end as lowered_by,
       case when max(fund_share) = 0 then '，已由患者自付' else '' end as paid_by
from over
group by admission_id, certainty
