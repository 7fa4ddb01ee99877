"""Discrepancies: one open for each rule and subject, the last of each known, all on record."""

import pytest
from sqlalchemy import Connection

from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Ending, Resolution
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.store.discrepancies import (
    count_open,
    end_discrepancy,
    find_discrepancy,
    find_last,
    list_history,
    list_open_subjects,
    lock_discrepancy,
    record_changes,
    stream_discrepancies,
    stream_open,
)
from exchange.store.engine import Duplicate
from tests.store.finding import HOUR, a_discrepancy
from tests.store.rows import NOON

ONE = a_discrepancy()
ALL_CHANGED = a_discrepancy(
    severity=Severity.CRITICAL,
    owner=Side.MX,
    since=NOON,
    due_at=NOON + 2 * HOUR,
    because=("alert", "outage"),
    handoffs=(),
)._replace(updated_at=NOON + HOUR)


def opened(connection: Connection, *every: object) -> None:
    """Store discrepancies as opened."""
    record_changes(connection, Changes(tuple(every), (), ()))  # type: ignore[arg-type]  # any of ours


def test_what_is_stored_is_given_back(connection: Connection) -> None:
    """A discrepancy is read as it was found, open or ended, by number and by subject."""
    opened(connection, ONE)
    (kept,) = stream_open(connection)
    assert kept.discrepancy == ONE
    assert find_discrepancy(connection, kept.number) == kept
    assert lock_discrepancy(connection, kept.number) == kept
    assert find_discrepancy(connection, kept.number + 1) is None
    assert lock_discrepancy(connection, kept.number + 1) is None


def test_of_each_rule_and_subject_one_is_open(connection: Connection) -> None:
    """The same cannot open twice; another rule, subject or scope can."""
    opened(
        connection,
        ONE,
        a_discrepancy(rule="R09"),
        a_discrepancy("other"),
        a_discrepancy(subject=Subject(Scope.FAMILY, "one")),
    )
    assert len(list(stream_open(connection))) == 4
    with pytest.raises(Duplicate):
        opened(connection, ONE)


def test_what_is_found_otherwise_is_written_in_its_place(connection: Connection) -> None:
    """An update changes everything that was found and nothing else, of the open one alone."""
    opened(connection, ONE, a_discrepancy("other"))
    record_changes(connection, Changes((), (ALL_CHANGED,), ()))
    (kept,) = [one for one in stream_open(connection) if one.discrepancy.key == ONE.key]
    assert kept.discrepancy == ALL_CHANGED


def test_what_has_ended_stays_on_record(connection: Connection) -> None:
    """It is open no more, cannot end twice, and the same may open anew under another number."""
    opened(connection, ONE)
    ended = ONE._replace(ending=Ending(NOON + HOUR))
    record_changes(connection, Changes((), (), (ended,)))
    assert list(stream_open(connection)) == []
    assert not end_discrepancy(connection, ended)
    assert not end_discrepancy(connection, ONE)
    opened(connection, ONE)
    first, second = list_history(connection, ONE.finding.subject)
    assert (first.discrepancy, second.discrepancy) == (ended, ONE)
    assert [one.number for one in stream_discrepancies(connection)] == [
        first.number,
        second.number,
    ]


def test_the_last_of_each_rule_is_known(connection: Connection) -> None:
    """Of every rule that a subject ever broke the newest is given, and of no other subject."""
    resolved = ONE._replace(ending=Ending(NOON + HOUR, Resolution.AGREED, "liaison"))
    opened(connection, ONE, a_discrepancy("other"), a_discrepancy(rule="R09"))
    assert end_discrepancy(connection, resolved)
    found = find_last(connection, [ONE.finding.subject, Subject(Scope.PAIR, "none")])
    assert set(found) == {resolved, a_discrepancy(rule="R09")}
    opened(connection, ONE)
    assert set(find_last(connection, [ONE.finding.subject])) == {ONE, a_discrepancy(rule="R09")}


def test_the_open_are_counted_and_listed_by_when_they_are_due(connection: Connection) -> None:
    """What is due first comes first; each rule and severity has its count."""
    late = a_discrepancy("late", due_at=NOON + 9 * HOUR)
    grave = a_discrepancy("grave", rule="R06", severity=Severity.CRITICAL)
    opened(connection, late, ONE, grave)
    assert [one.discrepancy.finding.subject.name for one in stream_open(connection)] == [
        "one",
        "grave",
        "late",
    ]
    assert count_open(connection) == {
        ("R05", Severity.HIGH): 2,
        ("R06", Severity.CRITICAL): 1,
    }
    assert set(list_open_subjects(connection, "R05")) == {
        ONE.finding.subject,
        late.finding.subject,
    }
