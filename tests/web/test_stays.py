"""The routes of a stay, and those that both sides have: who may, what is taken, what is told."""

from typing import Any

import pytest

from exchange.access.rights import Role
from exchange.store.alarms import count_open
from tests.builders import HANDOFF, HEARING, a_decision_document, a_notice
from tests.web.installation import Installation, Reply
from tests.web.test_desk import VISA, announce
from tests.web.test_worklist import tell

RECEIVED = {
    "outcome": "received",
    "at": "2031-03-17T17:05:00Z",
    "receiving_point": "MX-CHAPARRAL",
    "identity": "match",
}
NOW = "2031-03-17T18:00:00Z"
STAY: dict[str, dict[str, Any]] = {
    "visa-change": {"number": VISA["number"], "status": "revoked"},
    "hearing-delivery": {
        "hearing": HEARING,
        "version": 1,
        "outcome": "delivered",
        "at": NOW,
        "method": "DESK",
    },
    "hearing-verification": {"hearing": HEARING, "version": 1},
    "exit": {"at": NOW, "kind": "other"},
    "welfare-alert": {"code": "missing"},
}
POINT = "MX-CHAPARRAL"


async def say(side: Installation, path: str, document: object, role: Role, *places: str) -> Reply:
    """Let a client say something about the handoff."""
    token = await side.token(role, *places)
    return await side.ask("POST", f"/v1/handoffs/{HANDOFF}/{path}", document, token=token)


async def document(mx: Installation) -> None:
    """Announce a person who is then received and given a document."""
    await announce(mx)
    for path, given in (("reception", RECEIVED), ("visa-issuance", VISA | {"issued_at": NOW})):
        assert (await say(mx, path, given, Role.RECEIVING_OFFICER, POINT)).status == 202


@pytest.mark.parametrize("path", STAY)
async def test_an_officer_records_what_happens_during_a_stay(
    each_mx: Installation, path: str
) -> None:
    """Each is taken, moves nothing, and waits to be sent; again under its key it is one."""
    await document(each_mx)
    token = await each_mx.token(Role.RECEIVING_OFFICER, POINT)
    replies = [
        await each_mx.ask(
            "POST",
            f"/v1/handoffs/{HANDOFF}/{path}",
            STAY[path],
            token=token,
            Idempotency_Key="one",
        )
        for _ in range(2)
    ]
    assert [reply.status for reply in replies] == [202, 202]
    expected = {"handoff": HANDOFF, "message": path, "stage": "documented"}
    assert [reply.document for reply in replies] == [expected, expected]
    timeline = await each_mx.ask("GET", f"/v1/handoffs/{HANDOFF}", token=token)
    assert timeline.document["waiting"].count(path) == 1


@pytest.mark.parametrize("path", [*STAY, "correction"])
@pytest.mark.parametrize("role", [Role.LIAISON, Role.AUDITOR, Role.OPERATOR])
async def test_who_only_looks_records_nothing(mx: Installation, path: str, role: Role) -> None:
    """Roles that change nothing are 403, whatever they send."""
    await announce(mx)
    assert (await say(mx, path, STAY.get(path, {}), role)).status == 403


@pytest.mark.parametrize("path", STAY)
async def test_another_points_person_is_not_there(mx: Installation, path: str) -> None:
    """An officer of another receiving point is 404: whether the handoff exists is not said."""
    await announce(mx)
    reply = await say(mx, path, STAY[path], Role.RECEIVING_OFFICER, "MX-MEXICALI")
    assert reply.status == 404


async def test_what_is_wrong_is_named_in_words(mx: Installation) -> None:
    """A document of another number is 422 with its pointer; a stay that never began 409."""
    await document(mx)
    other = {"number": "99999999", "status": "revoked"}
    reply = await say(mx, "visa-change", other, Role.RECEIVING_OFFICER, POINT)
    assert (reply.status, reply.document["faults"]) == (
        422,
        [
            {
                "pointer": "/number",
                "code": "other-document",
                "detail": "This is not the number of the document that the person was given.",
            }
        ],
    )
    await say(mx, "visa-change", STAY["visa-change"], Role.RECEIVING_OFFICER, POINT)
    reply = await say(mx, "visa-change", STAY["visa-change"], Role.RECEIVING_OFFICER, POINT)
    assert (reply.status, reply.document["standing"]) == (409, "revoked")


async def test_whoever_may_hold_a_person_may_call_for_one(us: Installation) -> None:
    """Every role at a port may call; but not of a person of whom the partner never heard."""
    token = await us.token(Role.PORT_OFFICER, "2504")
    taken = await us.ask("POST", "/v1/return-decisions", a_decision_document(), token=token)
    path = f"/v1/handoffs/{taken.document['handoff']}/welfare-alert"
    for role in (Role.PORT_OFFICER, Role.MEDICAL_OFFICER, Role.ASYLUM_OFFICER):
        reply = await us.ask("POST", path, {"code": "missing"}, token=await us.token(role))
        assert (reply.status, reply.document["code"]) == (409, "not-possible")
    assert await us.store.read(count_open) == {}


async def test_what_the_other_side_said_is_not_ours_to_correct(mx: Installation) -> None:
    """A correction of the notice by the Mexican side is 422: each puts right what it said."""
    notice = await tell(mx, a_notice())
    given = {
        "message": notice,
        "pointer": "/body/person/first_surname",
        "value": "Nunez",
        "basis": "PERSON_SAYS",
    }
    reply = await say(mx, "correction", given, Role.RECEIVING_OFFICER, POINT)
    assert (reply.status, reply.document["faults"][0]["code"]) == (422, "unknown-message")
