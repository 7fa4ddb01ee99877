"""
What paper may stand in for while the two sides cannot speak, and what a sheet must say.

A sheet is numbered and signed, and entered once the channel is back (domain.md T17). It stands
in for the channel, never for an answer, a hold or a family: those protect the person.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from exchange.domain.departures import CHANNEL_DOWN, Condition
from exchange.domain.limits import Limits
from exchange.domain.shared import SharedHandoff
from exchange.domain.wire import Closed, OfficerId, UtcText, read_utc
from exchange.errors import Fault

_MOMENT = timedelta(microseconds=1)

WAIVED_ON_PAPER: frozenset[str] = frozenset({CHANNEL_DOWN})
"""The conditions of a departure that a manifest stands in for."""


def still_unmet_on_paper(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return what no manifest can stand in for: with none, the person may go in an outage."""
    return tuple(one for one in conditions if one.name not in WAIVED_ON_PAPER)


def before_it_was_seen(shared: SharedHandoff) -> SharedHandoff:
    """
    Return the handoff as it was when the person crossed, as far as the other side has told since.

    That it received the person bears the sheet out: it is no reason against entering it.
    """
    if not shared.was_received:
        return shared
    return shared.model_copy(update={"reception": None, "visa": None})


ManifestNumber = Annotated[
    str,
    Field(
        min_length=4,
        max_length=24,
        pattern="^[0-9A-Z]+(?:-[0-9A-Z]+)*$",
        description="The number printed on the sheet.",
    ),
]

OutageReason = Literal["partner-away", "no-network", "no-power", "system-down"]

WITHOUT_TRACE: frozenset[str] = frozenset({"no-network", "no-power", "system-down"})
"""For what a port is cut off without a trace in our own record: the sheet is all there is."""


class Manifest(Closed):
    """
    What a sheet of paper says of one crossing or reception during an outage.

    The sheet stays with the authority; its number and line find it again.
    """

    number: ManifestNumber
    line: int = Field(ge=1, le=200, description="Which line of the sheet.")
    reason: OutageReason
    at: UtcText = Field(description="When the person crossed, or was seen.")
    signed_by: OfficerId = Field(description="The supervisor who signed the sheet.")
    recorded_by: OfficerId = Field(description="Who wrote the line; another person.")


class Outage(NamedTuple):
    """When the channel was down: *until* is None while it still is."""

    since: datetime
    until: datetime | None


def outage_of(manifest: Manifest, recorded: Iterable[Outage]) -> Outage | None:
    """
    Return the outage in which the sheet was written, of those that our record shows.

    Where the port itself was cut off the record shows none: the outage is then that moment, so
    that the time for entering it counts from there.
    """
    at = read_utc(manifest.at)
    for one in recorded:
        if one.since <= at and (one.until is None or at < one.until):
            return one
    return Outage(at, at + _MOMENT) if manifest.reason in WITHOUT_TRACE else None


def outage_faults(manifest: Manifest, outage: Outage | None, *, now: datetime) -> tuple[Fault, ...]:
    """
    Return what makes the sheet no evidence: with none, what it says is entered.

    That it is entered late is no fault: a person did cross. ``is_entered_late`` says it, and
    the report and journal show it (domain.md T17, R25).
    """
    at = read_utc(manifest.at)
    found = []
    if manifest.signed_by.casefold() == manifest.recorded_by.casefold():
        found.append(Fault("/signed_by", "same-person"))
    if at > now:
        found.append(Fault("/at", "in-the-future"))
    elif outage is None or at < outage.since or (outage.until is not None and at >= outage.until):
        found.append(Fault("/at", "no-outage"))
    return tuple(found)


def is_entered_late(outage: Outage, *, now: datetime, limits: Limits) -> bool:
    """Say whether a sheet that is entered at *now* comes too long after the channel's return."""
    entry = timedelta(seconds=limits.outage_entry_seconds)
    return outage.until is not None and now > outage.until + entry
