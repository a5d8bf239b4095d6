-- The sites that reports, operations and records of what was done name, one row for each: what prices count by.
-- `origin` is exam | operation | record; `fact_id` cites the row or the sentence.
select e.fact_id, e.admission_id, 'exam' as origin, s.kind, s.label
from raw_row_sites s
join exams e on e.source = s.source and e.row_number = s.row_number
where s.table_name = 'exams'
union all
select o.fact_id, o.admission_id, 'operation', s.kind, s.label
from raw_row_sites s
join operations o on o.source = s.source and o.row_number = s.row_number
where s.table_name = 'operations'
union all
select fact_id, admission_id, 'record', name, value
from facts
where kind = 'site'
