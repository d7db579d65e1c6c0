"""Search as you type, exact counts of repairs, and lists of repairs by index alone.

Revision: 0002, after 0001. The triggers that keep the tables are made after every migration
(services/search_index.py, services/tallies.py), which fill them too.
"""

import sqlalchemy as sa
from alembic import op

import watmos_desktop.models.base

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

NOUNS = ('estate', 'block', 'community_space', 'home', 'person', 'repair', 'inspection')


def upgrade() -> None:
    op.execute("CREATE TABLE search_fold (sign TEXT PRIMARY KEY, plain TEXT NOT NULL) WITHOUT ROWID")
    op.execute("CREATE TABLE search_position (n INTEGER PRIMARY KEY)")
    for noun in NOUNS:
        table, index = f"search_{noun}", f"search_{noun}_index"
        op.execute(f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, text TEXT NOT NULL)")
        op.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5(text, pairs, content='',"
            " tokenize='trigram case_sensitive 1', detail='none', columnsize=0)"
        )
        dbapi = op.get_bind().dialect.dbapi
        if dbapi is not None and dbapi.sqlite_version_info >= (3, 42):
            # Without it the words of a deleted record stay in the index until parts of it are merged.
            op.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('secure-delete', 1)")
    op.create_table(
        'repair_tally',
        sa.Column('estate_id', watmos_desktop.models.base.Id(length=16), nullable=False),
        sa.Column('block_id', watmos_desktop.models.base.Id(length=16), nullable=False),
        sa.Column('status', sa.String(length=32), nullable=False),
        sa.Column('priority', sa.String(length=32), nullable=False),
        sa.Column('hazard', sa.Boolean(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('estate_id', 'block_id', 'status', 'priority', 'hazard', name='pk_repair_tally'),
    )
    op.drop_index('ix_repair_due', 'repair')
    op.create_index(
        'ix_repair_done', 'repair', ['due_at', 'id'],
        sqlite_where=sa.text("deleted = 0 AND status = 'completed'"),
    )
    op.create_index(
        'ix_repair_open', 'repair', ['due_at', 'id', 'status'],  # asked for again where it is a list of two
        sqlite_where=sa.text("deleted = 0 AND status IN ('reported', 'ordered')"),
    )
