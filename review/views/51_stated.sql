-- What a record asserts, one row a document: clauses that deny are cut out, then the white space. Forms that only list
-- risks assert nothing. A result outside its own reference range, or positive, is said as the analyte and 异常.
with spoken as (
    select admission_id, document_id as said_by, cast(written_at as date) as said_on, text
    from raw_documents
    where not regexp_matches(kind || title, '同意书|告知书|委托书|须知|承诺书')
    union all
    select admission_id, fact_id, cast(coalesce(reported_at, registered_at) as date),
           coalesce(exam_name, '') || chr(10) || coalesce(findings, '') || chr(10) || coalesce(conclusion, '')
    from exams
),
-- words in which 无 denies nothing are put out of its reach first
unmasked as (
    select admission_id, said_by, said_on,
           replace(replace(replace(replace(replace(replace(text, '有无', '是否'), '无力', '乏力'), '无尿', '少尿'),
                   '无创', '非创'), '无效', '失效'), '无痛', '非痛') as text
    from spoken
),
asserted as (
    select admission_id, said_by, said_on,
           regexp_replace(regexp_replace(text, '[^，,。；;、\n]*(阴性|（-）|\(-\))', '', 'g'),
                          '(否认|未见|未行|未做|未予|未用|未置|未闻|未及|未触|未引出|未发现|未诉|没有|不伴|无)[^，,。；;\n]*', '', 'g') as text
    from unmasked
),
measured as (
    select admission_id, fact_id as said_by, cast(coalesce(sampled_at, reported_at) as date) as said_on, analyte, value_text,
           cast(value as double) as value,
           try_cast(regexp_extract(reference_range, '([0-9]+\.?[0-9]*)\s*[-~～—–]+\s*([0-9]+\.?[0-9]*)', 1) as double) as low,
           try_cast(regexp_extract(reference_range, '([0-9]+\.?[0-9]*)\s*[-~～—–]+\s*([0-9]+\.?[0-9]*)', 2) as double) as high,
           try_cast(regexp_extract(reference_range, '^\s*[<≤]=?\s*([0-9]+\.?[0-9]*)', 1) as double) as most
    from labs
)
select admission_id, said_by, said_on, regexp_replace(text, '\s+', '', 'g') as text
from asserted
union all
select admission_id, said_by, said_on, analyte || '异常'
from measured
where value < low or value > high or value > most or regexp_matches(value_text, '阳性|反应性|\+')
