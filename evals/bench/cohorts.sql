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
select concat('ADM-010-', n) as mdtrt_id, concat('P010-', n) as psn_no, '钱某' as psn_name, 'H01' as fixmedins_code,
       timestamp '2023-06-07 09:00' as begntime, 5 as ipt_days, '病区3' as adm_dept_name, 'M51.202' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(9) t(n)
-- section: planted_phone
insert into raw_mdtrt_d by name
select concat('ADM-011-', n) as mdtrt_id, concat('P011-', n) as psn_no,
       concat(substr('赵钱孙李周吴郑王', cast(n as integer) + 1, 1), '某') as psn_name, '13700001234' as tel, concat('某县某镇某村', n, '号') as addr, 'H02' as fixmedins_code,
       timestamp '2023-03-01 09:00' + interval (n * 17) day as begntime, 5 as ipt_days, '病区4' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(8) t(n)
-- section: planted_fridays
insert into raw_mdtrt_d by name
select concat('ADM-012-', n, case when m = 0 then 'a' else 'b' end) as mdtrt_id, concat('P012-', n) as psn_no, '李某' as psn_name,
       'H03' as fixmedins_code, timestamp '2023-04-03 09:00' + interval (n * 7 + m * 7) day as begntime, 4 as ipt_days,
       '康复病区' as adm_dept_name, 'M51.202' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(20) t(n), range(2) s(m)
-- section: planted_bills
insert into raw_mdtrt_d by name
select concat('ADM-013-', n) as mdtrt_id, concat('P013-', n) as psn_no, '周某' as psn_name, 'H04' as fixmedins_code,
       timestamp '2023-05-02 09:00' + interval (n * 4) day as begntime, 6 as ipt_days, '病区5' as adm_dept_name,
       concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(5) t(n)
-- section: planted_two_places
insert into raw_mdtrt_d by name
select concat('ADM-014-', n) as mdtrt_id, 'P014' as psn_no, '吴某' as psn_name, concat('H0', 5 + n) as fixmedins_code,
       timestamp '2023-05-02 09:00' + interval (n * 2) day as begntime, 9 as ipt_days, '病区6' as adm_dept_name,
       'K29.500' as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(2) t(n)
-- section: planted_induced
insert into raw_mdtrt_d by name
select concat('ADM-015-', n) as mdtrt_id, concat('P015-', n) as psn_no, '郑某' as psn_name, 'H07' as fixmedins_code,
       timestamp '2023-02-01 09:00' + interval (n * 9) day as begntime, 5 as ipt_days,
       '理疗病区' as adm_dept_name, concat('K', 20 + n, '.100') as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source from range(40) t(n)
-- section: planted_quarter
insert into raw_mdtrt_d by name
select concat('ADM-016-', n, case when m = 0 then 'a' else 'b' end) as mdtrt_id, concat('P016-', n) as psn_no, '王某' as psn_name,
       'H08' as fixmedins_code, timestamp '2023-07-03 09:00' + interval (n % 60 + m * 14) day as begntime, 4 as ipt_days,
       concat('病区', hash(n) % 20) as adm_dept_name, case when m = 0 then 'J44.900' else 'I50.900' end as dscg_maindiag_code, '1' as dscg_way, '21' as med_type, 50 as age, '1' as gend, 'claims/mdtrt_d.csv' as source
       from range(600) t(n), range(2) s(m)
-- section: finish
update raw_mdtrt_d set endtime = begntime + to_days(ipt_days), dscg_dept_name = adm_dept_name
-- section: settled
insert into raw_setl_d by name
select concat('S', mdtrt_id) as setl_id, mdtrt_id, cast(800 + hash(mdtrt_id) % 1800000 / 100.0 as decimal(18, 4)) as medfee_sumamt,
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
-- twelve to sixty items a stay; the planted ones share one bill of forty-five
insert into charges by name
select concat(a.admission_id, '-', i) as charge_id, a.admission_id, concat('item', lpad(cast(hash(a.row_number * 31 + i) % 900 as varchar), 4, '0')) as item_key,
       1 + hash(a.row_number * 37 + i) % 9 as quantity, 10 as unit_price, 10 as amount, a.begins_at as charged_at, 'service' as kind, 'patient' as subject
from admissions a, range(12 + cast(hash(a.row_number * 41) % 49 as bigint)) t(i)
where a.admission_id not like 'ADM-013-%'
union all by name
select concat(a.admission_id, '-', i) as charge_id, a.admission_id, concat('item', lpad(cast(i * 13 as varchar), 4, '0')) as item_key, 1 + i % 7 as quantity,
       10 as unit_price, 10 as amount, a.begins_at as charged_at, 'service' as kind, 'patient' as subject
from admissions a, range(45) t(i) where a.admission_id like 'ADM-013-%'
-- section: infected
insert into diagnoses by name
select admission_id, false as is_main, 'J18.903' as diagnosis_code, '医院获得性肺炎' as diagnosis_name, '4' as present_on_admission
from admissions where hash(row_number * 43) % 400 = 0
