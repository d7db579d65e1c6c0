"""Attacks that want to be somebody else: tokens, keys, codes, headers, bundles."""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.attack.attacker import API, Attacker, bare
from tests.attack.oracle import settle
from tests.attack.stage import ANYBODY, ENDED, Stage, Who, attack
from tests.office.speaking import enrolment, signed
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import bundle, wire
from watmos_office.enrol import office_key

SOME = (Who(Role.AMBASSADOR), Who(Role.MANAGER), ENDED[1])


def _as_victim(stage: Stage, me: Attacker, headers: list[tuple[str, str]] | dict[str, str]) -> bool:
    """Whether a hello with these headers is answered to the victim's name."""
    body = wire.dumps(me.greeting())
    answer = me.say("POST", f"{API}/hello", body, headers)
    return answer.status_code == 200 and answer.json()["member"]["id"] == str(stage.victim.member)


@attack("uses another's token with its own key")
def _(stage: Stage, me: Attacker) -> bool:
    bearer = {"authorization": f"Bearer {stage.victim.tokens['access']}"}
    return me.ask("POST", "/hello", me.greeting(), **bearer).status_code == 200


@attack("names another's device under its own signature", ANYBODY)
def _(stage: Stage, me: Attacker) -> bool:
    body, found = wire.dumps(me.greeting()), []
    for token in (me.tokens, stage.victim.tokens):
        now = stage.office.clock.now()
        headers = signed(stage.victim.id, me.key, "POST", f"{API}/hello", now, body)
        found.append(_as_victim(stage, me, headers | {"authorization": f"Bearer {token['access']}"}))
    return any(found)


@attack("sends a head twice, once for each")
def _(stage: Stage, me: Attacker) -> bool:
    body = wire.dumps(me.greeting())
    mine = list(me.headers("POST", f"{API}/hello", body).items())
    token = ("authorization", f"Bearer {stage.victim.tokens['access']}")
    device = ("watmos-device", str(stage.victim.id))
    lots = [
        [*mine, token],
        [token, *mine],
        [*mine, device],
        [device, *mine],
        [device, token, *mine],
        [*mine, device, token],
    ]
    return True in [_as_victim(stage, me, one) for one in lots]


