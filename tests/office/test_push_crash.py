"""The office dies at every statement of a push: what it answered it has, and what it has not is sent again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import event

from tests.office.sending import Sender, member, record, repair, town
from watmos_desktop.models.kinds import Role
from watmos_office.office import Office


class Stop(BaseException):
    """The power went off."""


def test_a_push_that_dies_anywhere_is_there_whole_or_not_at_all(office: Office) -> None:
    place = town(office)
    me = member(office, Role.CARETAKER, estates=place.estates)
    for n in range(1, 60):
        fresh = me.new("repair", repair(place, me))
        edit = me.op("repair", _id(fresh), {"title": f"after {n}"}, base={})
        body = me.body([fresh, edit])
        died = _dies(office, n, me, body)
        if not died:
            break
        me.deliver(body)  # the device heard nothing and says it again
        found = record(office, "repair", _id(fresh))
        assert found is not None
        assert found.data["title"] == f"after {n}"
    assert 5 < n < 59


def _id(op: dict[str, Any]) -> UUID:
    return UUID(op["rid"])


def _dies(office: Office, n: int, me: Sender, body: dict[str, Any]) -> bool:
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == n:
            raise Stop

    event.listen(office.engine, "before_cursor_execute", count)
    try:
        me.deliver(body)
    except Stop:
        return True
    finally:
        event.remove(office.engine, "before_cursor_execute", count)
    return False
