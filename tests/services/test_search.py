"""Search finds what a plain look through every record finds, for those who may know of it, and forgets what is gone."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from tests import build
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED, Block, Estate, Person, Repair, Staff
from watmos_desktop.services import history, policy, repairs, search, search_index, search_query
from watmos_desktop.services.policy import NOBODY, Actor
from watmos_desktop.services.search_index import FIELDS, pairs
from watmos_desktop.services.search_query import fold
from watmos_desktop.services.store import Store

TRICKY = (
    *("%", "_", "a%b", "50%", "\\", "'", '"', 'say "hi"', "NEAR(a b)", "a AND b", "OR", "*", "ab*", "^x"),
    *(
        "text:",
        "{a b}:",
        "-",
        "--",
        ";",
        "(",
        ")",
        "\n",
        "\t",
        "\x01",
        "ab",
        "a",
        "12",
        "ß",
        "e\u0301",
        "Zoë",
    ),
    *("éclair", "ŁÓDŹ", "łódź", "Straße", "STRASSE", "İstanbul", "ılık", "Ελλάδα", "ΕΛΛΆΔΑ", "Жук", "жук"),
    *("محمد علي", "মোহাম্মদ", "ਹਰਪ੍ਰੀਤ", "李小龙", "👩‍👩‍👧", "🔥🔥🔥"),
)
ALPHABET = "abAB %_\"'éÉłŁß1-ম🔥"
WORDS = st.sampled_from(TRICKY) | st.text(ALPHABET, max_size=6) | st.text(max_size=5)
TEXTS = st.lists(WORDS, max_size=5).map(" ".join).map(lambda text: text.replace("\x00", "").strip())


def plainly(texts: list[str], asked: str) -> list[str]:
    """What search promises, in one line: every word somewhere in the folded text, newest first."""
    words = fold(asked).split()
    return [text for text in reversed(texts) if words and all(word in fold(text) for word in words)]


@pytest.fixture
def people(store: Store) -> Iterator[Store]:
    """A store in which each example starts without people."""
    yield store


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=1, max_size=8), st.lists(TEXTS, min_size=1, max_size=8))
def test_it_finds_what_a_look_through_every_name_finds(
    people: Store, names: list[str], asked: list[str]
) -> None:
    with people.apply() as connection:
        connection.execute(Person.__table__.delete())  # type: ignore[attr-defined]
    with people.write("people") as session:
        for name in names:
            build.a_person(session, name)
    with people.read() as session:
        everyone = {row.id: row.name for row in session.scalars(select(Person))}
        for text in [*asked, *(name[1:5] for name in names), *(name.swapcase() for name in names)]:
            found = [everyone[one] for one in search.ids(session, "person", text, 50)]
            assert found == plainly(names, text), text
            listed = session.scalars(select(Person.name).where(search_query.among(session, "person", text)))
            assert sorted(listed) == sorted(plainly(names, text) if fold(text).split() else names)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30) | TEXTS)
def test_folding_is_the_same_once_and_twice_and_in_every_case(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text.encode("utf-8", "ignore").decode()).isascii() >= text.isascii()


def test_folding_in_the_database_is_folding_in_python(store: Store) -> None:
    every = [chr(number) for number in range(1, 0x3000) if not 0xD800 <= number <= 0xDFFF]
    names = ["".join(every[n : n + 100]) for n in range(0, len(every), 100)]
    names.append("Æ" * search_index.TEXT_LENGTH + "no more")
    with store.write("people") as session:
        people = [build.a_person(session, name).id for name in names]
    with store.read() as session:
        rows = session.connection().exec_driver_sql("SELECT id, text FROM search_person").all()
    kept: dict[bytes, str] = dict(map(tuple, rows))
    found = [kept[one.bytes] for one in people]
    assert found[:-1] == [fold(name) for name in names[:-1]]
    assert found[-1] == "ae" * search_index.TEXT_LENGTH


def test_folding_is_as_documented() -> None:
    assert fold("Łukasz ZOË Straße İpek Ağaoğlu Nguyễn") == "lukasz zoe strasse ipek agaoglu nguyen"
    assert fold("Ёж ΆΝΝΑ e\u0301") == "еж αννα e"
    assert fold("محمد মোহাম্মদ 李小龙 🔥 %_") == "محمد মোহাম্মদ 李小龙 🔥 %_"


def test_each_noun_is_found_by_each_of_its_fields(store: Store) -> None:
    with store.write("a world") as session:
        estate = build.an_estate(session, name="Quarry Hill", town="Bilston", code="QH-771")
        block = build.a_block(
            session,
            estate,
            name="Vixen House",
            address="9 Otter Row",
            postcode="WV14 9ZZ",
            uprn="100071",
            code="VX9",
        )
        space = build.a_space(session, estate, name="Merlin Hall", address="2 Otter Row", code="MH22")
        home = build.a_home(
            session,
            block,
            number="113b",
            address="Flat 113b, Vixen",
            postcode="WV14 8YY",
            uprn="200072",
            code="HX-44",
        )
        person = build.a_person(session, "Łucja Öztürk-O'Neil")
        staff = build.a_staff(session)
        repair = build.a_repair(session, block, staff, title="Gutter blocked", place="Rear canopy")
        at_space = build.a_repair(session, block, staff, block_id=None, space_id=space.id, title="Hob cold")
        grounds = build.a_repair(session, block, staff, block_id=None, title="Bollard bent")
        walk = build.an_inspection(session, block, staff)
    queries: dict[str, tuple[Any, ...]] = {
        "estate": (estate, "quarry", "bilston", "qh-771"),
        "block": (block, "vixen hou", "otter", "wv14 9zz", "100071", "vx9"),
        "community_space": (space, "merlin", "otter", "mh22"),
        "home": (home, "113b vixen", "wv14 8yy", "200072", "hx-44"),
        "person": (person, "lucja", "OZTURK", "o'neil"),
        "repair": (repair, "gutter", "canopy", repair.reference, "vixen gut"),
        "inspection": (walk, walk.reference.lower(), "vixen"),
    }
    assert set(queries) == set(FIELDS)
    with store.read() as session:
        for noun, (row, *texts) in queries.items():
            for text in texts:
                assert search.ids(session, noun, text, 9) == [row.id], (noun, text)
        assert search.ids(session, "repair", "merlin hob", 9) == [at_space.id]
        assert search.ids(session, "repair", "quarry", 9) == [grounds.id]
        hits = search.find(session, "vixen")
        assert [(hit.kind, hit.id) for hit in hits] == [
            ("home", home.id),
            ("block", block.id),
            ("repair", repair.id),
            ("inspection", walk.id),
        ]
        typed = repair.reference.lower().replace("-", " ")
        assert [hit.id for hit in search.find(session, typed)] == [repair.id]
        assert search.find(session, "vixen", limit=1) == hits[:1]


def test_a_person_is_shown_with_the_home_they_live_in(store: Store) -> None:
    with store.write("people") as session:
        home = build.a_home(session, address="Flat 8, Lindley House")
        living, moved = build.a_person(session, "Ana Silva"), build.a_person(session, "Ana Costa")
        build.a_tenancy(session, home, living)
    with store.read() as session:
        assert [(hit.title, hit.sentence, hit.home_id) for hit in search.find(session, "ana")] == [
            ("Ana Costa", "No home here now", None),
            ("Ana Silva", "Flat 8, Lindley House", home.id),
        ]
        assert moved.id != living.id


def test_a_change_by_either_door_is_found_at_once_and_undo_takes_it_back(store: Store) -> None:
    with store.write("a repair") as session:
        block = build.a_block(session, name="Vixen House")
        repair = build.a_repair(session, block, build.a_staff(session), title="Gutter blocked")
    with store.write("renamed", undoable=True) as session:
        session.get_one(Repair, repair.id).title = "Downpipe split"
    assert found(store, "repair", "gutter") == [] and found(store, "repair", "downpipe") == [repair.id]
    history.undo(store, store_last(store))
    assert found(store, "repair", "gutter") == [repair.id] and found(store, "repair", "downpipe") == []
    with store.apply() as connection:
        blocks = Block.__table__
        connection.execute(blocks.update().where(blocks.c.id == block.id).values(name="Badger Court"))  # type: ignore[attr-defined]
    assert found(store, "repair", "badger") == [repair.id] and found(store, "repair", "vixen") == []
    assert found(store, "block", "badger") == [block.id] and found(store, "block", "vixen") == []
    with store.write("withdrew") as session:
        session.get_one(Repair, repair.id).deleted = True
    assert found(store, "repair", "badger") == []
    with store.write("back") as session:
        session.get_one(Repair, repair.id).deleted = False
    assert found(store, "repair", "badger") == [repair.id]
    sound(store)


def test_a_failed_write_leaves_no_word_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write("fails") as session:
        build.a_person(session, "Quetzal Ximenes")
        raise ZeroDivisionError
    assert found(store, "person", "quetzal") == []
    sound(store)


def test_a_record_saved_before_its_place_is_found_by_the_place(store: Store) -> None:
    with store.read() as session:
        staff = session.scalars(select(Staff)).one()
    with store.write("estate") as session:
        estate = build.an_estate(session)
    block = Block(id=uuid7(), estate_id=estate.id, code="LATE", name="Heron Tower")
    with store.write("any order") as session:
        repair = build.a_repair(session, block, staff)
        session.add(block)
    assert found(store, "repair", "heron") == [repair.id]


def test_erasure_leaves_no_word_in_the_index(store: Store) -> None:
    with store.write("people") as session:
        person = build.a_person(session, "Qqqq")
        for n in range(50):
            build.a_person(session, f"Someone else {n}")
    assert b"q" in index_bytes(store)
    with store.apply() as connection:
        people = Person.__table__
        connection.execute(people.delete().where(people.c.id == person.id))  # type: ignore[attr-defined]
    assert b"q" not in index_bytes(store)
    assert b"s" in index_bytes(store)
    sound(store)


@pytest.mark.parametrize("role", [*Role, None])
def test_what_lies_elsewhere_leaves_no_trace(store: Store, role: Role | None) -> None:
    """The same searches in a world with and without other people's records give the same answers (S24)."""
    with store.write("here") as session:
        mine = build.an_estate(session, name="Lindley Estate", code="MINE")
        a_world(session, mine, "Lindley")
    actor = Actor(None, "", role, frozenset({mine.id}) if role else frozenset())
    before = answers(store, actor)
    with store.write("elsewhere") as session:
        for n in range(3):
            a_world(session, build.an_estate(session, name="Lindley Far", code=f"FAR{n}"), "Lindley")
    assert answers(store, actor) == before
    kinds = {kind for kinds in before.values() for kind, *_ in kinds}
    assert kinds == MAY_FIND[role]


