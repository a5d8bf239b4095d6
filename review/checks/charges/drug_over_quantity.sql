/*
code: CHG-028
title: 超量、重复开药
violation: excessive_service
certainty: probable
needs: {tables: [charges, admissions]}
limits: {over_label: 1.5, over_days: 2, overlap_days: 3, in_hand_days: 7, rounding: 1.01, protocol: "冲击(治疗|量)|负荷(剂)?量|大剂量(方案|甲氨蝶呤)|化疗方案"}
limits_said:
  over_label: 超过说明书用量的倍数
  over_days: 连续超量至少几日
  overlap_days: 同类药重叠至少几日
  in_hand_days: 出院带药的天数
  rounding: 取整的容差（倍数）
  protocol: 表示特殊用量方案的词
basis: [医疗保障基金使用监督管理条例#第三十八条（二）]
covers: {classes: [9, 46, 68, 69, 76, 77]}
message: "$drug：$why_said，疑似超量或重复开药$yuan_said。"
why: 超过说明书最大用量、同组药品重复使用、超过规定天数带药、余药未用完又开药，都不是病情所需。
exceptions:
  - 换药当日的短暂重叠
  - 首日负荷剂量
  - 按方案的大剂量治疗
  - 化疗药品按方案用量
  - 规则行列明可以合用的药品
  - 长期处方规定内的带药
  - 作用不同的抗结核、抗病毒或降压药合用
  - 出院带药与住院用药不算重叠
  - 余药已基本用完
  - 再次住院期间由病区发药
  - 饮片数量与剂数相符
overturned_by: [用药方案或会诊意见, 药师审核记录, 当地长期处方或带药规定]
*/
-- examined
with has as (
    select admission_id, max(case when kind = 'drug' then 1 else 0 end) as drugs, max(case when kind = 'herb' then 1 else 0 end) as herbs
    from charges where kind in ('drug', 'herb') group by admission_id
),
known as (
    select (select count(*) from drug_dose_limits) + (select count(*) from drug_groups) as drug_rows,
           (select count(*) from herb_rules where max_g_day is not null or max_kinds is not null or max_doses is not null) as herb_rows
),
dosed as (select distinct admission_id from prescriptions where dose is not null and supply_days is not null)
select a.admission_id,
       case when h.admission_id is null then 'not_applicable'
            when (h.drugs = 1 and k.drug_rows > 0) or (h.herbs = 1 and (k.herb_rows > 0 or d.admission_id is not null)) then 'clear'
            else 'not_checked' end as outcome,
       case when h.admission_id is null then '无药品费用'
            when (h.drugs = 1 and k.drug_rows > 0) or (h.herbs = 1 and (k.herb_rows > 0 or d.admission_id is not null)) then null
            when h.drugs = 1 then '缺：规则表 drug_dose_limits、drug_groups'
            else '缺：规则表 herb_rules（每日克数、味数、剂数）' end as reason
from admissions a
cross join known k
left join has h on h.admission_id = a.admission_id
left join dosed d on d.admission_id = a.admission_id

