"""Every clause that a check or a document rule cites can be opened on a machine that holds nothing else."""

from datetime import date

import pytest

from knowledge.library import Library
from knowledge.rows.held import load_rows
from review.checks.registry import all_checks
from review.models import Basis
from review.pipeline import clauses_of

DAY_OF_SERVICE = date(2024, 6, 1)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return Library.open(tmp_path_factory.mktemp("home"))


def references():
    for check in all_checks():
        header = check.header
        for reference in (*header.basis, *(clause for group in header.basis_of.values() for clause in group)):
            yield header.code, reference


@pytest.mark.parametrize(("code", "reference"), sorted(set(references())))
def test_the_clause_of_a_check_opens_and_was_in_force(library, code, reference):
    document, passage = reference.split("#")
    clause = library.clause(document, passage, on=DAY_OF_SERVICE)
    assert clause is not None and clause.text
    assert (clause.document, clause.passage) == (document, passage)
    assert clause.in_force_from <= DAY_OF_SERVICE


def test_the_article_of_every_document_rule_opens(library):
    cited = [
        (row["row_id"], row[column])
        for row in load_rows("doc_rules", None)
        for column in ("basis", "basis_2")
    ]
    lost = [
        row_id
        for row_id, reference in cited
        if reference and library.clause(*reference.split("#", 1), on=DAY_OF_SERVICE) is None
    ]
    assert len(cited) > 50 and lost == []


def test_a_clause_of_a_day_before_it_was_in_force_is_not_given_as_in_force(library):
    clause_on = clauses_of(library)
    place = ("医疗保障基金使用监督管理条例", "第三十八条（一）")
    assert clause_on(*place, date(2020, 1, 1)) is None
    assert clause_on(*place, date(2021, 5, 1)) == Basis(*place, date(2021, 5, 1), None)
