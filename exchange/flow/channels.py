"""The channel and the messages that were refused, as the rules of reconciliation look at them."""

from collections.abc import Iterator
from datetime import datetime

from exchange.domain.alarms import AlarmKind
from exchange.domain.discrepancies.scopes import Channel, Gap, Refused
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.parties import Side
from exchange.proof import grammar
from exchange.proof.encoding import b64u, instant
from exchange.store.alarms import list_open_of
from exchange.store.columns import Direction
from exchange.store.engine import Connection
from exchange.store.partner import get_contact
from exchange.store.seqs import SeqGap, find_passed_at
from exchange.store.verdicts import list_refused


def see_channels(connection: Connection, side: Side, thresholds: Thresholds) -> tuple[Channel, ...]:
    """Return what either side has said, as numbers and clocks: of ours the partner sees more."""
    heard = Channel(
        speaker=side.other,
        gaps=tuple(_gaps(connection)),
        repeated_since=_open_since(connection, AlarmKind.SEQUENCE_REPEATED),
        skewed_since=_skewed_since(connection, thresholds),
    )
    return (heard, Channel(speaker=side))


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
