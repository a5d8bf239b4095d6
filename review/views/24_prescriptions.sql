-- How a drug line was prescribed, as the extract gives it: days of supply, single dose, frequency.
select bkkp_sn as charge_id, mdtrt_id as admission_id, try_cast(regexp_extract(prd_days, '([0-9]+)', 1) as integer) as supply_days,
       sin_dos_dscr as dose, used_frqu_dscr as frequency, source, row_number
from raw_fee_list_d
where prd_days is not null or sin_dos_dscr is not null or used_frqu_dscr is not null
