"""A doubt about a hearing is answered by itself, and never falsely."""

from dataclasses import replace

import pytest

from exchange.domain.messages.catalogue import HEARING_CONFIRMATION, HEARING_VERIFICATION
from exchange.proof.envelope import parse_envelope
from exchange.store.columns import Direction
from exchange.store.ledger import Entry
from tests.builders import DECISION, HANDOFF, HEARING, a_hearing_verification
from tests.flow.courts import RECEIVED, moved
from tests.flow.standing import drafts, noticed
from tests.keys import MX, US
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests


async def received(both: BothSides) -> str:
    """Return the handoff of a person who was received."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="desk")
    await both.settle()
    return handoff


async def doubt(both: BothSides, handoff: str, *, hearing: str = HEARING, version: int = 1) -> None:
    """Let Mexico ask about a date, and the United States hear of it."""
    asked = {"hearing": hearing, "version": version}
    await both.mx.stays.doubt_hearing(handoff, asked, actor="desk")
    await both.mx.send()


async def said(side: SideOfTests, schema: str) -> list[Entry]:
    """Return the messages of a type in the ledger."""
    return [one for one in await side.entries() if one.schema == schema]


@pytest.mark.parametrize(
    ("hearing", "version", "current"),
    [(HEARING, 1, True), (HEARING, 2, False), (HEARING, 9, False), (DECISION, 1, False)],
)
async def test_a_date_is_confirmed_or_not(
    both: BothSides, hearing: str, version: int, *, current: bool
) -> None:
    """Only the version that stands is current; the answer names the doubt that it answers."""
    handoff = await received(both)
    await doubt(both, handoff, hearing=hearing, version=version)
    await both.settle()

    for side in (both.us, both.mx):
        confirmed = (await side.shared(handoff)).confirmation
        assert confirmed is not None
        assert (confirmed.hearing, confirmed.revision) == (hearing, version)
        assert confirmed.current is current
    (asked,) = await said(both.mx, HEARING_VERIFICATION.schema)
    (answer,) = await said(both.us, HEARING_CONFIRMATION.schema)
    assert answer.direction is Direction.SENT
    irt = parse_envelope(answer.envelope).irt
    assert irt is not None
    assert (irt.jti, irt.pld) == (asked.jti, asked.pld)


async def test_a_date_that_moved_meanwhile_is_not_confirmed(both: BothSides) -> None:
    """A move that waits is said first; what follows it does not confirm the date before it."""
    handoff = await received(both)
    await both.us.hearings.change(handoff, moved(), actor="court")
    await doubt(both, handoff)
    assert [one.schema for one in await drafts(both.us)][-1] == HEARING_CONFIRMATION.schema
    await both.settle()
    confirmed = (await both.mx.shared(handoff)).confirmation
    assert confirmed is not None
    assert not confirmed.current


async def test_a_doubt_is_answered_each_time(both: BothSides) -> None:
    """A request that arrives twice is one doubt; the same doubt raised again is another."""
    handoff = await received(both)
    await both.mx.stays.doubt_hearing(handoff, {"hearing": HEARING, "version": 1}, actor="desk")
    await both.mx.send("twice")
    await both.settle()
    assert len(await said(both.us, HEARING_CONFIRMATION.schema)) == 1
    await doubt(both, handoff)
    await both.settle()
    assert len(await said(both.us, HEARING_CONFIRMATION.schema)) == 2


async def test_a_date_that_nobody_announced_is_false(both: BothSides) -> None:
    """Asked about a person of whom we never spoke, we know of no such date (F4)."""
    them = OtherGovernment(MX, US)
    await both.us.inbox.receive(them.line(a_hearing_verification(), HANDOFF).octets())
    await both.us.send()
    confirmed = (await both.mx.shared(HANDOFF)).confirmation
    assert confirmed is not None
    assert not confirmed.current


async def test_a_doubt_is_taken_though_nobody_may_answer(both: BothSides) -> None:
    """Where the partner takes no confirmation its doubt is recorded all the same."""
    handoff = await received(both)
    us = both.us.partner
    us.key_set = replace(us.key_set, schemas=())
    await doubt(both, handoff)
    assert (await both.us.shared(handoff)).verification is not None
    assert await drafts(both.us) == []
