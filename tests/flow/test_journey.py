"""The journey of a handoff, on both sides, over a road that is kind or unkind."""

from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from exchange.domain.handoff import Stage
from exchange.domain.screening import Withheld
from exchange.domain.wire import utc_text
from exchange.errors import (
    AlreadyAnswered,
    DecisionConflict,
    Forbidden,
    Invalid,
    NotFound,
    NotPossible,
)
from exchange.flow.intake import Taken
from exchange.store.depth import get_depth
from exchange.store.lanes import Lane, claim_due
from exchange.store.outbox import list_outbox
from tests.builders import HANDOFF, a_decision_document
from tests.ledgers import assert_agree
from tests.sides import BothSides

ACCEPTED = {"answer": "accepted", "officer": "INM-31"}


def decision(number: int = 1, **changes: Any) -> bytes:
    """Return the octets of a decision with an id of its own."""
    changes = {"decision_id": f"00000000-0000-4000-8000-{number:012d}"} | changes
    return orjson.dumps(a_decision_document(**changes))


async def taken(both: BothSides, number: int = 1, **changes: object) -> str:
    """Return the handoff of a decision that the US side took."""
    result = await both.us.intake.submit(decision(number, **changes), actor="port")
    assert isinstance(result, Taken)
    return result.handoff


async def noticed(both: BothSides, number: int = 1) -> str:
    """Return a handoff whose notice the Mexican side has."""
    handoff = await taken(both, number)
    await both.us.send()
    return handoff


def reception(both: BothSides, **changes: object) -> dict[str, object]:
    """Return an official's record that the person was received now."""
    return {
        "outcome": "received",
        "at": utc_text(both.clock()),
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match",
    } | changes


VISA = {
    "document": "FMM",
    "number": "A0012345",
    "issued_at": "2031-03-17T18:00:00Z",
    "office": "TIJ-01",
    "valid_from": "2031-03-18",
    "valid_until": "2031-09-13",
    "entries": "multiple",
    "curp_assigned": False,
}


async def test_a_handoff_travels_from_decided_to_documented(both: BothSides) -> None:
    """Each message moves the handoff on both sides, and at the end both ledgers agree."""
    handoff = await noticed(both)
    assert (await both.mx.shared(handoff)).stage is Stage.NOTICED

    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.mx.send()
    assert (await both.us.shared(handoff)).stage is Stage.ACCEPTED

    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.mx.answers.record_visa(handoff, VISA, actor="desk")
    await both.settle()

    assert (await both.us.shared(handoff)).stage is Stage.DOCUMENTED
    assert await both.us.shared(handoff) == await both.mx.shared(handoff)
    await assert_agree(both)


@pytest.mark.parametrize("mishap", ["lost-request", "lost-answer", "twice"])
async def test_an_unkind_road_changes_nothing_but_the_time(both: BothSides, mishap: str) -> None:
    """Whatever the network does to a request, each message has one effect and one receipt."""
    handoff = await taken(both)
    await both.us.send(mishap)
    await both.settle()
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.mx.send(mishap)
    await both.settle()

    assert (await both.us.shared(handoff)).stage is Stage.ACCEPTED
    await assert_agree(both)


async def test_a_lost_answer_brings_the_same_octets_again(both: BothSides) -> None:
    """What was sealed once is sent again as it was sealed, and gets the stored receipt."""
    await taken(both)
    await both.us.send("lost-answer")
    await both.settle()

    first, second = both.us.road.requests[:2]
    assert first == second
    assert len([one for one in await both.mx.entries() if one.kind == "receipt"]) == 1


async def test_a_repeat_of_a_decision_gets_the_same_answer(both: BothSides) -> None:
    """The same decision, in another order of members, is the same handoff."""
    first = await both.us.intake.submit(decision(), actor="port")
    again = orjson.dumps(dict(reversed(orjson.loads(decision()).items())))

    assert first == await both.us.intake.submit(again, actor="port")
    await both.settle()
    assert len(await both.mx.entries()) == 2


