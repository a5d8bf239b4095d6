-- Operations as the hospital's register and the settlement list give them, side by side; `origin` tells them apart.
select 'operations:' || r.source || '#' || r.row_number as fact_id, k.admission_id, 'hospital' as origin, r.operated_on,
       r.begins_at, r.ends_at, r.surgeon, upper(r.operation_code) as operation_code, r.operation_name,
       coalesce(r.is_main in ('是', '1', 'Y', '主要'), false) as is_main, r.incision, null as anesthesia_way,
       r.source, r.row_number
from raw_operations r
join admission_keys k on k.inpatient_no = r.inpatient_no
where k.stays = 1
   or coalesce(r.begins_at, cast(r.operated_on as timestamp)) between k.begins_at - interval 3 day and k.ends_at + interval 3 day
union all
select 'settled_operations:' || o.source || '#' || o.row_number, o.mdtrt_id, 'settlement',
       coalesce(o.oprn_oprt_date, cast(o.oprn_oprt_begntime as date)), o.oprn_oprt_begntime, o.oprn_oprt_endtime,
       o.oper_dr_name, upper(o.oprn_oprt_code), o.oprn_oprt_name, coalesce(o.main_oprn_flag, '0') = '1', null,
       o.anst_way, o.source, o.row_number
from raw_setl_list_oprn_d o
