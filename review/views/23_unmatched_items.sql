-- Items without a national code whose name comes near an item of a rule table and that nobody has matched yet: whether
-- the rule speaks of them is not known, so a check that reads the table has not looked at them.
with items as (
    select distinct item_key, item_name, code15, map_row from charges
),
pending as (
    select distinct c.item_key, c.item_name, k.code15
    from items c join raw_item_candidates k on k.item_name = c.item_name and not k.accepted
    where c.map_row is null
      and (c.code15 is null or not regexp_matches(c.code15, '^(0[01][0-9]{13}|[XZTC][0-9A-Z]{12,})$'))
      and not exists (select 1 from raw_item_candidates s where s.item_name = c.item_name and s.accepted)
),
near as (
    select n.item_key, n.item_name, p.table_name from pending n join row_patterns p on p.pattern = n.code15 where p.match = 'exact'
    union
    select n.item_key, n.item_name, p.table_name from pending n join row_patterns p on starts_with(n.code15, p.pattern)
    where p.match = 'prefix'
)
select n.item_key, n.item_name, n.table_name from near n
where not exists (select 1 from row_codes r where r.item_key = n.item_key and r.table_name = n.table_name)
