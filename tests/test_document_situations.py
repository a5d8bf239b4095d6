"""The document checks on invented situations: what must be found is found, and nothing is said of the honest ones."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from case_warehouse import REGION, CaseWarehouse, build, moment, shipped_rows

from review.checks.registry import all_checks
from review.checks.runner import run_check
from review.checks.stamping import Stamp
from review.intake.writing import signatures
from review.models import Basis

FILE = Path(__file__).parents[1] / "evals" / "document_situations.yaml"
ASKED = ("DOC-002", "DOC-006", "DOC-007", "DOC-008", "DOC-011", "DOC-012", "DOC-014", "DOC-018", "DOC-025")
SITUATIONS = moment(yaml.safe_load(FILE.read_text("utf-8")))


@pytest.fixture(scope="module")
def warehouse():
    made = CaseWarehouse()
    made.fill_knowledge(shipped_rows(), REGION)
    yield made
    made.warehouse.close()


def always_in_force(document: str, passage: str, day: date) -> Basis | None:
    return Basis(document, passage, date(2021, 5, 1), None)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation["situation"])
def test_the_checks_say_what_a_reader_would(situation, warehouse):
    case = {name: value for name, value in situation.items() if name not in {"situation", "wants"}}
    for document in case.get("documents", []):
        document["signatures"] = [
            {"role": one.role, "name": one.name} for one in signatures(document["text"])
        ]
    inspection = build(warehouse, case)
    said = {
        check.header.code
        for check in all_checks()
        if check.header.code in ASKED
        and run_check(check, inspection, Stamp(inspection, always_in_force)).findings
    }
    assert said == set(situation["wants"])
