"""The office's certificate comes to be signed by another authority, and no device is locked out (security.md S17)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Workspace
from tests.fakes import FakeClock
from tests.sync.conftest import OfficeApp
from tests.sync.tls import Certificate, certificate, serve
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, joining, problems
from watmos_desktop.services.sync.client import health
from watmos_desktop.services.sync.door import Door
from watmos_office import trust
from watmos_office.cli import main


@pytest.fixture
def certs(tmp_path: Path) -> tuple[Certificate, Certificate]:
    """The office's certificate by the authority of today, and one by that of tomorrow."""
    return certificate(tmp_path / "old"), certificate(tmp_path / "new", by="Another authority")


def announce(office_app: OfficeApp, *pems: str) -> None:
    with office_app.office.writing() as connection:
        trust.announce(connection, office_app.office, "".join(pems).encode())


def synced(store: Store) -> str:
    """What the device trusts after a sync."""
    client = joining.connect(store)
    try:
        engine.sync(store, client)
    finally:
        client.close()
    return str(store.recall(joining.ADDRESS)["ca"])


def reaches(url: str, ca: str) -> bool:
    door = Door(url, ca=ca)
    try:
        return bool(health(door).key)
    except problems.Untrusted:
        return False
    finally:
        door.close()


def test_a_device_follows_to_a_new_authority_and_to_nothing_else(
    office_app: OfficeApp,
    empty_workspace: Workspace,
    certs: tuple[Certificate, Certificate],
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = certs
    store = empty_workspace.open(tmp_path / "laptop", clock)
    clock.set(datetime.now(UTC))  # TLS goes by the clock of the machine
    with serve(office_app.app, old) as url:
        code = office_app.code(office_app.member("Grace Bell", Role.MANAGER))
        joining.enrol(store, url, code, "Laptop", ca=old.ca)
        assert synced(store) == old.ca, "nothing was announced"
        announce(office_app, new.ca)
        assert synced(store) == old.ca, "the office that serves now would be refused: a slip"
        clock.forward(timedelta(minutes=1))
        signed = trust.signed

        def forged(office: Any) -> dict[str, Any]:
            return {**signed(office), "pem": old.ca + new.ca}

        announce(office_app, old.ca, new.ca)
        monkeypatch.setattr(trust, "signed", forged)
        monkeypatch.setattr(trust, "named", lambda _: trust._digest(old.ca + new.ca))
        announce(office_app, new.ca)
        assert synced(store) == old.ca, "signed for another list"
        monkeypatch.undo()
        clock.forward(timedelta(minutes=1))
        announce(office_app, new.ca, old.ca)
        both = synced(store)
        assert both == new.ca + old.ca
        clock.forward(timedelta(days=-1))
        announce(office_app, old.ca)
        assert synced(store) == both, "an older list"
    with serve(office_app.app, new) as url:
        assert reaches(url, both), "asleep until the certificate had changed"
        assert not reaches(url, old.ca)
    store.close()


def test_the_command_announces_authorities_and_no_mere_certificate(
    certs: tuple[Certificate, Certificate],
    tmp_path: Path,
    office_app: OfficeApp,
    clock: FakeClock,
    capsys: Any,
) -> None:
    old, _ = certs
    clock.set(datetime.now(UTC))
    home = ["--home", str(office_app.office.home), "--database", str(office_app.office.engine.url), "--json"]
    for number, one in enumerate(certs):
        (tmp_path / f"{number}.pem").write_text(one.ca)
    assert main(["authorities", *home]) == 0 and json.loads(capsys.readouterr().out) == []
    files = [str(tmp_path / "0.pem"), str(tmp_path / "1.pem")]
    assert main(["authorities", *home, *files]) == 0
    capsys.readouterr()
    assert main(["authorities", *home]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == [
        "CN=Test authority",
        "CN=Another authority",
    ]
    assert main(["authorities", *home, str(old.cert)]) == 2
    assert "is a certificate, not an authority" in capsys.readouterr().err
    alike = certificate(tmp_path / "alike").ca  # OpenSSL tries but one of two that bear one name
    for pem in (b"nothing", (old.ca + alike).encode()):
        with pytest.raises(Told), office_app.office.writing() as connection:
            trust.announce(connection, office_app.office, pem)
