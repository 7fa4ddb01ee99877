"""
What can go wrong, grouped by who must act.

::

    ExchangeError
    ├─ MessageRefused    the partner must act; its code goes back to them
    │  ├─ RequestRefused     the HTTP request as a whole: 413, 415, 429, 503
    │  ├─ LineRefused        before the signatures hold: an unsigned problem, nothing recorded
    │  └─ MessageRejected    after they hold: recorded, and answered with a signed receipt
    ├─ DeliveryFailed    time must act (Unreachable) or an operator must (RejectedByPartner)
    ├─ CallerMistaken    the port, official or operator who called must act
    ├─ EvidenceBroken    stop: our own record does not verify
    └─ NotConfigured     the operator must act before we start

Each class carries its stable wire code. ``web/problems.py`` alone knows which HTTP status
a class becomes. No message of these errors repeats a value, a name or a path that a
stranger sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

Language = Literal["en", "es"]


class Sentence(str):
    """
    One sentence in the two languages of the exchange.

    As a string it is the English one, which is what a log has; ``es`` is the Spanish.
    """

    __slots__ = ("es",)
    es: str

    def __new__(cls, en: str, es: str) -> Self:
        """Make the English sentence *en* know that it is *es* in Spanish."""
        made = super().__new__(cls, en)
        made.es = es
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.en, self.es)

    @property
    def en(self) -> str:
        """The English sentence, and nothing else."""
        return str(self)

    def spoken(self, language: Language) -> str:
        """Return the sentence in *language*."""
        return self.es if language == "es" else self.en


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing wrong with a document someone sent: where, and the stable code of what.

    *pointer* is a JSON pointer (RFC 6901) into the document; it names members that the
    published schema names, never a value.
    """

    pointer: str
    code: str


class ExchangeError(Exception):
    """
    Anything this project raises on purpose. The class carries the code.

    *said* is what exactly is wrong, for the person who must act, where the code leaves that open.
    """

    code: str = "error"

    def __init__(self, said: Sentence | None = None) -> None:
        super().__init__(self.code if said is None else said)
        self.said = said

    def as_value(self) -> Self:
        """
        Return the error to be kept and looked at, without how it came about.

        What it was made from holds frames, and these what was read. Where a validation error is
        among it no collector would ever find the circle, and a partner could fill our memory.
        """
        self.__traceback__ = self.__cause__ = self.__context__ = None
        return self


# --- The partner must act -------------------------------------------------------------------


class MessageRefused(ExchangeError):
    """The partner sent something that cannot be taken as it is."""


class RequestRefused(MessageRefused):
    """The request as a whole is refused before any line is read."""


class TooLarge(RequestRefused):
    """A line is over 256 KiB or a request over 4 MiB: send less at once."""

    code = "too-large"


class TooManyLines(RequestRefused):
    """A request has more than 64 lines: split it."""

    code = "too-many-lines"


class BadContentType(RequestRefused):
    """The request is not ``application/jsonl``: correct the header."""

    code = "bad-content-type"


class BadEncoding(RequestRefused):
    """The request has a Content-Encoding: send it plain."""

    code = "bad-encoding"


class RequestTooSlow(RequestRefused):
    """The head or body of a request took too long to arrive: send it again, whole."""

    code = "request-too-slow"


class RateLimited(RequestRefused):
    """Too many requests: send the same lines after the time given."""

    code = "rate-limited"


class Draining(RequestRefused):
    """The service is stopping: send the same lines after the time given."""

    code = "draining"


class LineRefused(MessageRefused):
    """A line fails before its signatures hold; nobody is known to have said it."""


class Malformed(LineRefused):
    """The line is not a closed General JSON JWS with canonical base64url: mend the sender."""

    code = "malformed"


class UnknownKey(LineRefused):
    """The key is not in the key set we hold: exchange key sets."""

    code = "unknown-key"


class KeyNotActive(LineRefused):
    """The key may not sign now: not yet valid, expired or revoked."""

    code = "key-not-active"


class BadSignature(LineRefused):
    """A signature does not cover these bytes."""

    code = "bad-signature"


class PolicyRefused(LineRefused):
    """The signatures are not one of the sets that the agreement accepts, in its order."""

    code = "policy"


class WrongType(LineRefused):
    """The protected header's ``typ`` is for another kind of line."""

    code = "wrong-type"


class KeySetRefused(MessageRefused):
    """A key set is older than ours, or takes back what was published: ask the partner."""

    code = "key-set-refused"


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with one line of a request: its number, from 1, and the code."""

    line: int
    code: str


class LinesRefused(MessageRefused):
    """
    A request holds lines that fail before their signatures: nothing of it was recorded.

    Send the rest at once without these lines, and these alone later.
    """

    code = "lines-refused"

    def __init__(self, lines: Sequence[LineFault]) -> None:
        super().__init__()
        self.lines = tuple(lines)


class MessageRejected(MessageRefused):
    """
    A message was signed by the partner but cannot take effect.

    It is recorded, and the partner gets a signed receipt with this code and *pointer*.
    """

    def __init__(self, pointer: str | None = None) -> None:
        super().__init__()
        self.pointer = pointer


class GrammarBroken(MessageRejected):
    """The envelope is not the JSON we sign, or not the closed envelope."""

    code = "grammar"


class WrongAudience(MessageRejected):
    """The message is addressed to someone else."""

    code = "wrong-audience"


class WrongIssuer(MessageRejected):
    """The issuer named does not own the keys that signed."""

    code = "wrong-issuer"


class UnsupportedSchema(MessageRejected):
    """We know no message of this type and version."""

    code = "unsupported-schema"


class NotPermitted(MessageRejected):
    """A message of this type is for the other direction."""

    code = "not-permitted"


class BodyDigestWrong(MessageRejected):
    """The body is absent, cannot be opened, or is not the one the envelope names."""

    code = "body-digest"


class BreaksSchema(MessageRejected):
    """The body does not validate against its published schema; the pointer says where."""

    code = "breaks-schema"


class JtiConflict(MessageRejected):
    """The same ``jti`` came before with another envelope: kept as evidence, alarmed."""

    code = "jti-conflict"


class EncryptionRequired(MessageRejected):
    """The agreement asks for a sealed body and this one is in the clear."""

    code = "encryption-required"


# --- Time or an operator must act -----------------------------------------------------------


class DeliveryFailed(ExchangeError):
    """A message did not reach the partner's ledger."""

    code = "delivery-failed"


