"""A lie ends a comparison, or costs no more than a step that could be true."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from exchange.proof import grammar
from exchange.proof.bounds import End
from exchange.proof.comparing import Comparison, answer, begin, outcome
from exchange.proof.ranges import (
    NAMES_MAX,
    OPEN_MAX,
    Name,
    Settled,
    Step,
    write_step,
)
from exchange.proof.sets import PREFIX_BYTES, Item, MessageSet
from tests.proof.records import an_item, plant

KIBIBYTE = 1024
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
    return list(own.list_items(settled.area)[:1])


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
