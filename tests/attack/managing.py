"""Attacks on the administrators' addresses: by those whose they are not, and by those whose they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from tests.attack.attacker import ADMIN, Attacker, bare
from tests.attack.oracle import settle
from tests.attack.stage import ANYBODY, EXCLUDED, MANAGING, Stage, Who, attack
from watmos_desktop.models.kinds import Role
from watmos_office.tables import Quarantine, Review


def read_everything(stage: Stage, device: Attacker) -> None:
    """Every door that reads, with the case's own names."""
    case = stage.hidden["restricted_case"]
    device.ask("POST", "/hello", device.greeting())
    device.page("GET", "/pull?limit=5000")
    apart = (f"care:user:{device.member}", f"care:block:{stage.here['block']}")
    for bucket in (f"case:{case}", "org", f"user:{device.member}", *apart):
        device.page("GET", f"/bootstrap/{bucket}")
        device.ask("GET", f"/check/{bucket}")
    device.page("POST", "/rows", {"rows": [[table, str(rid)] for table, rid in stage.hidden.items()]})
    device.ask("GET", f"/blobs/{stage.hidden['attachment']}/0")


NOBODYS = tuple(one for one in ANYBODY if one not in MANAGING)
NARROW = tuple(one for one in MANAGING if not one.everywhere)


@attack("opens the administrators' addresses without being one", NOBODYS)
def _(stage: Stage, me: Attacker) -> bool:
    none = me.say("GET", f"{ADMIN}/nothing")
    if me.who.state in ("disabled", "suspended"):
        none = me.say("GET", "/sync/v1/pull")
    victim, device = stage.victim.member, stage.victim.id
    found = [
        me.ask("GET", f"{ADMIN}/{one}") for one in ("members", "devices", "quarantine", "reviews", "standing")
    ]
    found += [
        me.ask("POST", f"{ADMIN}/members/{victim}/{one}", {"estate_id": str(stage.here["estate"])})
        for one in ("disable", "grant", "revoke", "code")
    ]
    found += [
        me.ask("POST", f"{ADMIN}/devices/{device}/{one}") for one in ("suspend", "resume", "drain", "wipe")
    ]
    found += [me.ask("POST", f"{ADMIN}/quarantine/{stage.held}/{one}") for one in ("release", "dismiss")]
    found += [me.ask("POST", f"{ADMIN}/members", {"name": "x", "role": "manager"})]
    return any(bare(answer) != bare(none) for answer in found)


