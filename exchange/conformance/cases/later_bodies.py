"""Bodies of the later message types that break their schema (clause 4.15)."""

from exchange.conformance.bodies import CANARY
from exchange.conformance.case import Case, Maker
from exchange.conformance.cases.bodies import one
from exchange.conformance.cases.later import (
    ALERT,
    CLOSURE,
    CONFIRMATION,
    CORRECTION,
    DELIVERY,
    DEPARTURE,
    EXIT,
    HEARING,
    PRESENTATION,
    VERIFICATION,
    VISA_CHANGE,
)
from exchange.conformance.cases.types import MX, US
from exchange.conformance.makers import says


def _correction(**members: object) -> Maker:
    return says(CORRECTION, lambda kit: kit.bodies.correction(**members))


CASES: tuple[Case, ...] = (
    one(
        "departure-without-crossing", "3.6",
        ("A departure whose crossing is null.", "Una partida cuyo cruce es nulo."),
        says(DEPARTURE, lambda kit: kit.bodies.departure(crossing=None)), US,
        pointer="/body/crossing",
    ),
    one(
        "hearing-without-its-hour", "10.1",
        (
            "A hearing that is scheduled, and no hour.",
            "Una audiencia programada, sin hora.",
        ),
        says(HEARING, lambda kit: kit.bodies.hearing_notice(hearing_at=None)), US,
        pointer="/body/hearing_at",
    ),
    one(
        "no-hearing-with-a-port", "10.1",
        (
            "No hearing scheduled, and yet a port to present at.",
            "Ninguna audiencia programada, y aun así un puerto de presentación.",
        ),
        says(
            HEARING,
            lambda kit: kit.bodies.hearing_notice(
                status="none-scheduled", hearing_at=None, present_at=None
            ),
        ),
        US,
        pointer="/body/presentation_port",
    ),
    one(
        "judge-of-a-hearing", "10.7",
        ("A hearing notice with one member more: a judge.", "Un aviso de audiencia con un juez."),
        says(HEARING, lambda kit: kit.bodies.hearing_notice(judge=CANARY)), US,
    ),
    one(
        "confirmation-of-nothing", "10.1",
        ("A confirmation whose current is null.", "Una confirmación cuyo current es nulo."),
        says(CONFIRMATION, lambda kit: kit.bodies.hearing_asked(current=None)), US,
        pointer="/body/current",
    ),
    one(
        "presentation-of-no-list", "10.1",
        (
            "A presentation with an outcome that no list has.",
            "Una presentación con un resultado que no está en la lista.",
        ),
        says(PRESENTATION, lambda kit: kit.bodies.presentation(outcome="excused")), US,
        pointer="/body/outcome",
    ),
    one(
        "closure-with-a-cause", "10.7",
        ("A closure that says why.", "Un cierre que dice por qué."),
        says(CLOSURE, lambda kit: kit.bodies.closure(reason="granted")), US,
        pointer="/body/reason",
    ),
    one(
        "extended-without-a-day", "10.1",
        (
            "A visa change: extended, and until when is null.",
            "Un cambio de visa: prorrogada, sin decir hasta cuándo.",
        ),
        says(VISA_CHANGE, lambda kit: kit.bodies.visa_change(valid_until=None)), MX,
        pointer="/body/valid_until",
    ),
    one(
        "revoked-with-a-day", "10.1",
        (
            "A visa change: revoked, and yet a last day.",
            "Un cambio de visa: revocada, y aun así un último día.",
        ),
        says(
            VISA_CHANGE, lambda kit: kit.bodies.visa_change("revoked", valid_until="2031-07-16")
        ),
        MX,
        pointer="/body/valid_until",
    ),
    one(
        "delivered-at-a-shelter", "10.7",
        (
            "A delivery by a method that tells of a shelter.",
            "Una entrega por un medio que revela un albergue.",
        ),
        says(DELIVERY, lambda kit: kit.bodies.delivery(method="SHELTER_DESK")), MX,
        pointer="/body/method",
    ),
    one(
        "verification-of-version-0", "10.1",
        ("A doubt about version 0.", "Una duda sobre la versión 0."),
        says(VERIFICATION, lambda kit: kit.bodies.hearing_asked(version=0)), MX,
        pointer="/body/version",
    ),
    one(
        "exit-with-a-destination", "10.7",
        ("An exit that says where to.", "Una salida que dice a dónde."),
        says(EXIT, lambda kit: kit.bodies.exit(to=CANARY)), MX,
    ),
    one(
        "correction-of-a-salt", "10.1",
        ("A correction of a salt.", "Una corrección de un salt."),
        _correction(pointer="/body/salt"),
        pointer="/body/pointer",
    ),
    one(
        "correction-of-a-reason", "10.7",
        ("A correction of a reason.", "Una corrección de un motivo."),
        _correction(pointer="/body/reason", value="fear"),
        pointer="/body/pointer",
    ),
    one(
        "correction-with-free-text", "10.3",
        ("A correction whose value is a sentence.", "Una corrección cuyo valor es una oración."),
        _correction(value=f"{CANARY}, 4 years; see file"),
    ),
    one(
        "alert-of-no-list", "10.7",
        (
            "A welfare alert with a code that tells of health.",
            "Una alerta de bienestar con un código que revela la salud.",
        ),
        says(ALERT, lambda kit: kit.bodies.alert("hospital")),
        pointer="/body/code",
    ),
)  # fmt: skip
