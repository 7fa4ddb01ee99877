"""The rules of the case: who came, who did not, who was returned again, and what has ended."""

from collections.abc import Iterator
from datetime import timedelta

from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import Breach, Record, Terms, at_once, once, said_at
from exchange.domain.due import after, delivery_due, delivery_met, since_reception, stay_due
from exchange.domain.facts import ClosureFact, DepartureFact, Fact
from exchange.domain.handoff import HearingStands, SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.domain.wire import read_utc
from exchange.errors import Sentence

_EXPECTED = frozenset({Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED, Stage.DEPARTED})
_NOT_RETURNED = frozenset({Stage.CANCELLED, Stage.REFUSED, Stage.NOT_RECEIVED})


def refused_after_hearing(record: Record, _: Terms) -> Breach | None:
    """A person came to a hearing, and Mexico does not take them back after it."""
    shared, refusal = record.shared, _refusal(record.shared)
    if refusal is None or record.stage is Stage.CLOSED:
        return None
    cycle = shared.cycle or 0
    came = any((one.cycle or 0) < cycle and one.presented_at for one in record.others)
    settled = any(
        one.closure or ((one.cycle or 0) >= cycle and one.was_received) for one in record.others
    )
    if settled or not came:
        return None
    turned_back = shared.answer is not refusal
    why = Why.TURNED_BACK if turned_back else Why.REFUSED
    return at_once(refusal, because=(why,))


def did_not_present(record: Record, terms: Terms) -> Breach | None:
    """
    A person did not come to the hearing; each cause that is known stands beside it.

    The causes are looked for in one order, and all of them are recorded before anybody speaks
    with the court: that a person did not come says nothing about why.
    """
    presentation = record.shared.presentation
    if presentation is None or presentation.outcome == "presented":
        return None
    return at_once(presentation, because=tuple(_causes(record, terms)))


def _causes(record: Record, terms: Terms) -> Iterator[Why]:
    shared, limits = record.shared, terms.limits
    if delivery_due(shared, limits) is not None and delivery_met(shared) is None:
        yield Why.DATE_NOT_DELIVERED
    if stay_due(shared, limits, before_seconds=0) is not None:
        yield Why.DOCUMENT_ENDED
    if record.alerts:
        yield Why.ALERT
    stands, notice = record.hearing, shared.notice
    if stands is None or notice is None:
        return
    if stands.presentation_port not in (None, notice.port):
        yield Why.OTHER_PORT
    if _was_cut_off(record, stands, limits):
        yield Why.OUTAGE
    if any(_expects_at(one, stands) for one in record.others):
        yield Why.OTHER_WINDOW


def _was_cut_off(record: Record, stands: HearingStands, limits: Limits) -> bool:
    """Say whether an outage reached into the time in which the person could present."""
    if stands.present_at is None:
        return False
    until = stands.present_at + timedelta(seconds=limits.presentation_grace_seconds)
    return any(
        one.since < until and (one.until is None or stands.present_at < one.until)
        for one in record.outages
    )


def _expects_at(other: SharedHandoff, stands: HearingStands) -> bool:
    """Say whether another handoff of the person has its window at the time of presenting."""
    opens, closes = other.window_from, other.window_to
    if stands.present_at is None or opens is None or closes is None:
        return False
    return other.stage in _EXPECTED and opens <= stands.present_at < closes


def presented_elsewhere(record: Record, terms: Terms) -> Breach | None:
    """A person came to another port than the hearing's, or on another day."""
    came, stands = record.shared.presentation, record.hearing
    if came is None or came.outcome != "presented" or stands is None:
        return None
    said = record.shared.hearing
    if said is not None and said.seq > came.seq:
        return None
    why = []
    if stands.presentation_port not in (None, came.port):
        why.append(Why.OTHER_PORT)
    apart = timedelta(seconds=terms.thresholds.presentation_apart_seconds)
    if stands.hearing_at is None or abs(read_utc(came.at) - stands.hearing_at) > apart:
        why.append(Why.OTHER_DAY)
    return at_once(came, because=tuple(why)) if why else None


def exit_mismatch(record: Record, terms: Terms) -> Breach | None:
    """A person presented and no exit was recorded in time, or left and did not present."""
    shared, within = record.shared, terms.thresholds.exit_seconds
    came, left = shared.presented_at, shared.exit
    if came is not None and left is None:
        found = once(after(came, within), (Why.NO_EXIT,))
        return found._replace(owner=Side.MX)
    if left is not None and left.kind == "to-us-port" and came is None:
        found = once(after(read_utc(left.at), within), (Why.NO_PRESENTATION,))
        return found._replace(owner=Side.US)
    return None


def open_too_long(record: Record, terms: Terms) -> Breach | None:
    """A case has not ended so long after the person was first received."""
    if not record.case or record.case[-1].handoff != record.shared.handoff:
        return None
    if any(one.closure for one in record.case):
        return None
    ends = (since_reception(one, terms.limits.case_end_seconds) for one in record.case)
    due_at = min((at for at in ends if at is not None), default=None)
    return None if due_at is None else once(due_at)


