"""
(9) A doubt about a hearing is answered by itself, where it is received, so that no date is false.

The answer waits in the outbox with everything else about the handoff. Whether the date stands is
written when it is sealed, so that it never contradicts what was said just before it. No officer
decides it: it is a function of what both sides know.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from exchange.domain.messages.catalogue import HEARING_CONFIRMATION, HEARING_VERIFICATION
from exchange.domain.messages.hearing_verification import HearingVerification
from exchange.errors import SchemaNotTaken
from exchange.flow.clock import fresh_salt
from exchange.flow.judging import Judgement, Ruling
from exchange.flow.keyring import DataKey, Keyring, context_of
from exchange.flow.partner import Partner
from exchange.flow.versions import version_of
from exchange.proof import grammar
from exchange.proof.envelope import MessageId
from exchange.proof.receipts import Status
from exchange.store.bodies import NewBody, record_bodies
from exchange.store.engine import Connection
from exchange.store.outbox import NewDraft, insert_drafts


class Confirmation(NamedTuple):
    """An answer that is not stored yet: about which handoff, and to which message."""

    handoff: str
    schema: str
    ciphertext: bytes
    jti: MessageId
    pld: bytes


def confirmations(
    judgement: Judgement, keys: Mapping[str, DataKey], keyring: Keyring, partner: Partner
) -> list[Confirmation]:
    """Return an answer to each doubt that was taken, a repeated one too: each is asked anew."""
    return [
        answer
        for ruling in judgement.rulings
        if (answer := _answer(ruling, judgement, keys, keyring, partner)) is not None
    ]


def _answer(
    ruling: Ruling,
    judgement: Judgement,
    keys: Mapping[str, DataKey],
    keyring: Keyring,
    partner: Partner,
) -> Confirmation | None:
    envelope, octets = ruling.opened.envelope, ruling.opened.line.body
    if ruling.status is not Status.ACCEPTED or envelope is None or octets is None:
        return None
    if envelope.schema != HEARING_VERIFICATION.schema or envelope.sub is None:
        return None
    try:
        kind = version_of(HEARING_CONFIRMATION, partner)
    except SchemaNotTaken:  # the watch says so, and the doubt falls overdue
        return None
    doubt = cast("HearingVerification", HEARING_VERIFICATION.read(grammar.parse(octets)))
    shared = judgement.moved[envelope.sub]
    body = kind.compose(
        {
            "salt": fresh_salt(keyring.entropy),
            "hearing": doubt.hearing,
            "version": doubt.version,
            "current": shared.has_current(doubt.hearing, doubt.version),
        }
    )
    written = grammar.rewritten(body.model_dump(mode="json"))
    ciphertext = keyring.lock(keys[envelope.sub], written, context=context_of(envelope.sub))
    return Confirmation(envelope.sub, kind.schema, ciphertext, envelope.jti, ruling.opened.pld)


def record_confirmations(
    answers: Sequence[Confirmation],
    numbers: Mapping[str, int],
    connection: Connection,
    now: datetime,
) -> None:
    """Let each answer wait to be said; *numbers* are the handoffs' rows."""
    new = [NewBody(one.ciphertext, handoff=numbers[one.handoff]) for one in answers]
    drafts = [
        NewDraft(
            schema=one.schema,
            body=body,
            due_at=now,
            created_at=now,
            handoff=numbers[one.handoff],
            irt_jti=one.jti,
            irt_pld=one.pld,
        )
        for one, body in zip(answers, record_bodies(connection, new), strict=True)
    ]
    insert_drafts(connection, drafts)
