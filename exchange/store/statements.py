"""
What both sides stated of each day, side by side, and everything in which they differ.

What the partner stated is what stands of it among the bulletins. It is never believed for being
the last word: it stands beside ours.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from exchange.domain.bulletins import Bulletin, Matter, end_of
from exchange.domain.messages.statement import Statement
from exchange.domain.parties import Side
from exchange.domain.statements import Difference, compare_counts
from exchange.proof.encoding import unb64u
from exchange.store.bulletins import list_bulletins
from exchange.store.columns import Direction
from exchange.store.comparisons import Compared, list_compared
from exchange.store.days import OfDay
from exchange.store.stated import Stated, list_stated

STATEMENTS_MAX = 1_000
"""How many of the partner's statements are looked at from a day on."""


class Pair(NamedTuple):
    """What both sides stated of a day's messages, ours first, and every comparison of the day."""

    of: OfDay
    ours: Stated | None
    theirs: Bulletin | None
    runs: tuple[Compared, ...]

    @property
    def their_statement(self) -> Statement | None:
        """What the partner stated, as a body."""
        return None if self.theirs is None else read_statement(self.theirs)

    @property
    def sets_differ(self) -> bool:
        """Whether the two state different messages."""
        theirs = self.their_statement
        if self.ours is None or theirs is None:
            return False
        return unb64u(theirs.fingerprint) != self.ours.fingerprint

    @property
    def compared(self) -> Compared | None:
        """The comparison of just these two statements."""
        return next((run for run in self.runs if all(self._is_about(run))), None)

    @property
    def ended(self) -> tuple[Compared, ...]:
        """The comparisons that ended, and after which one of the two still states the same."""
        ended = (run for run in self.runs if run.ended_at is not None)
        return tuple(run for run in ended if any(self._is_about(run)))

    def _is_about(self, run: Compared) -> tuple[bool, bool]:
        theirs = self.their_statement
        return (
            self.ours is not None and run.ours == self.ours.fingerprint,
            theirs is not None and run.theirs == unb64u(theirs.fingerprint),
        )


def read_statement(bulletin: Bulletin) -> Statement:
    """Return the statement that a bulletin keeps."""
    return Statement.model_validate_json(bulletin.says)


def list_pairs(connection: Connection, side: Side, *, first: dt.date) -> list[Pair]:
    """Return what both sides stated of each day from *first* on, in the order of the days."""
    ours = list_stated(connection, first=first)
    heard = list_bulletins(
        connection, Direction.RECEIVED, "statement", first=first.isoformat(), limit=STATEMENTS_MAX
    )
    theirs = {_of_matter(one.matter, side): one for one in heard}
    runs: dict[OfDay, list[Compared]] = {}
    for run in list_compared(connection, first=first):
        runs.setdefault(run.of, []).append(run)
    return [
        Pair(of, ours.get(of), theirs.get(of), tuple(runs.get(of, ())))
        for of in sorted(ours.keys() | theirs.keys())
    ]


def _of_matter(matter: Matter, side: Side) -> OfDay:
    day, _, speaker = matter.about.partition(" ")
    direction = Direction.SENT if speaker == side else Direction.RECEIVED
    return OfDay(dt.date.fromisoformat(day), direction)


def speaker_of(of: OfDay, side: Side) -> Side:
    """Return whose messages are spoken of."""
    return side if of.direction is Direction.SENT else side.other


class SetsDiffer(NamedTuple):
    """The two sides state different messages of a day although they were compared."""

    day: dt.date
    speaker: Side
    since: dt.datetime
    end: str | None


class CountsDiffer(NamedTuple):
    """The two sides count differently what one of them said on a day, since both stated it."""

    day: dt.date
    speaker: Side
    since: dt.datetime
    sets_differ: bool
    differences: tuple[Difference, ...]


class Unfounded(NamedTuple):
    """The partner stated a day before it had ended."""

    day: dt.date
    speaker: Side
    said_at: dt.datetime
    messages: int


@dataclass(frozen=True, slots=True)
class Differences:
    """
    Everything in which what was stated of the last days differs, both values of each.

    *days* are those of which anything was stated, and whose messages are spoken of.
    """

    sets: tuple[SetsDiffer, ...]
    counts: tuple[CountsDiffer, ...]
    unfounded: tuple[Unfounded, ...]
    days: tuple[tuple[dt.date, Side], ...]

    def differs_since(self, speaker: Side) -> dt.datetime | None:
        """Return since when the sets of a speaker's messages are known to differ (R23)."""
        times = (one.since for one in self.sets if one.speaker is speaker)
        return min(times, default=None)


def find_differences(connection: Connection, side: Side, *, first: dt.date) -> Differences:
    """
    Return where the two sides differ in what they stated of the days from *first* on.

    For rule R23 (``Channel.differs_since``): `Differences.differs_since` of each speaker. It is
    None again once both state the same. For rule R24: *counts*, each counter with both values
    and the port. Where their sets are equal nobody honest could count differently; where they
    differ it may be what is missing. A statement of the partner's is never believed for being
    the last word: it stands beside ours.
    """
    pairs = list_pairs(connection, side, first=first)
    return Differences(
        tuple(_sets(pairs, side)),
        tuple(_counts(pairs, side)),
        tuple(_early(pairs, side)),
        tuple((pair.of.day, speaker_of(pair.of, side)) for pair in pairs),
    )


def _sets(pairs: Iterable[Pair], side: Side) -> Iterable[SetsDiffer]:
    for pair in pairs:
        if pair.sets_differ and (runs := pair.ended):
            since = min(run.ended_at for run in runs if run.ended_at is not None)
            yield SetsDiffer(pair.of.day, speaker_of(pair.of, side), since, runs[-1].end)


def _counts(pairs: Iterable[Pair], side: Side) -> Iterable[CountsDiffer]:
    for pair in pairs:
        theirs = pair.their_statement
        if pair.ours is None or pair.theirs is None or theirs is None:
            continue
        differences = compare_counts(pair.ours.counts, theirs.counters)
        if differences:
            since = max(pair.ours.stated_at, pair.theirs.said_at)
            speaker = speaker_of(pair.of, side)
            yield CountsDiffer(pair.of.day, speaker, since, pair.sets_differ, differences)


def _early(pairs: Iterable[Pair], side: Side) -> Iterable[Unfounded]:
    for pair in pairs:
        theirs = pair.their_statement
        if pair.theirs and theirs and pair.theirs.said_at < end_of(pair.of.day):
            speaker = speaker_of(pair.of, side)
            yield Unfounded(pair.of.day, speaker, pair.theirs.said_at, theirs.messages)
