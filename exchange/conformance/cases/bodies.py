"""Bodies that break their schema or the grammar (clause 4.15), and one that is sealed."""

from collections.abc import Callable

from exchange.conformance.bodies import CANARY, Document
from exchange.conformance.case import Case, Group, Maker, row, step
from exchange.conformance.cases.types import ACKNOWLEDGMENT, MX, NOTICE, RECEPTION, US, VISA
from exchange.conformance.kit import Kit
from exchange.conformance.makers import bodied, body_spelled, says, sealed
from exchange.conformance.wants import rejects
from exchange.domain.parties import Side

EVERY = tuple(Side)


def one(
    name: str,
    clause: str,
    sent: tuple[str, str],
    maker: Maker,
    sides: tuple[Side, ...] = EVERY,
    *,
    code: str = "breaks-schema",
    pointer: str | None = None,
) -> Case:
    """Return a case of one line that is rejected."""
    return row(
        Group.BODY, name, clause, sent, {"a": maker}, step("a", rejects("a", code, pointer)),
        sides=sides,
    )  # fmt: skip


def _person(**members: object) -> Maker:
    return says(NOTICE, lambda kit: kit.bodies.notice(person=kit.bodies.person(**members)))


def _visa(**members: object) -> Maker:
    return says(VISA, lambda kit: kit.bodies.visa(**members))


def _of(make: Callable[[Kit], Document], name: str) -> Maker:
    return says(name, make)


