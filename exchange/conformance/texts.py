"""Every word of the kit, in the two languages of the exchange; cases bring their own."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from exchange.errors import Sentence

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")

TEXTS: Mapping[str, Sentence] = MappingProxyType(
    {
        # --- What must come back ---
        "stored": Sentence(
            "the stored receipt, octet for octet", "la constancia guardada, octeto por octeto"
        ),
        "line": Sentence("line", "línea"),
        "lines": Sentence("lines", "líneas"),
        "at": Sentence("at", "en"),
        "or-closed": Sentence("or the connection ends", "o la conexión termina"),
        "two-languages": Sentence("in two languages", "en dos idiomas"),
        "closed": Sentence("the connection ends", "la conexión termina"),
        "unheard": Sentence("(not heard)", "(no se oye)"),
        "keys-whole": Sentence(
            "200, a key set under all roots, with an ETag",
            "200, un juego de llaves firmado por todas las raíces, con ETag",
        ),
        "keys-unchanged": Sentence("304, nothing else", "304, nada más"),
        "keys-dated": Sentence(
            "a Date within 120 s of our clock", "un Date a menos de 120 s de nuestro reloj"
        ),
        "keys-understands": Sentence("200, all of them", "200, todos ellos"),
        # --- What was found ---
        "expected": Sentence("expected:", "se esperaba:"),
        "found": Sentence("found:", "se halló:"),
        "finding.status": Sentence("the HTTP status is another", "el estado HTTP es otro"),
        "finding.media-type": Sentence("the media type is another", "el tipo de medio es otro"),
        "finding.echo": Sentence(
            "the answer repeats what was sent", "la respuesta repite lo que se envió"
        ),
        "finding.not-closed": Sentence("the connection did not end", "la conexión no terminó"),
        "finding.problem-member": Sentence(
            "a member of the problem is another", "un miembro del problema es otro"
        ),
        "finding.no-retry-after": Sentence("there is no Retry-After", "no hay Retry-After"),
        "finding.lines": Sentence("other lines are named", "se nombran otras líneas"),
        "finding.one-language": Sentence(
            "the words are the same in both languages", "las palabras son iguales en ambos idiomas"
        ),
        "finding.receipts": Sentence(
            "the number of receipts is another", "el número de constancias es otro"
        ),
        "finding.not-the-stored-receipt": Sentence(
            "the receipt is not the stored one", "la constancia no es la guardada"
        ),
        "finding.receipt-refused": Sentence(
            "the receipt does not verify", "la constancia no se verifica"
        ),
        "finding.receipt-number-used": Sentence(
            "the receipt's jti was used before", "el jti de la constancia ya se usó"
        ),
        "finding.receipt-time": Sentence(
            "the receipt's iat is more than 120 s off",
            "el iat de la constancia difiere más de 120 s",
        ),
        "finding.items": Sentence(
            "the receipt has another number of items",
            "la constancia tiene otro número de elementos",
        ),
        "finding.item-pld": Sentence("an item's pld is another", "el pld de un elemento es otro"),
        "finding.item-sig": Sentence("an item's sig is another", "el sig de un elemento es otro"),
        "finding.item-jti": Sentence("an item's jti is another", "el jti de un elemento es otro"),
        "finding.verdict": Sentence(
            "the verdict or its code is another", "el veredicto o su código es otro"
        ),
        "finding.pointer": Sentence(
            "the pointer names another place", "el puntero nombra otro lugar"
        ),
        "finding.not-empty": Sentence("the answer has a body", "la respuesta tiene cuerpo"),
        "finding.no-date": Sentence("there is no Date", "no hay Date"),
        "finding.skew": Sentence("the clocks differ", "los relojes difieren"),
        "finding.no-etag": Sentence("there is no ETag", "no hay ETag"),
        "finding.key-set-refused": Sentence(
            "the key set does not verify", "el juego de llaves no se verifica"
        ),
        "finding.key-set-expired": Sentence(
            "the key set is past its exp", "el juego de llaves pasó de su exp"
        ),
        "finding.schemas": Sentence("schemas are missing", "faltan schemas"),
        "finding.no-answer": Sentence(
            "the partner stopped answering before this case was played",
            "la contraparte dejó de responder antes de este caso",
        ),
        "finding.next-message": Sentence(
            "the next good message was not accepted",
            "el siguiente mensaje correcto no fue aceptado",
        ),
        # --- What was found while listening ---
        "finding.partner-said": Sentence(
            "the partner sent what cannot be accepted",
            "la contraparte envió algo que no se puede aceptar",
        ),
        "finding.nothing-came": Sentence("it did not come in time", "no llegó a tiempo"),
        "finding.body-member": Sentence(
            "a member of the body is another", "un miembro del cuerpo es otro"
        ),
        "finding.not-in-reply": Sentence(
            "its irt is not the message that it answers", "su irt no es el mensaje que responde"
        ),
        "finding.code-of-message": Sentence("it is out of its place", "está fuera de lugar"),
        "finding.not-the-same-line": Sentence(
            "what came again is not the line that came before",
            "lo que volvió a llegar no es la línea anterior",
        ),
        "finding.too-soon": Sentence("it came again too soon", "volvió a llegar demasiado pronto"),
        "finding.more-than-one-probe": Sentence(
            "more than one request was under way while the partner failed",
            "hubo más de una solicitud en curso mientras la contraparte fallaba",
        ),
        "finding.not-alone": Sentence(
            "the line that was refused did not come alone", "la línea rechazada no llegó sola"
        ),
        "finding.seq-twice": Sentence("a seq was used twice", "un seq se usó dos veces"),
        "finding.seq-gap": Sentence("numbers are missing in seq", "faltan números en seq"),
        "finding.order": Sentence(
            "a message went before an earlier one of its handoff",
            "un mensaje salió antes que otro anterior de su entrega",
        ),
        "finding.came-again": Sentence(
            "a message came again although its receipt was sent",
            "un mensaje volvió a llegar aunque se envió su constancia",
        ),
        "finding.no-heartbeat": Sentence(
            "nobody asked for our key set", "nadie pidió nuestro juego de llaves"
        ),
        # --- What the kit does while it listens ---
        "reaction.lose": Sentence(
            "its answer is lost, and the same line comes again",
            "su respuesta se pierde, y la misma línea vuelve a llegar",
        ),
        "reaction.fail": Sentence(
            "three times 500, and it comes again later each time, one request at a time",
            "tres veces 500, y vuelve cada vez más tarde, una solicitud a la vez",
        ),
        "reaction.busy": Sentence(
            "503 with Retry-After, and it comes again no sooner",
            "503 con Retry-After, y no vuelve antes",
        ),
        "reaction.refuse": Sentence(
            "400 that names it, and it comes again alone",
            "400 que la nombra, y vuelve sola",
        ),
        "reaction.strange": Sentence(
            "a receipt that also names a message nobody sent, and it does not come again",
            "una constancia que nombra además un mensaje que nadie envió, y no vuelve",
        ),
        # --- The report ---
        "report.title": Sentence("Conformance report", "Informe de conformidad"),
        "report.about": Sentence("Partner under test", "Contraparte a prueba"),
        "report.url": Sentence("Its address", "Su dirección"),
        "report.kit": Sentence("The kit's party", "La parte que hace el kit"),
        "report.began": Sentence("Began", "Inicio"),
        "report.ended": Sentence("Ended", "Fin"),
        "report.signatures": Sentence("Signatures agreed", "Firmas acordadas"),
        "report.listened": Sentence("Listened too", "También escuchó"),
        "report.keys": Sentence("Serial of its key set", "Serie de su juego de llaves"),
        "report.program": Sentence("Program", "Programa"),
        "report.exchanged": Sentence("What was exchanged", "Lo que se intercambió"),
        "report.untested": Sentence(
            "Codes that no case provokes", "Códigos que ningún caso provoca"
        ),
        "report.signed": Sentence(
            "This page holds the report as the kit signed it. Clause 15 of docs/protocol.md "
            "names every case.",
            "Esta página contiene el informe firmado por el kit. La cláusula 15 de "
            "docs/protocol.md nombra cada caso.",
        ),
        "signatures.hybrid": Sentence("ES256 and ML-DSA-65", "ES256 y ML-DSA-65"),
        "signatures.es256": Sentence("ES256 alone", "solo ES256"),
        "verdict.passed": Sentence(
            "Every case that applies has passed.",
            "Todos los casos aplicables pasaron.",
        ),
        "verdict.failed": Sentence("Not every case has passed.", "No todos los casos pasaron."),
        "outcome.passed": Sentence("passed", "aprobado"),
        "outcome.failed": Sentence("failed", "fallido"),
        "outcome.left-out": Sentence("left out", "omitido"),
        "count.passed": Sentence("passed", "aprobados"),
        "count.failed": Sentence("failed", "fallidos"),
        "count.left-out": Sentence("left out", "omitidos"),
        "column.outcome": Sentence("Outcome", "Resultado"),
        "column.name": Sentence("Case", "Caso"),
        "column.clause": Sentence("Clause", "Cláusula"),
        "column.sent": Sentence("What was sent", "Qué se envió"),
        "column.must": Sentence("What must come back", "Qué debe volver"),
        "need.two-signatures": Sentence(
            "messages bear one signature", "los mensajes llevan una sola firma"
        ),
        "need.tls": Sentence("the partner is asked without TLS", "se consulta sin TLS"),
        "need.listening": Sentence("without --listen", "sin --listen"),
        "yes": Sentence("yes", "sí"),
        "no": Sentence("no", "no"),
        "group.good": Sentence(
            "Good requests in every form", "Solicitudes correctas en toda forma"
        ),
        "group.types": Sentence("Every message type", "Cada tipo de mensaje"),
        "group.meaning": Sentence("What messages amount to", "Lo que significan los mensajes"),
        "group.repeated": Sentence("Repeated and conflicting", "Repetidos y en conflicto"),
        "group.unsigned": Sentence("Lines that are none", "Líneas que no lo son"),
        "group.signatures": Sentence("Keys and signatures", "Llaves y firmas"),
        "group.envelope": Sentence("Envelopes", "Sobres"),
        "group.body": Sentence("Bodies", "Cuerpos"),
        "group.request": Sentence("Requests as a whole", "Solicitudes enteras"),
        "group.outage": Sentence("Partial outages", "Fallas parciales"),
        "group.keys": Sentence("Key sets", "Juegos de llaves"),
        "group.memory": Sentence("What is never forgotten", "Lo que nunca se olvida"),
        "group.listening": Sentence("What the partner sends", "Lo que envía la contraparte"),
    }
)


def text(key: str, language: Language) -> str:
    """Return the words of *key*."""
    sentence: str = getattr(TEXTS[key], language)
    return sentence
