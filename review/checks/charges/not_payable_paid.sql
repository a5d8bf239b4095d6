/*
code: CHG-026
title: 不予支付的费用纳入基金结算
violation: out_of_scope_payment
certainty: established
takes: price
needs: {tables: [charges], knowledge: [herb_rules]}
limits: {}
basis: [医疗保障基金使用监督管理条例#第三十八条（六）, 医疗保障基金使用监督管理条例#第八条]
covers: {classes: [3, 4], problems: [101]}
message: "$item $why_said，疑似超支付范围，纳入基金支付 $paid_yuan 元。"
why: 不在基金支付范围内的药品、项目、设施，不得纳入结算。
exceptions:
  - 由患者自付
  - 复方中有可支付的饮片
  - 目录内甲类、乙类费用
overturned_by: [当地支付范围的文件]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' when l.known = 0 then 'not_checked' else 'clear' end as outcome,
       case when l.admission_id is null then '无费用明细' when l.known = 0 then '缺：明细的符合范围金额' end as reason
from admissions a
left join (select admission_id, count(in_scope_amount) as known from charges group by admission_id) l
    on l.admission_id = a.admission_id

-- findings
with items as (
    select distinct item_key, item_name from charges
),
said as (
    -- names are few beside items: a pattern is looked for in each of them once
    select n.item_name, k.row_id
    from (select distinct item_name from items) n
    join not_payable k on regexp_matches(n.item_name, k.name_regex)
    where k.name_regex is not null
),
named as (
    -- facilities and services are known by their words: no national code tells a companion's bed from a bed
    select i.item_key, k.row_id, k.condition, k.in_force_from, k.in_force_to,
           row_number() over (partition by i.item_key order by k.row_id) as choice,
           case when k.code15 is null then 'clue' else 'probable' end as ceiling
    from items i
    join said s on s.item_name = i.item_name
    join not_payable k on k.row_id = s.row_id
),
coded as (
    select r.item_key, k.row_id, k.condition, k.in_force_from, k.in_force_to, 1 as choice, coalesce(r.ceiling, 'established') as ceiling
    from row_codes r join not_payable k on k.row_id = r.row_id
    where r.table_name = 'not_payable'
),
herbs as (
    select c.admission_id, c.charge_id, k.row_id, coalesce(r.ceiling, 'established') as ceiling,
           coalesce(k.never_paid, false) as never_paid, coalesce(k.alone_not_paid, false) as alone_not_paid,
           coalesce(c.order_no, cast(c.charged_on as varchar) || '/' || coalesce(c.ordering_doctor, '')) as prescription,
           c.in_scope_amount
    from charges c
    left join row_codes r on r.item_key = c.item_key and r.table_name = 'herb_rules'
    left join herb_rules k on k.row_id = r.row_id
        and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
    where c.kind = 'herb'
),
all_unpaid as (
    select admission_id, prescription from herbs
    group by admission_id, prescription
    having min(case when alone_not_paid or never_paid then 1 else 0 end) = 1
),
unpaid as (
    select c.admission_id, c.charge_id, x.row_id, x.ceiling, '属' || coalesce(x.condition, '不予支付的费用') as why_said, 1 as turn
    from charges c
    join (select * from named where choice = 1 union all select * from coded) x on x.item_key = c.item_key
    where c.in_scope_amount > 0
      and c.charged_on between coalesce(x.in_force_from, date '1900-01-01') and coalesce(x.in_force_to, date '9999-12-31')
    union all
    select h.admission_id, h.charge_id, h.row_id, h.ceiling,
           case when h.never_paid then '单方、复方均不予支付' else '单独使用不予支付，该方各味均属此类' end, 2
    from herbs h
    left join all_unpaid p on p.admission_id = h.admission_id and p.prescription = h.prescription
    where h.in_scope_amount > 0 and h.row_id is not null and (h.never_paid or (h.alone_not_paid and p.admission_id is not null))
    union all
    select c.admission_id, c.charge_id, cast(null as varchar), 'probable', '为丙类（目录外）费用', 3
    from charges c where c.pay_class = '03' and c.in_scope_amount > 0
),
chosen as (
    select u.*, row_number() over (partition by u.admission_id, u.charge_id order by u.turn, u.row_id) as choice from unpaid u
)
select c.admission_id, array_sort(array_agg(c.charge_id)) as charge_ids, sum(c.in_scope_amount) as amount,
       sum(c.in_scope_amount) as fund_amount, sum(c.in_scope_amount) as paid_yuan, max(c.item_name) as item, u.why_said,
       min(u.row_id) as row_id,
       case min(case u.ceiling when 'established' then 2 when 'probable' then 1 else 0 end)
           when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty
from chosen u
join charges c on c.admission_id = u.admission_id and c.charge_id = u.charge_id
where u.choice = 1 and c.in_scope_amount > 0
group by c.admission_id, c.item_key, u.why_said
order by c.admission_id, c.item_key
