"""
What a problem says, in English and in Spanish: one table, and nothing is said that is not in it.

The words are for the person who must act next. None has a place for a value that the caller
sent, so none can repeat one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from exchange.domain.faults import FAULTS, Sentence

Language = Literal["en", "es"]

INTERNAL: Final = "internal"

_ANY_FAULT: Final = Sentence("This value does not fit.", "Este valor no es válido.")


@dataclass(frozen=True, slots=True)
class Text:
    """A title that is the same for every occurrence, and what to do about it."""

    title: str
    detail: str


def problem_text(code: str, language: Language) -> Text:
    """Return the words for *code*; those of an internal error where it has none."""
    return _PROBLEMS.get(code, _PROBLEMS[INTERNAL])[language]


def has_text(code: str) -> bool:
    """Return whether the table has words of its own for *code*."""
    return code in _PROBLEMS


def fault_text(code: str, language: Language) -> str:
    """Return the words for one fault of a document, which stand beside its rule in ``domain``."""
    sentence = FAULTS.get(code, _ANY_FAULT)
    return sentence.es if language == "es" else sentence.en


def _both(en: tuple[str, str], es: tuple[str, str]) -> Mapping[Language, Text]:
    return {"en": Text(*en), "es": Text(*es)}


_PROBLEMS: Final[Mapping[str, Mapping[Language, Text]]] = {
    # --- The request as a whole ---
    "too-large": _both(
        ("Too large", "Send less at once: the request, or one of its lines, is over the limit."),
        ("Demasiado grande", "Envíe menos a la vez: la solicitud, o una línea, excede el límite."),
    ),
    "too-many-lines": _both(
        ("Too many lines", "Send at most 64 lines in one request."),
        ("Demasiadas líneas", "Envíe como máximo 64 líneas por solicitud."),
    ),
    "bad-content-type": _both(
        ("Wrong Content-Type", "Send the media type that this route takes."),
        ("Content-Type incorrecto", "Envíe el tipo de contenido que esta ruta admite."),
    ),
    "bad-encoding": _both(
        ("Content-Encoding not taken", "Send the content as it is, without a Content-Encoding."),
        ("Content-Encoding no admitido", "Envíe el contenido tal cual, sin Content-Encoding."),
    ),
    "request-too-slow": _both(
        ("Request too slow", "The request did not arrive in time: send it again, whole."),
        ("Solicitud demasiado lenta", "La solicitud no llegó a tiempo: envíela otra vez, entera."),
    ),
    "rate-limited": _both(
        ("Too many requests", "Send the same again after the time in Retry-After."),
        ("Demasiadas solicitudes", "Envíe lo mismo después del tiempo indicado en Retry-After."),
    ),
    "draining": _both(
        ("Stopping", "The service is stopping: send the same again after Retry-After."),
        ("Cerrando", "El servicio se está deteniendo: envíe lo mismo después de Retry-After."),
    ),
    "bad-request": _both(
        ("Bad request", "This is not a request that can be read."),
        ("Solicitud incorrecta", "La solicitud no se puede leer."),
    ),
    # --- Lines whose signatures do not hold ---
    "lines-refused": _both(
        ("Lines refused", "Nothing was recorded. Send the rest alone; mend these lines first."),
        ("Líneas rechazadas", "No se registró nada. Envíe solo el resto; corrija estas líneas."),
    ),
    "malformed": _both(
        ("Malformed", "The request or line is not made as the protocol says."),
        ("Mal formado", "La solicitud o línea no tiene la forma que indica el protocolo."),
    ),
    "unknown-key": _both(
        ("Unknown key", "The key is not in the key set we hold: exchange key sets."),
        ("Llave desconocida", "La llave no está en el juego que tenemos: intercambien llaves."),
    ),
    "key-not-active": _both(
        ("Key not active", "The key may not sign now: use one that is in force."),
        ("Llave no vigente", "La llave no puede firmar ahora: use una vigente."),
    ),
    "bad-signature": _both(
        ("Bad signature", "A signature does not cover what was received."),
        ("Firma inválida", "Una firma no corresponde a lo recibido."),
    ),
    "policy": _both(
        ("Signatures not accepted", "Sign with one of the sets agreed, in its order."),
        ("Firmas no aceptadas", "Firme con uno de los conjuntos acordados, en su orden."),
    ),
    "wrong-type": _both(
        ("Wrong kind of line", "The protected header is that of another kind of line."),
        ("Clase de línea equivocada", "El encabezado protegido es de otra clase de línea."),
    ),
    # --- Messages rejected by a signed receipt ---
    "grammar": _both(
        ("Envelope not readable", "The signed envelope is not the closed JSON of the protocol."),
        ("Sobre ilegible", "El sobre firmado no es el JSON cerrado del protocolo."),
    ),
    "wrong-audience": _both(
        ("Wrong audience", "The message is addressed to another party."),
        ("Destinatario equivocado", "El mensaje está dirigido a otra parte."),
    ),
    "wrong-issuer": _both(
        ("Wrong issuer", "The issuer named does not own the keys that signed."),
        ("Emisor equivocado", "El emisor nombrado no es dueño de las llaves que firmaron."),
    ),
    "unsupported-schema": _both(
        ("Unknown type of message", "This type or version of message is not known here."),
        ("Tipo de mensaje desconocido", "Aquí no se conoce este tipo o versión de mensaje."),
    ),
    "not-permitted": _both(
        ("Not yours to say", "This type of message belongs to the other direction."),
        ("No le corresponde", "Este tipo de mensaje pertenece a la otra dirección."),
    ),
    "body-digest": _both(
        ("Body does not match", "The body is absent, unreadable, or not the one that was signed."),
        ("El cuerpo no coincide", "El cuerpo falta, es ilegible o no es el que se firmó."),
    ),
    "breaks-schema": _both(
        ("Body breaks its schema", "The pointer says where; correct it and send a new message."),
        ("El cuerpo viola su esquema", "El puntero dice dónde; corrija y envíe un mensaje nuevo."),
    ),
    "jti-conflict": _both(
        ("Message id used twice", "The same id came before with another content."),
        ("Identificador repetido", "El mismo identificador llegó antes con otro contenido."),
    ),
    "encryption-required": _both(
        ("Encryption required", "Seal the body to our key: the agreement asks for it."),
        ("Cifrado obligatorio", "Cifre el cuerpo con nuestra llave: el acuerdo lo exige."),
    ),
    # --- Time or an operator must act ---
    "delivery-failed": _both(
        ("Not delivered", "The partner has not taken the message yet."),
        ("Sin entregar", "La contraparte aún no ha recibido el mensaje."),
    ),
    "unreachable": _both(
        ("Partner unreachable", "The partner gave no usable answer; it will be tried again."),
        ("Contraparte sin respuesta", "No hubo respuesta utilizable; se intentará de nuevo."),
    ),
    "key-set-refused": _both(
        ("Key set refused", "The key set is not the trusted next one of the partner's roots."),
        ("Juego de llaves rechazado", "No es el siguiente juego confiable de la contraparte."),
    ),
    # --- The caller must act ---
    "invalid": _both(
        ("The document does not fit", "Correct every fault listed and send it again."),
        ("El documento no es válido", "Corrija cada falta de la lista y envíelo de nuevo."),
    ),
    "withheld": _both(
        (
            "Withheld by screening",
            "This person may not be returned under the rules in force. Nothing was sent.",
        ),
        (
            "Retenido por el control previo",
            "Esta persona no puede ser retornada según las reglas vigentes. No se envió nada.",
        ),
    ),
    "decision-conflict": _both(
        ("Decision already known", "The same decision id came before with another content."),
        ("Decisión ya conocida", "El mismo identificador llegó antes con otro contenido."),
    ),
    "idempotency-conflict": _both(
        (
            "Idempotency-Key already used",
            "The key came before with another request: use a new one.",
        ),
        ("Idempotency-Key ya usada", "La clave llegó antes con otra solicitud: use una nueva."),
    ),
    "already-answered": _both(
        ("Already answered", "Someone else was first; what stands is given."),
        ("Ya respondido", "Alguien respondió antes; se indica lo que vale."),
    ),
    "not-possible": _both(
        ("Not possible at this stage", "The handoff is in a stage that does not allow this."),
        ("No es posible en esta etapa", "La entrega está en una etapa que no lo permite."),
    ),
    "departed": _both(
        (
            "Already over the line",
            "The hold is recorded and an alarm raised: call the duty officer there now.",
        ),
        (
            "Ya cruzó la línea",
            "La retención quedó registrada y hay una alarma: llame ahora a la guardia de allá.",
        ),
    ),
    "not-cleared": _both(
        ("Stop", "The person may not cross now: each condition that does not hold is named."),
        ("Alto", "La persona no puede cruzar ahora: se indica cada condición que no se cumple."),
    ),
    "held": _both(
        ("A hold stands", "It is lifted first, by the role that may lift it."),
        ("Hay una retención", "Primero la levanta la función que puede hacerlo."),
    ),
    "case-closed": _both(
        ("The case has ended", "It gets no handoff and no hearing any more: begin a new case."),
        ("El caso terminó", "Ya no admite entregas ni audiencias: inicie un caso nuevo."),
    ),
    "window-full": _both(
        ("No room", "The receiving point has no room in this window: ask for the next that has."),
        ("Sin cupo", "El punto de recepción no tiene cupo en esta ventana: pida la siguiente."),
    ),
    "not-held": _both(
        ("No such hold", "No hold of this cause stands on the handoff."),
        ("No hay tal retención", "Ninguna retención por esta causa pesa sobre la entrega."),
    ),
    "not-erasable": _both(
        ("Kept back", "Each handoff that cannot be erased now is named, with why."),
        ("No se puede borrar", "Se indica cada entrega que no se puede borrar ahora y por qué."),
    ),
    "same-person": _both(
        ("A second person is needed", "Somebody else confirms what you have proposed."),
        ("Se necesita otra persona", "Otra persona confirma lo que usted propuso."),
    ),
    "not-preserved": _both(
        ("Not preserved", "The handoff is not preserved on this ground."),
        ("No se conserva por mandato", "La entrega no se conserva por este motivo."),
    ),
    "not-found": _both(
        ("Not found", "There is nothing here, or it is not yours to see."),
        ("No encontrado", "Aquí no hay nada, o no le corresponde verlo."),
    ),
    "method-not-allowed": _both(
        ("Method not allowed", "Use one of the methods in Allow."),
        ("Método no admitido", "Use uno de los métodos indicados en Allow."),
    ),
    "not-acceptable": _both(
        ("Not to be had so", "Accept one of the media types that the description lists."),
        ("No disponible así", "Acepte uno de los tipos de medio que indica la descripción."),
    ),
    "unauthenticated": _both(
        ("Not identified", "Send the bearer token that the operator gave you."),
        ("Sin identificar", "Envíe el token que le dio el operador."),
    ),
    "forbidden": _both(
        ("Not allowed", "Your role or your ports do not allow this; what it needs is given."),
        ("No permitido", "Su función o sus puertos no lo permiten; se indica lo necesario."),
    ),
    "usage": _both(
        ("Wrong usage", "Something given to the command does not fit."),
        ("Uso incorrecto", "Algo de lo dado al comando no encaja."),
    ),
    "not-a-partner": _both(
        ("Not a partner", "What answers at this address shows no key set of the roots we trust."),
        ("No es la contraparte", "Quien responde aquí no muestra llaves de las raíces confiables."),
    ),
    # --- Stop ---
    "error": _both(
        ("Error", "The request could not be served."),
        ("Error", "No se pudo atender la solicitud."),
    ),
    "evidence-broken": _both(
        ("Record does not verify", "Stop, and call whoever keeps the evidence."),
        ("El registro no verifica", "Deténgase y llame a quien custodia la evidencia."),
    ),
    "store-failed": _both(
        (
            "Storage did not answer",
            "It is not known whether this was stored: send the same again after Retry-After.",
        ),
        (
            "El almacenamiento no respondió",
            "No se sabe si esto se guardó: envíe lo mismo después de Retry-After.",
        ),
    ),
    "store-busy": _both(
        ("Storage busy", "Nothing was stored: send the same again after Retry-After."),
        ("Almacenamiento ocupado", "No se guardó nada: envíe lo mismo después de Retry-After."),
    ),
    "alarm-stands": _both(
        ("The alarm stands", "It ends with its cause: nobody can close it before."),
        ("La alarma sigue en pie", "Termina con su causa: nadie puede cerrarla antes."),
    ),
    "keys-unusable": _both(
        ("No key may sign", "Nothing was recorded: send the same again after Retry-After."),
        ("Ninguna llave puede firmar", "No se registró nada: envíe lo mismo tras Retry-After."),
    ),
    "schema-not-taken": _both(
        (
            "The partner does not take this",
            "The partner's key set lists no version of this message. The operator calls it.",
        ),
        (
            "La contraparte no admite esto",
            "Su juego de llaves no enumera ninguna versión de este mensaje. El operador la llama.",
        ),
    ),
    "time-stamp-refused": _both(
        (
            "No time-stamp",
            "What the authority answered is no stamp of what it was asked for. Nothing was kept.",
        ),
        (
            "No es un sello de tiempo",
            "Lo que respondió la autoridad no es un sello de lo pedido. No se guardó nada.",
        ),
    ),
    "not-configured": _both(
        ("Not configured", "The operator must correct the settings."),
        ("Sin configurar", "El operador debe corregir la configuración."),
    ),
    INTERNAL: _both(
        ("Internal error", "Tell the operator the incident id."),
        ("Error interno", "Indique al operador el identificador del incidente."),
    ),
}
