"""
A person says at the gate that they are afraid; the word and the person cross on the way.

As it was reported: people who had said that they feared to go back were returned without an
interview, and of some it was said afterwards that nobody had known (domain.md F9). Here Mexico has
accepted, the fear is spoken between that and the gate, the network is cut, and while it is cut
an official at the receiving point records that the person is there.
"""

import pytest

from exchange.domain.alarms import ALARMS, AlarmKind
from exchange.domain.handoff import Stage
from exchange.domain.severity import Severity
from exchange.domain.wire import utc_text
from exchange.errors import NotPossible
from exchange.flow.delivery import Answer
from exchange.proof import grammar
from exchange.proof.receipts import RECEIPT
from exchange.store.alarms import list_open
from exchange.store.columns import Kind
from tests.flow.gates import alarmed, at_the_gate, depart, gate, hold, names
from tests.flow.standing import events, row_of
from tests.ledgers import assert_agree
from tests.scenarios.accounts import account_of, stands
from tests.scenarios.desks import POINT, ToDo, expected, to_do
from tests.scenarios.holdings import heard_in, held_by, tells
from tests.sides import BothSides, SideOfTests

TODAY = "2031-03-18"
SECRET = (b"fear", b"miedo", b"hold", b"held", b"asylum", b"recall")
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


@pytest.fixture
async def at_gate(both: BothSides) -> str:
    """Return a person whom Mexico has accepted, at the gate within the window."""
    handoff = await at_the_gate(both)
    assert (await gate(both, handoff)).conditions == ()
    return handoff


@pytest.fixture(params=["cancellation", "reception"])
async def crossed(request: pytest.FixtureRequest, both: BothSides, at_gate: str) -> str:
    """Return the person once hold and reception have crossed, whichever then arrives first."""
    cut_the_network(both)
    await hold(both, at_gate)
    both.clock.pass_seconds(61)
    assert await both.us.send() == 1, "the cancellation is tried, and does not arrive"
    await receive(both, at_gate)
    await both.mx.send()
    assert (await both.us.shared(at_gate)).reception is None
    assert (await both.mx.shared(at_gate)).cancellation is None
    mend_the_network(both)
    if request.param == "reception":
        both.clock.pass_seconds(61)
        assert await both.mx.send() == 1
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


async def test_every_account_adds_up(both: BothSides, crossed: str) -> None:
    """One person is in one stage on each side, and both reports name what crossed."""
    for side in (both.us, both.mx):
        account = await account_of(side)
        assert account.adds_up
        assert stands(account) == {"received": 1}
        odd = [(one.kind, one.handoff) for one in account.findings]
        assert odd.count(("out-of-place", crossed)) == 2, "the cancellation and the reception"


async def test_the_us_side_calls_the_person_back(both: BothSides, crossed: str) -> None:
    """The hold stands for somebody over the line: a critical alarm, and never a departure."""
    (alarm,) = await both.us.store.read(list_open)
    assert (alarm.kind, alarm.subject, alarm.times) == (AlarmKind.RECALL, crossed, 1)
    assert ALARMS[alarm.kind].severity is Severity.CRITICAL
    assert (await row_of(both.us, crossed)).holds == ("fear",)
    assert await events(both.us, "departure.recorded") == []
    for asked in (gate, depart):
        assert {"departed", "cancelled", "held"} <= set(names(await asked(both, crossed)))


async def test_mexico_looks_after_who_is_there(both: BothSides, crossed: str) -> None:
    """The person needs a document, like everybody who was received; nobody is told to wait."""
    assert await to_do(both.mx, TODAY) == [ToDo(crossed, "document-to-issue", overdue=False)]


async def test_mexico_holds_nothing_of_the_fear(both: BothSides, crossed: str) -> None:
    """Nothing that was sent and no value in its database, bodies opened, has a word of it."""
    heard, held = list(heard_in(both.us.road.requests)), await held_by(both.mx)
    for read in (heard, held):
        assert tells(read, [crossed.encode()]), "it is read as it stands"
        assert tells(read, [b'"withdrawn"'])
        assert tells(read, SECRET) == []
    assert await alarmed(both.mx, AlarmKind.RECALL) == []

    ours = {word for _, word in tells(await held_by(both.us), SECRET)}
    assert ours >= {b"fear", b"hold", b"asylum", b"recall"}, "where it stands it is found"


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
