"""Every word that a report shows, in the two languages of the exchange."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from exchange.domain.deadlines import DEADLINES
from exchange.domain.faults import Sentence

Language = Literal["en", "es"]

TEXTS: Mapping[str, Sentence] = MappingProxyType(
    {
        "title.us": Sentence(
            "Account of the United States side", "Cuenta del lado de Estados Unidos"
        ),
        "title.mx": Sentence("Account of the Mexican side", "Cuenta del lado de México"),
        "not-closed": Sentence(
            "not over at every place: the figures still move",
            "aún no termina en todo lugar: las cifras todavía cambian",
        ),
        "all-days": Sentence("all days", "todos los días"),
        "place.us": Sentence("port", "puerto"),
        "place.mx": Sentence("receiving point", "punto de recepción"),
        "total": Sentence("total", "total"),
        "-": Sentence("no place", "sin lugar"),
        "decided": Sentence("decided", "decididos"),
        "withheld": Sentence("withheld", "excluidos"),
        "withdrawn": Sentence("withdrawn before notice", "retirados antes del aviso"),
        "waiting": Sentence("waiting to be noticed", "por avisar"),
        "noticed": Sentence("noticed", "avisados"),
        "heard_of": Sentence("heard of", "conocidos"),
        "unannounced": Sentence("without notice", "sin aviso"),
        "stage": Sentence("stage", "etapa"),
        "stages": Sentence("Present stage", "Etapa actual"),
        "stage.unannounced": Sentence("unannounced", "sin aviso"),
        "stage.noticed": Sentence("noticed", "avisada"),
        "stage.accepted": Sentence("accepted", "aceptada"),
        "stage.refused": Sentence("refused", "rechazada"),
        "stage.deferred": Sentence("deferred", "aplazada"),
        "stage.cancelled": Sentence("cancelled", "cancelada"),
        "stage.received": Sentence("received", "recibida"),
        "stage.not-received": Sentence("not received", "no recibida"),
        "stage.documented": Sentence("documented", "documentada"),
        "stage.departed": Sentence("departed", "partió"),
        "stage.presented": Sentence("presented", "presentada"),
        "stage.not-presented": Sentence("not presented", "no presentada"),
        "stage.closed": Sentence("closed", "cerrada"),
        "stage.drafted": Sentence("drafted", "en borrador"),
        "stage.withdrawn": Sentence("withdrawn before notice", "retirada antes del aviso"),
        "reasons": Sentence("Withheld, by reason", "Excluidos, por motivo"),
        "reason": Sentence("reason", "motivo"),
        "people": Sentence("people", "personas"),
        "steps": Sentence("How far cases went", "Hasta dónde llegaron los casos"),
        "step": Sentence("step", "paso"),
        "step-returned-again": Sentence("returned once more", "retornadas una vez más"),
        "step-departed": Sentence("crossed by the gate", "cruzaron por la puerta"),
        "step-received": Sentence("received", "recibidas"),
        "step-hearing-changed": Sentence("hearing changed", "audiencia cambiada"),
        "step-change-told": Sentence("told of the change", "informadas del cambio"),
        "step-presented": Sentence("presented", "se presentaron"),
        "step-not-presented": Sentence("did not present", "no se presentaron"),
        "step-case-closed": Sentence("case ended", "caso terminado"),
        "held": Sentence("held now (ours alone)", "retenidas ahora (solo nuestro)"),
        "findings": Sentence("Out of order", "Fuera de orden"),
        "finding": Sentence("what", "qué"),
        "count": Sentence("count", "cuántas"),
        "handoffs": Sentence("handoffs", "entregas"),
        **{
            f"late-{each.name}": Sentence(f"late: {each.asks.en}", f"tarde: {each.asks.es}")
            for each in DEADLINES
        },
        **{
            f"overdue-{each.name}": Sentence(f"overdue: {each.asks.en}", f"vencido: {each.asks.es}")
            for each in DEADLINES
        },
        "visa-ends-before-hearing": Sentence(
            "visa ends before the hearing", "la visa vence antes de la audiencia"
        ),
        "without-notice": Sentence(
            "received or documented without notice", "recibida o documentada sin aviso"
        ),
        "out-of-place": Sentence("message out of place", "mensaje fuera de lugar"),
        "unknown-subject": Sentence(
            "message about a handoff unknown then", "mensaje sobre una entrega aún desconocida"
        ),
        "rejected": Sentence("message rejected", "mensaje rechazado"),
        "on-paper": Sentence(
            "entered from the paper of an outage", "anotada desde el papel de una interrupción"
        ),
        "sent-again": Sentence("messages sent more than once", "mensajes enviados más de una vez"),
        "ledger": Sentence("Ledger", "Libro"),
        "entries": Sentence("entries", "asientos"),
        "last_link": Sentence("last link", "último eslabón"),
        "sent": Sentence("messages sent", "mensajes enviados"),
        "received": Sentence("messages received", "mensajes recibidos"),
        "rejected_by_partner": Sentence("rejected by the partner", "rechazados por la contraparte"),
        "rejected_by_us": Sentence("rejected by us", "rechazados por nosotros"),
        "waiting_to_be_sent": Sentence("waiting in the outbox", "en la bandeja de salida"),
        "without_receipt": Sentence("sent, without receipt", "enviados, sin constancia"),
        "parked": Sentence("parked", "apartados"),
        "sequence_gaps": Sentence("gaps in the sequence", "huecos en la secuencia"),
        "sequence_repeated": Sentence("numbers used twice", "números usados dos veces"),
        "alarms": Sentence("alarms open", "alarmas abiertas"),
        "none": Sentence("none", "no hay"),
        "adds-up": Sentence("Every person is accounted for.", "Hay cuenta de cada persona."),
        "does-not-add-up": Sentence("This does not add up:", "Esto no cuadra:"),
        "sum-of-terms": Sentence("sum of the terms", "suma de los términos"),
        "sum-of-stages": Sentence("sum of the stages", "suma de las etapas"),
        "one-stage": Sentence("one present stage", "una etapa actual"),
        "expected-found": Sentence(
            "expected {expected}, found {found}", "se esperaba {expected}, se halló {found}"
        ),
    },
)


def text(key: str, language: Language) -> str:
    """Return the words of *key*; a code that has no words stands for itself."""
    sentence = TEXTS.get(key)
    return getattr(sentence, language) if sentence else key
