"""A comparison ends, whatever the other side says, and goes into no more than it may."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.proof.bounds import STEPS_MAX, End
from exchange.proof.comparing import Comparison, answer, begin, outcome
from exchange.proof.ranges import (
    BRANCHES,
    LEAF_ITEMS_MAX,
    OPEN_MAX,
    Leaf,
    Split,
    Step,
)
from exchange.proof.sets import PREFIX_BYTES, WHOLE, Item, MessageSet
from tests.proof.records import an_item, plant


def of_wrong_parts(areas: int) -> tuple[Comparison, Step]:
    """Return a step that says of so many ranges that they differ, and where it may stand."""
    starts = [bytes([16 * number]) for number in range(1, -(-areas // BRANCHES))]
    whole = Split(
        start=b"",
        end=None,
        dividers=tuple(starts),
        fingerprints=(bytes(PREFIX_BYTES),) * (len(starts) + 1),
    )
    splits, left = [], areas
    for area in whole.area.divide(whole.dividers):
        parts = min(left, BRANCHES)
        left -= parts
        first = area.start[0] if area.start else 0
        dividers = tuple(bytes([first + number]) for number in range(1, parts))
        wrong = (bytes(PREFIX_BYTES),) * parts
        splits.append(Split(start=area.start, end=area.end, dividers=dividers, fingerprints=wrong))
    asked = Step(splits=(whole,), leaves=(), settled=(), rest=False)
    received = Step(splits=tuple(splits), leaves=(), settled=(), rest=False)
    return Comparison(bytes(32), sent=asked, steps=1), received


@pytest.mark.parametrize(("areas", "leaves_out"), [(OPEN_MAX, False), (OPEN_MAX + 1, True)])
def test_a_step_goes_into_as_many_ranges_as_it_may(
    areas: int,
    leaves_out: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """What is over is left out, and said to be."""
    own = MessageSet(an_item(number) for number in range(100))
    _, step = answer(own, *of_wrong_parts(areas))
    assert step is not None
    assert len(step.splits) + len(step.leaves) == OPEN_MAX
    assert step.rest is leaves_out


@pytest.mark.parametrize(
    ("size", "is_listed"), [(LEAF_ITEMS_MAX, True), (LEAF_ITEMS_MAX + 1, False)]
)
def test_what_a_list_can_hold_is_listed(
    size: int,
    is_listed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """And what it cannot is divided."""
    _, step = begin(MessageSet(an_item(number) for number in range(size)), bytes(32))
    assert step is not None
    assert (bool(step.leaves), bool(step.splits)) == (is_listed, not is_listed)


def test_who_is_asked_first_counts_the_same_steps() -> None:
    """The side that does not begin says the last step that there may be."""
    alike = b"\x07" * PREFIX_BYTES
    own = MessageSet(Item(alike + bytes([n]) * 20, an_item(n).jti) for n in range(40))
    wrong = Split(start=b"", end=None, dividers=(), fingerprints=(bytes(PREFIX_BYTES),))
    step: Step | None = Step(splits=(wrong,), leaves=(), settled=(), rest=False)
    comparison = Comparison(bytes(32))
    while step is not None:
        comparison, reply = answer(own, comparison, step)
        step = always_divided(reply) if reply else None
    assert comparison.end is End.TOO_MANY_STEPS
    assert comparison.steps == STEPS_MAX


def test_what_comes_after_the_end_changes_nothing() -> None:
    """An ended comparison stays as it is."""
    planted = plant(10, only_ours=1)
    comparison, _ = begin(planted.ours, planted.ours.fingerprint)
    _, step = begin(planted.ours, planted.theirs.fingerprint)
    assert step is not None
    assert answer(planted.ours, comparison, step) == (comparison, None)


def always_divided(step: Step) -> Step:
    """Divide everything that was divided once more, and say that all of it differs."""
    parts = [part for split in step.splits for part in split.area.divide(split.dividers)]
    splits = (
        Split(start=part.start, end=part.end, dividers=(), fingerprints=(bytes(PREFIX_BYTES),))
        for part in parts[:OPEN_MAX]
    )
    return Step(splits=tuple(splits), leaves=(), settled=(), rest=False)


def test_a_comparison_that_never_converges_ends() -> None:
    """Who finds every range to differ gets our messages divided until they are listed, no more."""
    own = MessageSet(an_item(number) for number in range(20_000))
    comparison, step = begin(own, bytes(32))
    for _ in range(STEPS_MAX):
        assert step is not None
        comparison, step = answer(own, comparison, always_divided(step))
        if comparison.done:
            break
    assert comparison.end is End.UNEXPLAINED
    assert comparison.steps <= STEPS_MAX


def test_a_comparison_of_ground_names_ends() -> None:
    """Names that nothing can divide are asked about until the last step, and not for ever."""
    alike = b"\x07" * PREFIX_BYTES
    own = MessageSet(Item(alike + bytes([n]) * 20, an_item(n).jti) for n in range(40))
    comparison, step = begin(own, bytes(32))
    while step is not None:
        comparison, step = answer(own, comparison, always_divided(step))
    assert comparison.end is End.TOO_MANY_STEPS
    assert comparison.steps == STEPS_MAX - 1


STEPS = st.builds(
    Step,
    splits=st.lists(
        st.builds(
            Split,
            start=st.binary(max_size=1),
            end=st.none() | st.binary(min_size=1, max_size=1),
            dividers=st.lists(st.binary(min_size=1, max_size=1), max_size=2).map(tuple),
            fingerprints=st.lists(st.just(bytes(12)), min_size=1, max_size=3).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    leaves=st.lists(
        st.builds(
            Leaf,
            start=st.binary(max_size=1),
            end=st.none() | st.binary(min_size=1, max_size=1),
            items=st.lists(st.binary(min_size=12, max_size=12), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    settled=st.just(()),
    rest=st.booleans(),
)


@given(st.lists(STEPS, max_size=20), st.integers(0, 60))
@settings(deadline=None)
def test_whatever_is_said_is_bounded(steps: list[Step], size: int) -> None:
    """No sequence of steps raises, goes on for ever or gets more out of us than it may."""
    own = MessageSet(an_item(number) for number in range(size))
    comparison = Comparison(bytes(32))
    for received in steps:
        comparison, step = answer(own, comparison, received)
        if step is not None:
            assert comparison.end is None
            assert comparison.sent is step
            assert comparison.steps <= STEPS_MAX
            assert all(len(leaf.items) <= LEAF_ITEMS_MAX for leaf in step.leaves)
    assert comparison.steps <= STEPS_MAX
    found = outcome(own, comparison)
    assert found.matched is None or not comparison.done
    assert set(found.missing_there) <= set(own.list_items(WHOLE))
