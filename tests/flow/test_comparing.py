"""What two sides hold of a day is compared by itself, found exactly, and sent again."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.messages.comparison import Comparison, Result
from exchange.domain.parties import Side
from exchange.flow.bulletins import Bulletins
from exchange.flow.comparing import mirrors, read_state, write_state
from exchange.proof.bounds import End
from exchange.proof.comparing import begin
from exchange.proof.encoding import b64u, digest, unb64u
from exchange.proof.envelope import new_jti
from exchange.proof.sets import Item, MessageSet
from exchange.store.alarms import list_open_of
from exchange.store.days import OfDay
from exchange.store.statements import Differences
from tests import keys
from tests.builders import NOW, a_comparison
from tests.flow.standing import noticed
from tests.flow.stated import (
    DAY,
    RECEIVED,
    SENT,
    alter,
    close,
    compared,
    differences,
    looked,
    lose,
    messages_of,
    pairs,
    statements_of,
    steps_of,
)
from tests.keys import entropy_from
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

NOTHING = Differences((), (), (), ())
JTIS = [new_jti(NOW, entropy_from(str(number))) for number in range(40)]
ADVISORY = {
    "receiving_point": "MX-CHAPARRAL",
    "people_max": 40,
    "families_max": 6,
    "opens": "09:00",
    "closes": "17:30",
}


async def advised(both: BothSides, count: int) -> OfDay:
    """Have Mexico say so many things on one day, which the United States hear."""
    desk = Bulletins(
        store=both.mx.store,
        agreement=both.mx.agreement,
        keyring=both.mx.keyring,
        partner=both.mx.partner,
        changes=both.mx.changes,
        clock=both.clock,
    )
    day = both.clock.at.date()
    for number in range(count):
        on = (day + timedelta(days=1 + number)).isoformat()
        await desk.advise(ADVISORY | {"on": on}, actor="desk")
    while await both.mx.send():
        pass
    assert both.clock.at.date() == day
    return OfDay(day, SENT)


def result_of(said: list[Comparison]) -> Result:
    """Return the result that a side has said last."""
    found = [one.result for one in said if one.result is not None]
    assert found
    return found[-1]


async def alarms(side: SideOfTests) -> list[str]:
    """Return what the open alarms are about that a comparison ended with nothing."""
    found = await side.store.read(
        lambda connection: list_open_of(connection, AlarmKind.COMPARISON_ENDED)
    )
    return [one.subject for one in found]


@pytest.mark.parametrize("seed", range(10))
async def test_what_differs_is_found_exactly_and_repaired(both: BothSides, seed: int) -> None:
    """Twenty days, ten on either database: messages lost on either side, and altered."""
    chance = Random(seed)  # a seed, no secret
    of = await advised(both, chance.choice((3, 33, 70)))
    whole = sorted(item.pld for item in await messages_of(both.mx, of))
    chosen = chance.sample(whole, chance.randint(1, min(6, len(whole))))
    lost, altered = chosen[: len(chosen) // 2 + 1], chosen[len(chosen) // 2 + 1 :]
    heard = OfDay(of.day, RECEIVED)
    await lose(both.us, heard, lost)
    for name in altered:
        await alter(both.us, heard, name, digest(name))
    close(both)

    await compared(both)

    by_us, by_mx = result_of(await steps_of(both.us)), result_of(await steps_of(both.mx))
    assert mirrors(by_us, by_mx)
    assert mirrors(by_mx, by_us)
    assert by_us.end is None
    assert by_us.matched == len(whole) - len(chosen)
    assert sorted(unb64u(one.pld) for one in by_us.missing_here) == sorted(lost)
    assert by_us.missing_there == ()
    assert sorted(unb64u(one.theirs[0]) for one in by_us.conflicts) == sorted(altered)
    again = await messages_of(both.us, heard)
    assert all(again.has(name) for name in lost)
    # What was altered no sending repairs: it stands as a difference, on both sides.
    for side in (both.us, both.mx):
        found = await differences(side)
        assert [one.speaker for one in found.sets] == [Side.MX] * bool(altered)
        assert (found.differs_since(Side.MX) is not None) is bool(altered)
        assert found.differs_since(Side.US) is None
        assert await alarms(side) == []
    steps = len(await steps_of(both.us))
    await compared(both)
    second = (await steps_of(both.us))[steps:]
    if not altered:
        assert second == []
        return
    anew = result_of(second)
    assert anew.matched == len(whole) - len(altered)
    assert (anew.missing_here, anew.missing_there) == ((), ())
    assert anew.conflicts == by_us.conflicts
    await compared(both)
    assert (await steps_of(both.us))[steps + len(second) :] == []


async def test_what_a_speaker_lacks_of_its_own_is_found_and_stands(both: BothSides) -> None:
    """A side that was restored from a backup lacks what it said: people must see to that."""
    of = await advised(both, 40)
    (lost, *_) = sorted(item.pld for item in await messages_of(both.mx, of))
    await lose(both.mx, of, [lost])
    close(both)
    await compared(both)
    by_us, by_mx = result_of(await steps_of(both.us)), result_of(await steps_of(both.mx))
    assert mirrors(by_us, by_mx)
    assert [unb64u(one.pld) for one in by_us.missing_there] == [lost]
    assert by_us.matched == 39
    assert (await differences(both.us)).differs_since(Side.MX) is not None


async def test_notices_that_were_lost_come_again_as_they_were_sealed(both: BothSides) -> None:
    """The same octets arrive, with the person's data, and the hearer has the handoff as before."""
    handoff = await noticed(both)
    of, heard = OfDay(DAY, SENT), OfDay(DAY, RECEIVED)
    (item,) = await messages_of(both.us, of)
    before = await both.mx.shared(handoff)
    await lose(both.mx, heard, [item.pld])
    close(both)
    await looked(both)  # Mexico has nothing at all, and states the day once it hears of it
    await compared(both)
    assert list(await messages_of(both.mx, heard)) == [item]
    assert await both.mx.shared(handoff) == before
    assert [one.number for one in await steps_of(both.mx) if one.step] == [1]
    assert await differences(both.us) == await differences(both.mx) == NOTHING
    assert [one.messages for one in await statements_of(both.mx) if one.speaker == "us"] == [0, 1]