@attack("reads held work about a case and about other estates", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    found = False
    for state in ("open", "released", "dismissed"):
        held = me.ask("GET", f"{ADMIN}/quarantine?state={state}").json()["held"]
        found |= any("CASE" in str(one) or str(stage.hidden["restricted_case"]) in str(one) for one in held)
        waits = {one["op_id"] for one in held}
        with stage.office.reading() as connection:
            about = select(Quarantine.op_id).where(Quarantine.member_id == stage.victim.member)
            hers = {str(one) for one in connection.scalars(about)} - (
                {str(stage.held)} if me.who.everywhere else set()
            )
        found |= bool(waits & hers)
    return found


@attack("decides about held work that it may not know of", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    none = [bare(me.ask("POST", f"{ADMIN}/quarantine/{uuid4()}/{one}")) for one in ("release", "dismiss")]
    with stage.office.reading() as connection:
        about = select(Quarantine.op_id).where(Quarantine.member_id == stage.victim.member)
        hers = set(connection.scalars(about)) - ({stage.held} if me.who.everywhere else set())
    return any(
        bare(me.ask("POST", f"{ADMIN}/quarantine/{op}/{one}")) != none[at]
        for op in hers
        for at, one in enumerate(("release", "dismiss"))
    )


@attack("releases its own work that was held", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    case = str(stage.hidden["restricted_case"])
    ops = [
        me.op("repair", stage.away["repair"], {"note": "mine"}),
        me.op("restricted_case", case, {"title": "mine"}),
        me.op("staff", me.member, {"role": "manager"}),
        me.op("case_note", None, {"case_id": case, "text": "x"}, "insert"),
        me.op("attachment", stage.here["attachment"], {"owner_table": "restricted_case", "owner_id": case}),
    ]
    ops = ops[1:] if me.who.everywhere else ops
    me.push(*ops)
    results = [me.ask("POST", f"{ADMIN}/quarantine/{op['id']}/release") for op in ops]
    return any(
        status != "quarantined"
        for answer in results
        if answer.status_code == 200
        for _, status, _ in answer.json()["results"]
    )


@attack("gives itself or a friend more than it has", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    friend = stage.person(Who(Role.CARETAKER))
    settle(stage, me)
    away = {"estate_id": str(stage.away["estate"])}
    places = [
        away,
        {**away, "block_id": str(stage.away["block"])},
        {"estate_id": str(stage.here["estate"]), "block_id": str(stage.away["block"])},
    ]
    who = [me.member] if me.who.everywhere else [me.member, friend.member]
    found = [
        me.ask("POST", f"{ADMIN}/members/{one}/{how}", place)
        for one in who
        for place in places
        for how in ("grant", "revoke")
    ]
    found += [me.ask("POST", f"{ADMIN}/members/{me.member}/{one}") for one in ("disable", "promote")]
    found += [
        me.ask(
            "POST",
            f"{ADMIN}/members/{me.member}/grant",
            {"case_id": str(stage.hidden["restricted_case"]), **away},
        )
    ]
    return any(answer.status_code == 200 for answer in found if not answer.url.path.endswith("revoke"))


@attack("adds people with a wider view than its own", NARROW)
def _(stage: Stage, me: Attacker) -> bool:
    said: list[dict[str, Any]] = [
        {"name": "x", "role": role} for role in ("manager", "administrator", "caretaker")
    ]
    said += [{"name": "x", "role": "manager", "estates": [str(stage.away["estate"])]}]
    said += [{"name": "x", "role": "caretaker", "blocks": [str(stage.away["block"])]}]
    here: dict[str, Any] = {"estates": [str(stage.here["estate"])], "name": "x"}
    said += [
        {**here, "role": role}
        for role in ("Manager", "manager ", "мanager", "manager\u200b", "ｍanager", "", None, 1, ["manager"])
    ]
    said += [
        {**here, "role": "caretaker", "cases": [str(stage.hidden["restricted_case"])]},
        {**here, "role": "caretaker", "active": True},
    ]
    said += [{**here, "name": one, "role": "caretaker"} for one in ("", "\0", "a\nb", "x" * 10_000)]
    return any(me.ask("POST", f"{ADMIN}/members", one).status_code == 200 for one in said)


@attack("changes people and devices with a wider view", NARROW)
def _(stage: Stage, me: Attacker) -> bool:
    boss = stage.person(Who(Role.MANAGER, everywhere=True))
    settle(stage, me)
    here, found = {"estate_id": str(stage.here["estate"])}, []
    for one in (boss, stage.victim):
        found += [
            me.ask("POST", f"{ADMIN}/members/{one.member}/{how}", here)
            for how in ("disable", "code", "grant", "revoke")
        ]
        found += [
            me.ask("POST", f"{ADMIN}/devices/{one.id}/{how}")
            for how in ("suspend", "drain", "wipe", "resume")
        ]
    return any(answer.status_code == 200 for answer in found)


@attack("turns a device into what it cannot be", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    hows = ("active", "delete", "wiped", "unwipe", "Suspend", "%73uspend%00", "grant", "..%2Fmembers")
    found = [me.ask("POST", f"{ADMIN}/devices/{device}/{how}") for device in (me.id, uuid4()) for how in hows]
    found += [me.ask("POST", f"{ADMIN}/devices/{uuid4()}/{how}") for how in ("suspend", "wipe")]
    return any(answer.status_code == 200 for answer in found)


@attack("decides reviews of another estate", NARROW)
def _(stage: Stage, me: Attacker) -> bool:
    rid, now = stage.away["repair"], stage.feed.now
    with stage.office.writing() as connection:
        there = select(Review.rid).where(Review.rid == rid)
        if connection.execute(there).first() is None:
            row = {
                "tbl": "repair",
                "rid": rid,
                "field": "title",
                "member_id": stage.victim.member,
                "at": now,
                "state": "open",
            }
            connection.execute(insert(Review).values(**row, decided_by=None, decided_at=None))
    settle(stage, me)
    said = {"table": "repair", "rid": str(rid), "field": "title", "verdict": "fine"}
    shown = str(rid) in me.ask("GET", f"{ADMIN}/reviews").text
    return shown or me.ask("POST", f"{ADMIN}/reviews", said).status_code == 200


@attack("counts the whole office", (*NARROW, *EXCLUDED[1:]))
def _(stage: Stage, me: Attacker) -> bool:
    before = me.ask("GET", f"{ADMIN}/standing")
    stage.works_on_the_case()
    settle(stage, me)
    after = me.ask("GET", f"{ADMIN}/standing")
    return bare(before) != bare(after) or (not me.who.everywhere and after.status_code == 200)


@attack("joins as a colleague of a case with a code that it made", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    """Neither its own device nor the one that poses as the colleague reads of the case or confirms the other."""
    colleague = stage.person(Who(Role.TENANCY_OFFICER))
    stage.feed.named(stage.hidden["restricted_case"], colleague.member)
    settle(stage, me)
    made = me.ask("POST", f"{ADMIN}/members/{colleague.member}/code")
    if made.status_code != 200:
        return True  # then this would prove nothing
    posing = stage.joins(made.json()["code"]["code"], me.who, colleague.member)
    settle(stage, me)
    none = bare(me.ask("POST", f"/confirm/{uuid4()}"))
    tries = [one.ask("POST", f"/confirm/{posing.id}") for one in (me, posing)]
    second = stage.joins(
        me.ask("POST", f"{ADMIN}/members/{colleague.member}/code").json()["code"]["code"],
        me.who,
        colleague.member,
    )
    settle(stage, me)
    tries += [second.ask("POST", f"/confirm/{posing.id}"), posing.ask("POST", f"/confirm/{second.id}")]
    tries += [me.ask("POST", f"{ADMIN}/devices/{posing.id}/confirm")]
    read_everything(stage, posing)
    stage.works_on_the_case()
    settle(stage, me)
    read_everything(stage, posing)
    shown = any(
        "CASE" in text or f"case:{stage.hidden['restricted_case']}" in text for *_, text in posing.heard
    )
    return shown or any(bare(one)[0] == 200 for one in tries) or any(bare(one) != none for one in tries[:1])


@attack("has a new safeguarding lead of its own making confirm a device", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    """Whom it added itself has no confirmed device either."""
    colleague = stage.person(Who(Role.TENANCY_OFFICER))
    said = {"name": "x", "role": "safeguarding_lead", "estates": [str(stage.here["estate"])]}
    helper = me.ask("POST", f"{ADMIN}/members", said).json()["member"]
    devices = [
        stage.joins(
            me.ask("POST", f"{ADMIN}/members/{one}/code").json()["code"]["code"], me.who, colleague.member
        )
        for one in (colleague.member, helper)
    ]
    settle(stage, me)
    posing, lead = devices
    tries = [one.ask("POST", f"/confirm/{other.id}") for one in (posing, lead, me) for other in devices]
    return any(one.status_code == 200 for one in tries)


@attack("names itself to a case", MANAGING)
def _(stage: Stage, me: Attacker) -> bool:
    case: UUID = stage.hidden["restricted_case"]
    none = bare(me.say("POST", f"{ADMIN}/nothing"))
    paths = [
        f"cases/{case}/name",
        f"members/{me.member}/case",
        f"members/{me.member}/name",
        f"cases/{case}/members",
    ]
    return any(bare(me.ask("POST", f"{ADMIN}/{one}", {"member": str(me.member)})) != none for one in paths)
