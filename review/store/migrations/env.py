"""Alembic's way in: migrates over the connection that the store hands it, never over one of its own."""

from alembic import context

from review.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
