"""Tokens end, rotate, and give away whoever copied them; a lost reply locks nobody out."""

from __future__ import annotations

from sqlalchemy import select

from tests.fakes import FakeClock
from tests.office.speaking import Speaker, join, serving
from watmos_office.office import Office
from watmos_office.tables import Audit, Device, Token


def _alarm(office: Office, device: Speaker) -> str:
    with office.reading() as connection:
        return str(connection.scalar(select(Device.alarm).where(Device.id == device.id)))


def test_access_ends_after_fifteen_minutes_and_a_refresh_brings_more(
    office: Office, clock: FakeClock
) -> None:
    with serving(office) as http:
        device = join(http, office)
        clock.forward(minutes=14, seconds=59)
        assert device.hello().status_code == 200
        clock.forward(seconds=1)
        late = device.hello()
        assert (late.status_code, late.json()) == (401, {"error": "unsigned"})
        assert device.renew().status_code == 200
        assert device.hello().status_code == 200


def test_a_refresh_lives_sixty_idle_days(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device = join(http, office)
        for _ in range(3):
            clock.forward(days=59)
            assert device.renew().status_code == 200
        clock.forward(days=60)
        assert device.renew().status_code == 401
        assert _alarm(office, device) == ""


def test_a_refresh_used_twice_ends_the_family(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device, other = join(http, office), join(http, office)
        old = device.tokens["refresh"]
        assert device.renew().status_code == 200
        assert device.hello().status_code == 200
        clock.forward(seconds=30)
        again = device.ask("POST", "/token", {"refresh": old})
        assert (again.status_code, again.json()) == (401, {"error": "unsigned"})
        assert device.hello().status_code == 401
        assert device.renew().status_code == 401
        assert _alarm(office, device) == "reuse"
        assert other.hello().status_code == 200
    with office.reading() as connection:
        assert connection.scalar(select(Audit.about).where(Audit.what == "token.reuse")) == str(device.id)


def test_a_lost_reply_may_be_asked_for_again(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device = join(http, office)
        lost = device.ask("POST", "/token", {"refresh": device.tokens["refresh"]}).json()
        clock.forward(seconds=60)
        assert device.renew().status_code == 200
        assert device.hello().status_code == 200
        assert _alarm(office, device) == ""
        device.tokens = {**device.tokens, "access": lost["access"]}
        assert device.hello().status_code == 401, "what was lost counts no more"


def test_a_lost_reply_is_forgiven_however_long_the_tunnel_was(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device = join(http, office)
        device.ask("POST", "/token", {"refresh": device.tokens["refresh"]})
        clock.forward(days=59)
        assert device.renew().status_code == 200
        assert device.hello().status_code == 200
        assert _alarm(office, device) == ""


def test_a_refresh_that_idled_too_long_is_over(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device = join(http, office)
        clock.forward(days=60)
        assert device.renew().status_code == 401


def test_nobody_is_forgiven_once_the_new_refresh_was_used(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device = join(http, office)
        old = device.tokens["refresh"]
        device.renew()
        clock.forward(seconds=1)
        device.renew()
        clock.forward(seconds=1)
        assert device.ask("POST", "/token", {"refresh": old}).status_code == 401
        assert _alarm(office, device) == "reuse"


def test_an_access_token_does_not_refresh_and_a_refresh_does_not_let_in(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        assert device.ask("POST", "/token", {"refresh": device.tokens["access"]}).status_code == 401
        device.tokens = {**device.tokens, "access": device.tokens["refresh"]}
        assert device.hello().status_code == 401
        assert _alarm(office, device) == ""


def test_a_refresh_is_of_one_device(office: Office) -> None:
    with serving(office) as http:
        device, thief = join(http, office), join(http, office)
        thief.tokens = device.tokens
        assert thief.renew().status_code == 401
        assert thief.hello().status_code == 401
        assert device.hello().status_code == 200
        assert device.renew().status_code == 200


def test_old_tokens_do_not_pile_up(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device = join(http, office)
        for _ in range(6):
            clock.forward(days=20)
            device.renew()
    with office.reading() as connection:
        kept = connection.execute(select(Token.kind, Token.used_at)).all()
    assert len([one for one in kept if one.kind == "access"]) == 1
    assert len([one for one in kept if one.used_at is None and one.kind == "refresh"]) == 1
    assert len(kept) <= 5


def test_failed_renewals_make_the_device_wait_and_no_other(office: Office) -> None:
    with serving(office) as http:
        device, other = join(http, office), join(http, office)
        answers = [device.ask("POST", "/token", {"refresh": "guess"}).status_code for _ in range(11)]
        assert answers == [401] * 10 + [429]
        assert other.renew().status_code == 200


def test_nobody_locks_out_a_device_without_its_key(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        thief = Speaker(http, office, device.id, join(http, office).key, device.tokens)
        assert {thief.ask("POST", "/token", {"refresh": "guess"}).status_code for _ in range(12)} == {401}
        assert device.renew().status_code == 200
