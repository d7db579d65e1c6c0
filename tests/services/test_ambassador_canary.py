"""No read of any service ever gives an ambassador a word above estate facts (security.md S20, S21).

Every text field above C0 is filled with canaries; then each public function of the services that takes a session is
called as an ambassador, with ids that exist, and what comes back is searched. A manager's call is the control.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Column, Table, Text, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import MANAGER, Workspace
from tests.fakes import NOW, FakeClock
from watmos_desktop import services
from watmos_desktop.models.kinds import CaseKind, ConflictKind, DataClass, InspectionStatus, Role
from watmos_desktop.models.tables import (
    SYNCED,
    Adaptation,
    Base,
    Block,
    CaseNote,
    Conflict,
    Contractor,
    Defect,
    Estate,
    Home,
    Inspection,
    Job,
    ProgrammeResponse,
    Repair,
    RestrictedCase,
    Schedule,
    Staff,
)
from watmos_desktop.services import demo, homes, inspections, repairs, staff, templates
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports.programme_data import Letter
from watmos_desktop.services.store import Store

CANARY = "CANARY"

# Why a function is not asked, each with its reason.
NOT_ASKED = {
    "staff.people_here": "the names to choose from before anyone is chosen",
    "search_query.ids": "gives ids alone; the services that read them decide what is shown",
    "sync.outgoing.waiting": "what was written here, on its way to the office; shown to nobody",
}


def reads() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the services that takes a session first."""
    for module in pkgutil.walk_packages(services.__path__, services.__name__ + "."):
        loaded = importlib.import_module(module.name)
        for name, found in vars(loaded).items():
            if inspect.isfunction(found) and found.__module__ == module.name and not name.startswith("_"):
                label = f"{module.name.removeprefix(services.__name__ + '.')}.{name}"
                if (
                    next(iter(inspect.signature(found).parameters), "") == "session"
                    and label not in NOT_ASKED
                ):
                    yield label, found


READS = dict(reads())


def text_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of free text of the tables that sync sends."""
    for model in SYNCED.values():
        table = Base.metadata.tables[str(model.__tablename__)]  # type: ignore[attr-defined]
        yield from ((table, column) for column in table.columns if type(column.type) is Text)


@pytest.fixture(scope="module")
def filled(empty_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A demo landlord in which every text above C0 is a canary, but for the ambassador's own name."""
    store = empty_workspace.open(tmp_path_factory.mktemp("canary") / "workspace", FakeClock())
    demo.make(store, 60, 0.6, 5)
    with store.write("a case and a conflict") as session:
        officer = session.scalars(select(Staff).where(Staff.role == Role.TENANCY_OFFICER)).first()
        about = session.scalars(select(Inspection.id).limit(1)).one()
        assert officer is not None
        case = RestrictedCase(kind=CaseKind.SAFEGUARDING, title="", opened_by=officer.id, opened_at=NOW)
        session.add(case)
        session.flush()
        session.add(CaseNote(case_id=case.id, text="", staff_id=officer.id, made_at=NOW))
        words = {"note": f"{CANARY}-conflict-value-"}
        session.add(
            Conflict(
                owner_table="inspection",
                owner_id=about,
                field="note",
                kind=ConflictKind.CLASH,
                value=words,
                shown=words,
                made_at=NOW,
            )
        )
    with store.apply() as connection:
        for table, column in text_columns():
            if column.info["class"] > DataClass.ESTATE:
                mark = f"{CANARY}-{table.name}-{column.name}-"
                value = func.concat(mark, func.hex(table.c.id)) if column.name == "code" else mark
                connection.execute(update(table).values({column.name: value}))
        connection.execute(update(Staff).where(Staff.role == Role.AMBASSADOR).values(name="Mrs Okafor"))
        walk = select(Inspection.id).where(Inspection.joint).limit(1).scalar_subquery()
        connection.execute(
            update(Inspection)
            .where(Inspection.id == walk)
            .values(status=InspectionStatus.DRAFT, finished_at=None)
        )
    yield store
    store.close()


