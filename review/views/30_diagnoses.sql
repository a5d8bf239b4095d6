-- Diagnoses of the settlement list; where it is absent the stay's own main diagnosis stands in.
select mdtrt_id as admission_id, coalesce(maindiag_flag, '0') = '1' as is_main, upper(diag_code) as diagnosis_code,
       diag_name as diagnosis_name, adm_cond_type as present_on_admission, source, row_number
from raw_setl_list_diag_d
union all
select a.admission_id, true, upper(a.main_diagnosis_code), a.main_diagnosis, null, a.source, a.row_number
from admissions a
where a.main_diagnosis_code is not null
  and not exists (select 1 from raw_setl_list_diag_d d where d.mdtrt_id = a.admission_id)
