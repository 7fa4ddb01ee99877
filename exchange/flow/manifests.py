"""
The channel between the two sides, as our record shows it, and what paper says while it is down.

A sheet is entered where it is evidence: of an hour in which the channel was down, signed by one
person and written by another. The journal has what finds it again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from exchange.domain.alarms import AlarmKind
from exchange.domain.limits import Limits
from exchange.domain.outages import Manifest, Outage, is_entered_late, outage_faults, outage_of
from exchange.errors import Fault, Invalid
from exchange.store.alarms import Alarm, list_alarms_about
from exchange.store.depth import find_unreceipted_since
from exchange.store.engine import Connection
from exchange.store.partner import get_contact

CHANNEL_SECONDS_MAX = 120
"""How long the partner may be silent, and a message without a receipt, in a channel that lives."""


class Heard(NamedTuple):
    """What time it is, and when this process last heard the partner."""

    now: datetime
    at: datetime | None


class Channel(NamedTuple):
    """When any process last heard the partner, what it owes us, and when it was silent before."""

    contact_at: datetime | None
    unreceipted_at: datetime | None
    silences: tuple[Alarm, ...]

    def is_alive(self, heard: Heard) -> bool:
        """Say whether the partner spoke lately, and owes no receipt for longer than that."""
        oldest = heard.now - timedelta(seconds=CHANNEL_SECONDS_MAX)
        spoke_at = self._spoke_at(heard)
        owes = self.unreceipted_at is not None and self.unreceipted_at < oldest
        return spoke_at is not None and spoke_at >= oldest and not owes

    def outages(self, heard: Heard) -> Iterator[Outage]:
        """Give the outages on record, the one that lasts first: each from when it fell silent."""
        spoke_at = self._spoke_at(heard)
        if not self.is_alive(heard):
            since = (at for at in (spoke_at, self.unreceipted_at) if at is not None)
            yield Outage(min(since, default=heard.now), None)
        yield from self.alarmed_outages

    @property
    def alarmed_outages(self) -> tuple[Outage, ...]:
        """The outages of which an alarm was raised, each from when it fell silent."""
        silent = timedelta(seconds=CHANNEL_SECONDS_MAX)
        return tuple(Outage(one.opened_at - silent, one.closed_at) for one in self.silences)

    def _spoke_at(self, heard: Heard) -> datetime | None:
        return max((at for at in (heard.at, self.contact_at) if at is not None), default=None)


def see_channel(connection: Connection) -> Channel:
    """Return the channel as it stands on record."""
    return Channel(
        contact_at=get_contact(connection).contact_at,
        unreceipted_at=find_unreceipted_since(connection),
        silences=tuple(list_alarms_about(connection, AlarmKind.CHANNEL_DOWN, "partner")),
    )


def entry_of(
    manifest: Manifest, channel: Channel, heard: Heard, limits: Limits
) -> dict[str, object]:
    """
    Return what the journal has of a sheet: what finds it again, and who answers for it.

    Raises:
        Invalid: It is no evidence; every fault is named.
    """
    outage = outage_of(manifest, channel.outages(heard))
    faults = outage_faults(manifest, outage, now=heard.now)
    if faults or outage is None:
        raise Invalid([Fault(f"/manifest{one.pointer}", one.code) for one in faults])
    return {
        "manifest": manifest.number,
        "line": manifest.line,
        "reason": manifest.reason,
        "signed_by": manifest.signed_by,
        "recorded_by": manifest.recorded_by,
        "late": is_entered_late(outage, now=heard.now, limits=limits),
    }
