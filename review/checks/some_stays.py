"""The records of a few stays, for a page that shows them: of all the others nothing is read."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from review.checks.inputs import Inspection
from review.checks.records import Records
from review.engines.duckdb import Warehouse, among
from review.record import Admission


class SomeStays(Inspection):
    """An inspection that knows the stays it was asked for; rows of knowledge are those of the whole."""

    def __init__(self, warehouse: Warehouse, admission_ids: Sequence[str]) -> None:
        super().__init__(warehouse)
        self._own, self._named = among("admission_id", admission_ids)

    @cached_property
    def records(self) -> Records:
        """Records by admission, in order of admission."""
        where = f"{self._own} order by begins_at, admission_id"
        return Records(self, self.warehouse.fetch(Admission, "admissions", where, self._named))

    def leaves(self) -> Sequence[Mapping[str, Any]]:
        """Spans of leave of these stays."""
        return self.warehouse.rows(f"select * from leaves where {self._own}", self._named)
