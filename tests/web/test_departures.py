"""The gate over the internal listener: go, or stop with every condition in the caller's words."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from exchange.access.rights import Role
from exchange.domain.handoff import HandoffId, advance
from exchange.domain.wire import utc_text
from exchange.flow.rows import moved, shared_of
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, find_handoff, update_handoffs
from exchange.store.outbox import delete_drafts
from exchange.web.departures import GateAnswer
from tests.builders import HANDOFF, a_notice, an_acknowledgment, said
from tests.web.installation import Installation, Reply
from tests.web.test_holds import act, decided

CROSSING = {"crossing": "PEDWEST"}
GO = {"answer": "go", "at": None, "crossing": None}
SHEET = {
    "number": "SYS-2031-0007",
    "line": 3,
    "reason": "no-power",
    "at": "2031-03-18T16:30:00Z",
    "signed_by": "CBP-0099",
    "recorded_by": "CBP-0417",
}


async def at_the_gate(us: Installation) -> str:
    """Return a handoff that Mexico has accepted, in its window, with a partner that is there."""
    handoff = await decided(us)
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    shared = shared_of(row)
    notice = a_notice(hearing__source_as_of="2031-03-17T17:00:00Z")
    for seq, body in enumerate((notice, an_acknowledgment()), start=1):
        spoken = said(body, seq=seq, at=us.now + timedelta(seconds=seq))
        shared = advance(shared, HandoffId(handoff), spoken).shared
    assert shared is not None
    after = moved(row, shared, us.agreement.limits)
    await us.store.write(partial(_say, row, after))
    us.now = shared.window_from or us.now
    us.now += timedelta(minutes=30)
    us.partner.heard(us.now)
    return handoff


def _say(row: Handoff, after: Handoff, connection: Connection) -> None:
    """Store what has been said, in place of what waited."""
    update_handoffs(connection, [(row, after)])
    delete_drafts(connection, row.number)


async def ask(
    us: Installation,
    handoff: str,
    what: str = "departure",
    document: object = None,
    *,
    role: Role = Role.PORT_OFFICER,
    **headers: str,
) -> Reply:
    """Ask at the gate, or let the person cross, in a role."""
    path = f"/v1/handoffs/{handoff}/{what}"
    given = document if document is not None else CROSSING if what == "departure" else {}
    return await us.ask("POST", path, given, token=await us.token(role, "2504"), **headers)


def codes(reply: Reply) -> list[str]:
    """Return the names of what hinders the crossing."""
    assert (reply.status, reply.document["code"]) == (409, "not-cleared")
    return [one["code"] for one in reply.document["conditions"]]


async def test_the_gate_says_go_and_then_when(each_us: Installation) -> None:
    """Go at the gate, go for the crossing itself, and after that when it was."""
    us = each_us
    handoff = await at_the_gate(us)
    at_gate = await ask(us, handoff, "gate")
    assert set(at_gate.document) == set(GateAnswer.model_fields)
    assert (at_gate.status, at_gate.document) == (200, {"handoff": handoff, **GO})
    crossed = {"at": utc_text(us.now), "crossing": "PEDWEST"}
    reply = await ask(us, handoff)
    assert (reply.status, reply.document) == (200, {"handoff": handoff, "answer": "go", **crossed})
    us.now += timedelta(seconds=20)
    for what in ("departure", "gate"):
        again = await ask(us, handoff, what)
        assert again.document == {"handoff": handoff, "answer": "departed", **crossed}


async def test_an_answer_is_never_kept_under_a_key(each_us: Installation) -> None:
    """A go that was lost is not heard again after a hold, whatever key it is asked under."""
    us = each_us
    handoff = await at_the_gate(us)
    first = await ask(us, handoff, Idempotency_Key="k")
    assert first.document["answer"] == "go"
    await act(us, Role.ASYLUM_OFFICER, "hold", handoff, "fear")
    for what in ("departure", "gate"):
        assert codes(await ask(us, handoff, what, Idempotency_Key="k")) == ["departed", "held"]


async def test_a_stop_is_in_the_callers_language(us: Installation) -> None:
    """Every condition has its name and what to do about it, in English and in Spanish."""
    handoff = await at_the_gate(us)
    us.now += timedelta(hours=5)
    words = {"en": "The window has closed: revise the notice.", "es": "La ventana cerró"}
    for language, why in words.items():
        reply = await ask(us, handoff, Accept_Language=language)
        assert codes(reply) == ["after-window", "hearing-source-old", "channel-down"]
        assert reply.document["conditions"][0]["why"].startswith(why)
        assert reply.headers["Content-Language"] == language


@pytest.mark.parametrize(
    "role",
    sorted(set(Role) - {Role.PORT_OFFICER, Role.PORT_SUPERVISOR, Role.RECEIVING_OFFICER}),
)
async def test_ports_alone_let_people_cross(us: Installation, role: Role) -> None:
    """Whoever holds, reads or operates lets nobody cross, and is told who may."""
    handoff = await at_the_gate(us)
    for what in ("gate", "departure"):
        reply = await ask(us, handoff, what, role=role)
        assert reply.status == 403
        assert "port-officer" in reply.document["needs"]


async def test_paper_is_a_supervisors(us: Installation) -> None:
    """An officer may not enter a sheet; a supervisor may, and its faults are named."""
    handoff = await at_the_gate(us)
    on_paper: dict[str, Any] = {**CROSSING, "manifest": SHEET}
    refused = await ask(us, handoff, document=on_paper)
    assert (refused.status, refused.document["needs"]) == (403, "port-supervisor")
    twice = {**CROSSING, "manifest": {**SHEET, "signed_by": "CBP-0417"}}
    reply = await ask(us, handoff, document=twice, role=Role.PORT_SUPERVISOR)
    assert (reply.status, reply.document["faults"][0]["pointer"]) == (422, "/manifest/signed_by")
    entered = await ask(us, handoff, document=on_paper, role=Role.PORT_SUPERVISOR)
    assert (entered.status, entered.document["at"]) == (200, SHEET["at"])


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({}, "/crossing"),
        ({"crossing": "somewhere else"}, "/crossing"),
        ({**CROSSING, "manifest": {**SHEET, "reason": "rain"}}, "/manifest/reason"),
        ({**CROSSING, "hurry": True}, ""),
        ([], ""),
    ],
)
async def test_a_document_that_does_not_fit_is_422(
    us: Installation, document: object, pointer: str
) -> None:
    """The pointer names what to mend, and nothing is recorded."""
    handoff = await at_the_gate(us)
    reply = await ask(us, handoff, document=document, role=Role.PORT_SUPERVISOR)
    assert (reply.status, reply.document["code"]) == (422, "invalid")
    assert [fault["pointer"] for fault in reply.document["faults"]] == [pointer]
    assert (await ask(us, handoff, "gate")).document["answer"] == "go"


async def test_an_unknown_handoff_is_404(us: Installation) -> None:
    """A handoff that is not there, or not of the caller's port, is 404."""
    handoff = await at_the_gate(us)
    elsewhere = await us.token(Role.PORT_OFFICER, "2402")
    for what, document in (("gate", {}), ("departure", CROSSING)):
        assert (await ask(us, HANDOFF, what)).status == 404
        path = f"/v1/handoffs/{handoff}/{what}"
        assert (await us.ask("POST", path, document, token=elsewhere)).status == 404


async def test_there_is_no_gate_in_mexico(mx: Installation) -> None:
    """Neither route exists there."""
    token = await mx.token(Role.AUDITOR)
    for what in ("gate", "departure"):
        path = f"/v1/handoffs/{HANDOFF}/{what}"
        assert (await mx.ask("POST", path, CROSSING, token=token)).status == 404
