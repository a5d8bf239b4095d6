-- The patterns of every knowledge row, spread once over the items that occur in this inspection. A code that stands on
-- both sides of a pair belongs to the containing side: an item does not duplicate itself.
-- How surely a row speaks of an item: a national row keeps its certainty through an approved row of the item map, is
-- probable at most by the bare code, which a province may have given another meaning, and a clue at most by the name.
-- `how` says which of them it was: map | code | name.
with items as (
    select item_key, code15, item_name, kind, map_row,
           replace(replace(replace(item_name, '（', '('), '）', ')'), ' ', '') as plain_name,
           map_row is null and (code15 is null or not regexp_matches(code15, '^(0[01][0-9]{13}|[XZTC][0-9A-Z]{12,})$')) as uncoded
    from (select item_key, code15, item_name, kind, map_row from charges
          union
          select item_key, code15, item_name, kind, map_row from raw_items_elsewhere) as written
),
names as (
    select item_name, kind from items group by item_name, kind
),
said as (
    -- names are few beside items: a pattern is looked for in each of them once
    select p.table_name, p.row_id, p.side, p.match, n.item_name, n.kind
    from row_patterns p
    join names n on strpos(n.item_name, p.holds) > 0 and regexp_matches(n.item_name, p.pattern)
    where p.match in ('name', 'drug_name')
),
codes as (
    -- a region's own rows know an item by the region's code too
    select item_key, code15 as code, code15, case when map_row is null then 1 else 0 end as national, 'code' as how,
           case when map_row is null then 'probable' else 'established' end as most
    from items where code15 is not null
    union all
    select i.item_key, m.ref_code15, i.code15, 1, 'map',
           case when m.quality = 'wider' then 'clue'
                when m.quality = 'narrower' or (m.authority = 'working' and m.approved_by is null) then 'probable'
                else 'established' end
    from items i join item_map m on m.row_id = i.map_row
    where m.ref_code15 is not null
),
coded as (
    select p.table_name, p.row_id, p.side, p.ceiling, case when p.national then c.most else 'established' end as most, c.how,
           c.item_key, c.code15
    from row_patterns p join codes c on c.code = p.pattern
    where p.match = 'exact' and (c.national = 1 or not p.national)
    union all
    select p.table_name, p.row_id, p.side, p.ceiling, case when p.national then c.most else 'established' end, c.how,
           c.item_key, c.code15
    from row_patterns p join codes c on starts_with(c.code, p.pattern)
    where p.match = 'prefix' and (c.national = 1 or not p.national)
    union all
    select p.table_name, p.row_id, p.side, p.ceiling, case when p.national then c.most else 'established' end, c.how,
           c.item_key, c.code15
    from row_patterns p join codes c on regexp_matches(c.code, p.pattern)
    where p.match = 'regex' and (c.national = 1 or not p.national)
),
named as (
    -- the name of an item without a national code, matched to the catalogue without any doubt but by nobody
    select p.table_name, p.row_id, p.side, i.item_key, i.code15
    from items i
    join raw_item_candidates k on k.item_name = i.item_name and k.accepted
    join row_patterns p on p.pattern = k.code15 and p.match = 'exact'
    where i.uncoded
    union all
    select p.table_name, p.row_id, p.side, i.item_key, i.code15
    from items i
    join raw_item_candidates k on k.item_name = i.item_name and k.accepted
    join row_patterns p on starts_with(k.code15, p.pattern) and p.match = 'prefix'
    where i.uncoded
    union all
    select p.table_name, p.row_id, p.side, i.item_key, i.code15
    from said p join items i on i.item_name = p.item_name and i.kind = p.kind
    where p.match = 'name'
    union all
    -- a published row's list of drug codes may be cut short: a drug no row of the table has by code is known by name
    select p.table_name, p.row_id, p.side, i.item_key, i.code15
    from said p
    join items i on i.item_name = p.item_name and i.kind = p.kind
    where p.match = 'drug_name' and p.kind = 'drug'
      and not exists (select 1 from coded c where c.table_name = p.table_name and c.item_key = i.item_key)
    union all
    select p.table_name, p.row_id, p.side, i.item_key, i.code15
    from row_patterns p join items i on i.plain_name = p.pattern and i.uncoded where p.match = 'same_name'
),
hits as (
    select table_name, row_id, side, item_key, code15, how,
           greatest(case ceiling when 'established' then 0 when 'probable' then 1 else 2 end,
                    case most when 'established' then 0 when 'probable' then 1 else 2 end) as step
    from coded
    union all
    select table_name, row_id, side, item_key, code15, 'name', 2 from named
),
ranked as (
    select *, row_number() over (partition by table_name, row_id, side, item_key
                                 order by step, case how when 'map' then 0 when 'code' then 1 else 2 end, code15) as place,
           max(case when side in ('a', 'package', 'add_on') then 1 else 0 end)
              over (partition by table_name, row_id, item_key) as containing
    from hits
)
select table_name, row_id, side, case step when 0 then 'established' when 1 then 'probable' else 'clue' end as ceiling,
       how, item_key, code15
from ranked
where place = 1 and (containing = 0 or side not in ('b', 'components', 'base'))
  -- a nearer region speaks of this code itself
  and not exists (select 1 from row_patterns x where x.match = 'not' and x.table_name = ranked.table_name
                  and x.row_id = ranked.row_id and x.side = ranked.side and starts_with(ranked.code15, x.pattern))
