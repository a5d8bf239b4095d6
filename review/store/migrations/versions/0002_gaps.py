"""What the library does not hold, as people note it for whoever looks after the library."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("settled_by", sa.String(64)),
        sa.Column("settled_at", sa.DateTime),
    )
