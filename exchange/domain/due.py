"""
When each thing that a handoff waits for is due, and when it was met.

Each *due* is None while nothing is asked, each *met* while what is asked for has not come: the
two columns of ``domain.deadlines`` that need more than a word.
"""

from datetime import UTC, date, datetime, timedelta

from exchange.domain.handoff import HearingStands, SharedHandoff
from exchange.domain.limits import Limits
from exchange.domain.wire import read_utc

LAST = datetime.max.replace(tzinfo=UTC)
"""The last moment there is: what is due later is never overdue."""


def acknowledgment_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return some time after the notice, or before the window opens where that is earlier."""
    noticed, opens = shared.noticed_at, shared.window_from
    if noticed is None or opens is None:
        return None
    return _no_later_than(
        opens - timedelta(seconds=limits.acknowledgment_before_window_seconds),
        after(noticed, limits.acknowledgment_seconds),
        said_at=noticed,
    )


def window_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return when the notice is void: its window has closed."""
    closes = shared.window_to
    return None if closes is None else after(closes, limits.window_seconds)


def reception_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return some time after the crossing, or after the window where no crossing was said."""
    if shared.departed_at is not None:
        return after(shared.departed_at, limits.reception_after_departure_seconds)
    answer, closes = shared.answer, shared.window_to
    if answer is None or answer.answer != "accepted" or closes is None:
        return None
    return after(closes, limits.reception_seconds)


def whereabouts_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return how long after the crossing a person whom nobody saw is missing."""
    departed = shared.departed_at
    return None if departed is None else after(departed, limits.whereabouts_seconds)


def reception_met(shared: SharedHandoff) -> datetime | None:
    """Return when Mexico first said what it saw at the line."""
    return read_utc(shared.reception.first_said_at) if shared.reception else None


def visa_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return some time after the reception."""
    return since_reception(shared, limits.visa_seconds)


def visa_met(shared: SharedHandoff) -> datetime | None:
    """Return when Mexico first said which document it gave."""
    return read_utc(shared.visa.first_said_at) if shared.visa else None


def confirmation_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return when a doubt about a hearing is to be answered: each doubt has its own time."""
    doubt = shared.verification
    return None if doubt is None else after(read_utc(doubt.said_at), limits.confirmation_seconds)


def confirmation_met(shared: SharedHandoff) -> datetime | None:
    """Return when the version that is doubted, or a later one, was said to stand or not."""
    doubt, confirmed = shared.verification, shared.confirmation
    if doubt is None or confirmed is None or confirmed.revision < doubt.version:
        return None
    return read_utc(confirmed.first_said_at)


def delivery_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """
    Return some time after a change of the hearing, or days before it where that is earlier.

    What the notice announced the person was told at the port; only a change must be brought.
    """
    stands = _to_be_told(shared)
    if stands is None or shared.hearing is None:
        return None
    said_at = read_utc(shared.hearing.first_said_at)
    due = after(said_at, limits.delivery_seconds)
    if stands.hearing_at is None:
        return due
    before = timedelta(seconds=limits.delivery_before_hearing_seconds)
    return _no_later_than(stands.hearing_at - before, due, said_at=said_at)


def last_delivery_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return days before the hearing that a change has brought; where that has passed, at once."""
    stands = _to_be_told(shared)
    if stands is None or stands.hearing_at is None or shared.hearing is None:
        return None
    last = stands.hearing_at - timedelta(seconds=limits.last_delivery_seconds)
    return max(last, read_utc(shared.hearing.first_said_at))


def _to_be_told(shared: SharedHandoff) -> HearingStands | None:
    """Return the hearing that stands, where it is another than the notice announced."""
    notice, stands = shared.notice, shared.current_hearing
    if notice is None or stands is None or stands.dates_as(HearingStands.of_notice(notice)):
        return None
    return stands


def delivery_met(shared: SharedHandoff) -> datetime | None:
    """Return when it was said that the person knows of the hearing that stands."""
    delivery, told, stands = shared.delivery, shared.delivered_version, shared.current_hearing
    if delivery is None or told is None or stands is None or told < stands.version:
        return None
    return read_utc(delivery.first_said_at)


def stay_due(shared: SharedHandoff, limits: Limits, *, before_seconds: int) -> datetime | None:
    """Return a time before the presentation, where the document ends too soon after it."""
    stands = shared.current_hearing
    if shared.visa is None or stands is None or stands.present_at is None:
        return None
    until = shared.document_valid_until
    if until is not None and until >= _days_after(stands.hearing_on, limits.stay_buffer_days):
        return None
    return stands.present_at - timedelta(seconds=before_seconds)


def presentation_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return some time after the grace of the presentation has ended."""
    present_at = shared.present_at
    if present_at is None:
        return None
    return after(present_at, limits.presentation_grace_seconds + limits.presentation_seconds)


def presentation_met(shared: SharedHandoff) -> datetime | None:
    """Return when it was first said whether the person presented."""
    return read_utc(shared.presentation.first_said_at) if shared.presentation else None


def since_reception(shared: SharedHandoff, seconds: int) -> datetime | None:
    """Return the time *seconds* after the person was received."""
    received = shared.received_at
    return None if received is None else after(received, seconds)


def never(_: SharedHandoff) -> None:
    """Return that nothing meets it: it is over once nothing is asked any more."""


def after(at: datetime, seconds: int) -> datetime:
    """Return the time *seconds* after *at*: the last there is, where a partner's clock says so."""
    left = (LAST - at) // timedelta(seconds=1)
    return at + timedelta(seconds=min(seconds, left))


def _no_later_than(latest: datetime, due: datetime, *, said_at: datetime) -> datetime:
    """Return the earlier of the two; the ordinary time where the latest had passed already."""
    return latest if said_at < latest < due else due


def _days_after(on: date | None, days: int) -> date:
    """Return the day *days* after *on*; the last there is where there is none."""
    return date.max if on is None else on + timedelta(days=days)
