"""Who calls is looked up by token, and what a key was answered is answered again."""

import asyncio
from datetime import timedelta

import pytest

from exchange.access.rights import Role
from exchange.store.clients import revoke_client
from exchange.store.idempotency import find_answer
from exchange.web.calls import REMEMBERED_SECONDS
from tests.builders import a_decision_document
from tests.web.installation import Installation

PATH = "/v1/return-decisions"


async def test_a_revoked_token_opens_nothing_soon(us: Installation) -> None:
    """A token that was revoked is refused once the few seconds of memory are over."""
    token = await us.token(Role.LIAISON)
    assert (await us.ask("GET", "/v1/handoffs", token=token)).status == 200
    await us.store.write(lambda connection: revoke_client(connection, "liaison-1", at=us.now))
    us.monotonic.seconds += REMEMBERED_SECONDS
    assert (await us.ask("GET", "/v1/handoffs", token=token)).status == 401


async def test_a_key_is_answered_the_same(each_us: Installation) -> None:
    """The same key and body get the same status and answer, though the clock has moved on."""
    token = await each_us.token(Role.PORT_OFFICER)
    first = await each_us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    each_us.now += timedelta(hours=1)
    again = await each_us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    assert (first.status, again.status) == (202, 202)
    assert again.document == first.document


async def test_a_key_with_another_body_is_a_conflict(each_us: Installation) -> None:
    """A key that comes with another body is 409, and that body has no effect."""
    token = await each_us.token(Role.PORT_OFFICER)
    await each_us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    other = a_decision_document(decision_id="e1d2c3b4-a596-4877-8695-a4b3c2d1e099")
    reply = await each_us.ask("POST", PATH, other, token=token, Idempotency_Key="k")
    assert (reply.status, reply.document["code"]) == (409, "idempotency-conflict")
    feed = await each_us.ask("GET", "/v1/handoffs", token=token)
    assert len(feed.document["handoffs"]) == 1


async def test_keys_are_each_clients_own(us: Installation) -> None:
    """Two clients may use the same key for different things."""
    for number, port in enumerate(("2504", "2503")):
        token = await us.token(Role.PORT_OFFICER, port)
        document = a_decision_document(decision_id=f"e1d2c3b4-a596-4877-8695-a4b3c2d1e00{number}")
        reply = await us.ask("POST", PATH, document, token=token, Idempotency_Key="k")
        assert reply.status == (202, 403)[number]


@pytest.mark.parametrize(
    "document",
    [a_decision_document(person__sex="?"), a_decision_document(person__nationality="MEX")],
)
async def test_a_refusal_is_an_answer_too(us: Installation, document: object) -> None:
    """A key whose request was at fault or withheld is answered the same, in the same words."""
    token = await us.token(Role.PORT_OFFICER)
    first = await us.ask(
        "POST", PATH, document, token=token, Idempotency_Key="k", Accept_Language="es"
    )
    again = await us.ask("POST", PATH, document, token=token, Idempotency_Key="k")
    assert (first.status, again.status) == (422, 422)
    assert again.document == first.document
    assert again.headers["Content-Type"] == "application/problem+json"


async def test_two_at_once_are_done_once(us: Installation) -> None:
    """Of requests with one key that come together one is done, and all get its answer."""
    token = await us.token(Role.PORT_OFFICER)
    replies = await asyncio.gather(
        *(
            us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
            for _ in range(5)
        )
    )
    assert {reply.status for reply in replies} == {202}
    assert len({reply.document["handoff"] for reply in replies}) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "ñ"])
async def test_a_key_is_short_and_plain(us: Installation, key: str) -> None:
    """A key that is empty, long or not plain text is 400."""
    token = await us.token(Role.PORT_OFFICER)
    reply = await us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key=key)
    assert (reply.status, reply.document["code"]) == (400, "bad-request")


async def test_what_is_kept_says_nothing_of_the_person(us: Installation) -> None:
    """The stored answer to a key holds no part of the decision it answers."""
    token = await us.token(Role.PORT_OFFICER)
    await us.ask("POST", PATH, a_decision_document(), token=token, Idempotency_Key="k")
    kept = await us.store.read(lambda connection: find_answer(connection, client=1, key="k"))
    assert kept is not None
    assert "Núñez" not in str(kept.response)
    assert "F482915" not in str(kept.response)
