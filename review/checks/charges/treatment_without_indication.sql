/*
code: CHG-031
title: 无指征治疗、抗菌药物使用不当
violation: excessive_service
certainty: probable
needs: {tables: [charges, admissions], knowledge: [treatment_rules]}
limits:
  incision_hours: 2
  oldest_without_risk: 70
  infected: 感染|炎|脓|坏疽|穿孔|破裂|开放性|发热|异物|溃疡|坏死|结核|褥疮|压疮
  infected_later: (切口|肺部|泌尿|尿路|腹腔|颅内|血流|呼吸道|软组织|伤口)感染|红肿|渗液|流脓|脓性|高热|发热|体温(38|39|40)|降钙素原[^，。；]{0,6}异常
  implanted: 植入|置入|置换|内固定|补片|人工|支架|起搏|钢板|髓内钉|无张力|移植
  weakened: 糖尿病|免疫|移植|化疗|白血病|淋巴瘤|艾滋|粒细胞|营养不良|激素|透析|肝硬化
  clean: "^(Ⅰ|I([^IV]|$)|1|一)"
  consulted: 会诊|抗菌药物专家|临床药师|药学部
limits_said:
  incision_hours: 切皮前给药至多（小时）
  oldest_without_risk: 不算高龄的最大年龄（岁）
  infected: 表示感染的词
  infected_later: 表示术后感染的词
  implanted: 表示植入物的词
  weakened: 表示免疫低下等高危的词
  clean: 表示Ⅰ类切口的写法
  consulted: 表示抗菌药物会诊的词
basis: [医疗保障基金使用监督管理条例#第三十八条（二）]
covers: {classes: [20, 44, 45, 79, 82, 83, 88], problems: [167, 168, 173]}
message: "收取 $item_name 计 $amount_yuan 元：$why_said，疑似无指征或不合规的治疗。"
why: 治疗、用药须有适应症；禁忌而用、没有相应状态而收费、清洁手术长时间预防用抗菌药物，都不是病情所需。
exceptions:
  - 诊断或病历写有适应症
  - 已记载感染的治疗用药
  - 植入物手术的预防用药
  - 糖尿病、免疫缺陷等高危患者的预防用药
  - 再次手术
  - 高龄患者的预防用药
  - 预防用药未超过规定时间
  - 清洁手术以外的切口
  - 全身麻醉下的麻醉深度监测
  - 麻醉记录写明控制性降压
  - 特殊使用级抗菌药物已有会诊
  - 昏迷患者的治疗日已清醒
overturned_by: [功能评定或量表, 会诊记录, 当地康复支付范围, 诊断依据]
*/
-- examined
with governed as (
    select r.item_key, k.kind from row_codes r join treatment_rules k on k.row_id = r.row_id
    where r.table_name = 'treatment_rules' and r.side = 'code15'
    union
    select r.item_key, 'indication' from row_codes r join item_scope_limits k on k.row_id = r.row_id
    where r.table_name = 'item_scope_limits' and k.aspect = 'diagnosis'
),
met as (
    select c.admission_id, count(*) filter (where g.kind in ('indication', 'contraindication', 'companion')) as judged,
           count(*) filter (where g.kind in ('recorded', 'consult')) as by_record, count(*) filter (where g.kind = 'prophylaxis') as antibiotics
    from charges c join governed g on g.item_key = c.item_key
    group by c.admission_id
),
cut as (select distinct admission_id from operations where incision is not null),
noted as (select distinct admission_id from documents)
select a.admission_id,
       case when m.admission_id is null then 'not_applicable'
            when m.judged > 0 or (m.by_record > 0 and n.admission_id is not null) or (m.antibiotics > 0 and u.admission_id is not null) then 'clear'
            when m.by_record > 0 then 'not_checked'
            when o.admission_id is null then 'not_applicable'
            else 'not_checked' end as outcome,
       case when m.admission_id is null then '无规则列明须有适应症的治疗、用药'
            when m.judged > 0 or (m.by_record > 0 and n.admission_id is not null) or (m.antibiotics > 0 and u.admission_id is not null) then null
            when m.by_record > 0 then '缺：病历文书'
            when o.admission_id is null then '用抗菌药物而无手术，不涉及预防用药'
            else '缺：手术切口等级' end as reason
from admissions a
left join met m on m.admission_id = a.admission_id
left join cut u on u.admission_id = a.admission_id
left join noted n on n.admission_id = a.admission_id
left join (select distinct admission_id from operation_events) o on o.admission_id = a.admission_id

