"""Alembic's entry: runs the revisions on the connection that watmos_office/schema.py hands over."""

from alembic import context

from watmos_office.tables import OfficeBase

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=OfficeBase.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
