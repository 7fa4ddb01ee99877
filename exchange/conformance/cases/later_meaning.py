"""What the later types amount to: crossed, repeated, about a version that is not current."""

from exchange.conformance.case import Case, Group, row, step
from exchange.conformance.cases.later import (
    ALERT,
    CONFIRMATION,
    DELIVERY,
    DEPARTURE,
    EXIT,
    HEARING,
    VISA_CHANGE,
    after_notice,
    of_case,
    of_hearing,
)
from exchange.conformance.cases.types import CANCELLATION, MX, RECEPTION, VISA
from exchange.conformance.makers import says
from exchange.conformance.wants import takes

CASES: tuple[Case, ...] = (
    after_notice(
        "departure-after-cancellation", "10.5",
        (
            "A notice, its cancellation, then a departure: the person departed all the same.",
            "Un aviso, su cancelación y luego una partida: la persona partió de todos modos.",
        ),
        says(CANCELLATION, lambda kit: kit.bodies.cancellation(), about="a"),
        says(DEPARTURE, lambda kit: kit.bodies.departure(), about="a"),
        code="out-of-place",
    ),
    after_notice(
        "cancellation-after-departure", "10.5",
        (
            "A notice, a departure, then a cancellation, which comes too late.",
            "Un aviso, una partida y luego una cancelación, que llega tarde.",
        ),
        says(DEPARTURE, lambda kit: kit.bodies.departure(), about="a"),
        says(CANCELLATION, lambda kit: kit.bodies.cancellation(), about="a"),
        code="out-of-place",
    ),
    after_notice(
        "older-hearing-later", "10.4",
        (
            "A notice, the third version of its hearing, then the second.",
            "Un aviso, la tercera versión de su audiencia y luego la segunda.",
        ),
        of_hearing(HEARING, lambda kit, hearing: kit.bodies.hearing_notice(hearing, version=3)),
        of_hearing(HEARING, lambda kit, hearing: kit.bodies.hearing_notice(hearing)),
        code="superseded",
    ),
    after_notice(
        "two-dates-under-one-version", "10.4",
        (
            "A notice, then another date for its hearing under the same version.",
            "Un aviso y luego otra fecha para su audiencia con la misma versión.",
        ),
        of_hearing(HEARING, lambda kit, hearing: kit.bodies.hearing_notice(hearing, version=1)),
        code="out-of-place",
    ),
    after_notice(
        "confirmation-of-an-old-version", "10.4",
        (
            "A notice, the second version of its hearing, then that the first is not current.",
            "Un aviso, la segunda versión de su audiencia y luego que la primera no rige.",
        ),
        of_hearing(HEARING, lambda kit, hearing: kit.bodies.hearing_notice(hearing)),
        of_hearing(
            CONFIRMATION, lambda kit, hearing: kit.bodies.hearing_asked(hearing, current=False)
        ),
        code="superseded",
    ),
    after_notice(
        "date-after-closure", "10.5",
        (
            "A notice, the closure of its case, then a date for its hearing.",
            "Un aviso, el cierre de su caso y luego una fecha para su audiencia.",
        ),
        of_case,
        of_hearing(HEARING, lambda kit, hearing: kit.bodies.hearing_notice(hearing)),
        code="out-of-place",
    ),
    after_notice(
        "same-closure-again", "10.6",
        (
            "A notice, and the closure of its case in two messages.",
            "Un aviso, y el cierre de su caso en dos mensajes.",
        ),
        of_case,
        of_case,
        code="repeat",
    ),
    row(
        Group.MEANING, "alert-twice", "10.4",
        (
            "The same welfare alert in two messages: each is one of its own.",
            "La misma alerta de bienestar en dos mensajes: cada una vale por sí.",
        ),
        {
            "a": says(ALERT, lambda kit: kit.bodies.alert()),
            "b": says(ALERT, lambda kit: kit.bodies.alert(), about="a"),
        },
        step("a", takes("a", code="unknown-subject")),
        step("b", takes("b", code="unknown-subject")),
    ),
    row(
        Group.MEANING, "whole-stay-unannounced", "4.19",
        (
            "Exit, visa change, delivery, visa and reception of a handoff never announced.",
            "Salida, cambio de visa, entrega de fecha, visa y recepción, sin aviso alguno.",
        ),
        {
            "a": says(EXIT, lambda kit: kit.bodies.exit()),
            "b": says(VISA_CHANGE, lambda kit: kit.bodies.visa_change(), about="a"),
            "c": says(DELIVERY, lambda kit: kit.bodies.delivery(), about="a"),
            "d": says(VISA, lambda kit: kit.bodies.visa(), about="a"),
            "e": says(RECEPTION, lambda kit: kit.bodies.reception(), about="a"),
        },
        step("a b c d e", takes("a", "b", "c", "d", "e", code="unknown-subject")),
        sides=MX,
    ),
)  # fmt: skip