-- findings
with governed as (
    select r.item_key, k.row_id, coalesce(r.ceiling, 'established') as ceiling, k.kind, k.name, k.insutype, k.in_force_from, k.in_force_to,
           k.indication_regex, k.contra_regex, k.needs_regex, k.prophylaxis_hours
    from row_codes r join treatment_rules k on k.row_id = r.row_id
    where r.table_name = 'treatment_rules' and r.side = 'code15'
    union all
    select r.item_key, k.row_id, 'clue', 'indication', k.name, k.insutype, k.in_force_from, k.in_force_to, k.diag_regex,
           cast(null as varchar), cast(null as varchar), cast(null as integer)
    from row_codes r join item_scope_limits k on k.row_id = r.row_id
    where r.table_name = 'item_scope_limits' and k.aspect = 'diagnosis' and k.diag_regex is not null
),
lines as (
    select g.*, c.admission_id, c.charge_id, c.item_name, c.charged_at, c.charged_on, c.clock_ok, c.amount
    from charges c
    join governed g on g.item_key = c.item_key
    join admissions a on a.admission_id = c.admission_id
    where c.subject = 'patient' and c.charged_on is not null
      and (g.insutype is null or '|' || g.insutype || '|' like '%|' || a.insurance_type || '|%')
      and c.charged_on between coalesce(g.in_force_from, date '1900-01-01') and coalesce(g.in_force_to, date '9999-12-31')
),
stays as (
    select distinct admission_id, row_id, kind, indication_regex, contra_regex, needs_regex from lines
),
noted as (select distinct admission_id from documents),
diagnosed as (
    select admission_id, diagnosis_name as said from diagnoses where diagnosis_name is not null
    union
    select admission_id, value from facts where kind = 'diagnosis' and value is not null
    union
    select admission_id, concat(coalesce(admission_diagnosis, ''), '；', coalesce(main_diagnosis, '')) from admissions
),
indicated as (
    select distinct s.admission_id, s.row_id
    from stays s join diagnosed d on d.admission_id = s.admission_id
    where s.kind = 'indication' and regexp_matches(d.said, s.indication_regex)
),
-- the notes are many: they are asked only of what the diagnoses leave open
asked as (
    select s.admission_id, s.row_id, s.kind, s.indication_regex, s.needs_regex
    from stays s left join indicated i on i.admission_id = s.admission_id and i.row_id = s.row_id
    where i.row_id is null
),
excused as (
    select admission_id, row_id from indicated
    union
    select s.admission_id, s.row_id
    from asked s join stated w on w.admission_id = s.admission_id
    where (s.kind = 'indication' and regexp_matches(w.text, s.indication_regex))
       or (s.kind in ('companion', 'recorded') and regexp_matches(w.text, s.needs_regex))
       or (s.kind = 'consult' and regexp_matches(w.text, $consulted))
    union
    select s.admission_id, s.row_id
    from stays s
    join (select c.admission_id, c.item_name as said
          from charges c join (select distinct admission_id from stays where kind = 'companion') q on q.admission_id = c.admission_id
          union select distinct admission_id, method from anesthesia
          union select distinct admission_id, anesthesia_way from operations) t on t.admission_id = s.admission_id
    where s.kind = 'companion' and regexp_matches(t.said, s.needs_regex)
    union
    select d.admission_id, s.row_id
    from stays s join documents d on d.admission_id = s.admission_id
    where s.kind = 'consult' and d.kind like '%会诊%'
),
-- a patient may come round: what forbids the treatment must be said of that day, or be the diagnosis with no word of better
forbidden as (
    select l.admission_id, l.charge_id, l.row_id
    from lines l join stated w on w.admission_id = l.admission_id and w.said_on = l.charged_on
    where l.kind = 'contraindication' and regexp_matches(w.text, l.contra_regex)
    union
    select l.admission_id, l.charge_id, l.row_id
    from lines l
    join diagnosed d on d.admission_id = l.admission_id
    left join noted n on n.admission_id = l.admission_id
    where l.kind = 'contraindication' and regexp_matches(d.said, l.contra_regex) and n.admission_id is null
),
operated as (
    select admission_id, min(operated_on) as first_on, max(operated_on) as last_on, min(begins_at) as begins_at,
           min(case when regexp_matches(upper(incision), $clean) then 1 else 0 end) as all_clean,
           max(case when regexp_matches(operation_name, $implanted) then 1 else 0 end) as implant
    from operations where incision is not null
    group by admission_id
),
-- every operation of the stay must be known to be clean, on one day, in a patient without risk
clean as (
    select o.admission_id, o.first_on, o.begins_at
    from operated o
    join admissions a on a.admission_id = o.admission_id
    where o.all_clean = 1 and o.implant = 0 and o.first_on = o.last_on and coalesce(a.age_years, 0) < $oldest_without_risk
      and not exists (select 1 from operation_events e where e.admission_id = o.admission_id and e.operated_on <> o.first_on)
      and not exists (select 1 from charges c where c.admission_id = o.admission_id and c.kind = 'material'
                      and regexp_matches(c.item_name, $implanted))
      and not exists (select 1 from diagnosed d where d.admission_id = o.admission_id
                      and (regexp_matches(d.said, $infected) or regexp_matches(d.said, $weakened)))
      and not exists (select 1 from stated w where w.admission_id = o.admission_id
                      and (regexp_matches(w.text, $infected_later) or regexp_matches(w.text, $weakened)))
),
found as (
    select l.*, '诊断' || case when n.admission_id is null then '' else '和病历' end || '未见' || l.name || '的适应症' as why_said, 'clue' as most
    from lines l
    left join noted n on n.admission_id = l.admission_id
    left join excused e on e.admission_id = l.admission_id and e.row_id = l.row_id
    where l.kind = 'indication' and e.row_id is null
    union all
    select l.*, '患者当日的情况不宜做此项治疗（' || l.name || '）', 'probable'
    from lines l join forbidden f on f.admission_id = l.admission_id and f.charge_id = l.charge_id and f.row_id = l.row_id
    where l.kind = 'contraindication'
    union all
    select l.*, '未见与之相应的状态或操作（' || l.name || '）', 'probable'
    from lines l left join excused e on e.admission_id = l.admission_id and e.row_id = l.row_id
    where l.kind = 'companion' and e.row_id is null
    union all
    select l.*, '麻醉、手术记录没有' || l.name || '的记载', 'clue'
    from lines l
    join (select distinct admission_id from documents where regexp_matches(kind, '麻醉记录|手术记录')) d on d.admission_id = l.admission_id
    left join excused e on e.admission_id = l.admission_id and e.row_id = l.row_id
    where l.kind = 'recorded' and e.row_id is null
    union all
    select l.*, '特殊使用级抗菌药物未见会诊', 'clue'
    from lines l
    join noted n on n.admission_id = l.admission_id
    left join excused e on e.admission_id = l.admission_id and e.row_id = l.row_id
    where l.kind = 'consult' and e.row_id is null
    union all
    select l.*, case when l.charged_on > o.first_on then '清洁手术后预防用药超过 ' || cast(l.prophylaxis_hours as varchar) || ' 小时，未见感染或高危因素'
                     else '清洁手术切皮前过早预防用药，未见感染或高危因素' end, 'clue'
    from lines l join clean o on o.admission_id = l.admission_id
    where l.kind = 'prophylaxis'
      and (l.charged_on > o.first_on + cast(ceil(l.prophylaxis_hours / 24.0) as integer)
           or l.charged_on < o.first_on
           or (l.clock_ok and l.charged_on = o.first_on and epoch(o.begins_at) - epoch(l.charged_at) > $incision_hours * 3600))
),
chosen as (
    select *, row_number() over (partition by admission_id, charge_id order by case most when 'probable' then 0 else 1 end, row_id) as choice
    from found
)
select f.admission_id, array_sort(array_agg(f.charge_id)) as charge_ids, sum(f.amount) as amount, sum(f.amount) as amount_yuan,
       array_sort(array_agg(distinct f.item_name)) as item_name, f.why_said, f.row_id,
       case least(min(case f.ceiling when 'established' then 2 when 'probable' then 1 else 0 end), min(case f.most when 'probable' then 1 else 0 end))
           when 0 then 'clue' else 'probable' end as certainty,
       case when max(n.admission_id) is null then array_sort(array_agg(distinct '缺：病历文书，只按诊断和费用判断')) end as lowered_by
from chosen f
left join noted n on n.admission_id = f.admission_id
where f.choice = 1
group by f.admission_id, f.row_id, f.why_said
order by f.admission_id, f.row_id, f.why_said
