"""What sync needs: conflicts, need-to-know cases, what was sent and what is held; nothing unique but ids.

Revision: 0003, after 0002. Two devices may give the same code or reference while apart, and neither may block the
other's records: services go on refusing it to people. Stamps get the eight digits that name who made them. None of
this is a change of a person's: no operation is made.
"""

import json
import re
from uuid import UUID

import sqlalchemy as sa
from alembic import op

import watmos_desktop.models.base

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# Table: (unique constraint, index in its place, columns).
PLAIN = {
    'answer': ('uq_answer_inspection_id_item_key_scorer', 'ix_answer_item', ['inspection_id', 'item_key', 'scorer']),
    'block': ('uq_block_code', 'ix_block_code', ['code']),
    'community_space': ('uq_community_space_code', 'ix_community_space_code', ['code']),
    'defect': ('uq_defect_reference', 'ix_defect_reference', ['reference']),
    'estate': ('uq_estate_code', 'ix_estate_code', ['code']),
    'home': ('uq_home_code', 'ix_home_code', ['code']),
    'inspection': ('uq_inspection_reference', 'ix_inspection_reference', ['reference']),
    'repair': ('uq_repair_reference', 'ix_repair_reference', ['reference']),
    'template_version': ('uq_template_version_key_version', 'ix_template_version_key', ['key', 'version']),
    'tenancy': ('uq_tenancy_code', 'ix_tenancy_code', ['code']),
}
STAMPED = (
    'amendment', 'answer', 'attachment', 'attendance', 'block', 'clock', 'communal_area', 'community_space', 'defect',
    'defect_sighting', 'estate', 'home', 'household_member', 'inspection', 'person', 'repair', 'schedule', 'signature',
    'staff', 'staff_scope', 'template_version', 'tenancy',
)


def upgrade() -> None:
    for table, (unique, index, columns) in PLAIN.items():
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(unique, type_='unique')
            batch.create_index(index, columns)
    make_tables()
    name_the_stamps()


def name_the_stamps() -> None:
    """Every stamp given so far was made in the life (incarnation) that this database is in."""
    bind = op.get_bind()
    known = bind.exec_driver_sql("SELECT value FROM meta WHERE key = 'incarnation'").scalar()
    tag = UUID(json.loads(known)['id']).hex[-8:] if known else '0' * 8
    sixteen = re.compile('"([0-9a-f]{16})"')

    def tagged(text: str | None) -> str | None:
        return text if text is None else sixteen.sub(rf'"\g<1>{tag}"', text)

    raw = bind.connection.driver_connection
    assert raw is not None
    raw.create_function('_tagged', 1, tagged)
    for table in STAMPED:
        op.execute(f"UPDATE {table} SET stamps = _tagged(stamps)")
    op.execute("UPDATE meta SET value = _tagged(value) WHERE key = 'stamp'")
    op.execute(f"UPDATE outbox SET base = _tagged(base), stamp = stamp || '{tag}' WHERE length(stamp) = 16")


def make_tables() -> None:
    op.create_table('conflict',
    sa.Column('owner_table', sa.Text(), nullable=False),
    sa.Column('owner_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('clash', 'guarded', 'deleted', 'parallel', name='conflictkind', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('open', 'kept', 'restored', 'merged', name='conflictstate', native_enum=False, length=32), nullable=False),
    sa.Column('value', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('shown', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('stamp', sa.Text(), nullable=False),
    sa.Column('made_by', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('made_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('shown_by', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('shown_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conflict'))
    )
    with op.batch_alter_table('conflict', schema=None) as batch_op:
        batch_op.create_index('ix_conflict_owner', ['owner_table', 'owner_id'], unique=False)

    op.create_table('held',
    sa.Column('op_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('table_name', sa.Text(), nullable=False),
    sa.Column('record_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('fields', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('seen', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('op_id', name=op.f('pk_held'))
    )
    op.create_table('receipt',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('body', sa.JSON(none_as_null=True), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_receipt'))
    )
    op.create_table('sent',
    sa.Column('incarnation', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('acked_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('op_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('txn_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('table_name', sa.Text(), nullable=False),
    sa.Column('record_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('fields', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('base', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('stamp', sa.Text(), nullable=False),
    sa.Column('schema_version', sa.Text(), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('made_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('incarnation', 'n', name=op.f('pk_sent')),
    sa.UniqueConstraint('op_id', name=op.f('uq_sent_op_id'))
    )
    with op.batch_alter_table('sent', schema=None) as batch_op:
        batch_op.create_index('ix_sent_record', ['table_name', 'record_id'], unique=False)

    op.create_table('unknown_field',
    sa.Column('table_name', sa.Text(), nullable=False),
    sa.Column('record_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('value', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('stamp', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('table_name', 'record_id', 'field', name=op.f('pk_unknown_field'))
    )
    op.create_table('restricted_case',
    sa.Column('kind', sa.Enum('domestic_abuse', 'safeguarding', 'hate_incident', name='casekind', native_enum=False, length=32), nullable=False),
    sa.Column('status', sa.Enum('open', 'monitoring', 'closed', name='casestatus', native_enum=False, length=32), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('person_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('opened_by', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('opened_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_restricted_case_home_id_home')),
    sa.ForeignKeyConstraint(['opened_by'], ['staff.id'], name=op.f('fk_restricted_case_opened_by_staff')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_restricted_case_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_restricted_case'))
    )
    op.create_table('case_note',
    sa.Column('case_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('made_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['restricted_case.id'], name=op.f('fk_case_note_case_id_restricted_case')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_case_note_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_note'))
    )
    with op.batch_alter_table('case_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_note_case_id'), ['case_id'], unique=False)
