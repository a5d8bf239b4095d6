/*
code: CHG-002
title: 单日计费超过频次、时数上限
violation: over_standard_charge
certainty: established
needs: {tables: [charges, admissions], knowledge: [item_limits]}
limits: {tolerance_hours: 1, correction_days: 3}
limits_said: {tolerance_hours: 按小时计的容差（小时）, correction_days: 等待退费更正的天数}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers: {classes: [27, 86], problems: [31, 56, 57, 63, 64, 74, 130, 146, 174, 176, 181]}
message: "$day $item_name 计 $billed $unit，每日上限 $allowed $unit，多计 $excess $unit，疑似多收 $excess_yuan 元。"
why: 限定每日次数或时数的项目，一日内不可能多于上限。
exceptions:
  - 前一日的费用次日补记，前后两日合计未超
  - 多计的部分三日内有待核销的负数行
  - 母婴分别计算
  - 双胎按新生儿人数计算
  - 转科当日两个科室各计一日床位
  - 多计部分已退费
  - 全程合计已多于住院日数的，由住院日数核查一并提示
overturned_by: [证明当日确有多次服务的医嘱或护理记录, 当地允许更高频次的规定]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '无限定每日次数或时数的费用' end as reason
from admissions a
left join (
    select distinct c.admission_id
    from charges c
    left join row_codes r on r.item_key = c.item_key and r.table_name = 'item_limits'
    left join item_limits k on k.row_id = r.row_id and k.per in ('day', 'operation') and k.max_qty is not null
    where k.row_id is not null or c.unit = '小时'
) l on l.admission_id = a.admission_id

-- findings
with rules as (
    -- rows of one family that speak of one item: the strictest of those in force on the day counts
    select r.item_key, k.row_id, k.per, k.max_qty, coalesce(k.qty_unit, '次') as unit, coalesce(k.family, k.row_id) as family,
           coalesce(r.ceiling, 'established') as ceiling, k.insutype, coalesce(k.in_force_from, date '1900-01-01') as from_on,
           coalesce(k.in_force_to, date '9999-12-31') as to_on,
           count(*) over (partition by r.item_key, coalesce(k.family, k.row_id)) as rivals
    from row_codes r
    join item_limits k on k.row_id = r.row_id
    where r.table_name = 'item_limits' and r.side = 'code15'
      and k.per in ('day', 'operation') and k.max_qty is not null and coalesce(k.n_days, 1) = 1
),
ruled as (
    select c.charge_id, c.admission_id, c.subject, coalesce(c.code15, '') as code, c.item_key, c.item_name, c.charged_at, c.charged_on, c.quantity,
           c.amount, c.executing_department, c.clock_ok, k.row_id, k.per, k.max_qty, k.unit, k.family, k.ceiling, k.rivals,
           c.source, c.row_number
    from charges c
    join rules k on k.item_key = c.item_key
    join admissions a on a.admission_id = c.admission_id
    where (k.insutype is null or '|' || k.insutype || '|' like '%|' || a.insurance_type || '|%')
      and c.charged_on between k.from_on and k.to_on
),
lines as (
    select charge_id, admission_id, subject, code, item_key, item_name, charged_at, charged_on, quantity, amount,
           executing_department, clock_ok, row_id, per, max_qty, unit, family, ceiling, 1 as choice
    from ruled where rivals = 1
    union all
    select charge_id, admission_id, subject, code, item_key, item_name, charged_at, charged_on, quantity, amount,
           executing_department, clock_ok, row_id, per, max_qty, unit, family, ceiling,
           row_number() over (partition by admission_id, charge_id, source, row_number, family order by max_qty, row_id)
    from ruled where rivals > 1
    union all
    -- no day has more than 24 hours, whatever the item
    select c.charge_id, c.admission_id, c.subject, coalesce(c.code15, '') as code, c.item_key, c.item_name, c.charged_at, c.charged_on, c.quantity,
           c.amount, c.executing_department, c.clock_ok, cast(null as varchar), 'day', cast(24 as decimal(18, 4)), '小时', c.item_key,
           'established', 1
    from charges c
    where c.unit = '小时' and c.kind = 'service'
      and not exists (select 1 from row_codes r where r.item_key = c.item_key and r.table_name = 'item_limits')
),
births as (
    select admission_id,
           max(case when diagnosis_code like 'Z37.5%' or diagnosis_code like 'Z38.6%' or diagnosis_name like '%三胎%' then 3
                    when diagnosis_code like 'Z37.2%' or diagnosis_code like 'Z37.3%' or diagnosis_code like 'Z37.4%'
                      or diagnosis_code like 'Z38.3%' or diagnosis_code like 'Z38.4%' or diagnosis_code like 'Z38.5%'
                      or diagnosis_name like '%双胎%' then 2 else 1 end) as children
    from diagnoses group by admission_id
),
theatre as (
    select admission_id, operated_on, count(*) as visits from operation_events group by admission_id, operated_on
),
ward_days as (
    select admission_id, subject, family, unit, per, charged_on, item_key, executing_department, sum(quantity) as quantity
    from lines where choice = 1
    group by admission_id, subject, family, unit, per, charged_on, item_key, executing_department
),
moves as (
    -- on the day of a transfer each ward may charge one bed, unless the region gives that day to one of them
    select w.admission_id, w.subject, w.family, w.unit, w.per, w.charged_on,
           case when w.unit = '日' and count(distinct w.item_key) > 1 and count(distinct w.executing_department) > 1
                     and max(w.quantity) <= 1 and max(p.rules) = 0
                then count(distinct w.executing_department) - 1 else 0 end as transfers,
           case when w.unit = '日' and count(distinct w.item_key) > 1 and count(distinct w.executing_department) > 1
                then 1 else 0 end as moved
    from ward_days w
    cross join (select count(*) as rules from region_policy where policy_key = 'transfer_day_bed' and region <> '000000') p
    group by w.admission_id, w.subject, w.family, w.unit, w.per, w.charged_on
),
days as (
    select l.admission_id, l.subject, l.family, l.unit, l.per, l.charged_on, sum(l.quantity) as billed,
           min(l.max_qty) as max_qty, min(l.row_id) as row_id,
           min(case l.ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling,
           min(case when l.clock_ok then 1 else 0 end) as clock_ok, max(m.transfers) as transfers, max(m.moved) as moved
    from lines l
    join moves m on m.admission_id = l.admission_id and m.subject = l.subject and m.family = l.family and m.unit = l.unit
        and m.per = l.per and m.charged_on = l.charged_on
    where l.choice = 1
    group by l.admission_id, l.subject, l.family, l.unit, l.per, l.charged_on
),
capacity as (
    select d.*, a.bed_days, a.begins_on, a.ends_on, epoch(a.begins_at) as arrived, epoch(a.ends_at) as left_at,
           epoch(cast(d.charged_on as timestamp)) as midnight,
           case when d.subject = 'newborn' then coalesce(b.children, 1) else 1 end as children,
           case when d.per = 'operation' then greatest(1, coalesce(t.visits, 1)) else 1 end as visits,
           case when d.unit = '小时' and d.max_qty = 24 and d.clock_ok = 1 then 1 else 0 end as by_clock
    from days d
    join admissions a on a.admission_id = d.admission_id
    left join births b on b.admission_id = d.admission_id
    left join theatre t on t.admission_id = d.admission_id and t.operated_on = d.charged_on
),
limited as (
    -- a continuous item cannot run longer than the patient was there on the first and the last day; what a day before
    -- or after had room for and did not charge may have been posted on this one. The day of discharge has no bed day.
    select c.*,
           case when c.by_clock = 1
                then least(c.max_qty, cast(ceil((least(c.left_at, c.midnight + 86400) - greatest(c.arrived, c.midnight)) / 3600.0)
                                           as decimal(18, 4)))
                else c.max_qty end as day_limit,
           case when c.by_clock = 1 then $tolerance_hours else 0 end as tolerance,
           case when c.charged_on - 1 < c.begins_on then 0
                when c.by_clock = 1 then ceil((c.midnight - greatest(c.arrived, c.midnight - 86400)) / 3600.0)
                else c.max_qty end as room_before,
           -- hours that are posted by the clock have not been posted before they were
           case when c.by_clock = 1 or c.charged_on + 1 > case when c.unit = '日' then greatest(c.begins_on, c.ends_on - 1) else c.ends_on end
                then 0 else c.max_qty end as room_after
    from capacity c
),
around as (
    select c.admission_id, c.subject, c.family, c.unit, c.per, c.charged_on,
           case when max(v.first_full_day) is null then greatest(0, max(c.room_before) * max(c.children) - coalesce(max(b.billed), 0))
                else 0 end as gap_before,
           case when max(w.first_full_day) is null then greatest(0, max(c.room_after) * max(c.children) - coalesce(max(n.billed), 0))
                else 0 end as gap_after
    from limited c
    left join days b on b.admission_id = c.admission_id and b.subject = c.subject and b.family = c.family
        and b.unit = c.unit and b.per = c.per and b.charged_on = c.charged_on - 1
    left join days n on n.admission_id = c.admission_id and n.subject = c.subject and n.family = c.family
        and n.unit = c.unit and n.per = c.per and n.charged_on = c.charged_on + 1
    left join leaves v on v.admission_id = c.admission_id and c.charged_on - 1 between v.first_full_day and v.last_full_day
    left join leaves w on w.admission_id = c.admission_id and c.charged_on + 1 between w.first_full_day and w.last_full_day
    group by c.admission_id, c.subject, c.family, c.unit, c.per, c.charged_on
),
stay_totals as (
    select admission_id, subject, family, unit, sum(billed) - sum(transfers) as billed from days
    group by admission_id, subject, family, unit
),
over as (
    select c.admission_id, c.subject, c.family, c.unit, c.per, c.charged_on, c.billed, c.row_id, c.ceiling, c.moved,
           greatest(0, c.day_limit) * c.children * c.visits + c.transfers as allowed,
           c.billed - greatest(0, c.day_limit) * c.children * c.visits - c.transfers as excess,
           case when c.moved = 1 or (c.day_limit < c.max_qty and c.billed <= c.max_qty) then 1 else 2 end as step
    from limited c
    join around w on w.admission_id = c.admission_id and w.subject = c.subject and w.family = c.family and w.unit = c.unit
        and w.per = c.per and w.charged_on = c.charged_on
    join stay_totals s on s.admission_id = c.admission_id and s.subject = c.subject and s.family = c.family and s.unit = c.unit
    where c.billed > least(c.max_qty, greatest(0, c.day_limit) + c.tolerance) * c.children * c.visits + c.transfers
      and (c.per = 'operation'
           or c.billed > greatest(0, c.day_limit) * c.children + c.transfers + greatest(w.gap_before, w.gap_after))
      and c.charged_on between c.begins_on and c.ends_on
      and not (c.unit = '日' and c.max_qty = 1 and s.billed > c.children * (c.bed_days + 1))
),
corrections as (
    -- a negative line that answers to no charge yet takes back what stands a few days before it
    select l.admission_id, coalesce(l.code15, '') as code, l.item_name, l.charged_on, sum(abs(l.quantity)) as quantity
    from charge_lines l
    left join (select distinct admission_id, refund_id from refunds) r on r.admission_id = l.admission_id and r.refund_id = l.charge_id
    where l.quantity < 0 and l.copy = 1 and r.refund_id is null
    group by l.admission_id, coalesce(l.code15, ''), l.item_name, l.charged_on
),
pending as (
    select l.admission_id, l.subject, l.family, l.unit, l.per, l.charged_on, max(x.quantity) as quantity
    from lines l
    join corrections x on x.admission_id = l.admission_id and x.code = l.code and x.item_name = l.item_name
        and x.charged_on between l.charged_on and l.charged_on + cast($correction_days as integer)
    where l.choice = 1
    group by l.admission_id, l.subject, l.family, l.unit, l.per, l.charged_on
),
ranked as (
    select l.*, o.excess, o.allowed, o.billed, o.ceiling as row_ceiling, o.step, o.moved,
           coalesce(sum(l.quantity) over (partition by l.admission_id, l.subject, l.family, l.unit, l.per, l.charged_on
                                          order by l.amount / l.quantity, l.charged_at desc, l.charge_id desc
                                          rows between unbounded preceding and 1 preceding), 0) as taken
    from lines l
    join over o on o.admission_id = l.admission_id and o.subject = l.subject and o.family = l.family and o.unit = l.unit
        and o.per = l.per and o.charged_on = l.charged_on
    left join pending p on p.admission_id = l.admission_id and p.subject = l.subject and p.family = l.family and p.unit = l.unit
        and p.per = l.per and p.charged_on = l.charged_on
    where l.choice = 1 and (p.quantity is null or p.quantity < o.excess)
),
taken as (
    select *, cast(least(quantity, excess - taken) * amount / quantity as decimal(18, 4)) as part from ranked where taken < excess
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(part) as amount, sum(part) as excess_yuan,
       array_sort(array_agg(concat(charge_id, '=', cast(part as varchar)))) as parts,
       charged_on as day, array_sort(array_agg(distinct item_name)) as item_name, max(billed) as billed,
       max(allowed) as allowed, max(excess) as excess, unit, min(row_id) as row_id,
       case least(max(row_ceiling), max(step)) when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty,
       case when max(moved) = 1 then array_sort(array_agg(distinct '转科当日，床位归属按当地规定'))
            when max(step) = 1 then array_sort(array_agg(distinct '按入院或出院当日的在院时数推算')) end as lowered_by
from taken
group by admission_id, subject, family, unit, per, charged_on
