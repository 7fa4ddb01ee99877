"""Each side states its days by itself, and the two agree; what comes late is stated anew."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from exchange.domain.messages.catalogue import COMPARISON, STATEMENT
from exchange.domain.messages.statement import Statement
from exchange.domain.parties import Side
from exchange.domain.statements import Difference
from exchange.flow.stating import Stating, Terms
from exchange.proof.encoding import b64u, digest
from exchange.store.days import OfDay
from exchange.store.engine import Duplicate
from exchange.store.handoffs import Stale
from exchange.store.outbox import list_outbox
from exchange.store.statements import Differences, Unfounded
from tests import keys
from tests.builders import a_decision_document, a_statement
from tests.flow.standing import drafted, noticed
from tests.flow.stated import (
    DAY,
    RECEIVED,
    SENT,
    acknowledged,
    close,
    differences,
    looked,
    pairs,
    statements_of,
)
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

NEXT = DAY + timedelta(days=1)
NOTHING = Differences((), (), (), ())


def counted(statement: Statement) -> dict[str | None, dict[str, int]]:
    """Return what a statement counts, without what is 0."""
    found = {}
    for one in statement.counters:
        numbers = {name: many for name, many in one.model_dump(exclude={"port"}).items() if many}
        found[one.port] = numbers
    return found


async def test_both_sides_state_the_same_of_a_day_that_closed(both: BothSides) -> None:
    """Of either speaker one account by each side, and all of it is equal."""
    first, second = await noticed(both, 1), await noticed(both, 2)
    await acknowledged(both, first, "accepted")
    await acknowledged(both, second, "refused")
    close(both)
    await looked(both, 2)
    for side in (both.us, both.mx):
        found = await pairs(side)
        assert set(found) == {OfDay(DAY, SENT), OfDay(DAY, RECEIVED)}
        for pair in found.values():
            assert pair.ours is not None
            assert pair.their_statement is not None
            assert pair.ours.counts == pair.their_statement.counters
            assert not pair.sets_differ
        assert await differences(side) == NOTHING
    by_us, by_mx = await statements_of(both.us), await statements_of(both.mx)
    said = {one.speaker: one for one in by_us}
    assert counted(said["us"]) == {"2504": {"noticed": 2}}
    assert counted(said["mx"]) == {"2504": {"accepted": 1, "refused": 1}}
    assert {one.messages for one in (*by_us, *by_mx)} == {2}


async def test_nothing_is_stated_before_the_day_has_been_over_for_an_hour(
    both: BothSides,
) -> None:
    """A second before one o'clock nobody states anything, and then each does once."""
    await noticed(both)
    close(both, minute=0)
    both.clock.pass_seconds(-1)
    await both.us.stating.look()
    assert await statements_of(both.us) == []
    both.clock.pass_seconds(1)
    for _ in range(3):
        await both.us.stating.look()
        await both.us.send()
    assert sorted(one.speaker for one in await statements_of(both.us)) == ["mx", "us"]


async def test_where_nothing_was_ever_said_nothing_is_stated(both: BothSides) -> None:
    """An installation that waits for its first handoff says nothing about days before it."""
    close(both)
    await looked(both)
    assert await statements_of(both.us) == await statements_of(both.mx) == []


async def test_days_missed_are_made_up_and_too_many_are_not(both: BothSides) -> None:
    """Who was down for a week states each of its days; of a year it states the last 31."""
    await noticed(both)
    close(both, days=7)
    await looked(both)
    mine = [one.day for one in await statements_of(both.us) if one.speaker == "us"]
    assert mine == [(DAY + timedelta(days=number)).isoformat() for number in range(7)]
    close(both, days=365)
    await looked(both)
    mine = [one.day for one in await statements_of(both.us) if one.speaker == "us"]
    assert len(mine) == 7 + 31
    assert mine[-31] == (both.clock.at.date() - timedelta(days=31)).isoformat()


async def test_what_comes_late_is_stated_anew(both: BothSides) -> None:
    """A notice that was on its way over midnight is in the hearer's second statement."""
    await noticed(both, 1)
    await drafted(both.us, 2)
    await both.us.send("lost-request")
    close(both)
    await both.mx.stating.look()
    await both.us.stating.look()
    found = await pairs(both.mx)
    assert found[OfDay(DAY, RECEIVED)].ours is not None
    await both.settle()
    found = await pairs(both.mx)
    assert found[OfDay(DAY, RECEIVED)].sets_differ
    await looked(both)
    heard = [
        one
        for one in await statements_of(both.mx)
        if (one.day, one.speaker) == (DAY.isoformat(), "us")
    ]
    assert [one.messages for one in heard] == [1, 2]
    assert counted(heard[0]) == {"2504": {"noticed": 1}}
    assert counted(heard[1]) == {"2504": {"noticed": 2}}
    assert await differences(both.us) == await differences(both.mx) == NOTHING


