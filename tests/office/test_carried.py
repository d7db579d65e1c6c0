"""A bundle speaks for the device that wrote it, whoever carries it, and tells the carrier nothing."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlalchemy import select

from tests.office.speaking import Speaker, become, join, member, serving
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import bundle, wire
from watmos_office import enrol
from watmos_office.office import Office
from watmos_office.tables import Op

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _part(office: Office, author: Speaker, said: dict[str, Any], data: bytes = b"") -> bytes:
    key = enrol.office_key(office)
    head = json.dumps({"device": str(author.id), "office": b64encode(key).decode(), **said}).encode()
    signed = len(head).to_bytes(4, "big") + head + data
    signature = author.key.sign(bundle.MARK + signed)
    return SUITE.encrypt(signature + signed, bundle.sealing_key(key), info=bundle.MARK)


def _push(author: Speaker) -> dict[str, Any]:
    stamp = "0192f0c1a2b3" + "0000" + author.incarnation.hex[:8]
    op = {"id": str(uuid4()), "n": 1, "txn": str(uuid4()), "tbl": "estate", "rid": str(uuid4())}
    op |= {"kind": "insert", "set": {"name": "Lea Bridge"}, "base": {}, "stamp": stamp}
    op |= {"made_at": "2026-11-23T10:40:00+00:00"}
    push = {"incarnation": str(author.incarnation), "first_n": 1, "prev_hash": "", "schema": wire.SCHEMA}
    return push | {"ops": [op]}


def _taken(office: Office) -> list[Any]:
    with office.reading() as connection:
        return [tuple(one) for one in connection.execute(select(Op.device_id, Op.member_id))]


def test_a_part_is_its_authors_and_may_come_twice(office: Office) -> None:
    with serving(office) as http:
        who = member(office)
        author, carrier = join(http, office, who), join(http, office, member(office, Role.AMBASSADOR))
        part = _part(office, author, {"push": _push(author)})
        for _ in range(2):
            answer = carrier.ask("POST", "/bundle", part)
            assert (answer.status_code, answer.json()) == (200, {"taken": True})
        assert _taken(office) == [(author.id, who)]
        said = author.hello(last_n=0, waiting=1).json()
        assert said["stream"]["last_n"] == 1, "the device learns of it when it calls"


@pytest.mark.parametrize("status", ["suspended", "wipe", "wiped"])
def test_a_device_that_may_not_speak_may_not_be_carried(office: Office, status: str) -> None:
    with serving(office) as http:
        author, carrier = join(http, office), join(http, office)
        part = _part(office, author, {"push": _push(author)})
        become(office, author.id, status)
        answer = carrier.ask("POST", "/bundle", part)
        assert (answer.status_code, answer.content) == (404, b'{"error":"not_found"}')
        assert _taken(office) == []


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_a_part_cannot_be_forged(office: Office) -> None:
    with serving(office) as http:
        author, carrier = join(http, office), join(http, office)
        forged = Speaker(http, office, author.id, Ed25519PrivateKey.generate(), {})
        stranger = Speaker(http, office, uuid4(), author.key, {})
        part = _part(office, author, {"push": _push(author)})
        bad = [b"", b"x" * 500, part[:-1] + bytes([part[-1] ^ 1]), part[:40]]
        bad += [_part(office, one, {"push": _push(author)}) for one in (forged, stranger)]
        assert {carrier.ask("POST", "/bundle", one).status_code for one in bad} == {404}
        shapes: list[dict[str, Any]] = [{}, {"push": []}, {"attachment": "x"}, {"push": {}, "attachment": 1}]
        answers = [carrier.ask("POST", "/bundle", _part(office, author, one)) for one in shapes]
        assert {one.status_code for one in answers} == {400}
        chunk = _part(office, author, {"attachment": str(uuid4()), "index": 0}, b"photo")
        assert carrier.ask("POST", "/bundle", chunk).status_code == 404
        assert carrier.ask("POST", "/bundle", part).status_code == 200
