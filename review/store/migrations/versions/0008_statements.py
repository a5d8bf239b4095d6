"""What the institution says of findings, its files, and what became of the findings."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _of_a_finding(*more: sa.Column[Any]) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), nullable=False),
        sa.Column("admission_id", sa.String(64), nullable=False),
        sa.Column("finding", sa.String(64), nullable=False),
        *more,
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "statements",
        *_of_a_finding(
            sa.Column("key", sa.String(32), nullable=False, unique=True),
            sa.Column("stance", sa.String(16), nullable=False),
            sa.Column("said", sa.Text, nullable=False),
            sa.Column("admitted", sa.String(24)),
            sa.Column("source", sa.String(200), nullable=False),
            sa.Column("sha256", sa.String(64), nullable=False),
        ),
    )
    op.create_table(
        "statement_files",
        *_of_a_finding(
            sa.Column("key", sa.String(32), nullable=False, unique=True),
            sa.Column("name", sa.String(200), nullable=False),
            sa.Column("size", sa.Integer, nullable=False),
            sa.Column("sha256", sa.String(64), nullable=False),
        ),
    )
    op.create_table(
        "reconsiderations",
        *_of_a_finding(
            sa.Column("press", sa.String(64), nullable=False, unique=True),
            sa.Column("statement", sa.String(32), nullable=False),
            sa.Column("decision", sa.Integer, nullable=False),
            sa.Column("outcome", sa.String(16), nullable=False),
            sa.Column("amount", sa.String(24)),
            sa.Column("reason", sa.Text, nullable=False),
        ),
    )
    for table in ("statements", "statement_files", "reconsiderations"):
        op.create_index(f"{table}_by_finding", table, ["inspection", "finding"])
