"""What came of a delivery is on record: receipts, verdicts, lines set apart, alarms."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import orjson
import pytest

from exchange.domain.alarms import AlarmKind
from exchange.flow.delivery import Answer, RefusedByPartner
from exchange.flow.isolation import ALONE
from exchange.flow.outcomes import Outcomes
from exchange.flow.partner import BackOff
from exchange.flow.resending import Outgoing
from exchange.proof.jws import Line
from exchange.store.alarms import list_open
from exchange.store.columns import Kind
from exchange.store.lanes import Lane, claim_due
from exchange.store.outbox import Waiting, list_outbox, retry
from tests.builders import a_decision_document
from tests.ledgers import assert_agree
from tests.partner import OtherGovernment
from tests.sides import BothSides

Refuse = Callable[[Collection[int]], Answer]


def _problem(status: int, **members: object) -> Answer:
    return Answer(status, orjson.dumps({"status": status, **members}), None)


def names_lines(places: Collection[int]) -> Answer:
    """Refuse a request, and say because of which lines."""
    lines = [{"line": place + 1, "code": "malformed"} for place in sorted(places)]
    return _problem(400, code="lines-refused", lines=lines)


def names_nothing(_: Collection[int]) -> Answer:
    """Refuse a request, and blame all of it."""
    return _problem(400, code="bad-request")


def breaks(_: Collection[int]) -> Answer:
    """Break over a request."""
    return _problem(500, code="internal")


def answers_rubbish(_: Collection[int]) -> Answer:
    """Answer a request well, with something that is no receipt."""
    return Answer(200, b"thank you", None)


def is_too_small(_: Collection[int]) -> Answer:
    """Refuse a request for its size."""
    return _problem(413, code="too-large")


@dataclass(slots=True)
class Gate:
    """A partner that refuses a request which holds any of some envelopes, and takes all else."""

    poison: set[bytes]
    refuse: Refuse

    def __call__(self, request: bytes) -> Answer | None:
        """Return the refusal of what holds poison."""
        lines = enumerate(request.split(b"\n"))
        places = {place for place, line in lines if any(one in line for one in self.poison)}
        return self.refuse(places) if places else None


async def decide(both: BothSides, count: int) -> None:
    """Have the US side take so many decisions."""
    for number in range(1, count + 1):
        decision = a_decision_document(decision_id=f"00000000-0000-4000-8000-{number:012d}")
        await both.us.intake.submit(orjson.dumps(decision), actor="port")


async def poisoned(both: BothSides, refuse: Refuse, *, count: int, poison: int) -> Gate:
    """Seal so many notices, lose their request, and have the partner refuse some of them."""
    await decide(both, count)
    assert await both.us.send("lost-request") == count
    lines = both.us.road.requests[-1].split(b"\n")
    payloads = {orjson.loads(line)["payload"].encode() for line in lines[:poison]}
    both.us.road.instead = gate = Gate(payloads, refuse)
    return gate


def receipts_of(both: BothSides, partner: OtherGovernment) -> Refuse:
    """Answer with the receipts of *partner*, in whose place the road was."""
    return lambda _: Answer(200, partner.receive(both.us.road.requests[-1]), None)


async def send_for(both: BothSides, rounds: int) -> None:
    """Let the US side send again and again, with half a minute in between."""
    for _ in range(rounds):
        both.clock.pass_seconds(30)
        await both.us.send()


async def waiting(both: BothSides) -> list[Waiting]:
    """Return what the US side still has to say."""
    return await both.us.store.read(list_outbox)


async def alarms(both: BothSides) -> dict[AlarmKind, set[str]]:
    """Return what the open alarms of the US side are about, by kind."""
    found: dict[AlarmKind, set[str]] = {}
    for alarm in await both.us.store.read(list_open):
        found.setdefault(alarm.kind, set()).add(alarm.subject)
    return found


@pytest.mark.parametrize("refuse", [names_lines, names_nothing, breaks, answers_rubbish])
@pytest.mark.parametrize("poison", [1, 2])
async def test_good_lines_get_through_and_poison_stands_alone(
    both: BothSides, refuse: Refuse, poison: int
) -> None:
    """However the partner refuses a line, the rest arrive; it goes out alone, with an alarm."""
    gate = await poisoned(both, refuse, count=7, poison=poison)
    await send_for(both, 12)
    left = await waiting(both)
    assert len(left) == poison
    assert all(row.isolated > ALONE for row in left)
    assert (await alarms(both))[AlarmKind.LINE_REFUSED] == {str(row.number) for row in left}
    assert {request.count(b"\n") for request in both.us.road.requests[-poison:]} == {0}

    gate.poison.clear()
    await both.settle()
    assert await waiting(both) == []
    assert AlarmKind.LINE_REFUSED not in await alarms(both)
    await assert_agree(both)


async def test_a_line_refused_alone_waits_longer_each_time(both: BothSides) -> None:
    """Each refusal of the line by itself doubles the time until it goes again."""
    await poisoned(both, breaks, count=1, poison=1)
    pauses = []
    for _ in range(4):
        both.clock.pass_seconds(120)
        await both.us.send()
        (row,) = await waiting(both)
        pauses.append((row.due_at - both.clock()).total_seconds())
    assert pauses == [0.375, 0.75, 1.5, 3.0]


async def test_a_request_too_large_is_made_smaller(both: BothSides) -> None:
    """What is refused for its size goes again in halves; what is too large alone is set aside."""
    await poisoned(both, is_too_small, count=4, poison=1)
    await send_for(both, 6)
    (row,) = await waiting(both)
    assert row.parked_code == "too-large"
    assert await alarms(both) == {AlarmKind.REQUEST_REFUSED: {str(row.number)}}


async def test_how_far_a_line_is_set_apart_outlives_the_process(both: BothSides) -> None:
    """A refusal is in the row before the next request goes: a crash forgets nothing."""
    await poisoned(both, breaks, count=4, poison=1)
    both.clock.pass_seconds(30)
    await both.us.outbox.send_due(Lane.NORMAL)
    assert {row.isolated for row in await waiting(both)} == {5}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_partner_that_is_busy_sets_nothing_apart(both: BothSides, status: int) -> None:
    """Some answers say something of the partner alone: the same lines go again, when it asked."""
    await poisoned(both, lambda _: Answer(status, b"", "20"), count=3, poison=1)
    both.clock.pass_seconds(30)
    await both.us.send()
    assert both.us.partner.pause_seconds() == 20
    assert {row.isolated for row in await waiting(both)} == {0}
    assert await alarms(both) == {}


async def test_of_a_known_poison_the_partner_is_not_blamed(both: BothSides) -> None:
    """A line that is refused again does not silence us towards a partner that else is well."""
    await poisoned(both, breaks, count=4, poison=1)
    await send_for(both, 8)
    await decide(both, 5)
    await both.us.send()
    assert len(await waiting(both)) == 1
    both.clock.pass_seconds(120)
    await both.us.send()
    assert not both.us.partner.failing


async def test_a_partner_that_breaks_over_everything_is_left_alone(both: BothSides) -> None:
    """While no request gets through, each failure lengthens the pause, poison or not."""
    await poisoned(both, breaks, count=4, poison=4)
    for _ in range(5):
        both.clock.pass_seconds(120)
        await both.us.send()
    assert both.us.partner.failing
    assert both.us.partner.pause_seconds() > 10


async def test_a_rejection_sets_the_message_aside(both: BothSides) -> None:
    """A signed rejection waits for a person, whose retry begins anew; a refusal's alarm ends."""
    gate = await poisoned(both, breaks, count=1, poison=1)
    await send_for(both, 2)
    (row,) = await waiting(both)
    assert await alarms(both) == {AlarmKind.LINE_REFUSED: {str(row.number)}}

    partner = OtherGovernment(clock=both.clock)
    partner.knobs.rejects = "breaks-schema"
    gate.refuse = receipts_of(both, partner)
    await send_for(both, 1)
    (row,) = await waiting(both)
    assert row.parked_code == "breaks-schema"
    assert await alarms(both) == {AlarmKind.MESSAGE_REJECTED: {str(row.number)}}
    assert both.us.tally.counts["verdicts", "breaks-schema"] == 1
    assert await both.us.store.write(lambda c: retry(c, row.number, now=both.clock()))
    assert [again.isolated for again in await waiting(both)] == [0]


