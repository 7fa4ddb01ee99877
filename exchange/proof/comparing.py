"""
How two sides find the exact messages by which their records differ, in a few steps.

One side divides its set into 16 ranges and says the fingerprint of each. The other answers
those that differ with a division of its own, or, where it has no more than 32 messages, with
their names; what comes back to such a list is what only one of both has. Every step answers
exactly what the last one asked, and each division leaves a sixteenth of one's own messages, so
whatever the other side says the comparison ends, and at a known cost. Once it ends, what was
found must explain the fingerprint that the other side signed; otherwise it has no result.

Both sides hold the set as it was when they began: what arrives meanwhile is for the next one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from exchange.proof.bounds import End, find_fault
from exchange.proof.envelope import MessageId
from exchange.proof.ranges import (
    BRANCHES,
    LEAF_ITEMS_MAX,
    NAMES_MAX,
    OPEN_MAX,
    Leaf,
    Name,
    Settled,
    Split,
    Step,
)
from exchange.proof.sets import PREFIX_BYTES, WHOLE, Area, Item, MessageSet, Tally


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Where a comparison stands: what was said last, and what was found.

    *declared* is the fingerprint of the whole set that the other side's statement says. The
    side that does not begin starts from that alone.
    """

    declared: bytes
    sent: Step | None = None
    steps: int = 0
    missing_here: tuple[Item, ...] = ()
    missing_there: tuple[Item, ...] = ()
    rest: bool = False
    done: bool = False
    end: End | None = None


class Turn(NamedTuple):
    """Where the comparison stands after a step, and the step to send; None where none is."""

    comparison: Comparison
    step: Step | None


class Conflict(NamedTuple):
    """One number under which the two sides hold different messages."""

    jti: MessageId
    ours: tuple[bytes, ...]
    theirs: tuple[bytes, ...]


class Outcome(NamedTuple):
    """
    What a comparison found, of which the other side finds the mirror image.

    *matched* counts the messages that both hold; it is None unless everything was compared,
    and then what remains is found once these are repaired. Whatever is missing here is the
    other side's word until the message itself arrives as it was sealed.
    """

    matched: int | None
    missing_here: tuple[Item, ...]
    missing_there: tuple[Item, ...]
    conflicts: tuple[Conflict, ...]
    end: End | None


class _Claim(NamedTuple):
    """What of a range we name, and what we want named."""

    area: Area
    having: tuple[Item, ...]
    lacking: tuple[bytes, ...] = ()


def begin(own: MessageSet, declared: bytes) -> Turn:
    """Return the first step; none where the other side's fingerprint is ours."""
    comparison = Comparison(declared)
    if own.fingerprint == declared:
        return Turn(replace(comparison, done=True), None)
    step = _step(own, [WHOLE], [])
    return Turn(replace(comparison, sent=step, steps=1), step)


def answer(own: MessageSet, comparison: Comparison, received: Step) -> Turn:
    """
    Return the step that follows the one *received*, and what is known by then.

    A step that may not stand here ends the comparison with its reason. What comes after the
    end changes nothing.
    """
    if comparison.done:
        return Turn(comparison, None)
    fault = find_fault(comparison.sent, received, number=comparison.steps + 1)
    if fault is not None:
        return _ended(comparison, fault)
    parts = [_differing(own, split) for split in received.splits]
    listed = [_compared(own, leaf) for leaf in received.leaves]
    if not (all(parts) and all(listed) and all(_is_news(own, one) for one in received.settled)):
        return _ended(comparison, End.CONTRADICTION)
    wanted = [_named(own, settled) for settled in received.settled if settled.lacking]
    claims = [*filter(None, listed), *wanted]
    reply = _step(own, [area for areas in parts for area in areas], claims)
    return _turn(own, comparison, received, reply)


def outcome(own: MessageSet, comparison: Comparison) -> Outcome:
    """Return what was found, once the comparison is done."""
    here, there = comparison.missing_here, comparison.missing_there
    whole = comparison.end is None and not comparison.rest
    conflicts = _conflicts(own, here, there, whole=whole)
    in_conflict = {conflict.jti for conflict in conflicts}
    return Outcome(
        len(own) - len(there) if whole else None,
        tuple(sorted(item for item in here if item.jti not in in_conflict)),
        tuple(sorted(item for item in there if item.jti not in in_conflict)),
        conflicts,
        comparison.end,
    )


def _differing(own: MessageSet, split: Split) -> list[Area]:
    """Return the parts of a division in which we hold something else."""
    parts = zip(split.area.divide(split.dividers), split.fingerprints, strict=True)
    return [part for part, said in parts if own.tally(part).fingerprint[:PREFIX_BYTES] != said]


