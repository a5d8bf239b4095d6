/*
code: CHG-009
title: 加收项目无主项或超次
violation: over_standard_charge
certainty: probable
needs: {tables: [charges], knowledge: [add_on_items]}
limits: {days_around: 1}
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
           c.admission_id, c.subject, c.charge_id, c.item_name, c.charged_on, c.charged_at, c.quantity, c.amount
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'add_on_items' and r.side in ('add_on', 'base')
    join add_on_items k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and c.amount > 0
),
days as (
    -- the lines of an add-on on one day, and the bases of that day and the days around it
    select a.row_id, a.admission_id, a.subject, a.charged_on, max(a.name_base) as name_base, max(a.max_per_base) as max_per_base,
           bool_or(regexp_matches(a.item_name, '按小时|每小时|每增加|每加|每超|每多|按[日天]|每[日天]')) as by_measure,
           sum(a.quantity) as billed, max(a.condition_regex) as condition_regex,
           min(case a.ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling
    from sides a where a.side = 'add_on'
    group by a.row_id, a.admission_id, a.subject, a.charged_on
),
near as (
    select d.row_id, d.admission_id, d.subject, d.charged_on, sum(b.quantity) as bases
    from days d
    join sides b on b.side = 'base' and b.row_id = d.row_id and b.admission_id = d.admission_id and b.subject = d.subject
        and b.charged_on between d.charged_on - $days_around and d.charged_on + $days_around
    group by d.row_id, d.admission_id, d.subject, d.charged_on
),
proven as (
    select distinct d.row_id, d.admission_id
    from days d join documents t on t.admission_id = d.admission_id
    where d.condition_regex is not null and regexp_matches(t.text, d.condition_regex)
),
over as (
    select d.*, coalesce(n.bases, 0) as bases, d.billed - coalesce(n.bases, 0) * d.max_per_base as excess,
           case when d.condition_regex is not null and p.row_id is null then 1 else 0 end as unproven
    from days d
    left join near n on n.row_id = d.row_id and n.admission_id = d.admission_id and n.subject = d.subject
        and n.charged_on = d.charged_on
    left join proven p on p.row_id = d.row_id and p.admission_id = d.admission_id
    where d.billed > coalesce(n.bases, 0) * d.max_per_base
      -- what is added by the hour, the vessel or the vertebra has no fixed number per base; only a missing base counts
      and (coalesce(n.bases, 0) = 0 or not d.by_measure)
),
ranked as (
    select s.charge_id, s.item_name, s.quantity, s.amount, o.*,
           coalesce(sum(s.quantity) over (partition by s.row_id, s.admission_id, s.subject, s.charged_on
                                          order by s.amount / s.quantity, s.charged_at desc, s.charge_id desc
                                          rows between unbounded preceding and 1 preceding), 0) as taken
    from sides s
    join over o on o.row_id = s.row_id and o.admission_id = s.admission_id and o.subject = s.subject and o.charged_on = s.charged_on
    where s.side = 'add_on'
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids,
       sum(least(quantity, excess - taken) * amount / quantity) as amount,
       sum(least(quantity, excess - taken) * amount / quantity) as excess_yuan,
       max(item_name) as add_on, max(billed) as billed, max(excess) as excess,
       case when max(bases) = 0 then '未收主项 ' || max(name_base)
            else '主项 ' || max(name_base) || ' 计 ' || cast(cast(max(bases) as double) as varchar) || ' 次' end as base_said,
       row_id, case when max(unproven) = 1 then 'clue' else case min(ceiling) when 0 then 'clue' else 'probable' end end as certainty,
       case when max(unproven) = 1 then array_sort(array_agg(distinct '病历未见加收所需的条件')) end as lowered_by
from ranked
where taken < excess
group by admission_id, row_id, subject, charged_on
order by admission_id, row_id
