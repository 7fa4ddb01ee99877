"""What both sides of a run state of the day that closed in it."""

from collections.abc import Iterator

from exchange.domain.parties import Side
from exchange.store.statements import Pair, find_differences, list_pairs
from tests.sim.evidence import Finished, Held
from tests.sim.sides import BEGUN_AT


def both_state_the_same(run: Finished) -> Iterator[str]:
    """Of the day that closed each side states both speakers, and all four accounts are equal."""
    day = BEGUN_AT.date()
    if not run.states_a_day or not any(
        entry.said_on == day for held in (run.us, run.mx) for entry in held.ledger
    ):
        return  # nobody had spoken yet, or the day does not close in this run
    for held in (run.us, run.mx):
        pairs = [pair for pair in _pairs(held) if pair.of.day == day]
        if len(pairs) != len(Side) or any(one.ours is None or one.theirs is None for one in pairs):
            yield f"{held.side}: not every account of {day} is there"
        for pair in pairs:
            if pair.sets_differ:
                yield f"{held.side}: of {day} the two state other messages: {pair.of.direction}"
        with held.connection() as connection:
            found = find_differences(connection, Side(held.side), first=day)
        for one in found.counts:
            if one.day == day:
                yield f"{held.side}: of {day} the two count otherwise: {one.differences}"


def _pairs(held: Held) -> list[Pair]:
    with held.connection() as connection:
        return list_pairs(connection, Side(held.side), first=BEGUN_AT.date())
