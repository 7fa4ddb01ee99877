"""What messages amount to, in any order: late, early, repeated in substance, out of sequence."""

from exchange.conformance.case import Case, Group, Maker, Scene, row, step
from exchange.conformance.cases.types import (
    ACKNOWLEDGMENT,
    CANCELLATION,
    MX,
    NOTICE,
    RECEPTION,
    US,
    VISA,
)
from exchange.conformance.kit import Sent
from exchange.conformance.makers import (
    earlier,
    envelope_of,
    good,
    says,
    skipping,
    with_seq_of,
)
from exchange.conformance.wants import takes

YEAR = 366 * 86_400
DAY = 86_400


def _before(name: str, outcome: str) -> Maker:
    """Make a reception about the handoff of *name*, said one number before it."""

    def make(scene: Scene) -> Sent:
        later = envelope_of(scene, name)
        body = scene.kit.bodies.reception(outcome)
        return scene.kit.message(RECEPTION, body, handoff=later["sub"], seq=later["seq"] - 1)

    return make


def _same_notice(name: str) -> Maker:
    """Make a notice that says what the line *name* says, in a new message."""

    def make(scene: Scene) -> Sent:
        sent = scene.line(name)
        said = scene.kit.body_of(sent)
        body = scene.kit.bodies.notice(**(said | {"salt": scene.kit.bodies.notice()["salt"]}))
        return scene.kit.message(NOTICE, body, handoff=envelope_of(scene, name)["sub"])

    return make


CASES: tuple[Case, ...] = (
    row(
        Group.MEANING, "same-notice-again", "10.6",
        (
            "The same notice in a second message.",
            "El mismo aviso en un segundo mensaje.",
        ),
        {"a": says(NOTICE, lambda kit: kit.bodies.notice()), "b": _same_notice("a")},
        step("a", takes("a", code=None)),
        step("b", takes("b", code="repeat")),
        sides=US,
    ),
    row(
        Group.MEANING, "same-cancellation-again", "10.6",
        (
            "A notice, and its cancellation in two messages.",
            "Un aviso, y su cancelación en dos mensajes.",
        ),
        {
            "a": says(NOTICE, lambda kit: kit.bodies.notice()),
            "b": says(CANCELLATION, lambda kit: kit.bodies.cancellation(), about="a"),
            "c": says(CANCELLATION, lambda kit: kit.bodies.cancellation(), about="a"),
        },
        step("a", takes("a", code=None)),
        step("b", takes("b", code=None)),
        step("c", takes("c", code="repeat")),
        sides=US,
    ),
    row(
        Group.MEANING, "revisions-out-of-order", "10.4",
        (
            "The second revision of a notice before the first.",
            "La segunda revisión de un aviso antes que la primera.",
        ),
        {
            "b": says(NOTICE, lambda kit: kit.bodies.notice(revision=2)),
            "a": says(NOTICE, lambda kit: kit.bodies.notice(), about="b"),
        },
        step("b", takes("b", code=None)),
        step("a", takes("a", code="superseded")),
        sides=US,
    ),
    row(
        Group.MEANING, "cancellation-before-notice", "6.2",
        (
            "A cancellation, and only then its notice: the handoff stays cancelled.",
            "Una cancelación, y solo después su aviso: la entrega sigue cancelada.",
        ),
        {
            "b": says(CANCELLATION, lambda kit: kit.bodies.cancellation()),
            "a": says(NOTICE, lambda kit: kit.bodies.notice(), about="b"),
        },
        step("b", takes("b", code="unknown-subject")),
        step("a", takes("a", code="superseded")),
        sides=US,
    ),
    row(
        Group.MEANING, "nothing-was-announced", "4.19",
        (
            "Acknowledgment, reception and visa issuance of a handoff never announced.",
            "Acuse, recepción y emisión de visa de una entrega nunca avisada.",
        ),
        {
            "a": says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment()),
            "b": says(RECEPTION, lambda kit: kit.bodies.reception(), about="a"),
            "c": says(VISA, lambda kit: kit.bodies.visa(), about="a"),
        },
        step("c b a", takes("c", "b", "a", code="unknown-subject")),
        sides=MX,
    ),
    row(
        Group.MEANING, "same-reception-again", "10.6",
        (
            "The same reception in a second message.",
            "La misma recepción en un segundo mensaje.",
        ),
        {
            "a": says(RECEPTION, lambda kit: kit.bodies.reception(at="2031-03-18T17:05:00Z")),
            "b": says(
                RECEPTION, lambda kit: kit.bodies.reception(at="2031-03-18T17:05:00Z"), about="a"
            ),
        },
        step("a", takes("a", code="unknown-subject")),
        step("b", takes("b", code="repeat")),
        sides=MX,
    ),
    row(
        Group.MEANING, "earlier-fact-later", "10.4",
        (
            "A reception, then another about the same handoff with a lower seq.",
            "Una recepción y luego otra de la misma entrega con un seq menor.",
        ),
        {"b": skipping(1), "a": _before("b", "not-received")},
        step("b", takes("b", code="unknown-subject")),
        step("a", takes("a", code="superseded")),
        sides=MX,
    ),
    row(
        Group.MEANING, "old-message", "4.19",
        (
            "A message that was signed a year ago by its iat.",
            "Un mensaje firmado hace un año según su iat.",
        ),
        {"a": earlier(YEAR)},
        step("a", takes("a")),
    ),
    row(
        Group.MEANING, "message-of-tomorrow", "4.19",
        (
            "A message that was signed tomorrow by its iat.",
            "Un mensaje firmado mañana según su iat.",
        ),
        {"a": earlier(-DAY)},
        step("a", takes("a")),
    ),
    row(
        Group.MEANING, "gap-in-seq", "4.19",
        ("A message whose seq leaves three out.", "Un mensaje cuyo seq omite tres números."),
        {"a": skipping(3)},
        step("a", takes("a")),
    ),
    row(
        Group.MEANING, "seq-used-twice", "4.19",
        ("Two messages under one seq.", "Dos mensajes con el mismo seq."),
        {"a": good(), "b": with_seq_of("a")},
        step("a", takes("a")),
        step("b", takes("b")),
    ),
    row(
        Group.MEANING, "seq-backwards", "6.1",
        (
            "Two messages in one request, the later seq first.",
            "Dos mensajes en una solicitud, primero el de seq mayor.",
        ),
        {"a": good(), "b": good()},
        step("b a", takes("b", "a")),
    ),
)  # fmt: skip
