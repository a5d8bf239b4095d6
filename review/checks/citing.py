"""Cites what a check names: a fact by the row or the sentence it was read from, a charge by its line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from review.checks.inputs import Inspection
from review.engines.duckdb import among
from review.models import Evidence
from review.record import Charge, Document

OF_STAYS = (
    "mdtrt_d",
    "setl_d",
    "setl_list_diag_d",
    "setl_list_oprn_d",
)  # claims tables whose rows name the stay


def cite_facts(inspection: Inspection, fact_ids: Sequence[str], says: str) -> list[Evidence]:
    """Facts as evidence, in the order given; ids that are no fact of this inspection are passed over."""
    if not fact_ids:
        return []
    where, bound = among("fact_id", fact_ids)
    rows = inspection.warehouse.rows(f"select * from facts where {where}", bound)
    by_id = {row["fact_id"]: row for row in rows}
    found = [by_id[fact_id] for fact_id in fact_ids if fact_id in by_id]
    return [
        _sentence(inspection, fact, says) if fact["start"] is not None else _row(fact, says) for fact in found
    ]


def cite_charges(charges: Sequence[Charge]) -> list[Evidence]:
    """Each charge line's item cell, with the line's own identifier."""
    return [
        Evidence(
            kind="table",
            source=charge.source,
            quote=charge.hospital_item_name or charge.item_name or charge.charge_id,
            row=charge.charge_id,
            label="费用明细",
            at=_minute(charge.charged_at),
        )
        for charge in charges
    ]


def in_its_file(inspection: Inspection, item: Evidence) -> Evidence:
    """Evidence that names a claims table and a stay, with the file of the inspection in which the row stands."""
    if item.kind != "table" or item.source not in OF_STAYS:
        return item
    rows = inspection.warehouse.rows(
        f"select min(source) as source from raw_{item.source} where mdtrt_id = $stay", {"stay": item.row}
    )
    return replace(item, source=rows[0]["source"]) if rows and rows[0]["source"] else item


def _row(fact: Mapping[str, Any], says: str) -> Evidence:
    return Evidence(
        kind="table",
        source=fact["source"],
        quote=fact["quote"],
        says=says,
        row=str(fact["fact_id"]).rsplit("#", 1)[-1],
        label=fact["name"],
        at=_minute(fact["begins_at"]),
    )


def _sentence(inspection: Inspection, fact: Mapping[str, Any], says: str) -> Evidence:
    layout = inspection.layout
    document = _document(
        inspection, fact["source"], layout.place(fact["source"], fact["page"], fact["start"])
    )
    return Evidence(
        kind="document",
        source=fact["source"],
        quote=fact["quote"],
        says=says,
        page=fact["page"],
        start=fact["start"],
        end=fact["end"],
        row=document.document_id if document else None,
        label=document.title if document else None,
        at=_minute(fact["begins_at"]),
        confidence=layout.confidence(fact["source"], fact["page"], fact["start"], fact["end"]),
    )


def _document(inspection: Inspection, source: str, place: int) -> Document | None:
    """The document of a file that holds a position of its text."""
    for document in inspection.documents_of(source):
        if document.start <= place < document.start + len(document.text):
            return document
    return None


def _minute(time: object) -> str | None:
    return time.isoformat(sep=" ", timespec="minutes") if isinstance(time, datetime) else None
