"""How each deadline was kept: in time, late, overdue, or there is time yet."""

from datetime import timedelta

from exchange.domain.handoff import SharedHandoff, advance
from exchange.domain.limits import Limits
from exchange.domain.messages.body import Body
from exchange.domain.punctuality import Judged, Kept, judge
from tests.builders import HANDOFF, NOW, a_cancellation, a_notice, a_shared, an_acknowledgment, said

LIMITS = Limits()
DUE = NOW + timedelta(hours=2)
"""When the answer to the default notice is due."""


def answer(*bodies: Body, after: timedelta) -> Judged | None:
    """Return how the answer to a notice was kept, some time after it."""
    found = judge(a_shared(*bodies), NOW + after, LIMITS)
    return next((one for one in found if one.deadline.name == "acknowledgment"), None)


def test_what_has_not_come_is_due_or_overdue() -> None:
    """Until the moment at which it is due there is time; from then on it is overdue."""
    before = answer(a_notice(), after=timedelta(hours=2))
    after = answer(a_notice(), after=timedelta(hours=2, seconds=1))
    assert before is not None
    assert after is not None
    assert (before.kept, before.due_at, before.met_at) == (Kept.NOT_YET_DUE, DUE, None)
    assert (after.kept, after.due_at, after.met_at) == (Kept.OVERDUE, DUE, None)


def test_what_came_was_in_time_or_late() -> None:
    """Whether it came in time is said by when it was said, not by when we look."""
    acknowledged = an_acknowledgment()
    in_time = answer(a_notice(), acknowledged, after=timedelta(days=9))
    assert in_time is not None
    assert (in_time.kept, in_time.met_at is not None) == (Kept.IN_TIME, True)
    message = said(acknowledged, seq=9, at=DUE + timedelta(seconds=1))
    shared = advance(a_shared(a_notice()), HANDOFF, message).shared
    late = judge(shared, NOW, LIMITS)[0]
    assert (late.deadline.name, late.kept) == ("acknowledgment", Kept.LATE)


def test_what_is_asked_for_no_more_is_not_judged() -> None:
    """Nobody waits for an answer to a notice that was taken back; nothing is asked of nobody."""
    assert answer(a_notice(), a_cancellation(), after=timedelta(days=1)) is None
    assert judge(SharedHandoff(handoff=HANDOFF), NOW, LIMITS) == ()
