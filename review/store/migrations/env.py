"""Alembic's way in: migrates over the connection that the store hands it, never over one of its own."""

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from review.store.schema import METADATA


def _hold_sqlite(connection: Connection) -> None:
    """All steps or none: by itself the driver saves each change of a table at once, and a failure leaves half."""
    # a step may rebuild a table that others point to; only outside a transaction can this be settled
    connection.exec_driver_sql("pragma foreign_keys=off")
    connection.exec_driver_sql("begin immediate")


def _check_sqlite(connection: Connection) -> None:
    if lost := connection.exec_driver_sql("pragma foreign_key_check").fetchall():
        raise SQLAlchemyError(f"after the upgrade {len(lost)} rows point to rows that are not there")


connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
behind = context.get_context().get_current_revision() != context.get_head_revision()
on_sqlite = behind and connection.dialect.name == "sqlite"
if on_sqlite:
    _hold_sqlite(connection)
with context.begin_transaction():
    context.run_migrations()
if on_sqlite:
    _check_sqlite(connection)
