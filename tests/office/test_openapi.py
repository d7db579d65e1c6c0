"""Whatever fits the OpenAPI document, and what does not, is answered without a fault (Schemathesis makes it up)."""

from __future__ import annotations

import json
import warnings
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.attack.attacker import opened
from tests.office.feed import Feed, filled
from tests.office.speaking import Speaker, join, member, serving
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy
from watmos_office import projection
from watmos_office.app import make_app
from watmos_office.door import Limits
from watmos_office.office import Office

UNHURRIED = Limits(rate=(1e9, 1e9), photos=(1e9, 1e9), bootstraps=(1e9, 1e9), failures=(10**9, 1))
NEVER = "/sync/v1/wait"  # a wait for something that moves may take its 25 seconds


def _operations(app: FastAPI) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries that Schemathesis brings
        import schemathesis

        schema: Any = schemathesis.openapi.from_dict(app.openapi())
    return [found.ok() for found in schema.get_all_operations() if found.ok().path != NEVER]


def _ask(device: Speaker, case: Any) -> tuple[int, str, str]:
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = {name: value for name, value in (case.query or {}).items() if isinstance(value, str | int)}
    target = path + (f"?{urlencode(query)}" if query else "")
    body = case.body if isinstance(case.body, bytes) else b""
    if isinstance(case.body, dict | list | str | int | float | None):
        body = json.dumps(case.body).encode()
    headers = device.headers(case.method.upper(), target, body)
    answer = device.http.request(case.method.upper(), target, content=body, headers=headers)
    return answer.status_code, answer.headers["content-type"], opened(answer)


def _plant(office: Office, role: Role, who: UUID) -> list[str]:
    """Every column that this role may not see, in a bucket that is theirs, and a case that is not: as canaries."""
    feed, estate, case = Feed(office), uuid4(), uuid4()
    feed.grant(who, estate)
    person = policy.Actor(who, "", role)
    for table in SYNCED:
        shown = projection.columns(person, table)
        data = filled(table, f"canary-{table}")
        hidden = {name: one for name, one in data.items() if name not in shown}
        feed.put(
            table, {**dict.fromkeys(shown), **hidden, "owner_table": "restricted_case"}, f"estate:{estate}"
        )
        feed.put(table, data, f"case:{case}")
    return [f"estate:{estate}", f"case:{case}"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_nothing_made_up_brings_a_fault_or_a_word_that_is_not_theirs(office: Office, role: Role) -> None:
    app = make_app(office, UNHURRIED)
    operations = _operations(app)
    assert len(operations) >= 14
    with serving(office, app=app) as http:
        who = member(office, role)
        buckets = _plant(office, role, who)
        device = join(http, office, who)
        for target in (
            "/pull",
            *(f"/{way}/{bucket}" for way in ("bootstrap", "check") for bucket in buckets),
        ):
            assert "canary" not in opened(device.ask("GET", target)), target

        @settings(
            max_examples=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(st.data())
        def made_up(data: st.DataObject) -> None:
            operation = data.draw(st.sampled_from(operations))
            status, kind, words = _ask(device, data.draw(operation.as_strategy()))
            assert status < 500, operation.label
            assert "canary" not in words, operation.label
            assert kind.split(";")[0] in ("application/json", "application/zstd", "application/octet-stream")

        made_up()
        assert device.hello().status_code in (200, 401), "still served"
