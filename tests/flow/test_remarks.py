"""What is odd about a request is recorded and alarmed, and never a reason to refuse it."""

from functools import partial

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.places import Appointment
from exchange.store.alarms import count_open, list_open
from exchange.store.handoffs import find_handoff
from exchange.store.journal import list_events
from tests import keys
from tests.builders import HANDOFF, a_notice, a_reception, a_visa_issuance
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

SPRING = Appointment(
    local="2031-03-09T02:30", zone="America/Los_Angeles", utc="2031-03-09T10:30:00Z"
)


@pytest.fixture
def other(both: BothSides) -> OtherGovernment:
    """The Mexican side in memory, which speaks to our US side."""
    return OtherGovernment(keys.MX, keys.US, clock=both.clock)


@pytest.fixture
def sender(both: BothSides) -> OtherGovernment:
    """The US side in memory, which sends notices to our Mexican side."""
    return OtherGovernment(keys.US, keys.MX, clock=both.clock)


def doubtful(revision: int = 1) -> ReturnNotice:
    """Return a notice whose appointment stands at an hour that the clocks skip."""
    notice = a_notice(revision=revision)
    hearing = notice.hearing.model_copy(update={"present_at": SPRING})
    return notice.model_copy(update={"hearing": hearing})


async def opened(side: SideOfTests) -> list[tuple[AlarmKind, str]]:
    """Return the open alarms: what kind, and about what."""
    return [(alarm.kind, alarm.subject) for alarm in await side.store.read(list_open)]


async def test_a_number_given_twice_is_alarmed_when_it_comes(
    both: BothSides, other: OtherGovernment
) -> None:
    """A partner restored from a backup gives old numbers anew: each is found on arrival."""
    for body in (a_reception(), a_visa_issuance()):
        await both.us.inbox.receive(other.line(body, HANDOFF).octets())
    assert await opened(both.us) == []
    other.seq = 0
    await both.us.inbox.receive(other.line(a_visa_issuance(entries="single"), HANDOFF).octets())
    assert await opened(both.us) == [(AlarmKind.SEQUENCE_REPEATED, "1")]


async def test_a_number_given_twice_in_one_request_is_alarmed(
    both: BothSides, other: OtherGovernment
) -> None:
    """Two messages under one number are both accepted, and alarmed; the same again is neither."""
    first = other.line(a_reception(), HANDOFF).octets()
    other.seq = 0
    second = other.line(a_visa_issuance(), HANDOFF).octets()
    await both.us.inbox.receive(first + b"\n" + second)
    await both.us.inbox.receive(first + b"\n" + second)
    (alarm,) = await both.us.store.read(list_open)
    assert (alarm.kind, alarm.subject, alarm.times) == (AlarmKind.SEQUENCE_REPEATED, "1", 1)
    assert len(await both.us.entries()) == 3


async def test_a_conflict_is_alarmed_by_its_number(both: BothSides, other: OtherGovernment) -> None:
    """Two envelopes under one jti are a conflict about it, and no number given twice."""
    first = other.line(a_reception(), HANDOFF)
    await both.us.inbox.receive(first.octets())
    (message, _) = await both.us.entries()
    other.seq = 0
    again = other.line(a_visa_issuance(), HANDOFF, jti=message.jti)
    await both.us.inbox.receive(again.octets())
    assert await opened(both.us) == [(AlarmKind.JTI_CONFLICT, message.jti)]


@pytest.mark.parametrize(("seconds", "alarmed"), [(120, 0), (121, 1), (-120, 0), (-121, 1)])
async def test_a_clock_more_than_two_minutes_off_is_alarmed(
    both: BothSides, other: OtherGovernment, seconds: int, alarmed: int
) -> None:
    """A message of such a time is accepted, whether its clock is before ours or behind."""
    line = other.line(a_reception(), HANDOFF, iat=int(both.clock().timestamp()) + seconds)
    await both.us.inbox.receive(line.octets())
    assert (await both.us.store.read(count_open)).get("clock-skew", 0) == alarmed


async def test_a_doubtful_appointment_is_accepted_alarmed_and_journalled(
    both: BothSides, sender: OtherGovernment
) -> None:
    """The handoff has its alarm; the journal says where and why, and nothing of the person."""
    await both.mx.inbox.receive(sender.line(doubtful(), HANDOFF).octets())
    assert await opened(both.mx) == [(AlarmKind.APPOINTMENT_DOUBTFUL, HANDOFF)]
    (event,) = await both.mx.store.read(list_events)
    row = await both.mx.store.read(partial(find_handoff, handoff=HANDOFF))
    assert row is not None
    assert (event.kind, event.handoff) == ("appointment.doubted", row.number)
    assert event.data == {
        "pointer": "/hearing/present_at",
        "code": "no-such-local-time",
        "revision": 1,
    }


async def test_a_later_revision_without_doubt_ends_the_alarm(
    both: BothSides, sender: OtherGovernment
) -> None:
    """The doubt is gone with the revision that states it, and comes back with another."""
    for notice, alarms in ((doubtful(), 1), (a_notice(revision=2), 0), (doubtful(3), 1)):
        await both.mx.inbox.receive(sender.line(notice, HANDOFF).octets())
        assert len(await opened(both.mx)) == alarms


async def test_what_does_not_stand_is_not_doubted(both: BothSides, sender: OtherGovernment) -> None:
    """A revision that comes after its successor, or again, opens nothing and ends nothing."""
    await both.mx.inbox.receive(sender.line(a_notice(revision=2), HANDOFF).octets())
    await both.mx.inbox.receive(sender.line(doubtful(1), HANDOFF).octets())
    assert await opened(both.mx) == []
    await both.mx.inbox.receive(sender.line(doubtful(3), HANDOFF).octets())
    await both.mx.inbox.receive(sender.line(a_notice(revision=2), HANDOFF).octets())
    await both.mx.inbox.receive(sender.line(doubtful(3), HANDOFF).octets())
    (alarm,) = await both.mx.store.read(list_open)
    assert alarm.times == 1
