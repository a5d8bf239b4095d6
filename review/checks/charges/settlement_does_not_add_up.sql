/*
code: CHG-034
title: 结算明细与结算金额不符
violation: documentation_defect
certainty: established
needs: {tables: [charges]}
limits: {line_tolerance_yuan: 0.02, line_tolerance_share: 0.005, sum_tolerance_yuan: 1}
limits_said: {line_tolerance_yuan: 一行金额的容差（元）, line_tolerance_share: 一行金额的容差（比例）, sum_tolerance_yuan: 结算总额的容差（元）}
basis: [医疗保障基金使用监督管理条例#第十六条, 医疗保障基金使用监督管理条例#第三十九条（三）, 医疗保障基金使用监督管理条例#第三十八条（三）]
covers: {classes: [35, 36]}
message: "$what_said"
why: 数量、单价、金额和结算总额应当相符；不符的明细不能作为支付依据。
exceptions:
  - 单价四舍五入造成的差额
  - 优惠、折扣行
  - 已重新结算的原结算单
  - 中途结算分次结账
overturned_by: [更正后的明细或结算单]
*/
-- examined
select a.admission_id,
       case when l.admission_id is null then 'not_applicable' else 'clear' end as outcome,
       case when l.admission_id is null then '无费用明细' end as reason
from admissions a
left join (select distinct admission_id from charge_lines) l on l.admission_id = a.admission_id

