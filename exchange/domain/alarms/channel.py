"""Alarms about what carries everything: the partner, keys, clocks, the database."""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.domain.alarms.kinds import (
    PARTNER,
    Actor,
    AlarmKind,
    AlarmRule,
)
from exchange.domain.severity import Severity
from exchange.errors import Sentence

OF_CHANNEL: Mapping[AlarmKind, AlarmRule] = MappingProxyType(
    {
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
        AlarmKind.DUTY_NOT_TOLD: AlarmRule(
            Severity.HIGH,
            Actor.OPERATOR,
            closed_by_person=False,
            about=Sentence("the webhook", "el webhook"),
            means=Sentence(
                "What tells the duty officers of alarms takes none: nobody is woken. This alarm "
                "itself wakes nobody either: it is in `/metrics`, the log and the list.",
                "Lo que avisa de las alarmas a la guardia no admite ninguna: no se despierta a "
                "nadie. Esta misma alarma tampoco despierta a nadie: está en `/metrics`, la "
                "bitácora y la lista.",
            ),
            ends=Sentence("The webhook takes what waits.", "El webhook admite lo que espera."),
        ),
        AlarmKind.CHANNEL_DOWN: AlarmRule(
            Severity.HIGH,
            Actor.OPERATOR,
            closed_by_person=False,
            about=PARTNER,
            means=Sentence(
                "Nobody of the partner spoke with us for two minutes.",
                "Nadie de la contraparte habló con nosotros en dos minutos.",
            ),
            ends=Sentence("The partner speaks.", "La contraparte habla."),
        ),
        AlarmKind.KEYS_REFUSED: AlarmRule(
            Severity.HIGH,
            Actor.PARTNER,
            closed_by_person=False,
            about=PARTNER,
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
            about=PARTNER,
            means=Sentence(
                "The partner's key set is past the time at which a newer one was due. Its keys "
                "stay trusted, each until its own end.",
                "El juego de llaves de la contraparte pasó la fecha en que debía renovarse. Sus "
                "llaves siguen siendo de confianza, cada una hasta su propio fin.",
            ),
            ends=Sentence("It publishes a newer one.", "Publica uno más reciente."),
        ),
        AlarmKind.CLOCK_SKEW: AlarmRule(
            Severity.NORMAL,
            Actor.OPERATOR,
            closed_by_person=False,
            about=PARTNER,
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
            about=Sentence(
                "the key, or `key-set`, and within how many days",
                "la llave, o `key-set`, y en cuántos días",
            ),
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
            about=PARTNER,
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
            about=PARTNER,
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
