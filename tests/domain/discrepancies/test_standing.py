"""A discrepancy opens once, is updated, ends with its cause or by a person, and never vanishes."""

from datetime import datetime

import pytest

from exchange.domain.discrepancies.finding import Finding, Found
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import (
    Changes,
    Discrepancy,
    Ending,
    Resolution,
    resolve,
    settle,
)
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import HANDOFF, NOW
from tests.domain.discrepancies.scenes import HOUR, MINUTE

HERE = Subject(Scope.HANDOFF, HANDOFF)
THERE = Subject(Scope.FAMILY, "7d0c9a55-2f0e-4f57-9a43-5d2c1be7b001")
FINDING = Finding(
    rule="R12",
    subject=HERE,
    severity=Severity.HIGH,
    owner=Side.MX,
    since=NOW,
    due_at=NOW + HOUR,
    because=(),
    handoffs=(HANDOFF,),
)
LATER = NOW + HOUR
NOTHING = Changes((), (), ())


def found(*findings: Finding, looked_at: tuple[Subject, ...] = (HERE,)) -> Found:
    """Return what was found of the subjects that were looked at."""
    return Found(findings, frozenset(looked_at), {})


def open_since(at: datetime, finding: Finding = FINDING) -> Discrepancy:
    """Return a discrepancy that is open."""
    return Discrepancy(finding, at, at)


def resolved(discrepancy: Discrepancy) -> Discrepancy:
    """Return it as a person has resolved it."""
    return resolve(discrepancy, Resolution.HANDLED, by="INM-2231", now=NOW + MINUTE)


def test_it_opens_once() -> None:
    """What is found for the first time opens; found again it stays as it is."""
    first = settle((), found(FINDING), NOW)
    assert first == Changes((open_since(NOW),), (), ())
    assert settle(first.opened, found(FINDING), LATER) == NOTHING


def test_it_is_updated_where_something_else_is_found() -> None:
    """It keeps since when it is open, and knows when it changed."""
    graver = FINDING._replace(severity=Severity.CRITICAL, due_at=NOW)
    changes = settle((open_since(NOW),), found(graver), LATER)
    assert changes == Changes((), (Discrepancy(graver, NOW, LATER),), ())


def test_it_ends_with_its_cause() -> None:
    """What is not found any more ends, and stays in the history."""
    changes = settle((open_since(NOW),), found(), LATER)
    assert changes == Changes((), (), (Discrepancy(FINDING, NOW, NOW, Ending(LATER)),))
    assert settle(changes.closed, found(), LATER) == NOTHING


def test_what_was_not_looked_at_stays() -> None:
    """Only of a subject that was looked at does nothing found say anything."""
    known = (open_since(NOW), open_since(NOW, FINDING._replace(subject=THERE)))
    changes = settle(known, found(), LATER)
    assert [one.finding.subject for one in changes.closed] == [HERE]


def test_a_subject_that_is_gone_ends_where_all_of_its_kind_were_looked_at() -> None:
    """A family that nobody names any more has nothing wrong with it."""
    known = (open_since(NOW), open_since(NOW, FINDING._replace(subject=THERE)))
    everything = found(looked_at=())._replace(whole=frozenset({Scope.FAMILY}))
    changes = settle(known, everything, LATER)
    assert [one.finding.subject for one in changes.closed] == [THERE]


def test_what_ended_with_its_cause_opens_anew_when_that_comes_back() -> None:
    """It is another entry of the history: the first is left as it ended."""
    ended = open_since(NOW)._replace(ending=Ending(NOW + MINUTE))
    changes = settle((ended,), found(FINDING), LATER)
    assert changes == Changes((open_since(LATER),), (), ())


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"due_at": LATER},
        {"severity": Severity.NORMAL},
        {"owner": Side.US},
    ],
)
def test_what_a_person_resolved_stays_so(change: dict[str, object]) -> None:
    """The same, or something less grave of it, was dealt with."""
    again = FINDING._replace(**change)  # type: ignore[arg-type]  # one member of several kinds
    assert settle((resolved(open_since(NOW)),), found(again), LATER) == NOTHING


@pytest.mark.parametrize(
    "change",
    [
        {"since": LATER},
        {"because": ("split",)},
        {"severity": Severity.CRITICAL},
        {"handoffs": ()},
    ],
)
def test_something_else_opens_anew_although_a_person_resolved_it(
    change: dict[str, object],
) -> None:
    """At another time, for another reason, of other people, or graver: nobody has dealt with it."""
    other = FINDING._replace(**change)  # type: ignore[arg-type]  # one member of several kinds
    changes = settle((resolved(open_since(NOW)),), found(other), LATER)
    assert changes == Changes((open_since(LATER, other),), (), ())


def test_what_a_person_resolved_does_not_end_again() -> None:
    """That its cause goes later changes nothing in the history."""
    assert settle((resolved(open_since(NOW)),), found(), LATER) == NOTHING


def test_the_last_of_the_history_counts() -> None:
    """However it is read: the open one, or else the one that ended last."""
    first = open_since(NOW)._replace(ending=Ending(NOW))
    second = resolved(open_since(NOW))
    third = open_since(NOW + 2 * MINUTE)
    for known in ((first, second), (second, first)):
        assert settle(known, found(FINDING), LATER) == NOTHING
    for known3 in ((first, third, second), (third, second, first)):
        assert settle(known3, found(FINDING), LATER) == NOTHING


def test_a_person_says_how_it_was_resolved() -> None:
    """With a code, who and when; what has ended cannot be resolved."""
    one = resolved(open_since(NOW))
    assert one.ending == Ending(NOW + MINUTE, Resolution.HANDLED, "INM-2231")
    with pytest.raises(ValueError, match="ended already"):
        resolve(one, Resolution.AGREED, by="INM-2231", now=LATER)
