"""Two sides find the messages by which their records differ."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.proof import grammar
from exchange.proof.bounds import STEPS_MAX, End
from exchange.proof.comparing import Comparison, Outcome, answer, begin, outcome
from exchange.proof.ranges import (
    LEAF_ITEMS_MAX,
    NAMES_MAX,
    OPEN_MAX,
    Leaf,
    Name,
    Settled,
    Split,
    Step,
    write_step,
)
from exchange.proof.sets import PREFIX_BYTES, WHOLE, Item, MessageSet
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


# The other side divides where both hold 2,000 messages, and settles what we then list. Where
# both hold 300 it lists at once, and names in full what we then lack.
DIVIDES, LISTS = 2_000, 300


def lied_to(both: int, at: int, lie: Callable[[MessageSet, Step], Step]) -> Comparison:
    """Where our side stands when the other side's *at*-th step is a lie."""
    planted = plant(both, only_ours=2, only_theirs=3, altered=1)
    here, step = begin(planted.ours, planted.theirs.fingerprint)
    there = Comparison(planted.ours.fingerprint)
    for number in count(1):
        assert step is not None
        there, step = answer(planted.theirs, there, step)
        assert step is not None
        here, step = answer(planted.ours, here, lie(planted.ours, step) if number == at else step)
        if number == at:
            return here
    raise AssertionError


def divided_as_ours(own: MessageSet, step: Step) -> Step:
    """Say back our own fingerprints as if they differed."""
    splits = tuple(
        replace(
            split,
            fingerprints=tuple(
                own.tally(part).fingerprint[:PREFIX_BYTES]
                for part in split.area.divide(split.dividers)
            ),
        )
        for split in step.splits[1:]
    )
    return replace(step, splits=(step.splits[0], *splits))


def listed_as_ours(own: MessageSet, step: Step) -> Step:
    """Say back our own messages as if they differed."""
    leaf = step.leaves[0]
    items = tuple(item.prefix for item in own.list_items(leaf.area))
    return replace(step, leaves=(replace(leaf, items=items), *step.leaves[1:]))


def unlike(own: MessageSet, step: Step) -> Step:
    """Say of every part of every range that it differs."""
    splits = (
        replace(split, fingerprints=(bytes(PREFIX_BYTES),) * len(split.fingerprints))
        for split in step.splits
    )
    return replace(step, splits=tuple(splits))


def foreign(own: MessageSet, step: Step) -> Step:
    """List messages that are in no record, in place of one range's."""
    leaf = step.leaves[0]
    low = leaf.start.ljust(PREFIX_BYTES, b"\x00")
    items = tuple(low[:-1] + bytes([number]) for number in range(1, 33))
    return replace(step, leaves=(replace(leaf, items=items), *step.leaves[1:]))


def settled_with(
    having: Callable[[MessageSet, Settled], list[Item]], *, lacking: tuple[bytes, ...] = ()
) -> Callable[[MessageSet, Step], Step]:
    """Settle the first range with what *having* says, and every other as it is."""

    def lie(own: MessageSet, step: Step) -> Step:
        one = step.settled[0]
        names = tuple(Name(pld=item.pld, jti=item.jti) for item in having(own, one))
        changed = replace(one, having=names, lacking=lacking)
        return replace(step, settled=(changed, *step.settled[1:]))

    return lie


def held_here(own: MessageSet, settled: Settled) -> list[Item]:
    """Return a message of the range that we hold."""
    return list(own.list_items(settled.area, 1))


def nothing(own: MessageSet, settled: Settled) -> list[Item]:
    """Return no message."""
    return []


def never_sealed(own: MessageSet, settled: Settled) -> list[Item]:
    """Return messages that begin like the true ones and are others."""
    return [Item(name.pld[:-1] + b"\x00", name.jti) for name in settled.having]


