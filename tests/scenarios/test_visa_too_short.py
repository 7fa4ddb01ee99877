"""
A visa of 120 days, and a hearing on day 130 that then moves.

As it was reported: the document ends before the hearing for which the person waits. Nobody looks
at both dates at once, and the person is without papers on the day of the court (domain.md F5).
"""

from datetime import date, timedelta

from exchange.domain.deadlines import overdue
from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from tests.builders import NOW
from tests.flow.courts import RECEIVED, moved
from tests.flow.standing import noticed
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


async def test_a_visa_that_ends_before_the_hearing(both: BothSides) -> None:
    """Both sides see it coming on one day, until the document is long enough for the date."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="officer")
    await both.settle()
    await both.mx.answers.record_visa(handoff, VISA, actor="office")
    await both.settle()
    court = both.us.hearings.change
    now = utc_text(both.clock())
    await court(handoff, moved(2, day(130), source_as_of=now), actor="court")
    await both.settle()

    # Two weeks before the presentation it falls due, and to the hour.
    presents_at = (await both.us.shared(handoff)).present_at
    assert presents_at is not None
    both.clock.at = presents_at - timedelta(days=14, seconds=1)
    assert await late(both, handoff) == set()
    both.clock.pass_seconds(2)
    assert await late(both, handoff) == {"stay-check"}

    # Mexico extends it by a month: it is long enough, and the buffer after the hearing too.
    longer = {"number": "A0012345", "status": "extended", "valid_until": day(150)}
    await both.mx.stays.change_visa(handoff, longer, actor="office")
    await both.settle()
    assert await late(both, handoff) == set()

    # Then the court moves the hearing to day 170. The document that was enough no longer is.
    now = utc_text(both.clock())
    await court(handoff, moved(3, day(170), source_as_of=now), actor="court")
    await both.settle()
    presents_at = (await both.us.shared(handoff)).present_at
    assert presents_at is not None
    both.clock.at = presents_at - timedelta(days=3) + timedelta(seconds=1)
    assert await late(both, handoff) == {"stay-check", "stay-extension"}
    longest = {"number": "A0012345", "status": "extended", "valid_until": day(190)}
    await both.mx.stays.change_visa(handoff, longest, actor="office")
    await both.settle()
    assert await late(both, handoff) == set()
    shared = await both.mx.shared(handoff)
    assert shared.stage is Stage.DOCUMENTED
    assert shared.document_valid_until == date.fromisoformat(day(190))
