"""Tables of the first version.

Revision: 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

from watmos_desktop.models.base import Id, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; there is no way back but a backup."""
    op.create_table('audit',
    sa.Column('n', _NUMBER, autoincrement=True, nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('who', Id(), nullable=True),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_audit'))
    )
    op.create_table('blob',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size', _NUMBER, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('whole_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_blob'))
    )
    op.create_table('fact',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', sa.JSON(none_as_null=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_fact'))
    )
    op.create_table('feed_head',
    sa.Column('id', _NUMBER, nullable=False),
    sa.Column('n', _NUMBER, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_head'))
    )
    op.create_table('member',
    sa.Column('id', Id(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('grant_v', _NUMBER, nullable=False),
    sa.Column('case_v', _NUMBER, nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member'))
    )
    op.create_table('op',
    sa.Column('id', Id(), nullable=False),
    sa.Column('device_id', Id(), nullable=False),
    sa.Column('incarnation', Id(), nullable=False),
    sa.Column('n', _NUMBER, nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.Column('tbl', sa.Text(), nullable=False),
    sa.Column('rid', Id(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('body', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('received_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_op')),
    sa.UniqueConstraint('device_id', 'incarnation', 'n', name=op.f('uq_op_device_id_incarnation_n'))
    )
    op.create_index('ix_op_row', 'op', ['tbl', 'rid'], unique=False)
    op.create_table('photo',
    sa.Column('attachment_id', Id(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('device_id', Id(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('attachment_id', 'sha256', name=op.f('pk_photo'))
    )
    op.create_table('place',
    sa.Column('block_id', Id(), nullable=False),
    sa.Column('estate_id', Id(), nullable=False),
    sa.PrimaryKeyConstraint('block_id', name=op.f('pk_place'))
    )
    op.create_index(op.f('ix_place_estate_id'), 'place', ['estate_id'], unique=False)
    op.create_table('quarantine',
    sa.Column('op_id', Id(), nullable=False),
    sa.Column('txn_id', Id(), nullable=False),
    sa.Column('device_id', Id(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.Column('tbl', sa.Text(), nullable=False),
    sa.Column('rid', Id(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('body', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('decided_by', Id(), nullable=True),
    sa.Column('decided_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('op_id', name=op.f('pk_quarantine'))
    )
    op.create_index(op.f('ix_quarantine_member_id'), 'quarantine', ['member_id'], unique=False)
    op.create_index(op.f('ix_quarantine_state'), 'quarantine', ['state'], unique=False)
    op.create_index(op.f('ix_quarantine_txn_id'), 'quarantine', ['txn_id'], unique=False)
    op.create_table('record',
    sa.Column('tbl', sa.Text(), nullable=False),
    sa.Column('rid', Id(), nullable=False),
    sa.Column('data', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('newest', sa.Text(), nullable=False),
    sa.Column('echo', Id(), nullable=True),
    sa.Column('author', Id(), nullable=True),
    sa.Column('changed_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('tbl', 'rid', name=op.f('pk_record'))
    )
    op.create_table('review',
    sa.Column('tbl', sa.Text(), nullable=False),
    sa.Column('rid', Id(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('decided_by', Id(), nullable=True),
    sa.Column('decided_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('tbl', 'rid', 'field', name=op.f('pk_review'))
    )
    op.create_index(op.f('ix_review_state'), 'review', ['state'], unique=False)
    op.create_table('row_bucket',
    sa.Column('bucket', sa.Text(), nullable=False),
    sa.Column('tbl', sa.Text(), nullable=False),
    sa.Column('rid', Id(), nullable=False),
    sa.Column('seq', _NUMBER, nullable=False),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('bucket', 'tbl', 'rid', name=op.f('pk_row_bucket'))
    )
    op.create_index('ix_row_bucket_feed', 'row_bucket', ['bucket', 'seq'], unique=False)
    op.create_index('ix_row_bucket_row', 'row_bucket', ['tbl', 'rid'], unique=False)
    op.create_table('case_exclusion',
    sa.Column('case_id', Id(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_case_exclusion_member_id_member')),
    sa.PrimaryKeyConstraint('case_id', 'member_id', name=op.f('pk_case_exclusion'))
    )
    op.create_table('case_member',
    sa.Column('case_id', Id(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.Column('device_id', Id(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_case_member_member_id_member')),
    sa.PrimaryKeyConstraint('case_id', 'member_id', name=op.f('pk_case_member'))
    )
    op.create_table('code',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.Column('made_by', Id(), nullable=True),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_code_member_id_member')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_code'))
    )
    op.create_table('device',
    sa.Column('id', Id(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('enrolled_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=True),
    sa.Column('cursor', _NUMBER, nullable=False),
    sa.Column('schema_version', sa.Text(), nullable=False),
    sa.Column('alarm', sa.Text(), nullable=False),
    sa.Column('code_by', Id(), nullable=True),
    sa.Column('cases_at', Moment(), nullable=True),
    sa.Column('cases_by', Id(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_device_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device'))
    )
    op.create_index(op.f('ix_device_member_id'), 'device', ['member_id'], unique=False)
    op.create_table('member_grant',
    sa.Column('id', Id(), nullable=False),
    sa.Column('member_id', Id(), nullable=False),
    sa.Column('estate_id', Id(), nullable=False),
    sa.Column('block_id', Id(), nullable=True),
    sa.Column('from_at', Moment(), nullable=False),
    sa.Column('to_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_grant_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_grant'))
    )
    op.create_index(op.f('ix_member_grant_member_id'), 'member_grant', ['member_id'], unique=False)
    op.create_table('stream',
    sa.Column('device_id', Id(), nullable=False),
    sa.Column('incarnation', Id(), nullable=False),
    sa.Column('last_n', _NUMBER, nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('durable_n', _NUMBER, nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_stream_device_id_device')),
    sa.PrimaryKeyConstraint('device_id', 'incarnation', name=op.f('pk_stream'))
    )
    op.create_table('token',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('device_id', Id(), nullable=False),
    sa.Column('family', Id(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_token_device_id_device')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_token'))
    )
    op.create_index(op.f('ix_token_device_id'), 'token', ['device_id'], unique=False)
    op.create_index(op.f('ix_token_family'), 'token', ['family'], unique=False)
