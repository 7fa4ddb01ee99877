"""
A visa of 120 days, and a hearing on day 130 that then moves.

As it was reported: the document ends before the hearing for which the person waits. Nobody looks
at both dates at once, and the person is without papers on the day of the court (domain.md F5).
"""

from datetime import date, timedelta

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.deadlines import overdue
from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from exchange.store.alarms import list_open
from tests.builders import HEARING, NOW
from tests.flow.courts import RECEIVED, moved
from tests.flow.standing import noticed
from tests.flow.watching import watch_of
from tests.ledgers import assert_agree
from tests.scenarios.desks import ToDo, to_do
from tests.sides import BothSides

GIVEN_ON = NOW.date()
LAST_DAY = GIVEN_ON + timedelta(days=120)
VISA = {
    "document": "FMM",
    "number": "A0012345",
    "issued_at": utc_text(NOW),
    "office": "TIJ-01",
    "valid_from": GIVEN_ON.isoformat(),
    "valid_until": LAST_DAY.isoformat(),
    "entries": "multiple",
    "curp_assigned": False,
}


def day(number: int) -> str:
    """Return the day so many days after the document was given."""
    return (GIVEN_ON + timedelta(days=number)).isoformat()


async def late(both: BothSides, handoff: str) -> set[str]:
    """Return what both sides hold to be overdue, which is the same."""
    found = []
    for side in (both.us, both.mx):
        shared = await side.shared(handoff)
        found.append({one.name for one in overdue(shared, both.clock(), side.agreement.limits)})
    assert found[0] == found[1]
    return {name for name in found[0] if name.startswith("stay")}


async def alarmed_of_stay(both: BothSides) -> set[AlarmKind]:
    """Return the alarms that both sides have about the document, once they looked."""
    found = []
    for side in (both.us, both.mx):
        await watch_of(side).look()
        found.append({one.kind for one in await side.store.read(list_open)})
    about = [{kind for kind in kinds if kind.startswith("stay")} for kinds in found]
    assert about[0] == about[1]
    return about[0]


@pytest.fixture
async def waits(both: BothSides) -> str:
    """Return somebody with a visa of 120 days, whose hearing was moved to day 130."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="officer")
    await both.settle()
    await both.mx.answers.record_visa(handoff, VISA, actor="office")
    await both.settle()
    await moved_to(both, handoff, 130, version=2)
    return handoff


async def moved_to(both: BothSides, handoff: str, number: int, *, version: int) -> None:
    """Let the court move the hearing to a day, of which the person is told at once."""
    change = moved(version, day(number), source_as_of=utc_text(both.clock()))
    await both.us.hearings.change(handoff, change, actor="court")
    await both.settle()
    told = {"hearing": HEARING, "version": version, "outcome": "delivered", "method": "DESK"}
    told |= {"at": utc_text(both.clock())}
    await both.mx.stays.record_delivery(handoff, told, actor="desk")
    await both.settle()


async def extended_to(both: BothSides, handoff: str, number: int) -> None:
    """Let Mexico make the document longer."""
    longer = {"number": VISA["number"], "status": "extended", "valid_until": day(number)}
    await both.mx.stays.change_visa(handoff, longer, actor="office")
    await both.settle()


async def before_presenting(both: BothSides, handoff: str, **before: int) -> None:
    """Move the clock so much before the presentation."""
    presents_at = (await both.us.shared(handoff)).present_at
    assert presents_at is not None
    both.clock.at = presents_at - timedelta(**before)


async def test_a_visa_that_ends_before_the_hearing(both: BothSides, waits: str) -> None:
    """Both sides see it coming to the second, until the document is long enough for the date."""
    await before_presenting(both, waits, days=14, seconds=1)
    assert await late(both, waits) == await alarmed_of_stay(both) == set()
    both.clock.pass_seconds(2)
    assert await late(both, waits) == {"stay-check"}
    assert await alarmed_of_stay(both) == {AlarmKind.STAY_CHECK_OVERDUE}
    assert await to_do(both.mx, day(117)) == [ToDo(waits, "document-to-extend", overdue=True)]

    # To the day of the hearing is too short: it must be valid for a while after it.
    await extended_to(both, waits, 130)
    assert await late(both, waits) == {"stay-check"}
    await extended_to(both, waits, 150)
    assert await late(both, waits) == await alarmed_of_stay(both) == set()
    assert await to_do(both.mx, day(117)) == []


async def test_a_hearing_that_then_moves(both: BothSides, waits: str) -> None:
    """A document that was long enough no longer is, and both sides say so anew."""
    await before_presenting(both, waits, days=14)
    await extended_to(both, waits, 150)
    await moved_to(both, waits, 170, version=3)

    await before_presenting(both, waits, days=3, seconds=-1)
    assert await late(both, waits) == {"stay-check", "stay-extension"}
    assert await alarmed_of_stay(both) == {
        AlarmKind.STAY_CHECK_OVERDUE,
        AlarmKind.STAY_EXTENSION_OVERDUE,
    }
    await extended_to(both, waits, 190)
    assert await late(both, waits) == await alarmed_of_stay(both) == set()
    shared = await both.mx.shared(waits)
    assert shared.stage is Stage.DOCUMENTED
    assert shared.document_valid_until == date.fromisoformat(day(190))
    await assert_agree(both)
