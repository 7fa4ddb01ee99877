"""
A person says at the gate that they are afraid; the word and the person cross on the way.

As it was reported: people who had said that they feared to go back were returned without an
interview, and of some it was said afterwards that nobody had known (domain.md F9). Here Mexico has
accepted, the fear is spoken between that and the gate, the network is cut, and while it is cut
an official at the receiving point records that the person is there.
"""

import base64
from collections.abc import Iterator

import orjson
import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from exchange.errors import NotPossible
from exchange.flow.delivery import Answer
from exchange.proof import grammar
from exchange.proof.receipts import RECEIPT
from exchange.store.alarms import list_open
from exchange.store.columns import Kind
from exchange.store.journal import list_events
from tests.flow.gates import alarmed, at_the_gate, depart, gate, hold, names
from tests.flow.standing import events, row_of
from tests.ledgers import assert_agree
from tests.scenarios.desks import POINT, ToDo, expected, to_do
from tests.sides import BothSides, SideOfTests

TODAY = "2031-03-18"
SECRET = (b"fear", b"hold", b"held", b"asylum", b"miedo")
"""What is told of the person on one side only."""


def cut(_request: bytes) -> Answer | None:
    """Let nothing arrive."""
    raise TimeoutError


def whole(_request: bytes) -> Answer | None:
    """Let everything arrive."""
    return None


def cut_the_network(both: BothSides) -> None:
    """Cut it both ways."""
    both.us.road.instead = both.mx.road.instead = cut


def mend_the_network(both: BothSides) -> None:
    """Mend it both ways."""
    both.us.road.instead = both.mx.road.instead = whole


async def receive(both: BothSides, handoff: str) -> None:
    """Let an official at the receiving point record that the person is there."""
    seen = {
        "outcome": "received",
        "identity": "match",
        "receiving_point": POINT,
        "at": utc_text(both.clock()),
    }
    await both.mx.answers.record_reception(handoff, seen, actor="desk")


async def codes_said_by(side: SideOfTests) -> list[str | None]:
    """Return the codes that stand in a side's own receipts, in order."""
    return [
        item.code
        for entry in await side.entries()
        if entry.kind is Kind.RECEIPT
        for item in RECEIPT.validate_python(grammar.parse(entry.envelope)).items
        if entry.direction.value == "sent"
    ]


def all_said_to_mexico(both: BothSides) -> Iterator[bytes]:
    """Return everything that was sent there, and everything inside it, as text."""
    for request in both.us.road.requests:
        yield request
        for line in request.split(b"\n"):
            document = orjson.loads(line)
            for member in ("payload", "body"):
                if member in document:
                    octets = document[member].encode("ascii")
                    yield base64.urlsafe_b64decode(octets + b"=" * (-len(octets) % 4))


@pytest.fixture
async def at_gate(both: BothSides) -> str:
    """Return a person whom Mexico has accepted, at the gate within the window."""
    handoff = await at_the_gate(both)
    assert (await gate(both, handoff)).conditions == ()
    return handoff


@pytest.fixture
async def crossed(both: BothSides, at_gate: str) -> str:
    """Return the person once hold and reception have crossed, and the network is mended."""
    cut_the_network(both)
    await hold(both, at_gate)
    both.clock.pass_seconds(61)
    assert await both.us.send() == 1, "the cancellation is tried, and does not arrive"
    await receive(both, at_gate)
    await both.mx.send()
    assert (await both.us.shared(at_gate)).reception is None
    assert (await both.mx.shared(at_gate)).cancellation is None
    mend_the_network(both)
    await both.settle()
    return at_gate