async def test_what_no_receipt_covers_goes_again_a_little_later(both: BothSides) -> None:
    """A message that the answer says nothing of keeps its place; nobody is set apart for it."""
    partner = OtherGovernment(clock=both.clock)
    partner.knobs.leaves_out = 1
    await poisoned(both, receipts_of(both, partner), count=3, poison=3)
    both.clock.pass_seconds(30)
    await both.us.send()
    (row,) = await waiting(both)
    assert (row.isolated, row.parked_at) == (0, None)
    assert row.due_at > both.clock()


async def test_a_receipt_that_comes_twice_is_stored_once(both: BothSides) -> None:
    """Items of messages that nobody asked about are counted and change nothing."""
    partner = OtherGovernment(clock=both.clock)
    partner.knobs.repeats = True
    await poisoned(both, receipts_of(both, partner), count=2, poison=2)
    await send_for(both, 1)
    assert await waiting(both) == []
    kinds = [entry.kind for entry in await both.us.entries()]
    assert (kinds.count(Kind.MESSAGE), kinds.count(Kind.RECEIPT)) == (2, 1)
    assert both.us.tally.counts["items_ignored", ""] == 2


async def test_who_lost_the_lease_records_no_refusal(both: BothSides) -> None:
    """An answer that comes after the row was claimed again changes neither row nor alarms."""
    await decide(both, 1)
    now, later = both.clock(), both.clock() + timedelta(seconds=60)
    claim = partial(claim_due, lane=Lane.NORMAL, limit=1, lease_until=later)
    (late,) = await both.us.store.write(partial(claim, now=now))
    (current,) = await both.us.store.write(partial(claim, now=later))
    outcomes = Outcomes(
        store=both.us.store,
        agreement=both.us.agreement,
        tally=both.us.tally,
        isolation=BackOff(),
    )
    for refused in (RefusedByPartner("internal"), RefusedByPartner("too-large", is_final=True)):
        await outcomes.refused([Outgoing(late, Line(b"", (), None), 0)], refused, now)
    assert await waiting(both) == [current]
    assert await alarms(both) == {}
