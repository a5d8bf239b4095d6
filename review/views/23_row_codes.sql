-- The patterns of every knowledge row, spread once over the items that occur in this inspection. A code that stands on
-- both sides of a pair belongs to side a: an item does not duplicate itself.
with items as (
    select distinct item_key, code15, item_name from charges
),
hits as (
    select p.table_name, p.row_id, p.side, p.ceiling, i.item_key, i.code15
    from row_patterns p join items i on i.code15 = p.pattern where p.match = 'exact'
    union
    select p.table_name, p.row_id, p.side, p.ceiling, i.item_key, i.code15
    from row_patterns p join items i on starts_with(i.code15, p.pattern) where p.match = 'prefix'
    union
    select p.table_name, p.row_id, p.side, p.ceiling, i.item_key, i.code15
    from row_patterns p join items i on regexp_matches(i.code15, p.pattern) where p.match = 'regex'
    union
    select p.table_name, p.row_id, p.side, p.ceiling, i.item_key, i.code15
    from row_patterns p join items i on regexp_matches(i.item_name, p.pattern) where p.match = 'name'
)
select h.table_name, h.row_id, h.side, h.ceiling, h.item_key, h.code15
from hits h
where h.side <> 'b' or not exists (
    select 1 from hits a where a.table_name = h.table_name and a.row_id = h.row_id and a.side = 'a' and a.item_key = h.item_key)
