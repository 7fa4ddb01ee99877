"""The counts of a port's day agree, and refusals are no trend: R24 and R26."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from exchange.domain.discrepancies.finding import Scopes
from exchange.domain.discrepancies.folding import gather
from exchange.domain.handoff import HandoffId
from exchange.domain.messages.body import Body
from exchange.domain.severity import Severity
from tests.builders import (
    NOW,
    a_departure,
    a_notice,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
    places,
)
from tests.domain.discrepancies.scenes import (
    DAY,
    SECOND,
    Told,
    a_record,
    broken,
    closes,
    look,
    stays_resolved,
)

LATER = NOW + 30 * DAY
CLOSED_AT = datetime(2031, 3, 19, 8, 0, tzinfo=UTC)
CROSSED = (an_acknowledgment(), a_departure())
OTHER_WINDOW = {"from": "2031-03-18T21:00:00Z", "to": "2031-03-18T23:00:00Z"}


def a_day(*people: tuple[Told, ...]) -> Scopes:
    """Return a day of a port with these people, each announced for its default window."""
    records = [
        a_record(*(told if _has_notice(told) else (a_notice(), *told)), handoff=_handoff(number))
        for number, told in enumerate(people)
    ]
    scopes = gather(records, places())
    return Scopes(port_days=scopes.port_days)


def _has_notice(told: tuple[Told, ...]) -> bool:
    return bool(told) and type(told[0]) is type(a_notice())


def _handoff(number: int) -> HandoffId:
    return HandoffId(f"0f9b3a52-6d0e-4f57-9a43-5d2c1be7a{number:03}")


def times(count: int, *told: Body) -> Iterator[tuple[Told, ...]]:
    """Give so many people of whom the same was told."""
    yield from (told for _ in range(count))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ((an_acknowledgment(), a_reception()), ("receptions-differ",)),
        (
            (an_acknowledgment(), a_reception(outcome="not-received", code="TURNED_BACK")),
            ("receptions-differ",),
        ),
        ((*CROSSED, a_visa_issuance()), ("documents-differ",)),
        (
            (a_reception(outcome="not-received", code="TURNED_BACK"), a_visa_issuance()),
            ("receptions-differ", "documents-differ"),
        ),
    ],
)
def test_counts_that_differ_are_found_once_the_day_has_closed(
    told: tuple[Told, ...], why: tuple[str, ...]
) -> None:
    """An hour after the port's own midnight, and not while messages are still on their way."""
    day = a_day((*CROSSED, a_reception()), told)
    assert broken("R24", day, CLOSED_AT - SECOND) is None
    found = broken("R24", day, CLOSED_AT)
    assert found is not None
    assert (found.because, found.severity) == (why, Severity.NORMAL)
    assert found.subject.name == "2504 2031-03-18"
    assert stays_resolved("R24", look(day, LATER), LATER)


def test_a_day_whose_counts_agree_is_fine() -> None:
    """Crossed and received, crossed and waited for, expected and not seen, or not expected."""
    day = a_day(
        (*CROSSED, a_reception(), a_visa_issuance()),
        (*CROSSED, a_reception()),
        CROSSED,
        (an_acknowledgment(), a_reception(outcome="not-received")),
        (),
    )
    assert broken("R24", day, LATER) is None


def test_the_crossing_that_was_missing_closes_it() -> None:
    """Once it is said that the person crossed, the counts agree."""
    before = a_day((an_acknowledgment(), a_reception()))
    after = a_day((an_acknowledgment(), a_departure(), a_reception()))
    assert closes("R24", look(before, LATER), look(after, LATER), LATER)


def refusal(code: str = "CAPACITY") -> tuple[Told, ...]:
    """Return that Mexico refused, with a code."""
    return (an_acknowledgment(answer="refused", code=code),)


TURNED = (an_acknowledgment(), a_reception(outcome="not-received", code="TURNED_BACK"))


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ((refusal("AGE"), refusal("CAPACITY"), *times(17)), ("share-of-window",)),
        ((refusal("AGE"), TURNED), ("share-of-window",)),
        ((*(refusal("AGE") for _ in range(3)), *times(27)), ("one-code",)),
        ((*(refusal("AGE") for _ in range(3)),), ("share-of-window", "one-code")),
        ((TURNED, TURNED, TURNED, *times(40)), ("one-code",)),
    ],
)
def test_refusals_that_are_a_trend_are_found(
    people: tuple[tuple[Told, ...], ...], why: tuple[str, ...]
) -> None:
    """More than one in ten of a window, or three with one code: the rules of both differ."""
    found = broken("R26", a_day(*people), LATER)
    assert found is not None
    assert (found.because, found.severity) == (why, Severity.HIGH)
    assert stays_resolved("R26", look(a_day(*people), LATER), LATER)


@pytest.mark.parametrize(
    "people",
    [
        tuple(times(5)),
        (refusal(), *times(3)),
        (refusal("AGE"), refusal("CAPACITY"), *times(18)),
        (
            refusal("AGE"),
            (a_notice(return__window=OTHER_WINDOW), *refusal("CAPACITY")),
            *times(12),
        ),
    ],
)
def test_a_refusal_alone_is_no_trend(people: tuple[tuple[Told, ...], ...]) -> None:
    """None, one, one in ten, or one each of two windows."""
    assert broken("R26", a_day(*people), LATER) is None


def test_an_acceptance_of_the_next_revision_closes_it() -> None:
    """Who was refused and is then accepted is refused no more."""
    accepted = (*refusal("AGE"), a_notice(revision=2), an_acknowledgment(revision=2))
    before, after = a_day(refusal("AGE"), TURNED), a_day(accepted, TURNED)
    assert closes("R26", look(before, LATER), look(after, LATER), LATER)


def test_a_day_is_that_of_the_port() -> None:
    """A window that opens at ten at night in San Ysidro is of that day, not of Greenwich's."""
    night = {"from": "2031-03-19T05:00:00Z", "to": "2031-03-19T06:00:00Z"}
    (day,) = gather([a_record(a_notice(return__window=night))], places()).port_days
    assert (day.port, day.on) == ("2504", date(2031, 3, 18))
