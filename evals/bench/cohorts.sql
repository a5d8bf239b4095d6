-- Invented stays for the checks across stays: ordinary ones, one group of every kind planted, their bills and notes.
-- A `{rN}` is a number between 0 and 1 made from a stay's own number. Sections are run in the order of the program.
-- section: ordinary
insert into raw_mdtrt_d by name
select concat('B', lpad(cast(n as varchar), 7, '0')) as mdtrt_id,
       -- one stay in five is another stay of somebody seen before
       concat('P', case when {r1} < 0.2 then cast(floor({r2} * {admissions}) as bigint) else n end) as psn_no,
       concat(substr('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张', cast(floor({r3} * 24) as integer) + 1, 1), '某') as psn_name,
       case when {r4} < 0.5 then '1' else '2' end as gend, cast(20 + floor({r5} * 65) as integer) as age,
       concat('138', lpad(cast(hash(n) % 100000000 as varchar), 8, '0')) as tel,
       concat('某县', hash(n * 7) % 40, '镇', hash(n * 11) % 400, '村', hash(n * 13) % 60, '号') as addr,
       concat('单位', hash(n * 17) % 20000) as emp_name,
       concat('H', lpad(cast(hash(n * 19) % 25 as varchar), 2, '0')) as fixmedins_code,
       date '2023-01-01' + cast(floor({r6} * 730) as integer) + interval (floor({r7} * 12) + 7) hour as begntime,
       cast(1 + floor({r8} * {r8} * 18) as integer) as ipt_days,
       concat('病区', hash(n * 23) % 20) as adm_dept_name,
       concat(substr('IJKMNGEHLBC', cast(floor({r9} * 11) as integer) + 1, 1), lpad(cast(hash(n * 29) % 60 as varchar), 2, '0'), '.900') as dscg_maindiag_code,
       '1' as dscg_way, '21' as med_type, cast(n as varchar) as ipt_otp_no, cast(n as integer) as row_number, 'claims/mdtrt_d.csv' as source
from range({admissions}) t(n)
-- section: planted_batch
insert into raw_mdtrt_d by name
select concat('ADM-010-disease-', n) as mdtrt_id, concat('P010-', n) as psn_no, '钱某' as psn_name, 'H01' as fixmedins_code,
       timestamp '2023-06-07 09:00' as begntime, 5 as ipt_days, '病区3' as adm_dept_name, 'M51.202' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(9) t(n)
-- section: planted_phone
insert into raw_mdtrt_d by name
select concat('ADM-011-phone-', n) as mdtrt_id, concat('P011-', n) as psn_no,
       concat(substr('赵钱孙李周吴郑王', cast(n as integer) + 1, 1), '某') as psn_name, '13700001234' as tel, concat('某县某镇某村', n, '号') as addr, 'H02' as fixmedins_code,
       timestamp '2023-03-01 09:00' + interval (n * 17) day as begntime, 5 as ipt_days, '病区4' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(8) t(n)
-- section: planted_fridays
insert into raw_mdtrt_d by name
select concat('ADM-012-fridays-', n, case when m = 0 then 'a' else 'b' end) as mdtrt_id, concat('P012-', n) as psn_no, '李某' as psn_name,
       'H03' as fixmedins_code, timestamp '2023-04-03 09:00' + interval (n * 7 + m * 7) day as begntime, 4 as ipt_days,
       '康复病区' as adm_dept_name, 'M51.202' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(20) t(n), range(2) s(m)
-- section: planted_bills
insert into raw_mdtrt_d by name
select concat('ADM-013-same-', n) as mdtrt_id, concat('P013-', n) as psn_no, '周某' as psn_name, 'H04' as fixmedins_code,
       timestamp '2023-05-02 09:00' + interval (n * 4) day as begntime, 6 as ipt_days, '病区5' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(5) t(n)
