"""Whether a stay on paper goes on in another one: interim settlements, the forced settlement at the year's end.

Such a stay is neither begun nor ended at the bedside, and no document of admission or discharge is due.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from review.checks.inputs import Inspection, Record
from review.record import Admission

WITHIN = timedelta(hours=24)
YEARS_END = (12, 31)


def goes_on(record: Record) -> bool:
    """Whether the patient stays in when this stay ends."""
    ends = record.admission.ends_at
    if (ends.month, ends.day) == YEARS_END:
        return True
    return any(timedelta(0) <= other.begins_at - ends <= WITHIN for other in others_of(record))


def went_on(record: Record) -> bool:
    """Whether the patient was in already when this stay began."""
    begins = record.admission.begins_at
    return any(timedelta(0) <= begins - other.ends_at <= WITHIN for other in others_of(record))


def others_of(record: Record) -> list[Admission]:
    """The other stays of the same person, in order."""
    own = record.admission
    stays = _by_person(record.inspection)[own.person_id]
    return [other for other in stays if other.admission_id != own.admission_id]


@lru_cache(maxsize=1)
def _by_person(inspection: Inspection) -> Mapping[str, list[Admission]]:
    stays: dict[str, list[Admission]] = defaultdict(list)
    for admission in inspection.records.admissions:
        stays[admission.person_id].append(admission)
    return stays