async def test_a_repeat_that_comes_years_late_gets_the_same_answer(both: BothSides) -> None:
    """What was good when it first came is not judged again by a later clock."""
    first = await both.us.intake.submit(decision(), actor="port")
    both.clock.pass_seconds(3 * 365 * 86_400)

    assert first == await both.us.intake.submit(decision(), actor="port")
    with pytest.raises(DecisionConflict):
        await both.us.intake.submit(decision(person__sex="X"), actor="port")


async def test_another_content_under_the_same_id_is_a_conflict(both: BothSides) -> None:
    """A decision id stands for one content for ever, also where the person was withheld."""
    await both.us.intake.submit(decision(), actor="port")
    await both.us.intake.submit(decision(2, screening__fear="expressed"), actor="port")

    with pytest.raises(DecisionConflict):
        await both.us.intake.submit(decision(person__sex="X"), actor="port")
    with pytest.raises(DecisionConflict):
        await both.us.intake.submit(decision(2), actor="port")


async def test_a_withheld_person_gets_no_further(both: BothSides) -> None:
    """Screening ends the journey, names the rule set and reasons, and repeats its answer."""
    octets = decision(screening__fear="expressed")
    first = await both.us.intake.submit(octets, actor="port")

    assert isinstance(first, Withheld)
    assert first.reasons == ("fear",)
    assert first == await both.us.intake.submit(octets, actor="port")
    assert await both.us.send() == 0
    assert not await both.us.entries()


async def test_a_port_speaks_for_itself_alone(both: BothSides) -> None:
    """A decision for another port than the caller's is refused."""
    with pytest.raises(Forbidden):
        await both.us.intake.submit(decision(), actor="port", ports=frozenset({"2402"}))


async def test_what_is_no_json_is_named_as_such(both: BothSides) -> None:
    """A document outside the grammar has one fault, at its root."""
    with pytest.raises(Invalid) as caught:
        await both.us.intake.submit(b'{"a":1,"a":2}', actor="port")

    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("", "not-json")]


async def test_a_case_that_never_was_is_a_fault(both: BothSides) -> None:
    """A later cycle names a case that we know."""
    with pytest.raises(Invalid) as caught:
        await both.us.intake.submit(decision(case=HANDOFF), actor="port")

    assert caught.value.faults[0].pointer == "/case"


async def test_a_later_cycle_counts_the_receptions_before_it(both: BothSides) -> None:
    """The cycle is one more than the receptions recorded for the case."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.settle()
    case = (await both.us.shared(handoff)).case

    second = await taken(both, 2, case=case)
    await both.settle()

    assert (await both.mx.shared(second)).cycle == 2
    assert (await both.mx.shared(second)).case == case


async def test_of_two_answers_one_wins(both: BothSides) -> None:
    """The second official is told what stands."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")

    refused = {"answer": "refused", "code": "AGE", "officer": "INM-32"}
    with pytest.raises(AlreadyAnswered) as caught:
        await both.mx.answers.acknowledge(handoff, refused, actor="other")

    assert caught.value.standing == "accepted"


async def test_an_answer_that_makes_no_sense_is_refused_to_the_official(both: BothSides) -> None:
    """A visa before the reception, an unknown handoff, another port: each has its error."""
    handoff = await noticed(both)

    with pytest.raises(NotPossible):
        await both.mx.answers.record_visa(handoff, VISA, actor="desk")
    with pytest.raises(NotFound):
        await both.mx.answers.acknowledge(HANDOFF, ACCEPTED, actor="desk")
    places = frozenset({"MX-ELSEWHERE"})
    with pytest.raises(NotFound):
        await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk", places=places)


async def test_every_fault_of_an_official_is_named(both: BothSides) -> None:
    """Bad members, a time to come, an unknown receiving point, something that is no object."""
    handoff = await noticed(both)
    answers = both.mx.answers

    with pytest.raises(Invalid):
        await answers.acknowledge(handoff, {"answer": "refused"}, actor="desk")
    with pytest.raises(Invalid):
        await answers.record_visa(handoff, [], actor="desk")
    later = reception(both, at="2031-12-01T00:00:00Z", receiving_point="MX-NOWHERE")
    with pytest.raises(Invalid) as caught:
        await answers.record_reception(handoff, later, actor="desk")
    assert {fault.pointer for fault in caught.value.faults} == {"/at", "/receiving_point"}