HERE = {"estate", "block", "community_space"}
WALKS = {"repair", "inspection"}
MAY_FIND: dict[Role | None, set[str]] = {
    None: set(),
    Role.ADMINISTRATOR: HERE,
    Role.AMBASSADOR: HERE | {"inspection"},  # repairs have words of staff: by their whole reference alone
    Role.CARETAKER: HERE | WALKS | {"home"},
    **dict.fromkeys(
        (Role.TENANCY_OFFICER, Role.ASB_OFFICER, Role.RESIDENT_VOICE, Role.SAFEGUARDING_LEAD, Role.MANAGER),
        HERE | WALKS | {"home", "person"},
    ),
}


def test_what_staff_wrote_cannot_be_guessed_at_by_an_ambassador(store: Store) -> None:
    with store.write("a repair") as session:
        block = build.a_block(session, name="Vixen House")
        repair = build.a_repair(
            session, block, build.a_staff(session), title="Mr Quill shouted", place="Flat 9"
        )
    store.actor = build.an_actor(Role.AMBASSADOR, blocks=[block])
    for text in ("quill", "qu", "flat 9", "vixen", repair.reference[:-1], f"{repair.reference} quill"):
        assert found(store, "repair", text) == []
        with store.read() as session:
            assert repairs.count(session, repairs.Filter(text=text)) == 0
    assert found(store, "repair", f" {repair.reference.lower()} ") == [repair.id]
    store.actor = build.an_actor(Role.AMBASSADOR, blocks=[])
    assert found(store, "repair", repair.reference) == []


