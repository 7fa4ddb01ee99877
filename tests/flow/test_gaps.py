"""A number that is missing is an alarm until its message comes."""

import pytest

from exchange.store.alarms import list_open
from tests import keys
from tests.builders import HANDOFF, a_reception
from tests.flow.watching import alarms, watch_of
from tests.partner import OtherGovernment
from tests.sides import BothSides


@pytest.mark.parametrize("missing", [1, 2])
async def test_a_gap_that_lasts_a_minute_is_an_alarm(both: BothSides, missing: int) -> None:
    """A number that never came, the first too, is alarmed after a minute, until it comes."""
    other = OtherGovernment(keys.MX, keys.US)
    lines = [other.line(a_reception(), HANDOFF) for _ in range(3)]
    late = lines.pop(missing - 1)
    watch = watch_of(both.us)
    await both.us.inbox.receive(b"\n".join(line.octets() for line in lines))
    await watch.look()
    assert await alarms(both.us) == {}
    both.clock.pass_seconds(60)
    await watch.look()
    assert await alarms(both.us) == {"sequence-gap": 1}
    await both.us.inbox.receive(late.octets())
    await watch.look()
    assert await alarms(both.us) == {}


async def test_a_gap_that_is_partly_filled_is_as_old_as_it_was(both: BothSides) -> None:
    """A number that comes late splits a gap, and what is still missing stays alarmed."""
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    lines = [other.line(a_reception(), HANDOFF) for _ in range(5)]
    watch = watch_of(both.us)
    await both.us.inbox.receive(lines[0].octets() + b"\n" + lines[4].octets())
    await watch.look()
    both.clock.pass_seconds(60)
    await both.us.inbox.receive(lines[2].octets())
    await watch.look()
    opened = await both.us.store.read(list_open)
    assert [alarm.subject for alarm in opened] == ["2-2", "4-4"]


async def test_later_gaps_stand_while_there_are_many(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more gaps than are read at once an alarm about a later one is not closed for it."""
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    lines = [other.line(a_reception(), HANDOFF) for _ in range(5)]
    watch = watch_of(both.us)
    await both.us.inbox.receive(b"\n".join(line.octets() for line in lines[::2]))
    await watch.look()
    both.clock.pass_seconds(60)
    await watch.look()
    assert await alarms(both.us) == {"sequence-gap": 2}
    monkeypatch.setattr("exchange.flow.watch.GAPS_MAX", 1)
    await watch.look()
    assert await alarms(both.us) == {"sequence-gap": 2}
    await both.us.inbox.receive(lines[1].octets())
    await watch.look()
    assert [one.subject for one in await both.us.store.read(list_open)] == ["4-4"]