async def test_a_person_can_be_received_whatever_was_said_before(both: BothSides) -> None:
    """A reception without acceptance is recorded, and answered with a code."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.settle()

    assert (await both.us.shared(handoff)).stage is Stage.RECEIVED
    assert both.us.tally.counts["received", "out-of-place"] == 1


async def test_a_draft_that_is_withdrawn_was_never_there(both: BothSides) -> None:
    """Before the notice is sealed the partner hears nothing, now or later."""
    handoff = await taken(both)
    withdrawn = await both.us.cancellations.withdraw(handoff, {"cause": "data"}, actor="port")

    assert not withdrawn.told
    await both.settle()
    assert not both.us.road.requests
    with pytest.raises(AlreadyAnswered):
        await both.us.cancellations.withdraw(handoff, {"cause": "data"}, actor="port")


async def test_a_cancellation_leaves_with_the_next_tick(both: BothSides) -> None:
    """After the notice a cancellation waits for the tick, then ends the handoff on both sides."""
    handoff = await noticed(both)
    withdrawn = await both.us.cancellations.withdraw(handoff, {"cause": "fear"}, actor="port")

    assert withdrawn.told
    assert await both.us.send() == 0
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.CANCELLED
    last = both.us.road.requests[-1]
    assert b"fear" not in last
    await assert_agree(both)


async def test_a_cancellation_is_possible_once_and_in_time(both: BothSides) -> None:
    """It is refused where the person is at the line, where it was done, and without a cause."""
    handoff = await noticed(both)
    withdraw = both.us.cancellations.withdraw
    documents: list[object] = [[], {}, {"cause": "whim"}, {"cause": "data", "more": 1}]
    for document in documents:
        with pytest.raises(Invalid):
            await withdraw(handoff, document, actor="port")
    with pytest.raises(NotFound):
        await withdraw(HANDOFF, {"cause": "data"}, actor="port")
    with pytest.raises(NotFound):
        await withdraw(handoff, {"cause": "data"}, actor="port", ports=frozenset({"2402"}))
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.settle()
    with pytest.raises(NotPossible):
        await withdraw(handoff, {"cause": "data"}, actor="port")


async def test_a_dead_workers_message_falls_due_again(both: BothSides) -> None:
    """A claim that is never settled ends with its lease, and nobody's outcome is lost."""
    await taken(both)
    now, until = both.clock(), both.clock() + timedelta(seconds=60)
    claim = partial(claim_due, now=now, lease_until=until, limit=64, lane=Lane.NORMAL)
    assert len(await both.us.store.write(claim)) == 1
    assert await both.us.send() == 0
    both.clock.pass_seconds(61)
    assert await both.us.send() == 1
    depth = await both.us.store.read(get_depth)
    assert depth.waiting == 0


async def test_messages_about_one_handoff_go_in_order(both: BothSides) -> None:
    """The reception waits for the acknowledgment's receipt."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    assert await both.mx.send() == 1
    assert await both.mx.send() == 1
    assert not await both.mx.store.read(list_outbox)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"decided_at": "2031-03-17T18:03:00Z"}, "/decided_at"),
        ({"decided_at": "2031-01-01T00:00:00Z", "hearing__source_as_of": "2031-01-01T00:00:00Z",
          "return__window": {"from": "2031-03-17T10:00:00Z", "to": "2031-03-17T17:00:00Z"}},
         "/return/window/to"),
        ({"decided_at": "2031-01-01T00:00:00Z", "hearing__source_as_of": "2031-01-01T00:00:00Z",
          "return__window": {"from": "2031-01-02T10:00:00Z", "to": "2031-01-02T17:00:00Z"},
          "hearing__hearing_at__local": "2031-02-01T08:00",
          "hearing__present_at__local": "2031-02-01T04:00"},
         "/hearing/hearing_at/local"),
    ],
)  # fmt: skip
async def test_what_lies_on_the_wrong_side_of_now_is_a_fault(
    both: BothSides, changes: dict[str, Any], pointer: str
) -> None:
    """A decision still to be taken, a window that has closed, a hearing that has passed."""
    with pytest.raises(Invalid) as caught:
        await both.us.intake.submit(decision(**changes), actor="port")

    assert pointer in {fault.pointer for fault in caught.value.faults}
