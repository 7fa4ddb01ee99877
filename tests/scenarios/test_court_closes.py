"""
A court that closes for a month with 3,000 hearings.

As it was reported: the courts closed, every date on every paper was wrong at once, and people
travelled to the bridge at four in the morning to be told so (domain.md F3).
"""

import orjson

from exchange.domain.court_files import moved_by, read_hearing
from tests.builders import HEARING
from tests.domain.test_court_files import RULE, a_line
from tests.flow.courts import RECEIVED
from tests.flow.standing import events, noticed
from tests.sides import BothSides

PEOPLE = 24


def test_three_thousand_hearings_keep_their_hour() -> None:
    """All move, each to the same hour of a weekday a month later, and to its next version."""
    for number in range(3_000):
        on = f"2031-05-{number % 31 + 1:02d}"
        hour = 8 + number % 9
        at = {"local": f"{on}T{hour:02d}:30", "zone": "America/Los_Angeles"}
        early = {"local": f"{on}T04:30", "zone": "America/Los_Angeles"}
        hearing = read_hearing(a_line(hearing_at=at, present_at=early, version=number % 7 + 1))
        change = moved_by(hearing, RULE)
        assert change is not None
        assert change.hearing_at is not None
        assert change.present_at is not None
        assert change.version == hearing.version + 1
        assert change.hearing_at.local[:7] in {"2031-06", "2031-07"}
        assert change.hearing_at.local[11:] == f"{hour:02d}:30"
        assert change.present_at.local[:10] == change.hearing_at.local[:10]
        assert change.hearing_at.at.weekday() < 5


async def test_whoever_waits_is_told_of_the_new_date(both: BothSides) -> None:
    """Before the line and after it one date stands on both sides; a run again changes nothing."""
    handoffs = [await noticed(both, number) for number in range(1, PEOPLE + 1)]
    for handoff in handoffs[::2]:
        await both.mx.answers.record_reception(handoff, RECEIVED, actor="officer")
    await both.settle()

    change = moved_by(read_hearing(a_line()), RULE)
    assert change is not None
    document = orjson.loads(orjson.dumps(change.model_dump(mode="json")))
    for handoff in handoffs:
        await both.us.hearings.change(handoff, document, actor="court")
    await both.settle()

    for number, handoff in enumerate(handoffs):
        for side in (both.us, both.mx):
            shared = await side.shared(handoff)
            stands = shared.current_hearing
            assert stands is not None
            assert (stands.hearing, stands.version) == (HEARING, 2)
            assert str(stands.hearing_on) == "2031-06-06"
            assert shared.revision == (1 if number % 2 == 0 else 2)
    assert len(await events(both.us, "hearing.changed", "notice.revised")) == PEOPLE
