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

from exchange.errors.caller import (
    AlarmStands,
    AlreadyAnswered,
    CallerMistaken,
    CaseClosed,
    DecisionConflict,
    Departed,
    Forbidden,
    Held,
    IdempotencyConflict,
    Invalid,
    MethodNotAllowed,
    NotAcceptable,
    NotAPartner,
    NotCleared,
    NotFound,
    NotHeld,
    NotPossible,
    Unauthenticated,
    UsageWrong,
    WindowFull,
    WithheldFromReturn,
)
from exchange.errors.operator import (
    DeliveryFailed,
    EvidenceBroken,
    KeysUnusable,
    NotConfigured,
    SchemaNotTaken,
    StoreBusy,
    StoreFailed,
    TimeStampRefused,
    Unreachable,
)
from exchange.errors.partner import (
    BadContentType,
    BadEncoding,
    BadSignature,
    BodyDigestWrong,
    BreaksSchema,
    Draining,
    EncryptionRequired,
    GrammarBroken,
    JtiConflict,
    KeyNotActive,
    KeySetRefused,
    LineFault,
    LineRefused,
    LinesRefused,
    Malformed,
    MessageRefused,
    MessageRejected,
    NotPermitted,
    PolicyRefused,
    RateLimited,
    RequestRefused,
    RequestTooSlow,
    TooLarge,
    TooManyLines,
    UnknownKey,
    UnsupportedSchema,
    WrongAudience,
    WrongIssuer,
    WrongType,
)
from exchange.errors.said import (
    ExchangeError,
    Fault,
    Language,
    Sentence,
)

__all__ = [
    "AlarmStands",
    "AlreadyAnswered",
    "BadContentType",
    "BadEncoding",
    "BadSignature",
    "BodyDigestWrong",
    "BreaksSchema",
    "CallerMistaken",
    "CaseClosed",
    "DecisionConflict",
    "DeliveryFailed",
    "Departed",
    "Draining",
    "EncryptionRequired",
    "EvidenceBroken",
    "ExchangeError",
    "Fault",
    "Forbidden",
    "GrammarBroken",
    "Held",
    "IdempotencyConflict",
    "Invalid",
    "JtiConflict",
    "KeyNotActive",
    "KeySetRefused",
    "KeysUnusable",
    "Language",
    "LineFault",
    "LineRefused",
    "LinesRefused",
    "Malformed",
    "MessageRefused",
    "MessageRejected",
    "MethodNotAllowed",
    "NotAPartner",
    "NotAcceptable",
    "NotCleared",
    "NotConfigured",
    "NotFound",
    "NotHeld",
    "NotPermitted",
    "NotPossible",
    "PolicyRefused",
    "RateLimited",
    "RequestRefused",
    "RequestTooSlow",
    "SchemaNotTaken",
    "Sentence",
    "StoreBusy",
    "StoreFailed",
    "TimeStampRefused",
    "TooLarge",
    "TooManyLines",
    "Unauthenticated",
    "UnknownKey",
    "Unreachable",
    "UnsupportedSchema",
    "UsageWrong",
    "WindowFull",
    "WithheldFromReturn",
    "WrongAudience",
    "WrongIssuer",
    "WrongType",
]
