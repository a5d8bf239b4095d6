"""The tables of the institution's statement: what it says of a finding, its files, and what became of the finding."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from review.store.schema import METADATA

statements = Table(
    "statements",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False),
    Column("admission_id", String(64), nullable=False),
    Column("finding", String(64), nullable=False),
    Column("stance", String(16), nullable=False),  # accept | partly | object
    Column("said", Text, nullable=False),
    Column("admitted", String(24)),  # decimal yuan
    Column("source", String(200), nullable=False),  # the sheet it was read from; empty: entered by hand
    Column("sha256", String(64), nullable=False),  # of that sheet
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("statements_by_finding", "inspection", "finding"),
)

statement_files = Table(
    "statement_files",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False),
    Column("admission_id", String(64), nullable=False),
    Column("finding", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", String(64), nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("statement_files_by_finding", "inspection", "finding"),
)

reconsiderations = Table(
    "reconsiderations",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("press", String(64), nullable=False, unique=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False),
    Column("admission_id", String(64), nullable=False),
    Column("finding", String(64), nullable=False),
    Column("statement", String(32), nullable=False),  # the one it answers
    Column("decision", Integer, nullable=False),  # the call it was made on
    Column("outcome", String(16), nullable=False),  # upheld | reduced | withdrawn
    Column("amount", String(24)),  # decimal yuan; of reduced
    Column("reason", Text, nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("reconsiderations_by_finding", "inspection", "finding"),
)
