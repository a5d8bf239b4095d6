/*
code: CHG-001
title: 单价高于限价
violation: over_standard_charge
certainty: established
needs: {tables: [charges, admissions]}
limits: {tolerance_yuan: 0.01, surcharge_age: 6}
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
overturned_by: [收费当日施行的价格文件, 新增项目或自主定价项目的批复, 换算计价单位后不超限价]
*/
-- examined
with capped as (
    select distinct c.admission_id from charges c
    where c.kind = 'service' and c.price_cap is not null
    union
    select distinct c.admission_id from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'price_caps'
)
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' when k.admission_id is null then 'not_checked' else 'clear' end
           as outcome,
       case when l.admission_id is null then '无费用明细'
            when k.admission_id is null then '明细未带定价上限，规则表中也没有当地限价' end as reason
from admissions a
left join (select distinct admission_id from charges) l on l.admission_id = a.admission_id
left join capped k on k.admission_id = a.admission_id

-- findings
with listed as (
    select c.charge_id, c.admission_id, r.ceiling, k.row_id,
           k.cap * case when k.child_pct is not null and k.child_age_max_d is not null and a.birth_date is not null
                             and date_diff('day', a.birth_date, c.charged_on) <= k.child_age_max_d
                        then 1 + k.child_pct else 1 end as cap,
           row_number() over (partition by c.admission_id, c.charge_id, c.source, c.row_number
                              order by case when k.price_level is null then 1 else 0 end, k.cap desc, k.row_id) as choice
    from charges c
    join admissions a on a.admission_id = c.admission_id
    join row_codes r on r.item_key = c.item_key and r.table_name = 'price_caps'
    join price_caps k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.price_level is null or k.price_level = a.price_level)
      and (k.unit_std is null or c.unit is null or k.unit_std = c.unit)
      and (k.kind = 'volume_bid' or (k.kind = 'service' and c.kind = 'service'))
),
over as (
    select c.admission_id, c.charge_id, c.item_name, c.quantity, c.unit_price, coalesce(l.cap, c.price_cap) as cap,
           (c.unit_price - coalesce(l.cap, c.price_cap)) * c.quantity as excess,
           case when c.over_limit_self_pay > 0 or c.in_scope_amount <= 0 then 0
                when c.in_scope_amount is null or c.amount <= 0 then null
                else c.in_scope_amount / c.amount end as fund_share,
           case when c.in_scope_amount <= 0 or a.age_years <= $surcharge_age and l.cap is null then 'clue' when l.cap is not null then coalesce(l.ceiling, 'established')
                else 'established' end as certainty,
           l.row_id
    from charges c
    join admissions a on a.admission_id = c.admission_id
    left join listed l on l.charge_id = c.charge_id and l.admission_id = c.admission_id and l.choice = 1
    where (l.cap is not null or (c.kind = 'service' and c.price_cap is not null))
      and c.unit_price - coalesce(l.cap, c.price_cap) > $tolerance_yuan
      -- the line itself says that it holds the surcharge for children
      and not (l.cap is null and regexp_matches(concat_ws(' ', c.memo, c.item_name, c.hospital_item_name), '儿童.{0,6}加收|加收.{0,6}儿童'))
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(excess) as amount, sum(excess) as excess_yuan,
       case when count(fund_share) = count(*) then sum(excess * fund_share) end as fund_amount, certainty,
       min(row_id) as row_id,
       array_sort(array_agg(distinct item_name || '（单价 ' || cast(cast(unit_price as decimal(18, 2)) as varchar) || ' 元，限价 '
                            || cast(cast(cap as decimal(18, 2)) as varchar) || ' 元）')) as items,
       case when certainty = 'clue' then array_sort(array_agg(distinct case when fund_share = 0 then '未纳入基金支付范围，可能为自主定价或特需服务'
            else '儿童可按规定加收，当地加收比例未录入' end)) end as lowered_by,
       case when max(fund_share) = 0 then '，已由患者自付' else '' end as paid_by
from over
group by admission_id, certainty