-- section: planted_two_places
insert into raw_mdtrt_d by name
select concat('ADM-014-overlap-', n) as mdtrt_id, 'P014' as psn_no, '吴某' as psn_name, concat('H0', 5 + n) as fixmedins_code,
       timestamp '2023-05-02 09:00' + interval (n * 2) day as begntime, 9 as ipt_days, '病区6' as adm_dept_name,
       'K29.500' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(2) t(n)
-- section: planted_induced
insert into raw_mdtrt_d by name
select concat('ADM-015-promised-', n) as mdtrt_id, concat('P015-', n) as psn_no, '郑某' as psn_name, 'H07' as fixmedins_code,
       timestamp '2023-02-01 09:00' + interval (n * 9) day as begntime, 5 as ipt_days,
       '理疗病区' as adm_dept_name, concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(40) t(n)
-- section: planted_quarter
insert into raw_mdtrt_d by name
select concat('ADM-016-returned-', n, case when m = 0 then 'a' else 'b' end) as mdtrt_id, concat('P016-', n) as psn_no, '王某' as psn_name,
       'H08' as fixmedins_code, timestamp '2023-07-03 09:00' + interval (n % 60 + m * 14) day as begntime, 4 as ipt_days,
       concat('病区', hash(n) % 20) as adm_dept_name, case when m = 0 then 'J44.900' else 'I50.900' end as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(600) t(n), range(2) s(m)
-- section: planted_village
insert into raw_mdtrt_d by name
select concat('ADM-010-village-', n) as mdtrt_id, concat('P010v-', n) as psn_no, '孙某' as psn_name, 'H10' as fixmedins_code,
       concat('某县石岭镇北坡村', n, '号') as addr, timestamp '2023-09-12 09:00' as begntime, 5 as ipt_days, '病区2' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(9) t(n)
-- section: planted_numbers
insert into raw_mdtrt_d by name
select concat('ADM-010-numbers-', n) as mdtrt_id, concat('P010n-', n) as psn_no, '孙某' as psn_name, 'H11' as fixmedins_code,
       cast(90000000 + n as varchar) as ipt_otp_no, timestamp '2023-10-11 09:00' as begntime, 5 as ipt_days, '病区7' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(20) t(n)
-- section: planted_employer
insert into raw_mdtrt_d by name
select concat('ADM-011-employer-', n) as mdtrt_id, concat('P011e-', n) as psn_no, '冯某' as psn_name, '某县宏达保洁有限公司' as emp_name, 'H09' as fixmedins_code,
       timestamp '2023-06-02 09:00' + interval (n * 2) day as begntime, 5 as ipt_days, '病区8' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(10) t(n)
-- section: planted_years_end
insert into raw_mdtrt_d by name
select concat('ADM-012-december-', n, case when m = 0 then 'a' else 'b' end) as mdtrt_id, concat('P012d-', n) as psn_no, '李某' as psn_name,
       'H12' as fixmedins_code, timestamp '2023-12-22 09:00' + interval (m * 11) day as begntime, 5 as ipt_days,
       concat('病区', n % 20) as adm_dept_name, 'J44.900' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(30) t(n), range(2) s(m)
-- section: planted_nearly
insert into raw_mdtrt_d by name
select concat('ADM-013-nearly-', n) as mdtrt_id, concat('P013n-', n) as psn_no, '周某' as psn_name, 'H14' as fixmedins_code,
       timestamp '2023-05-02 09:00' + interval (n * 4) day as begntime, 6 as ipt_days, '病区9' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(5) t(n)
-- section: planted_totals
insert into raw_mdtrt_d by name
select concat('ADM-013-total-', n) as mdtrt_id, concat('P013t-', n) as psn_no, '周某' as psn_name, 'H15' as fixmedins_code,
       timestamp '2023-05-02 09:00' + interval (n * 4) day as begntime, 6 as ipt_days, '病区10' as adm_dept_name, cast(900000 + n as integer) as row_number,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(6) t(n)
