"""Lays a finished review open for investigations: what `running` needs, from the folder it was written to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.library import Library
from review.checks.inputs import Inspection
from review.deidentify import mask_of
from review.engines.duckdb import Warehouse
from review.errors import InputError
from review.investigator.case import Scene
from review.judge.written import is_finished, read_findings
from review.models import Finding

WAREHOUSE = "warehouse.duckdb"


@contextmanager
def laid_open(out: Path, home: Path) -> Iterator[Scene]:
    """The scene of a review in `out`; it is only read. Raises InputError where the review cannot be read."""
    if not is_finished(out):
        raise InputError(f"{out} 里没有完整的审核结果；请先审核这次检查，再作模型核查。")
    findings: dict[str, list[Finding]] = {}
    for finding in read_findings(out):
        findings.setdefault(finding.admission_id, []).append(finding)
    warehouse = Warehouse.reopen(out / WAREHOUSE)
    try:
        yield Scene(Inspection(warehouse), out / WAREHOUSE, Library.open(home), findings, mask_of)
    finally:
        warehouse.close()
