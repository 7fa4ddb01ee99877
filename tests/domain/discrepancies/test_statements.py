"""What both sides state of a day: R24, where it is about a statement; and findings put together."""

from datetime import date

import pytest

from exchange.domain.discrepancies.finding import Found, Scopes
from exchange.domain.discrepancies.scopes import Scope, StatedDay, Subject
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import NOW
from tests.domain.discrepancies.scenes import DAY, HOUR, broken, closes, look, stays_resolved

ON = date(2031, 3, 16)
AGREED = StatedDay(ON, Side.US)
DIFFERS = AGREED._replace(differs_since=NOW)
EARLY = AGREED._replace(unfounded_since=NOW - HOUR)
BOTH = DIFFERS._replace(unfounded_since=NOW - HOUR)
ABOUT = Subject(Scope.STATEMENT, "2031-03-16 us")


def stated(day: StatedDay) -> Scopes:
    """Return the day of one speaker's messages."""
    return Scopes(statements=(day,))


@pytest.mark.parametrize(
    ("day", "because", "since"),
    [
        (DIFFERS, ("statements-differ",), NOW),
        (EARLY, ("stated-early",), NOW - HOUR),
        (BOTH, ("statements-differ", "stated-early"), NOW - HOUR),
    ],
)
def test_what_is_stated_otherwise_is_found(
    day: StatedDay,
    because: tuple[str, ...],
    since: object,
) -> None:
    """It is both sides' to look into, about that day and speaker, since it was first known."""
    found = broken("R24", stated(day), NOW)
    assert found is not None
    assert (found.subject, found.because, found.since) == (ABOUT, because, since)
    assert (found.owner, found.severity, found.handoffs) == (None, Severity.NORMAL, ())


def test_what_is_stated_alike_is_no_discrepancy() -> None:
    """It ends once both state the same, and stays resolved while they do not."""
    assert broken("R24", stated(AGREED), NOW) is None
    before, after = look(stated(DIFFERS), NOW), look(stated(AGREED), NOW)
    assert closes("R24", before, after, NOW)
    assert stays_resolved("R24", before, NOW)


def test_what_two_looks_found_is_put_together() -> None:
    """Everything that either found, and of a subject that both wake the sooner time."""
    other = Subject(Scope.CHANNEL, "us")
    one = Found((), frozenset({ABOUT}), {ABOUT: NOW + DAY, other: NOW}, frozenset({Scope.PAIR}))
    two = look(stated(DIFFERS), NOW)._replace(wakes={ABOUT: NOW + HOUR})
    both = one.and_also(two)
    assert both.findings == two.findings
    assert both.looked_at == {ABOUT}
    assert both.wakes == {ABOUT: NOW + HOUR, other: NOW}
    assert both.whole == {Scope.PAIR}
    assert two.and_also(one).wakes == both.wakes
