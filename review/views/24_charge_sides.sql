-- The side and the site that a charge line itself names, in its name, specification or note: 左, 右 or 双; a level of the
-- spine, a vessel, a finger or a tooth. Only lines of items that some rule asks it of; a line that names none has no row.
with asked as (
    select distinct r.item_key
    from row_codes r
    join exclusive_items k on k.row_id = r.row_id and k.also_site_sensitive
    where r.table_name = 'exclusive_items'
),
said as (
    select c.admission_id, c.charge_id,
           concat(coalesce(c.item_name, ''), coalesce(c.hospital_item_name, ''), coalesce(c.memo, ''), coalesce(c.spec, '')) as words
    from charges c
    join asked a on a.item_key = c.item_key
),
read as (
    select admission_id, charge_id,
           case when regexp_matches(words, '双侧|两侧|双(眼|耳|乳|膝|髋|肩|踝|腕|肘|肾|肺|足|手)') then '双'
                when words like '%左%' and words like '%右%' then '双'
                when words like '%左%' then '左'
                when words like '%右%' then '右' end as side,
           nullif(regexp_extract(words, '(前降支|回旋支|右冠状动脉|左主干|对角支|钝缘支|[CTLS][0-9]{1,2}[/／][CTLS]?[0-9]{1,2}|[CTLS][0-9]{1,2}椎|[拇食示中环小]指|[1-4][1-8]牙)', 1), '') as site
    from said
    where regexp_matches(words, '左|右|双|两侧|前降支|回旋支|对角支|钝缘支|[CTLS][0-9]{1,2}|指|牙')
)
select admission_id, charge_id, side, site from read where side is not null or site is not null