async def test_nobody_compares_what_may_be_late(both: BothSides) -> None:
    """For ten minutes after both statements nothing begins; then the hearer begins, once."""
    of = await advised(both, 3)
    (lost, *_) = [item.pld for item in await messages_of(both.mx, of)]
    await lose(both.us, OfDay(of.day, RECEIVED), [lost])
    close(both)
    await looked(both)
    assert await steps_of(both.us) == await steps_of(both.mx) == []
    both.clock.pass_seconds(601)
    for _ in range(3):
        await both.us.stating.look()
    await both.us.send()
    assert len(await steps_of(both.us)) == 1
    assert await steps_of(both.mx) == []


async def test_a_comparison_that_nobody_goes_on_with_is_given_up(both: BothSides) -> None:
    """After a day of silence it ends, is alarmed, and the other side is told; once is enough."""
    of = await advised(both, 3)
    (lost, *_) = [item.pld for item in await messages_of(both.mx, of)]
    await lose(both.us, OfDay(of.day, RECEIVED), [lost])
    close(both)
    await looked(both)
    both.clock.pass_seconds(601)
    await both.us.stating.look()
    await both.us.send()
    both.clock.pass_seconds(86_401)
    for _ in range(2):
        await both.us.stating.look()
        await both.us.send()
    subject = f"{of.day.isoformat()} mx"
    said = await steps_of(both.us)
    assert [one.says for one in said if one.day == of.day.isoformat()] == ["step", "result"]
    assert result_of(said).end == End.UNANSWERED.value
    assert await alarms(both.us) == [subject]
    (differs,) = (await differences(both.us)).sets
    assert (differs.day, differs.speaker, differs.end) == (of.day, Side.MX, End.UNANSWERED)
    await looked(both, 2)
    assert await alarms(both.mx) == [subject]


def beginning(ours: bytes, theirs: bytes, /, **members: object) -> Comparison:
    """Return what Mexico says to begin a comparison of what the United States said."""
    named = {"day": DAY.isoformat(), "ours": b64u(ours), "theirs": b64u(theirs)}
    return a_comparison(**(named | members))


@pytest.fixture
def other(both: BothSides) -> OtherGovernment:
    """The Mexican side in memory, which speaks to our US side."""
    return OtherGovernment(keys.MX, keys.US, clock=both.clock)


async def stated(both: BothSides) -> bytes:
    """Return the fingerprint that the United States state of a day with one notice."""
    await noticed(both)
    close(both)
    await both.us.stating.look()
    await both.us.send()
    (mine,) = [one for one in await statements_of(both.us) if one.speaker == "us"]
    return unb64u(mine.fingerprint)


LEAF: dict[str, object] = {"start": "", "end": None, "items": []}


@pytest.mark.parametrize(
    ("members", "end"),
    [
        ({"theirs": b64u(bytes(32))}, End.UNKNOWN_STATEMENT),
        ({"speaker": "mx"}, End.NOT_ASKED),
        ({"number": 2}, End.OUT_OF_ORDER),
        ({"step": {"splits": [], "leaves": [LEAF] * 2, "settled": [], "rest": False}},
         End.OUT_OF_ORDER),
        ({"step": {"splits": [], "leaves": [LEAF | {"end": "AA"}], "settled": [], "rest": False}},
         End.NOT_ASKED),
        ({"step": {"splits": [], "leaves": [LEAF], "settled": [], "rest": False}},
         None),
    ],
)  # fmt: skip
async def test_a_comparison_that_makes_no_sense_ends(
    both: BothSides, other: OtherGovernment, members: dict[str, object], end: End | None
) -> None:
    """It is recorded, answered with why nothing came of it, alarmed, and changes nothing else."""
    ours = await stated(both)
    theirs = MessageSet([]).fingerprint
    said = beginning(theirs, ours, **members)
    await both.us.inbox.receive(other.line(said, None).octets())
    await both.us.stating.look()
    await both.us.send()
    spoken = await steps_of(both.us)
    if end is None:  # an empty set, said so: one step, and what is missing there
        assert [one.says for one in spoken] == ["step", "result"]
        assert result_of(spoken).missing_there_count == 1
        assert await alarms(both.us) == []
    else:
        assert [one.says for one in spoken] == ["result"]
        assert result_of(spoken).end == end.value
        assert await alarms(both.us) == [f"{DAY.isoformat()} {said.speaker}"]


