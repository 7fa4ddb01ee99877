"""Two records of one day that differ as planned, and two sides that compare them."""

from hashlib import sha256
from typing import NamedTuple

from exchange.proof import grammar
from exchange.proof.comparing import Comparison, Conflict, Outcome, answer, begin, outcome
from exchange.proof.envelope import MessageId
from exchange.proof.ranges import Step, read_step, write_step
from exchange.proof.sets import Item, MessageSet


def an_item(number: int, version: int = 0) -> Item:
    """The message of a number; another *version* is another message under the same number."""
    pld = sha256(b"%d.%d" % (number, version)).digest()
    return Item(pld, MessageId(f"01699649-7f80-7000-8000-{number:012x}"))


class Planted(NamedTuple):
    """Our record and the other side's, and by which numbers they differ."""

    ours: MessageSet
    theirs: MessageSet
    expected: Outcome


def plant(both: int, *, only_ours: int = 0, only_theirs: int = 0, altered: int = 0) -> Planted:
    """Plant differences in two records that have *both* messages in common."""
    bases = [both + only_ours, both + only_ours + only_theirs]
    shared = [an_item(number) for number in range(both)]
    here = sorted(an_item(number) for number in range(*bases))
    there = sorted(an_item(number) for number in range(both, bases[0]))
    twice = range(bases[1], bases[1] + altered)
    ours, theirs = ([an_item(number, side) for number in twice] for side in (1, 2))
    conflicts = tuple(
        Conflict(one.jti, (one.pld,), (other.pld,)) for one, other in zip(ours, theirs, strict=True)
    )
    return Planted(
        MessageSet([*shared, *there, *ours]),
        MessageSet([*shared, *here, *theirs]),
        Outcome(both, tuple(here), tuple(there), conflicts, None),
    )


def mirrored(found: Outcome) -> Outcome:
    """The same outcome as the other side sees it."""
    conflicts = tuple(Conflict(one.jti, one.theirs, one.ours) for one in found.conflicts)
    return found._replace(
        missing_here=found.missing_there, missing_there=found.missing_here, conflicts=conflicts
    )


class Held(NamedTuple):
    """What a comparison of two honest sides came to, and every step of it in octets."""

    ours: Outcome
    theirs: Outcome
    octets: list[bytes]
    steps: list[Step]


def hold(ours: MessageSet, theirs: MessageSet) -> Held:
    """Have our side begin and both take turns, each reading what the other has written."""
    here, step = begin(ours, theirs.fingerprint)
    there = Comparison(ours.fingerprint)
    octets, steps = [], []
    while step is not None:
        octets.append(grammar.canonical(write_step(step)))
        steps.append(step)
        there, step = answer(theirs, there, read_step(grammar.parse(octets[-1])))
        if step is not None:
            octets.append(grammar.canonical(write_step(step)))
            steps.append(step)
            here, step = answer(ours, here, read_step(grammar.parse(octets[-1])))
    assert here.done
    assert there.done or not steps
    return Held(outcome(ours, here), outcome(theirs, there), octets, steps)
