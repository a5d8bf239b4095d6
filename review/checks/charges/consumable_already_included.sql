/*
code: CHG-012
title: 项目价格已含的耗材另行收费
violation: duplicate_charge
certainty: probable
needs: {tables: [charges, admissions], knowledge: [bundled_consumables]}
limits: {approved: "(特殊|高值|自费)?(耗材|材料).{0,8}(审批|批准)|特批"}
limits_said: {approved: 表示耗材已审批或告知的词}
basis: [医疗保障基金使用监督管理条例#第三十八条（三）]
covers: {classes: [30], problems: [59, 78]}
message: "$when_said 收取 $service $services 次，又收 $materials $excess $unit_said；该项目的价格已含此类耗材，疑似重复收取 $excess_yuan 元。"
why: 项目内涵已含的一次性耗材不得另行收费；除外内容列明的才可以另收。
exceptions:
  - 耗材列入除外内容
  - 耗材用于当日另一项目
  - 特殊材料另有审批
  - 耗材与项目不在同一日
  - 项目已退费
  - 母婴分别收费
overturned_by: [当地价格文件的项目内涵与除外内容]
*/
-- examined
with served as (
    select distinct c.admission_id
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'bundled_consumables' and r.side = 'service'
    join bundled_consumables k on k.row_id = r.row_id and not k.separately_billable
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
),
coded as (
    select admission_id, max(case when kind = 'other' then 1 else 0 end) as unknown_kind, max(case when kind = 'material' then 1 else 0 end) as materials
    from charges group by admission_id
)
select m.admission_id,
       case when s.admission_id is null then 'not_applicable' when c.materials = 0 and c.unknown_kind = 1 then 'not_checked' else 'clear' end as outcome,
       case when s.admission_id is null then '没有内涵已含耗材的项目'
            when c.materials = 0 and c.unknown_kind = 1 then '缺：明细的目录类别，分不出耗材' end as reason
from admissions m
left join served s on s.admission_id = m.admission_id
left join coded c on c.admission_id = m.admission_id

