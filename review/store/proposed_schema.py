"""The tables of what experts add to a case: findings of their own, and files attached to their notes."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from review.store.schema import METADATA

own_findings = Table(
    "own_findings",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("press", String(64), nullable=False, unique=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False, index=True),
    Column("admission_id", String(64), nullable=False),
    Column("content", Text, nullable=False),  # JSON
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

attachments = Table(
    "attachments",
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
    Column("removed_at", DateTime),
    Index("attachments_by_finding", "inspection", "admission_id", "finding"),
)
