"""What handoffs bear on is found by case, family, day and mark; and when to look again."""

from datetime import date

import pytest
from sqlalchemy import Connection

from exchange.domain.discrepancies.folding import Reach
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.store.bearings import (
    Bearing,
    find_alike,
    find_bearings,
    find_cases,
    find_members,
    list_in_parts,
    look_again,
    put_bearings,
)
from exchange.store.handoffs import Handoff, list_changed
from exchange.store.looks import list_due_looks, put_looks
from tests.store.finding import HOUR
from tests.store.rows import NOON, stored_handoff, uuid_text

DAY, NEXT_DAY = date(2031, 3, 18), date(2031, 3, 19)
BORN, PAPER = b"b" * 16, b"p" * 16
ONE, OTHER = Subject(Scope.HANDOFF, "one"), Subject(Scope.FAMILY, "one")


@pytest.fixture
def handoffs(connection: Connection) -> list[Handoff]:
    """Four handoffs."""
    return [stored_handoff(connection) for _ in range(4)]


def test_a_handoff_is_found_by_all_that_it_bears_on(
    connection: Connection, handoffs: list[Handoff]
) -> None:
    """By its case, its family, its port's day; what nobody announced by nothing of these."""
    first, second, third, fourth = (one.number for one in handoffs)
    case, family = uuid_text(), uuid_text()
    every = [
        Bearing(first, 1, case, family, "2504", DAY, BORN, PAPER),
        Bearing(second, 1, uuid_text(), family, "2504", NEXT_DAY, BORN),
        Bearing(third, 1, uuid_text(), None, "2402", DAY, None, PAPER),
        Bearing(fourth, 1),
    ]
    put_bearings(connection, every)
    assert find_bearings(connection, [first, fourth]) == {first: every[0], fourth: every[3]}
    assert find_members(connection, Reach()) == set()
    assert find_members(connection, Reach(cases=frozenset({case}))) == {first}
    assert find_members(connection, Reach(families=frozenset({family}))) == {first, second}
    day = frozenset({("2504", DAY), ("2402", DAY)})
    assert find_members(connection, Reach(port_days=day)) == {first, third}
    assert set(find_alike(connection, [every[0]])) == set(every[:3])
    assert set(find_alike(connection, [every[1]])) == set(every[:2])
    assert find_alike(connection, [every[3]]) == []
    assert find_cases(connection, [handoffs[0].handoff, handoffs[3].handoff]) == {
        handoffs[0].handoff: case
    }


def test_a_port_day_is_looked_at_in_one_part(
    connection: Connection, handoffs: list[Handoff]
) -> None:
    """However small the parts; what nobody announced is cut as it comes, and others left out."""
    first, second, third, fourth = (one.number for one in handoffs)
    placed = [(first, "2504", DAY), (second, "2402", DAY), (third, "2504", DAY)]
    put_bearings(
        connection,
        [Bearing(number, 1, uuid_text(), None, port, on) for number, port, on in placed],
    )
    ordered = [[second], [first, third]]
    assert list_in_parts(connection, most=1) == ordered
    assert list_in_parts(connection, most=3) == [[second, first, third]]
    assert list_in_parts(connection, most=9, only={third}) == [[third]]
    assert list_in_parts(connection, most=9, only=()) == []
    put_bearings(connection, [Bearing(fourth, 1), Bearing(second, 2)])
    apart = list_in_parts(connection, most=1)
    assert sorted(apart) == sorted([[second], [first, third], [fourth]])


def test_what_a_handoff_bears_on_now_stands_in_place_of_before(
    connection: Connection, handoffs: list[Handoff]
) -> None:
    """Who moves to another family is no member of the one left; what is older changes nothing."""
    number = handoffs[0].number
    case, left, joined = uuid_text(), uuid_text(), uuid_text()
    put_bearings(connection, [Bearing(number, 1, case, left, "2504", DAY, BORN)])
    put_bearings(connection, [Bearing(number, 3, case, joined, "2504", DAY)])
    assert find_members(connection, Reach(families=frozenset({left}))) == set()
    assert find_members(connection, Reach(families=frozenset({joined}))) == {number}
    assert find_bearings(connection, [number])[number].born is None
    put_bearings(connection, [Bearing(number, 2, case, left, "2504", DAY)])
    assert find_members(connection, Reach(families=frozenset({left}))) == set()


def test_what_falls_due_is_looked_at_until_it_was(connection: Connection) -> None:
    """A subject waits for its time, is due from then on, and is forgotten once looked at."""
    put_looks(connection, {ONE, OTHER}, {ONE: NOON, OTHER: NOON + HOUR})
    assert list_due_looks(connection, now=NOON, limit=9) == [ONE]
    assert list_due_looks(connection, now=NOON + HOUR, limit=9) == [ONE, OTHER]
    assert list_due_looks(connection, now=NOON + HOUR, limit=1) == [ONE]
    put_looks(connection, {ONE}, {})
    assert list_due_looks(connection, now=NOON + HOUR, limit=9) == [OTHER]
    put_looks(connection, {OTHER}, {OTHER: NOON + 2 * HOUR})
    assert list_due_looks(connection, now=NOON + HOUR, limit=9) == []


def test_who_must_be_looked_at_again_changes_in_the_feed(
    connection: Connection, handoffs: list[Handoff]
) -> None:
    """Those named come last in the feed, with nothing else of theirs changed."""
    last = handoffs[-1].changed
    look_again(connection, [handoffs[1].handoff, handoffs[0].handoff])
    changed = list_changed(connection, after=last, limit=9)
    assert {one.number for one in changed} == {handoffs[0].number, handoffs[1].number}
    assert {one.version for one in changed} == {handoffs[0].version}
