-- What the claims alone tell of CHG-023: a drug all of whose clauses ask for a diagnosis, of which none is on the stay.
-- A clue at most: the record may hold the diagnosis that the settlement list does not.

-- examined
with restricted as (
    select distinct c.admission_id, k.generic
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'drug_indication_limits'
    join drug_indication_limits k on k.row_id = r.row_id
    where (c.in_scope_amount is null or c.in_scope_amount > 0)
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
),
told as (
    select s.admission_id, max(case when o.generic is not null then 1 else 0 end) as beyond
    from restricted s
    left join (select distinct generic from drug_indication_limits where diag_regex is null) o on o.generic = s.generic
    group by s.admission_id
)
select a.admission_id,
       case when t.admission_id is null then 'not_applicable' when t.beyond = 1 then 'not_checked' else 'clear' end as outcome,
       case when t.admission_id is null then '未使用限定支付条件的药品'
            when t.beyond = 1 then '限定条件须看化验、医嘱或病历' end as reason
from admissions a
left join told t on t.admission_id = a.admission_id

-- findings
with paid as (
    select c.admission_id, c.charge_id, c.item_name, c.amount, c.in_scope_amount, c.charged_at, k.generic, k.row_id, k.diag_regex,
           k.text, coalesce(r.ceiling, 'established') as ceiling
    from charges c
    join row_codes r on r.item_key = c.item_key and r.table_name = 'drug_indication_limits'
    join drug_indication_limits k on k.row_id = r.row_id
    join admissions a on a.admission_id = c.admission_id
    where (c.in_scope_amount is null or c.in_scope_amount > 0)
      and c.charged_on between coalesce(k.in_force_from, date '1900-01-01') and coalesce(k.in_force_to, date '9999-12-31')
      and (k.insutype is null or '|' || k.insutype || '|' like '%|' || a.insurance_type || '|%')
),
clauses as (
    select admission_id, generic, row_id, max(diag_regex) as diag_regex, max(text) as text
    from paid group by admission_id, generic, row_id
),
names as (
    select admission_id, diagnosis_name as name from diagnoses where diagnosis_name is not null
    union
    select admission_id, admission_diagnosis from admissions where admission_diagnosis is not null
    union
    select admission_id, main_diagnosis from admissions where main_diagnosis is not null
),
pairs as (
    -- each pattern is held once against each name it meets anywhere
    select distinct c.row_id, c.diag_regex, n.name
    from clauses c join names n on n.admission_id = c.admission_id
    where c.diag_regex is not null
),
meets as (
    select row_id, name from pairs where regexp_matches(name, diag_regex)
),
met as (
    select distinct c.admission_id, c.generic
    from clauses c
    join names n on n.admission_id = c.admission_id
    join meets m on m.row_id = c.row_id and m.name = n.name
),
missed as (
    select c.admission_id, c.generic, array_sort(array_agg(distinct c.text)) as texts, max(c.row_id) as row_id
    from clauses c
    left join met m on m.admission_id = c.admission_id and m.generic = c.generic
    where m.admission_id is null
    group by c.admission_id, c.generic
    having count(*) = count(c.diag_regex)
),
seen as (
    select admission_id, array_sort(array_agg(distinct name)) as names from names group by admission_id
),
lines as (
    select admission_id, generic, charge_id, max(item_name) as item_name, max(amount) as amount, max(in_scope_amount) as in_scope_amount
    from paid group by admission_id, generic, charge_id
)
select l.admission_id, array_sort(array_agg(l.charge_id)) as charge_ids, sum(l.amount) as amount,
       case when count(l.in_scope_amount) = count(*) then sum(l.in_scope_amount) end as fund_amount,
       sum(coalesce(l.in_scope_amount, l.amount)) as paid_yuan, max(l.item_name) as drug,
       array_to_string(m.texts, '；或 ') as "limit",
       '诊断为' || array_to_string(s.names, '、') || '，未见该适应症' as seen, '' as declared, m.row_id, 'clue' as certainty,
       array_sort(array_agg(distinct '缺：病历文书，只按结算诊断判断')) as lowered_by
from lines l
join missed m on m.admission_id = l.admission_id and m.generic = l.generic
join seen s on s.admission_id = l.admission_id
group by l.admission_id, l.generic, m.texts, m.row_id, s.names
order by l.admission_id, l.generic
