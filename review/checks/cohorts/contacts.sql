-- Stays that share a telephone, an address or an employer, beside the same hospital's other telephones and the same
-- address's own year.
-- section: given
with large as (
    select coalesce(hospital_code, '') as hospital, count(*) as all_stays, min(begins_on) as first_day,
           cast(max(begins_on) - min(begins_on) as integer) + 1 as period
    from admissions group by coalesce(hospital_code, '') having count(*) >= $least_stays
),
stays as (
    select a.admission_id, l.hospital, l.all_stays, l.period, a.begins_on, cast(a.begins_on - l.first_day as integer) as day,
           coalesce(a.person_id, a.admission_id) as person, substr(trim(a.person_name), 1, 1) as surname,
           regexp_replace(coalesce(a.phone, ''), '[^0-9]', '', 'g') as phone,
           replace(trim(coalesce(a.address, '')), ' ', '') as address,
           replace(trim(coalesce(a.employer, '')), ' ', '') as employer,
           case when regexp_matches(concat(coalesce(a.address, ''), coalesce(a.employer, '')), $care_home) then 1 else 0 end as home,
           case when regexp_matches(upper(coalesce(a.main_diagnosis_code, '')), $accident) then 1 else 0 end as sudden
    from admissions a
    join large l on l.hospital = coalesce(a.hospital_code, '')
),
phoned as (
    select * from stays where length(phone) >= $least_digits and phone <> repeat(substr(phone, 1, 1), length(phone))
),
placed as (
    select 'address' as feature, address as mark, admission_id, hospital, all_stays, period, day, person, home, sudden from stays
    where length(address) >= 4 and not regexp_matches(address, $no_place)
    union all
    select 'employer', employer, admission_id, hospital, all_stays, period, day, person, home, sudden from stays
    where length(employer) >= 3 and not regexp_matches(employer, $no_place)
)
-- section: phones
, phones as (
    select hospital, phone as mark, min(all_stays) as all_stays, count(*) as stays, count(distinct person) as persons,
           count(distinct surname) as surnames, count(distinct nullif(address, '')) as addresses, sum(home) as home
    from phoned group by hospital, phone
),
base as (
    select hospital, count(*) as phones, sum(greatest(surnames - 1, 0)) as further from phones
    where stays <= $default_share * all_stays group by hospital
)
select p.hospital, p.mark, p.all_stays, p.stays, p.persons, p.surnames, p.addresses, p.home,
       coalesce(b.further, 0) - (p.surnames - 1) as others, coalesce(b.phones, 0) - 1 as other_phones,
       coalesce(b.phones, 0) as tests, p.stays > $default_share * p.all_stays as is_default
from phones p
left join base b on b.hospital = p.hospital
where p.persons >= $least_persons and p.surnames >= $least_surnames
order by p.hospital, p.mark
-- section: phone_stays
select admission_id from phoned where hospital = $hospital and phone = $mark order by admission_id
-- section: places
, often as (
    select feature, hospital, mark, count(*) as total, sum(home) as home from placed
    group by feature, hospital, mark
    having count(*) >= $least_in_window and count(*) <= $default_share * min(all_stays)
),
counted as (
    select p.feature, p.hospital, p.mark, p.day, p.period, o.total, o.home,
           count(*) over (partition by p.feature, p.hospital, p.mark order by p.day
                          range between 29 preceding and current row) as n
    from placed p
    join often o on o.feature = p.feature and o.hospital = p.hospital and o.mark = p.mark
),
fullest as (
    select *, row_number() over (partition by feature, hospital, mark order by n desc, day) as place from counted
),
tests as (select count(distinct concat(feature, '|', hospital, '|', mark)) as tests from placed)
select f.feature, f.hospital, f.mark, f.day, f.period, f.total, f.home, f.n, count(distinct p.person) as persons, sum(p.sudden) as sudden, t.tests
from fullest f
join placed p on p.feature = f.feature and p.hospital = f.hospital and p.mark = f.mark and p.day between f.day - 29 and f.day
cross join tests t
where f.place = 1 and f.n >= $least_in_window and f.period >= $least_period
group by f.feature, f.hospital, f.mark, f.day, f.period, f.total, f.home, f.n, t.tests
order by f.hospital, f.feature, f.mark
-- section: place_stays
select admission_id from placed
where feature = $feature and hospital = $hospital and mark = $mark and day between $day - 29 and $day
order by admission_id
