"""
The account of both sides: what each stated of the same days, and the difference.

Theirs is what the partner signed, ours what we stated; neither is corrected by the other. A day
is that of a statement, 00 to 24 h UTC, and only days that both have stated are summed.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.domain.parties import Side
from exchange.domain.statements import COUNTERS
from exchange.reports.document import Cell, Column, Kind, Row, Section
from exchange.reports.folding import Asked
from exchange.store.engine import Connection
from exchange.store.statements import Pair, list_pairs, speaker_of

_EVER = dt.date(1970, 1, 1)
NOWHERE = "-"

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class BothSides:
    """What both sides stated: each counter of each port twice, and how the days compare."""

    ours: Counter[_Key]
    theirs: Counter[_Key]
    days: tuple[Row, ...]

    def sections(self) -> Iterator[Section]:
        """Give the sections; of days that nobody stated there is none."""
        if not self.days:
            return
        keys = sorted(self.ours.keys() | self.theirs.keys(), key=_by_port_and_counter)
        yield Section(
            id="both-sides",
            columns=(
                Column("port", Kind.PLACE),
                Column("counter", Kind.CODE, "counter."),
                Column("ours"),
                Column("theirs"),
                Column("difference"),
            ),
            rows=tuple(
                (*key, self.ours[key], self.theirs[key], self.ours[key] - self.theirs[key])
                for key in keys
            ),
            note="both-sides",
        )
        yield Section(
            id="stated-days",
            columns=(
                Column("day", Kind.DATE),
                Column("speaker", Kind.CODE, "side."),
                Column("ours"),
                Column("theirs"),
                Column("compared", Kind.CODE, "compared."),
            ),
            rows=self.days,
            note="stated-days",
        )


def read_both_sides(connection: Connection, asked: Asked) -> BothSides | None:
    """
    Return what both sides stated of the days that are *asked* for.

    A statement is of ports: of receiving points there is none, and then this is None.
    """
    selection = asked.selection
    is_of_points = asked.side is Side.MX and selection.only_at is not None
    if selection.point is not None or is_of_points:
        return None
    both = BothSides(Counter(), Counter(), ())
    pairs = list_pairs(connection, asked.side, first=selection.first or _EVER)
    wanted = [one for one in pairs if selection.last is None or one.of.day <= selection.last]
    for pair in wanted:
        _count(pair, asked, both)
    return BothSides(both.ours, both.theirs, tuple(_day(one, asked.side) for one in wanted))


def _count(pair: Pair, asked: Asked, both: BothSides) -> None:
    theirs = pair.their_statement
    if pair.ours is None or theirs is None:
        return
    for counts, to in ((pair.ours.counts, both.ours), (theirs.counters, both.theirs)):
        for one in counts:
            if asked.selection.has(Side.US, port=one.port, point=None):
                place = one.port or NOWHERE
                to.update({(place, name): n for name in COUNTERS if (n := getattr(one, name))})


def _day(pair: Pair, side: Side) -> tuple[Cell, ...]:
    theirs = pair.their_statement
    return (
        pair.of.day,
        speaker_of(pair.of, side),
        None if pair.ours is None else pair.ours.messages,
        None if theirs is None else theirs.messages,
        _compared(pair),
    )


def _compared(pair: Pair) -> str:
    if pair.ours is None:
        return "not-stated-here"
    if pair.theirs is None:
        return "not-stated-there"
    if not pair.sets_differ:
        return "equal"
    run = pair.compared
    return "comparing" if run is None or run.ended_at is None else "differ"


def _by_port_and_counter(key: _Key) -> tuple[str, int]:
    return key[0], COUNTERS.index(key[1])
