"""
Two ledgers of one day that differ in a few messages, compared step by step.

Both are real databases and each step goes the whole way: the day's messages read from the
ledger, what the other side said read and answered, and where it stands stored again. Only the
road between them is left out.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import TypeVar

import orjson
from sqlalchemy import Connection, create_engine

from exchange.domain.messages.catalogue import COMPARISON
from exchange.domain.messages.comparison import Comparison, Result
from exchange.domain.parties import Side
from exchange.flow.clock import system_entropy
from exchange.flow.comparing import Comparing, Moved, mirrors
from exchange.flow.counting import Days, read_set
from exchange.proof.envelope import MessageId
from exchange.proof.jws import Signature
from exchange.store.columns import Direction, Kind
from exchange.store.comparisons import record_comparisons
from exchange.store.days import OfDay
from exchange.store.ledger import NewEntry, record_entries
from exchange.store.migrations import upgrade
from exchange.store.stated import Stated, insert_statements

BATCH = 2_000
DAY = date(2019, 7, 16)
NOW = datetime(2019, 7, 17, 1, tzinfo=UTC)
LOST_HERE, LOST_THERE, ALTERED = 3, 2, 2
DIFFERENCES = LOST_HERE + LOST_THERE + ALTERED

T = TypeVar("T")
_SIGNATURES = (Signature(b'{"alg":"ES256","kid":"bench"}', bytes(64)),)


@dataclass(frozen=True, slots=True)
class Compared:
    """
    What it took to find the differences of a day.

    A round is a step and its answer; *octets* are those of all steps, as JSON.
    """

    messages: int
    differences: int
    rounds: int
    octets: int
    cpu_seconds: dict[str, float]
    found: bool


@dataclass(slots=True)
class _Ledger:
    """One side: its database, and the processor time that it has used."""

    side: Side
    of: OfDay
    connection: Connection
    cpu_seconds: float = 0.0
    stated: Stated | None = None
    days: Days = field(default_factory=Days)

    def timed(self, work: Callable[[Connection], T]) -> T:
        """Return what *work* returned; its time is this side's."""
        began = time.process_time()
        with self.connection.begin():
            done = work(self.connection)
        self.cpu_seconds += time.process_time() - began
        return done

    def comparing(self) -> Comparing:
        """Return what a look of this side compares with."""
        return Comparing(side=self.side, kind=COMPARISON, days=self.days, entropy=system_entropy)


def measure_compared(directory: Path, messages: int) -> Compared:
    """Return what it takes to find seven differences in a day of so many messages."""
    directory.mkdir()
    chance = Random(messages)  # noqa: S311  # which messages differ, the same each time
    numbers = chance.sample(range(messages), DIFFERENCES)
    lost_here, rest = set(numbers[:LOST_HERE]), numbers[LOST_HERE:]
    lost_there, altered = set(rest[:LOST_THERE]), set(rest[LOST_THERE:])
    us = _filled(directory, Side.US, messages, without=lost_here, altered=altered)
    mx = _filled(directory, Side.MX, messages, without=lost_there, altered=set())
    said = list(_compared(us, mx))
    steps = [one for one in said if one.step is not None]
    by_us, by_mx = (one.result for one in said if one.result is not None)
    return Compared(
        messages,
        DIFFERENCES,
        -(-len(steps) // 2),
        sum(len(orjson.dumps(one.step.model_dump(mode="json"))) for one in steps if one.step),
        {one.side.value: one.cpu_seconds for one in (us, mx)},
        _is_what_differs(by_us, by_mx, messages),
    )


def _is_what_differs(by_us: Result | None, by_mx: Result | None, messages: int) -> bool:
    if by_us is None or by_mx is None or not mirrors(by_us, by_mx):
        return False
    found = sorted((by_us.missing_here_count, by_us.missing_there_count))
    return (
        found == sorted((LOST_HERE, LOST_THERE))
        and by_us.conflicts_count == ALTERED
        and by_us.matched == messages - DIFFERENCES
    )


def _compared(us: _Ledger, mx: _Ledger) -> Iterator[Comparison]:
    """Give everything that is said, until nobody says anything more; the US side heard the day."""
    ours, theirs = us.stated, mx.stated
    assert ours is not None  # noqa: S101  # a day is stated when its ledger is filled
    assert theirs is not None  # noqa: S101  # as above
    moved = us.timed(lambda c: _kept(c, us.comparing().begin(c, ours, theirs.fingerprint, NOW)))
    speaker, hearer = us, mx
    said = _bodies(moved)
    while said:
        yield from said
        answers: list[Comparison] = []
        for one in said:
            heard = hearer.timed(
                lambda c, one=one, hearer=hearer: _kept(  # type: ignore[misc]  # bound now
                    c, hearer.comparing().hear(c, None, one, NOW)
                )
            )
            answers += _bodies(heard)
        speaker, hearer = hearer, speaker
        said = answers


def _kept(connection: Connection, moved: Moved | None) -> Moved | None:
    if moved is not None:
        record_comparisons(connection, [(moved.before, moved.after)])
    return moved


def _bodies(moved: Moved | None) -> list[Comparison]:
    said = () if moved is None else moved.said
    return [Comparison.model_validate_json(one.octets) for one in said]


def _filled(
    directory: Path, side: Side, messages: int, *, without: set[int], altered: set[int]
) -> _Ledger:
    """Return a side that holds a day's messages of Mexico, and has stated them."""
    url = f"sqlite:///{directory / side.value}.db"
    upgrade(url)
    connection = create_engine(url).connect()
    of = OfDay(DAY, Direction.RECEIVED if side is Side.US else Direction.SENT)
    held = [number for number in range(messages) if number not in without]
    for start in range(0, len(held), BATCH):
        with connection.begin():
            entries = [_entry(of, one, other=one in altered) for one in held[start : start + BATCH]]
            record_entries(connection, entries)
    ledger = _Ledger(side, of, connection)
    with connection.begin():
        day = read_set(connection, of, as_of=len(held))
        ledger.stated = Stated(*of, day.fingerprint, len(day), "[]", len(held), NOW)
        insert_statements(connection, [ledger.stated])
    return ledger


def _entry(of: OfDay, number: int, *, other: bool) -> NewEntry:
    envelope = b'{"number":%d,"other":%d}' % (number, other)
    pld = hashlib.sha256(envelope).digest()
    digits = hashlib.sha256(b"%d" % number).hexdigest()
    jti = f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
    return NewEntry(
        direction=of.direction,
        kind=Kind.MESSAGE,
        issuer="urn:handoff:mx:inm",
        envelope=envelope,
        signatures=_SIGNATURES,
        pld=pld,
        sig=hashlib.sha256(b"sig" + envelope).digest(),
        recorded_at=NOW,
        jti=MessageId(jti),
        seq=number + 1,
        schema="urn:handoff:schema:reception:1",
        said_on=DAY,
    )
