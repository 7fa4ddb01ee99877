"""What is known already is answered as it was answered first (clause 5.3); what conflicts."""

from exchange.conformance.case import Case, Group, row, step
from exchange.conformance.cases.good import turned_around
from exchange.conformance.makers import (
    beside_body,
    conflicting,
    first_of_all,
    good,
    mirrored,
    signed_anew,
    spelled,
    unbound,
)
from exchange.conformance.wants import rejects, repeats, takes
from exchange.conformance.ways import at_once

CASES: tuple[Case, ...] = (
    row(
        Group.REPEATED, "repeated", "5.3",
        ("A message, and the same line twice more.", "Un mensaje, y la misma línea dos veces más."),
        {"a": good()},
        step("a", takes("a")),
        step("a", repeats("a")),
        step("a", repeats("a")),
    ),
    row(
        Group.REPEATED, "twice-in-one-request", "5.3",
        (
            "The same new line twice in one request.",
            "La misma línea nueva dos veces en una solicitud.",
        ),
        {"a": good()},
        step("a a", takes("a")),
        step("a a", repeats("a")),
    ),
    row(
        Group.REPEATED, "at-the-same-moment", "5.3",
        (
            "The same new line on four connections at once.",
            "La misma línea nueva por cuatro conexiones a la vez.",
        ),
        {"a": good()},
        step("a", takes("a"), way=at_once),
    ),
    row(
        Group.REPEATED, "re-batched", "5.3",
        (
            "Two messages in one request; then each alone, then turned around.",
            "Dos mensajes en una solicitud; luego cada uno solo, y al revés.",
        ),
        {"a": good(), "b": good()},
        step("a b", takes("a", "b")),
        step("b", repeats("b")),
        step("a", repeats("a")),
        step("b a", repeats("b", "a")),
    ),
    row(
        Group.REPEATED, "two-stored-receipts", "5.3",
        (
            "Two messages in two requests; then both in one, the later first.",
            "Dos mensajes en dos solicitudes; luego ambos en una, primero el segundo.",
        ),
        {"a": good(), "b": good()},
        step("a", takes("a")),
        step("b", takes("b")),
        step("b a b", repeats("b", "a")),
    ),
    row(
        Group.REPEATED, "known-and-new", "5.3",
        (
            "A message; then a new one followed by the known one in one request.",
            "Un mensaje; luego uno nuevo seguido del conocido en una solicitud.",
        ),
        {"old": good(), "new": good()},
        step("old", takes("old")),
        step("new old", repeats("old") & takes("new")),
        step("old new", repeats("old", "new")),
    ),
    row(
        Group.REPEATED, "other-body-beside", "5.3",
        (
            "A known line with another body beside it, then with none.",
            "Una línea conocida con otro cuerpo al lado, y luego sin cuerpo.",
        ),
        {"a": good(), "other": beside_body("a", b"{}"), "none": beside_body("a", None)},
        step("a", takes("a")),
        step("other", repeats("a")),
        step("none", repeats("a")),
    ),
    row(
        Group.REPEATED, "known-line-spelled-otherwise", "5.3",
        (
            "A known line with its members in another order and spacing.",
            "Una línea conocida con sus miembros en otro orden y espacios.",
        ),
        {"a": good(), "b": spelled(turned_around, of="a")},
        step("a", takes("a")),
        step("b", repeats("a")),
    ),
    row(
        Group.REPEATED, "signed-anew", "5.3",
        (
            "A message, then the same envelope with new signatures.",
            "Un mensaje, y luego el mismo sobre con firmas nuevas.",
        ),
        {"a": good(), "b": signed_anew("a")},
        step("a", takes("a")),
        step("b", repeats("a")),
    ),
    row(
        Group.REPEATED, "signed-anew-in-one-request", "5.3",
        (
            "The same new envelope under two sets of signatures in one request.",
            "El mismo sobre nuevo con dos juegos de firmas en una solicitud.",
        ),
        {"a": good(), "b": signed_anew("a")},
        step("a b", takes("a")),
    ),
    row(
        Group.REPEATED, "mirrored-signature", "4.18",
        (
            "A message, then the same with the other s of its ES256 signature.",
            "Un mensaje, y luego el mismo con la otra s de su firma ES256.",
        ),
        {"a": good(), "b": mirrored("a")},
        step("a", takes("a")),
        step("b", repeats("a")),
    ),
    row(
        Group.REPEATED, "rejected-again", "5.3",
        ("A rejected message, twice.", "Un mensaje rechazado, dos veces."),
        {"a": unbound(b"{}")},
        step("a", rejects("a", "body-digest")),
        step("a", repeats("a")),
    ),
    row(
        Group.REPEATED, "jti-conflict", "4.12",
        (
            "Two messages under one jti, then each again: both are kept.",
            "Dos mensajes con un mismo jti, y luego cada uno otra vez: ambos se conservan.",
        ),
        {"a": good(), "b": conflicting("a")},
        step("a", takes("a")),
        step("b", rejects("b", "jti-conflict")),
        step("a", repeats("a")),
        step("b", repeats("b")),
    ),
    row(
        Group.REPEATED, "jti-conflict-in-one-request", "4.12",
        (
            "Two messages under one jti in one request.",
            "Dos mensajes con un mismo jti en una solicitud.",
        ),
        {"a": good(), "b": conflicting("a")},
        step("a b", takes("a") & rejects("b", "jti-conflict")),
    ),
)  # fmt: skip

LAST: tuple[Case, ...] = (
    row(
        Group.MEMORY, "first-message-again", "5.3",
        (
            "At the end of the run, the first message that was receipted in it.",
            "Al final de la ejecución, el primer mensaje con constancia de ella.",
        ),
        {"a": first_of_all},
        step("a", repeats("a")),
    ),
)  # fmt: skip
"""What is played after everything else."""