def test_the_bound_of_short_words_counts_only_what_this_person_may_know_of(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_query, "BOUND", search_query.Bound(3, 3))
    with store.write("homes") as session:
        block, far = build.a_block(session), build.a_block(session)
        home = build.a_home(session, block, address="Flat X9")
        for n in range(5):
            build.a_home(session, far, address=f"Flat Z{n}")
    store.actor = build.an_actor(Role.CARETAKER, blocks=[block])
    assert found(store, "home", "x9") == [home.id] and found(store, "home", "flat x9") == [home.id]
    store.actor = build.an_actor(Role.MANAGER)
    assert found(store, "home", "x9") == [] and found(store, "home", "flat") != []


def test_nobody_finds_nothing_and_no_words_find_nothing(store: Store) -> None:
    with store.write("a person") as session:
        build.a_person(session, "Anyone")
    for text in ("", "   ", "\n", "\x00", "any\x00", "a" * 500, "any\ud800"):
        assert found(store, "person", text) == []
    store.actor = NOBODY
    assert found(store, "person", "anyone") == []
    with store.read() as session:
        assert search.find(session, "anyone") == []
        assert repairs.count(session, repairs.Filter(text="a")) == 0
        with pytest.raises(KeyError):
            search.ids(session, "meta", "device", 5)


