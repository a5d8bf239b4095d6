-- Stays that are one episode because the first ended only for a settlement: within 24 hours, and either an interim
-- settlement or the year's end. Caps per stay use the episode.
with joined as (
    select s.admission_id, s.person_id, a.hospital_code, s.begins_at,
           case when s.gap_hours is not null and s.gap_hours <= 24 and s.gap_hours >= 0
                 and (t.mdtrt_id is not null
                      or (extract(month from s.previous_ends_at) = 12 and extract(day from s.previous_ends_at) = 31))
                then 0 else 1 end as opens
    from person_stays s
    join admissions a on a.admission_id = s.admission_id
    left join (select distinct mdtrt_id from raw_setl_d where mid_setl_flag = '1') t on t.mdtrt_id = s.previous_admission_id
),
numbered as (
    select *, sum(opens) over (partition by person_id, hospital_code order by begins_at, admission_id
                               rows between unbounded preceding and current row) as n
    from joined
)
select admission_id, coalesce(hospital_code, '') || '/' || person_id || '/' || cast(n as varchar) as episode_id from numbered
union all
select admission_id, admission_id from admissions where person_id is null
