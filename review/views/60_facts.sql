-- One view of what tables and sentences say. Text facts carry their quote; a table row's quote is the one cell that
-- matters, so that it stands letter for letter in its file.
select fact_id, admission_id, kind, name, value, unit, begins_at, ends_at, source, page, start_at as start, end_at as "end",
       quote, certainty
from raw_text_facts
union all
select fact_id, admission_id, 'lab', analyte, value_text, unit, coalesce(sampled_at, reported_at), reported_at, source,
       null, null, null, coalesce(value_text, ''), 'established'
from labs
union all
select fact_id, admission_id, 'exam', exam_name, conclusion, null, coalesce(registered_at, reported_at), reported_at, source,
       null, null, null, coalesce(exam_name, ''), 'established'
from exams
union all
select fact_id, admission_id, 'order', order_name, dose, dose_unit, begins_at, ends_at, source, null, null, null,
       coalesce(order_name, ''), 'established'
from orders
union all
select fact_id, admission_id, 'operation', operation_name, operation_code, null,
       coalesce(begins_at, cast(operated_on as timestamp)), ends_at, source, null, null, null,
       coalesce(operation_name, ''), 'established'
from operations
union all
select fact_id, admission_id, 'anesthesia', method, null, null, coalesce(begins_at, cast(anesthesia_on as timestamp)),
       ends_at, source, null, null, null, coalesce(method, ''), 'established'
from anesthesia
union all
select fact_id, admission_id, 'edit', document_title, action, null, edited_at, null, source, null, null, null,
       coalesce(action, ''), 'established'
from edits
union all
select fact_id, admission_id, 'vital', 'reading', null, null, measured_at, null, source, null, null, null,
       coalesce(cast(cast(temperature as double) as varchar), ''), 'established'
from vitals
