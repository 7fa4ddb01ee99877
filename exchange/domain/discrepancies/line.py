"""The rules of the line: who crossed, who was received, and whether anybody had agreed to it."""

from collections.abc import Iterator

from exchange.domain.acceptance import day_of_return, find_certain
from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import Breach, Record, Terms, at_once, once
from exchange.domain.due import whereabouts_due
from exchange.domain.handoff import Stage
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.parties import Side
from exchange.domain.places import day_in
from exchange.domain.severity import Severity
from exchange.errors import Sentence

_NOT_RETURNED = frozenset({Stage.CANCELLED, Stage.REFUSED, Stage.NOT_RECEIVED})
_BARRED = {
    "NATIONALITY": Why.NATIONALITY,
    "AGE": Why.AGE,
    "MINOR_UNACCOMPANIED": Why.AGE,
    "PORT_CLOSED": Why.PORT_CLOSED,
}


def departed_without_acceptance(record: Record, _: Terms) -> Breach | None:
    """A person crossed whom Mexico had not accepted before, under the same revision."""
    departure, answer = record.shared.departure, record.shared.acknowledgment
    if departure is None:
        return None
    if (
        answer is not None
        and answer.answer == "accepted"
        and answer.revision == departure.revision
        and answer.answered_at <= departure.at  # in whole seconds, both
    ):
        return None
    return at_once(departure)


def received_after_cancellation(record: Record, _: Terms) -> Breach | None:
    """A person was received after the handoff had been taken back."""
    reception, cancellation = record.shared.reception, record.shared.cancellation
    if reception is None or cancellation is None or reception.outcome != "received":
        return None
    if reception.at <= cancellation.first_said_at:
        return None
    return at_once(reception, cancellation)


def lost_at_the_line(record: Record, terms: Terms) -> Breach | None:
    """A person crossed, and Mexico has not said in time what it saw."""
    if record.stage is not Stage.DEPARTED:
        return None
    due_at = whereabouts_due(record.shared, terms.limits)
    return None if due_at is None else once(due_at)


def received_without_notice(record: Record, _: Terms) -> Breach | None:
    """A person was received whom no notice had announced."""
    reception = record.shared.reception
    if reception is None or reception.outcome != "received" or record.shared.notice is not None:
        return None
    return at_once(reception)


def excluded_by_rules(record: Record, terms: Terms) -> Breach | None:
    """A person was announced whom the rules of either side exclude, or under other rules."""
    notice, announced = record.shared.notice, record.announced
    if notice is None or announced is None or record.stage in _NOT_RETURNED:
        return None
    why = tuple(dict.fromkeys(_exclusions(announced, terms)))
    return at_once(notice, because=why) if why else None


def _exclusions(announced: ReturnNotice, terms: Terms) -> Iterator[Why]:
    if announced.person.nationality in terms.thresholds.nationalities_never:
        yield Why.NATIONALITY
    on = day_of_return(announced, terms.places)
    if terms.acceptance is not None and on is not None:
        rules = terms.acceptance.in_force(on)
        for refusal in find_certain(announced, rules, on=on, of=_BARRED):
            yield _BARRED[refusal]
    port = terms.places.find_port(announced.return_.port)
    if terms.screening is not None and port is not None:
        opens_on = day_in(announced.return_.window.from_at, port.zone)
        if terms.screening.in_force(port.code, opens_on).name != announced.screening.rule_set:
            yield Why.OTHER_RULES


LINE_RULES = (
    Rule(
        id="R01",
        severity=Severity.CRITICAL,
        owner=Side.US,
        call=(Desk.POINT, Desk.SUPERVISORS),
        name=Sentence("Departed without acceptance", "Partió sin aceptación"),
        says=Sentence(
            "A person crossed whom Mexico had not accepted before, under the same revision.",
            "Cruzó una persona a la que México no había aceptado antes, bajo la misma revisión.",
        ),
        remedy=Sentence(
            "Ask where the person is; Mexico answers now, or the person is brought back.",
            "Pregunte dónde está la persona; México responde ya, o la persona regresa.",
        ),
        of_handoff=departed_without_acceptance,
    ),
    Rule(
        id="R02",
        severity=Severity.CRITICAL,
        owner=None,
        call=(Desk.SUPERVISORS,),
        name=Sentence("Received after cancellation", "Recibida tras la cancelación"),
        says=Sentence(
            "A person was received after the handoff had been taken back.",
            "Se recibió a una persona después de haberse retirado la entrega.",
        ),
        remedy=Sentence(
            "Speak together at once: the person is offered inspection at the port again. "
            "No cause is given.",
            "Hablen de inmediato: se ofrece a la persona una nueva inspección en el puerto. "
            "No se dice la causa.",
        ),
        of_handoff=received_after_cancellation,
    ),
    Rule(
        id="R03",
        severity=Severity.CRITICAL,
        owner=Side.MX,
        call=(Desk.POINT, Desk.PORT),
        name=Sentence("Lost at the line", "Perdida en la línea"),
        says=Sentence(
            "A person crossed, and Mexico has not said in time what it saw.",
            "Una persona cruzó y México no ha dicho a tiempo lo que vio.",
        ),
        remedy=Sentence(
            "Find the person, and record that they were received or were not.",
            "Localice a la persona y registre si fue recibida o no.",
        ),
        of_handoff=lost_at_the_line,
    ),
    Rule(
        id="R04",
        severity=Severity.CRITICAL,
        owner=Side.US,
        call=(Desk.PORT,),
        name=Sentence("Received without notice", "Recibida sin aviso"),
        says=Sentence(
            "A person was received whom no notice had announced.",
            "Se recibió a una persona que ningún aviso había anunciado.",
        ),
        remedy=Sentence(
            "Find out whose decision it was: announce the person, or bring them back.",
            "Averigüe de quién fue la decisión: avise de la persona, o regrésela.",
        ),
        of_handoff=received_without_notice,
    ),
    Rule(
        id="R08",
        severity=Severity.CRITICAL,
        owner=Side.US,
        call=(Desk.PORT, Desk.POLICY),
        name=Sentence("Excluded by the rules", "Excluida por las reglas"),
        says=Sentence(
            "A person was announced whom the rules of either side exclude, or under other rules.",
            "Se avisó de una persona que las reglas de una parte excluyen, o bajo otras reglas.",
        ),
        remedy=Sentence(
            "Stop the handoff and look at the decision again; who has crossed is brought back.",
            "Detenga la entrega y revise la decisión; quien ya cruzó regresa.",
        ),
        of_handoff=excluded_by_rules,
    ),
)
