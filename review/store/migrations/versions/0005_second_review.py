"""Who reviews which case, what the leader set, rulings between two reviewers, known answers, time on findings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), nullable=False, index=True),
        sa.Column("admission_id", sa.String(64), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("given_by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "inspection_settings",
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "adjudications",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("press", sa.String(64), nullable=False, unique=True),
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), nullable=False),
        sa.Column("admission_id", sa.String(64), nullable=False),
        sa.Column("finding", sa.String(64), nullable=False),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("amount", sa.String(20)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("first", sa.Integer, sa.ForeignKey("decisions.seq"), nullable=False),
        sa.Column("second", sa.Integer, sa.ForeignKey("decisions.seq"), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("inspection", "finding", name="one_ruling_per_finding"),
    )
    op.create_table(
        "known_answers",
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), primary_key=True),
        sa.Column("finding", sa.String(64), primary_key=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("given_by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "spent",
        sa.Column("press", sa.String(64), primary_key=True),
        sa.Column("inspection", sa.String(32), sa.ForeignKey("inspections.key"), nullable=False, index=True),
        sa.Column("seconds", sa.Float, nullable=False),
    )
