"""The table of an inspection's plan: every version of it, the last one holds."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, Table, Text

from review.store.schema import METADATA

plans = Table(
    "plans",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False, index=True),
    Column("content", Text, nullable=False),  # JSON
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)
