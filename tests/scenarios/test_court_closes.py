"""
A court that closes for a month with 3,000 hearings.

As it was reported: the courts closed, every date on every paper was wrong at once, and people
travelled to the bridge at four in the morning to be told so (domain.md F3).
"""

import orjson
import pytest

from exchange.domain.court_files import moved_by, read_hearing
from exchange.errors import Invalid
from tests.builders import HEARING
from tests.domain.test_court_files import RULE, a_line
from tests.flow.courts import RECEIVED
from tests.flow.standing import events, noticed
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests

PEOPLE = 24
AT_ONCE = 500
"""Of more people so many wait to be told at once."""


async def move(both: BothSides, handoff: str, line: bytes) -> None:
    """Move a hearing of the court's file by the rule, as the command does."""
    change = moved_by(read_hearing(line), RULE)
    assert change is not None
    document = orjson.loads(orjson.dumps(change.model_dump(mode="json")))
    await both.us.hearings.change(handoff, document, actor="court")


async def date_at(side: SideOfTests, handoff: str) -> tuple[int, str]:
    """Return the version and the day that a side holds to be the one that stands."""
    stands = (await side.shared(handoff)).current_hearing
    assert stands is not None
    assert stands.hearing == HEARING
    return stands.version, str(stands.hearing_on)


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
    """Before the line and after it one date stands on both sides; another month is left alone."""
    handoffs = [await noticed(both, number) for number in range(1, PEOPLE + 1)]
    for number, handoff in enumerate(handoffs[::2], 1):
        await both.mx.answers.record_reception(handoff, RECEIVED, actor="officer")
        if number % AT_ONCE == 0:
            await both.settle()
    in_july = {"local": "2031-07-08T08:00", "zone": "America/Los_Angeles"}
    early = {"local": "2031-07-08T04:00", "zone": "America/Los_Angeles"}
    at = {"hearing_at": in_july, "present_at": early}
    other = await noticed(both, PEOPLE + 1, **{f"hearing__{name}": at[name] for name in at})
    await both.settle()

    for number, handoff in enumerate(handoffs, 1):
        await move(both, handoff, a_line())
        if number % AT_ONCE == 0:
            await both.settle()
    assert moved_by(read_hearing(a_line(**at)), RULE) is None
    await both.settle()

    for number, handoff in enumerate(handoffs):
        for side in (both.us, both.mx):
            assert await date_at(side, handoff) == (2, "2031-06-06")
            assert (await side.shared(handoff)).revision == (1 if number % 2 == 0 else 2)
    for side in (both.us, both.mx):
        assert await date_at(side, other) == (1, "2031-07-08")
    assert len(await events(both.us, "hearing.changed", "notice.revised")) == PEOPLE
    await assert_agree(both)


async def test_a_run_again_moves_nobody_twice(both: BothSides) -> None:
    """The same file again finds the date that it made; one that skips a version is refused."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="officer")
    await both.settle()
    for _ in range(2):
        await move(both, handoff, a_line())
        await both.settle()
        for side in (both.us, both.mx):
            assert await date_at(side, handoff) == (2, "2031-06-06")

    with pytest.raises(Invalid) as refused:
        await move(both, handoff, a_line(version=3))
    assert [(one.pointer, one.code) for one in refused.value.faults] == [
        ("/version", "wrong-version")
    ]
    await both.settle()
    assert await date_at(both.mx, handoff) == (2, "2031-06-06")
    await assert_agree(both)
