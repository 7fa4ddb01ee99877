"""What is recorded of a stay: each thing once, about what stands, and without moving anything."""

import asyncio
from functools import partial
from typing import Any

import pytest

from exchange.domain.handoff import Stage
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import HEARING_VERIFICATION
from exchange.domain.wire import utc_text
from exchange.errors import AlreadyAnswered, Invalid, NotPossible
from exchange.flow.answering import Answered
from exchange.flow.stays import Stays
from exchange.proof.envelope import InReplyTo
from exchange.store.handoffs import find_handoff
from exchange.store.journal import list_events
from tests.builders import (
    HANDOFF,
    HEARING,
    NOW,
    a_hearing_confirmation,
    a_hearing_notice,
    a_notice,
)
from tests.keys import MX, US
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

RECEIVED = {
    "outcome": "received",
    "at": utc_text(NOW),
    "receiving_point": "MX-CHAPARRAL",
    "identity": "match",
}
VISA = {
    "document": "FMM",
    "number": "A0012345",
    "issued_at": utc_text(NOW),
    "office": "TIJ-01",
    "valid_from": "2031-03-17",
    "valid_until": "2031-07-15",
    "entries": "multiple",
    "curp_assigned": False,
}
EXTENDED = {"number": "A0012345", "status": "extended", "valid_until": "2031-11-16"}
DOUBT = {"hearing": HEARING, "version": 1}


def told(**changes: Any) -> dict[str, Any]:
    """Return that the person was told of the first version of the hearing now."""
    return {
        "hearing": HEARING,
        "version": 1,
        "outcome": "delivered",
        "at": utc_text(NOW),
        "method": "DESK",
    } | changes


def left(**changes: Any) -> dict[str, Any]:
    """Return that the person left for a port now."""
    return {"at": utc_text(NOW), "kind": "to-us-port"} | changes


@pytest.fixture
def us() -> OtherGovernment:
    """Return the other government, which announces and is told."""
    return OtherGovernment(US, MX)


@pytest.fixture
async def mx(both: BothSides, us: OtherGovernment) -> SideOfTests:
    """Return the Mexican side, with a person who was received and given a document."""
    await tell(both.mx, us, a_notice())
    await both.mx.answers.record_reception(HANDOFF, RECEIVED, actor="desk")
    await both.mx.answers.record_visa(HANDOFF, VISA, actor="desk")
    return both.mx


async def tell(mx: SideOfTests, us: OtherGovernment, body: Body) -> None:
    """Let the United States say something about the handoff."""
    await mx.inbox.receive(us.line(body, HANDOFF).octets())


async def say_all(mx: SideOfTests) -> None:
    """Let the Mexican side say everything that waits, one message of the handoff after another."""
    while await mx.send():
        pass


def acts(stays: Stays) -> dict[str, Any]:
    """Return each act of a stay with a document that fits."""
    return {
        "visa-change": partial(stays.change_visa, HANDOFF, EXTENDED, actor="desk"),
        "hearing-delivery": partial(stays.record_delivery, HANDOFF, told(), actor="desk"),
        "hearing-verification": partial(stays.doubt_hearing, HANDOFF, DOUBT, actor="desk"),
        "exit": partial(stays.record_exit, HANDOFF, left(), actor="desk"),
    }


NAMES = ("visa-change", "hearing-delivery", "hearing-verification", "exit")