def test_every_searched_field_is_one_that_policy_knows() -> None:
    for noun, fields in FIELDS.items():
        columns = inspect(SYNCED[noun]).columns
        assert all(field == "where" or field in columns for field in fields)
        assert all(policy.data_class(noun, field) for field in fields if field != "where")
    # ``where`` is the name of a place: never above what those who see the noun may see.
    assert {policy.data_class(table.__tablename__, "name") for table in (Estate, Block)} == {"C0"}


def a_world(session: Session, estate: Estate, name: str) -> None:
    block = build.a_block(session, estate, name=f"{name} House")
    build.a_space(session, estate, name=f"{name} Hall")
    home = build.a_home(session, block, address=f"Flat 12, {name} House")
    build.a_tenancy(session, home, build.a_person(session, f"Ada {name}"))
    staff = build.a_staff(session)
    build.a_repair(session, block, staff, title=f"{name} light")
    build.an_inspection(session, block, staff)


def answers(store: Store, actor: Actor) -> dict[str, list[tuple[str, str, str]]]:
    """Everything that search and the counts of lists tell an actor."""
    store.actor, said = actor, {}
    with store.read() as session:
        for text in ("lindley", "ada", "12", "l", "flat 12", "house", "lin ho", *string.ascii_lowercase[:3]):
            said[text] = [
                (hit.kind, str(hit.id), hit.sentence) for hit in search.find(session, text, limit=100)
            ]
            said[f"{text} counted"] = [("repair", str(repairs.count(session, repairs.Filter(text=text))), "")]
    if actor.role in (None, Role.ADMINISTRATOR):
        assert all(rows == [("repair", "0", "")] for key, rows in said.items() if key.endswith("counted"))
    return {key: rows for key, rows in said.items() if rows != [("repair", "0", "")]}


def index_bytes(store: Store) -> bytes:
    with store.read() as session:
        blocks = session.connection().exec_driver_sql(
            "SELECT block FROM search_person_index_data WHERE id > 10"
        )
        return b"".join(blocks.scalars())


def found(store: Store, noun: str, text: str) -> list[object]:
    with store.read() as session:
        return list(search.ids(session, noun, text, 20))


def store_last(store: Store) -> history.Undoable:
    with store.read() as session:
        action = history.last(session)
    assert action is not None
    return action


def sound(store: Store) -> None:
    """The index holds what the table holds, and the table what the records say."""
    with store.apply() as connection:
        for noun in FIELDS:
            kept = connection.exec_driver_sql(f"SELECT id, text FROM search_{noun} ORDER BY id").all()
            said = connection.exec_driver_sql(
                f"{search_index._texts(noun)} WHERE r.deleted = 0 ORDER BY r.id"
            ).all()
            assert kept == said
            assert grams_in(connection, noun) == {
                gram
                for _, text in kept
                for one in (text, pairs(text))
                for gram in zip(one, one[1:], one[2:], strict=False)
            }


def grams_in(connection: Connection, noun: str) -> set[tuple[str, ...]]:
    """Every gram that the index holds of some record."""
    run = connection.exec_driver_sql
    run(f"CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, search_{noun}_index, row)")
    terms = run("SELECT term FROM temp.terms").scalars().all()
    run("DROP TABLE temp.terms")
    return {tuple(term) for term in terms}
