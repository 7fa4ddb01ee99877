"""The rules of what must be taken up: alerts, and corrections of what was recorded wrong."""

from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import Breach, Corrected, Record, Terms, once
from exchange.domain.due import after
from exchange.domain.severity import Severity
from exchange.errors import Sentence


def alert_not_taken_up(record: Record, terms: Terms) -> Breach | None:
    """A welfare alert was raised, and no person has taken it up in time."""
    waits = [one.said_at for one in record.alerts if one.taken_up_at is None]
    if not waits:
        return None
    return once(after(min(waits), terms.thresholds.alert_seconds))


def correction_not_applied(record: Record, terms: Terms) -> Breach | None:
    """A correction was not taken up in time, or the wrong value was said again after it."""
    found = [breach for one in record.corrections for breach in _breaches(one, terms)]
    return min(found, key=lambda one: one.since, default=None)


def _breaches(corrected: Corrected, terms: Terms) -> list[Breach]:
    found = []
    if corrected.taken_up_at is None:
        due_at = after(corrected.said_at, terms.thresholds.correction_seconds)
        waits = once(due_at, (Why.NOT_TAKEN_UP,))
        found.append(waits._replace(owner=corrected.speaker.other))
    again = [
        one.said_at
        for one in corrected.later
        if one.said_at > corrected.said_at and one.value == corrected.was
    ]
    if again:
        found.append(Breach(min(again), because=(Why.OLD_VALUE,), owner=corrected.speaker))
    return found


SPEECH_RULES = (
    Rule(
        id="R27",
        severity=Severity.CRITICAL,
        owner=None,
        call=(Desk.PORT, Desk.POINT),
        name=Sentence("Welfare alert open", "Alerta de bienestar abierta"),
        says=Sentence(
            "A welfare alert was raised, and no person has taken it up in time.",
            "Se dio una alerta de bienestar y ninguna persona la atendió a tiempo.",
        ),
        remedy=Sentence(
            "Call the duty number of the other side now, and take the alert up.",
            "Llame ya al número de guardia de la otra parte y atienda la alerta.",
        ),
        of_handoff=alert_not_taken_up,
    ),
    Rule(
        id="R28",
        severity=Severity.NORMAL,
        owner=None,
        finds_owner=True,
        call=(Desk.PORT, Desk.POINT),
        name=Sentence("Correction not applied", "Corrección no aplicada"),
        says=Sentence(
            "A correction was not taken up in time, or the wrong value was said again after it.",
            "Una corrección no se atendió a tiempo, o después se volvió a decir el valor "
            "equivocado.",
        ),
        remedy=Sentence(
            "Put right whatever was copied from it, and say the right value from now on.",
            "Corrija lo que se copió de ello y diga en adelante el valor correcto.",
        ),
        of_handoff=correction_not_applied,
    ),
)
