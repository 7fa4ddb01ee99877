"""The rules of the hearing: one date, that stands, that the person knows, at a port in reach."""

from datetime import timedelta

from exchange.domain.discrepancies.causes import Why
from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import Breach, Record, Terms, at_once, once
from exchange.domain.discrepancies.stays import day_ends_at
from exchange.domain.due import after, delivery_due, delivery_met
from exchange.domain.facts import ConfirmationFact, Fact, HearingFact, NoticeFact
from exchange.domain.handoff import HearingStands, SharedHandoff, Stage
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.errors import Sentence

_IN_MEXICO = frozenset({Stage.RECEIVED, Stage.DOCUMENTED})
_GOES_ON = frozenset({Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED, Stage.DEPARTED}) | _IN_MEXICO


def waits_for_nothing(record: Record, terms: Terms) -> Breach | None:
    """
    A person waits for a hearing that is past, is not scheduled, or was said not to stand.

    A date that somebody made up ends here too: the person comes, and nobody expects them.
    """
    shared, stands = record.shared, record.hearing
    if record.stage not in _IN_MEXICO or not record.waits or stands is None:
        return None
    said = shared.confirmation
    if said is not None and not said.current and _is_about(said, stands):
        return at_once(said, because=(Why.HEARING_DENIED,))
    if stands.hearing_on is not None:
        port = terms.places.find_port(stands.presentation_port or "")
        ends_at = day_ends_at(stands.hearing_on, port.zone if port else "Etc/UTC")
        return once(ends_at, (Why.HEARING_PAST,))
    since = at_once(shared.hearing).since
    return once(after(since, terms.thresholds.unscheduled_seconds), (Why.NONE_SCHEDULED,))


def _is_about(said: ConfirmationFact, stands: HearingStands) -> bool:
    return (said.hearing, said.revision) == (stands.hearing, stands.version)


def change_not_delivered(record: Record, terms: Terms) -> Breach | None:
    """A hearing was moved, and nobody has said in time that the person knows."""
    shared = record.shared
    if not record.waits or shared.hearing is None or delivery_met(shared) is not None:
        return None
    due_at = delivery_due(shared, terms.limits)
    if due_at is None:
        return None
    hearing_at = shared.hearing_at
    if hearing_at is None:
        return once(due_at)
    days = timedelta(seconds=terms.thresholds.delivery_critical_seconds)
    return once(due_at)._replace(critical_from=hearing_at - days)


def conflicting_dates(record: Record, _: Terms) -> Breach | None:
    """Two hearings of a case stand, or one version has two dates, or another was come for."""
    shared, notice, said = record.shared, record.shared.notice, record.shared.hearing
    if notice is None or record.hearing is None:
        return None
    if said is not None and _say_two_dates(notice, said):
        return at_once(notice, said, because=(Why.TWO_DATES,))
    came = shared.presentation
    if came is not None:
        if came.hearing == _then(shared, came, record.hearing):
            return None
        return at_once(came, because=(Why.OTHER_HEARING,))
    other = _other_hearing(record, record.hearing)
    return at_once(notice, other, because=(Why.TWO_HEARINGS,)) if other else None


def _say_two_dates(notice: NoticeFact, said: HearingFact) -> bool:
    if said.revision != notice.hearing_version:
        return False
    return not HearingStands.of(said).dates_as(HearingStands.of_notice(notice))


def _then(shared: SharedHandoff, came: Fact, stands: HearingStands) -> str:
    """Return the hearing that stood when the person came: what was said since is the next."""
    said, notice = shared.hearing, shared.notice
    if said is not None and notice is not None and said.seq > came.seq:
        return notice.hearing
    return stands.hearing


def _other_hearing(record: Record, stands: HearingStands) -> Fact | None:
    """Return what says another hearing of an earlier cycle that stands as well."""
    if record.stage not in _GOES_ON or not stands.scheduled:
        return None
    for one in record.others:
        theirs, cycle = one.current_hearing, one.cycle or 0
        if theirs is None or not theirs.scheduled or theirs.hearing == stands.hearing:
            continue
        if cycle <= (record.shared.cycle or 0) and one.stage in _GOES_ON and one.notice:
            return one.notice
    return None


def other_port_than_return(record: Record, _: Terms) -> Breach | None:
    """A person must present at another port than the one they came through."""
    notice, stands = record.shared.notice, record.hearing
    if notice is None or stands is None or record.stage not in _GOES_ON:
        return None
    if stands.presentation_port in (None, notice.port):
        return None
    return at_once(notice, record.shared.hearing)


HEARING_RULES = (
    Rule(
        id="R13",
        severity=Severity.HIGH,
        owner=Side.US,
        call=(Desk.COURT,),
        name=Sentence("Hearing past or none", "Audiencia pasada o inexistente"),
        says=Sentence(
            "A person waits for a hearing that is past, is not scheduled, or was said not to "
            "stand.",
            "Una persona espera una audiencia que ya pasó, no está programada, o de la que se "
            "dijo que no rige.",
        ),
        remedy=Sentence(
            "Read the court's schedule: say the date that stands, who presented, or the end of "
            "the case.",
            "Lea el calendario del tribunal: diga la fecha que rige, quién se presentó, o el fin "
            "del caso.",
        ),
        of_handoff=waits_for_nothing,
    ),
    Rule(
        id="R14",
        severity=Severity.HIGH,
        owner=Side.MX,
        call=(Desk.POINT, Desk.COURT),
        name=Sentence("Change not delivered", "Cambio no informado"),
        says=Sentence(
            "A hearing was moved, and nobody has said in time that the person knows.",
            "Se movió una audiencia y nadie ha dicho a tiempo que la persona lo sabe.",
        ),
        remedy=Sentence(
            "Find the person and tell them; the court liaison marks the file meanwhile.",
            "Localice a la persona e infórmele; entretanto el enlace anota el expediente.",
        ),
        of_handoff=change_not_delivered,
    ),
    Rule(
        id="R15",
        severity=Severity.HIGH,
        owner=Side.US,
        call=(Desk.COURT, Desk.POINT),
        name=Sentence("Conflicting dates", "Fechas en conflicto"),
        says=Sentence(
            "Two hearings of a case stand, or one version has two dates, or another was come for.",
            "Rigen dos audiencias de un caso, o una versión tiene dos fechas, o se acudió a otra.",
        ),
        remedy=Sentence(
            "Ask the court which date stands, say it as the next version, and tell the person.",
            "Pregunte al tribunal qué fecha rige, dígala como la versión siguiente e informe a "
            "la persona.",
        ),
        of_handoff=conflicting_dates,
    ),
    Rule(
        id="R29",
        severity=Severity.NORMAL,
        owner=Side.US,
        call=(Desk.PORT, Desk.POINT),
        name=Sentence("Another port for the hearing", "Otro puerto para la audiencia"),
        says=Sentence(
            "A person must present at another port than the one they came through.",
            "Una persona debe presentarse en otro puerto que aquel por el que llegó.",
        ),
        remedy=Sentence(
            "Plan how the person gets there, or move the presentation to the port of return.",
            "Prevea cómo llegará la persona, o mueva la cita al puerto de retorno.",
        ),
        of_handoff=other_port_than_return,
    ),
)
