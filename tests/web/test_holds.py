"""Holds over the internal listener: who may place and lift them, and who may know of them."""

from dataclasses import replace
from functools import partial

import pytest

from exchange.access.rights import Role, right_to_lift, roles_with
from exchange.domain.causes import HOLD_CAUSES
from exchange.store.alarms import count_open
from exchange.store.handoffs import find_handoff, update_handoffs
from exchange.web.documents import HoldLifted, HoldPlaced
from tests.builders import HANDOFF, a_decision_document
from tests.web.installation import Installation, Reply

LIFTED_BY = {
    "fear": Role.ASYLUM_OFFICER,
    "medical": Role.MEDICAL_OFFICER,
    "legal": Role.LEGAL_ADVISOR,
    "family": Role.PORT_SUPERVISOR,
    "data": Role.PORT_SUPERVISOR,
    "other": Role.PORT_SUPERVISOR,
}


async def decided(us: Installation) -> str:
    """Enter a decision, and return its handoff."""
    token = await us.token(Role.PORT_OFFICER)
    reply = await us.ask("POST", "/v1/return-decisions", a_decision_document(), token=token)
    return str(reply.document["handoff"])


async def act(us: Installation, role: Role, what: str, handoff: str, cause: str) -> Reply:
    """Hold or lift in a role, and return the answer."""
    path = f"/v1/handoffs/{handoff}/{what}"
    return await us.ask("POST", path, {"cause": cause}, token=await us.token(role, "2504"))


async def depart(us: Installation, handoff: str) -> None:
    """Put the person over the line."""
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    gone = replace(row, local_stage=None, stage="received")
    await us.store.write(lambda connection: update_handoffs(connection, [(row, gone)]))


@pytest.mark.parametrize("cause", sorted(HOLD_CAUSES))
async def test_a_hold_is_lifted_by_its_own_role_alone(us: Installation, cause: str) -> None:
    """Each cause has one role that lifts it; every other is 403 and is told which."""
    handoff = await decided(us)
    placed = await act(us, Role.PORT_OFFICER, "hold", handoff, cause)
    assert placed.status == 200
    assert set(placed.document) == set(HoldPlaced.model_fields)
    assert (placed.document["held"], placed.document["told"]) == (True, False)

    assert roles_with(right_to_lift(cause)) == (LIFTED_BY[cause],)
    for role in set(Role) - {LIFTED_BY[cause], Role.RECEIVING_OFFICER}:
        refused = await act(us, role, "lift", handoff, cause)
        assert (refused.status, refused.document["needs"]) == (403, LIFTED_BY[cause].value)

    lifted = await act(us, LIFTED_BY[cause], "lift", handoff, cause)
    assert set(lifted.document) == set(HoldLifted.model_fields)
    assert (lifted.status, lifted.document["held"]) == (200, False)
    assert lifted.document["next"] == "new-handoff"
    again = await act(us, LIFTED_BY[cause], "lift", handoff, cause)
    assert (again.status, again.document["code"]) == (409, "not-held")


@pytest.mark.parametrize("role", [Role.LIAISON, Role.AUDITOR, Role.OPERATOR])
async def test_who_only_looks_holds_nobody(us: Installation, role: Role) -> None:
    """A role that changes nothing is 403, and is told who may."""
    reply = await act(us, role, "hold", await decided(us), "fear")
    assert reply.status == 403
    assert "port-officer" in reply.document["needs"]