def _compared(own: MessageSet, leaf: Leaf) -> _Claim | None:
    """Return what only one of both has of a listed range; None where there is nothing."""
    ours, theirs = own.list_items(leaf.area), frozenset(leaf.items)
    held = {item.prefix for item in ours}
    having = tuple(item for item in ours if item.prefix not in theirs)
    lacking = tuple(name for name in leaf.items if name not in held)
    return _Claim(leaf.area, having, lacking) if having or lacking else None


def _is_news(own: MessageSet, settled: Settled) -> bool:
    """Say whether it names something, and nothing that we hold."""
    held = any(own.has(name.pld) for name in settled.having)
    return bool(settled.having or settled.lacking) and not held


def _named(own: MessageSet, settled: Settled) -> _Claim:
    """Return in full what the other side lacks of a range that we listed."""
    lacking, ours = frozenset(settled.lacking), own.list_items(settled.area)
    return _Claim(settled.area, tuple(item for item in ours if item.prefix in lacking))


def _step(own: MessageSet, areas: Sequence[Area], claims: Iterable[_Claim]) -> Step:
    """Return a step that goes into as much of this as one step may."""
    left, cut = NAMES_MAX, len(areas) > OPEN_MAX
    settled = []
    for claim in sorted(claims, key=lambda claim: claim.area.start):
        named = claim.having[:left]
        left -= len(named)
        cut = cut or len(named) < len(claim.having)
        if named or claim.lacking:
            settled.append(_settled(claim._replace(having=named)))
    opened = areas[:OPEN_MAX]
    leaves = {area for area in opened if own.tally(area).size <= LEAF_ITEMS_MAX}
    return Step(
        splits=tuple(_split(own, area) for area in opened if area not in leaves),
        leaves=tuple(_leaf(own, area) for area in opened if area in leaves),
        settled=tuple(settled),
        rest=cut,
    )


def _split(own: MessageSet, area: Area) -> Split:
    dividers = own.dividers(area, BRANCHES)
    tallies = [own.tally(part) for part in area.divide(dividers)]
    fingerprints = tuple(tally.fingerprint[:PREFIX_BYTES] for tally in tallies)
    return Split(start=area.start, end=area.end, dividers=dividers, fingerprints=fingerprints)


def _leaf(own: MessageSet, area: Area) -> Leaf:
    items = tuple(item.prefix for item in own.list_items(area))
    return Leaf(start=area.start, end=area.end, items=items)


def _settled(claim: _Claim) -> Settled:
    having = tuple(Name(pld=item.pld, jti=item.jti) for item in claim.having)
    start, end = claim.area
    return Settled(start=start, end=end, having=having, lacking=claim.lacking)


def _turn(own: MessageSet, before: Comparison, received: Step, reply: Step) -> Turn:
    """Return where things stand once *reply* has gone; nothing goes where nothing was asked."""
    after = replace(
        before,
        sent=reply,
        steps=before.steps + 1 + received.wants_answer,
        missing_here=before.missing_here + _items(received),
        missing_there=before.missing_there + _items(reply),
        rest=before.rest or received.rest or reply.rest,
        done=not reply.wants_answer,
    )
    if after.done and not _explains(own, after):
        return _ended(after, End.UNEXPLAINED)
    return Turn(after, reply if received.wants_answer else None)


def _items(step: Step) -> tuple[Item, ...]:
    return tuple(name.item for settled in step.settled for name in settled.having)


def _explains(own: MessageSet, after: Comparison) -> bool:
    """Say whether what was found makes of our set theirs, or at least a part of it was found."""
    here, there = after.missing_here, after.missing_there
    if after.rest:
        return bool(here or there)
    total, size = own.tally(WHOLE)
    total += _sum(here) - _sum(there)
    return Tally(total, size + len(here) - len(there)).fingerprint == after.declared


def _sum(items: Iterable[Item]) -> int:
    return sum(int.from_bytes(item.pld, "big") for item in items)


def _ended(comparison: Comparison, reason: End) -> Turn:
    return Turn(replace(comparison, done=True, end=reason), None)


def _conflicts(
    own: MessageSet, here: Sequence[Item], there: Sequence[Item], *, whole: bool
) -> tuple[Conflict, ...]:
    """
    Return every number that both sides hold, each with other messages under it.

    Where the *whole* was compared, what is not missing there is held there.
    """
    differ = {item.jti for item in (*here, *there)}
    ours, theirs = defaultdict[MessageId, set[bytes]](set), defaultdict[MessageId, set[bytes]](set)
    only_ours = frozenset(there)
    for item in own:
        if item.jti in differ:
            ours[item.jti].add(item.pld)
            if whole and item not in only_ours:
                theirs[item.jti].add(item.pld)
    for item in here:
        theirs[item.jti].add(item.pld)
    both = sorted(ours.keys() & theirs.keys())
    return tuple(Conflict(j, tuple(sorted(ours[j])), tuple(sorted(theirs[j]))) for j in both)
