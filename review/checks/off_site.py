"""Where else a person lay while the bed was charged, and who else was registered in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from review.checks.inputs import Inspection, Record

ELSEWHERE = """
select x.admission_id, y.admission_id as other, y.begins_at, y.ends_at, y.source
from admissions x
join admissions y on y.person_id = x.person_id
where y.admission_id <> x.admission_id and y.begins_at < x.ends_at and x.begins_at < y.ends_at
    and y.hospital_code <> x.hospital_code and strpos(x.person_id, '*') = 0
order by x.admission_id, y.begins_at, y.admission_id
"""
SAME_BED = """
with beds as (
    select admission_id, person_id, begins_at, ends_at,
           lead(admission_id) over w as other, lead(person_id) over w as other_person,
           lead(begins_at) over w as other_begins, lead(ends_at) over w as other_ends
    from admissions
    where bed is not null and department is not null
    window w as (partition by hospital_code, department, bed order by begins_at, admission_id)
)
select admission_id, other from beds
where other_person <> person_id and epoch(least(ends_at, other_ends)) - epoch(other_begins) >= $hours * 3600
"""


@dataclass(frozen=True)
class OtherStay:
    """A stay of the same person at another hospital during this one."""

    admission_id: str
    begins_at: datetime
    ends_at: datetime
    source: str

    def holds(self, day: date) -> bool:
        """Whether the whole of a day lies inside the stay, or the night that follows it."""
        return self.begins_at.date() <= day < self.ends_at.date()


def stays_elsewhere(record: Record) -> Sequence[OtherStay]:
    return _elsewhere(record.inspection).get(record.admission.admission_id, ())


def bed_shared(record: Record, hours: int) -> bool:
    """Whether another patient was registered in the same bed for that long; patients change beds, so it only adds."""
    return record.admission.admission_id in _sharing(record.inspection, hours)


@lru_cache(maxsize=2)  # asked for every stay of one inspection
def _elsewhere(inspection: Inspection) -> Mapping[str, Sequence[OtherStay]]:
    found: dict[str, list[OtherStay]] = defaultdict(list)
    for row in inspection.warehouse.rows(ELSEWHERE):
        other = OtherStay(row["other"], row["begins_at"], row["ends_at"], str(row["source"]))
        found[row["admission_id"]].append(other)
    return found


@lru_cache(maxsize=2)
def _sharing(inspection: Inspection, hours: int) -> frozenset[str]:
    rows = inspection.warehouse.rows(SAME_BED, {"hours": hours})
    return frozenset(str(row[side]) for row in rows for side in ("admission_id", "other"))
