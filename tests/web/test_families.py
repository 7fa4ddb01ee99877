"""A family is split over the internal listener, by a supervisor."""

from typing import Any

import pytest

from exchange.access.rights import Action, Role, roles_with
from exchange.web.families import PartOfFamily, SplitMade
from tests.builders import HANDOFF, a_decision_document
from tests.web.installation import Installation, Reply

GROUP = "5f0c1e2d-3b4a-4958-8677-695a4b3c2d1e"


async def family(us: Installation, size: int = 3) -> list[str]:
    """Enter the decisions about a family, and return the handoffs."""
    token = await us.token(Role.PORT_OFFICER)
    handoffs = []
    for number in range(size):
        document = a_decision_document(
            decision_id=f"00000000-0000-4000-8000-{number:012d}",
            family={"group": GROUP, "size": size, "role": "ADULT"},
        )
        reply = await us.ask("POST", "/v1/return-decisions", document, token=token)
        handoffs.append(str(reply.document["handoff"]))
    return handoffs


async def split(
    us: Installation,
    handoff: str,
    document: object,
    role: Role = Role.PORT_SUPERVISOR,
    **asked: Any,
) -> Reply:
    """Split a family, and return the answer."""
    token = await us.token(role, asked.pop("port", "2504"))
    return await us.ask("POST", f"/v1/handoffs/{handoff}/split", document, token=token, **asked)


async def test_a_supervisor_splits_a_family(each_us: Installation) -> None:
    """The answer has both parts, and is the same again under its key."""
    us = each_us
    handoffs = await family(us)
    document = {"group": GROUP, "members": handoffs[:1]}
    reply = await split(us, handoffs[1], document, Idempotency_Key="k")
    assert reply.status == 200
    assert set(reply.document) == set(SplitMade.model_fields)
    leaving, staying = reply.document["leaving"], reply.document["staying"]
    assert set(staying) == set(PartOfFamily.model_fields)
    assert (leaving["group"], leaving["members"], leaving["size"]) == (None, handoffs[:1], 1)
    assert (staying["members"], staying["size"]) == (sorted(handoffs[1:]), 2)
    assert staying["announced"] is leaving["announced"] is True
    again = await split(us, handoffs[1], document, Idempotency_Key="k")
    assert again.document == reply.document

    late = await split(us, handoffs[1], document)
    assert (late.status, late.document["code"]) == (409, "already-answered")
    assert late.document["standing"] == staying["group"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PORT_SUPERVISOR, Role.RECEIVING_OFFICER}))
async def test_nobody_else_splits_one(us: Installation, role: Role) -> None:
    """Every other role is 403, and is told who may."""
    handoffs = await family(us, 2)
    reply = await split(us, handoffs[0], {"group": GROUP, "members": handoffs[:1]}, role)
    assert roles_with(Action.SPLIT) == (Role.PORT_SUPERVISOR,)
    assert (reply.status, reply.document["needs"]) == (403, "port-supervisor")


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"group": GROUP, "members": []}, "/members"),
        ({"group": GROUP, "members": [HANDOFF]}, "/members"),
        ({"group": "family", "members": [HANDOFF]}, "/group"),
        ({"group": GROUP, "members": [HANDOFF], "why": "illness"}, ""),
        ({"group": GROUP}, "/members"),
    ],
)
async def test_what_is_no_split_is_422(us: Installation, document: object, pointer: str) -> None:
    """Each fault has its pointer and its words, and no member tells why."""
    handoffs = await family(us, 2)
    reply = await split(us, handoffs[0], document, Accept_Language="es")
    assert (reply.status, reply.document["code"]) == (422, "invalid")
    assert [fault["pointer"] for fault in reply.document["faults"]] == [pointer]


async def test_a_family_of_another_port_is_404(us: Installation) -> None:
    """Who supervises another port finds no such handoff."""
    handoffs = await family(us, 2)
    document = {"group": GROUP, "members": handoffs[:1]}
    assert (await split(us, handoffs[0], document, port="2402")).status == 404


async def test_a_member_with_another_window_is_422(us: Installation) -> None:
    """A decision that does not fit the family's window is refused at its window."""
    await family(us, 2)
    token = await us.token(Role.PORT_OFFICER)
    document = a_decision_document(
        decision_id=HANDOFF,
        family={"group": GROUP, "size": 2, "role": "ADULT"},
        return__window__to="2031-03-18T21:00:00Z",
    )
    reply = await us.ask("POST", "/v1/return-decisions", document, token=token)
    (fault,) = reply.document["faults"]
    assert (reply.status, fault["pointer"]) == (422, "/return/window")
    assert fault["code"] == "other-than-family"


async def test_there_is_no_split_in_mexico(mx: Installation) -> None:
    """The route does not exist there."""
    token = await mx.token(Role.AUDITOR)
    path = f"/v1/handoffs/{HANDOFF}/split"
    assert (await mx.ask("POST", path, {}, token=token)).status == 404
