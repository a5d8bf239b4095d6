"""What people have ruled over the rules as shipped: items matched, rows approved, checks and limits changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "item_choices",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("press", sa.String(64), nullable=False, unique=True),
        sa.Column("hospital", sa.String(64), nullable=False, index=True),
        sa.Column("local_code", sa.String(100), nullable=False),
        sa.Column("local_name", sa.Text, nullable=False),
        sa.Column("ref_code15", sa.Text, nullable=False),
        sa.Column("ref_name", sa.Text, nullable=False),
        sa.Column("quality", sa.String(16), nullable=False),
        sa.Column("undoes", sa.Integer, sa.ForeignKey("item_choices.seq"), unique=True),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "rule_changes",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("inspection", sa.String(32), nullable=False, index=True),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "row_approvals",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("row_table", sa.String(64), nullable=False),
        sa.Column("row_id", sa.String(64), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("ceiling", sa.String(16), nullable=False),
        sa.Column("source_doc", sa.Text, nullable=False),
        sa.Column("source_passage", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
