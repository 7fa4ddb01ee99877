"""The message types after the line was crossed: hearings, documents, presentation, closure."""

from collections.abc import Callable

from exchange.conformance.bodies import Document
from exchange.conformance.case import Case, Group, Maker, Scene, row, step
from exchange.conformance.cases.types import MX, NOTICE, US
from exchange.conformance.kit import Kit, Sent
from exchange.conformance.makers import body_of, says
from exchange.conformance.wants import takes
from exchange.domain.parties import Side

DEPARTURE, PRESENTATION, CLOSURE = "departure", "presentation", "case-closure"
HEARING, CONFIRMATION = "hearing-notice", "hearing-confirmation"
DELIVERY, VERIFICATION = "hearing-delivery", "hearing-verification"
VISA_CHANGE, EXIT = "visa-change", "exit"
CORRECTION, ALERT = "correction", "welfare-alert"

Of = Callable[[Kit, str], Document]
"""Makes a body about a hearing, or a case, that was named before."""


def _notice() -> Maker:
    return says(NOTICE, lambda kit: kit.bodies.notice())


def of_hearing(name: str, body: Of) -> Maker:
    """Make a message about the hearing in the notice *a*, on the same handoff."""

    def make(scene: Scene) -> Sent:
        hearing = body_of(scene, "a")["hearing"]["hearing"]
        return says(name, lambda kit: body(kit, hearing), about="a")(scene)

    return make


def of_case(scene: Scene) -> Sent:
    """Make a closure of the case in the notice *a*."""
    case = body_of(scene, "a")["case"]
    return says(CLOSURE, lambda kit: kit.bodies.closure(case=case), about="a")(scene)


def _each(name: str, sent: tuple[str, str], makers: list[Maker], sides: tuple[Side, ...]) -> Case:
    lines = dict(zip("abcdefgh", makers, strict=False))
    return row(
        Group.TYPES, name, "10.1", sent, lines,
        step(" ".join(lines), takes(*lines)), sides=sides,
    )  # fmt: skip


def after_notice(
    name: str, clause: str, sent: tuple[str, str], *makers: Maker, code: str | None,
    group: Group = Group.MEANING,
) -> Case:  # fmt: skip
    """Return a case that says a notice, then the rest; the last of it is answered with *code*."""
    *before, last = tuple("bcdefgh")[: len(makers)]
    lines = {"a": _notice(), **dict(zip("bcdefgh", makers, strict=False))}
    steps = [step("a", takes("a", code=None)), *(step(one, takes(one)) for one in before)]
    return row(
        group, name, clause, sent, lines, *steps, step(last, takes(last, code=code)), sides=US
    )


