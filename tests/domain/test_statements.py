"""A day is counted from its messages alone, so that both sides count the same."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from exchange.domain.messages.statement import PortCounts
from exchange.domain.statements import (
    COUNTED_TYPES,
    COUNTERS,
    Counted,
    Difference,
    compare_counts,
    count,
    days_between,
    last_closed,
)
from tests.bodies import GOOD

ONE, TWO = 1, 2


def counts(port: str | None = "2504", **members: int) -> PortCounts:
    """Return the counters of a port; what is not given is 0."""
    return PortCounts.model_validate({"port": port, **dict.fromkeys(COUNTERS, 0), **members})


def said(name: str, handoff: int = ONE, **body: object) -> Counted:
    """Return a message as it is counted."""
    return Counted(handoff, name, body)


@pytest.mark.parametrize(
    ("message", "counter"),
    [
        (said("return-notice", revision=1), "noticed"),
        (said("return-cancellation"), "cancelled"),
        *((said("acknowledgment", answer=it), it) for it in ("accepted", "refused", "deferred")),
        (said("departure"), "departed"),
        (said("reception", outcome="received"), "received"),
        (said("visa-issuance"), "documented"),
        (said("presentation", outcome="presented"), "presented"),
        (said("case-closure"), "closed"),
    ],
)
def test_each_thing_said_has_its_counter(message: Counted, counter: str) -> None:
    """One message counts one handoff of its port under one name."""
    assert count([message], {ONE: "2504"}) == (counts("2504", **{counter: 1}),)


@pytest.mark.parametrize(
    "message",
    [
        said("return-notice", revision=2),
        said("reception", outcome="not-received"),
        said("presentation", outcome="not-presented"),
    ],
)
def test_what_announces_nobody_anew_is_not_counted(message: Counted) -> None:
    """A later revision, and what was seen of somebody who did not come, count nobody."""
    assert count([message], {ONE: "2504"}) == ()


def test_a_handoff_counts_once_however_often_it_is_said() -> None:
    """Repeats add nothing, in whatever order; two handoffs are two, and each is of its port."""
    messages = [
        said("acknowledgment", answer="accepted"),
        said("acknowledgment", answer="accepted"),
        said("acknowledgment", answer="refused"),
        said("acknowledgment", TWO, answer="accepted"),
    ]
    Random(4).shuffle(messages)
    assert count(messages, {ONE: "2504", TWO: "2503"}) == (
        counts("2503", accepted=1),
        counts("2504", accepted=1, refused=1),
    )
    assert count(messages, {ONE: "2504"})[0] == counts(None, accepted=1)


def test_only_types_of_the_catalogue_are_counted() -> None:
    """Every type in which something is counted is one that can be said."""
    assert GOOD.keys() >= COUNTED_TYPES


def test_a_port_that_one_account_leaves_out_has_nothing_in_it() -> None:
    """Each counter that differs is named with both values, and nothing else is."""
    ours = [counts("2503", noticed=1), counts("2504", noticed=3, departed=2)]
    theirs = [counts("2504", noticed=3, departed=1), counts(None, received=1)]
    assert compare_counts(ours, theirs) == (
        Difference(None, "received", 0, 1),
        Difference("2503", "noticed", 1, 0),
        Difference("2504", "departed", 2, 1),
    )
    assert compare_counts(ours, ours) == ()


def test_a_day_has_closed_an_hour_after_its_end() -> None:
    """At one o'clock UTC it is yesterday, a second before it the day before."""
    one = datetime(2031, 3, 18, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert last_closed(one, closes_after=hour) == date(2031, 3, 17)
    assert last_closed(one - timedelta(seconds=1), closes_after=hour) == date(2031, 3, 16)


def test_of_too_many_missed_days_the_last_are_made_up() -> None:
    """Every day is given once and in order; none where the first is after the last."""
    first, last = date(2031, 2, 27), date(2031, 3, 2)
    assert days_between(first, last, most=31) == [
        date(2031, 2, 27), date(2031, 2, 28), date(2031, 3, 1), date(2031, 3, 2),
    ]  # fmt: skip
    assert days_between(first, last, most=2) == [date(2031, 3, 1), last]
    assert days_between(last, first, most=2) == []