-- findings
with void as (
    select distinct setl_id, mdtrt_id from raw_setl_d where refd_setl_flag = '1'
),
standing as (
    -- the lines that can be wrong by themselves; whole extracts are too large to be kept line by line
    select l.admission_id, l.charge_id, l.original_id, l.item_name, l.charged_at, l.quantity, l.unit_price, l.amount
    from charge_lines l
    join admissions a on a.admission_id = l.admission_id
    where l.copy = 1
      and (l.quantity <= 0 or abs(l.amount - l.quantity * l.unit_price) > 0.0051 * l.quantity
           or nullif(trim(l.item_name), '') is null or l.charged_at is null)
      and not exists (select 1 from void v where v.setl_id = l.settlement_id and v.mdtrt_id = l.admission_id)
),
wrong_product as (
    select admission_id, charge_id, item_name, quantity, unit_price, amount, amount - quantity * unit_price as difference
    from standing
    where quantity > 0
      and abs(amount - quantity * unit_price) > greatest($line_tolerance_yuan, $line_tolerance_share * abs(amount))
      and abs(amount - quantity * unit_price) > 0.0051 * quantity
),
sums as (
    select l.admission_id, sum(case when l.copy = 1 then l.amount else 0 end) as listed, sum(l.amount) as extracted,
           max(case when l.quantity > 0 then 1 else 0 end) as charged
    from charge_lines l
    join admissions a on a.admission_id = l.admission_id
    where not exists (select 1 from void v where v.setl_id = l.settlement_id and v.mdtrt_id = l.admission_id)
    group by l.admission_id
),
settled as (
    select mdtrt_id as admission_id, sum(medfee_sumamt) as settled from raw_setl_d
    where coalesce(refd_setl_flag, '0') <> '1' and medfee_sumamt is not null group by mdtrt_id
),
overdrawn as (
    -- refunds that take back more than the line they name was charged
    select o.admission_id, o.charge_id, o.item_name
    from charge_lines o
    join (select admission_id, original_id, sum(quantity) as quantity, sum(amount) as amount from standing
          where original_id is not null and quantity < 0 group by admission_id, original_id) r
        on r.admission_id = o.admission_id and r.original_id = o.charge_id
    where o.copy = 1 and o.quantity > 0
      and not exists (select 1 from void v where v.setl_id = o.settlement_id and v.mdtrt_id = o.admission_id)
      and (o.quantity + r.quantity < -0.001 or o.amount + r.amount < -$line_tolerance_yuan)
),
nameless as (
    select admission_id, charge_id, amount from standing
    where quantity > 0 and (nullif(trim(item_name), '') is null or charged_at is null)
),
uncounted as (
    select admission_id, charge_id, item_name, amount from standing where quantity = 0 and amount > 0
),
renumbered as (
    -- one number on lines that are not the same line
    select l.admission_id, l.charge_id
    from charge_lines l
    join repeated_lines d on d.mdtrt_id = l.admission_id and d.bkkp_sn = l.charge_id
    join admissions a on a.admission_id = l.admission_id
    where l.copy = 1
      and not exists (select 1 from void v where v.setl_id = l.settlement_id and v.mdtrt_id = l.admission_id)
    group by l.admission_id, l.charge_id having count(*) > 1
),
overlapping as (
    select x.mdtrt_id as admission_id, min(x.setl_id) as settlement
    from raw_setl_d x
    join raw_setl_d y on y.mdtrt_id = x.mdtrt_id and y.setl_id > x.setl_id
        and x.begndate < y.enddate and y.begndate < x.enddate
    where coalesce(x.refd_setl_flag, '0') <> '1' and coalesce(y.refd_setl_flag, '0') <> '1'
    group by x.mdtrt_id
),
unanswered as (
    select l.admission_id, l.charge_id, l.item_name, l.amount from standing l
    join sums s on s.admission_id = l.admission_id and s.charged = 1
    where l.quantity < 0
      and not exists (select 1 from refunds r where r.refund_id = l.charge_id and r.admission_id = l.admission_id)
),
told as (
    select admission_id, array_sort(array_agg(charge_id)) as charge_ids, sum(difference) as amount,
           'over_standard_charge' as violation,
           array_to_string(array_sort(array_agg(distinct item_name)), '、') || ' 的金额大于单价与数量之积，多计 '
               || cast(cast(sum(difference) as decimal(18, 2)) as varchar) || ' 元。' as what_said,
           'product' as about
    from wrong_product where difference > 0 group by admission_id
    union all
    select admission_id, array_sort(array_agg(charge_id)), null, 'documentation_defect',
           array_to_string(array_sort(array_agg(distinct item_name)), '、') || ' 的金额小于单价与数量之积，明细填写有误。', 'product'
    from wrong_product where difference < 0 group by admission_id
    union all
    select s.admission_id, cast(null as varchar[]), case when t.settled > s.listed then t.settled - s.listed end,
           case when t.settled > s.listed then 'over_standard_charge' else 'documentation_defect' end,
           '结算总额 ' || cast(cast(t.settled as decimal(18, 2)) as varchar) || ' 元，明细合计 '
               || cast(cast(s.listed as decimal(18, 2)) as varchar) || ' 元，相差 '
               || cast(cast(abs(t.settled - s.listed) as decimal(18, 2)) as varchar) || ' 元'
               || case when abs(t.settled - s.extracted) <= $sum_tolerance_yuan and s.extracted <> s.listed
                       then '，等于重复上传的明细' else '' end || '。', 'sum'
    from sums s join settled t on t.admission_id = s.admission_id
    where abs(t.settled - s.listed) > $sum_tolerance_yuan
    union all
    select admission_id, array_sort(array_agg(charge_id)), null, 'documentation_defect',
           '退费行 ' || array_to_string(array_sort(array_agg(distinct item_name)), '、') || ' 找不到对应的原收费行。', 'refund'
    from unanswered group by admission_id
    union all
    select admission_id, array_sort(array_agg(charge_id)), null, 'documentation_defect',
           array_to_string(array_sort(array_agg(distinct item_name)), '、') || ' 的退费多于原收费。', 'refund'
    from overdrawn group by admission_id
    union all
    select admission_id, array_sort(array_agg(charge_id)), null, 'documentation_defect',
           cast(count(*) as varchar) || ' 行明细缺项目名称或发生时间。', 'nameless'
    from nameless group by admission_id
    union all
    select admission_id, array_sort(array_agg(charge_id)), sum(amount), 'over_standard_charge',
           array_to_string(array_sort(array_agg(distinct item_name)), '、') || ' 的数量为 0 而有金额 '
               || cast(cast(sum(amount) as decimal(18, 2)) as varchar) || ' 元。', 'uncounted'
    from uncounted group by admission_id
    union all
    select admission_id, array_sort(array_agg(charge_id)), null, 'documentation_defect',
           '流水号 ' || array_to_string(array_sort(array_agg(charge_id)), '、') || ' 用于不止一行明细。', 'number'
    from renumbered group by admission_id
    union all
    select admission_id, cast(null as varchar[]), null, 'documentation_defect', '同一次住院的两张结算单结算期间重叠。', 'overlap'
    from overlapping
)
select admission_id, charge_ids, amount, violation, what_said, array_sort(array_agg(distinct about)) as points_at
from told
group by admission_id, charge_ids, amount, violation, what_said
order by admission_id, violation, what_said