class Unreachable(DeliveryFailed):
    """The partner gave no usable answer: the same sealed messages go out again later."""

    code = "unreachable"


class KeysUnusable(ExchangeError):
    """No key of ours may sign now: the operator publishes and loads one; nothing was recorded."""

    code = "keys-unusable"


class SchemaNotTaken(ExchangeError):
    """The partner's key set lists no version of what was to be said: the operator calls it."""

    code = "schema-not-taken"


# --- The caller must act --------------------------------------------------------------------


class CallerMistaken(ExchangeError):
    """The port, official or operator who called must change something."""

    code = "bad-request"


class Invalid(CallerMistaken):
    """The document sent does not fit: every fault is named by its pointer."""

    code = "invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class WithheldFromReturn(CallerMistaken):
    """Screening withheld the person: the reasons are given, and nothing is sent."""

    code = "withheld"

    def __init__(self, *, rule_set: str, reasons: Sequence[str]) -> None:
        super().__init__()
        self.rule_set = rule_set
        self.reasons = tuple(reasons)


class DecisionConflict(CallerMistaken):
    """The same ``decision_id`` came before with another content: use a new one."""

    code = "decision-conflict"


class IdempotencyConflict(CallerMistaken):
    """The same ``Idempotency-Key`` came before with another request: use a new one."""

    code = "idempotency-conflict"


class AlreadyAnswered(CallerMistaken):
    """Someone else was first: what stands is given."""

    code = "already-answered"

    def __init__(self, standing: str) -> None:
        super().__init__()
        self.standing = standing


class NotPossible(CallerMistaken):
    """The handoff is in a stage that does not allow this act: the stage is given."""

    code = "not-possible"

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.stage = stage


class Departed(CallerMistaken):
    """The hold is recorded, but the person is over the line: call the duty officer there now."""

    code = "departed"

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.stage = stage


class NotCleared(CallerMistaken):
    """The person may not cross now: every condition that does not hold is given, by its name."""

    code = "not-cleared"

    def __init__(self, conditions: Mapping[str, Sentence]) -> None:
        super().__init__()
        self.conditions = dict(conditions)


class Held(CallerMistaken):
    """A hold stands on the person or the family: it is lifted first, by the role that may."""

    code = "held"


class CaseClosed(CallerMistaken):
    """The case has ended: it gets no handoff and no hearing any more."""

    code = "case-closed"


class WindowFull(CallerMistaken):
    """The receiving point has no room in this window: the next window that has is given."""

    code = "window-full"

    def __init__(self, fault: Fault, *, next_window: tuple[str, str] | None) -> None:
        super().__init__()
        self.faults = (fault,)
        self.next_window = next_window


class NotHeld(CallerMistaken):
    """No hold of this cause stands: there is nothing to lift."""

    code = "not-held"


class AlarmStands(CallerMistaken):
    """The alarm ends with its cause, and nobody can close it before: what ends it is given."""

    code = "alarm-stands"


class NotFound(CallerMistaken):
    """There is no such handoff, or it is not yours to see."""

    code = "not-found"


class MethodNotAllowed(CallerMistaken):
    """The route exists but does not take this method: those it takes are in Allow."""

    code = "method-not-allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        self.allowed = tuple(allowed)


class Unauthenticated(CallerMistaken):
    """No bearer token, or one we do not know: ask the operator for one."""

    code = "unauthenticated"


class Forbidden(CallerMistaken):
    """Your role or port does not allow this: the role needed is given."""

    code = "forbidden"

    def __init__(self, needs: str) -> None:
        super().__init__()
        self.needs = needs


class UsageWrong(CallerMistaken):
    """The command was called with an argument that makes no sense (exit 2)."""

    code = "usage"


class NotAPartner(CallerMistaken):
    """What answers at the address shows no key set of the roots that we trust."""

    code = "not-a-partner"


# --- Stop -----------------------------------------------------------------------------------


class EvidenceBroken(ExchangeError):
    """Our own record does not verify: stop and call whoever keeps the evidence (exit 6)."""

    code = "evidence-broken"


class StoreFailed(ExchangeError):
    """
    It is unknown whether a commit is on disk: it is never tried again, the caller may repeat.

    On SQLite the store is then failed for good and the process stops; on PostgreSQL the next
    transaction reads the truth.
    """

    code = "store-failed"


class StoreBusy(ExchangeError):
    """The database did not answer and nothing was written: do the same again later."""

    code = "store-busy"


# --- The operator must act before we start --------------------------------------------------


class NotConfigured(ExchangeError):
    """A setting, key or database is missing or wrong; every fault is named (exit 3)."""

    code = "not-configured"

    def __init__(self, faults: Sequence[Sentence]) -> None:
        super().__init__(
            Sentence("\n".join(faults), "\n".join(fault.es for fault in faults)),
        )
        self.faults = tuple(faults)
