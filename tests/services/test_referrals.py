"""Nobody is sent on to help without their consent, and what came of it is known (T6, T8)."""

from __future__ import annotations

import pytest

from tests.conftest import Let
from tests.services.test_visit_after import does
from watmos_desktop.services import referrals
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.referrals import ReferralDraft


def test_a_referral_needs_consent_a_partner_and_has_an_outcome(let: Let) -> None:
    home = let.landlord.home_id
    given = ReferralDraft(
        home, "Benefits check", "Our money advice team", "Short since the new baby", consent=True
    )
    let.store.actor = let.landlord.caretaker
    with pytest.raises(NotAllowed):
        does(let, referrals.make, given)
    let.store.actor = let.landlord.officer
    for draft, field in (
        (ReferralDraft(home, "Benefits check", "Our money advice team", "", consent=False), "consent"),
        (ReferralDraft(home, "Benefits check", " ", "", consent=True), "kind"),
    ):
        with pytest.raises(Told) as told:
            does(let, referrals.make, draft)
        assert told.value.field == field
    made = does(let, referrals.make, given)
    with pytest.raises(Told) as told:
        does(let, referrals.close, made, "")
    assert told.value.field == "outcome"
    does(let, referrals.close, made, "£42 a week more from 1 Dec")
    with pytest.raises(Told, match="closed already"):
        does(let, referrals.close, made, "again")
    with let.store.read() as session:
        (one,) = referrals.of_home(session, home)
    assert (one.kind, one.partner, one.outcome) == (given.kind, given.partner, "£42 a week more from 1 Dec")
    assert one.closed_at is not None
    let.store.actor = let.landlord.ambassador
    with let.store.read() as session, pytest.raises(NotAllowed):
        referrals.of_home(session, home)
