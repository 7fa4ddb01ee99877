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
        "lines": Sentence("lines", "líneas"),
        "at": Sentence("at", "en"),
        "or-closed": Sentence("or the connection ends", "o la conexión termina"),
        "two-languages": Sentence("in two languages", "en dos idiomas"),
        "closed": Sentence("the connection ends", "la conexión termina"),
        "unheard": Sentence("(not heard)", "(no se oye)"),
        "keys-whole": Sentence(
            "200, a key set under all roots, with an ETag",
            "200, un juego de claves firmado por todas las raíces, con ETag",
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
            "the key set does not verify", "el juego de claves no se verifica"
        ),
        "finding.key-set-expired": Sentence(
            "the key set is past its exp", "el juego de claves pasó de su exp"
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
    }
)


def text(key: str, language: Language) -> str:
    """Return the words of *key*."""
    sentence: str = getattr(TEXTS[key], language)
    return sentence
