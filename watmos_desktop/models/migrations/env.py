"""Alembic's entry: runs the revisions on the connection that services/schema.py hands over."""

from alembic import context

from watmos_desktop.models.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
