"""The partner must act: what it sent cannot be taken as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.errors.said import ExchangeError


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
