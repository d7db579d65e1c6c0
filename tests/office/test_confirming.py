"""No case comes to a device before a second person has confirmed it (security.md 2, S22)."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from tests.office.feed import Feed, filled
from tests.office.speaking import Http, Speaker, enrolment, let_cases_come, serving
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import NotFound
from watmos_office import cases, confirming, devices
from watmos_office.office import Office
from watmos_office.tables import Audit, CaseMember, Device


class Team:
    """Two people of one case on one estate, a lead, and a manager who makes codes; each has a confirmed device."""

    def __init__(self, office: Office, http: Http) -> None:
        self.office, self.http, self.feed = office, http, Feed(office)
        self.estate, self.case = uuid4(), uuid4()
        self.one, self.two, self.other, self.lead, self.boss = (
            self.feed.member(role, name)
            for role, name in (
                (Role.TENANCY_OFFICER, "One"),
                (Role.ASB_OFFICER, "Two"),
                (Role.TENANCY_OFFICER, "Other"),
                (Role.SAFEGUARDING_LEAD, "Lead"),
                (Role.MANAGER, "Boss"),
            )
        )
        for member in (self.one, self.two, self.other, self.lead):
            self.feed.grant(member, self.estate)
        for member in (self.one, self.two):
            self.feed.named(self.case, member)
        self.feed.put(
            "restricted_case", filled("restricted_case", "case"), f"case:{self.case}", rid=self.case
        )

    def joins(self, member: UUID, code_by: UUID | None = None, *, confirmed: bool = False) -> Speaker:
        """A new device of that member, by a code that ``code_by`` made."""
        key = Ed25519PrivateKey.generate()
        with self.office.writing() as connection:
            code = devices.new_code(connection, self.office, code_by, member).code
        said = self.http.post("/sync/v1/enrol", content=json.dumps(enrolment(code, key))).json()
        device = Speaker(self.http, self.office, UUID(said["device"]), key, said)
        if confirmed:
            let_cases_come(self.office, device.id)
        return device

    def comes(self, device: Speaker) -> bool:
        """Whether the case comes to a device, by each door alike."""
        bucket = f"case:{self.case}"
        said = device.hello().json()
        found = bucket in said["buckets"]
        assert (device.ask("GET", f"/bootstrap/{bucket}").status_code == 200) is found
        assert (device.ask("GET", f"/check/{bucket}").status_code == 200) is found
        return found


def test_who_makes_a_code_for_a_colleague_reads_nothing_of_their_cases(office: Office) -> None:
    with serving(office) as http:
        team = Team(office, http)
        boss = team.joins(team.boss, confirmed=True)
        posing = team.joins(team.one, team.boss)
        first = posing.hello().json()
        assert (first["cases"], team.comes(posing)) == ("waiting", False)
        assert f"estate:{team.estate}" in first["buckets"]
        team.feed.named(uuid4(), team.one)
        with office.writing() as connection:
            cases.name(connection, office, None, team.case, team.lead)
            cases.unname(connection, office, None, team.case, team.one)
            cases.name(connection, office, None, team.case, team.one)
        assert posing.hello().json()["grant_v"] == first["grant_v"], "not even that something changed"
        none = (404, posing.ask("POST", f"/confirm/{uuid4()}").content)
        for device in (boss, posing, team.joins(team.one, team.boss), team.joins(team.boss, team.boss)):
            assert str(posing.id) not in device.ask("GET", "/confirm").text
            answer = device.ask("POST", f"/confirm/{posing.id}")
            assert (answer.status_code, answer.content) == none
        assert not team.comes(posing)
        with office.reading() as connection:
            assert "device.confirm" not in set(
                connection.scalars(select(Audit.what).where(Audit.about == str(posing.id)))
            )


@pytest.mark.parametrize("who", ["two", "lead", "one"])
def test_a_second_person_lets_cases_come(office: Office, who: str) -> None:
    """A colleague of the case, a safeguarding lead, or its member on a device that is confirmed."""
    with serving(office) as http:
        team = Team(office, http)
        device, other = team.joins(team.one, team.boss), team.joins(getattr(team, who), confirmed=True)
        waiting = other.ask("GET", "/confirm").json()["devices"]
        shown = device.hello().json()["number"]
        assert [(one["id"], one["number"]) for one in waiting] == [(str(device.id), shown)]
        assert other.ask("POST", f"/confirm/{device.id}").status_code == 200
        assert team.comes(device)
        assert device.hello().json()["cases"] == "confirmed"
        assert other.ask("GET", "/confirm").json()["devices"] == []
        assert other.ask("POST", f"/confirm/{device.id}").status_code == 404, "once"
        with office.reading() as connection:
            noted = connection.execute(select(Audit.who).where(Audit.what == "device.confirm")).all()
        assert noted[-1].who == getattr(team, who)


@pytest.mark.parametrize("who", ["two", "lead"])
def test_who_made_the_code_and_who_is_not_of_the_case_confirm_nothing(office: Office, who: str) -> None:
    with serving(office) as http:
        team = Team(office, http)
        maker = getattr(team, who)
        device = team.joins(team.one, maker)
        stranger = team.joins(team.other, confirmed=True)
        waits = team.joins(team.lead, team.boss)
        excluded = team.joins(team.two, confirmed=True)
        team.feed.barred(team.case, team.two)
        for one in (team.joins(maker, confirmed=True), stranger, waits, excluded, device):
            assert str(device.id) not in one.ask("GET", "/confirm").text
            assert one.ask("POST", f"/confirm/{device.id}").status_code == 404
        assert not team.comes(device)


def test_the_console_confirms_the_first_and_nothing_else(office: Office) -> None:
    with serving(office) as http:
        team = Team(office, http)
        device, clerk = team.joins(team.one), team.joins(team.feed.member(Role.ADMINISTRATOR))
        let_cases_come(office, device.id)
        assert team.comes(device)
        assert clerk.hello().json()["cases"] == ""
        for one in (clerk.id, device.id, uuid4()):
            with pytest.raises(NotFound), office.writing() as connection:
                confirming.at_console(connection, office, None, one)


def test_a_case_that_was_opened_on_a_device_goes_on_there(office: Office) -> None:
    """At a door, offline, on the first day: what was written there is not held up because nobody has confirmed it."""
    with serving(office) as http:
        team = Team(office, http)
        device, case = team.joins(team.one), uuid4()
        before = device.hello().json()["grant_v"]
        with office.writing() as connection:
            row = {"case_id": case, "member_id": team.one, "device_id": device.id}
            connection.execute(CaseMember.__table__.insert().values(**row))  # type: ignore[attr-defined]
        said = device.hello().json()
        assert f"case:{case}" in said["buckets"]
        assert not team.comes(device)
        assert said["grant_v"] != before
        assert f"case:{case}" not in team.joins(team.one).hello().json()["buckets"]
        team.feed.barred(case, team.one)
        assert f"case:{case}" not in device.hello().json()["buckets"]


def test_administrators_see_what_waits_and_who_may_confirm_but_of_no_case(office: Office) -> None:
    with serving(office) as http:
        team = Team(office, http)
        boss, named = team.joins(team.boss, confirmed=True), team.joins(team.one, team.boss)
        plain, lead = team.joins(team.other, team.lead), team.joins(team.lead, confirmed=True)
        path = "/admin/v1/devices"
        found = http.get(path, headers=boss.headers("GET", path)).json()["devices"]
        cards = {one["id"]: one for one in found}
        assert [cards[str(one.id)]["cases"] for one in (named, plain, lead)] == ["waiting"] * 2 + [
            "confirmed"
        ]
        assert cards[str(named.id)]["confirmers"] == ["Lead"]
        assert cards[str(plain.id)]["confirmers"] == [], "the lead made its code"
        assert cards[str(named.id)]["number"] == named.hello().json()["number"]
        with office.reading() as connection:
            assert connection.scalar(select(Device.code_by).where(Device.id == named.id)) == team.boss
