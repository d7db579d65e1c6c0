"""Contractors, orders and appointments; what residents were told; hazards, adaptations, programmes; visits.

Revision: 0005, after 0004. Repairs so far keep their contractor's name as text; nobody was asked about them anew.
"""

import sqlalchemy as sa
from alembic import op

import watmos_desktop.models.base

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contractor',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('trades', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('specialisms', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('estates', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('hours', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('emergency_phone', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('registration', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contractor'))
    )
    with op.batch_alter_table('contractor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contractor_code'), ['code'], unique=False)

    op.create_table('leave',
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('from_noon', sa.Boolean(), nullable=False),
    sa.Column('until_noon', sa.Boolean(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_leave_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leave'))
    )
    with op.batch_alter_table('leave', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_leave_staff_id'), ['staff_id'], unique=False)

    op.create_table('visitor',
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('times', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('languages', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_visitor_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visitor'))
    )
    with op.batch_alter_table('visitor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visitor_staff_id'), ['staff_id'], unique=False)

    op.create_table('lone_day',
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('begins_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('ends_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('every', sa.Integer(), nullable=False),
    sa.Column('call_name', sa.Text(), nullable=False),
    sa.Column('call_phone', sa.Text(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_lone_day_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lone_day'))
    )
    with op.batch_alter_table('lone_day', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lone_day_staff_id'), ['staff_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lone_day_day'), ['day'], unique=False)

    op.create_table('lone_check',
    sa.Column('lone_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('back', sa.Boolean(), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['lone_id'], ['lone_day.id'], name=op.f('fk_lone_check_lone_id_lone_day')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_lone_check_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lone_check'))
    )
    with op.batch_alter_table('lone_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lone_check_lone_id'), ['lone_id'], unique=False)

    op.create_table('programme',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('estate_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('block_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('how_long', sa.Text(), nullable=False),
    sa.Column('disturbance', sa.Text(), nullable=False),
    sa.Column('contractor_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('consults_from', sa.Date(), nullable=True),
    sa.Column('consults_until', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=32), nullable=False),
    sa.Column('started_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('start_reason', sa.Text(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['block_id'], ['block.id'], name=op.f('fk_programme_block_id_block')),
    sa.ForeignKeyConstraint(['contractor_id'], ['contractor.id'], name=op.f('fk_programme_contractor_id_contractor')),
    sa.ForeignKeyConstraint(['estate_id'], ['estate.id'], name=op.f('fk_programme_estate_id_estate')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme'))
    )
    with op.batch_alter_table('programme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_estate_id'), ['estate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_programme_reference'), ['reference'], unique=False)

    op.create_table('programme_home',
    sa.Column('programme_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.Column('written_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('done_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('refused', sa.Boolean(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_programme_home_home_id_home')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_home_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_home'))
    )
    with op.batch_alter_table('programme_home', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_home_home_id'), ['home_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_programme_home_programme_id'), ['programme_id'], unique=False)

    op.create_table('programme_response',
    sa.Column('programme_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('how', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('received_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_programme_response_home_id_home')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_response_programme_id_programme')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_programme_response_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_response'))
    )
    with op.batch_alter_table('programme_response', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_response_programme_id'), ['programme_id'], unique=False)

    op.create_table('referral',
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('person_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('partner', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('consent', sa.Boolean(), nullable=False),
    sa.Column('made_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('closed_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_referral_home_id_home')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_referral_person_id_person')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_referral_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral'))
    )
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_referral_home_id'), ['home_id'], unique=False)

    op.create_table('visit_need',
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('times', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('two_people', sa.Boolean(), nullable=False),
    sa.Column('vulnerable', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_visit_need_home_id_home')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_need'))
    )
    with op.batch_alter_table('visit_need', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_need_home_id'), ['home_id'], unique=False)

    op.create_table('tenancy_review',
    sa.Column('tenancy_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('stage', sa.String(length=32), nullable=False),
    sa.Column('outcome', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('extended_to', sa.Date(), nullable=True),
    sa.Column('made_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_tenancy_review_staff_id_staff')),
    sa.ForeignKeyConstraint(['tenancy_id'], ['tenancy.id'], name=op.f('fk_tenancy_review_tenancy_id_tenancy')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenancy_review'))
    )
    with op.batch_alter_table('tenancy_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tenancy_review_tenancy_id'), ['tenancy_id'], unique=False)

    op.create_table('visit',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('estate_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('block_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('tenancy_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('status', sa.String(length=32), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('officer_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('second_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('window_from', sa.Text(), nullable=False),
    sa.Column('window_to', sa.Text(), nullable=False),
    sa.Column('place_in_day', sa.Integer(), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('started_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('completed_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('approved_by', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('approved_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('checksum', sa.Text(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['approved_by'], ['staff.id'], name=op.f('fk_visit_approved_by_staff')),
    sa.ForeignKeyConstraint(['block_id'], ['block.id'], name=op.f('fk_visit_block_id_block')),
    sa.ForeignKeyConstraint(['estate_id'], ['estate.id'], name=op.f('fk_visit_estate_id_estate')),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_visit_home_id_home')),
    sa.ForeignKeyConstraint(['officer_id'], ['staff.id'], name=op.f('fk_visit_officer_id_staff')),
    sa.ForeignKeyConstraint(['second_id'], ['staff.id'], name=op.f('fk_visit_second_id_staff')),
    sa.ForeignKeyConstraint(['tenancy_id'], ['tenancy.id'], name=op.f('fk_visit_tenancy_id_tenancy')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit'))
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('ix_visit_day', ['planned_on', 'officer_id'], unique=False)
        batch_op.create_index('ix_visit_home', ['home_id', 'status', 'completed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_reference'), ['reference'], unique=False)

    op.create_table('adaptation',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('estate_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('block_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('person_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('requested_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('asked_by', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('officer_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('status', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=True),
    sa.Column('assessment', sa.Text(), nullable=False),
    sa.Column('assessed_by', sa.Text(), nullable=False),
    sa.Column('assessed_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=False),
    sa.Column('decided_by', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('decided_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('repair_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('fitted_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('review', sa.Text(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_adaptation_asked_by_staff')),
    sa.ForeignKeyConstraint(['block_id'], ['block.id'], name=op.f('fk_adaptation_block_id_block')),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_adaptation_decided_by_staff')),
    sa.ForeignKeyConstraint(['estate_id'], ['estate.id'], name=op.f('fk_adaptation_estate_id_estate')),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_adaptation_home_id_home')),
    sa.ForeignKeyConstraint(['officer_id'], ['staff.id'], name=op.f('fk_adaptation_officer_id_staff')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_adaptation_person_id_person')),
    sa.ForeignKeyConstraint(['repair_id'], ['repair.id'], name=op.f('fk_adaptation_repair_id_repair')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adaptation'))
    )
    with op.batch_alter_table('adaptation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_adaptation_home_id'), ['home_id'], unique=False)
        batch_op.create_index('ix_adaptation_place', ['estate_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_adaptation_reference'), ['reference'], unique=False)

    op.create_table('hazard_case',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('estate_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('block_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('home_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('repair_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('hazard', sa.Text(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('aware_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('opened_by', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('statutory', sa.Boolean(), nullable=False),
    sa.Column('household', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=32), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('level_reason', sa.Text(), nullable=False),
    sa.Column('judged_by', sa.Text(), nullable=False),
    sa.Column('judged_basis', sa.Text(), nullable=False),
    sa.Column('judged_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('investigated_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.Column('safety_works', sa.Text(), nullable=False),
    sa.Column('safety_by', sa.Text(), nullable=False),
    sa.Column('prevention', sa.Text(), nullable=False),
    sa.Column('prevention_by', sa.Text(), nullable=False),
    sa.Column('no_action_reason', sa.Text(), nullable=False),
    sa.Column('closed_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('closed_reason', sa.Text(), nullable=False),
    sa.Column('duplicate_of', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('distinct_from', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['block_id'], ['block.id'], name=op.f('fk_hazard_case_block_id_block')),
    sa.ForeignKeyConstraint(['duplicate_of'], ['hazard_case.id'], name=op.f('fk_hazard_case_duplicate_of_hazard_case')),
    sa.ForeignKeyConstraint(['estate_id'], ['estate.id'], name=op.f('fk_hazard_case_estate_id_estate')),
    sa.ForeignKeyConstraint(['home_id'], ['home.id'], name=op.f('fk_hazard_case_home_id_home')),
    sa.ForeignKeyConstraint(['opened_by'], ['staff.id'], name=op.f('fk_hazard_case_opened_by_staff')),
    sa.ForeignKeyConstraint(['repair_id'], ['repair.id'], name=op.f('fk_hazard_case_repair_id_repair')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazard_case'))
    )
    with op.batch_alter_table('hazard_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hazard_case_home_id'), ['home_id'], unique=False)
        batch_op.create_index('ix_hazard_case_place', ['estate_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazard_case_reference'), ['reference'], unique=False)
        batch_op.create_index(batch_op.f('ix_hazard_case_repair_id'), ['repair_id'], unique=False)

    op.create_table('job',
    sa.Column('repair_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('contractor_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('follows_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('trade', sa.String(length=32), nullable=False),
    sa.Column('specialism', sa.String(length=32), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('instructions', sa.Text(), nullable=False),
    sa.Column('access_notes', sa.Text(), nullable=False),
    sa.Column('next_steps', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=32), nullable=False),
    sa.Column('ordered_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('ordered_by', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('finished_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('parts', sa.Text(), nullable=False),
    sa.Column('parts_due_on', sa.Date(), nullable=True),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['contractor_id'], ['contractor.id'], name=op.f('fk_job_contractor_id_contractor')),
    sa.ForeignKeyConstraint(['follows_id'], ['job.id'], name=op.f('fk_job_follows_id_job')),
    sa.ForeignKeyConstraint(['ordered_by'], ['staff.id'], name=op.f('fk_job_ordered_by_staff')),
    sa.ForeignKeyConstraint(['repair_id'], ['repair.id'], name=op.f('fk_job_repair_id_repair')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_contractor_id'), ['contractor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_reference'), ['reference'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_repair_id'), ['repair_id'], unique=False)

    op.create_table('repair_feedback',
    sa.Column('repair_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('asked_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('how', sa.String(length=32), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('fixed', sa.Boolean(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('answered_at', watmos_desktop.models.base.Moment(timezone=True), nullable=True),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['repair_id'], ['repair.id'], name=op.f('fk_repair_feedback_repair_id_repair')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_repair_feedback_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repair_feedback'))
    )
    with op.batch_alter_table('repair_feedback', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_repair_feedback_repair_id'), ['repair_id'], unique=False)

    op.create_table('repair_note',
    sa.Column('repair_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('made_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['repair_id'], ['repair.id'], name=op.f('fk_repair_note_repair_id_repair')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_repair_note_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repair_note'))
    )
    with op.batch_alter_table('repair_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_repair_note_repair_id'), ['repair_id'], unique=False)

    op.create_table('repair_update',
    sa.Column('repair_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('how', sa.String(length=32), nullable=False),
    sa.Column('told_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['repair_id'], ['repair.id'], name=op.f('fk_repair_update_repair_id_repair')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_repair_update_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repair_update'))
    )
    with op.batch_alter_table('repair_update', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_repair_update_repair_id'), ['repair_id'], unique=False)

    op.create_table('visit_answer',
    sa.Column('visit_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('room', sa.Text(), nullable=False),
    sa.Column('value', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('skipped', sa.Text(), nullable=False),
    sa.Column('same', sa.Boolean(), nullable=False),
    sa.Column('answered_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_answer_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_answer'))
    )
    with op.batch_alter_table('visit_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_answer_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_attempt',
    sa.Column('visit_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('tried_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('how', sa.String(length=32), nullable=False),
    sa.Column('card_left', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_visit_attempt_staff_id_staff')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_attempt_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_attempt'))
    )
    with op.batch_alter_table('visit_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_attempt_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_consent',
    sa.Column('visit_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('asked_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_consent_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_consent'))
    )
    with op.batch_alter_table('visit_consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_consent_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_told',
    sa.Column('visit_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('how', sa.String(length=32), nullable=False),
    sa.Column('told_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('window_from', sa.Text(), nullable=False),
    sa.Column('window_to', sa.Text(), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_visit_told_staff_id_staff')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_told_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_told'))
    )
    with op.batch_alter_table('visit_told', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_told_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_follow_up',
    sa.Column('visit_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('promised_on', sa.Date(), nullable=True),
    sa.Column('left_out', sa.Text(), nullable=False),
    sa.Column('record_table', sa.Text(), nullable=False),
    sa.Column('record_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_follow_up_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_follow_up'))
    )
    with op.batch_alter_table('visit_follow_up', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_follow_up_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_signature',
    sa.Column('visit_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('person_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('strokes', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('signed_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_visit_signature_person_id_person')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_signature_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_signature'))
    )
    with op.batch_alter_table('visit_signature', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_signature_visit_id'), ['visit_id'], unique=False)

    op.create_table('access_attempt',
    sa.Column('repair_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('job_id', watmos_desktop.models.base.Id(length=16), nullable=True),
    sa.Column('tried_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('how', sa.String(length=32), nullable=False),
    sa.Column('card_left', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_access_attempt_job_id_job')),
    sa.ForeignKeyConstraint(['repair_id'], ['repair.id'], name=op.f('fk_access_attempt_repair_id_repair')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_access_attempt_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_attempt'))
    )
    with op.batch_alter_table('access_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_attempt_repair_id'), ['repair_id'], unique=False)

    op.create_table('appointment',
    sa.Column('job_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('slot', sa.String(length=32), nullable=False),
    sa.Column('arrives_from', sa.Text(), nullable=False),
    sa.Column('arrives_by', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=32), nullable=False),
    sa.Column('changed_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('by_contractor', sa.Boolean(), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_appointment_job_id_job')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment'))
    )
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_index('ix_appointment_day', ['day', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_appointment_job_id'), ['job_id'], unique=False)

    op.create_table('hazard_step',
    sa.Column('case_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('how', sa.String(length=32), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['hazard_case.id'], name=op.f('fk_hazard_step_case_id_hazard_case')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_hazard_step_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazard_step'))
    )
    with op.batch_alter_table('hazard_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hazard_step_case_id'), ['case_id'], unique=False)

    op.create_table('variation',
    sa.Column('job_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=True),
    sa.Column('staff_id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('made_at', watmos_desktop.models.base.Moment(timezone=True), nullable=False),
    sa.Column('id', watmos_desktop.models.base.Id(length=16), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('stamps', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_variation_job_id_job')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_variation_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variation'))
    )
    with op.batch_alter_table('variation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_variation_job_id'), ['job_id'], unique=False)

    # Not by a copy of the table: a landlord may hold a million repairs.
    for column in (
        "assigned_to BLOB CONSTRAINT fk_repair_assigned_to_staff REFERENCES staff (id)",
        "waiting VARCHAR(32)",
        "last_told_at DATETIME",
        "recall_of BLOB CONSTRAINT fk_repair_recall_of_repair REFERENCES repair (id)",
        "duplicate_of BLOB CONSTRAINT fk_repair_duplicate_of_repair REFERENCES repair (id)",
        "distinct_from JSON DEFAULT '[]' NOT NULL",
        "pin JSON DEFAULT '[]' NOT NULL",
    ):
        op.execute(f"ALTER TABLE repair ADD COLUMN {column}")
    op.execute("ALTER TABLE person ADD COLUMN safe_ways JSON DEFAULT '[]' NOT NULL")
    op.create_index('ix_repair_recall_of', 'repair', ['recall_of'])
    # Wider than before: what the filters and their counts ask is answered from an index alone.
    op.drop_index('ix_repair_open', 'repair')
    op.drop_index('ix_repair_done', 'repair')
    is_open, is_done = "status IN ('reported', 'ordered')", "status = 'completed'"
    for name, condition, columns in (
        ('ix_repair_open', is_open, 'due_at id status priority hazard waiting last_told_at reported_at assigned_to'
         ' estate_id block_id home_id area_key'),
        ('ix_repair_open_title', is_open, 'title id'),
        ('ix_repair_done', is_done, 'due_at id priority home_id assigned_to'),
        ('ix_repair_done_title', is_done, 'title id'),
        ('ix_repair_done_who', is_done, 'assigned_to id estate_id priority'),
        ('ix_repair_completed', is_done, 'completed_at id priority home_id reported_at estate_id block_id'),
        ('ix_repair_signposted', "status = 'signposted'", 'due_at id'),
        ('ix_repair_cancelled', "status = 'cancelled'", 'due_at id'),
        ('ix_repair_twin', is_open, 'estate_id trade home_id block_id space_id area_key fixture reported_at id'
         ' inspection_id distinct_from'),
    ):
        op.create_index(name, 'repair', columns.split(), sqlite_where=sa.text(f'deleted = 0 AND {condition}'))
    for column in ('easting', 'northing'):
        op.execute(f'ALTER TABLE block ADD COLUMN {column} INTEGER')
