"""Two sides find the messages by which their records differ."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.proof.comparing import Outcome, begin, outcome
from exchange.proof.ranges import (
    Step,
)
from exchange.proof.sets import MessageSet
from tests.proof.records import an_item, hold, mirrored, plant

KIBIBYTE = 1024


def is_asking(step: Step) -> bool:
    """Say whether a step goes into ranges, and does not only name what was found."""
    return bool(step.splits or step.leaves)


def test_a_hundred_thousand_messages_and_seven_differences() -> None:
    """Seven differences are found exactly in four steps of ranges and 16 KiB of all steps."""
    planted = plant(99_995, only_ours=3, only_theirs=2, altered=2)
    held = hold(planted.ours, planted.theirs)
    assert held.ours == planted.expected
    assert held.theirs == mirrored(planted.expected)
    assert [is_asking(step) for step in held.steps] == [True] * 4 + [False] * 2
    assert sum(map(len, held.octets)) <= 16 * KIBIBYTE


def test_two_hundred_random_records() -> None:
    """Whatever differs in two hundred pairs of records is found exactly, by both sides."""
    chance = random.Random(20190319)
    for _ in range(200):
        both = chance.choice([0, 1, 20, 33, 300, 2_000])
        kinds = [chance.choice([0, 0, 1, 2, 5, 12]) for _ in range(3)]
        planted = plant(both, only_ours=kinds[0], only_theirs=kinds[1], altered=kinds[2])
        held = hold(planted.ours, planted.theirs)
        assert held.ours == planted.expected, (both, kinds)
        assert held.theirs == mirrored(planted.expected), (both, kinds)
        assert bool(held.steps) == bool(sum(kinds))


@given(
    st.sets(st.tuples(st.integers(0, 80), st.integers(0, 2)), max_size=90),
    st.sets(st.tuples(st.integers(0, 80), st.integers(0, 2)), max_size=90),
)
@example({(1, 0), (1, 1)}, {(1, 0)})
@example({(1, 0), (1, 1), (2, 0)}, {(1, 1), (2, 0), (2, 1)})
@settings(deadline=None)
def test_any_two_records(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> None:
    """Both sides find the same, also where one number stands for several messages on a side."""
    ours, theirs = ({an_item(*pair) for pair in side} for side in (one, other))
    held = hold(MessageSet(ours), MessageSet(theirs))
    assert held.theirs == mirrored(held.ours)
    assert held.ours.end is None
    assert held.ours.matched == len(ours & theirs)
    twice = {conflict.jti for conflict in held.ours.conflicts}
    numbers = {item.jti for item in ours} & {item.jti for item in theirs}
    assert twice == {item.jti for item in ours ^ theirs} & numbers
    assert set(held.ours.missing_here) == {i for i in theirs - ours if i.jti not in twice}
    assert set(held.ours.missing_there) == {i for i in ours - theirs if i.jti not in twice}
    for conflict in held.ours.conflicts:
        assert set(conflict.ours) == {item.pld for item in ours if item.jti == conflict.jti}
        assert set(conflict.theirs) == {item.pld for item in theirs if item.jti == conflict.jti}


def test_equal_records_need_no_step() -> None:
    """Where the fingerprints agree everything is matched, and nothing is sent."""
    planted = plant(50)
    comparison, step = begin(planted.ours, planted.theirs.fingerprint)
    assert step is None
    assert comparison.done
    assert outcome(planted.ours, comparison) == Outcome(50, (), (), (), None)


@pytest.mark.parametrize(
    ("both", "only_ours", "only_theirs"),
    [(0, 0, 4_000), (0, 4_000, 0), (40, 0, 4_000), (2_000, 3_000, 0), (1_000, 700, 900)],
)
def test_what_one_comparison_cannot_hold_is_for_the_next(
    both: int, only_ours: int, only_theirs: int
) -> None:
    """Each comparison of very different records finds a bounded part, until nothing is left."""
    planted = plant(both, only_ours=only_ours, only_theirs=only_theirs)
    ours, theirs = set(planted.ours), set(planted.theirs)
    for _ in range(12):
        held = hold(MessageSet(ours), MessageSet(theirs))
        assert max(map(len, held.octets)) <= 160 * KIBIBYTE
        assert held.ours == mirrored(held.theirs)
        assert held.ours.end is None
        assert set(held.ours.missing_here) <= theirs - ours
        assert set(held.ours.missing_there) <= ours - theirs
        ours |= set(held.ours.missing_here)
        theirs |= set(held.ours.missing_there)
        if held.ours.matched is not None:
            break
    assert ours == theirs


def test_a_conflict_is_said_only_as_far_as_it_is_known() -> None:
    """Where a comparison leaves something out, what it did not go into is not taken to be held."""
    planted = plant(0, altered=2_000)
    held = hold(planted.ours, planted.theirs)
    assert held.ours.matched is None
    assert held.ours.conflicts
    for conflict in held.ours.conflicts:
        number = int(conflict.jti[-12:], 16)
        assert conflict.ours == (an_item(number, 1).pld,)
        assert conflict.theirs == (an_item(number, 2).pld,)