async def test_a_comparison_that_goes_on_for_ever_is_ended(
    both: BothSides, other: OtherGovernment
) -> None:
    """Whoever answers every step with another is told after one of them that it is not asked."""
    ours = await stated(both)
    theirs = digest(b"never told")
    step = {"splits": [], "leaves": [LEAF | {"items": [b64u(bytes(12))]}], "settled": [],
            "rest": False}  # fmt: skip
    for number in range(1, 9, 2):
        said = beginning(theirs, ours, number=number, step=step)
        await both.us.inbox.receive(other.line(said, None).octets())
        await both.us.stating.look()
        await both.us.send()
    assert [one.says for one in await steps_of(both.us)] == ["step", "result"]
    assert result_of(await steps_of(both.us)).end == End.NOT_ASKED.value


async def test_two_results_that_do_not_mirror_each_other_are_alarmed(
    both: BothSides, other: OtherGovernment
) -> None:
    """What the partner says was found is kept beside what we found, never believed."""
    ours = await stated(both)
    theirs = MessageSet([]).fingerprint
    step = {"splits": [], "leaves": [LEAF], "settled": [], "rest": False}
    await both.us.inbox.receive(other.line(beginning(theirs, ours, step=step), None).octets())
    await both.us.stating.look()
    await both.us.send()
    mine = result_of(await steps_of(both.us))
    told = mine.model_copy(update={"missing_there_count": 0, "missing_there": ()})
    said = beginning(theirs, ours, says="result", step=None, number=2, result=told.model_dump())
    await both.us.inbox.receive(other.line(said, None).octets())
    await both.us.stating.look()
    assert await alarms(both.us) == [f"{DAY.isoformat()} us"]
    run = (await pairs(both.us))[OfDay(DAY, SENT)]
    assert run.ours is not None


def test_a_comparison_goes_on_from_what_is_kept_of_it() -> None:
    """Written and read again it is the same, wherever it stands."""
    own = MessageSet(Item(digest(bytes([number])), jti) for number, jti in enumerate(JTIS))
    begun = begin(own, digest(b"other")).comparison
    ended = replace(begun, done=True, end=End.UNEXPLAINED, missing_here=tuple(own))
    for one in (begun, ended):
        assert read_state(write_state(one)) == one


async def test_nothing_that_the_partner_says_holds_a_look_up(
    both: BothSides, other: OtherGovernment
) -> None:
    """A step about just the two statements that we are about to compare, and forty at once."""
    of = await advised(both, 3)
    (lost, *_) = [item.pld for item in await messages_of(both.mx, of)]
    await lose(both.us, OfDay(of.day, RECEIVED), [lost])
    close(both)
    await looked(both)
    both.clock.pass_seconds(601)
    pair = (await pairs(both.us))[OfDay(of.day, RECEIVED)]
    assert pair.ours is not None
    assert pair.their_statement is not None
    theirs = unb64u(pair.their_statement.fingerprint)
    uncalled = beginning(theirs, pair.ours.fingerprint, speaker="mx")
    said = [uncalled, *(beginning(digest(bytes([n])), bytes(32)) for n in range(40))]
    lines = [other.line(one, None).octets() for one in said]
    await both.us.inbox.receive(b"\n".join(lines))
    await both.us.stating.look()
    await both.us.send()
    ends = [one.result.end for one in await steps_of(both.us) if one.result is not None]
    assert ends == [End.NOT_ASKED.value, *[End.UNKNOWN_STATEMENT.value] * 40]


async def test_an_answer_that_comes_when_we_give_up_is_an_answer(both: BothSides) -> None:
    """What was silent for a day and speaks again goes on; nothing of it is done twice."""
    of = await advised(both, 3)
    (lost, *_) = [item.pld for item in await messages_of(both.mx, of)]
    await lose(both.us, OfDay(of.day, RECEIVED), [lost])
    close(both)
    await looked(both)
    both.clock.pass_seconds(601)
    await both.us.stating.look()
    await both.us.send()
    await both.mx.stating.look()
    both.clock.pass_seconds(86_401)
    await both.mx.send()
    await both.us.stating.look()
    await both.us.send()
    assert [one.result.end for one in await steps_of(both.us) if one.result] == [None]
    assert await alarms(both.us) == []
