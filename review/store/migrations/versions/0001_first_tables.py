"""The tables of the first version: inspections, cases, decisions, trail, accounts, questions, preferences."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _inspections()
    _decisions()
    _accounts()
    op.create_table(
        "questions",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(32), nullable=False, index=True),
        sa.Column("who", sa.String(64), nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )


def _inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hospital", sa.String(200), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("reviewed_at", sa.DateTime),
    )
    op.create_table(
        "cases",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), nullable=False),
        sa.Column("admission_id", sa.String(64), nullable=False),
        sa.UniqueConstraint("inspection", "admission_id", name="one_key_per_case"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("press", sa.String(64), nullable=False, unique=True),
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), nullable=False, index=True),
        sa.Column("admission_id", sa.String(64), nullable=False),
        sa.Column("finding", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("amount", sa.String(20)),
        sa.Column("undoes", sa.Integer, sa.ForeignKey("decisions.seq"), unique=True),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "trail",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("inspection", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
    )


def _accounts() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("roles", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), sa.ForeignKey("users.name"), nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "sign_ins",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, index=True),
        sa.Column("address", sa.String(64), nullable=False, index=True),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "preferences",
        sa.Column("who", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