async def test_the_gate_stops_at_once_and_for_good(both: BothSides, at_gate: str) -> None:
    """From the hold on the answer is stop, also while nothing reaches Mexico, and after a lift."""
    cut_the_network(both)
    await hold(both, at_gate)
    assert names(await gate(both, at_gate)) == ["cancelled", "held"]
    assert names(await depart(both, at_gate)) == ["cancelled", "held"]

    await both.us.holds.lift(at_gate, {"cause": "fear"}, actor="asylum")

    assert names(await depart(both, at_gate)) == ["cancelled"]
    assert await events(both.us, "departure.recorded") == []
    mend_the_network(both)
    await both.settle()
    assert (await both.mx.shared(at_gate)).stage is Stage.CANCELLED


async def test_until_the_network_is_back_each_side_has_its_own_half(
    both: BothSides, at_gate: str
) -> None:
    """Mexico goes on expecting the person, since nothing told it otherwise; nothing is lost."""
    cut_the_network(both)
    await hold(both, at_gate)
    both.clock.pass_seconds(61)
    await both.us.send()
    assert await expected(both.mx, TODAY) == [at_gate]
    assert await to_do(both.mx, TODAY) == [ToDo(at_gate, "expected", overdue=False)]
    assert await alarmed(both.us, AlarmKind.RECALL) == []


async def test_both_sides_come_to_know_the_same(both: BothSides, crossed: str) -> None:
    """A fact is a fact: the person was received, and the cancellation stands beside it."""
    shared = await both.us.shared(crossed)
    assert shared == await both.mx.shared(crossed)
    assert shared.stage is Stage.RECEIVED
    assert shared.reception is not None
    assert shared.cancellation is not None
    assert await codes_said_by(both.us) == [None, "out-of-place"]
    assert await codes_said_by(both.mx) == [None, "out-of-place"]
    await assert_agree(both)


async def test_the_us_side_calls_the_person_back(both: BothSides, crossed: str) -> None:
    """The hold stands for somebody over the line: a critical alarm, and never a departure."""
    (alarm,) = await both.us.store.read(list_open)
    assert (alarm.kind, alarm.subject) == (AlarmKind.RECALL, crossed)
    assert (await row_of(both.us, crossed)).holds == ("fear",)
    assert await events(both.us, "departure.recorded") == []


async def test_mexico_looks_after_who_is_there(both: BothSides, crossed: str) -> None:
    """The person needs a document, like everybody who was received; nobody is told to wait."""
    assert await to_do(both.mx, TODAY) == [ToDo(crossed, "document-to-issue", overdue=False)]


async def test_mexico_holds_nothing_of_the_fear(both: BothSides, crossed: str) -> None:
    """Neither what was sent, nor its journal, nor its alarms have a word of the hold."""
    said = list(all_said_to_mexico(both))
    assert any(crossed.encode() in one for one in said), "the texts are read as they are"
    assert any(b'"withdrawn"' in one for one in said)
    journal = await both.mx.store.read(list_events)
    said += [repr((one.kind, one.actor, one.data)).encode() for one in journal]
    said += [repr(one).encode() for one in await both.mx.store.read(list_open)]
    for one in said:
        assert not [word for word in SECRET if word in one.lower()]


async def test_where_the_cancellation_comes_first_nobody_is_received(
    both: BothSides, at_gate: str
) -> None:
    """Had the word been first the person is no longer expected, and the fact still counts."""
    cut_the_network(both)
    await hold(both, at_gate)
    mend_the_network(both)
    await both.settle()
    assert (await both.mx.shared(at_gate)).stage is Stage.CANCELLED
    assert await to_do(both.mx, TODAY) == []
    with pytest.raises(NotPossible):
        await both.mx.answers.acknowledge(
            at_gate, {"answer": "accepted", "officer": "INM-77"}, actor="desk"
        )

    await receive(both, at_gate)
    await both.settle()

    for side in (both.us, both.mx):
        assert (await side.shared(at_gate)).stage is Stage.RECEIVED
    assert await alarmed(both.us, AlarmKind.RECALL) == [at_gate]
    assert await codes_said_by(both.us) == [None, "out-of-place"]
    await assert_agree(both)
