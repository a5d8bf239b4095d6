-- The patterns of every knowledge row, spread once over the items that occur in this inspection. A code that stands on
-- both sides of a pair belongs to the containing side: an item does not duplicate itself. An item without a national
-- code can still be known by its name, and is then a clue at most.
with items as (
    select distinct item_key, code15, item_name, kind,
           replace(replace(replace(item_name, '（', '('), '）', ')'), ' ', '') as plain_name,
           code15 is null or not regexp_matches(code15, '^([0-9]{15}|[XZTC][0-9A-Z]{12,})$') as uncoded
    from charges
),
coded as (
    select p.table_name, p.row_id, p.side, p.ceiling, i.item_key, i.code15
    from row_patterns p join items i on i.code15 = p.pattern where p.match = 'exact'
    union
    select p.table_name, p.row_id, p.side, p.ceiling, i.item_key, i.code15
    from row_patterns p join items i on starts_with(i.code15, p.pattern) where p.match = 'prefix'
    union
    select p.table_name, p.row_id, p.side, p.ceiling, i.item_key, i.code15
    from row_patterns p join items i on regexp_matches(i.code15, p.pattern) where p.match = 'regex'
),
hits as (
    select * from coded
    union
    select p.table_name, p.row_id, p.side, 'clue', i.item_key, i.code15
    from row_patterns p join items i on regexp_matches(i.item_name, p.pattern) where p.match = 'name'
    union
    -- a published row's list of drug codes may be cut short: a drug no row of the table has by code is known by name
    select p.table_name, p.row_id, p.side, 'clue', i.item_key, i.code15
    from row_patterns p join items i on i.kind = 'drug' and regexp_matches(i.item_name, p.pattern)
    where p.match = 'drug_name'
      and not exists (select 1 from coded c where c.table_name = p.table_name and c.item_key = i.item_key)
    union
    select p.table_name, p.row_id, p.side, 'clue', i.item_key, i.code15
    from row_patterns p join items i on i.plain_name = p.pattern and i.uncoded where p.match = 'same_name'
),
ranked as (
    select *, min(case ceiling when 'established' then 0 when 'probable' then 1 else 2 end)
              over (partition by table_name, row_id, side, item_key) as best,
           max(case when side in ('a', 'package', 'add_on') then 1 else 0 end)
              over (partition by table_name, row_id, item_key) as containing
    from hits
)
select distinct table_name, row_id, side, case best when 0 then 'established' when 1 then 'probable' else 'clue' end as ceiling,
       item_key, code15
from ranked
where (containing = 0 or side not in ('b', 'components', 'base'))
  -- a nearer region speaks of this code itself
  and not exists (select 1 from row_patterns x where x.match = 'not' and x.table_name = ranked.table_name
                  and x.row_id = ranked.row_id and x.side = ranked.side and starts_with(ranked.code15, x.pattern))
