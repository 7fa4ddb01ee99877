"""Alarms about messages, ours and the partner's."""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.domain.alarms.kinds import (
    BY_PERSON,
    WAITING,
    Actor,
    AlarmKind,
    AlarmRule,
)
from exchange.domain.severity import Severity
from exchange.errors import Sentence

OF_MESSAGES: Mapping[AlarmKind, AlarmRule] = MappingProxyType(
    {
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
            ends=BY_PERSON,
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
        AlarmKind.REPORT_CRITICAL: AlarmRule(
            Severity.CRITICAL,
            Actor.OPERATOR,
            closed_by_person=False,
            about=Sentence("the day of the report", "el día del informe"),
            means=Sentence(
                "The report of the day does not add up, or critical discrepancies were open when "
                "it was made: `exchange reports show` says which, and whom to call.",
                "El informe del día no cuadra, o había discrepancias críticas abiertas cuando se "
                "hizo: `exchange reports show` dice cuáles y a quién llamar.",
            ),
            ends=Sentence(
                "No critical discrepancy is open any more, or the report of the next day is made.",
                "Ya no hay discrepancias críticas abiertas, o se hace el informe del día "
                "siguiente.",
            ),
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
            about=WAITING,
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
            about=WAITING,
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
            about=WAITING,
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
            ends=BY_PERSON,
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
        AlarmKind.COMPARISON_ENDED: AlarmRule(
            Severity.NORMAL,
            Actor.OPERATOR,
            closed_by_person=True,
            about=Sentence(
                "the day, and whose messages it is about", "el día, y de quién son los mensajes"
            ),
            means=Sentence(
                "What both sides hold of that day was compared, and nothing that holds was found: "
                "`exchange statements list` says why.",
                "Se comparó lo que ambas partes tienen de ese día y no se halló nada válido: "
                "`exchange statements list` dice por qué.",
            ),
            ends=Sentence(
                "A later comparison of the day has a result, or a person who has dealt with it "
                "closes it.",
                "Una comparación posterior del día tiene resultado, o la cierra una persona que "
                "lo ha resuelto.",
            ),
        ),
    }
)
