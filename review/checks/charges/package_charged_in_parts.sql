/*
code: CHG-010
title: 成套项目分解收费
violation: split_charge
certainty: established
needs: {tables: [charges, admissions], knowledge: [package_components]}
limits: {together_hours: 4, operation_days: 2, tolerance_yuan: 0.5}
limits_said: {together_hours: 各组成相距至多（小时）, operation_days: 手术与费用相差的天数, tolerance_yuan: 高于成套价多少元才算（元）}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers:
  classes: [26]
  problems: [45, 50, 52, 65, 83, 86, 111, 112, 139, 140, 141]
message: "$when_said 分别收取 $parts_said，合计 $charged_yuan 元，为 $package 的组成$price_said$package_yuan$unit_said，疑似分解收费。"
why: 有成套项目的，不得拆成组成项目分别收费以提高总价。
exceptions:
  - 组成项目未凑满
  - 组成项目不在同一日
  - 组成项目属于不同医嘱或标本
  - 当地没有该成套项目
  - 各项合计不高于成套价格
  - 平扫与增强不是同一部位
  - 两次治疗相隔数小时
  - 手术记录不是该成套手术
  - 已按成套项目收费
  - 部分组成项目已退费
overturned_by: [写明理由的分开医嘱, 手术记录写明另有切口、部位或指征, 当地价格文件]
*/
-- examined
with parts as (
    select c.admission_id, k.row_id, c.charged_on, k.min_present, coalesce(k.only_if_priced, false) as if_priced, k.evidence_regex,
           k.package as package_code,
           count(distinct case when k.match = 'name' then regexp_extract(c.item_name, k.components, 0)
                               else substr(c.code15, 1, 11) end) as present, sum(c.quantity) as quantity
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'package_components' and r.side = 'components'
    join package_components k on k.row_id = r.row_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
    group by c.admission_id, k.row_id, c.charged_on, k.min_present, coalesce(k.only_if_priced, false), k.evidence_regex, k.package
),
asked as (
    select p.admission_id,
           -- a package of another province's list is none of this region's
           max(case when p.present >= p.min_present and p.if_priced and priced.row_id is null and lists.rows_held is null
                     and (substr(coalesce(p.package_code, '00'), 1, 2) = '00'
                          or substr(p.package_code, 1, 2) = substr(coalesce(i.region, p.package_code), 1, 2)) then 1 else 0 end) as no_price,
           max(case when p.present >= p.min_present and p.evidence_regex is not null and told.admission_id is null then 1 else 0 end) as no_record
    from parts p
    cross join inspection i
    left join (select distinct row_id from row_codes where table_name = 'package_components' and side in ('package', 'replace_by')) priced
        on priced.row_id = p.row_id
    left join (select distinct 1 as rows_held from price_caps) lists on lists.rows_held = 1
    left join (select admission_id from operations union select admission_id from documents where kind like '%手术%') told
        on told.admission_id = p.admission_id
    group by p.admission_id
)
select m.admission_id,
       case when a.admission_id is null then 'not_applicable' when a.no_record = 1 or a.no_price = 1 then 'not_checked' else 'clear' end as outcome,
       case when a.admission_id is null then '没有成套项目的组成项目'
            when a.no_record = 1 then '缺：手术记录，看不出是否为成套手术'
            when a.no_price = 1 then '缺：当地价格文件，不知有无该成套项目及其价格' end as reason
from admissions m
left join asked a on a.admission_id = m.admission_id

