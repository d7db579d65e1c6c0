"""Words and exports: only what the caller may see, filtered before anything is counted."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.office.feed import Feed, filled
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync import wire
from watmos_office import exporting, searching
from watmos_office.caller import Caller
from watmos_office.errors import Answer
from watmos_office.office import Office


@pytest.fixture
def feed(office: Office) -> Feed:
    return Feed(office)


@pytest.fixture
def estate() -> UUID:
    return uuid4()


@pytest.fixture
def caller(feed: Feed, estate: UUID) -> Caller:
    member = feed.member(Role.TENANCY_OFFICER)
    feed.grant(member, estate)
    return feed.caller(member)


def test_search_finds_words_in_visible_fields_alone(feed: Feed, estate: UUID, caller: Caller) -> None:
    here = f"estate:{estate}"
    mine = feed.put("repair", filled("repair", "r") | {"title": 'Größe 50% "damp" wall'}, here)
    feed.put("repair", filled("repair", "r") | {"title": "damp elsewhere"}, f"estate:{uuid4()}")
    feed.put("repair", filled("repair", "r") | {"title": "damp once"}, here, deleted=True)
    people = [feed.put("person", filled("person", "p") | {"name": f"Ada {n}"}, here) for n in range(5)]
    for words in ("DAMP", "größe", "GRÖßE", "50%", '"damp" wall', "  damp  "):
        found = searching.search(feed.office, caller, words)
        assert [(one["table"], one["count"]) for one in found] == [("repair", 1)], words
        assert found[0]["rows"][0]["id"] == str(mine)
    assert searching.search(feed.office, caller, "5_%") == []
    assert searching.search(feed.office, caller, "ada")[0]["count"] == 5
    found = searching.search(feed.office, caller, "ada 1")
    assert (found[0]["count"], found[0]["rows"][0]["id"]) == (None, str(people[1]))
    for words in ("", " a ", "a" * 201):
        with pytest.raises(Answer, match="bad_request"):
            searching.search(feed.office, caller, words)
    counted = searching.counts(feed.office, caller)
    assert (counted["repair"], counted["person"], counted["tenancy"]) == (1, 5, None)


def test_words_in_a_hidden_field_find_nothing(feed: Feed, estate: UUID, caller: Caller) -> None:
    """Residents' voice sees homes but not how to get in; an ambassador not what a repair is about."""
    feed.put("home", filled("home", "h") | {"access_notes": "key safe 4711"}, f"estate:{estate}")
    feed.put("repair", filled("repair", "r") | {"title": "damp 4711"}, f"estate:{estate}")
    found = {}
    for role in (Role.RESIDENT_VOICE, Role.AMBASSADOR):
        member = feed.member(role)
        feed.grant(member, estate)
        found[role] = [one["table"] for one in searching.search(feed.office, feed.caller(member), "4711")]
    assert found == {Role.RESIDENT_VOICE: ["repair"], Role.AMBASSADOR: []}
    assert {one["table"] for one in searching.search(feed.office, caller, "4711")} == {"home", "repair"}


def test_an_export_holds_each_live_record_once(feed: Feed, estate: UUID, caller: Caller) -> None:
    put = {str(feed.put(t, filled(t, "x"), f"estate:{estate}", "org")) for t in ("repair", "repair", "block")}
    feed.put("repair", filled("repair", "x"), f"estate:{uuid4()}")
    feed.put("repair", filled("repair", "x"), f"estate:{estate}", deleted=True)
    lines = [wire.loads(line.strip()) for line in exporting.export(feed.office, caller.actor, caller.buckets)]
    assert [line["table"] for line in lines] == ["block", "repair", "repair"]
    assert {line["id"] for line in lines} == put
    assert set(SYNCED) >= {line["table"] for line in lines}
