"""Capacity and contacts over the internal listener: who says them, who sees what stands."""

from typing import Any
from uuid import uuid4

import pytest

from exchange.access.rights import Role
from exchange.domain.messages.body import Body
from exchange.store.outbox import list_outbox
from exchange.web.bulletins import BulletinTaken
from tests.builders import a_capacity_advisory, a_contact_list, a_decision_document
from tests.web.installation import Installation

ON = "/v1/capacity?receiving_point=MX-CHAPARRAL&from=2031-03-17"


def given(body: Body) -> dict[str, Any]:
    """Return what an official gives of a body."""
    return body.model_dump(mode="json", exclude={"salt"})


async def hear(side: Installation, *bodies: Body) -> None:
    """Let the partner of *side* say bulletins."""
    for body in bodies:
        await side.inbox.receive(side.other.line(body, None).octets())


async def test_an_official_says_what_their_point_takes(mx: Installation) -> None:
    """202 with what it is about; the same key again answers the same, and drafts nothing."""
    token = await mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    for _ in range(2):
        reply = await mx.ask(
            "POST",
            "/v1/capacity",
            given(a_capacity_advisory()),
            token=token,
            Idempotency_Key="one",
        )
        assert reply.status == 202
        assert set(reply.document) == set(BulletinTaken.model_fields)
        assert reply.document["about"] == "MX-CHAPARRAL 2031-03-18"
    assert len(await mx.store.read(list_outbox)) == 1


async def test_an_official_speaks_for_their_own_point(mx: Installation) -> None:
    """Another point is 403, and so is every role that advises nobody."""
    body = given(a_capacity_advisory())
    other = await mx.token(Role.RECEIVING_OFFICER, "MX-JUAREZ")
    for token in (other, await mx.token(Role.AUDITOR), await mx.token(Role.LIAISON)):
        assert (await mx.ask("POST", "/v1/capacity", body, token=token)).status == 403
    own = await mx.token(Role.RECEIVING_OFFICER, "MX-CHAPARRAL")
    reply = await mx.ask("POST", "/v1/capacity", body | {"people_max": -1}, token=own)
    assert (reply.status, reply.document["code"]) == (422, "invalid")


async def test_only_mexico_says_what_its_points_take(us: Installation) -> None:
    """A US port has no such route; numbers its supervisor publishes, and no officer."""
    token = await us.token(Role.PORT_SUPERVISOR)
    reply = await us.ask("POST", "/v1/capacity", given(a_capacity_advisory()), token=token)
    assert reply.status == 405
    numbers = given(a_contact_list())
    assert (await us.ask("POST", "/v1/contacts", numbers, token=token)).status == 202
    officer = await us.token(Role.PORT_OFFICER)
    assert (await us.ask("POST", "/v1/contacts", numbers, token=officer)).status == 403


async def test_what_stands_is_shown_day_by_day(us: Installation) -> None:
    """The newest of each day from the one asked for, of that point alone, without a salt."""
    await hear(
        us,
        a_capacity_advisory(people_max=10),
        a_capacity_advisory(people_max=20),
        a_capacity_advisory(people_max=0, on="2031-03-19"),
        a_capacity_advisory(on="2031-03-16"),
        a_capacity_advisory(receiving_point="MX-JUAREZ"),
    )
    token = await us.token(Role.PORT_OFFICER)
    days = (await us.ask("GET", ON, token=token)).document["days"]
    assert [(day["on"], day["people_max"]) for day in days] == [
        ("2031-03-18", 20),
        ("2031-03-19", 0),
    ]
    assert (days[0]["opens"], days[1]["opens"]) == ("09:00", None)
    assert "salt" not in days[0]
    bad = await us.ask("GET", "/v1/capacity?receiving_point=MX-CHAPARRAL", token=token)
    assert bad.status == 422


async def test_whom_to_call_is_shown_of_both_sides(us: Installation) -> None:
    """Null until something was said; then the partner's pairs, with their numbers."""
    token = await us.token(Role.LIAISON)
    assert (await us.ask("GET", "/v1/contacts", token=token)).document == {
        "ours": None,
        "theirs": None,
    }
    await hear(us, a_contact_list())
    shown = (await us.ask("GET", "/v1/contacts", token=token)).document
    assert shown["ours"] is None
    assert shown["theirs"]["pairs"] == given(a_contact_list())["pairs"]


@pytest.mark.parametrize("path", [ON, "/v1/contacts"])
async def test_who_keeps_the_service_running_reads_none_of_it(us: Installation, path: str) -> None:
    """An operator is 403."""
    assert (await us.ask("GET", path, token=await us.token(Role.OPERATOR))).status == 403


@pytest.mark.parametrize("language", ["en", "es"])
async def test_a_full_window_is_refused_with_the_next(us: Installation, language: str) -> None:
    """409 says where and why in the caller's language, and which window has room."""
    await hear(us, a_capacity_advisory(people_max=1))
    token = await us.token(Role.PORT_OFFICER)
    for status in (202, 409):
        document = a_decision_document(decision_id=str(uuid4()))
        reply = await us.ask(
            "POST", "/v1/return-decisions", document, token=token, Accept_Language=language
        )
        assert reply.status == status
    said = reply.document
    assert (said["code"], said["title"]) == (
        "window-full",
        {"en": "No room", "es": "Sin cupo"}[language],
    )
    assert [(one["pointer"], one["code"]) for one in said["faults"]] == [
        ("/return/window", "over-capacity")
    ]
    assert said["next_window"] == {"from": "2031-03-19T16:00:00Z", "to": "2031-03-19T20:00:00Z"}


async def test_where_no_window_has_room_none_is_given(us: Installation) -> None:
    """A point that is closed for as long as we look ahead has no next window."""
    days = [f"2031-03-{day}" for day in range(18, 32)]
    await hear(us, *(a_capacity_advisory(people_max=0, on=day) for day in days))
    reply = await us.ask(
        "POST",
        "/v1/return-decisions",
        a_decision_document(),
        token=await us.token(Role.PORT_OFFICER),
    )
    assert (reply.status, reply.document["next_window"]) == (409, None)