CASES: tuple[Case, ...] = (
    one(
        "sealed-body", "2.2",
        ("A body that is sealed and cannot be opened.", "Un cuerpo sellado que no se puede abrir."),
        sealed,
        code="body-digest",
    ),
    one(
        "body-is-an-array", "3.5",
        ("A body that is an array.", "Un cuerpo que es un arreglo."),
        body_spelled(lambda octets: b"[" + octets + b"]"),
    ),
    one(
        "body-is-not-json", "3.5",
        ("A body that is no JSON.", "Un cuerpo que no es JSON."),
        body_spelled(lambda octets: octets[:-1]),
    ),
    one(
        "body-member-twice", "3.1",
        ("A body that has salt twice.", "Un cuerpo con salt dos veces."),
        body_spelled(lambda octets: b'{"salt":"AAAAAAAAAAAAAAAAAAAAAA",' + octets[1:]),
    ),
    one(
        "body-byte-order-mark", "3.1",
        ("A byte order mark before a body.", "Una marca de orden de bytes ante un cuerpo."),
        body_spelled(lambda octets: b"\xef\xbb\xbf" + octets),
    ),
    one(
        "revision-with-a-fraction", "3.1",
        (
            "A revision written 1.0, which JSON Schema alone would take.",
            "Una revisión escrita 1.0, que JSON Schema por sí solo aceptaría.",
        ),
        body_spelled(lambda octets: octets.replace(b'"revision":1', b'"revision":1.0', 1)),
        US,
    ),
    one(
        "revision-with-an-exponent", "3.1",
        ("A revision written 1e0.", "Una revisión escrita 1e0."),
        body_spelled(lambda octets: octets.replace(b'"revision":1', b'"revision":1e0', 1)),
        US,
    ),
    one(
        "body-member-more", "3.5",
        ("A body with one member more.", "Un cuerpo con un miembro de más."),
        bodied(lambda body: body.update(remarks=CANARY)),
    ),
    one(
        "body-member-missing", "3.6",
        (
            "A body in which a member that does not apply is left out.",
            "Un cuerpo que omite un miembro que no aplica.",
        ),
        bodied(lambda body: body.pop("family" if "family" in body else "code")),
    ),
    one(
        "no-salt", "3.5",
        ("A body without salt.", "Un cuerpo sin salt."),
        bodied(lambda body: body.pop("salt")),
    ),
    one(
        "short-salt", "3.5",
        ("A body whose salt has 12 octets.", "Un cuerpo cuyo salt tiene 12 octetos."),
        bodied(lambda body: body.update(salt="AAAAAAAAAAAAAAAA")),
        pointer="/body/salt",
    ),
    one(
        "sex-of-no-list", "10.1",
        ("A notice with a sex that no list has.", "Un aviso con un sexo que no está en la lista."),
        _person(sex="N"), US,
        pointer="/body/person/sex",
    ),
    one(
        "null-where-none-may-be", "10.1",
        ("A notice whose person has a null surname.", "Un aviso con el primer apellido nulo."),
        _person(first_surname=None), US,
        pointer="/body/person/first_surname",
    ),
    one(
        "line-feed-at-the-end", "12.4",
        ("A name with a last line feed.", "Un nombre con un salto de línea al final."),
        _person(given_names=f"{CANARY}\n"), US,
        pointer="/body/person/given_names",
    ),
    one(
        "direction-of-writing", "10.3",
        (
            "A name with a mark of writing direction in it.",
            "Un nombre con una marca de dirección de escritura.",
        ),
        _person(given_names=f"{CANARY}\u202eanerI"), US,
        pointer="/body/person/given_names",
    ),
    one(
        "no-such-day", "10.2",
        ("A birth date on 30 February.", "Una fecha de nacimiento el 30 de febrero."),
        _person(birth_date="1991-02-30"), US,
        pointer="/body/person/birth_date",
    ),
    one(
        "time-with-an-offset", "10.2",
        ("A window that says its time with an offset.", "Una ventana con la hora y su desfase."),
        says(
            NOTICE,
            lambda kit: kit.bodies.notice(
                return_={
                    **kit.bodies.notice()["return"],
                    "window": kit.bodies.window() | {"from": "2031-03-18T08:00:00-08:00"},
                }
            ),
        ),
        US,
        pointer="/body/return/window/from",
    ),
    one(
        "text-for-number", "10.1",
        ("A notice whose cycle is a text.", "Un aviso cuyo ciclo es un texto."),
        says(NOTICE, lambda kit: kit.bodies.notice(cycle="1")), US,
        pointer="/body/cycle",
    ),
    one(
        "number-out-of-bounds", "10.1",
        ("A notice of revision 0.", "Un aviso de la revisión 0."),
        says(NOTICE, lambda kit: kit.bodies.notice(revision=0)), US,
        pointer="/body/revision",
    ),
    one(
        "member-more-within", "10.7",
        ("A person with a telephone number.", "Una persona con un número de teléfono."),
        _person(telephone="+52 555 0100"), US,
    ),
    one(
        "answer-of-no-list", "10.1",
        ("An answer that no list has.", "Una respuesta que no está en la lista."),
        says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment("maybe")), MX,
        pointer="/body/answer",
    ),
    one(
        "refused-without-a-code", "10.1",
        ("A refusal without a code.", "Un rechazo sin código."),
        says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment("refused", code=None)), MX,
        pointer="/body/code",
    ),
    one(
        "accepted-with-a-code", "10.1",
        ("An acceptance with a code.", "Una aceptación con código."),
        says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment(code="CAPACITY")), MX,
        pointer="/body/code",
    ),
    one(
        "deferred-without-a-window", "10.1",
        ("A deferral without a window.", "Un diferimiento sin ventana."),
        says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment("deferred", window=None)), MX,
        pointer="/body/window",
    ),
    one(
        "received-without-identity", "10.1",
        (
            "A reception that says nothing of identity.",
            "Una recepción que nada dice de la identidad.",
        ),
        says(RECEPTION, lambda kit: kit.bodies.reception(identity=None)), MX,
        pointer="/body/identity",
    ),
    one(
        "time-of-no-clock", "10.2",
        ("A reception at 24:00:00.", "Una recepción a las 24:00:00."),
        says(RECEPTION, lambda kit: kit.bodies.reception(at="2031-03-18T24:00:00Z")), MX,
        pointer="/body/at",
    ),
    one(
        "document-of-no-list", "10.1",
        ("A document that no list has.", "Un documento que no está en la lista."),
        _visa(document=CANARY), MX,
        pointer="/body/document",
    ),
    one(
        "number-as-text", "10.1",
        ("A visa whose curp_assigned is a text.", "Una visa cuyo curp_assigned es un texto."),
        _visa(curp_assigned="false"), MX,
        pointer="/body/curp_assigned",
    ),
    one(
        "line-feed-after-a-number", "12.4",
        (
            "A document number with a last line feed.",
            "Un número de documento con un salto de línea final.",
        ),
        _visa(number="40918270011\n"), MX,
        pointer="/body/number",
    ),
    one(
        "curp-itself", "10.7",
        ("A visa with one member more: a CURP.", "Una visa con un miembro de más: una CURP."),
        _visa(curp="XEXX010101HNEXXXA4"), MX,
    ),
)  # fmt: skip
