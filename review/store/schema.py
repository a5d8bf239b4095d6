"""The tables of the store: inspections, decisions, accounts and questions, as SQLAlchemy sees them.

Types are kept to what SQLite and PostgreSQL mean alike: times are UTC without zone, yuan are decimal text.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()


def now() -> datetime:
    """UTC without zone and without microseconds, as the store keeps times."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


inspections = Table(
    "inspections",
    METADATA,
    Column("key", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("hospital", String(200), nullable=False),
    Column("folder", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("state", String(16), nullable=False),  # waiting | running | ready | failed
    Column("problem", Text),
    Column("run", Integer, nullable=False),  # 0 = never reviewed
    Column("created_by", String(64), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("reviewed_at", DateTime),
    Column(
        "standing", String(16), nullable=False, server_default="open"
    ),  # open | stated | settled | archived
    Column("standing_since", DateTime),
)

settings = Table(
    "settings",  # of the workbench as a whole
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

cases = Table(
    "cases",
    METADATA,
    Column("key", String(32), primary_key=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False),
    Column("admission_id", String(64), nullable=False),
    UniqueConstraint("inspection", "admission_id", name="one_key_per_case"),
)

decisions = Table(
    "decisions",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("press", String(64), nullable=False, unique=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False, index=True),
    Column("admission_id", String(64), nullable=False),
    Column("finding", String(64), nullable=False),  # empty = the case as a whole was looked through
    Column("verdict", String(16), nullable=False),
    Column("reasons", Text, nullable=False),  # JSON list
    Column("note", Text, nullable=False),
    Column("amount", String(20)),
    Column("undoes", ForeignKey("decisions.seq"), unique=True),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("decisions_by_finding", "inspection", "admission_id", "finding"),
)

trail = Table(
    "trail",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap
    Column("at", DateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("act", String(32), nullable=False),
    Column("inspection", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("trail_by_who", "who", "seq"),
    Index("trail_by_act", "act", "seq"),
    Index("trail_by_inspection", "inspection", "seq"),
    Index("trail_by_time", "at"),
)

trail_heads = Table(
    "trail_heads",
    METADATA,
    Column(
        "one", Integer, primary_key=True
    ),  # there is one row: writers lock it, so that lines have one order
    Column("lines", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

users = Table(
    "users",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("roles", String(100), nullable=False),  # comma separated
    Column("created_at", DateTime, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),  # the password was given out by somebody else
)

sessions = Table(
    "sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("name", ForeignKey("users.name"), nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("name", String(64), nullable=False, index=True),
    Column("address", String(64), nullable=False, index=True),
    Column("good", Boolean, nullable=False),
    Column("at", DateTime, nullable=False),
)

questions = Table(
    "questions",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("conversation", String(32), nullable=False, index=True),
    Column("who", String(64), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),  # JSON
)

gaps = Table(
    "gaps",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("question", Text, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("region", String(12), nullable=False),  # empty = the whole country
    Column("said", Text, nullable=False),  # why it was refused
    Column("settled_by", String(64)),
    Column("settled_at", DateTime),
)

preferences = Table(
    "preferences",
    METADATA,
    Column("who", String(64), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

item_choices = Table(
    "item_choices",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("press", String(64), nullable=False, unique=True),
    Column("hospital", String(64), nullable=False, index=True),
    Column("local_code", String(100), nullable=False),  # empty = the line carries none
    Column("local_name", Text, nullable=False),
    Column("ref_code15", Text, nullable=False),  # empty = no item of the catalogue
    Column("ref_name", Text, nullable=False),
    Column("quality", String(16), nullable=False),
    Column("undoes", ForeignKey("item_choices.seq"), unique=True),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

rule_changes = Table(
    "rule_changes",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("inspection", String(32), nullable=False, index=True),  # empty = every inspection
    Column("code", String(16), nullable=False),
    Column("name", String(64), nullable=False),  # "off", "adopted", or the name of a limit
    Column("value", Text, nullable=False),  # JSON; null = as it was before any change
    Column("why", Text, nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

row_approvals = Table(
    "row_approvals",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("row_table", String(64), nullable=False),
    Column("row_id", String(64), nullable=False),
    Column("region", String(6), nullable=False),
    Column("ceiling", String(16), nullable=False),  # empty = the approval is taken back
    Column("source_doc", Text, nullable=False),
    Column("source_passage", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

assignments = Table(
    "assignments",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False, index=True),
    Column("admission_id", String(64), nullable=False),
    Column("part", String(16), nullable=False),  # first | second
    Column("who", String(64), nullable=False),  # empty = taken back
    Column("given_by", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

inspection_settings = Table(
    "inspection_settings",
    METADATA,
    Column("inspection", ForeignKey("inspections.key"), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

adjudications = Table(
    "adjudications",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("press", String(64), nullable=False, unique=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False),
    Column("admission_id", String(64), nullable=False),
    Column("finding", String(64), nullable=False),
    Column("choice", String(16), nullable=False),  # first | second | other
    Column("verdict", String(16), nullable=False),
    Column("amount", String(20)),
    Column("reason", Text, nullable=False),
    Column("first", ForeignKey("decisions.seq"), nullable=False),
    Column("second", ForeignKey("decisions.seq"), nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("inspection", "finding", name="one_ruling_per_finding"),
)

known_answers = Table(
    "known_answers",
    METADATA,
    Column("inspection", ForeignKey("inspections.key"), primary_key=True),
    Column("finding", String(64), primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("given_by", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

spent = Table(
    "spent",
    METADATA,
    Column("press", String(64), primary_key=True),
    Column("inspection", ForeignKey("inspections.key"), nullable=False, index=True),
    Column("seconds", Float, nullable=False),  # with the page in view and somebody at it
)
