/*
code: CHG-027
title: 超周期、疗程、间隔或总额限制
violation: out_of_scope_payment
certainty: established
needs: {tables: [charges, admissions], knowledge: [item_limits]}
limits:
  new_course_gap_days: 90
  repeated_because: 标本[^，。；]{0,10}(溶血|凝固|凝血|脂血|不合格|量不足|丢失|退回|污染)|重新(采血|采样|留取|送检)|复查标本
  glycated: 糖化血红蛋白
  blood: 输血|红细胞(悬液|输注)|悬浮红细胞|全血输注
  blood_disorder: 地中海贫血|溶血性贫血|镰状|血红蛋白病|血红蛋白异常
limits_said:
  new_course_gap_days: 停用几日后算新的一次发病
  repeated_because: 表示上次结果不能用的词
  glycated: 按输血、血红蛋白病除外的检验
  blood: 表示输血的项目
  blood_disorder: 表示血红蛋白疾病的诊断
basis: [医疗保障基金使用监督管理条例#第三十八条（六）]
basis_of: {excessive_service: [医疗保障基金使用监督管理条例#第三十八条（二）]}
covers: {classes: [23, 28, 31, 34], problems: [117, 118]}
message: "$item_name $limit_said；$used_said，超出 $excess $unit（自 $first_over 起），疑似超限收费 $amount_yuan 元。门诊的使用不在所收数据内。"
why: 限定周期、疗程、间隔或总额的项目，超出部分不应由基金支付；检验在限定周期内重复做，须有理由。
exceptions:
  - 两次使用的间隔不短于限定天数
  - 新的一次发病，疗程重新计算
  - 上次结果不能用而重做
  - 输血或血红蛋白疾病患者复查糖化血红蛋白
  - 间隔规定内的治疗前后评定
  - 超出部分由患者自付
  - 多计部分已退费
  - 服务当日没有该限制
  - 已公布的限定规定了同一项目的，整理的规则不另加限
overturned_by: [上次检验结果及其不能用的说明, 新发病的日期, 当地允许更高频次的规定]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '无限定周期、疗程或总额的费用' end as reason
from admissions a
left join (
    select distinct c.admission_id
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'item_limits'
    join item_limits k on k.row_id = r.row_id and k.per not in ('day', 'operation')
) l on l.admission_id = a.admission_id

-- findings
with published as (
    select r.item_key, coalesce(k.in_force_from, date '1900-01-01') as from_on, coalesce(k.in_force_to, date '9999-12-31') as to_on
    from row_codes r
    join item_limits k on k.row_id = r.row_id
    where r.table_name = 'item_limits' and k.per not in ('day', 'operation')
      and (k.authority <> 'working' or k.approved_by is not null)
),
used as (
    select k.row_id, coalesce(r.ceiling, 'established') as ceiling, k.per, k.max_qty, k.n_days, k.min_gap_days, k.course_days,
           coalesce(k.course_basis, 'illness') as course_basis, k.cap_amount, coalesce(k.family, k.row_id) as family,
           coalesce(a.person_id, a.admission_id) || '/' || c.subject as owner, c.admission_id, c.charge_id, c.item_name,
           c.charged_on, cast(floor(epoch(cast(c.charged_on as timestamp)) / 86400) as integer) as day_no, c.quantity, c.amount,
           c.charge_type in ('03', '04') as is_test, e.episode_id,
           case when a.admission_way = '1' then c.admission_id else '' end as emergency,
           substr(coalesce(a.main_diagnosis_code, ''), 1, 3) as illness, extract(year from c.charged_on) as year_of
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'item_limits'
    join item_limits k on k.row_id = r.row_id
    join admissions a on a.admission_id = c.admission_id
    join episodes e on e.admission_id = c.admission_id
    where k.per not in ('day', 'operation') and c.charged_on is not null
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || a.insurance_type || '|%')
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (c.charge_type in ('03', '04') or c.in_scope_amount is null or c.in_scope_amount > 0)
      -- what somebody answers for settles how often an item may be used; a row nobody approved adds nothing to it
      and (k.authority <> 'working' or k.approved_by is not null
           or not exists (select 1 from published p where p.item_key = c.item_key and c.charged_on between p.from_on and p.to_on))
),
-- each limit of a row in one shape: at most `most` units in `window_days`, counted inside one bucket
counted as (
    select u.*, 1 as turn, 'period' as kind, u.quantity as units, coalesce(u.n_days, case u.per when 'week' then 7 else 30 end) as window_days,
           u.max_qty as most, '' as bucket
    from used u where u.max_qty is not null and u.per in ('n_days', 'week', 'month')
    union all
    select u.*, 2, 'gap', u.quantity, u.min_gap_days, 1, '' from used u where u.min_gap_days is not null
    union all
    select u.*, 3, u.per, u.quantity, coalesce(u.n_days, 100000), u.max_qty, case u.per when 'stay' then u.episode_id else cast(u.year_of as varchar) end
    from used u where u.max_qty is not null and u.per in ('stay', 'year')
    union all
    select u.*, 4, 'course', 0, 100000, u.course_days,
           case u.course_basis when 'stay' then u.episode_id when 'illness' then u.illness else '' end
    from used u where u.course_days is not null
),
days as (
    select turn, kind, family, owner, bucket, course_basis, window_days, day_no, min(row_id) as row_id, min(most) as most,
           case when kind = 'course' then 1 else sum(units) end as units, min(admission_id) as admission_id,
           min(emergency) as emergency
    from counted group by turn, kind, family, owner, bucket, course_basis, window_days, day_no
),
opened as (
    select *, case
        when kind in ('period', 'gap') and day_no - lag(day_no) over w >= window_days then 1
        when kind = 'course' and course_basis = 'illness'
             and (day_no - lag(day_no) over w > $new_course_gap_days
                  or (emergency <> '' and admission_id <> lag(admission_id) over w)) then 1
        else 0 end as opens
    from days
    window w as (partition by turn, kind, family, owner, bucket, course_basis, window_days order by day_no)
),
chained as (
    select *, sum(opens) over (partition by turn, kind, family, owner, bucket, course_basis, window_days order by day_no
                               rows between unbounded preceding and current row) as chain
    from opened
),
summed as (
    select *, min(day_no) over c as first_day, sum(units) over c_to_here as so_far, count(*) over c as days_used,
           sum(units) over c as units_used, min(admission_id) over c as one_stay, max(admission_id) over c as other_stay
    from chained
    window c as (partition by turn, kind, family, owner, bucket, course_basis, window_days, chain),
           c_to_here as (partition by turn, kind, family, owner, bucket, course_basis, window_days, chain order by day_no
                         rows between unbounded preceding and current row)
),
-- a chain of uses may hold one allowance more for each window it spans: the reading that clears
beyond as (
    select *, case
        when kind = 'course' and course_basis = 'calendar' then case when day_no - first_day >= most then 1 else 0 end
        else greatest(0, so_far - most * (1 + floor((day_no - first_day) / cast(window_days as double)))) end as over_so_far
    from summed
),
peaks as (
    select *, max(over_so_far) over (partition by turn, kind, family, owner, bucket, course_basis, window_days, chain order by day_no
                                     rows between unbounded preceding and current row) as peak
    from beyond
),
stepped as (
    select *, case when kind = 'course' and course_basis = 'calendar' then over_so_far
                   else peak - coalesce(lag(peak) over (partition by turn, kind, family, owner, bucket, course_basis, window_days,
                                                        chain order by day_no), 0) end as excess
    from peaks
),
lines as (
    select c.*, s.excess, s.days_used, s.units_used, s.chain, s.first_day, s.one_stay, s.other_stay,
           -- a course counts days: all lines of a day beyond it are beyond it
           case when c.kind = 'course' then 0
                else coalesce(sum(c.quantity) over (partition by c.turn, c.family, c.owner, c.bucket, c.day_no, c.kind
                                                    order by c.amount / c.quantity, c.charge_id
                                                    rows between unbounded preceding and 1 preceding), 0) end as taken
    from counted c
    join stepped s on s.turn = c.turn and s.kind = c.kind and s.family = c.family and s.owner = c.owner and s.bucket = c.bucket
        and s.course_basis = c.course_basis and s.window_days = c.window_days and s.day_no = c.day_no
    where s.excess > 0
),
over as (
    select *, case when kind = 'course' then quantity else least(quantity, cast(excess as decimal(18, 4)) - taken) end as units_over,
           row_number() over (partition by admission_id, charge_id order by turn, row_id) as choice
    from lines where kind = 'course' or taken < excess
),
running as (
    select u.*, sum(u.amount) over (partition by u.row_id, u.owner, case u.per when 'stay' then u.episode_id else cast(u.year_of as varchar) end
                                    order by u.day_no, u.charge_id rows between unbounded preceding and current row) as paid_so_far
    from used u where u.cap_amount is not null
),
capped as (
    select *, least(amount, paid_so_far - cap_amount) as yuan_over from running where paid_so_far > cap_amount
),
spoiled as (
    select admission_id from stated where regexp_matches(text, $repeated_because)
    union
    select admission_id from labs where regexp_matches(value_text, $repeated_because)
),
bloody as (
    select admission_id from diagnoses where regexp_matches(diagnosis_name, $blood_disorder)
    union
    select admission_id from charges where regexp_matches(item_name, $blood)
)
select o.admission_id, array_sort(array_agg(o.charge_id)) as charge_ids, sum(o.units_over * o.amount / o.quantity) as amount,
       sum(o.units_over * o.amount / o.quantity) as amount_yuan, max(o.item_name) as item_name,
       case o.kind when 'period' then '限 ' || cast(max(o.window_days) as varchar) || ' 天内不超过 ' || cast(cast(max(o.most) as integer) as varchar) || ' 次'
           when 'gap' then '两次间隔不短于 ' || cast(max(o.window_days) as varchar) || ' 天'
           when 'course' then '支付疗程 ' || cast(cast(max(o.most) as integer) as varchar) || ' 天'
           when 'year' then '每年不超过 ' || cast(cast(max(o.most) as integer) as varchar) || ' 次'
           else '一次住院不超过 ' || cast(cast(max(o.most) as integer) as varchar) || ' 次' end as limit_said,
       case when o.kind = 'course' then '实际使用 ' || cast(max(o.days_used) as varchar) || ' 日'
            else '自 ' || cast(min(o.charged_on) - cast(min(o.day_no) - min(o.first_day) as integer) as varchar) || ' 起共 '
                 || cast(cast(max(o.units_used) as integer) as varchar) || ' 次' end as used_said,
       case when o.kind = 'course' then count(distinct o.charged_on) else sum(o.units_over) end as excess,
       case when o.kind = 'course' then '日' else '次' end as unit, min(o.charged_on) as first_over, o.row_id,
       case when o.is_test then 'excessive_service' else 'out_of_scope_payment' end as violation,
       case least(min(case o.ceiling when 'established' then 2 when 'probable' then 1 else 0 end),
                  case when o.kind = 'course' and o.course_basis = 'illness' and max(o.one_stay) <> max(o.other_stay) then 1 else 2 end)
           when 2 then 'established' when 1 then 'probable' else 'clue' end as certainty,
       array_sort(array_agg(distinct case when o.kind = 'course' and o.course_basis = 'illness' and o.one_stay <> o.other_stay
                                          then '两次住院的使用合并计算，是否同一次发病须核' end)
                  filter (where o.kind = 'course' and o.course_basis = 'illness' and o.one_stay <> o.other_stay)) as lowered_by,
       array_sort(array_agg(distinct o.kind)) as points_at
from over o
left join spoiled s on s.admission_id = o.admission_id and o.is_test
left join bloody b on b.admission_id = o.admission_id and regexp_matches(o.item_name, $glycated)
where o.choice = 1 and s.admission_id is null and b.admission_id is null
group by o.admission_id, o.row_id, o.kind, o.chain, o.is_test, o.course_basis
union all
select admission_id, array_sort(array_agg(charge_id)), sum(yuan_over), sum(yuan_over), max(item_name),
       case max(per) when 'stay' then '一次住院' else '一年' end || '支付总额不超过 ' || cast(cast(max(cap_amount) as integer) as varchar) || ' 元',
       '累计 ' || cast(cast(max(paid_so_far) as decimal(18, 2)) as varchar) || ' 元', sum(yuan_over), '元', min(charged_on), row_id,
       'out_of_scope_payment', case min(case ceiling when 'established' then 2 when 'probable' then 1 else 0 end)
           when 2 then 'established' when 1 then 'probable' else 'clue' end, cast(null as varchar[]), array_sort(array_agg(distinct 'cap'))
from capped
where is_test is not null
group by admission_id, row_id, owner, year_of
order by 1, 11, 10

-- together
with used as (
    select c.admission_id, c.charged_on, coalesce(k.family, k.row_id) || '/' || c.subject as item, extract(year from c.charged_on) as year_of,
           substr(coalesce(a.main_diagnosis_code, ''), 1, 3) as illness, k.per, k.max_qty, k.n_days, k.min_gap_days, k.course_days,
           coalesce(k.course_basis, 'illness') as course_basis, k.cap_amount
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'item_limits'
    join item_limits k on k.row_id = r.row_id
    join admissions a on a.admission_id = c.admission_id
    where k.per not in ('day', 'operation') and c.charged_on is not null
)
select admission_id, 'days/' || item as shared, min(charged_on) as from_on,
       max(charged_on + greatest(case when per not in ('n_days', 'week', 'month') or max_qty is null then 0
                                      else coalesce(n_days, case per when 'week' then 7 else 30 end) end,
                                 coalesce(min_gap_days, 0))) as to_on
from used
where (max_qty is not null and per in ('n_days', 'week', 'month')) or min_gap_days is not null
group by admission_id, item
union all
select distinct admission_id, 'year/' || item, make_date(year_of, 1, 1), make_date(year_of, 12, 31)
from used where (max_qty is not null and per = 'year') or (cap_amount is not null and per <> 'stay')
union all
select admission_id, 'illness/' || item || '/' || illness, min(charged_on), max(charged_on) + $new_course_gap_days
from used where course_days is not null and course_basis = 'illness'
group by admission_id, item, illness
union all
select admission_id, 'life/' || item, min(charged_on), date '9999-12-31'
from used where course_days is not null and course_basis not in ('illness', 'stay')
group by admission_id, item
