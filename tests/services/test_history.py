"""Undo is the inverse: whatever was done, taking it back leaves every field as it was."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.build import a_block, a_repair, a_staff, an_actor, an_estate
from watmos_desktop.models.kinds import Priority, RepairStatus, Role
from watmos_desktop.models.tables import Estate, Repair
from watmos_desktop.services import history
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.store import Store

CHANGES = st.lists(
    st.one_of(
        st.tuples(
            st.just("title"),
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20),
        ),
        st.tuples(st.just("priority"), st.sampled_from(Priority)),
        st.tuples(st.just("status"), st.sampled_from(RepairStatus)),
        st.tuples(
            st.just("completed_at"),
            st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
        ),
        st.tuples(st.just("new"), st.just(None)),
    ),
    min_size=1,
    max_size=6,
)


MODELS: tuple[type[Any], ...] = (Estate, Repair)


def snapshot(store: Store) -> dict[Any, Any]:
    skip = {"stamps"}
    with store.read() as session:
        return {
            (model.__tablename__, row.id): {
                column.key: getattr(row, column.key)
                for column in model.__table__.columns
                if column.key not in skip
            }
            for model in MODELS
            for row in session.scalars(select(model).where(~model.deleted))
        }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=CHANGES)
def test_undoing_each_step_leads_back_through_every_state(store: Store, steps: list[tuple[str, Any]]) -> None:
    with store.write("start", undoable=False) as session:
        repair_id = a_repair(session, a_block(session), a_staff(session)).id
    states = []
    for name, value in steps:
        states.append(snapshot(store))
        with store.write(f"set {name}") as session:
            if name == "new":
                an_estate(session)
            else:
                setattr(session.get_one(Repair, repair_id), name, value)
        if snapshot(store) == states[-1]:
            states.pop()  # nothing changed, so there is nothing to take back
    for state in reversed(states):
        with store.read() as session:
            action = history.last(session)
        assert action is not None
        history.undo(store, action)
        assert snapshot(store) == state


def test_an_undo_is_itself_recorded_and_sent(store: Store) -> None:
    with store.write("new") as session:
        estate_id = an_estate(session, name="One").id
    with store.write("renamed") as session:
        session.get_one(Estate, estate_id).name = "Two"
    with store.read() as session:
        action = history.last(session)
    assert action is not None
    history.undo(store, action)
    with store.read() as session:
        steps = history.of(session, "estate", estate_id)
        assert session.get_one(Estate, estate_id).name == "One"
    assert [step.why for step in steps] == ["took back: renamed", "renamed", "new"]
    assert steps[0].who == store.actor.name


def test_an_action_that_was_built_upon_is_not_taken_back(store: Store) -> None:
    with store.write("new") as session:
        estate_id = an_estate(session, name="One").id
    with store.write("renamed") as session:
        session.get_one(Estate, estate_id).name = "Two"
    with store.read() as session:
        action = history.last(session)
    assert action is not None
    with store.apply() as connection:
        connection.execute(Estate.__table__.update().values(name="Three"))  # type: ignore[attr-defined]
    with pytest.raises(Told, match="changed again"):
        history.undo(store, action)
    with store.read() as session:
        assert session.get_one(Estate, estate_id).name == "Three"


def test_nobody_undoes_what_someone_else_did(store: Store) -> None:
    with store.write("new") as session:
        an_estate(session)
        other = a_staff(session, Role.MANAGER, "Someone else")
    store.actor = an_actor(Role.MANAGER, other)
    with store.read() as session:
        assert history.last(session) is None


def test_an_ambassador_sees_no_name_and_no_free_text_in_a_history(store: Store) -> None:
    with store.write("new") as session:
        words = "Ask Mrs Canary at number 4"
        repair = a_repair(session, a_block(session), a_staff(session), description=words)
        estate = session.get_one(Estate, repair.estate_id)
        ambassador = a_staff(session, Role.AMBASSADOR, "Mrs Okafor", estates=[estate])
    store.actor = an_actor(Role.AMBASSADOR, ambassador, estates=[estate])
    with store.read() as session:
        (step,) = history.of(session, "repair", repair.id)
    assert "Canary" not in str(step)
    assert step.who == ""
    store.actor = an_actor(Role.AMBASSADOR, ambassador)
    with pytest.raises(NotFound), store.read() as session:
        history.of(session, "repair", repair.id)