@pytest.mark.parametrize("sent", [False, True])
async def test_what_is_recorded_of_a_stay_moves_nothing(mx: SideOfTests, *, sent: bool) -> None:
    """Each is said in its turn and known to both sides; the stage stays what it was."""
    if sent:
        await say_all(mx)
    for name, act in acts(mx.stays).items():
        assert await act() == Answered(HANDOFF, name, Stage.DOCUMENTED)
    row = await mx.store.read(partial(find_handoff, handoff=HANDOFF))
    assert row is not None
    assert row.intent == (None if sent else Stage.DOCUMENTED)

    await say_all(mx)

    shared = await mx.shared(HANDOFF)
    assert shared.stage is Stage.DOCUMENTED
    assert str(shared.document_valid_until) == "2031-11-16"
    assert shared.delivered_version == 1
    assert shared.verification is not None
    assert shared.exit is not None
    events = await mx.store.read(list_events)
    journaled = {event.kind: event.data for event in events[-4:]}
    stage = {"stage": "documented"}
    assert journaled == {
        "visa-change.decided": {"status": "extended"} | stage,
        "hearing-delivery.decided": {"version": 1, "outcome": "delivered"} | stage,
        "hearing-verification.decided": {"version": 1} | stage,
        "exit.decided": {"kind": "to-us-port"} | stage,
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sent", [False, True])
async def test_of_two_who_record_the_same_one_is_first(
    mx: SideOfTests, name: str, *, sent: bool
) -> None:
    """Of two officials who record one thing one does, and the other is told that it stands."""
    act = acts(mx.stays)[name]
    if sent:
        await act()
        await say_all(mx)
    at_once = [act()] if sent else [act(), act()]
    results = await asyncio.gather(*at_once, return_exceptions=True)

    refused = [one for one in results if isinstance(one, AlreadyAnswered)]
    assert len(refused) == 1
    assert len(results) - len(refused) == (0 if sent else 1)


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_is_recorded_of_who_was_never_announced(
    both: BothSides, us: OtherGovernment, name: str
) -> None:
    """A handoff of which the notice has not come has no stay to record."""
    await tell(both.mx, us, a_hearing_notice())
    with pytest.raises(NotPossible) as caught:
        await acts(both.mx.stays)[name]()
    assert caught.value.stage == "unannounced"


@pytest.mark.parametrize("name", ["visa-change", "exit"])
async def test_who_was_not_received_has_no_stay(
    both: BothSides, us: OtherGovernment, name: str
) -> None:
    """A document is changed and an exit recorded of a person who was received."""
    await tell(both.mx, us, a_notice())
    with pytest.raises(NotPossible):
        await acts(both.mx.stays)[name]()


async def test_only_the_document_that_was_given_changes(mx: SideOfTests) -> None:
    """A change names the number of the document that waits to be said, or that was said."""
    for _ in range(2):
        with pytest.raises(Invalid) as caught:
            await mx.stays.change_visa(HANDOFF, {**EXTENDED, "number": "B7654321"}, actor="desk")
        assert _codes(caught.value) == [("/number", "other-document")]
        await say_all(mx)


async def test_a_document_may_change_again(mx: SideOfTests) -> None:
    """What was extended may end: null where it may be is what an official leaves out."""
    await mx.stays.change_visa(HANDOFF, EXTENDED, actor="desk")
    await mx.stays.change_visa(HANDOFF, {"number": "A0012345", "status": "revoked"}, actor="desk")
    await say_all(mx)
    shared = await mx.shared(HANDOFF)
    assert shared.document_valid_until is None


@pytest.mark.parametrize("sent", [False, True])
async def test_a_document_that_was_replaced_has_a_successor(mx: SideOfTests, *, sent: bool) -> None:
    """After a replacement one other document is recorded: then that is the one that changes."""
    successor = VISA | {"number": "B7654321", "valid_until": "2031-12-01"}
    with pytest.raises(AlreadyAnswered):
        await mx.answers.record_visa(HANDOFF, successor, actor="desk")
    await mx.stays.change_visa(HANDOFF, {**EXTENDED, "status": "replaced"}, actor="desk")
    if sent:
        await say_all(mx)
    with pytest.raises(AlreadyAnswered):
        await mx.answers.record_visa(HANDOFF, VISA, actor="desk")
    await mx.answers.record_visa(HANDOFF, successor, actor="desk")
    if sent:
        await say_all(mx)
    with pytest.raises(AlreadyAnswered):
        await mx.answers.record_visa(HANDOFF, successor | {"number": "C7654321"}, actor="desk")
    with pytest.raises(Invalid):
        await mx.stays.change_visa(HANDOFF, {**EXTENDED, "status": "revoked"}, actor="desk")

    await say_all(mx)
    shared = await mx.shared(HANDOFF)
    assert shared.stage is Stage.DOCUMENTED
    assert str(shared.document_valid_until) == "2031-12-01"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"hearing": HANDOFF}, "/hearing"), ({"version": 2}, "/version")],
)
async def test_only_an_announced_hearing_is_delivered(
    mx: SideOfTests, changes: dict[str, Any], pointer: str
) -> None:
    """A hearing or a version that nobody announced is not what the person was told."""
    with pytest.raises(Invalid) as caught:
        await mx.stays.record_delivery(HANDOFF, told(**changes), actor="desk")
    assert _codes(caught.value) == [(pointer, "unknown-hearing")]


async def test_who_was_not_found_is_looked_for_again(mx: SideOfTests, us: OtherGovernment) -> None:
    """A try may fail more than once; who was told is told, until the hearing moves again."""
    first = told(outcome="not-found", at="2031-03-17T17:00:00Z", method="PHONE")
    await mx.stays.record_delivery(HANDOFF, first, actor="desk")
    await mx.stays.record_delivery(HANDOFF, told(outcome="not-found"), actor="desk")
    await mx.stays.record_delivery(HANDOFF, told(), actor="desk")
    with pytest.raises(AlreadyAnswered) as caught:
        await mx.stays.record_delivery(HANDOFF, told(outcome="not-found"), actor="desk")
    assert caught.value.standing == "delivered"

    await tell(mx, us, a_hearing_notice())
    await mx.stays.record_delivery(HANDOFF, told(version=2), actor="desk")
    await say_all(mx)
    assert (await mx.shared(HANDOFF)).delivered_version == 2


async def test_a_doubt_may_be_raised_about_what_nobody_announced(mx: SideOfTests) -> None:
    """A date that somebody was shown is asked about, whoever made it up (F4)."""
    await mx.stays.doubt_hearing(HANDOFF, {"hearing": HANDOFF, "version": 9}, actor="desk")


async def test_a_doubt_that_was_answered_may_come_back(
    mx: SideOfTests, us: OtherGovernment
) -> None:
    """While a doubt waits it is not repeated; once it was confirmed it may be asked again."""
    await mx.stays.doubt_hearing(HANDOFF, DOUBT, actor="desk")
    await say_all(mx)
    with pytest.raises(AlreadyAnswered):
        await mx.stays.doubt_hearing(HANDOFF, DOUBT, actor="desk")

    (asked,) = [one for one in await mx.entries() if one.schema == HEARING_VERIFICATION.schema]
    assert asked.jti is not None
    reply = us.line(a_hearing_confirmation(), irt=InReplyTo(asked.jti, asked.pld))
    await mx.inbox.receive(reply.octets())
    await mx.stays.doubt_hearing(HANDOFF, DOUBT, actor="desk")


async def test_nobody_leaves_before_coming(mx: SideOfTests) -> None:
    """An exit before the reception is the official's to mend, as is one in the future."""
    for at, code in (
        ("2031-03-17T17:59:59Z", "before-reception"),
        ("2031-03-17T18:00:01Z", "in-the-future"),
    ):
        with pytest.raises(Invalid) as caught:
            await mx.stays.record_exit(HANDOFF, left(at=at), actor="desk")
        assert _codes(caught.value) == [("/at", code)]


def _codes(invalid: Invalid) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in invalid.faults]
