/*
code: CHG-003
title: 按日、按小时计价项目多于住院时间
violation: over_standard_charge
certainty: established
needs: {tables: [charges, admissions], knowledge: [item_limits]}
limits: {tolerance_days: 0, tolerance_hours: 1, late_hour: 22, early_hour: 2}
limits_said:
  tolerance_days: 按日计的容差（日）
  tolerance_hours: 按小时计的容差（小时）
  late_hour: 几点以后入院可多计一日（时）
  early_hour: 几点以前出院可多计一日（时）
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers: {classes: [27, 42], problems: [174]}
message: "$item_name 共计 $billed $unit，住院 $stay_length $unit$leave_said，多计 $excess $unit，疑似多收 $excess_yuan 元。"
why: 按日或按小时计价的项目不可能多于在院的时间。
exceptions:
  - 中途结算前后的住院合并计算
  - 转科当日两个科室各计一日床位
  - 陪护床等未按床位限次的项目
  - 监护病房住院期间当地允许保留原床位
  - 深夜入院、凌晨出院，两端各计一日
  - 母婴分别计算，双胎按新生儿人数计算
  - 退费后不超过住院日数
overturned_by: [更正后的入院或出院时间, 当地计入出院当日的规定, 销假返院的时间]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '无按日、按小时计价的费用' end as reason
from admissions a
left join (
    select distinct c.admission_id
    from charges c
    left join row_codes r on r.item_key = c.item_key and r.table_name = 'item_limits'
    left join item_limits k on k.row_id = r.row_id
    where (k.per = 'day' and k.qty_unit in ('日', '小时')) or c.charge_type = '01' or c.unit = '小时'
) l on l.admission_id = a.admission_id

-- findings
with rivals as (
    select item_key, count(*) as number from row_codes where table_name = 'item_limits' and side = 'code15' group by item_key
),
ruled as (
    -- one limit a line; a bed, a level of nursing or an hour that no rule row names is still known by its unit
    select c.charge_id, c.admission_id, c.subject, c.item_key, c.item_name, c.charged_on, c.charged_at, c.quantity,
           c.unit_price, c.amount, c.executing_department, k.row_id,
           coalesce(k.qty_unit, case when c.unit = '小时' then '小时' else '日' end) as unit,
           coalesce(k.family, k.row_id, case when c.unit = '小时' then c.item_key when c.charge_type = '01' then '床位费'
                                             when c.charge_type = '02' then '诊查费' else '护理等级' end) as family,
           case when k.row_id is null and c.unit <> '小时' then 'probable' else coalesce(r.ceiling, 'established') end as ceiling,
           r.ceiling as match_ceiling, k.family as row_family, coalesce(v.number, 1) as number, c.source, c.row_number
    from charges c
    left join rivals v on v.item_key = c.item_key
    left join row_codes r on r.item_key = c.item_key and r.table_name = 'item_limits' and r.side = 'code15'
    join admissions a on a.admission_id = c.admission_id
    left join item_limits k
        on k.row_id = r.row_id and k.per = 'day' and coalesce(k.n_days, 1) = 1
        and (k.insutype is null or '|' || k.insutype || '|' like '%|' || a.insurance_type || '|%')
        and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
        and ((k.qty_unit = '日' and k.max_qty = 1) or (k.qty_unit = '小时' and k.max_qty = 24))
    where (k.row_id is not null and c.item_name not like '%陪%')
       or (r.row_id is null and c.charge_type = '01' and (c.unit like '%日%' or c.unit like '%天%') and c.item_name like '%床位%'
           and c.item_name not like '%陪%')
       or (r.row_id is null and c.charge_type = '07' and (c.unit like '%日%' or c.unit like '%天%') and c.item_name like '%级护理%')
       or (r.row_id is null and c.charge_type = '02' and (c.unit like '%日%' or c.unit like '%天%') and c.item_name like '%诊查%')
       or (r.row_id is null and c.unit = '小时' and c.kind = 'service')
),
chosen as (
    select r.*, 1 as choice from ruled r where r.number = 1
    union all
    select r.*, row_number() over (partition by r.admission_id, r.charge_id, r.source, r.row_number
                                   order by case when r.row_family is null then 1 else 0 end,
                                            case r.match_ceiling when 'established' then 0 when 'probable' then 1 else 2 end,
                                            r.row_id) as choice
    from ruled r where r.number > 1
),
lines as (
    select r.*, e.episode_id from chosen r join episodes e on e.admission_id = r.admission_id where r.choice = 1
),
births as (
    select e.episode_id,
           max(case when d.diagnosis_code like 'Z37.5%' or d.diagnosis_code like 'Z38.6%' or d.diagnosis_name like '%三胎%' then 3
                    when d.diagnosis_code like 'Z37.2%' or d.diagnosis_code like 'Z37.3%' or d.diagnosis_code like 'Z37.4%'
                      or d.diagnosis_code like 'Z38.3%' or d.diagnosis_code like 'Z38.4%' or d.diagnosis_code like 'Z38.5%'
                      or d.diagnosis_name like '%双胎%' then 2 else 1 end) as children
    from diagnoses d join episodes e on e.admission_id = d.admission_id
    group by e.episode_id
),
away as (
    -- days of which no hour was spent here do not count as days of the stay
    select e.episode_id, sum(l.days) as days, sum(l.hours) as hours
    from (select admission_id, greatest(0, date_diff('day', first_full_day, last_full_day) + 1) as days,
                 (epoch(max(ends_at)) - epoch(begins_at)) / 3600.0 as hours
          from leaves group by admission_id, begins_at, first_full_day, last_full_day) l
    join episodes e on e.admission_id = l.admission_id
    group by e.episode_id
),
stays as (
    -- stays joined by a settlement are one stay: the days run from the first admission to the last discharge
    select e.episode_id, greatest(1, max(a.ends_on) - min(a.begins_on)) as bed_days,
           (epoch(max(a.ends_at)) - epoch(min(a.begins_at))) / 3600.0 as hours,
           max(case when extract(hour from a.begins_at) >= $late_hour or extract(hour from a.ends_at) < $early_hour then 1 else 0 end) as edges
    from episodes e join admissions a on a.admission_id = e.admission_id
    group by e.episode_id
),
wards as (
    select episode_id, subject, family, unit, charged_on, item_key, executing_department, sum(quantity) as quantity,
           max(case when item_name like '%监护%' or item_name like '%重症%' then 1 else 0 end) as intensive
    from lines group by episode_id, subject, family, unit, charged_on, item_key, executing_department
),
days as (
    select episode_id, subject, family, unit, charged_on, sum(quantity) as quantity,
           case when unit = '日' and count(distinct item_key) > 1 and count(distinct executing_department) > 1
                     and max(quantity) <= 1 then count(distinct executing_department) - 1 else 0 end as transfers,
           -- where the region lets the ward keep the bed of a patient in intensive care, both beds stand
           case when family = '床位费' and max(p.holds) > 0 and max(intensive) = 1 and min(intensive) = 0
                then sum(case when intensive = 0 then quantity else 0 end) else 0 end as held
    from wards
    cross join (select count(*) as holds from region_policy where policy_key = 'icu_bed_holding' and region <> '000000'
                and value = 'allowed') p
    group by episode_id, subject, family, unit, charged_on
),
totals as (
    select d.episode_id, d.subject, d.family, d.unit, sum(d.quantity) - sum(d.held) as billed,
           sum(greatest(0, d.transfers - d.held)) as transfers, sum(least(d.quantity - d.held, case when d.subject = 'newborn' then coalesce(b.children, 1) else 1 end)) as days_billed,
           s.bed_days - coalesce(w.days, 0) as bed_days, coalesce(w.days, 0) as leave_days, s.edges,
           case when d.subject = 'newborn' then coalesce(max(b.children), 1) else 1 end as persons,
           case when d.unit = '日' then cast(s.bed_days - coalesce(w.days, 0) as decimal(18, 4))
                else cast(ceil(s.hours - coalesce(w.hours, 0)) as decimal(18, 4)) end as stay_length
    from days d
    left join births b on b.episode_id = d.episode_id
    join stays s on s.episode_id = d.episode_id
    left join away w on w.episode_id = d.episode_id
    group by d.episode_id, d.subject, d.family, d.unit, s.bed_days, s.hours, s.edges, w.days, w.hours
),
over as (
    select *,
           billed - transfers - stay_length * persons as excess,
           case when unit = '小时' then 'established'
                when billed - transfers > (stay_length + 1 + $tolerance_days) * persons
                    then case when p.rules > 0 then 'established' else 'probable' end
                else 'clue' end as certainty
    from totals
    cross join (select count(*) as rules from region_policy where policy_key = 'day_count_rule' and region <> '000000') p
    where (unit = '小时' and billed > (stay_length + $tolerance_hours) * persons)
       or (unit = '日' and billed - transfers > (stay_length + 1 + $tolerance_days) * persons)
       -- a day counted twice is CHG-002; only a further day is left to say here
       or (unit = '日' and edges = 0 and days_billed - transfers > (stay_length + $tolerance_days) * persons)
),
ranked as (
    select l.*, o.excess, o.billed, o.stay_length, o.certainty, o.leave_days,
           coalesce(sum(l.quantity) over (
               partition by l.episode_id, l.subject, l.family, l.unit
               order by l.amount / l.quantity, case when l.quantity > l.day_room then 0 else 1 end, l.charged_at desc, l.charge_id desc
               rows between unbounded preceding and 1 preceding), 0) as taken
    from (
        select *, case when unit = '日' then 1 else 24 end
                  - coalesce(sum(quantity) over (partition by episode_id, subject, family, unit, charged_on
                                                 order by charged_at, charge_id rows between unbounded preceding and 1 preceding), 0)
                  as day_room
        from lines
    ) l
    join over o on o.episode_id = l.episode_id and o.subject = l.subject and o.family = l.family and o.unit = l.unit
),
taken as (
    select *, cast(least(quantity, excess - taken) * amount / quantity as decimal(18, 4)) as part from ranked where taken < excess
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(part) as amount, sum(part) as excess_yuan,
       array_sort(array_agg(concat(charge_id, '=', cast(part as varchar)))) as parts,
       array_sort(array_agg(distinct item_name)) as item_name, max(billed) as billed, max(stay_length) as stay_length,
       case when max(leave_days) > 0 then '（已扣除请假 ' || cast(max(leave_days) as varchar) || ' 日）' else '' end as leave_said,
       max(excess) as excess, max(unit) as unit,
       case when min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end) = 0 or max(certainty) = 'clue' then 'clue'
            when min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end) = 1 or max(certainty) = 'probable' then 'probable'
            else 'established' end as certainty,
       min(row_id) as row_id,
       case when max(certainty) = 'clue' then array_sort(array_agg(distinct '只多出出院当日，当地可能计入'))
            when max(certainty) = 'probable' then array_sort(array_agg(distinct '当地住院日数的计算口径未录入')) end as lowered_by
from taken
group by admission_id, episode_id, subject, family, unit
