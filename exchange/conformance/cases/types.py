"""Every message type of clause 10.1, with examples that use what its schema offers."""

from collections.abc import Iterator
from typing import get_args

from exchange.conformance.case import Case, Group, Maker, row, step
from exchange.conformance.makers import says
from exchange.conformance.wants import takes
from exchange.domain.messages.acknowledgment import RefusalCode
from exchange.domain.messages.reception import NotReceivedCode
from exchange.domain.parties import Side

US, MX = (Side.US,), (Side.MX,)
NOTICE, CANCELLATION = "return-notice", "return-cancellation"
ACKNOWLEDGMENT, RECEPTION, VISA = "acknowledgment", "reception", "visa-issuance"


def _people() -> Iterator[Maker]:
    """Make a notice for each kind of name, birth date, sex and nationality."""
    someone = (
        {"sex": "M", "birth_date": "1987-11", "nationality": "GTM", "language": "mam"},
        {"sex": "X", "birth_date": "1979", "nationality": "XXA", "language": "spa"},
        {"second_surname": "Ñúñez-O'Neill", "language": "eng", "nationality": "SLV"},
        {
            "first_surname": "D\u2019Ávila St. Cruz",
            "birth_date": "1996-02-29",
            "nationality": "CUB",
        },
    )
    for who in someone:
        yield says(NOTICE, lambda kit, who=who: kit.bodies.notice(person=kit.bodies.person(**who)))  # type: ignore[misc]  # bound now


def _refusals() -> Iterator[Maker]:
    for code in get_args(RefusalCode):
        yield says(
            ACKNOWLEDGMENT,
            lambda kit, code=code: kit.bodies.acknowledgment("refused", code=code),  # type: ignore[misc]  # bound now
        )


def _not_received() -> Iterator[Maker]:
    for code in get_args(NotReceivedCode):
        yield says(
            RECEPTION,
            lambda kit, code=code: kit.bodies.reception("not-received", code=code),  # type: ignore[misc]  # bound now
        )


def _documents() -> Iterator[Maker]:
    given = (
        {"document": "FMM", "entries": "multiple"},
        {"document": "TVRH", "entries": "single", "curp_assigned": True},
        {"document": "OTHER", "number": "A1B2C"},
    )
    for one in given:
        yield says(VISA, lambda kit, one=one: kit.bodies.visa(**one))  # type: ignore[misc]  # bound now


def _all_of(
    name: str, sent: tuple[str, str], makers: Iterator[Maker], sides: tuple[Side, ...]
) -> Case:
    lines = dict(zip("abcdefghijklmnop", makers, strict=False))
    return row(
        Group.TYPES, name, "10.1", sent, lines,
        step(" ".join(lines), takes(*lines)), sides=sides,
    )  # fmt: skip


CASES: tuple[Case, ...] = (
    row(
        Group.TYPES, "notice", "10.1",
        (
            "A notice with every member null that may be.",
            "Un aviso con todo miembro nulo que puede serlo.",
        ),
        {"a": says(NOTICE, lambda kit: kit.bodies.notice())},
        step("a", takes("a", code=None)),
        sides=US,
    ),
    row(
        Group.TYPES, "notice-whole", "10.1",
        (
            "A notice with family, travel document and every other member.",
            "Un aviso con familia, documento de viaje y todos los demás miembros.",
        ),
        {
            "a": says(
                NOTICE,
                lambda kit: kit.bodies.notice(
                    family=kit.bodies.family(), travel_document=kit.bodies.travel_document()
                ),
            )
        },
        step("a", takes("a", code=None)),
        sides=US,
    ),
    _all_of(
        "notices-of-all-kinds",
        (
            "Notices with other names, reduced birth dates, sexes and nationalities.",
            "Avisos con otros nombres, fechas de nacimiento reducidas, sexos y nacionalidades.",
        ),
        _people(),
        US,
    ),
    row(
        Group.TYPES, "notice-revised", "10.1",
        ("A notice, then its second revision.", "Un aviso y luego su segunda revisión."),
        {
            "a": says(NOTICE, lambda kit: kit.bodies.notice()),
            "b": says(NOTICE, lambda kit: kit.bodies.notice(revision=2), about="a"),
        },
        step("a", takes("a", code=None)),
        step("b", takes("b", code=None)),
        sides=US,
    ),
    row(
        Group.TYPES, "cancellation", "10.1",
        (
            "A notice and, later in the same request, its cancellation.",
            "Un aviso y, después en la misma solicitud, su cancelación.",
        ),
        {
            "a": says(NOTICE, lambda kit: kit.bodies.notice()),
            "b": says(CANCELLATION, lambda kit: kit.bodies.cancellation(), about="a"),
        },
        step("a b", takes("a", "b", code=None)),
        sides=US,
    ),
    row(
        Group.TYPES, "acknowledgment-accepted", "10.1",
        ("An acknowledgment: accepted.", "Un acuse: aceptado."),
        {"a": says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment())},
        step("a", takes("a")),
        sides=MX,
    ),
    row(
        Group.TYPES, "acknowledgment-deferred", "10.1",
        (
            "An acknowledgment: deferred, with a window.",
            "Un acuse: diferido, con una ventana.",
        ),
        {"a": says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment("deferred"))},
        step("a", takes("a")),
        sides=MX,
    ),
    _all_of(
        "acknowledgments-refused",
        (
            "Acknowledgments: refused, one with each code.",
            "Acuses: rechazado, uno con cada código.",
        ),
        _refusals(),
        MX,
    ),
    row(
        Group.TYPES, "reception-match", "10.1",
        ("A reception: received, identity match.", "Una recepción: recibida, identidad conforme."),
        {"a": says(RECEPTION, lambda kit: kit.bodies.reception())},
        step("a", takes("a")),
        sides=MX,
    ),
    row(
        Group.TYPES, "reception-doubt", "10.1",
        (
            "A reception: received, identity in doubt.",
            "Una recepción: recibida, identidad en duda.",
        ),
        {"a": says(RECEPTION, lambda kit: kit.bodies.reception(identity="doubt"))},
        step("a", takes("a")),
        sides=MX,
    ),
    _all_of(
        "receptions-not-received",
        (
            "Receptions: not received, one with each code.",
            "Recepciones: no recibida, una con cada código.",
        ),
        _not_received(),
        MX,
    ),
    _all_of(
        "visa-issuances",
        (
            "Visa issuances, one of each kind of document.",
            "Emisiones de visa, una de cada tipo de documento.",
        ),
        _documents(),
        MX,
    ),
)  # fmt: skip
