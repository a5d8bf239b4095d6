"""The records of a few stays, for a page that shows them: of all the others nothing is read."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from review.checks.inputs import Inspection
from review.checks.records import Records
from review.engines.duckdb import Warehouse
from review.record import Admission


class SomeStays(Inspection):
    """An inspection that knows the stays it was asked for; rows of knowledge are those of the whole."""

    def __init__(self, warehouse: Warehouse, admission_ids: Sequence[str]) -> None:
        super().__init__(warehouse)
        self._marks = ", ".join(f"$id_{number}" for number in range(len(admission_ids)))
        self._named = {f"id_{number}": admission for number, admission in enumerate(admission_ids)}

    @cached_property
    def records(self) -> Records:
        """Records by admission, in order of admission."""
        where = f"admission_id in ({self._marks}) order by begins_at, admission_id"
        return Records(self, self.warehouse.fetch(Admission, "admissions", where, self._named))

    def leaves(self) -> Sequence[Mapping[str, Any]]:
        """Spans of leave of these stays."""
        return self.warehouse.rows(f"select * from leaves where admission_id in ({self._marks})", self._named)
