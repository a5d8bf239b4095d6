-- Which row of the item map speaks of each way an item is written on a line: the hospital's own row before a general
-- one; then the whole code with its suffix, the suffix alone, the hospital's code, the code without suffix, the name.
-- A hospital's code in a general row, or in a row somebody confirmed by name, counts only with the name beside it.
-- Two rows of one rank that name different items settle nothing.
with written as (
    select l.code15, l.suffix, l.hospital_item_code, l.item_name, l.hospital_item_name, a.hospital_code,
           case when l.suffix is null then l.code15 else concat(l.code15, '-', l.suffix) end as whole_code,
           upper(trim(l.hospital_item_code)) as hospital_code_said,
           replace(replace(replace(l.item_name, '（', '('), '）', ')'), ' ', '') as plain_name,
           replace(replace(replace(l.hospital_item_name, '（', '('), '）', ')'), ' ', '') as plain_hospital_name,
           min(l.charged_on) as first_on, max(l.charged_on) as last_on
    from charge_lines l join admissions a on a.admission_id = l.admission_id
    where exists (select 1 from item_map)
    group by l.code15, l.suffix, l.hospital_item_code, l.item_name, l.hospital_item_name, a.hospital_code
),
maps as (
    select row_id, authority, hospital, upper(trim(local_code)) as local_code, quality,
           replace(replace(replace(local_name, '（', '('), '）', ')'), ' ', '') as local_name,
           coalesce(in_force_from, date '1900-01-01') as from_on, coalesce(in_force_to, date '9999-12-31') as to_on,
           coalesce(min(ref_code15), '') as first_ref
    from item_map
    group by row_id, authority, hospital, local_code, quality, local_name, in_force_from, in_force_to
),
met as (
    select w.*, m.row_id, m.hospital, m.authority, m.local_name, m.first_ref, m.from_on, m.to_on, 1 as step
    from written w join maps m on m.local_code = w.whole_code where w.suffix is not null
    union all
    select w.*, m.row_id, m.hospital, m.authority, m.local_name, m.first_ref, m.from_on, m.to_on, 2
    from written w join maps m on m.local_code = w.suffix
    union all
    select w.*, m.row_id, m.hospital, m.authority, m.local_name, m.first_ref, m.from_on, m.to_on, 3
    from written w join maps m on m.local_code = w.hospital_code_said
    where (m.hospital is not null and m.authority <> 'working') or m.local_name = w.plain_name
       or m.local_name = w.plain_hospital_name
    union all
    select w.*, m.row_id, m.hospital, m.authority, m.local_name, m.first_ref, m.from_on, m.to_on, 4
    from written w join maps m on m.local_code = w.code15
    union all
    select w.*, m.row_id, m.hospital, m.authority, m.local_name, m.first_ref, m.from_on, m.to_on, 5
    from written w join maps m on m.local_name = w.plain_name where m.local_code is null
    union all
    select w.*, m.row_id, m.hospital, m.authority, m.local_name, m.first_ref, m.from_on, m.to_on, 5
    from written w join maps m on m.local_name = w.plain_hospital_name
    where m.local_code is null and w.plain_hospital_name is distinct from w.plain_name
),
ranked as (
    select m.*,
           dense_rank() over (partition by m.code15, m.suffix, m.hospital_item_code, m.item_name, m.hospital_item_name, m.hospital_code
                              order by case when m.hospital is null then 1 else 0 end, m.step) as place
    from met m cross join inspection i
    where (m.hospital is null or m.hospital = m.hospital_code or m.hospital = i.hospital_code or m.hospital = i.hospital_name)
      and m.from_on <= coalesce(m.last_on, date '9999-12-31') and m.to_on >= coalesce(m.first_on, date '1900-01-01')
)
select code15, suffix, hospital_item_code, item_name, hospital_item_name, hospital_code, min(row_id) as map_row
from ranked where place = 1
group by code15, suffix, hospital_item_code, item_name, hospital_item_name, hospital_code
having min(first_ref) = max(first_ref)
