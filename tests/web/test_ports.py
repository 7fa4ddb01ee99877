"""A port's decisions are taken, withheld, refused with every fault, and repeated the same."""

import pytest

from exchange.access.rights import Role
from exchange.web.documents import DecisionTaken
from tests.builders import DECISION, HANDOFF, a_decision_document
from tests.web.installation import Installation

PATH = "/v1/return-decisions"


async def test_a_decision_is_taken(us: Installation) -> None:
    """A decision that fits is answered 202 with its handoff, what comes next, and by when."""
    token = await us.token(Role.PORT_OFFICER, "2504")
    reply = await us.ask("POST", PATH, a_decision_document(), token=token)
    assert reply.status == 202
    taken = DecisionTaken.model_validate(reply.document)
    assert set(reply.document) == set(DecisionTaken.model_fields)
    assert taken.deadlines["receipt_by"] > taken.recorded_at
    assert reply.document["next"] == "return-notice"
    assert reply.document["recorded_at"] == "2031-03-17T18:00:00Z"


async def test_a_repeat_gets_the_same_answer(us: Installation) -> None:
    """The same decision again, with or without a key, is answered the same; another is 409."""
    token = await us.token(Role.PORT_OFFICER, "2504")
    first = await us.ask("POST", PATH, a_decision_document(), token=token)
    again = await us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    assert (again.status, again.document) == (202, first.document)
    other = a_decision_document(person__sex="X")
    conflict = await us.ask("POST", PATH, other, token=token)
    assert (conflict.status, conflict.document["code"]) == (409, "decision-conflict")


async def test_every_fault_is_named_in_the_callers_language(us: Installation) -> None:
    """A bad decision is 422 with each fault's pointer, code and words, and no value."""
    token = await us.token(Role.PORT_OFFICER)
    bad = a_decision_document(person__sex="MUJER", released_by="CBP-0417", return__port="9999")
    reply = await us.ask("POST", PATH, bad, token=token, Accept_Language="es")
    assert (reply.status, reply.document["code"]) == (422, "invalid")
    faults = {fault["pointer"]: fault["code"] for fault in reply.document["faults"]}
    assert faults["/person/sex"] == "not-in-list"
    assert faults["/released_by"] == "same-person"
    assert all(fault["detail"] for fault in reply.document["faults"])
    assert reply.headers["Content-Language"] == "es"
    assert "MUJER" not in str(reply.document)


async def test_an_excluded_person_is_withheld(us: Installation) -> None:
    """A person whom the rules exclude is 422 withheld, with rule set and reasons alone."""
    token = await us.token(Role.PORT_OFFICER)
    excluded = a_decision_document(person__nationality="MEX")
    for _ in range(2):
        reply = await us.ask("POST", PATH, excluded, token=token)
        assert (reply.status, reply.document["code"]) == (422, "withheld")
        assert reply.document["rule_set"] == "as-announced-2019"
        assert len(reply.document["reasons"]) == 1


@pytest.mark.parametrize("body", ["", "{", "[]", '"María"', '{"a":1,"a":2}'])
async def test_what_is_no_decision_is_422(us: Installation, body: str) -> None:
    """A body that is no JSON object of a decision is 422, not a failure."""
    token = await us.token(Role.PORT_OFFICER)
    reply = await us.ask_octets("POST", PATH, body.encode(), token=token)
    assert (reply.status, reply.document["code"]) == (422, "invalid")


async def test_another_media_type_is_415(us: Installation) -> None:
    """A decision must say that it is JSON."""
    token = await us.token(Role.PORT_OFFICER)
    reply = await us.ask_octets("POST", PATH, b"{}", token=token, Content_Type="text/plain")
    assert (reply.status, reply.document["code"]) == (415, "bad-content-type")


async def test_a_port_decides_for_itself_alone(us: Installation) -> None:
    """An officer of another port is 403, and the answer says for which port it would be right."""
    token = await us.token(Role.PORT_OFFICER, "2503")
    reply = await us.ask("POST", PATH, a_decision_document(), token=token)
    assert (reply.status, reply.document["code"]) == (403, "forbidden")


@pytest.mark.parametrize("role", [Role.LIAISON, Role.AUDITOR, Role.OPERATOR])
async def test_who_may_not_decide_is_told_who_may(us: Installation, role: Role) -> None:
    """Another role is 403 and names the roles that may."""
    reply = await us.ask("POST", PATH, a_decision_document(), token=await us.token(role))
    assert reply.status == 403
    assert "port-officer" in reply.document["needs"]


async def test_nobody_without_a_token(us: Installation) -> None:
    """Without a token, or with a stranger's, the answer is 401 before anything is read."""
    for headers in ({}, {"token": "xch_" + "A" * 43}, {"Authorization": "Basic eHg="}):
        reply = await us.ask("POST", PATH, a_decision_document(), **headers)
        assert (reply.status, reply.document["code"]) == (401, "unauthenticated")
        assert reply.headers["WWW-Authenticate"] == "Bearer"


async def test_a_stopping_service_takes_no_decision(us: Installation) -> None:
    """While draining a decision is 503 with Retry-After."""
    us.drain.begin()
    reply = await us.ask("POST", PATH, a_decision_document(), token="x")
    assert (reply.status, reply.document["code"]) == (503, "draining")


async def test_a_handoff_is_taken_back_before_anyone_knew(us: Installation) -> None:
    """A drafted handoff vanishes for its supervisor: the partner was never told."""
    officer = await us.token(Role.PORT_OFFICER)
    supervisor = await us.token(Role.PORT_SUPERVISOR, "2504")
    taken = await us.ask("POST", PATH, a_decision_document(), token=officer)
    path = f"/v1/handoffs/{taken.document['handoff']}/cancellation"
    assert (await us.ask("POST", path, {"cause": "custody"}, token=officer)).status == 403
    for key in ("k", "k"):
        reply = await us.ask(
            "POST", path, {"cause": "custody"}, token=supervisor, Idempotency_Key=key
        )
        assert (reply.status, reply.document["told"]) == (202, False)
    again = await us.ask("POST", path, {"cause": "custody"}, token=supervisor)
    assert (again.status, again.document["standing"]) == (409, "withdrawn")


@pytest.mark.parametrize("handoff", [HANDOFF, DECISION, "nothing", "%00", HANDOFF.upper()])
async def test_an_unknown_handoff_is_404(us: Installation, handoff: str) -> None:
    """What is no handoff of ours is 404, whatever stands in the path."""
    token = await us.token(Role.PORT_SUPERVISOR)
    for method, path, document in (
        ("POST", f"/v1/handoffs/{handoff}/cancellation", {"cause": "other"}),
        ("GET", f"/v1/handoffs/{handoff}", None),
    ):
        reply = await us.ask(method, path, document, token=token)
        assert (reply.status, reply.document["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    "path", ["/v1/arrivals", f"/v1/handoffs/{HANDOFF}/reception", "/v1/messages"]
)
async def test_the_other_desk_does_not_exist_here(us: Installation, path: str) -> None:
    """The routes of a receiving point and of the partner are 404 at a port."""
    for method in ("GET", "POST"):
        assert (await us.ask(method, path, token="x")).status == 404
