"""What both sides state of a day is a discrepancy where it differs, and none once it agrees."""

from datetime import timedelta

import pytest

from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.messages.statement import Statement
from exchange.domain.parties import Side
from exchange.store.days import OfDay
from tests import keys
from tests.builders import a_statement
from tests.flow.looks import assert_whole, found_on
from tests.flow.standing import noticed
from tests.flow.stated import (
    DAY,
    RECEIVED,
    SENT,
    close,
    compared,
    lose,
    messages_of,
    statements_of,
)
from tests.partner import OtherGovernment
from tests.sides import BothSides

OF_DAY = Subject(Scope.STATEMENT, f"{DAY} us")


async def test_honest_days_are_no_discrepancy(both: BothSides) -> None:
    """Both state the same, and neither finds anything."""
    await noticed(both)
    close(both)
    await compared(both)
    for side in (both.us, both.mx):
        await side.reconciling.look()
        assert {one.subject.scope for one in await found_on(side)} <= {Scope.HANDOFF}
        await assert_whole(side)


async def test_a_counter_that_lies_is_found_and_ends_once_the_truth_is_stated(
    both: BothSides,
) -> None:
    """It stands for the day and its speaker for as long as the false statement does."""
    await noticed(both)
    close(both)
    await both.us.stating.look()
    await both.us.send()
    (ours,) = [one for one in await statements_of(both.us) if one.speaker == "us"]
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    told = ours.model_dump() | {"salt": "A" * 22}
    told["counters"][0]["noticed"] = 5
    await both.us.inbox.receive(other.line(Statement.model_validate(told), None).octets())
    await both.us.reconciling.look()
    (found,) = [one for one in await found_on(both.us) if one.rule == "R24"]
    assert (found.subject, found.because) == (OF_DAY, ("statements-differ",))
    await assert_whole(both.us)
    told["counters"][0]["noticed"] = 1
    await both.us.inbox.receive(other.line(Statement.model_validate(told), None).octets())
    await both.us.reconciling.look()
    assert not [one for one in await found_on(both.us) if one.rule == "R24"]


async def test_a_day_stated_before_it_ended_is_found(both: BothSides) -> None:
    """What cannot have been known is never believed, and says who stated it."""
    await noticed(both)
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    early = a_statement(day=(DAY + timedelta(days=1)).isoformat())
    await both.us.inbox.receive(other.line(early, None).octets())
    await both.us.reconciling.look()
    (found,) = [one for one in await found_on(both.us) if one.rule == "R24"]
    assert found.because == ("stated-early",)


@pytest.mark.parametrize("loser", ["us", "mx"])
async def test_sets_that_differ_are_found_until_they_are_repaired(
    both: BothSides, loser: str
) -> None:
    """Once compared it is the channel's; when what was lost came again, it ends by itself."""
    await noticed(both, 1)
    await noticed(both, 2)
    direction = SENT if loser == "us" else RECEIVED
    side = getattr(both, loser)
    names = [item.pld for item in await messages_of(side, OfDay(DAY, direction))]
    await lose(side, OfDay(DAY, direction), names[:1])
    close(both)
    await compared(both)
    await both.mx.reconciling.look()
    found = [one for one in await found_on(both.mx) if "sets-differ" in one.because]
    assert {one.subject for one in found} <= {Subject(Scope.CHANNEL, Side.US)}
    await assert_whole(both.mx)