async def test_what_the_receiver_rejected_is_no_part_of_a_day(both: BothSides) -> None:
    """Neither side counts it: the hearer never took it, and the speaker holds the rejection."""
    await noticed(both)
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    bad = a_statement().model_copy(update={"messages": -1})
    await both.us.inbox.receive(other.line(bad, None).octets())
    close(both)
    await both.us.stating.look()
    await both.us.send()
    heard = [one for one in await statements_of(both.us) if one.speaker == "mx"]
    assert [one.messages for one in heard] == [0]


async def test_several_processes_of_one_side_state_a_day_once(both: BothSides) -> None:
    """Of two that look at the same moment one stores it, and the other finds it stated."""
    await noticed(both)
    close(both)
    second = another(both.us)
    seen = [
        await both.us.store.scan(partial(one._see, (STATEMENT, COMPARISON), now=both.clock()))  # noqa: SLF001 # held apart
        for one in (both.us.stating, second)
    ]
    await both.us.stating._keep(seen[0])  # noqa: SLF001 # held apart
    with pytest.raises((Stale, Duplicate)):
        await second._keep(seen[1])  # noqa: SLF001 # held apart
    await second.look()
    await both.settle()
    assert len(await statements_of(both.us)) == 2


async def test_until_the_partner_takes_statements_nothing_is_said(both: BothSides) -> None:
    """Its key set lists none, so nothing is drafted; once it does the days are made up."""
    await noticed(both)
    close(both)
    whole = both.us.partner.key_set
    schemas = tuple(one for one in whole.schemas if one != STATEMENT.schema)
    both.us.partner.key_set = replace(whole, schemas=schemas)
    await both.us.stating.look()
    await both.us.send()
    assert await statements_of(both.us) == []
    both.us.partner.key_set = whole
    await both.us.stating.look()
    await both.us.send()
    assert len(await statements_of(both.us)) == 2


async def test_a_handoff_is_of_the_port_that_it_had_by_the_end_of_the_day(
    both: BothSides,
) -> None:
    """A revision of the next day to another port changes nothing of what was stated."""
    handoff = await noticed(both, 1)
    close(both, minute=0, hour=0)
    await both.us.revisions.revise(handoff, _moved_to_calexico(), actor="port")
    await both.settle()
    shared = await both.us.shared(handoff)
    close(both, days=0)
    await looked(both)
    ours = {one.speaker: one for one in await statements_of(both.us)}
    theirs = {one.speaker: one for one in await statements_of(both.mx)}
    assert shared.revision == 2
    assert counted(ours["us"]) == counted(theirs["us"]) == {"2504": {"noticed": 1}}


@pytest.mark.parametrize("lie", ["counter", "fingerprint"])
async def test_a_statement_that_lies_is_shown_beside_ours(both: BothSides, lie: str) -> None:
    """Both values are there, ours stands as it was, and a person is told which is which."""
    await noticed(both)
    close(both)
    await both.us.stating.look()
    await both.us.send()
    (ours,) = [one for one in await statements_of(both.us) if one.speaker == "us"]
    told = ours.model_dump()
    if lie == "counter":
        told["counters"][0]["noticed"] = 5
    else:
        told["fingerprint"] = b64u(digest(b"something else"))
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    line = other.line(Statement.model_validate(told | {"salt": "A" * 22}), None)
    before = await both.us.store.read(list_outbox)
    receipts = [await both.us.inbox.receive(line.octets()) for _ in range(2)]
    assert receipts[0] == receipts[1]  # a replay is the message that it was
    assert await both.us.store.read(list_outbox) == before
    found = await differences(both.us)
    pair = (await pairs(both.us))[OfDay(DAY, SENT)]
    assert pair.ours is not None
    assert pair.ours.counts[0].noticed == 1
    if lie == "counter":
        (wrong,) = found.counts
        assert (wrong.day, wrong.speaker, wrong.sets_differ) == (DAY, Side.US, False)
        assert wrong.differences == (Difference("2504", "noticed", 1, 5),)
    else:
        assert found == NOTHING  # nothing was compared yet
        assert pair.sets_differ


async def test_a_statement_about_a_day_to_come_is_out_of_place(both: BothSides) -> None:
    """It is recorded and shown, and nothing is compared with it."""
    await noticed(both)
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    early = a_statement(day=NEXT.isoformat())
    await both.us.inbox.receive(other.line(early, None).octets())
    (found,) = (await differences(both.us)).unfounded
    assert found == Unfounded(NEXT, Side.US, found.said_at, 7)
    await both.us.stating.look()
    assert await statements_of(both.us) == []


def _moved_to_calexico() -> dict[str, object]:
    """Return the decision entered again, for a return at another port."""
    place = {"return__port": "2503", "return__receiving_point": "MX-MEXICALI"}
    return a_decision_document(decision_id="00000000-0000-4000-8000-000000000901", **place)


def another(side: SideOfTests) -> Stating:
    """Return another process of a side."""
    return Stating(
        store=side.store,
        agreement=side.agreement,
        keyring=side.keyring,
        partner=side.partner,
        changes=side.changes,
        clock=side.clock,
        terms=Terms(),
        every_seconds=60,
    )
