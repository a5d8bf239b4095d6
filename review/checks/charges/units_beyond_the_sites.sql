/*
code: CHG-007
title: 计价单位、部位、阶梯计价不符
violation: over_standard_charge
certainty: established
needs: {tables: [charges, admissions], knowledge: [item_unit_rules]}
limits: {before_days: 1, after_days: 3, operation_days: 2, tolerance_yuan: 0.5}
limits_said:
  before_days: 报告早于费用的天数
  after_days: 报告晚于费用的天数
  operation_days: 手术与费用相差的天数
  tolerance_yuan: 超出多少元才算（元）
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers:
  classes: [27]
  problems: [18, 21, 31, 42, 56, 57, 58, 64, 74, 79, 84, 87, 88, 90, 129, 130, 137, 138, 145, 146, 147, 148, 149, 150, 151,
             152, 163, 164, 165, 166, 181]
message: "$when_said $item 按$unit_std计价，收取 $billed $unit_said，$source$labels_said$number_said，应计 $allowed，疑似多收 $excess_yuan 元。"
why: 按部位、血管、椎体、例、疗程或时间计价的项目，只能按实际的数量和阶梯收费。
exceptions:
  - 报告写明多个部位
  - 各部位分别出报告
  - 左右两侧分别计价
  - 第二份标本另有病理号
  - 麻醉时间超过基价所含小时
  - 重新制定计划后的新计划
  - 另一疗程再次治疗
  - 多计部分已退费
overturned_by: [写明部位、血管、椎体、标本数的报告或手术记录, 麻醉记录单, 当地价格文件的计价单位与阶梯]
*/
-- examined
with asked as (
    select c.admission_id, k.row_id, c.charged_on, sum(c.quantity) as quantity, min(c.item_name) as item, k.counted,
           coalesce(k.counted_from, '') as counted_from, k.evidence_regex,
           case when k.counted_from is null or k.usual_max is not null or k.max_qty is not null or k.next_factor is not null
                then 1 else 0 end as needs_nothing
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'item_unit_rules' and r.side = 'code15'
    join item_unit_rules k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
    group by c.admission_id, k.row_id, c.charged_on, k.counted, k.counted_from, k.evidence_regex, k.usual_max, k.max_qty, k.next_factor
),
wanting as (
    select distinct admission_id, row_id, item, counted, counted_from, evidence_regex from asked where quantity > 1 and needs_nothing = 0
),
told as (
    select w.admission_id, w.row_id
    from wanting w
    join exams e on e.admission_id = w.admission_id and e.exam_name is not null
        and (regexp_matches(e.exam_name, coalesce(w.evidence_regex, '^$'))
             or (w.evidence_regex is null and (strpos(w.item, e.exam_name) > 0 or strpos(e.exam_name, w.item) > 0)))
    left join sites s on s.fact_id = e.fact_id and s.kind = w.counted
    where w.counted_from like '%exam%' and (w.counted = 'report' or s.label is not null)
    union
    select w.admission_id, w.row_id
    from wanting w
    join sites s on s.admission_id = w.admission_id and s.kind = w.counted and s.origin in ('operation', 'record')
    where w.counted_from like '%operation%' or w.counted_from like '%record%'
    union
    select w.admission_id, w.row_id
    from wanting w
    join facts f on f.admission_id = w.admission_id
        and ((w.counted = 'hours' and f.kind = 'duration' and f.name = '麻醉') or (w.counted <> 'hours' and f.kind = 'count'))
    where w.counted_from like '%record%'
    union
    select w.admission_id, w.row_id
    from wanting w
    join anesthesia n on n.admission_id = w.admission_id and n.begins_at is not null and n.ends_at is not null
    where w.counted = 'hours'
),
silent as (
    -- more than one unit, and nothing that says how many there were
    select a.admission_id, max(case when w.row_id is not null and t.row_id is null then 1 else 0 end) as unknown
    from (select distinct admission_id, row_id from asked) a
    left join wanting w on w.admission_id = a.admission_id and w.row_id = a.row_id
    left join told t on t.admission_id = a.admission_id and t.row_id = a.row_id
    group by a.admission_id
)
select m.admission_id,
       case when s.admission_id is null then 'not_applicable' when s.unknown = 1 then 'not_checked' else 'clear' end as outcome,
       case when s.admission_id is null then '没有按部位、例、疗程等计价单位收费的项目'
            when s.unknown = 1 then '缺：写明部位、数量或时间的检查报告、手术记录、麻醉记录' end as reason