async def test_who_may_know_is_told_and_nobody_else(us: Installation) -> None:
    """Ports see that a hold stands; the cause is for its lifter and for who reads the journal."""
    handoff = await decided(us)
    for cause in ("fear", "legal"):
        await act(us, Role.PORT_OFFICER, "hold", handoff, cause)
    shown = {
        Role.PORT_OFFICER: (True, []),
        Role.PORT_SUPERVISOR: (True, []),
        Role.ASYLUM_OFFICER: (True, ["fear"]),
        Role.LEGAL_ADVISOR: (True, ["legal"]),
        Role.MEDICAL_OFFICER: (True, []),
        Role.AUDITOR: (True, ["fear", "legal"]),
        Role.LIAISON: (None, None),
    }
    for role, (held, causes) in shown.items():
        token = await us.token(role)
        feed = await us.ask("GET", "/v1/handoffs", token=token)
        one = await us.ask("GET", f"/v1/handoffs/{handoff}", token=token)
        for said in (feed.document["handoffs"][0], one.document):
            assert (said["held"], said["causes"]) == (held, causes), role
        if role is not Role.AUDITOR:
            assert one.document["events"] is None

    lifted = await act(us, Role.ASYLUM_OFFICER, "lift", handoff, "fear")
    assert (lifted.document["held"], lifted.document["causes"]) == (True, [])
    assert lifted.document["next"] == "held"


async def test_a_hold_after_departure_is_409_and_recorded(each_us: Installation) -> None:
    """The answer is a problem, the same again under its key; hold and alarm stand all the same."""
    us = each_us
    handoff = await decided(us)
    await depart(us, handoff)
    token = await us.token(Role.PORT_OFFICER)
    for language, title in (("en", "Already over the line"), ("es", "Already over the line")):
        reply = await us.ask(
            "POST",
            f"/v1/handoffs/{handoff}/hold",
            {"cause": "fear"},
            token=token,
            Idempotency_Key="k",
            Accept_Language=language,
        )
        assert (reply.status, reply.document["code"]) == (409, "departed")
        assert (reply.document["stage"], reply.document["title"]) == ("received", title)
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    assert row.holds == ("fear",)
    assert (await us.store.read(count_open))["recall"] == 1
    lifted = await act(us, Role.ASYLUM_OFFICER, "lift", handoff, "fear")
    assert lifted.document["next"] == "none"


async def test_a_held_person_gets_no_new_handoff(us: Installation) -> None:
    """While a hold stands a new decision for the case is 409, in words that say what to do."""
    handoff = await decided(us)
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    await act(us, Role.PORT_OFFICER, "hold", handoff, "fear")
    again = a_decision_document(decision_id=HANDOFF, case=row.case_id)
    token = await us.token(Role.PORT_OFFICER)
    reply = await us.ask("POST", "/v1/return-decisions", again, token=token, Accept_Language="es")
    assert (reply.status, reply.document["code"]) == (409, "held")
    assert "fear" not in str(reply.document)
    assert reply.headers["Content-Language"] == "es"


@pytest.mark.parametrize("what", ["hold", "lift"])
async def test_a_cause_must_be_one_that_holds(us: Installation, what: str) -> None:
    """A cause that ends a return, or none at all, is 422 with its pointer."""
    handoff = await decided(us)
    for cause in ("capacity", "whim", ""):
        reply = await act(us, Role.PORT_SUPERVISOR, what, handoff, cause)
        assert (reply.status, reply.document["code"]) == (422, "invalid")
        assert [fault["pointer"] for fault in reply.document["faults"]] == ["/cause"]


async def test_an_unknown_handoff_is_404(us: Installation) -> None:
    """A handoff that is not there, or not the caller's, is 404 for whoever holds or lifts."""
    handoff = await decided(us)
    elsewhere = await us.token(Role.ASYLUM_OFFICER, "2402")
    for what in ("hold", "lift"):
        assert (await act(us, Role.ASYLUM_OFFICER, what, HANDOFF, "fear")).status == 404
        path = f"/v1/handoffs/{handoff}/{what}"
        reply = await us.ask("POST", path, {"cause": "fear"}, token=elsewhere)
        assert (reply.status, reply.document["code"]) == (404, "not-found")


async def test_there_are_no_holds_in_mexico(mx: Installation) -> None:
    """Neither route exists there, and no role that would use one."""
    token = await mx.token(Role.AUDITOR)
    for what in ("hold", "lift"):
        path = f"/v1/handoffs/{HANDOFF}/{what}"
        assert (await mx.ask("POST", path, {"cause": "fear"}, token=token)).status == 404