CASES: tuple[Case, ...] = (
    after_notice(
        "departure", "10.1",
        (
            "A notice, then a departure that nobody has accepted.",
            "Un aviso y luego una partida que nadie ha aceptado.",
        ),
        says(DEPARTURE, lambda kit: kit.bodies.departure(), about="a"),
        code="out-of-place", group=Group.TYPES,
    ),
    after_notice(
        "hearing-moved", "10.1",
        (
            "A notice, then a hearing notice that moves its hearing.",
            "Un aviso y luego un aviso de audiencia que la cambia de fecha.",
        ),
        of_hearing(HEARING, lambda kit, hearing: kit.bodies.hearing_notice(hearing)),
        code=None, group=Group.TYPES,
    ),
    after_notice(
        "hearing-none-scheduled", "10.1",
        (
            "A notice, then a hearing notice that none is scheduled.",
            "Un aviso y luego un aviso de que no hay audiencia programada.",
        ),
        of_hearing(HEARING, lambda kit, hearing: kit.bodies.no_hearing(hearing)),
        code=None, group=Group.TYPES,
    ),
    after_notice(
        "hearing-confirmation", "10.1",
        (
            "A notice, then a confirmation that its hearing is current.",
            "Un aviso y luego la confirmación de que su audiencia está vigente.",
        ),
        of_hearing(
            CONFIRMATION, lambda kit, hearing: kit.bodies.hearing_asked(hearing, current=True)
        ),
        code=None, group=Group.TYPES,
    ),
    _each(
        "presentations",
        (
            "Presentations: presented, and not presented.",
            "Presentaciones: presentada, y no presentada.",
        ),
        [
            says(PRESENTATION, lambda kit: kit.bodies.presentation()),
            says(PRESENTATION, lambda kit: kit.bodies.presentation(outcome="not-presented")),
        ],
        US,
    ),
    after_notice(
        "case-closure", "10.1",
        ("A notice, then the closure of its case.", "Un aviso y luego el cierre de su caso."),
        of_case,
        code=None, group=Group.TYPES,
    ),
    _each(
        "visa-changes",
        (
            "Visa changes: extended, replaced, revoked, expired.",
            "Cambios de visa: prorrogada, sustituida, revocada, vencida.",
        ),
        [
            says(VISA_CHANGE, lambda kit: kit.bodies.visa_change()),
            says(VISA_CHANGE, lambda kit: kit.bodies.visa_change("replaced")),
            says(VISA_CHANGE, lambda kit: kit.bodies.visa_change("revoked")),
            says(VISA_CHANGE, lambda kit: kit.bodies.visa_change("expired")),
        ],
        MX,
    ),
    _each(
        "hearing-deliveries",
        (
            "Hearing deliveries: delivered, and nobody found.",
            "Entregas de fecha de audiencia: entregada, y persona no localizada.",
        ),
        [
            says(DELIVERY, lambda kit: kit.bodies.delivery()),
            says(DELIVERY, lambda kit: kit.bodies.delivery(outcome="not-found", method="PHONE")),
        ],
        MX,
    ),
    _each(
        "hearing-verification",
        ("A doubt about a hearing.", "Una duda sobre una audiencia."),
        [says(VERIFICATION, lambda kit: kit.bodies.hearing_asked())],
        MX,
    ),
    _each(
        "exits",
        ("Exits of both kinds.", "Salidas de ambos tipos."),
        [
            says(EXIT, lambda kit: kit.bodies.exit()),
            says(EXIT, lambda kit: kit.bodies.exit(kind="other")),
        ],
        MX,
    ),
    _each(
        "corrections",
        (
            "Corrections whose value is a code, a name, a number, a date and null.",
            "Correcciones cuyo valor es un código, un nombre, un número, una fecha y null.",
        ),
        [
            says(CORRECTION, lambda kit: kit.bodies.correction()),
            says(
                CORRECTION,
                lambda kit: kit.bodies.correction(
                    pointer="/body/person/first_surname", value="Ávalos D\u2019León"
                ),
            ),
            says(
                CORRECTION,
                lambda kit: kit.bodies.correction(
                    pointer="/body/family/size", value=4, basis="PERSON_SAYS"
                ),
            ),
            says(
                CORRECTION,
                lambda kit: kit.bodies.correction(
                    pointer="/body/person/birth_date", value="1991-07", basis="DOCUMENT_SEEN"
                ),
            ),
            says(
                CORRECTION,
                lambda kit: kit.bodies.correction(
                    pointer="/body/person/second_surname", value=None, basis="RECTIFICATION"
                ),
            ),
        ],
        tuple(Side),
    ),
    _each(
        "welfare-alerts",
        (
            "Welfare alerts, one of each code, of handoffs never heard of.",
            "Alertas de bienestar, una de cada código, de entregas nunca oídas.",
        ),
        [
            says(ALERT, lambda kit: kit.bodies.alert()),
            says(ALERT, lambda kit: kit.bodies.alert("child-alone")),
            says(ALERT, lambda kit: kit.bodies.alert("group-split")),
            says(ALERT, lambda kit: kit.bodies.alert("missing")),
        ],
        tuple(Side),
    ),
)  # fmt: skip
