"""Alarms about one handoff: an official acts."""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.domain.alarms.kinds import (
    BY_PERSON,
    HANDOFF,
    Actor,
    AlarmKind,
    AlarmRule,
)
from exchange.domain.deadlines import DEADLINES, Deadline
from exchange.domain.severity import Severity
from exchange.errors import Sentence


def _overdue(deadline: Deadline) -> AlarmRule:
    """Return the row of a deadline that passes: it ends with its cause."""
    return AlarmRule(
        deadline.severity,
        Actor.OFFICIAL,
        closed_by_person=False,
        about=HANDOFF,
        means=Sentence(
            f"Overdue: {deadline.asks.en}.",
            f"Plazo vencido: {deadline.asks.es}.",
        ),
        ends=Sentence(
            "What was due comes, or the handoff leaves the stage in which it was due.",
            "Llega lo que se esperaba, o la entrega deja la etapa en que se esperaba.",
        ),
    )


OF_HANDOFFS: Mapping[AlarmKind, AlarmRule] = MappingProxyType(
    {
        AlarmKind.RECALL: AlarmRule(
            Severity.CRITICAL,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=HANDOFF,
            means=Sentence(
                "A hold stands for a person who is over the line: call the duty officer there now, "
                "and do not say why.",
                "Hay una retención para una persona que ya cruzó la línea: llame ahora a la "
                "guardia de allá y no diga el motivo.",
            ),
            ends=Sentence(
                "A person who has dealt with it closes it.",
                "La cierra una persona que lo ha resuelto.",
            ),
        ),
        AlarmKind.WELFARE_ALERT: AlarmRule(
            Severity.CRITICAL,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=HANDOFF,
            means=Sentence(
                "Something is wrong with the person, as one side has told the other: call the "
                "duty officer there now. What it is goes by voice only.",
                "Algo le pasa a la persona, como una parte avisó a la otra: llame ahora a la "
                "guardia de allá. Lo que pasa se dice solo de viva voz.",
            ),
            ends=Sentence(
                "A person takes it up (acknowledges it).",
                "Una persona se hace cargo (da acuse).",
            ),
            ends_acknowledged=True,
        ),
        AlarmKind.CANCELLATION_UNCONFIRMED: AlarmRule(
            Severity.CRITICAL,
            Actor.OFFICIAL,
            closed_by_person=False,
            about=HANDOFF,
            means=Sentence(
                "The other side has not confirmed that it knows of a cancellation: call the duty "
                "officer there now, and do not say why.",
                "La otra parte no ha confirmado que sabe de una cancelación: llame ahora a la "
                "guardia de allá y no diga el motivo.",
            ),
            ends=Sentence(
                "The receipt of the cancellation comes.",
                "Llega la constancia de la cancelación.",
            ),
        ),
        AlarmKind.APPOINTMENT_DOUBTFUL: AlarmRule(
            Severity.HIGH,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=HANDOFF,
            means=Sentence(
                "An appointment's local time does not exist once, or is another moment by our "
                "zone data: the person may be told a wrong time.",
                "La hora local de una cita no existe una sola vez, o es otro momento según "
                "nuestros datos de zona: a la persona se le podría decir una hora equivocada.",
            ),
            ends=Sentence(
                "A later revision says it without doubt, or a person who has asked closes it.",
                "Una revisión posterior la dice sin duda, o la cierra una persona que preguntó.",
            ),
        ),
        AlarmKind.NO_ROOM: AlarmRule(
            Severity.HIGH,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=HANDOFF,
            means=Sentence(
                "By Mexico's newest advisory the receiving point has no place for the person in "
                "the window announced: call it, and revise the window.",
                "Según el último aviso de México el punto de recepción no tiene lugar para la "
                "persona en la ventana anunciada: llame y revise la ventana.",
            ),
            ends=Sentence(
                "A later advisory has room again, or a person who has dealt with it closes it.",
                "Un aviso posterior vuelve a tener cupo, o la cierra una persona que lo resolvió.",
            ),
        ),
        AlarmKind.CORRECTION_RECEIVED: AlarmRule(
            Severity.NORMAL,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=HANDOFF,
            means=Sentence(
                "The partner has put right something that it had told us: whatever was copied "
                "from it is put right too.",
                "La contraparte corrigió algo que nos había dicho: también se corrige lo que se "
                "copió de ello.",
            ),
            ends=BY_PERSON,
        ),
        AlarmKind.OUTAGE_OVERRIDE: AlarmRule(
            Severity.NORMAL,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=HANDOFF,
            means=Sentence(
                "A crossing or reception was entered from the paper of an outage: compare the "
                "sheet that was signed with what was entered.",
                "Se capturó un cruce o una recepción a partir del papel de una interrupción: "
                "compare la hoja firmada con lo capturado.",
            ),
            ends=BY_PERSON,
        ),
        **{AlarmKind(f"{each.name}-overdue"): _overdue(each) for each in DEADLINES},
    }
)