def returned_after_closure(record: Record, _: Terms) -> Breach | None:
    """A person was announced or crossed although the case had ended."""
    closure = _first_closure(record)
    if closure is None:
        return None
    notice, departure = record.shared.notice, record.shared.departure
    if departure is not None and _came_after(closure, departure):
        return at_once(departure, because=(Why.DEPARTED,))
    if record.stage in _NOT_RETURNED or notice is None or not _came_after(closure, notice):
        return None
    return at_once(notice, because=(Why.ANNOUNCED,))


def _first_closure(record: Record) -> ClosureFact | None:
    closures = [one.closure for one in record.case if one.closure]
    return min(closures, key=lambda one: one.seq, default=None)


def _came_after(closure: ClosureFact, fact: Fact) -> bool:
    """
    Say whether the United States said it after the end of the case: by number, not by clock.

    A crossing that was only entered after the end came before it.
    """
    came_before = isinstance(fact, DepartureFact) and read_utc(fact.at) < said_at(closure)
    return fact.seq > closure.seq and not came_before


def _refusal(shared: SharedHandoff) -> Fact | None:
    reception, answer = shared.reception, shared.answer
    if reception is not None:
        return reception if reception.code == "TURNED_BACK" else None
    return answer if answer is not None and answer.answer == "refused" else None


CASE_RULES = (
    Rule(
        id="R16",
        severity=Severity.HIGH,
        owner=Side.MX,
        call=(Desk.POINT, Desk.PORT),
        name=Sentence("Refused after the hearing", "Rechazada tras la audiencia"),
        says=Sentence(
            "A person came to a hearing, and Mexico does not take them back after it.",
            "Una persona acudió a una audiencia y México no la recibe de regreso.",
        ),
        remedy=Sentence(
            "Agree on another window, or say where the person stays the night.",
            "Acuerden otra ventana, o digan dónde pasa la noche la persona.",
        ),
        of_handoff=refused_after_hearing,
    ),
    Rule(
        id="R17",
        severity=Severity.HIGH,
        owner=Side.US,
        call=(Desk.PORT, Desk.POINT),
        name=Sentence("No-show", "No se presentó"),
        says=Sentence(
            "A person did not come to the hearing; each cause that is known stands beside it.",
            "Una persona no acudió a la audiencia; cada causa conocida consta al lado.",
        ),
        remedy=Sentence(
            "Look for the person and the cause first; only then is the court liaison told.",
            "Primero busque a la persona y la causa; solo después se avisa al enlace.",
        ),
        of_handoff=did_not_present,
    ),
    Rule(
        id="R18",
        severity=Severity.NORMAL,
        owner=Side.US,
        call=(Desk.PORT, Desk.COURT),
        name=Sentence("Presented elsewhere", "Se presentó en otro lugar"),
        says=Sentence(
            "A person came to another port than the hearing's, or on another day.",
            "Una persona acudió a otro puerto que el de la audiencia, o en otro día.",
        ),
        remedy=Sentence(
            "Bring the person to the hearing, or have the court move it.",
            "Lleve a la persona a la audiencia, o pida que el tribunal la mueva.",
        ),
        of_handoff=presented_elsewhere,
    ),
    Rule(
        id="R19",
        severity=Severity.NORMAL,
        owner=None,
        finds_owner=True,
        call=(Desk.PORT, Desk.POINT),
        name=Sentence("Exit mismatch", "Salida sin correspondencia"),
        says=Sentence(
            "A person presented and no exit was recorded in time, or left and did not present.",
            "Una persona se presentó y no se registró a tiempo su salida, o salió y no se "
            "presentó.",
        ),
        remedy=Sentence(
            "Record what is missing; a person who left and did not come is looked for.",
            "Registre lo que falta; a quien salió y no llegó se le busca.",
        ),
        of_handoff=exit_mismatch,
    ),
    Rule(
        id="R20",
        severity=Severity.HIGH,
        owner=Side.US,
        call=(Desk.COURT,),
        name=Sentence("Case open too long", "Caso abierto demasiado tiempo"),
        says=Sentence(
            "A case has not ended so long after the person was first received.",
            "Un caso no ha terminado tanto tiempo después de la primera recepción.",
        ),
        remedy=Sentence(
            "Ask the court for an early date, or say the end of the case.",
            "Pida al tribunal una fecha próxima, o diga el fin del caso.",
        ),
        of_handoff=open_too_long,
    ),
    Rule(
        id="R21",
        severity=Severity.HIGH,
        owner=Side.US,
        call=(Desk.PORT, Desk.COURT),
        name=Sentence("Closed case still returned", "Caso cerrado aún retornado"),
        says=Sentence(
            "A person was announced or crossed although the case had ended.",
            "Se avisó de una persona o cruzó aunque el caso había terminado.",
        ),
        remedy=Sentence(
            "Take the handoff back; who has crossed is brought back.",
            "Retire la entrega; quien ya cruzó regresa.",
        ),
        of_handoff=returned_after_closure,
    ),
)
