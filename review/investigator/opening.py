"""Lays a finished review open for investigations: what `running` needs, from the folder it was written to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.library import Library
from review.checks.inputs import Inspection
from review.deidentify import mask_of
from review.engines.duckdb import Warehouse
from review.investigator.case import Scene
from review.judge.written import read_findings
from review.models import Finding

WAREHOUSE = "warehouse.duckdb"


@contextmanager
def laid_open(out: Path, home: Path) -> Iterator[Scene]:
    """The scene of a review in `out`; it is only read. Raises InputError where the review cannot be read."""
    findings: dict[str, list[Finding]] = {}
    for finding in read_findings(out):
        findings.setdefault(finding.admission_id, []).append(finding)
    warehouse = Warehouse.reopen(out / WAREHOUSE)
    try:
        yield Scene(Inspection(warehouse), out / WAREHOUSE, Library.open(home), findings, mask_of)
    finally:
        warehouse.close()
