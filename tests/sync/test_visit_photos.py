"""Photos of a visit whose household did not agree: gone in the commit that seals it, here and at every device."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tests import build
from tests.conftest import Let
from tests.landlord import a_picture
from tests.services.test_visit_after import FINDS, answers
from tests.sync.conftest import Device, Joining
from tests.sync.devices import conflicts, held, settle
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Attachment
from watmos_desktop.services import attachments, staff, visit_photos, visit_walk, visits
from watmos_desktop.services.visits import VisitDraft


def test_a_photo_sent_before_is_taken_back_everywhere(joined: Joining) -> None:
    manager = joined(Role.MANAGER, "Grace Bell")
    with manager.store.write("a home") as session:
        block = build.a_block(session)
        home = build.a_home(session, block)
        build.a_tenancy(session, home, build.a_person(session, "Ada Okafor"), started_on=date(2023, 12, 1))
        estate_id, home_id = block.estate_id, home.id
    settle(manager)
    officer = joined(Role.TENANCY_OFFICER, "R. Adeyemi", estates=[estate_id])
    settle(officer, manager)
    staff.act_as(officer.store, officer.member)
    photo = attachments.store(officer.store.blobs, a_picture())
    with officer.store.write("begun") as session:
        visit = visits.arrange(session, VisitDraft(home_id))
        visit_walk.start(session, visit)
        visit_photos.add(session, visit, photo, "rooms", "kitchen")
    settle(officer, manager)
    assert live(manager) == 1
    answers(Let(officer.store, None), visit, FINDS)  # type: ignore[arg-type]
    with officer.store.write("sealed") as session:
        visit_walk.consent(session, visit, visit_photos.CONSENT, False)
        visit_walk.complete(session, visit, "would rather not")
    settle(officer, manager)
    for device in (officer, manager):
        assert held(device) == [] and conflicts(device) == [] and live(device) == 0
        with device.store.read() as session:
            assert visit_walk.intact(session, visit)


def live(device: Device) -> int:
    with device.store.read() as session:
        return len(session.scalars(select(Attachment.id).where(~Attachment.deleted)).all())
