-- What speaks of an inducement in a ward: nobody pays a share, notes promise something, one person brings the patients.
-- section: given
with large as (
    select coalesce(hospital_code, '') as hospital from admissions
    group by coalesce(hospital_code, '') having count(*) >= $least_stays
),
stays as (
    select a.admission_id, coalesce(a.hospital_code, '') as hospital, coalesce(a.department, '未注明科室') as ward
    from admissions a
    join large l on l.hospital = coalesce(a.hospital_code, '')
),
wards as (select hospital, ward, count(*) as stays from stays group by hospital, ward),
-- where another fund paid beside the pool the patient may be one of those who are helped
paid as (
    select s.mdtrt_id as admission_id, sum(s.psn_pay) as own, max(case when s.fund_pay_sumamt > s.hifp_pay + 0.01 then 1 else 0 end) as helped
    from raw_setl_d s
    where coalesce(s.refd_setl_flag, '0') <> '1' and s.psn_pay is not null and s.hifp_pay is not null and s.fund_pay_sumamt is not null
      and coalesce(s.medfee_sumamt, 0) > 0
    group by s.mdtrt_id
),
spoken as (
    select d.admission_id, d.document_id, d.text from raw_documents d
    where not regexp_matches(d.kind || d.title, '同意书|告知书|须知|承诺书|宣教|费用清单')
)
-- section: unpaid
, counted as (
    select t.hospital, t.ward, count(*) as known, count(*) filter (where p.own <= 0) as n
    from stays t join paid p on p.admission_id = t.admission_id
    where p.helped = 0
    group by t.hospital, t.ward
)
select hospital, ward, n, known, sum(n) over (partition by hospital) - n as others,
       sum(known) over (partition by hospital) - known as other_known, count(*) over () as tests
from counted
order by hospital, ward
-- section: unpaid_stays
select t.admission_id from stays t join paid p on p.admission_id = t.admission_id
where t.hospital = $hospital and t.ward = $ward and p.helped = 0 and p.own <= 0
order by t.admission_id
-- section: promised
select t.hospital, t.ward, s.admission_id, s.document_id, w.stays,
       regexp_extract(s.text, $promise, 0) as words
from spoken s
join stays t on t.admission_id = s.admission_id
join wards w on w.hospital = t.hospital and w.ward = t.ward
where regexp_matches(s.text, $promise)
order by t.hospital, t.ward, s.admission_id, s.document_id
-- section: introduced
select t.hospital, t.ward, s.admission_id, s.document_id, w.stays,
       regexp_extract(s.text, $introduced, 1) as introducer, regexp_extract(s.text, $introduced, 0) as words
from spoken s
join stays t on t.admission_id = s.admission_id
join wards w on w.hospital = t.hospital and w.ward = t.ward
where regexp_matches(s.text, $introduced)
order by t.hospital, t.ward, s.admission_id, s.document_id
-- section: wards
select hospital, ward, stays from wards order by hospital, ward
-- section: ward_of
select admission_id, hospital, ward from stays order by admission_id
