"""Bodies sealed for the receiver alone, from the time that both sides agreed on."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest
from structlog.testing import capture_logs

from exchange.proof.jws import KeyId, read_line
from exchange.proof.keys import Role
from exchange.proof.policy import DEFAULT
from exchange.proof.receipts import read_receipt
from exchange.proof.sealing import seal_body
from exchange.store.columns import Kind
from tests import keys
from tests.builders import HANDOFF, NOW, a_decision_document, a_reception
from tests.keys import MX, US, publish_opening
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests


def agree(*sides: SideOfTests, since: datetime = NOW) -> None:
    """Have these sides seal bodies from *since* on."""
    for side in sides:
        object.__setattr__(side.agreement, "sealed_from", since)


async def announce(us: SideOfTests) -> None:
    """A notice waits in the outbox of the US side."""
    await us.intake.submit(orjson.dumps(a_decision_document()), actor="port")


@pytest.fixture
def other(both: BothSides) -> OtherGovernment:
    """The Mexican side in memory, which speaks to our US side."""
    return OtherGovernment(keys.MX, keys.US, clock=both.clock)


async def answered(us: SideOfTests, *lines: bytes) -> list[tuple[str, str | None]]:
    """Return the status and code of each line that the US side was sent."""
    answer = await us.inbox.receive(b"\n".join(lines))
    receipt = read_receipt(read_line(answer), US.key_set, accepted=DEFAULT, audience=MX.urn)
    return [(item.status.value, item.code) for item in receipt.items]


async def test_what_is_said_is_sealed_anew_for_every_attempt(both: BothSides) -> None:
    """Nothing of a body is in the clear on the way, no two attempts are alike, and both keep it."""
    agree(both.us, both.mx)
    await announce(both.us)
    await both.us.send("lost-answer")
    await both.settle()
    first, second = (json.loads(request) for request in both.us.road.requests)
    assert {*first} == {*second} == {"payload", "signatures", "sealed"}
    assert first["sealed"] != second["sealed"]
    assert first["payload"] == second["payload"]
    sent, received = await both.us.entries(), await both.mx.entries()
    assert [one.kind for one in sent] == [Kind.MESSAGE, Kind.RECEIPT]
    assert [one.pld for one in sent] == [one.pld for one in received]
    assert all(one.body is not None for one in (sent[0], received[0]))


async def test_a_body_in_the_clear_is_refused_from_the_agreed_time_on(
    both: BothSides, other: OtherGovernment
) -> None:
    """There is no downgrade: what a message's own time asks for is what it must be."""
    agree(both.us, since=NOW + timedelta(minutes=1))
    assert await answered(both.us, other.line(a_reception(), HANDOFF).octets()) == [
        ("accepted", "unknown-subject")
    ]
    both.clock.pass_seconds(60)
    assert await answered(both.us, other.line(a_reception(), HANDOFF).octets()) == [
        ("rejected", "encryption-required")
    ]


async def test_a_body_that_is_sealed_and_opens_is_taken(
    both: BothSides, other: OtherGovernment
) -> None:
    """It is the body that was bound, once opened; sealed without being asked for it is none."""
    line = other.line(a_reception(), HANDOFF)
    text = seal_body(line.body or b"", publish_opening(US.opening))
    sealed = replace(line, body=None, sealed=text).octets()
    assert await answered(both.us, sealed) == [("rejected", "body-digest")]
    agree(both.us)
    again = other.line(a_reception(), HANDOFF)
    text = seal_body(again.body or b"", publish_opening(US.opening))
    assert await answered(both.us, replace(again, body=None, sealed=text).octets()) == [
        ("accepted", "unknown-subject")
    ]


async def test_what_does_not_open_is_rejected_and_our_log_says_why(
    both: BothSides, other: OtherGovernment
) -> None:
    """The partner is told that the body is none; for whom it was sealed is told to us alone."""
    agree(both.us)
    line = other.line(a_reception(), HANDOFF)
    text = seal_body(line.body or b"", publish_opening(MX.opening))
    with capture_logs() as logs:
        said = await answered(both.us, replace(line, body=None, sealed=text).octets())
    assert said == [("rejected", "body-digest")]
    (told,) = (one for one in logs if one["event"] == "body.not_opened")
    assert told["code"] == "sealed-recipient"


async def test_another_body_than_the_bound_one_is_rejected(
    both: BothSides, other: OtherGovernment
) -> None:
    """That it was sealed for us proves nothing of what it says."""
    agree(both.us)
    line = other.line(a_reception(), HANDOFF)
    text = seal_body(b"{}", publish_opening(US.opening))
    assert await answered(both.us, replace(line, body=None, sealed=text).octets()) == [
        ("rejected", "body-digest")
    ]


async def test_without_a_key_to_seal_for_nothing_leaves(both: BothSides) -> None:
    """A body that is to be sealed waits until the partner publishes a key; it is never clear."""
    agree(both.us, both.mx)
    whole = both.us.partner.key_set
    held = {kid: key for kid, key in whole.keys.items() if key.role is not Role.ENCRYPT}
    both.us.partner.key_set = replace(whole, keys=held)
    await announce(both.us)
    await both.us.send()
    assert both.us.road.requests == []
    both.us.partner.key_set = whole
    await both.settle()
    assert len(await both.mx.entries()) == 2


async def test_what_was_said_before_the_agreed_time_goes_in_the_clear(both: BothSides) -> None:
    """The form follows the message's own time, also where it goes out again later."""
    agree(both.us, both.mx, since=NOW + timedelta(seconds=30))
    await announce(both.us)
    await both.us.send("lost-request")
    await both.settle()
    forms = [{*json.loads(request)} & {"body", "sealed"} for request in both.us.road.requests]
    assert forms == [{"body"}, {"body"}]
    assert KeyId("us-encrypt-2019a") in both.us.keyring.opening
