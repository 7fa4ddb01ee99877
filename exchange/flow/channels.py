"""The channel and the messages that were refused, as the rules of reconciliation look at them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from exchange.domain.alarms import AlarmKind
from exchange.domain.discrepancies.scopes import Channel, Gap, Refused, StatedDay
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.parties import Side
from exchange.proof import grammar
from exchange.proof.encoding import b64u, instant
from exchange.store.alarms import list_open_of
from exchange.store.columns import Direction
from exchange.store.engine import Connection
from exchange.store.partner import get_contact
from exchange.store.seqs import SeqGap, find_passed_at
from exchange.store.statements import Differences, find_differences
from exchange.store.verdicts import list_refused


class Spoken(NamedTuple):
    """What either side has said: as numbers and clocks, and as stated day by day."""

    channels: tuple[Channel, ...]
    stated: tuple[StatedDay, ...]


NOBODY_SPOKE = Spoken((), ())


def see_spoken(
    connection: Connection, side: Side, thresholds: Thresholds, *, first: date
) -> Spoken:
    """Return what either side has said, with the statements of the days from *first* on."""
    differences = find_differences(connection, side, first=first)
    channels = (
        one._replace(differs_since=differences.differs_since(one.speaker))
        for one in _see_channels(connection, side, thresholds)
    )
    return Spoken(tuple(channels), tuple(_stated(differences)))


def _see_channels(
    connection: Connection, side: Side, thresholds: Thresholds
) -> tuple[Channel, ...]:
    """Return the numbers and clocks of either side: of ours the partner sees more."""
    heard = Channel(
        speaker=side.other,
        gaps=tuple(_gaps(connection)),
        repeated_since=_open_since(connection, AlarmKind.SEQUENCE_REPEATED),
        skewed_since=_skewed_since(connection, thresholds),
    )
    return (heard, Channel(speaker=side))


def _stated(differences: Differences) -> Iterator[StatedDay]:
    differ = {(one.day, one.speaker): one.since for one in differences.counts}
    early = {(one.day, one.speaker): one.said_at for one in differences.unfounded}
    for of in differences.days:
        yield StatedDay(*of, differ.get(of), early.get(of))


def list_refusals(
    connection: Connection, side: Side, *, since: int, until: int
) -> tuple[Refused, ...]:
    """Return the messages that receipts of these ledger numbers reject."""
    return tuple(
        Refused(
            message=one.jti or b64u(one.pld),
            speaker=side if one.direction is Direction.SENT else side.other,
            code=one.code,
            pointer=one.pointer,
            at=_signed_at(one.octets),
        )
        for one in list_refused(connection, since=since, until=until)
    )


def _gaps(connection: Connection) -> Iterator[Gap]:
    """Give the numbers of which it was alarmed that they are missing."""
    for alarm in list_open_of(connection, AlarmKind.SEQUENCE_GAP):
        first, last = map(int, alarm.subject.split("-"))
        known_at = find_passed_at(connection, SeqGap(first, last))
        yield Gap(first, last, known_at or alarm.opened_at)


def _open_since(connection: Connection, kind: AlarmKind) -> datetime | None:
    """Return since when an alarm of a kind has been open; None where none is."""
    return min((alarm.opened_at for alarm in list_open_of(connection, kind)), default=None)


def _skewed_since(connection: Connection, thresholds: Thresholds) -> datetime | None:
    """Return since when a heartbeat has measured that the clocks differ by too much."""
    contact = get_contact(connection)
    if abs(contact.skew_milliseconds or 0) <= thresholds.skew_seconds * 1000:
        return None  # a message that was long on its way is alarmed too, and is no clock off
    return _open_since(connection, AlarmKind.CLOCK_SKEW)


def _signed_at(receipt: bytes) -> datetime:
    seconds = grammar.parse_object(receipt)["iat"]
    assert isinstance(seconds, int)  # noqa: S101  # the receipt was read when it came
    return instant(seconds)
