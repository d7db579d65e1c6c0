"""The administrators' addresses, asked as a device asks: who may, what they get, and what they never learn."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from tests.office import speaking
from tests.office.sending import Sender, repair, town
from tests.office.speaking import Http, Speaker, serving
from watmos_desktop.models.kinds import Role
from watmos_office import audit, members
from watmos_office.office import Office
from watmos_office.tables import Audit, Quarantine


def joined(http: Http, office: Office, role: Role, **places: list[UUID]) -> tuple[UUID, Speaker]:
    with office.writing() as connection:
        member_id = members.add(connection, office, None, f"One {role}", role, **places)
    return member_id, speaking.join(http, office, member_id)


def ask(who: Speaker, method: str, path: str, body: Any = None) -> httpx.Response:
    target, raw = f"/admin/v1{path}", b"" if body is None else json.dumps(body).encode()
    return who.http.request(method, target, content=raw, headers=who.headers(method, target, raw))


def held(office: Office, table: str, rid: UUID, said: dict[str, Any], by: UUID, device: UUID) -> UUID:
    """An operation in quarantine."""
    op, now = uuid7(), office.clock.now()
    row = {"op_id": op, "txn_id": uuid7(), "device_id": device, "member_id": by, "tbl": table, "rid": rid}
    with office.writing() as connection:
        connection.execute(
            insert(Quarantine).values(**row, reason="scope", body={"set": said}, at=now, state="open")
        )
    return op


def test_to_whom_may_not_manage_staff_nothing_is_there(office: Office) -> None:
    with serving(office) as http:
        for role in (Role.MANAGER, Role.CARETAKER, Role.AMBASSADOR, Role.SAFEGUARDING_LEAD):
            _, who = joined(http, office, role)
            for path in ("/members", "/devices", "/quarantine", "/reviews", "/standing"):
                answer, nowhere = ask(who, "GET", path), ask(who, "GET", "/nothing")
                if role is Role.MANAGER:
                    assert answer.status_code == 200, path
                else:
                    assert (answer.status_code, answer.content) == (404, nowhere.content), (role, path)


def test_people_are_added_given_places_and_let_go(office: Office) -> None:
    place = town(office)
    with serving(office) as http:
        _, boss = joined(http, office, Role.MANAGER)
        said = {"name": "Ada Lovelace", "role": "caretaker", "estates": [str(place.estates[0])]}
        ada = ask(boss, "POST", "/members", said).json()["member"]
        assert (
            ask(boss, "POST", f"/members/{ada}/grant", {"estate_id": str(place.estates[1])}).status_code
            == 200
        )
        code = ask(boss, "POST", f"/members/{ada}/code").json()["code"]
        assert code["name"] == "Ada Lovelace"
        found = {one["id"]: one for one in ask(boss, "GET", "/members").json()["members"]}
        assert {grant["estate_id"] for grant in found[ada]["grants"]} == {str(one) for one in place.estates}
        assert (
            ask(boss, "POST", f"/members/{ada}/revoke", {"estate_id": str(place.estates[0])}).status_code
            == 200
        )
        assert ask(boss, "POST", f"/members/{ada}/disable").status_code == 200
        refusal = ask(boss, "POST", f"/members/{ada}/code")
        assert (refusal.status_code, refusal.json()["error"]) == (409, "told")
        assert refusal.json()["message"] == "This person's access has ended."
        for wrong in (
            {"name": "", "role": "caretaker"},
            {"name": "x", "role": "king"},
            {**said, "id": str(uuid4())},
        ):
            assert ask(boss, "POST", "/members", wrong).status_code == 400
    with office.reading() as connection:
        assert audit.verify(connection).sound
        noted = set(connection.execute(select(Audit.what)).scalars())
    assert noted >= {"member.add", "member.grant", "member.revoke", "member.disable", "device.code"}


def test_a_device_is_stopped_resumed_and_wiped(office: Office) -> None:
    with serving(office) as http:
        _, boss = joined(http, office, Role.ADMINISTRATOR)
        _, other = joined(http, office, Role.CARETAKER)
        for change, after in (("suspend", 403), ("resume", 200), ("drain", 200), ("wipe", 410)):
            assert ask(boss, "POST", f"/devices/{other.id}/{change}").status_code == 200
            assert other.hello().status_code == after, change
        assert (
            ask(boss, "POST", f"/devices/{other.id}/resume").json()["error"] == "told"
        )  # nobody takes a wipe back
        assert ask(boss, "POST", f"/devices/{other.id}/explode").status_code == 404
        assert ask(boss, "POST", f"/devices/{uuid4()}/wipe").status_code == 404


def test_a_manager_of_one_estate_reaches_no_further(office: Office) -> None:
    place = town(office)
    with serving(office) as http:
        boss_id, boss = joined(http, office, Role.MANAGER)
        narrow_id, narrow = joined(http, office, Role.MANAGER, estates=[place.estates[0]])
        for path, body in (
            (f"/members/{boss_id}/disable", None),
            (f"/members/{boss_id}/code", None),
            (f"/devices/{boss.id}/wipe", None),
            ("/members", {"name": "All", "role": "manager"}),
            ("/members", {"name": "Far", "role": "caretaker", "estates": [str(place.estates[1])]}),
        ):
            answer = ask(narrow, "POST", path, body)
            assert (answer.status_code, answer.json()) == (404, {"error": "not_found"}), path
        own = ask(narrow, "POST", f"/members/{narrow_id}/grant", {"estate_id": str(place.estates[0])})
        assert own.json()["message"] == "You cannot change your own access."


def test_held_work_is_shown_no_further_than_its_record_would_be(office: Office) -> None:
    place = town(office)
    with serving(office) as http:
        _, boss = joined(http, office, Role.MANAGER)
        _, admin = joined(http, office, Role.ADMINISTRATOR)
        _, narrow = joined(http, office, Role.MANAGER, estates=[place.estates[1]])
        by, device = joined(http, office, Role.CARETAKER)
        home = held(
            office, "home", place.homes[0], {"access_notes": "CANARY dog", "code": "H0"}, by, device.id
        )
        case = held(office, "restricted_case", uuid4(), {"title": "CANARY case"}, by, device.id)
        kept = {"owner_table": "restricted_case", "owner_id": str(uuid4()), "caption": "CANARY"}
        held(office, "attachment", uuid4(), kept, by, device.id)

        shown = ask(boss, "GET", "/quarantine").json()["held"]
        assert [(one["op_id"], one["fields"]["access_notes"]) for one in shown] == [(str(home), "CANARY dog")]
        assert "CANARY" not in ask(admin, "GET", "/quarantine").text
        assert ask(narrow, "GET", "/quarantine").json() == {"held": []}
        for who, op in ((narrow, home), (boss, case), (admin, case)):
            assert ask(who, "POST", f"/quarantine/{op}/dismiss").status_code == 404
        assert ask(boss, "POST", f"/quarantine/{home}/dismiss").status_code == 200
        assert ask(boss, "GET", "/quarantine").json() == {"held": []}
        assert len(ask(boss, "GET", "/quarantine?state=dismissed").json()["held"]) == 1


def test_the_devices_of_who_was_let_go_may_still_send_what_they_have(office: Office) -> None:
    place = town(office)
    with serving(office) as http:
        _, boss = joined(http, office, Role.MANAGER)
        gone, device = joined(http, office, Role.CARETAKER, estates=[place.estates[0]])
        assert ask(boss, "POST", f"/members/{gone}/disable").status_code == 200
        assert (answer := device.hello()).status_code == 200, answer.text
        assert answer.json()["status"] == "drain"
        sender = Sender(office, gone, device.id, device.incarnation)
        sent = device.ask("POST", "/push", sender.body([sender.new("repair", repair(place, sender))]))
        assert [status for _, status, _ in sent.json()["results"]] == ["quarantined"]
        assert device.ask("GET", f"/bootstrap/estate:{place.estates[0]}").status_code == 404
        assert len(ask(boss, "GET", "/quarantine").json()["held"]) == 1