from admissions m
left join silent s on s.admission_id = m.admission_id

-- findings
with ruled as (
    select k.row_id, r.ceiling, c.admission_id, c.subject, c.charge_id, c.item_name, c.charged_at, c.charged_on, c.quantity,
           c.amount, c.unit, case when k.scope = 'same_stay' then cast(m.begins_at as date) else c.charged_on end as bucket_on,
           -- a region's own row before a working one, the surer before the less sure
           row_number() over (partition by c.admission_id, c.charge_id
                              order by case when k.authority = 'working' then 1 else 0 end,
                                       case r.ceiling when 'established' then 0 when 'probable' then 1 else 2 end,
                                       k.row_id) as choice
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'item_unit_rules' and r.side = 'code15'
    join item_unit_rules k on k.row_id = r.row_id
    join admissions m on m.admission_id = c.admission_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || m.insurance_type || '|%')
      and c.amount > 0
      -- an hour of its own is another check's; so is a report that is counted in times
      and not (coalesce(k.counted, '') = 'hours' and coalesce(c.unit, '') like '%小时%')
      and not (coalesce(k.counted_from, '') like '%exam%' and coalesce(k.counted, '') <> 'report'
               and coalesce(c.unit, '次') in ('次', '人次', '项', '组', ''))
),
lines as (
    select * from ruled where choice = 1
),
totals as (
    select row_id, admission_id, subject, bucket_on, sum(quantity) as billed, sum(amount) as amount,
           max(amount / quantity) as price, max(unit) as unit, min(item_name) as item, min(charged_on) as first_on, max(charged_on) as last_on,
           min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling
    from lines
    group by row_id, admission_id, subject, bucket_on
    having sum(quantity) > 1 or count(*) > 1
),
asked as (
    select t.*, k.scope, k.unit_std, coalesce(k.base_qty, 1) as base_qty, coalesce(k.step, k.base_qty, 1) as step, k.next_factor,
           k.max_qty, k.usual_max, k.counted, coalesce(k.counted_from, '') as counted_from, k.evidence_regex, k.unless_evidence
    from totals t
    join item_unit_rules k on k.row_id = t.row_id
),
reports as (
    select a.row_id, a.admission_id, a.subject, a.bucket_on, e.fact_id, coalesce(e.image_no, e.fact_id) as report_no, s.label,
           1 + length(coalesce(e.body_part, '')) - length(replace(replace(replace(replace(replace(replace(
               coalesce(e.body_part, ''), '、', ''), '，', ''), ',', ''), ';', ''), '；', ''), '及', '')) as pieces
    from asked a
    join exams e on e.admission_id = a.admission_id
    left join sites s on s.fact_id = e.fact_id and s.kind = a.counted
    where a.counted_from like '%exam%' and e.exam_name is not null
      and (regexp_matches(e.exam_name, coalesce(a.evidence_regex, '^$'))
           or (a.evidence_regex is null and (strpos(a.item, e.exam_name) > 0 or strpos(e.exam_name, a.item) > 0)))
      and epoch(coalesce(e.registered_at, e.reported_at))
          between epoch(cast(a.first_on as timestamp)) - $before_days * 86400
              and epoch(cast(a.last_on as timestamp)) + ($after_days + 1) * 86400
),
each_report as (
    select row_id, admission_id, subject, bucket_on, report_no, count(distinct label) as labels, max(pieces) as pieces
    from reports
    group by row_id, admission_id, subject, bucket_on, report_no
),
by_report as (
    -- a report that does not say what it looked at leaves the number open
    select r.row_id, r.admission_id, r.subject, r.bucket_on,
           case when a.counted = 'report' then sum(r.pieces) when min(r.labels) > 0 then sum(r.labels) end as found
    from each_report r
    join asked a on a.row_id = r.row_id and a.admission_id = r.admission_id and a.subject = r.subject and a.bucket_on = r.bucket_on
    group by r.row_id, r.admission_id, r.subject, r.bucket_on, a.counted
),
report_facts as (
    select row_id, admission_id, subject, bucket_on, array_sort(array_agg(distinct fact_id)) as fact_ids,
           case when count(label) > 0 then array_sort(array_agg(distinct label) filter (where label is not null)) end as labels
    from reports
    group by row_id, admission_id, subject, bucket_on
),
operated as (
    select a.row_id, a.admission_id, a.subject, a.bucket_on, o.fact_id, o.origin as source_of, s.label
    from asked a
    join operations o on o.admission_id = a.admission_id
    left join sites s on s.fact_id = o.fact_id and s.kind = a.counted
    where a.counted_from like '%operation%'
      and regexp_matches(coalesce(o.operation_name, ''), coalesce(a.evidence_regex, '.'))
      and abs(epoch(cast(coalesce(o.operated_on, cast(o.begins_at as date)) as timestamp)) - epoch(cast(a.first_on as timestamp)))
          <= $operation_days * 86400
    union all
    select a.row_id, a.admission_id, a.subject, a.bucket_on, s.fact_id, 'record', s.label
    from asked a
    join sites s on s.admission_id = a.admission_id and s.kind = a.counted and s.origin = 'record'
    where a.counted_from like '%record%'
),
stated as (
    select a.row_id, a.admission_id, a.subject, a.bucket_on, f.fact_id, try_cast(f.value as decimal(18,2)) as number
    from asked a
    join facts f on f.admission_id = a.admission_id and f.kind = 'count'
    where a.counted_from like '%record%'
      and ((a.counted = 'vertebra' and f.name in ('椎体', '节段')) or (a.counted = 'disc' and f.name in ('间盘', '椎间盘', '节段'))
           or (a.counted = 'vessel' and f.name = '血管') or (a.counted = 'number' and f.name = a.unit_std))
),
rows_of_operations as (
    select row_id, admission_id, subject, bucket_on, source_of, count(distinct fact_id) as written
    from operated where source_of <> 'record'
    group by row_id, admission_id, subject, bucket_on, source_of
),
by_operation as (
    select o.row_id, o.admission_id, o.subject, o.bucket_on,
           case when max(o.labels) > 0 or max(o.number) > 0 then greatest(max(o.labels), max(o.number), max(o.written)) end as found
    from (select row_id, admission_id, subject, bucket_on, cast(count(distinct label) as decimal(18,2)) as labels,
                 cast(0 as decimal(18,2)) as number, cast(0 as decimal(18,2)) as written
          from operated group by row_id, admission_id, subject, bucket_on
          union all
          select row_id, admission_id, subject, bucket_on, cast(0 as decimal(18,2)), max(number), cast(0 as decimal(18,2))
          from stated group by row_id, admission_id, subject, bucket_on
          union all
          select row_id, admission_id, subject, bucket_on, cast(0 as decimal(18,2)), cast(0 as decimal(18,2)),
                 cast(max(written) as decimal(18,2))
          from rows_of_operations group by row_id, admission_id, subject, bucket_on) o
    group by o.row_id, o.admission_id, o.subject, o.bucket_on
),
operation_facts as (
    select row_id, admission_id, subject, bucket_on, array_sort(array_agg(distinct fact_id)) as fact_ids,
           case when count(label) > 0 then array_sort(array_agg(distinct label) filter (where label is not null)) end as labels,
           min(case when source_of = 'record' then 1 else 0 end) as record_only
    from (select row_id, admission_id, subject, bucket_on, fact_id, label, source_of from operated where label is not null
          union all
          select row_id, admission_id, subject, bucket_on, fact_id, null, 'record' from stated) o
    group by row_id, admission_id, subject, bucket_on
),
timed as (
    select a.row_id, a.admission_id, a.subject, a.bucket_on, n.fact_id, 0 as record_only,
           case when n.ends_at > n.begins_at
                then 1 + greatest(ceil(((epoch(n.ends_at) - epoch(n.begins_at)) / 3600.0 - cast(a.base_qty as double))
                                       / cast(a.step as double) - 0.0001), 0) end as units
    from asked a
    join anesthesia n on n.admission_id = a.admission_id
    where a.counted = 'hours' and a.counted_from like '%anesthesia%'
      and abs(epoch(cast(coalesce(n.anesthesia_on, cast(n.begins_at as date)) as timestamp)) - epoch(cast(a.first_on as timestamp)))
          <= $before_days * 86400
    union all
    select a.row_id, a.admission_id, a.subject, a.bucket_on, f.fact_id, 1,
           1 + greatest(ceil((cast(f.value as double) - cast(a.base_qty as double)) / cast(a.step as double) - 0.0001), 0)
    from asked a
    join facts f on f.admission_id = a.admission_id and f.kind = 'duration' and f.name = '麻醉'
    where a.counted = 'hours' and a.counted_from like '%record%'
      and not exists (select 1 from anesthesia n where n.admission_id = a.admission_id)
      and abs(epoch(cast(cast(f.begins_at as date) as timestamp)) - epoch(cast(a.first_on as timestamp))) <= $before_days * 86400
),
by_time as (
    select row_id, admission_id, subject, bucket_on, max(record_only) as record_only,
           case when count(units) = count(*) then sum(units) end as units, array_sort(array_agg(distinct fact_id)) as fact_ids
    from timed
    group by row_id, admission_id, subject, bucket_on
),
visits as (
    select admission_id, operated_on, count(*) as visits from operation_events group by admission_id, operated_on
),
counted as (
    select a.*, case when b.units is not null then 'time' when p.found is not null or o.found is not null then 'sites' end as known,
           cast(coalesce(
               b.units,
               1 + greatest(ceil((cast(greatest(coalesce(p.found, 0), coalesce(o.found, 0)) as double) - cast(a.base_qty as double))
                                 / cast(a.step as double) - 0.0001), 0)) as decimal(18,2)) as units,
           case when coalesce(p.found, 0) >= coalesce(o.found, 0) then pf.labels else f.labels end as labels,
           case when b.units is not null then b.fact_ids
                when coalesce(p.found, 0) >= coalesce(o.found, 0) then pf.fact_ids else f.fact_ids end as fact_ids,
           case when b.units is not null then b.record_only when p.found is not null then 0 else coalesce(f.record_only, 0) end as record_only,
           case when b.units is not null and b.record_only = 1 then '麻醉记录（文书）' when b.units is not null then '麻醉记录'
                when coalesce(p.found, 0) >= coalesce(o.found, 0) then '检查报告' when f.record_only = 1 then '手术记录（文书）'
                else '手术记录' end as source_named,
           greatest(coalesce(v.visits, 1), 1) as occasions
    from asked a
    left join by_report p on p.row_id = a.row_id and p.admission_id = a.admission_id and p.subject = a.subject and p.bucket_on = a.bucket_on
    left join report_facts pf on pf.row_id = a.row_id and pf.admission_id = a.admission_id and pf.subject = a.subject
        and pf.bucket_on = a.bucket_on
    left join by_operation o on o.row_id = a.row_id and o.admission_id = a.admission_id and o.subject = a.subject
        and o.bucket_on = a.bucket_on
    left join operation_facts f on f.row_id = a.row_id and f.admission_id = a.admission_id and f.subject = a.subject
        and f.bucket_on = a.bucket_on
    left join by_time b on b.row_id = a.row_id and b.admission_id = a.admission_id and b.subject = a.subject and b.bucket_on = a.bucket_on
    left join visits v on v.admission_id = a.admission_id and v.operated_on = a.bucket_on
),
allowing as (
    select c.*,
           case when c.counted_from = '' and c.max_qty is not null then c.max_qty * c.occasions
                when c.known is not null then least(c.units, coalesce(c.max_qty * c.occasions, c.units))
                when c.usual_max is not null or c.max_qty is not null
                then least(coalesce(c.max_qty, c.usual_max), coalesce(c.usual_max, c.max_qty)) * c.occasions
                -- the steps of the price hold whatever their number was
                when c.next_factor is not null then c.billed end as allowed
    from counted c
),
judged as (
    select a.*, least(a.billed, a.allowed) as kept,
           a.amount - a.price * (1 + (least(a.billed, a.allowed) - 1) * coalesce(a.next_factor, 1)) as stepped
    from allowing a
    where a.allowed >= 1
      and (a.billed - a.allowed > 0.001
           or (a.next_factor is not null
               and a.amount - a.price * (1 + (least(a.billed, a.allowed) - 1) * a.next_factor) > $tolerance_yuan))
      and not exists (select 1 from documents d
                      where d.admission_id = a.admission_id and a.unless_evidence is not null
                        and regexp_matches(d.text, a.unless_evidence))
),
ranked as (
    select l.charge_id, l.quantity as line_quantity, l.amount as line_amount, j.*,
           coalesce(sum(l.quantity) over (partition by l.row_id, l.admission_id, l.subject, l.bucket_on
                                          order by l.amount / l.quantity, l.charged_at desc, l.charge_id desc
                                          rows between unbounded preceding and 1 preceding), 0) as taken
    from lines l
    join judged j on j.row_id = l.row_id and j.admission_id = l.admission_id and j.subject = l.subject and j.bucket_on = l.bucket_on
),
over as (
    -- without a reduced price the cheapest units are the excess; with one, every unit but the first may be
    select *,
           case when next_factor is null
                then least(line_quantity, billed - allowed - taken) * line_amount / line_quantity
                else stepped * least(line_quantity, billed - 1 - taken) / nullif(billed - 1, 0) end as yuan
    from ranked
    where taken < case when next_factor is null then billed - allowed else billed - 1 end
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(yuan) as amount, sum(yuan) as excess_yuan,
       array_sort(array_agg(concat(charge_id, '=', cast(cast(yuan as decimal(18,4)) as varchar)))) as parts,
       case when scope = 'same_stay' then '本次住院' else cast(bucket_on as varchar) end as when_said,
       item, unit_std, billed, coalesce(unit, unit_std) as unit_said, allowed,
       case when known = 'time' then concat(source_named, '所载时间折合计价单位 ')
            when known = 'sites' then concat(source_named, '所载为 ')
            when counted_from = '' then '规则以一次为一个计价单位' else '未见写明数量的报告或记录，按通常上限' end as source,
       case when known = 'sites' then labels end as labels_said,
       case when known = 'time' or known = 'sites' and labels is null then units end as number_said,
       row_id,
       case least(ceiling, case when counted_from = '' or next_factor is not null and known is null then ceiling
                                when known is null then 0 when record_only = 1 then 1 else 2 end)
            when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty,
       case when counted_from <> '' and known is null and next_factor is null then array_sort(array_agg(distinct '没有写明数量的报告或记录')) end as lowered_by,
       case when known is not null then fact_ids end as fact_ids
from over
group by admission_id, row_id, subject, bucket_on, scope, item, unit_std, billed, unit, allowed, known, source_named, labels, units,
         counted_from, usual_max, next_factor, ceiling, record_only, fact_ids
order by admission_id, row_id, bucket_on, subject
