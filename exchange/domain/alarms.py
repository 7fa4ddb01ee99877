"""
Every alarm there is, in one table: how grave, who acts, what it is about, and what ends it.

An alarm changes nothing but whom it wakes. It is closed when its cause is gone, by the
program; where nothing the program can see ends the cause, a person who has dealt with it
closes it. What was closed stays on record.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from exchange.domain.deadlines import DEADLINES, Deadline
from exchange.domain.severity import SEVERITIES, Severity
from exchange.errors import Sentence

__all__ = [
    "ACTORS",
    "ALARMS",
    "CRITICAL",
    "SEVERITIES",
    "Actor",
    "AlarmKind",
    "AlarmRule",
    "Severity",
]


class AlarmKind(StrEnum):
    """What may be wrong. The value is its name in the database, the metrics and the log."""

    RECALL = "recall"
    WELFARE_ALERT = "welfare-alert"
    COMMITS_HELD_UP = "commits-held-up"
    KEYS_UNUSABLE = "keys-unusable"
    JTI_CONFLICT = "jti-conflict"
    SCHEMA_NOT_TAKEN = "schema-not-taken"
    CHANNEL_DOWN = "channel-down"
    RECEIPT_OVERDUE = "receipt-overdue"
    MESSAGE_REJECTED = "message-rejected"
    REQUEST_REFUSED = "request-refused"
    LINE_REFUSED = "line-refused"
    KEYS_REFUSED = "keys-refused"
    PARTNER_KEYS_EXPIRED = "partner-keys-expired"
    SEQUENCE_REPEATED = "sequence-repeated"
    SEQUENCE_GAP = "sequence-gap"
    APPOINTMENT_DOUBTFUL = "appointment-doubtful"
    ACKNOWLEDGMENT_OVERDUE = "acknowledgment-overdue"
    WINDOW_OVERDUE = "window-overdue"
    RECEPTION_OVERDUE = "reception-overdue"
    WHEREABOUTS_OVERDUE = "whereabouts-overdue"
    VISA_OVERDUE = "visa-overdue"
    CONFIRMATION_OVERDUE = "confirmation-overdue"
    DELIVERY_OVERDUE = "delivery-overdue"
    STAY_CHECK_OVERDUE = "stay-check-overdue"
    STAY_EXTENSION_OVERDUE = "stay-extension-overdue"
    PRESENTATION_OVERDUE = "presentation-overdue"
    CASE_REVIEW_OVERDUE = "case-review-overdue"
    CASE_END_OVERDUE = "case-end-overdue"
    NO_ROOM = "no-room"
    CORRECTION_RECEIVED = "correction-received"
    OUTAGE_OVERRIDE = "outage-override"
    CLOCK_SKEW = "clock-skew"
    KEY_EXPIRING = "key-expiring"
    PARTNER_KEYS_EXPIRING = "partner-keys-expiring"
    CLASSICAL_SIGNATURES = "classical-signatures"


class Actor(StrEnum):
    """Who acts first."""

    OPERATOR = "operator"
    """Whoever runs this installation."""
    PARTNER = "partner"
    """The other authority; our operator calls its duty number."""
    OFFICIAL = "official"
    """The port or the receiving desk that has the handoff."""


ACTORS: Mapping[Actor, Sentence] = MappingProxyType(
    {
        Actor.OPERATOR: Sentence("operator", "operador"),
        Actor.PARTNER: Sentence("partner", "contraparte"),
        Actor.OFFICIAL: Sentence("official", "funcionario"),
    }
)


class AlarmRule(NamedTuple):
    """
    One row: what each alarm of a kind means.

    *closed_by_person* where a person may close it while the program still sees its cause.
    """

    severity: Severity
    acts: Actor
    closed_by_person: bool
    about: Sentence
    means: Sentence
    ends: Sentence


_HANDOFF = Sentence("the handoff", "la entrega")
_PARTNER = Sentence("the partner", "la contraparte")
_WAITING = Sentence(
    "the row of `exchange outbox list`",
    "la fila de `exchange outbox list`",
)
_BY_PERSON = Sentence(
    "A person who has looked into it closes it.",
    "La cierra una persona que lo ha investigado.",
)


def _overdue(deadline: Deadline) -> AlarmRule:
    return AlarmRule(
        deadline.severity,
        Actor.OFFICIAL,
        closed_by_person=False,
        about=_HANDOFF,
        means=Sentence(
            f"Overdue: {deadline.asks.en}.",
            f"Plazo vencido: {deadline.asks.es}.",
        ),
        ends=Sentence(
            "What was due comes, or the handoff leaves the stage in which it was due.",
            "Llega lo que se esperaba, o la entrega deja la etapa en que se esperaba.",
        ),
    )


_SEEN: Mapping[AlarmKind, AlarmRule] = MappingProxyType(
    {
        AlarmKind.RECALL: AlarmRule(
            Severity.CRITICAL,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=_HANDOFF,
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
            about=_HANDOFF,
            means=Sentence(
                "Something is wrong with the person, as one side has told the other: call the "
                "duty officer there now. What it is goes by voice only.",
                "Algo le pasa a la persona, como una parte avisó a la otra: llame ahora a la "
                "guardia de allá. Lo que pasa se dice solo de viva voz.",
            ),
            ends=Sentence(
                "A person who has taken it up closes it.",
                "La cierra una persona que se hizo cargo.",
            ),
        ),
        AlarmKind.COMMITS_HELD_UP: AlarmRule(
            Severity.CRITICAL,
            Actor.OPERATOR,
            closed_by_person=False,
            about=Sentence("the database", "la base de datos"),
            means=Sentence(
                "The standby of the database does not answer: commits wait, and callers get 503. "
                "It is recorded once commits pass again; until then the log and `/readyz` say it.",
                "La réplica de la base de datos no responde: las transacciones esperan y quien "
                "llama recibe 503. Se registra cuando vuelven a pasar; hasta entonces lo dicen la "
                "bitácora y `/readyz`.",
            ),
            ends=Sentence("Commits pass.", "Las transacciones pasan."),
        ),
        AlarmKind.KEYS_UNUSABLE: AlarmRule(
            Severity.CRITICAL,
            Actor.OPERATOR,
            closed_by_person=False,
            about=Sentence("the algorithm", "el algoritmo"),
            means=Sentence(
                "No key of ours may sign now: drafts wait, and the partner gets 503.",
                "Ninguna llave nuestra puede firmar ahora: los borradores esperan y la "
                "contraparte recibe 503.",
            ),
            ends=Sentence(
                "A key that may sign is published and loaded.",
                "Se publica y se carga una llave que puede firmar.",
            ),
        ),
        AlarmKind.JTI_CONFLICT: AlarmRule(
            Severity.CRITICAL,
            Actor.OPERATOR,
            closed_by_person=True,
            about=Sentence("the message's `jti`", "el `jti` del mensaje"),
            means=Sentence(
                "The partner signed two messages under one number: both are kept as evidence.",
                "La contraparte firmó dos mensajes con un mismo número: ambos se conservan "
                "como prueba.",
            ),
            ends=_BY_PERSON,
        ),
        AlarmKind.SCHEMA_NOT_TAKEN: AlarmRule(
            Severity.CRITICAL,
            Actor.PARTNER,
            closed_by_person=False,
            about=Sentence("the message type", "el tipo de mensaje"),
            means=Sentence(
                "The partner's key set lists no version of a message type that we have to say.",
                "El juego de llaves de la contraparte no enumera ninguna versión de un tipo de "
                "mensaje que debemos enviar.",
            ),
            ends=Sentence(
                "It publishes a key set that lists one.",
                "Publica un juego de llaves que enumera una.",
            ),
        ),
        AlarmKind.CHANNEL_DOWN: AlarmRule(
            Severity.HIGH,
            Actor.OPERATOR,
            closed_by_person=False,
            about=_PARTNER,
            means=Sentence(
                "Nobody of the partner spoke with us for two minutes.",
                "Nadie de la contraparte habló con nosotros en dos minutos.",
            ),
            ends=Sentence("The partner speaks.", "La contraparte habla."),
        ),
        AlarmKind.RECEIPT_OVERDUE: AlarmRule(
            Severity.HIGH,
            Actor.OPERATOR,
            closed_by_person=False,
            about=Sentence("the outbox", "la bandeja de salida"),
            means=Sentence(
                "A message waits longer than its receipt may take.",
                "Un mensaje espera más de lo que puede tardar su constancia.",
            ),
            ends=Sentence(
                "Nothing waits so long any more.",
                "Ya nada espera tanto tiempo.",
            ),
        ),
        AlarmKind.MESSAGE_REJECTED: AlarmRule(
            Severity.HIGH,
            Actor.OPERATOR,
            closed_by_person=True,
            about=_WAITING,
            means=Sentence(
                "The partner signed that it rejects a message of ours: it is set aside.",
                "La contraparte firmó que rechaza un mensaje nuestro: queda apartado.",
            ),
            ends=Sentence(
                "The message is no longer set aside, or a person who has dealt with it closes it.",
                "El mensaje ya no está apartado, o la cierra una persona que lo ha resuelto.",
            ),
        ),
        AlarmKind.REQUEST_REFUSED: AlarmRule(
            Severity.HIGH,
            Actor.OPERATOR,
            closed_by_person=True,
            about=_WAITING,
            means=Sentence(
                "The partner takes no request of this form: the message is set aside.",
                "La contraparte no admite una solicitud de esta forma: el mensaje queda apartado.",
            ),
            ends=Sentence(
                "The message is no longer set aside, or a person who has dealt with it closes it.",
                "El mensaje ya no está apartado, o la cierra una persona que lo ha resuelto.",
            ),
        ),
        AlarmKind.LINE_REFUSED: AlarmRule(
            Severity.HIGH,
            Actor.OPERATOR,
            closed_by_person=False,
            about=_WAITING,
            means=Sentence(
                "The partner refuses a line unread, or breaks over it: it goes out alone, later.",
                "La contraparte rechaza una línea sin leerla, o falla con ella: sale sola, más "
                "tarde.",
            ),
            ends=Sentence(
                "The line gets its receipt, or is set aside.",
                "La línea obtiene su constancia, o queda apartada.",
            ),
        ),
        AlarmKind.KEYS_REFUSED: AlarmRule(
            Severity.HIGH,
            Actor.PARTNER,
            closed_by_person=False,
            about=_PARTNER,
            means=Sentence(
                "The partner publishes a key set that is not to be believed: the last one stands.",
                "La contraparte publica un juego de llaves que no es creíble: rige el anterior.",
            ),
            ends=Sentence("It publishes one that is.", "Publica uno que sí lo es."),
        ),
        AlarmKind.PARTNER_KEYS_EXPIRED: AlarmRule(
            Severity.HIGH,
            Actor.PARTNER,
            closed_by_person=False,
            about=_PARTNER,
            means=Sentence(
                "The partner's key set is past the time at which a newer one was due. Its keys "
                "stay trusted, each until its own end.",
                "El juego de llaves de la contraparte pasó la fecha en que debía renovarse. Sus "
                "llaves siguen siendo de confianza, cada una hasta su propio fin.",
            ),
            ends=Sentence("It publishes a newer one.", "Publica uno más reciente."),
        ),
        AlarmKind.SEQUENCE_REPEATED: AlarmRule(
            Severity.HIGH,
            Actor.PARTNER,
            closed_by_person=True,
            about=Sentence("the number `seq`", "el número `seq`"),
            means=Sentence(
                "The partner gave one number to two messages: it may have been restored from a "
                "backup.",
                "La contraparte dio un mismo número a dos mensajes: quizá fue restaurada de un "
                "respaldo.",
            ),
            ends=_BY_PERSON,
        ),
        AlarmKind.SEQUENCE_GAP: AlarmRule(
            Severity.HIGH,
            Actor.PARTNER,
            closed_by_person=False,
            about=Sentence("the numbers `seq`, first to last", "los números `seq`, de a"),
            means=Sentence(
                "Messages of the partner have been missing for a minute.",
                "Faltan mensajes de la contraparte desde hace un minuto.",
            ),
            ends=Sentence("They come.", "Llegan."),
        ),
        AlarmKind.APPOINTMENT_DOUBTFUL: AlarmRule(
            Severity.HIGH,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=_HANDOFF,
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
            about=_HANDOFF,
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
            about=_HANDOFF,
            means=Sentence(
                "The partner has put right something that it had told us: whatever was copied "
                "from it is put right too.",
                "La contraparte corrigió algo que nos había dicho: también se corrige lo que se "
                "copió de ello.",
            ),
            ends=_BY_PERSON,
        ),
        AlarmKind.OUTAGE_OVERRIDE: AlarmRule(
            Severity.NORMAL,
            Actor.OFFICIAL,
            closed_by_person=True,
            about=_HANDOFF,
            means=Sentence(
                "A crossing or reception was entered from the paper of an outage: compare the "
                "sheet that was signed with what was entered.",
                "Se capturó un cruce o una recepción a partir del papel de una interrupción: "
                "compare la hoja firmada con lo capturado.",
            ),
            ends=_BY_PERSON,
        ),
        AlarmKind.CLOCK_SKEW: AlarmRule(
            Severity.NORMAL,
            Actor.OPERATOR,
            closed_by_person=False,
            about=_PARTNER,
            means=Sentence(
                "The partner's clock, or a message's time, is more than two minutes from ours.",
                "El reloj de la contraparte, o la hora de un mensaje, difiere más de dos minutos "
                "del nuestro.",
            ),
            ends=Sentence(
                "A heartbeat measures less.",
                "Un latido mide menos.",
            ),
        ),
        AlarmKind.KEY_EXPIRING: AlarmRule(
            Severity.NORMAL,
            Actor.OPERATOR,
            closed_by_person=False,
            about=Sentence("the key, or `key-set`", "la llave, o `key-set`"),
            means=Sentence(
                "A key of ours, or our key set, ends soon and nothing takes its place.",
                "Una llave nuestra, o nuestro juego de llaves, termina pronto y nada la releva.",
            ),
            ends=Sentence(
                "A longer-lived one is published and loaded.",
                "Se publica y se carga otra de mayor vigencia.",
            ),
        ),
        AlarmKind.PARTNER_KEYS_EXPIRING: AlarmRule(
            Severity.NORMAL,
            Actor.PARTNER,
            closed_by_person=False,
            about=_PARTNER,
            means=Sentence(
                "The partner's key set is soon due to be renewed.",
                "El juego de llaves de la contraparte debe renovarse pronto.",
            ),
            ends=Sentence(
                "It publishes a newer one, or this one ends.",
                "Publica uno más reciente, o este termina.",
            ),
        ),
        AlarmKind.CLASSICAL_SIGNATURES: AlarmRule(
            Severity.NORMAL,
            Actor.OPERATOR,
            closed_by_person=False,
            about=_PARTNER,
            means=Sentence(
                "Messages go under ES256 alone though the partner's keys would allow more.",
                "Los mensajes van solo con ES256, aunque sus llaves permiten más.",
            ),
            ends=Sentence(
                "The agreement asks for both signatures.",
                "El acuerdo pide ambas firmas.",
            ),
        ),
    }
)

_BY_URGENCY = list(Severity)

ALARMS: Mapping[AlarmKind, AlarmRule] = MappingProxyType(
    dict(
        sorted(
            (
                *_SEEN.items(),
                *((AlarmKind(f"{each.name}-overdue"), _overdue(each)) for each in DEADLINES),
            ),
            key=lambda row: _BY_URGENCY.index(row[1].severity),
        )
    )
)
"""Every kind has its row; the most urgent stand first."""

CRITICAL: frozenset[AlarmKind] = frozenset(
    kind for kind, rule in ALARMS.items() if rule.severity is Severity.CRITICAL
)
