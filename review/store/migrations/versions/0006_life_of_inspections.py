"""In what standing an inspection is and since when, and the settings of the workbench as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("inspections") as inspections:
        inspections.add_column(sa.Column("standing", sa.String(16), nullable=False, server_default="open"))
        inspections.add_column(sa.Column("standing_since", sa.DateTime))
    op.create_table(
        "settings",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
