"""Every duty of each side's officials, in the order in which they are asked."""

from exchange.conformance.cases.types import (
    ACKNOWLEDGMENT,
    CANCELLATION,
    NOTICE,
    RECEPTION,
    VISA,
)
from exchange.conformance.duty import Duty, Hears, Says
from exchange.conformance.ear import Reaction
from exchange.domain.parties import Side
from exchange.errors import Sentence

_ENTER = Sentence(
    "Enter a return decision for a fictional person at San Ysidro, so that a notice is sent.",
    "Registre una decisión de retorno de una persona ficticia en San Ysidro, para que salga un "
    "aviso.",
)

DUTIES: tuple[Duty, ...] = (
    # --- The partner is Mexico: the kit plays the United States ---
    Duty(
        name="accepts", clause="10.1", side=Side.US, about="X",
        asks=Sentence("Accept handoff {handoff}.", "Acepte la entrega {handoff}."),
        hears=Hears(ACKNOWLEDGMENT, {"answer": "accepted", "revision": 1}, answers=True),
        begins_with_notice=True,
    ),
    Duty(
        name="receives", clause="10.1", side=Side.US, about="X",
        asks=Sentence(
            "Record that the person of handoff {handoff} was received, identity matching.",
            "Registre que la persona de la entrega {handoff} fue recibida, identidad conforme.",
        ),
        hears=Hears(RECEPTION, {"outcome": "received", "identity": "match"}),
    ),
    Duty(
        name="documents", clause="10.1", side=Side.US, about="X",
        asks=Sentence(
            "Record the document that the person of handoff {handoff} was given.",
            "Registre el documento que se dio a la persona de la entrega {handoff}.",
        ),
        hears=Hears(VISA),
        says=(Says(CANCELLATION, lambda kit: kit.bodies.cancellation(), "out-of-place"),),
    ),
    Duty(
        name="repeats-after-a-lost-answer", clause="6.3", side=Side.US, about="Y",
        asks=Sentence(
            "Refuse handoff {handoff}, with any code.",
            "Rechace la entrega {handoff}, con cualquier código.",
        ),
        hears=Hears(ACKNOWLEDGMENT, {"answer": "refused", "revision": 1}, answers=True),
        reactions=(Reaction.LOSE,),
        begins_with_notice=True,
    ),
    Duty(
        name="waits-longer-each-time", clause="6.3", side=Side.US, about="Z",
        asks=Sentence(
            "Defer handoff {handoff}, with another window.",
            "Difiera la entrega {handoff}, con otra ventana.",
        ),
        hears=Hears(ACKNOWLEDGMENT, {"answer": "deferred", "revision": 1}, answers=True),
        reactions=(Reaction.FAIL, Reaction.FAIL, Reaction.FAIL),
        begins_with_notice=True,
    ),
    Duty(
        name="honours-retry-after", clause="6.3", side=Side.US, about="V",
        asks=Sentence("Accept handoff {handoff}.", "Acepte la entrega {handoff}."),
        hears=Hears(ACKNOWLEDGMENT, {"answer": "accepted", "revision": 1}, answers=True),
        reactions=(Reaction.BUSY,),
        begins_with_notice=True,
    ),
    Duty(
        name="sends-a-refused-line-again", clause="7.3", side=Side.US, about="W",
        asks=Sentence("Accept handoff {handoff}.", "Acepte la entrega {handoff}."),
        hears=Hears(ACKNOWLEDGMENT, {"answer": "accepted", "revision": 1}, answers=True),
        reactions=(Reaction.REFUSE,),
        begins_with_notice=True,
    ),
    Duty(
        name="ignores-strange-items", clause="5.4", side=Side.US, about="W",
        asks=Sentence(
            "Record that the person of handoff {handoff} was not seen at the line.",
            "Registre que la persona de la entrega {handoff} no fue vista en la línea.",
        ),
        hears=Hears(RECEPTION, {"outcome": "not-received"}),
        reactions=(Reaction.STRANGE,),
    ),
    # --- The partner is the United States: the kit plays Mexico ---
    Duty(
        name="announces", clause="10.1", side=Side.MX, about="X",
        asks=_ENTER,
        hears=Hears(NOTICE, {"revision": 1}),
        says=(
            Says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment()),
            Says(RECEPTION, lambda kit: kit.bodies.reception()),
            Says(VISA, lambda kit: kit.bodies.visa()),
        ),
    ),
    Duty(
        name="announces-another", clause="10.1", side=Side.MX, about="Y",
        asks=_ENTER,
        hears=Hears(NOTICE, {"revision": 1}),
    ),
    Duty(
        name="cancels-what-was-announced", clause="10.1", side=Side.MX, about="Y",
        asks=Sentence("Cancel handoff {handoff}.", "Cancele la entrega {handoff}."),
        hears=Hears(CANCELLATION, {"revision": 1, "reason": "withdrawn"}),
        says=(Says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment(), "superseded"),),
    ),
    Duty(
        name="repeats-after-a-lost-answer", clause="6.3", side=Side.MX, about="Z",
        asks=_ENTER,
        hears=Hears(NOTICE, {"revision": 1}),
        reactions=(Reaction.LOSE,),
        says=(
            Says(RECEPTION, lambda kit: kit.bodies.reception(), "out-of-place"),
            Says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment(), "superseded"),
        ),
    ),
    Duty(
        name="waits-longer-each-time", clause="6.3", side=Side.MX, about="V",
        asks=_ENTER,
        hears=Hears(NOTICE, {"revision": 1}),
        reactions=(Reaction.FAIL, Reaction.FAIL, Reaction.FAIL),
        says=(Says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment("refused")),),
    ),
    Duty(
        name="honours-retry-after", clause="6.3", side=Side.MX, about="W",
        asks=_ENTER,
        hears=Hears(NOTICE, {"revision": 1}),
        reactions=(Reaction.BUSY,),
        says=(Says(ACKNOWLEDGMENT, lambda kit: kit.bodies.acknowledgment("deferred")),),
    ),
    Duty(
        name="sends-a-refused-line-again", clause="7.3", side=Side.MX, about="U",
        asks=_ENTER,
        hears=Hears(NOTICE, {"revision": 1}),
        reactions=(Reaction.REFUSE,),
    ),
    Duty(
        name="ignores-strange-items", clause="5.4", side=Side.MX, about="T",
        asks=_ENTER,
        hears=Hears(NOTICE, {"revision": 1}),
        reactions=(Reaction.STRANGE,),
        says=(
            Says(
                RECEPTION, lambda kit: kit.bodies.reception("not-received", code="TURNED_BACK")
            ),
        ),
    ),
)  # fmt: skip
