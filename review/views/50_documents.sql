-- Documents of the records, with the text normalised once at intake.
select document_id, admission_id, source, kind, title, text, start_at as start, written_at, written_exact, confidence
from raw_documents
