"""Whose a repair is, for whom it was reported, and what the guide said at first contact (R1).

Revision: 0004, after 0003. Repairs so far were raised on walks of shared areas: nobody asked the guide of them.
"""

import sqlalchemy as sa
from alembic import op

import watmos_desktop.models.base

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('repair', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reported_for', watmos_desktop.models.base.Id(length=16), nullable=True))
        for name in ('fixture', 'symptom', 'responsibility_reason'):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=''))
        for name in ('cause', 'priority_guide', 'responsibility', 'responsibility_guide'):
            batch_op.add_column(sa.Column(name, sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_repair_reported_for_person'), 'person', ['reported_for'], ['id'])
        batch_op.create_index(batch_op.f('ix_repair_home_id'), ['home_id'], unique=False)
    with op.batch_alter_table('repair', schema=None) as batch_op:
        for name in ('fixture', 'symptom', 'responsibility_reason'):
            batch_op.alter_column(name, server_default=None)