Lie = Callable[[MessageSet, Step], Step]
LIES: dict[str, tuple[int, int, Lie, End]] = {
    "our fingerprints as if they differed": (DIVIDES, 1, divided_as_ours, End.CONTRADICTION),
    "our list as if it differed": (LISTS, 1, listed_as_ours, End.CONTRADICTION),
    "a message that we hold": (DIVIDES, 2, settled_with(held_here), End.CONTRADICTION),
    "a difference of nothing": (DIVIDES, 2, settled_with(nothing), End.CONTRADICTION),
    "a message that was never sealed": (LISTS, 2, settled_with(never_sealed), End.UNEXPLAINED),
    "that it lacks what we did not list": (
        DIVIDES,
        2,
        settled_with(nothing, lacking=(bytes(PREFIX_BYTES),)),
        End.NOT_ASKED,
    ),
    "that no part differs": (
        DIVIDES,
        1,
        lambda own, step: replace(step, splits=()),
        End.UNEXPLAINED,
    ),
    "that more differs, and never what": (
        DIVIDES,
        1,
        lambda own, step: replace(step, splits=(), rest=True),
        End.UNEXPLAINED,
    ),
    "less than all": (
        DIVIDES,
        2,
        lambda own, step: replace(step, settled=step.settled[:3]),
        End.UNEXPLAINED,
    ),
    "no name of what it says we lack": (
        LISTS,
        2,
        lambda own, step: replace(step, settled=()),
        End.UNEXPLAINED,
    ),
    "ranges out of order": (
        LISTS,
        1,
        lambda own, step: replace(step, leaves=step.leaves[::-1]),
        End.OUT_OF_ORDER,
    ),
    "ranges that overlap": (
        LISTS,
        1,
        lambda own, step: replace(step, leaves=step.leaves * 2),
        End.OUT_OF_ORDER,
    ),
    "a million ranges": (
        DIVIDES,
        1,
        lambda own, step: replace(step, splits=step.splits * 250_000),
        End.TOO_MANY_RANGES,
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_ends_the_comparison(lie: str) -> None:
    """Whatever cannot be true ends the comparison at once, with the reason and no result."""
    both, at, tell, end = LIES[lie]
    here = lied_to(both, at, tell)
    assert (here.done, here.end) == (True, end)
    planted = plant(both, only_ours=2, only_theirs=3, altered=1)
    found = outcome(planted.ours, here)
    assert (found.matched, found.end) == (None, end)


@pytest.mark.parametrize(("both", "lie"), [(DIVIDES, unlike), (LISTS, foreign)])
def test_a_lie_that_could_be_true_costs_no_more_than_a_step(
    both: int, lie: Callable[[MessageSet, Step], Step]
) -> None:
    """Wrong fingerprints and foreign messages are gone into, as far as one step may."""
    here = lied_to(both, 1, lie)
    assert not here.done
    assert here.sent is not None
    assert len(here.sent.splits) + len(here.sent.leaves) <= OPEN_MAX
    assert sum(len(one.having) for one in here.sent.settled) <= NAMES_MAX
    assert len(grammar.canonical(write_step(here.sent))) <= 160 * KIBIBYTE


def test_foreign_messages_explain_nothing() -> None:
    """Who names in full what it made up does not reach the fingerprint that it signed."""
    planted = plant(LISTS, only_ours=2, only_theirs=3, altered=1)
    here = lied_to(LISTS, 1, foreign)
    assert here.sent is not None
    settled = tuple(
        Settled(
            start=one.start,
            end=one.end,
            having=tuple(Name(pld=name + bytes(20), jti=an_item(1).jti) for name in one.lacking),
            lacking=(),
        )
        for one in here.sent.settled
        if one.lacking
    )
    assert settled
    made_up = Step(splits=(), leaves=(), settled=settled, rest=False)
    here, step = answer(planted.ours, here, made_up)
    assert (here.end, step) == (End.UNEXPLAINED, None)


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