@attack("asks through heads that some servers believe", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    tricks = {
        "x-original-url": "/admin/v1/members",
        "x-rewrite-url": "/admin/v1/members",
        "x-http-method-override": "DELETE",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-user": str(stage.victim.member),
        "x-remote-user": "admin",
        "cookie": f"access={stage.victim.tokens['access']}",
        "forwarded": "for=127.0.0.1;proto=https",
        "x-watmos-member": str(stage.victim.member),
        "watmos-role": "manager",
        "host": "localhost",
    }
    plain, with_tricks = me.hello(), me.ask("POST", "/hello", me.greeting(), **tricks)
    return bare(plain)[:2] != bare(with_tricks)[:2]


@attack("asks without a signature, or with half of one")
def _(stage: Stage, me: Attacker) -> bool:
    found = []
    for path in ("/hello", "/push", "/rows", "/bundle"):
        whole = me.headers("POST", API + path, b"{}")
        for left_out in whole:
            headers = {name: one for name, one in whole.items() if name != left_out}
            found.append(me.say("POST", API + path, b"{}", headers).status_code)
    return any(status == 200 for status in found)


@attack("sends a signed request again, later, or to another address")
def _(stage: Stage, me: Attacker) -> bool:
    body = wire.dumps(me.greeting())
    headers = me.headers("POST", f"{API}/hello", body)
    me.say("POST", f"{API}/hello", body, headers)
    again = [me.say("POST", f"{API}/hello", body, headers), me.say("POST", f"{API}/rows", body, headers)]
    pull = me.headers("GET", f"{API}/pull?limit=1")
    again += [
        me.say("GET", f"{API}/pull?limit=2", headers=pull),
        me.say("GET", f"{API}/pull?limit=1&limit=9", headers=pull),
    ]
    old = signed(me.id, me.key, "POST", f"{API}/hello", stage.office.clock.now() - timedelta(hours=1), body)
    again.append(me.say("POST", f"{API}/hello", body, old | {"authorization": headers["authorization"]}))
    return any(answer.status_code == 200 for answer in again)


@attack("renews with another's refresh token", ANYBODY)
def _(stage: Stage, me: Attacker) -> bool:
    asked = [me.ask("POST", "/token", {"refresh": stage.victim.tokens[one]}) for one in ("refresh", "access")]
    return any(answer.status_code == 200 for answer in asked) or stage.victim.hello().status_code != 200


@attack("lives on with a token that was used before")
def _(stage: Stage, me: Attacker) -> bool:
    first = dict(me.tokens)
    me.renew()
    me.hello()
    me.ask("POST", "/token", {"refresh": first["refresh"]})  # ends the family
    return me.hello().status_code == 200 or me.renew().status_code == 200


@attack("gets on with tokens of an access that has ended", ENDED)
def _(stage: Stage, me: Attacker) -> bool:
    """What is left to a device that drains is to speak and to be told where it stands."""
    paths = [
        ("GET", "/pull"),
        ("POST", "/rows"),
        ("GET", f"/bootstrap/block:{stage.here['block']}"),
        ("GET", f"/blobs/{stage.here['attachment']}/0"),
        ("GET", f"/check/block:{stage.here['block']}"),
    ]
    rows = {"rows": [["repair", str(stage.here["repair"])]]}
    for method, path in paths:
        me.ask(method, path, rows if method == "POST" else None)
    taken = me.takes(me.op("repair", stage.here["repair"], {"note": "x"}))
    return taken or str(stage.here["repair"]) in "".join(text for _, _, text in me.heard if '"g"' not in text)


@attack("joins with codes that are not for it", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    used = stage.code(me.member) if me.who.state != "disabled" else ""
    settle(stage, me)
    key = Ed25519PrivateKey.generate()
    public = b64encode(stage.victim.key.public_key().public_bytes_raw()).decode()
    codes = ["", "0", secrets.token_hex(16), "0000-0000-0000-0000-0000-0000-0000", "%", "' OR 1=1 --", "ОІL0"]
    said = [enrolment(code, key) for code in codes]
    said += [
        {**enrolment(used, me.key), "key": public},
        {**enrolment(used, key), "proof": b64encode(b"x" * 64).decode()},
    ]
    said += [
        {**enrolment(used, key), "member": str(stage.victim.member)},
        {**enrolment(used, key), "device": str(stage.victim.id)},
    ]
    said += [{**enrolment(used, key), "name": "x\ny"}]
    answers = [me.say("POST", f"{API}/enrol", wire.dumps(one), {}) for one in said]
    return any(answer.status_code == 200 for answer in answers)


@attack("tells that another's device has wiped itself")
def _(stage: Stage, me: Attacker) -> bool:
    now = stage.office.clock.now()
    theirs = signed(stage.victim.id, me.key, "POST", f"{API}/wiped", now, b"")
    answers = [me.say("POST", f"{API}/wiped", b"", theirs), me.ask("POST", "/wiped")]
    return any(answer.status_code == 200 for answer in answers)


@attack("carries a bundle that speaks for another's device")
def _(stage: Stage, me: Attacker) -> bool:
    op = me.op("case_note", stage.hidden["case_note"], {}, "delete")
    victims = {**me.body([op]), "incarnation": str(stage.victim.incarnation)}
    found = []
    for device, key, body in (
        (stage.victim.id, me.key, victims),
        (uuid4(), me.key, victims),
        (me.id, me.key, victims),
    ):
        for to in (office_key(stage.office), me.key.public_key().public_bytes_raw()):
            part = _part(device, key, to, body)
            found.append((device, me.ask("POST", "/bundle", part)))
    found += [(me.id, me.ask("POST", "/bundle", one)) for one in (b"", b"x" * 3000, b"\0" * 64)]
    return any(answer.status_code == 200 and device != me.id for device, answer in found)


def _part(device: object, key: Ed25519PrivateKey, to: bytes, push: object) -> bytes:
    head = wire.dumps({"device": str(device), "office": b64encode(to).decode(), "push": push})
    said = len(head).to_bytes(4, "big") + head
    return bundle._SUITE.encrypt(
        key.sign(bundle.MARK + said) + said, bundle.sealing_key(to), info=bundle.MARK
    )