-- section: planted_blood
insert into raw_mdtrt_d by name
select concat('ADM-014-blood-', n) as mdtrt_id, 'P014b' as psn_no, '吴某' as psn_name, 'H16' as fixmedins_code,
       timestamp '2023-05-02 09:00' + interval (n * 60) day as begntime, 6 as ipt_days, '病区11' as adm_dept_name,
       'K29.500' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(2) t(n)
-- section: planted_infections
insert into raw_mdtrt_d by name
select concat('ADM-016-infected-', n) as mdtrt_id, concat('P016i-', n) as psn_no, '王某' as psn_name, 'H13' as fixmedins_code,
       timestamp '2023-07-03 09:00' + interval (n) day as begntime, 6 as ipt_days, concat('病区', n % 20) as adm_dept_name,
       'I50.900' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(60) t(n)
-- section: finish
update raw_mdtrt_d set endtime = begntime + to_days(ipt_days), dscg_dept_name = adm_dept_name
-- section: settled
insert into raw_setl_d by name
select concat('S', mdtrt_id) as setl_id, mdtrt_id, case when mdtrt_id like 'ADM-013-total-%' then 4321.17 else cast(800 + hash(mdtrt_id) % 1800000 / 100.0 as decimal(18, 4)) end as medfee_sumamt,
       700 as hifp_pay, 700 as fund_pay_sumamt,
       case when mdtrt_id like 'ADM-015-%' or hash(mdtrt_id) % 30 = 0 then 0 else 200 end as psn_pay
from raw_mdtrt_d
-- section: written
insert into raw_documents by name
select concat('D', mdtrt_id) as document_id, mdtrt_id as admission_id, concat('records/', mdtrt_id, '.txt') as source,
       '入院记录' as kind, '入院记录' as title, '现病史：患者由专车接送来院，医院承诺免收自付费用。' as text, 0 as start_at, begntime as written_at,
       true as written_exact, 1.0 as confidence
from raw_mdtrt_d where mdtrt_id like 'ADM-015-%'
-- section: charged
-- twelve to sixty items a stay; the planted ones share one bill of forty-five, or all but one quantity of it
insert into charges by name
select concat(a.admission_id, '-', i) as charge_id, a.admission_id, concat('item', lpad(cast(hash(a.row_number * 31 + i) % 900 as varchar), 4, '0')) as item_key,
       1 + hash(a.row_number * 37 + i) % 9 as quantity, 10 as unit_price, 10 as amount, a.begins_at as charged_at, 'service' as kind, 'patient' as subject
from admissions a, range(12 + cast(hash(a.row_number * 41) % 49 as bigint)) t(i)
where a.admission_id not like 'ADM-013-same-%' and a.admission_id not like 'ADM-013-nearly-%'
union all by name
select concat(a.admission_id, '-', i) as charge_id, a.admission_id, concat('item', lpad(cast(i * 13 as varchar), 4, '0')) as item_key, 1 + i % 7 + case when a.admission_id = concat('ADM-013-nearly-', i) then 1 else 0 end as quantity,
       10 as unit_price, 10 as amount, a.begins_at as charged_at, 'service' as kind, 'patient' as subject
from admissions a, range(45) t(i) where a.admission_id like 'ADM-013-same-%' or a.admission_id like 'ADM-013-nearly-%'
-- section: infected
insert into diagnoses by name
select admission_id, false as is_main, 'J18.903' as diagnosis_code, '医院获得性肺炎' as diagnosis_name, '4' as present_on_admission
from admissions where hash(row_number * 43) % 400 = 0 or admission_id like 'ADM-016-infected-%'
-- section: typed
-- one stay in ten has its blood group, the same in all stays of a person but for the planted one
insert into labs by name
select concat('labs:', admission_id) as fact_id, admission_id, begins_at as sampled_at, 'ABO血型' as analyte,
       case when admission_id = 'ADM-014-blood-0' then 'A型' when admission_id = 'ADM-014-blood-1' then 'B型'
            else concat(substr('ABO', 1 + cast(hash(person_id) % 3 as integer), 1), '型') end as value_text
from admissions where hash(row_number * 47) % 10 = 0 or admission_id like 'ADM-014-blood-%'
