"""
What the other side may say in one step of a comparison: little, in order, and what was asked.

All of it is looked at before any of it is compared, so that whatever the other side sends costs
no more than an honest step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, NamedTuple

from exchange.proof.ranges import NAMES_MAX, OPEN_MAX, Bounded, Settled, Step
from exchange.proof.sets import PREFIX_BYTES, WHOLE, Area

STEPS_MAX: Final = 16
"""After how many steps of both sides a comparison ends, if it has not: enough for 16^7 messages."""


class End(StrEnum):
    """Why a comparison ended without a result that holds."""

    TOO_MANY_STEPS = "too-many-steps"
    """It does not come to an end by itself."""
    TOO_MANY_RANGES = "too-many-ranges"
    """One step goes into more ranges than any may."""
    TOO_MANY_MESSAGES = "too-many-messages"
    """One step names more messages than any may."""
    OUT_OF_ORDER = "out-of-order"
    """Ranges or messages are not in order, overlap or are empty."""
    NOT_ASKED = "not-asked"
    """A range or message is none that was asked about."""
    CONTRADICTION = "contradiction"
    """What is said to differ does not, or what is said to be missing is there."""
    UNEXPLAINED = "unexplained"
    """What was found does not lead to the fingerprint that the other side signed."""
    UNKNOWN_STATEMENT = "unknown-statement"
    """It is about a fingerprint that the side asked never stated."""
    UNANSWERED = "unanswered"
    """The next step did not come in time."""


class _Asked(NamedTuple):
    """What a step lets the other side speak of."""

    parts: frozenset[Area]
    listed: Mapping[Area, frozenset[bytes]]
    wanted: Mapping[Area, frozenset[bytes]]


def find_fault(sent: Step | None, received: Step, *, number: int) -> End | None:
    """
    Return why the step *received* may not follow the one that was *sent*; None if it may.

    *sent* is None where the other side begins: then it speaks of the whole set. *number* counts
    the steps of both sides, this one among them.
    """
    if number + received.wants_answer > STEPS_MAX:
        return End.TOO_MANY_STEPS
    opened = len(received.splits) + len(received.leaves)
    if opened > OPEN_MAX or len(received.settled) > 2 * OPEN_MAX:
        return End.TOO_MANY_RANGES
    if sum(len(one.having) for one in received.settled) > NAMES_MAX:
        return End.TOO_MANY_MESSAGES
    if not _is_in_order(received):
        return End.OUT_OF_ORDER
    return None if _is_asked(_asked_by(sent), received) else End.NOT_ASKED


def _asked_by(sent: Step | None) -> _Asked:
    if sent is None:
        return _Asked(frozenset({WHOLE}), {}, {})
    return _Asked(
        frozenset(part for split in sent.splits for part in split.area.divide(split.dividers)),
        {leaf.area: frozenset(leaf.items) for leaf in sent.leaves},
        {one.area: frozenset(one.lacking) for one in sent.settled if one.lacking},
    )


def _is_asked(asked: _Asked, received: Step) -> bool:
    opened = (*received.splits, *received.leaves)
    return (
        all(one.area in asked.parts for one in opened)
        and all(_holds(leaf.area, leaf.items) for leaf in received.leaves)
        and all(_is_answer(asked, one) for one in received.settled)
    )


def _is_answer(asked: _Asked, settled: Settled) -> bool:
    """Say whether it speaks of what we listed, or names exactly what we want to know."""
    if not _holds(settled.area, [name.pld for name in settled.having]):
        return False
    listed = asked.listed.get(settled.area)
    if listed is not None:
        return listed.issuperset(settled.lacking)
    wanted = asked.wanted.get(settled.area, frozenset())
    named = {name.pld[:PREFIX_BYTES] for name in settled.having}
    return not settled.lacking and named <= wanted


def _holds(area: Area, names: Iterable[bytes]) -> bool:
    return all(area.holds(name) for name in names)


def _is_in_order(step: Step) -> bool:
    kinds: tuple[Sequence[Bounded], ...] = (step.splits, step.leaves, step.settled)
    merged = sorted((one.area for kind in kinds for one in kind), key=lambda area: area.start)
    return (
        all(_is_ascending([one.start for one in kind]) for kind in kinds)
        and all(area.end is None or area.start < area.end for area in merged)
        and all(one.end is not None and one.end <= next_.start for one, next_ in pairwise(merged))
        and all(_is_ascending(names) for names in _names(step))
        and all(len(one.fingerprints) == len(one.dividers) + 1 for one in step.splits)
    )


def _names(step: Step) -> Iterator[Sequence[bytes]]:
    """Give every list of the step that must ascend."""
    for split in step.splits:
        yield (split.start, *split.dividers, *([] if split.end is None else [split.end]))
    yield from (leaf.items for leaf in step.leaves)
    for one in step.settled:
        yield one.lacking
        yield [name.pld for name in one.having]


def _is_ascending(values: Sequence[Any]) -> bool:
    return all(one < next_ for one, next_ in pairwise(values))
