/*
code: CHG-009
title: 加收项目无主项或超次
violation: over_standard_charge
certainty: probable
needs: {tables: [charges], knowledge: [add_on_items]}
limits: {days_around: 1}
limits_said: {days_around: 主项与加收相差的天数}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers: {problems: [47, 81, 82]}
message: "加收项目 $add_on 计 $billed 次，$base_said，超出 $excess 次，疑似多收 $excess_yuan 元。"
why: 加收依附于主项，没有主项或多于主项允许的次数即为多收。
exceptions:
  - 按小时、血管、椎体等计量的加收
  - 主项在前后一日记账
  - 主项没有国家编码而名称相同
  - 主项由患者自付
  - 主项做多次，加收次数相应
  - 加收项目已退费
  - 主项退费后改以另一编码收取
overturned_by: [主项的收费, 使用相应设备的手术或检查记录]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '无加收项目' end as reason
from admissions a
left join (
    select distinct c.admission_id from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'add_on_items' and r.side = 'add_on'
) l on l.admission_id = a.admission_id

-- findings
with sides as (
    select k.row_id, k.name_base, k.max_per_base, k.condition_regex, r.side, coalesce(r.ceiling, 'established') as ceiling,
           c.admission_id, c.subject, c.charge_id, c.item_key, c.item_name, coalesce(c.code15, '') as code, c.charge_type, c.charged_on,
           c.charged_at, c.quantity, c.amount
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'add_on_items' and r.side in ('add_on', 'base')
    join add_on_items k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and c.amount > 0
),
added as (
    -- a line once, by the surest of the rows that name it; each of them may name a base that will do
    select distinct admission_id, subject, item_key, item_name, code, charge_type, charge_id, charged_on, charged_at, quantity, amount
    from sides where side = 'add_on'
),
days as (
    select a.admission_id, a.subject, a.item_key, a.charged_on, max(a.item_name) as item_name, max(a.code) as code,
           max(a.charge_type) as charge_type, sum(a.quantity) as billed,
           max(case when regexp_matches(a.item_name, '按小时|每小时|每增加|每加|每超|每多|按[日天]|每[日天]') then 1 else 0 end) as by_measure
    from added a
    group by a.admission_id, a.subject, a.item_key, a.charged_on
),
rules as (
    select admission_id, subject, item_key, charged_on, row_id, max(name_base) as name_base, max(max_per_base) as max_per_base,
           max(condition_regex) as condition_regex,
           min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling
    from sides where side = 'add_on'
    group by admission_id, subject, item_key, charged_on, row_id
),
best as (
    select admission_id, subject, item_key, charged_on, row_id, name_base, ceiling, condition_regex,
           max(max_per_base) over (partition by admission_id, subject, item_key, charged_on) as max_per_base,
           row_number() over (partition by admission_id, subject, item_key, charged_on order by ceiling desc, row_id) as choice
    from rules
),
bases as (
    select distinct u.admission_id, u.subject, u.item_key, u.charged_on, b.charge_id, b.quantity
    from rules u
    join sides b on b.side = 'base' and b.row_id = u.row_id and b.admission_id = u.admission_id and b.subject = u.subject
        and b.charged_on between u.charged_on - cast($days_around as integer) and u.charged_on + cast($days_around as integer)
        and b.item_key <> u.item_key
),
near as (
    select admission_id, subject, item_key, charged_on, sum(quantity) as bases from bases
    group by admission_id, subject, item_key, charged_on
),
rebilled as (
    -- the base was taken back and the operation charged under another code
    select distinct d.admission_id, d.subject, d.item_key, d.charged_on
    from days d
    join refunds r on r.admission_id = d.admission_id
    join charge_lines o on o.admission_id = r.admission_id and o.charge_id = r.original_id and o.copy = 1
        and length(d.code) >= 11 and substr(o.code15, 1, 11) = substr(d.code, 1, 11) and o.quantity + r.quantity < 0.001
        and o.charged_on between d.charged_on - cast($days_around as integer) and d.charged_on + cast($days_around as integer)
    join charges n on n.admission_id = d.admission_id and n.charge_type = d.charge_type and n.item_key <> d.item_key
        and n.charged_on between d.charged_on - cast($days_around as integer) and d.charged_on + cast($days_around as integer)
    where o.code15 <> d.code
),
proven as (
    select distinct u.admission_id, u.row_id
    from rules u join documents t on t.admission_id = u.admission_id
    where u.condition_regex is not null and regexp_matches(t.text, u.condition_regex)
),
over as (
    select d.*, b.row_id, b.name_base, b.ceiling, coalesce(n.bases, 0) as bases,
           d.billed - coalesce(n.bases, 0) * b.max_per_base as excess,
           case when b.condition_regex is not null and p.row_id is null then 1 else 0 end as unproven
    from days d
    join best b on b.admission_id = d.admission_id and b.subject = d.subject and b.item_key = d.item_key
        and b.charged_on = d.charged_on and b.choice = 1
    left join near n on n.admission_id = d.admission_id and n.subject = d.subject and n.item_key = d.item_key
        and n.charged_on = d.charged_on
    left join rebilled x on x.admission_id = d.admission_id and x.subject = d.subject and x.item_key = d.item_key
        and x.charged_on = d.charged_on
    left join proven p on p.row_id = b.row_id and p.admission_id = d.admission_id
    where d.billed > coalesce(n.bases, 0) * b.max_per_base and x.admission_id is null
      -- what is added by the hour, the vessel or the vertebra has no fixed number per base; only a missing base counts
      and (coalesce(n.bases, 0) = 0 or d.by_measure = 0)
),
ranked as (
    select s.charge_id, s.quantity, s.amount, o.admission_id, o.subject, o.item_key, o.charged_on, o.item_name, o.row_id,
           o.name_base, o.ceiling, o.bases, o.billed, o.excess, o.unproven,
           coalesce(sum(s.quantity) over (partition by s.admission_id, s.subject, s.item_key, s.charged_on
                                          order by s.amount / s.quantity, s.charged_at desc, s.charge_id desc
                                          rows between unbounded preceding and 1 preceding), 0) as taken
    from added s
    join over o on o.admission_id = s.admission_id and o.subject = s.subject and o.item_key = s.item_key and o.charged_on = s.charged_on
),
taken as (
    select *, cast(least(quantity, excess - taken) * amount / quantity as decimal(18, 4)) as part from ranked where taken < excess
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(part) as amount, sum(part) as excess_yuan,
       array_sort(array_agg(concat(charge_id, '=', cast(part as varchar)))) as parts,
       max(item_name) as add_on, max(billed) as billed, max(excess) as excess,
       case when max(bases) = 0 then '未收主项 ' || max(name_base)
            else '主项 ' || max(name_base) || ' 计 ' || cast(cast(max(bases) as double) as varchar) || ' 次' end as base_said,
       max(row_id) as row_id,
       case when max(unproven) = 1 or min(ceiling) = 0 then 'clue' else 'probable' end as certainty,
       case when max(unproven) = 1 then array_sort(array_agg(distinct '病历未见加收所需的条件')) end as lowered_by
from taken
group by admission_id, subject, item_key, charged_on
order by admission_id, item_key, charged_on