-- findings
with lines as (
    select c.admission_id, c.charge_id, c.item_key, c.item_name, c.code15, c.kind, c.spec, c.unit, c.charged_on, c.quantity, c.amount,
           coalesce(c.takeaway, '0') = '1' as takeaway, substr(coalesce(c.code15, c.item_name), 1, 10) as ingredient,
           coalesce(c.order_no, cast(c.charged_on as varchar) || '/' || coalesce(c.ordering_doctor, '')) as prescription,
           cast(floor(epoch(cast(c.charged_on as timestamp)) / 86400) as integer) as day_no, a.person_id, a.hospital_code, a.begins_on, a.ends_on,
           coalesce(p.supply_days, case when c.takeaway = '1' then o.supply_days end) as supply_days, p.dose, p.frequency
    from charges c
    join admissions a on a.admission_id = c.admission_id
    left join prescriptions p on p.charge_id = c.charge_id and p.admission_id = c.admission_id
    left join (select admission_id, order_no, max(try_cast(regexp_extract(days, '([0-9]+)', 1) as integer)) as supply_days
               from orders where order_no is not null group by admission_id, order_no) o
        on o.admission_id = c.admission_id and o.order_no = c.order_no
    where c.kind in ('drug', 'herb') and c.charged_on is not null
),
-- one day's amount: as ordered (dose by times), else the ampoules of the day
ordered as (
    select o.admission_id, o.order_name as name, o.order_code as code,
           cast(floor(epoch(o.begins_at) / 86400) as integer) as first_day,
           cast(floor(epoch(coalesce(o.ends_at, a.ends_at)) / 86400) as integer) as last_day,
           try_cast(regexp_extract(o.dose, '([0-9]+\.?[0-9]*)', 1) as double) as dose,
           lower(coalesce(o.dose_unit, regexp_extract(o.dose, '[0-9.]+\s*([a-zA-Zμ一-龥]+)', 1))) as unit,
           case when regexp_matches(lower(o.frequency), 'bid|q12h|每[日天](2|两|二)次|一日(2|两|二)次') then 2
                when regexp_matches(lower(o.frequency), 'tid|q8h|每[日天](3|三)次|一日(3|三)次') then 3
                when regexp_matches(lower(o.frequency), 'qid|q6h|每[日天](4|四)次|一日(4|四)次') then 4
                when regexp_matches(lower(o.frequency), 'q4h') then 6
                when regexp_matches(lower(o.frequency), 'qd|qn|qm|hs|每[日天晚](1|一)?次|一日(1|一)次') then 1 end as times
    from orders o join admissions a on a.admission_id = o.admission_id
    where o.begins_at is not null
),
limited as (
    select k.row_id, r.item_key, coalesce(r.ceiling, 'established') as ceiling, k.max_per_day, lower(k.unit) as unit, k.max_days_supply,
           k.takeaway_days, coalesce(k.in_force_from, date '1900-01-01') as begins, coalesce(k.in_force_to, date '9999-12-31') as ends
    from drug_dose_limits k join row_codes r on r.row_id = k.row_id and r.table_name = 'drug_dose_limits'
),
by_order as (
    select distinct l.admission_id, l.item_key, m.row_id, m.ceiling, m.max_per_day, o.first_day, o.last_day,
           o.dose * o.times * case when o.unit = m.unit then 1.0 when o.unit = 'mg' and m.unit = 'g' then 0.001
                                   when o.unit = 'g' and m.unit = 'mg' then 1000.0 end as per_day
    from lines l
    join limited m on m.item_key = l.item_key and l.charged_on between m.begins and m.ends
    join ordered o on o.admission_id = l.admission_id and (o.name = l.item_name or o.code = l.code15)
    where m.max_per_day is not null
),
by_charge as (
    select l.admission_id, l.item_key, m.row_id, m.ceiling, m.max_per_day, l.day_no,
           sum(l.quantity * case when m.unit = lower(l.unit) then 1.0
               else try_cast(regexp_extract(lower(l.spec), '([0-9]+\.?[0-9]*)\s*(mg|g|iu|u|ml)', 1) as double)
                    * case when regexp_extract(lower(l.spec), '([0-9]+\.?[0-9]*)\s*(mg|g|iu|u|ml)', 2) = m.unit then 1.0
                           when regexp_extract(lower(l.spec), '([0-9]+\.?[0-9]*)\s*(mg|g|iu|u|ml)', 2) = 'mg' and m.unit = 'g' then 0.001
                           when regexp_extract(lower(l.spec), '([0-9]+\.?[0-9]*)\s*(mg|g|iu|u|ml)', 2) = 'g' and m.unit = 'mg' then 1000.0 end end) as per_day
    from lines l join limited m on m.item_key = l.item_key and l.charged_on between m.begins and m.ends
    where m.max_per_day is not null and not l.takeaway and regexp_matches(coalesce(l.unit, ''), '^(支|瓶|袋|安瓿)$')
    group by l.admission_id, l.item_key, m.row_id, m.ceiling, m.max_per_day, l.day_no
),
heavy as (
    select admission_id, item_key, row_id, ceiling, first_day, last_day, per_day, max_per_day
    from by_order where per_day >= $over_label * cast(max_per_day as double) and last_day - first_day + 1 >= $over_days
    union all
    select b.admission_id, b.item_key, b.row_id, b.ceiling, min(b.day_no), max(b.day_no), max(b.per_day), b.max_per_day
    from by_charge b
    where b.per_day >= $over_label * cast(b.max_per_day as double)
      and not exists (select 1 from by_order o where o.admission_id = b.admission_id and o.item_key = b.item_key and o.per_day is not null)
    group by b.admission_id, b.item_key, b.row_id, b.ceiling, b.max_per_day
    having count(*) >= $over_days
),
over_label as (
    select l.admission_id, l.charge_id, l.item_name, l.amount * (1 - cast(h.max_per_day as double) / h.per_day) as yuan, h.row_id, h.ceiling,
           'dose' as kind, '每日 ' || cast(round(h.per_day, 2) as varchar) || '，说明书最大 ' || cast(cast(h.max_per_day as double) as varchar) as why_said
    from lines l join heavy h on h.admission_id = l.admission_id and h.item_key = l.item_key and l.day_no between h.first_day and h.last_day
    where not l.takeaway and not starts_with(coalesce(l.code15, ''), 'XL01')
      and not exists (select 1 from stated s where s.admission_id = l.admission_id and regexp_matches(s.text, $protocol))
),
policies as (
    select max(case when policy_key = 'takeaway_days_acute' then try_cast(value as integer) end) as acute_days,
           max(case when policy_key = 'takeaway_days_chronic' then try_cast(value as integer) end) as chronic_days,
           max(case when policy_key = 'takeaway_days_acute' then row_id end) as takeaway_row,
           max(case when policy_key = 'drug_kinds_per_day' then try_cast(value as integer) end) as kinds_a_day,
           max(case when policy_key = 'drug_kinds_per_day' then row_id end) as kinds_row
    from region_policy
),
taken_home as (
    select l.admission_id, l.charge_id, l.item_name, l.amount * (1 - t.most / cast(l.supply_days as double)) as yuan, t.row_id, t.ceiling,
           'takeaway' as kind, '出院带药 ' || cast(l.supply_days as varchar) || ' 日，规定不超过 ' || cast(t.most as varchar) || ' 日' as why_said
    from lines l
    join (select l.admission_id, l.charge_id, coalesce(max(m.takeaway_days), max(m.max_days_supply), max(p.chronic_days), max(p.acute_days)) as most,
                 coalesce(max(m.row_id), max(p.takeaway_row)) as row_id, coalesce(max(m.ceiling), 'probable') as ceiling
          from lines l cross join policies p
          left join limited m on m.item_key = l.item_key and l.charged_on between m.begins and m.ends
          where l.takeaway and l.supply_days is not null
          group by l.admission_id, l.charge_id) t on t.admission_id = l.admission_id and t.charge_id = l.charge_id
    where l.supply_days > t.most
),
grouped as (
    select distinct l.admission_id, g.row_id, g.group_name, g.duplicate_allowed_with, l.ingredient, l.item_name, l.item_key, l.code15, l.day_no
    from lines l
    join row_codes r on r.item_key = l.item_key and r.table_name = 'drug_groups'
    join drug_groups g on g.row_id = r.row_id
    where not l.takeaway
      and l.charged_on between coalesce(g.in_force_from, date '1900-01-01') and coalesce(g.in_force_to, date '9999-12-31')
),
group_drugs as (
    select admission_id, group_name, ingredient, min(row_id) as row_id, min(item_name) as item_name, min(code15) as code15,
           max(case when regexp_matches(item_name, duplicate_allowed_with) then 1 else 0 end) as allowed
    from grouped group by admission_id, group_name, ingredient
),
couples as (
    select a.admission_id, a.group_name, a.row_id, a.ingredient as one, b.ingredient as other, a.item_name as name_one,
           b.item_name as name_other, a.code15 as code_one, b.code15 as code_other
    from group_drugs a
    join group_drugs b on b.admission_id = a.admission_id and b.group_name = a.group_name and b.ingredient > a.ingredient
    where a.allowed = 0 and b.allowed = 0
),
charged_together as (
    select c.admission_id, c.group_name, c.one, c.other, min(x.day_no) as first_day, max(x.day_no) as last_day, count(distinct x.day_no) as days
    from couples c
    join grouped x on x.admission_id = c.admission_id and x.group_name = c.group_name and x.ingredient = c.one
    join grouped y on y.admission_id = c.admission_id and y.group_name = c.group_name and y.ingredient = c.other and y.day_no = x.day_no
    group by c.admission_id, c.group_name, c.one, c.other
),
ordered_together as (
    select c.admission_id, c.group_name, c.one, c.other, max(least(x.last_day, y.last_day) - greatest(x.first_day, y.first_day) + 1) as days
    from couples c
    join ordered x on x.admission_id = c.admission_id and (x.name = c.name_one or x.code = c.code_one)
    join ordered y on y.admission_id = c.admission_id and (y.name = c.name_other or y.code = c.code_other)
    group by c.admission_id, c.group_name, c.one, c.other
),
overlapping as (
    select c.*, t.first_day, t.last_day, t.days
    from couples c
    join charged_together t on t.admission_id = c.admission_id and t.group_name = c.group_name and t.one = c.one and t.other = c.other
    left join ordered_together o on o.admission_id = c.admission_id and o.group_name = c.group_name and o.one = c.one and o.other = c.other
    where t.days >= $overlap_days and coalesce(o.days, t.days) >= $overlap_days
),
priced as (
    select b.admission_id, b.group_name, b.one, b.other, sum(l.amount) filter (where l.ingredient = b.one) as yuan_one,
           sum(l.amount) filter (where l.ingredient = b.other) as yuan_other
    from overlapping b
    join lines l on l.admission_id = b.admission_id and l.ingredient in (b.one, b.other) and l.day_no between b.first_day and b.last_day
    where not l.takeaway
    group by b.admission_id, b.group_name, b.one, b.other
),
doubled as (
    select l.admission_id, l.charge_id, l.item_name, cast(l.amount as double) as yuan, b.row_id, 'probable' as ceiling, 'group' as kind,
           '与' || case when l.ingredient = b.one then b.name_other else b.name_one end || '同属' || b.group_name || '，同用 '
               || cast(b.days as varchar) || ' 日' as why_said
    from overlapping b
    join priced p on p.admission_id = b.admission_id and p.group_name = b.group_name and p.one = b.one and p.other = b.other
    join lines l on l.admission_id = b.admission_id and l.day_no between b.first_day and b.last_day and not l.takeaway
        and l.ingredient = case when p.yuan_one < p.yuan_other then b.one else b.other end
),
in_hand as (
    select l.admission_id, l.charge_id, l.item_name, cast(l.amount as double) as yuan, cast(null as varchar) as row_id, 'clue' as ceiling, 'in_hand' as kind,
           '上次出院（' || cast(h.ends_on as varchar) || '）带药 ' || cast(h.supply_days as varchar) || ' 日，入院时尚余 '
               || cast(h.until_day - cast(floor(epoch(cast(l.begins_on as timestamp)) / 86400) as integer) as varchar) || ' 日' as why_said
    from lines l
    join (select person_id, admission_id, hospital_code, ingredient, ends_on, max(supply_days) as supply_days,
                 cast(floor(epoch(cast(ends_on as timestamp)) / 86400) as integer) + max(supply_days) as until_day
          from lines where takeaway and supply_days is not null and person_id is not null
          group by person_id, admission_id, hospital_code, ingredient, ends_on) h
        on h.person_id = l.person_id and h.ingredient = l.ingredient and h.admission_id <> l.admission_id and h.ends_on <= l.begins_on
    where h.until_day - cast(floor(epoch(cast(l.begins_on as timestamp)) / 86400) as integer) > $in_hand_days and l.day_no <= h.until_day
      -- a ward gives its own tablets: only more for home, or another hospital's, is too much
      and (l.takeaway or coalesce(l.hospital_code, '') <> coalesce(h.hospital_code, ''))
),
herbs as (
    select l.*, try_cast(regexp_extract(l.dose, '([0-9]+\.?[0-9]*)', 1) as double) as grams from lines l where l.kind = 'herb'
),
herb_limits as (
    select k.row_id, r.item_key, coalesce(r.ceiling, 'established') as ceiling, k.max_g_day, k.max_kinds, k.max_doses
    from herb_rules k join row_codes r on r.row_id = k.row_id and r.table_name = 'herb_rules'
    where k.max_g_day is not null or k.max_kinds is not null or k.max_doses is not null
),
kinds as (
    select h.admission_id, h.prescription, count(distinct h.item_key) as kinds, min(m.max_kinds) as most, min(m.row_id) as row_id
    from herbs h join herb_limits m on m.item_key = h.item_key and m.max_kinds is not null
    group by h.admission_id, h.prescription
),
over_herbs as (
    select h.admission_id, h.charge_id, h.item_name, h.amount * (1 - cast(m.max_g_day as double) / h.grams) as yuan, m.row_id, m.ceiling,
           'grams' as kind, '每剂 ' || cast(h.grams as varchar) || ' 克，上限 ' || cast(cast(m.max_g_day as double) as varchar) || ' 克' as why_said
    from herbs h join herb_limits m on m.item_key = h.item_key where h.grams > cast(m.max_g_day as double)
    union all
    select h.admission_id, h.charge_id, h.item_name, h.amount * (1 - m.max_doses / cast(h.supply_days as double)), m.row_id, m.ceiling,
           'doses', '一次开 ' || cast(h.supply_days as varchar) || ' 剂，上限 ' || cast(m.max_doses as varchar) || ' 剂'
    from herbs h join herb_limits m on m.item_key = h.item_key where h.supply_days > m.max_doses
    union all
    select h.admission_id, h.charge_id, h.item_name, cast(null as double), k.row_id, 'probable', 'kinds',
           '一张处方 ' || cast(k.kinds as varchar) || ' 味，上限 ' || cast(k.most as varchar) || ' 味'
    from herbs h join kinds k on k.admission_id = h.admission_id and k.prescription = h.prescription where k.kinds > k.most
    union all
    select h.admission_id, h.charge_id, h.item_name, h.amount * (1 - h.grams * h.supply_days / cast(h.quantity as double)), cast(null as varchar),
           'probable', 'upload', '上传 ' || cast(cast(h.quantity as double) as varchar) || ' 克，处方每剂 ' || cast(h.grams as varchar) || ' 克 × '
               || cast(h.supply_days as varchar) || ' 剂'
    from herbs h
    where h.grams > 0 and h.supply_days > 0 and regexp_matches(lower(coalesce(h.unit, 'g')), '^(g|克)$')
      and cast(h.quantity as double) > $rounding * h.grams * h.supply_days
),
crowded as (
    select l.admission_id, l.charge_id, l.item_name, cast(null as double) as yuan, d.kinds_row as row_id, 'clue' as ceiling, 'many' as kind,
           cast(l.charged_on as varchar) || ' 用药 ' || cast(d.drugs as varchar) || ' 种，规定不超过 ' || cast(d.kinds_a_day as varchar) || ' 种' as why_said
    from lines l
    join (select l.admission_id, l.day_no, count(distinct l.ingredient) as drugs, max(p.kinds_a_day) as kinds_a_day, max(p.kinds_row) as kinds_row
          from lines l cross join policies p where l.kind = 'drug' and not l.takeaway group by l.admission_id, l.day_no) d
        on d.admission_id = l.admission_id and d.day_no = l.day_no
    where d.drugs > d.kinds_a_day and l.kind = 'drug'
),
suspected as (
    select * from over_label union all select * from taken_home union all select * from doubled union all select * from in_hand
    union all select * from over_herbs union all select * from crowded
)
select admission_id, array_sort(array_agg(distinct charge_id)) as charge_ids, cast(sum(yuan) as decimal(18, 4)) as amount,
       array_sort(array_agg(distinct item_name)) as drug, why_said,
       case when sum(yuan) is null then '' else '，涉及 ' || cast(cast(sum(yuan) as decimal(18, 2)) as varchar) || ' 元' end as yuan_said, row_id,
       case min(case ceiling when 'clue' then 0 else 1 end) when 0 then 'clue' else 'probable' end as certainty,
       array_sort(array_agg(distinct kind)) as points_at
from suspected
group by admission_id, kind, why_said, row_id
order by admission_id, why_said

-- together
with taken_home as (
    select c.admission_id, max(coalesce(p.supply_days, o.supply_days)) as supply_days
    from charges c
    left join prescriptions p on p.charge_id = c.charge_id and p.admission_id = c.admission_id
    left join (select admission_id, order_no, max(try_cast(regexp_extract(days, '([0-9]+)', 1) as integer)) as supply_days
               from orders where order_no is not null group by admission_id, order_no) o
        on o.admission_id = c.admission_id and o.order_no = c.order_no
    where c.kind in ('drug', 'herb') and c.takeaway = '1'
    group by c.admission_id
)
select a.admission_id, '' as shared, a.begins_on as from_on, a.ends_on + coalesce(t.supply_days, 0) as to_on
from admissions a left join taken_home t on t.admission_id = a.admission_id
