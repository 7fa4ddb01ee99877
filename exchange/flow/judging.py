"""
(8) What to make of each line of a request: pure decisions on what was read.

The order is that of docs/protocol.md clause 4. What fails before the signatures hold is kept as
a refusal; what fails after them becomes a rejected item of the receipt; a line that is known
already has its receipt, and nothing else about it is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from exchange.domain.bulletins import Bulletin, Matter, bulletin_of, matter_of, post
from exchange.domain.handoff import HandoffId, Said, SharedHandoff, advance
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MessageType, by_schema
from exchange.domain.places import Doubt, find_doubts, states_appointments
from exchange.domain.stages import REPEAT, SUPERSEDED
from exchange.errors import (
    EncryptionRequired,
    GrammarBroken,
    JtiConflict,
    LineFault,
    LineRefused,
    LinesRefused,
    MessageRejected,
    NotPermitted,
    UnsupportedSchema,
)
from exchange.flow.agreement import Agreement
from exchange.flow.rows import shared_of
from exchange.proof.envelope import Envelope, MessageId
from exchange.proof.jws import KeyId, Line
from exchange.proof.keys import KeySet
from exchange.proof.lines import check_body, read_envelope, verify
from exchange.proof.receipts import ReceiptItem, Status
from exchange.proof.sealing import Fault, NotOpened, OpeningKey, open_body
from exchange.store.handoffs import Handoff
from exchange.store.ledger import Known


@dataclass(frozen=True, slots=True)
class Unverified:
    """A line that failed before its signatures held; it may still be one that is known."""

    refusal: LineRefused
    sig: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A line that the partner signed: its envelope, or why that cannot be taken."""

    line: Line
    pld: bytes
    sig: bytes
    jti: MessageId | None
    envelope: Envelope | None
    rejection: MessageRejected | None = None
    was_sealed: bool = False
    fault: Fault | None = None
    """Why what was sealed did not open; the partner is told no more than that it did not."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store knows about the lines of a request, their handoffs and other matters."""

    by_sig: Mapping[bytes, Known]
    by_jti: Mapping[str, Sequence[Known]]
    handoffs: Mapping[str, Handoff]
    data_keys: Mapping[int, bytes]
    receipts: Mapping[int, Line]
    bulletins: Mapping[Matter, Bulletin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What was decided on a new message."""

    opened: Opened
    status: Status
    code: str | None = None
    pointer: str | None = None

    def item(self) -> ReceiptItem:
        """Return what the receipt says of it."""
        return ReceiptItem(
            jti=self.opened.jti,
            pld=self.opened.pld,
            sig=self.opened.sig,
            status=self.status,
            code=self.code,
            pointer=self.pointer,
        )


@dataclass(slots=True)
class Judgement:
    """
    What was decided on a request: rulings, stored receipts to repeat, handoffs moved.

    *posted* is what stands now of each matter of which something was said about no handoff;
    *appointments* says of each handoff that was given some what is doubtful about them.
    """

    rulings: list[Ruling] = field(default_factory=list)
    repeated: dict[int, None] = field(default_factory=dict)
    moved: dict[str, SharedHandoff] = field(default_factory=dict)
    posted: dict[Matter, Bulletin] = field(default_factory=dict)
    appointments: dict[str, tuple[Doubt, ...]] = field(default_factory=dict)


def open_line(
    line: Line | LineRefused,
    trusted: KeySet,
    agreement: Agreement,
    now: datetime,
    *,
    opening: Mapping[KeyId, OpeningKey] | None = None,
) -> Opened | Unverified:
    """
    Return the envelope of *line*, or why there is none to believe.

    A body that was sealed, and had to be, is clear from here on where one of *opening* opens it.
    """
    if isinstance(line, LineRefused):
        return Unverified(line, None)
    try:
        verified = verify(line, trusted, accepted=agreement.they_sign, received_at=now)
    except LineRefused as refusal:
        return Unverified(refusal.as_value(), line.sig)
    envelope, rejection, fault = None, None, None
    was_sealed = line.sealed is not None
    try:
        envelope = read_envelope(verified, audience=agreement.ours)
    except MessageRejected as refused:
        rejection = refused.as_value()
    else:
        if line.sealed is not None and agreement.seals(envelope.sealed_at):
            try:
                line = replace(line, body=open_body(line.sealed, opening or {}), sealed=None)
            except NotOpened as unopened:
                fault = unopened.fault
    return Opened(
        line=line,
        pld=verified.pld,
        sig=verified.sig,
        jti=verified.jti if envelope is None else envelope.jti,
        envelope=envelope,
        rejection=rejection,
        was_sealed=was_sealed,
        fault=fault,
    )


def refuse_unverified(lines: Sequence[Opened | Unverified], memory: Memory) -> None:
    """
    Do nothing where every line holds or is known from before.

    A known line is answered even when its key has been retired since.

    Raises:
        LinesRefused: It names each line that fails, from 1.
    """
    faults = [
        LineFault(number, line.refusal.code)
        for number, line in enumerate(lines, 1)
        if isinstance(line, Unverified) and _receipt_by_sig(line.sig, memory) is None
    ]
    if faults:
        raise LinesRefused(faults)


def judge(lines: Sequence[Opened | Unverified], memory: Memory, agreement: Agreement) -> Judgement:
    """Return what is to be made of each line, in the order of the request."""
    judgement = Judgement()
    seen: dict[MessageId, bytes] = {}
    for line in lines:
        receipt = _receipt_by_sig(line.sig, memory)
        if receipt is not None:
            judgement.repeated[receipt] = None
        elif isinstance(line, Opened) and not _is_again(line, judgement):
            _judge_one(line, memory, agreement, seen, judgement)
            if line.jti is not None:
                seen.setdefault(line.jti, line.pld)
    return judgement


def _is_again(line: Opened, judgement: Judgement) -> bool:
    """Say whether the request holds the same message before: one item names it."""
    return any(
        (ruling.opened.jti, ruling.opened.pld) == (line.jti, line.pld)
        for ruling in judgement.rulings
    )


def _judge_one(
    line: Opened,
    memory: Memory,
    agreement: Agreement,
    seen: Mapping[MessageId, bytes],
    judgement: Judgement,
) -> None:
    known = memory.by_jti.get(line.jti, ()) if line.jti else ()
    for message in known:
        if message.pld == line.pld and message.receipt is not None:
            judgement.repeated[message.receipt] = None
            return
    try:
        if line.rejection is not None:
            raise line.rejection
        if known or (line.jti in seen):
            raise JtiConflict
        code = _take(line, memory, agreement, judgement)
    except MessageRejected as fault:
        judgement.rulings.append(
            Ruling(opened=line, status=Status.REJECTED, code=fault.code, pointer=fault.pointer)
        )
    else:
        judgement.rulings.append(Ruling(opened=line, status=Status.ACCEPTED, code=code))


def _take(line: Opened, memory: Memory, agreement: Agreement, judgement: Judgement) -> str | None:
    """
    Let a message take effect, and return the code that says how odd it was.

    Raises:
        UnsupportedSchema: We know no such type.
        NotPermitted: It is for the other direction.
        GrammarBroken: Its type needs a subject or a message it answers, and has none; or is about
            no handoff, and names one.
        EncryptionRequired: The body is in the clear, and is to be sealed.
        BodyDigestWrong: The body is not the bound one, or does not open.
        BreaksSchema: The body does not validate.
    """
    envelope = line.envelope
    if envelope is None:
        raise GrammarBroken
    kind = _type_of(envelope, agreement)
    if line.line.body is not None and not line.was_sealed and agreement.seals(envelope.sealed_at):
        raise EncryptionRequired
    body = kind.read(check_body(envelope, line.line))
    if not kind.subject:
        return _post(kind, body, envelope, memory, judgement)
    handoff = HandoffId(envelope.sub or "")
    before = judgement.moved.get(handoff) or _shared(memory, handoff)
    said = Said(kind, body, seq=envelope.seq, at=envelope.sealed_at)
    advanced = advance(before, handoff, said)
    judgement.moved[handoff] = advanced.shared
    if states_appointments(body) and advanced.code not in {REPEAT, SUPERSEDED}:
        judgement.appointments[handoff] = find_doubts(body)
    return advanced.code


def _post(
    kind: MessageType, body: Body, envelope: Envelope, memory: Memory, judgement: Judgement
) -> str | None:
    """Let what is about no handoff stand, and return the code that says how odd it was."""
    fresh = bulletin_of(kind, body, seq=envelope.seq, said_at=envelope.sealed_at)
    if fresh is None:
        return None
    standing = judgement.posted.get(fresh.matter) or memory.bulletins.get(fresh.matter)
    posted = post(standing, fresh)
    judgement.posted[fresh.matter] = posted.stands
    return posted.code


def find_matter(line: Opened) -> Matter | None:
    """Return of which matter a line speaks; None where it is about a handoff or for itself."""
    kind = by_schema(line.envelope.schema) if line.envelope else None
    if line.envelope is None or kind is None or kind.subject:
        return None
    try:
        return matter_of(kind, kind.read(check_body(line.envelope, line.line)))
    except MessageRejected:
        return None


def _type_of(envelope: Envelope, agreement: Agreement) -> MessageType:
    kind = by_schema(envelope.schema)
    if kind is None:
        raise UnsupportedSchema
    if not kind.is_said_by(agreement.side.other):
        raise NotPermitted
    if (envelope.sub is not None) is not kind.subject or (kind.answers and envelope.irt is None):
        raise GrammarBroken
    return kind


def _shared(memory: Memory, handoff: HandoffId) -> SharedHandoff | None:
    row = memory.handoffs.get(handoff)
    return None if row is None else shared_of(row)


def _receipt_by_sig(sig: bytes | None, memory: Memory) -> int | None:
    known = memory.by_sig.get(sig) if sig is not None else None
    return None if known is None else known.receipt