-- findings
with lines as (
    select k.row_id, k.scope, k.min_present, coalesce(k.only_if_priced, false) as if_priced, k.evidence_regex, k.name_package,
           k.package as package_code, coalesce(r.ceiling, 'established') as ceiling, c.admission_id, c.subject, c.charge_id, c.item_name, c.charged_at,
           c.charged_on, c.quantity, c.amount, c.clock_ok, c.charge_type, m.price_level,
           case when c.charge_type = '04' then coalesce(c.order_no, '') else '' end as order_key,
           case when k.match = 'name' then regexp_extract(c.item_name, k.components, 0) else substr(c.code15, 1, 11) end as part
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'package_components' and r.side = 'components'
    join package_components k on k.row_id = r.row_id
    join admissions m on m.admission_id = c.admission_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || m.insurance_type || '|%')
      and c.amount > 0
),
by_part as (
    select row_id, admission_id, subject, charged_on, order_key, part, sum(quantity) as quantity, sum(amount) as amount,
           min(charged_at) as first_at, max(charged_at) as last_at, min(case when clock_ok then 1 else 0 end) as clocked,
           min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling, min(item_name) as item
    from lines
    group by row_id, admission_id, subject, charged_on, order_key, part
),
sets as (
    select p.row_id, p.admission_id, p.subject, p.charged_on, p.order_key, count(*) as present, min(p.quantity) as times,
           max(p.quantity) as most, min(p.first_at) as first_at, max(p.last_at) as last_at, min(p.clocked) as clocked,
           min(p.ceiling) as ceiling, array_sort(array_agg(distinct p.item)) as parts_said
    from by_part p
    group by p.row_id, p.admission_id, p.subject, p.charged_on, p.order_key
),
whole as (
    select s.*, k.scope, k.min_present, coalesce(k.only_if_priced, false) as if_priced, k.evidence_regex, k.name_package,
           coalesce(k.package, k.replace_by) as package
    from sets s
    join package_components k on k.row_id = s.row_id
    -- a package of one repeated part is whole when the part is charged often enough
    where (case when strpos(coalesce(k.components, ''), '|') = 0 then s.most else s.present end) >= k.min_present
      and (k.scope = 'same_operation' or s.clocked = 0 or epoch(s.last_at) - epoch(s.first_at) <= $together_hours * 3600)
),
unbundled as (
    select w.* from whole w
    where not exists (select 1 from charges c join row_codes r on r.item_key = c.item_key and r.table_name = 'package_components'
                          and r.side in ('package', 'replace_by') and r.row_id = w.row_id
                      where c.admission_id = w.admission_id and c.subject = w.subject
                        and (w.scope <> 'same_day' or c.charged_on = w.charged_on))
      and (w.evidence_regex is null
           or exists (select 1 from operations o
                      where o.admission_id = w.admission_id and regexp_matches(coalesce(o.operation_name, ''), w.evidence_regex)
                        and abs(epoch(cast(coalesce(o.operated_on, cast(o.begins_at as date)) as timestamp))
                                - epoch(cast(w.charged_on as timestamp))) <= $operation_days * 86400)
           or exists (select 1 from documents d
                      where d.admission_id = w.admission_id and d.kind like '%手术记录%' and regexp_matches(d.text, w.evidence_regex)))
),
specimens as (
    -- which specimen answers each part, where the laboratory's table tells
    select p.row_id, p.admission_id, p.subject, p.charged_on, p.order_key, l.specimen_no, count(distinct p.part) as shared
    from by_part p
    join unbundled u on u.row_id = p.row_id and u.admission_id = p.admission_id and u.subject = p.subject
        and u.charged_on = p.charged_on and u.order_key = p.order_key
    join labs l on l.admission_id = p.admission_id and l.analyte is not null and strpos(p.item, l.analyte) > 0
        and cast(coalesce(l.sampled_at, l.reported_at) as date) = p.charged_on
    where l.specimen_no is not null
    group by p.row_id, p.admission_id, p.subject, p.charged_on, p.order_key, l.specimen_no
),
shared as (
    select row_id, admission_id, subject, charged_on, order_key, max(shared) as shared, sum(shared) as answered
    from specimens
    group by row_id, admission_id, subject, charged_on, order_key
),
scanned as (
    select e.admission_id, cast(coalesce(e.registered_at, e.reported_at) as date) as on_day, s.label,
           max(case when regexp_matches(concat(coalesce(e.exam_name, ''), coalesce(e.method, '')), '增强') then 1 else 0 end) as enhanced,
           max(case when regexp_matches(concat(coalesce(e.exam_name, ''), coalesce(e.method, '')), '增强') then 0 else 1 end) as plain
    from exams e
    join sites s on s.fact_id = e.fact_id and s.kind = 'part'
    group by e.admission_id, cast(coalesce(e.registered_at, e.reported_at) as date), s.label
),
apart as (
    -- plain and enhanced scans of the day, and none of them of one part
    select admission_id, on_day
    from scanned
    group by admission_id, on_day
    having max(enhanced) = 1 and max(plain) = 1 and max(enhanced + plain) < 2
),
listed as (
    select u.row_id, u.admission_id, max(p.cap) as price
    from (select distinct row_id, admission_id, package from unbundled where package is not null) u
    join admissions m on m.admission_id = u.admission_id
    join price_caps p on starts_with(p.code15, u.package) and p.kind = 'service'
        and (p.price_level is null or m.price_level is null or p.price_level = m.price_level)
    group by u.row_id, u.admission_id
),
asked_here as (
    select r.row_id, max(c.unit_price) as price
    from row_codes r
    join charges c on c.item_key = r.item_key
    where r.table_name = 'package_components' and r.side in ('package', 'replace_by')
    group by r.row_id
),
priced as (
    select u.*, coalesce(l.price, h.price) as price, coalesce(s.shared, 0) as one_specimen, coalesce(s.answered, 0) as answered
    from unbundled u
    left join listed l on l.row_id = u.row_id and l.admission_id = u.admission_id
    left join asked_here h on h.row_id = u.row_id
    left join shared s on s.row_id = u.row_id and s.admission_id = u.admission_id and s.subject = u.subject
        and s.charged_on = u.charged_on and s.order_key = u.order_key
    left join apart a on a.admission_id = u.admission_id and a.on_day = u.charged_on
    where (not u.if_priced or l.price is not null or h.price is not null)
      and not (u.name_package like '%增强%' and a.admission_id is not null)
      and not (coalesce(s.answered, 0) >= u.min_present and coalesce(s.shared, 0) < u.min_present)
),
counted as (
    select p.row_id, p.admission_id, p.subject, p.charged_on, p.order_key, p.part,
           case when strpos(coalesce(k.components, ''), '|') = 0 then p.amount
                else p.amount * least(p.quantity, g.times) / p.quantity end as yuan
    from by_part p
    join priced g on g.row_id = p.row_id and g.admission_id = p.admission_id and g.subject = p.subject and g.charged_on = p.charged_on
        and g.order_key = p.order_key
    join package_components k on k.row_id = p.row_id
),
sums as (
    select row_id, admission_id, subject, charged_on, order_key, sum(yuan) as charged
    from counted
    group by row_id, admission_id, subject, charged_on, order_key
),
judged as (
    select g.*, s.charged,
           g.price * case when g.most >= g.min_present and g.present = 1 then 1 else g.times end as whole_price
    from priced g
    join sums s on s.row_id = g.row_id and s.admission_id = g.admission_id and s.subject = g.subject and s.charged_on = g.charged_on
        and s.order_key = g.order_key
),
over as (
    select * from judged where whole_price is null or charged - whole_price > $tolerance_yuan
)
select o.admission_id, array_sort(array_agg(l.charge_id)) as charge_ids,
       case when o.whole_price is not null then o.charged - o.whole_price end as amount,
       cast(o.charged_on as varchar) as when_said, o.parts_said, o.charged as charged_yuan, o.name_package as package,
       case when o.whole_price is null then '（未见成套价格）' else '，成套价格 ' end as price_said,
       o.whole_price as package_yuan, case when o.whole_price is not null then ' 元' end as unit_said, o.row_id,
       case least(o.ceiling, case when o.whole_price is not null and (o.order_key <> '' or o.one_specimen >= o.min_present) then 2 else 1 end)
            when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty
from over o
join lines l on l.row_id = o.row_id and l.admission_id = o.admission_id and l.subject = o.subject and l.charged_on = o.charged_on
    and l.order_key = o.order_key
group by o.admission_id, o.row_id, o.subject, o.charged_on, o.order_key, o.whole_price, o.charged, o.parts_said, o.name_package,
         o.ceiling, o.one_specimen, o.min_present
order by o.admission_id, o.row_id, o.charged_on, o.order_key