def pool(store: Store) -> list[dict[str, Any]]:
    """What the parameters of those functions are given: several records of each kind."""
    with store.read() as session:
        walks = session.scalars(
            select(Inspection)
            .order_by(Inspection.joint.desc(), Inspection.defects.desc(), Inspection.id)
            .limit(4)
        ).all()
        homes_ = session.scalars(select(Home.id).limit(2)).all()
        mends = session.scalars(select(Repair).order_by(Repair.due_at.desc()).limit(4)).all()
        defect = session.scalars(select(Defect.id)).first()
        block = session.scalars(select(Block)).first()
        schedule = session.scalars(select(Schedule.id)).first()
        estate = session.scalars(select(Estate.id)).first()
        code = session.scalars(select(Home.code)).first()
        job = session.scalars(select(Job.id)).first()
        contractor = session.scalars(select(Contractor.id)).first()
        request = session.scalars(select(Adaptation.id)).first()
        works = session.scalars(select(ProgrammeResponse.programme_id)).first()
    assert block is not None
    shared: dict[str, Any] = {
        "blobs": store.blobs,
        "now": NOW,
        "text": CANARY,
        "limit": 100,
        "offset": 0,
        "path": store.home / "none.csv",
        "codes": [code],
        "defect_id": defect,
        "schedule_id": schedule,
        "estate_id": estate,
        "block_id": block.id,
        "space_id": None,
        "job_id": job,
        "contractor_id": contractor,
        "adaptation_id": request,
        "programme_id": works,
        "home_ids": homes_,
        "kind": Letter.CONSULTATION,
        "nothing": None,
    }
    found = []
    for walk, repair, home in zip(walks, mends, list(homes_) * 2, strict=True):
        found.append(
            shared
            | {
                "inspection": walk,
                "inspection_id": walk.id,
                "record_id": walk.id,
                "record_ids": [walk.id, repair.id],
                "ids": [walk.id, repair.id],
                "template": templates.get(walk.template_key),
                "template_key": walk.template_key,
                "item": templates.get(walk.template_key).items[0],
                "place_key": walk.place_key,
                "place": (walk.estate_id, walk.block_id, walk.space_id),
                "area_key": repair.area_key,
                "item_key": "",
                "staff_id": walk.started_by,
                "home_id": home,
                "repair_id": repair.id,
                "row": repair,
                "typed": walk.reference,
            }
        )
    return found


def calls(function: Callable[..., Any], pools: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The arguments to try: what has no default is taken from the pool; nothing when something is not in it."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    for values in pools:
        needed = {p.name for p in parameters if p.default is inspect.Parameter.empty}
        if needed <= values.keys():
            yield {
                p.name: values[p.name]
                for p in parameters
                if p.name in values and p.name in needed | {"record_id"}
            }
    if any(p.name == "wanted" for p in parameters):
        for module in (inspections, repairs):
            if module.__name__ == function.__module__:
                for state in ("all", "open", "signed", "draft", "overdue", "done"):
                    try:
                        wanted = module.Filter(state=state)
                        yield {
                            p.name: wanted if p.name == "wanted" else pools[0].get(p.name)
                            for p in parameters
                            if p.name in ("wanted", "offset", "limit")
                        }
                    except (ValueError, Told):
                        continue
    if function.__module__ == homes.__name__ and any(p.name == "query" for p in parameters):
        yield {p.name: homes.HomeQuery() if p.name == "query" else pools[0][p.name] for p in parameters}


def words(value: object, depth: int = 0) -> Iterator[str]:
    """Every text in what a service gave back; rows of the database are the services' own and are not shown."""
    if isinstance(value, str):
        yield value
    elif depth > 12 or isinstance(value, bytes | Base | Session):
        return
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from words(getattr(value, field.name), depth + 1)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from words(key, depth + 1)
            yield from words(one, depth + 1)
    elif isinstance(value, Iterable):
        for one in value:
            yield from words(one, depth + 1)


def told(store: Store, label: str) -> tuple[int, set[str]]:
    """How often a function answered, and the canaries it gave."""
    function, answered, canaries = READS[label], 0, set()
    for arguments in calls(function, pool(store)):
        with store.read() as session:
            try:
                found = list(words(function(session, **arguments)))
            except Told as refused:
                found = [str(refused)]
            except (OperationalError, AssertionError, ValueError, KeyError, AttributeError, TypeError):
                continue  # a write, refused by the read session, or arguments that do not fit together
            answered += 1
            session.rollback()
        canaries |= {word for word in found if CANARY in word and word != CANARY}
    return answered, canaries


@pytest.mark.parametrize("label", sorted(READS))
def test_an_ambassador_is_told_no_word_above_estate_facts(filled: Store, label: str) -> None:
    staff.act_as(filled, "Mrs Okafor")
    _, canaries = told(filled, label)
    assert canaries == set()


def test_the_net_catches_what_a_manager_may_read(filled: Store) -> None:
    filled.actor = MANAGER
    seen: set[str] = set()
    answered = set()
    for label in READS:
        times, canaries = told(filled, label)
        seen |= {word.split("-")[1] for one in canaries for word in one.split() if CANARY in word}
        answered |= {label} if times else set()
    assert {"home", "person", "answer", "staff", "adaptation", "programme_response"} <= seen
    assert len(answered) > 30


def test_every_free_text_above_estate_facts_was_filled(filled: Store) -> None:
    assert {table.name for table, column in text_columns() if column.info["class"] > DataClass.ESTATE} >= {
        "answer", "amendment", "attachment", "attendance", "case_note", "defect", "home", "person", "repair",
        "restricted_case", "signature", "staff"
    }  # fmt: skip


def test_an_ambassador_is_answered_all_the_same(filled: Store) -> None:
    staff.act_as(filled, "Mrs Okafor")
    assert sum(told(filled, label)[0] > 0 for label in READS) > 25
