"""
The rules over what the United States alone know: never sent, and never in a joint report.

A hold for fear and any other hold are watched by one function, so that they are treated alike to
the second: outside, nothing tells the one from the other (8 CFR 208.6).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from exchange.domain.causes import HOLD_CAUSES, OVER_THE_LINE, Cause
from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, LocalRule
from exchange.domain.discrepancies.scopes import Breach, OurRecord, Placed, Terms, once
from exchange.domain.due import after
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.domain.ticks import next_tick
from exchange.errors import Sentence

_FEAR = frozenset({Cause.FEAR})
_OTHER = HOLD_CAUSES - _FEAR
_ANNOUNCED = frozenset({Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED})
_ENDED = frozenset(
    {Stage.CANCELLED, Stage.REFUSED, Stage.NOT_RECEIVED, Stage.PRESENTED, Stage.CLOSED}
)


def fear_after_notice(ours: OurRecord, terms: Terms) -> Breach | None:
    """Somebody who expressed fear was not taken back within the tick, or is over the line."""
    return _not_stopped(ours, terms, _FEAR)


def other_cause_after_notice(ours: OurRecord, terms: Terms) -> Breach | None:
    """Somebody held for another cause was not taken back within the tick, or is over the line."""
    return _not_stopped(ours, terms, _OTHER)


def court_moved_unsaid(ours: OurRecord, terms: Terms) -> Breach | None:
    """The court's schedule has another date than the one said, for longer than is allowed."""
    court, stands = ours.court, ours.shared.current_hearing
    if court is None or stands is None or ours.shared.stage in _ENDED:
        return None
    as_said = stands._replace(
        version=court.hearing.version, source_as_of=court.hearing.source_as_of
    )
    if as_said == court.hearing:
        return None
    return once(after(court.first_read_at, terms.thresholds.court_seconds))


def from_hold_to_cancellation(ours: OurRecord) -> timedelta | None:
    """Return how long after the first hold the handoff was taken back; None where it was not."""
    cancelled = ours.shared.cancelled_at
    if cancelled is None or not ours.holds:
        return None
    return max(timedelta(0), cancelled - min(hold.at for hold in ours.holds))


def _not_stopped(ours: OurRecord, terms: Terms, causes: frozenset[Cause]) -> Breach | None:
    holds = [hold for hold in ours.holds if hold.cause in causes]
    stage = ours.shared.stage
    if stage in OVER_THE_LINE:
        since = min(_while_over(holds, ours.shared), default=None)
        return None if since is None else Breach(since, because=(Why.OVER_THE_LINE,))
    if stage not in _ANNOUNCED or not holds:
        return None
    tick = next_tick(min(hold.at for hold in holds), terms.release_seconds)
    due_at = after(tick, terms.thresholds.cancellation_seconds)
    return once(due_at, (Why.NOT_TAKEN_BACK,))


def _while_over(holds: list[Placed], shared: SharedHandoff) -> Iterator[datetime]:
    """Give since when each hold stands for somebody over the line: lifted there, it is over."""
    crossed = shared.departed_at
    for hold in holds:
        departed_held = crossed is not None and hold.at <= crossed
        if departed_held and crossed and (hold.lifted_at is None or crossed < hold.lifted_at):
            yield crossed
        elif hold.lifted_at is None:
            yield hold.at


_HELD = Sentence(
    "Take the handoff back now; if the person has crossed, call the port and do not say why.",
    "Retire la entrega ya; si la persona cruzó, llame al puerto y no diga por qué.",
)

OUR_RULES = (
    LocalRule(
        id="L1",
        severity=Severity.CRITICAL,
        owner=Side.US,
        call=(Desk.PORT,),
        name=Sentence("Fear after the notice", "Temor después del aviso"),
        says=Sentence(
            "Somebody who expressed fear was not taken back within the tick, or is over the line.",
            "No se retiró en el tictac a alguien que expresó temor, o ya cruzó la línea.",
        ),
        remedy=_HELD,
        of_ours=fear_after_notice,
    ),
    LocalRule(
        id="L2",
        severity=Severity.CRITICAL,
        owner=Side.US,
        call=(Desk.PORT,),
        name=Sentence("Vulnerability found later", "Vulnerabilidad hallada después"),
        says=Sentence(
            "Somebody held for another cause was not taken back within the tick, or is over the "
            "line.",
            "No se retiró en el tictac a alguien retenido por otra causa, o ya cruzó la línea.",
        ),
        remedy=_HELD,
        of_ours=other_cause_after_notice,
    ),
    LocalRule(
        id="L3",
        severity=Severity.HIGH,
        owner=Side.US,
        call=(Desk.COURT,),
        name=Sentence("Court moved, not said", "El tribunal movió y no se dijo"),
        says=Sentence(
            "The court's schedule has another date than the one said, for longer than is allowed.",
            "El calendario del tribunal tiene otra fecha que la dicha, por más de lo permitido.",
        ),
        remedy=Sentence(
            "Say the court's date as the next version of the hearing.",
            "Diga la fecha del tribunal como la siguiente versión de la audiencia.",
        ),
        of_ours=court_moved_unsaid,
    ),
)