-- findings
with services as (
    select k.row_id, k.scope, k.separately_billable, c.admission_id, c.subject, c.item_key,
           case when k.scope = 'same_stay' then cast(m.begins_at as date) else c.charged_on end as bucket_on,
           sum(c.quantity) as services, min(c.item_name) as service, sum(c.quantity) * max(k.per_service) as explained,
           min(case r.ceiling when 'established' then 2 when 'probable' then 1 else 0 end) as ceiling
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'bundled_consumables' and r.side = 'service'
    join bundled_consumables k on k.row_id = r.row_id
    join admissions m on m.admission_id = c.admission_id
    where c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || m.insurance_type || '|%')
    group by k.row_id, k.scope, k.separately_billable, c.admission_id, c.subject, c.item_key,
             case when k.scope = 'same_stay' then cast(m.begins_at as date) else c.charged_on end
),
material_items as (
    -- words of materials are matched once for each item, not for each line
    select k.row_id, i.item_key
    from (select distinct item_key, item_name, hospital_item_name from charges where kind = 'material') i
    join bundled_consumables k on regexp_matches(concat(coalesce(i.item_name, ''), ' ', coalesce(i.hospital_item_name, '')), k.material_regex)
    group by k.row_id, i.item_key
),
materials as (
    select x.row_id, c.admission_id, c.subject, c.charge_id, c.item_key, c.item_name, c.charged_at, c.charged_on, c.quantity, c.amount, c.unit,
           c.memo, case when coalesce(c.full_self_pay, 0) >= c.amount or coalesce(c.in_scope_amount, 1) = 0 then 1 else 0 end as own_money,
           case when k.scope = 'same_stay' then cast(m.begins_at as date) else c.charged_on end as bucket_on
    from charges c
    join material_items x on x.item_key = c.item_key
    join bundled_consumables k on k.row_id = x.row_id
    join admissions m on m.admission_id = c.admission_id
    where c.kind = 'material' and c.amount > 0
),
free as (
    -- what may be charged beside a service: for that service always, and for another's use as often as that was done
    select m.admission_id, m.subject, m.charge_id, s.item_key as service_key, s.services
    from materials m
    join services s on s.row_id = m.row_id and s.admission_id = m.admission_id and s.subject = m.subject and s.bucket_on = m.bucket_on
    where s.separately_billable
),
met as (
    select s.row_id, s.admission_id, s.subject, s.bucket_on, s.service, s.services, s.explained, s.ceiling, s.scope, s.item_key as service_key,
           m.charge_id, m.item_key, m.item_name, m.charged_at, m.quantity, m.amount, m.unit, m.own_money
    from services s
    join materials m on m.row_id = s.row_id and m.admission_id = s.admission_id and m.subject = s.subject and m.bucket_on = s.bucket_on
    where not s.separately_billable and not regexp_matches(coalesce(m.memo, ''), $approved)
      and not exists (select 1 from free f where f.admission_id = m.admission_id and f.charge_id = m.charge_id and f.service_key = s.item_key)
      and not exists (select 1 from documents d where d.admission_id = m.admission_id and regexp_matches(d.text, $approved))
),
others as (
    select m.row_id, m.admission_id, m.subject, m.bucket_on, m.service_key, sum(f.services) as elsewhere
    from (select distinct row_id, admission_id, subject, bucket_on, service_key, charge_id from met) m
    join free f on f.admission_id = m.admission_id and f.charge_id = m.charge_id
    group by m.row_id, m.admission_id, m.subject, m.bucket_on, m.service_key
),
totals as (
    select m.row_id, m.admission_id, m.subject, m.bucket_on, m.service_key, m.service, m.services, m.ceiling, m.scope,
           sum(m.quantity) - coalesce(max(o.elsewhere), 0) as left_over, max(m.explained) as explained,
           array_sort(array_agg(distinct m.item_name)) as materials
    from met m
    left join others o on o.row_id = m.row_id and o.admission_id = m.admission_id and o.subject = m.subject and o.bucket_on = m.bucket_on
        and o.service_key = m.service_key
    group by m.row_id, m.admission_id, m.subject, m.bucket_on, m.service_key, m.service, m.services, m.ceiling, m.scope
),
judged as (
    select *, least(left_over, coalesce(explained, left_over)) as excess from totals where left_over > 0.001
),
ranked as (
    select m.charge_id, m.quantity, m.amount, m.unit, m.own_money, j.*,
           coalesce(sum(m.quantity) over (partition by m.row_id, m.admission_id, m.subject, m.bucket_on, m.service_key
                                          order by m.amount / m.quantity, m.charged_at, m.charge_id
                                          rows between unbounded preceding and 1 preceding), 0) as taken
    from met m
    join judged j on j.row_id = m.row_id and j.admission_id = m.admission_id and j.subject = m.subject and j.bucket_on = m.bucket_on
        and j.service_key = m.service_key
),
over as (
    select *, least(quantity, excess - taken) * amount / quantity as yuan from ranked where taken < excess
)
select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(yuan) as amount, sum(yuan) as excess_yuan,
       array_sort(array_agg(concat(charge_id, '=', cast(cast(yuan as decimal(18,4)) as varchar)))) as parts,
       case when scope = 'same_stay' then '本次住院' else cast(bucket_on as varchar) end as when_said,
       service, services, materials, excess, coalesce(max(unit), '件') as unit_said, row_id,
       case when min(own_money) = 1 then 'clue' else case ceiling when 0 then 'clue' else 'probable' end end as certainty,
       case when min(own_money) = 1 then array_sort(array_agg(distinct '该耗材由患者自付')) end as lowered_by
from over
group by admission_id, row_id, subject, bucket_on, service_key, scope, service, services, materials, excess, ceiling
order by admission_id, row_id, bucket_on, subject, service_key
