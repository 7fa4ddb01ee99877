"""What verifying an evidence bundle says: of one file one thing at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.errors import ExchangeError
from exchange.proof.encoding import instant
from exchange.proof.envelope import Envelope
from exchange.proof.jws import Line
from exchange.proof.keys import PublicKey
from exchange.proof.receipts import Receipt


class Standing(StrEnum):
    """What became of a step."""

    PROVEN = "proven"
    NOT_CONTAINED = "not-contained"
    BROKEN = "broken"


class Claim(StrEnum):
    """What a step says of a file."""

    FILE = "file"
    KEYS = "keys"
    MANIFEST = "manifest"
    SIGNATURE = "signature"
    BODY = "body"
    RECEIPT = "receipt"
    CHECKPOINT = "checkpoint"
    COSIGNATURE = "cosignature"
    STAMP = "stamp"
    INCLUSION = "inclusion"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One thing about one file: how it stands, by which keys, and why where it does not hold.

    *party* is who vouches for it. *at* is the time that is proven with it, and *code* names what
    is wrong with it, or what is more to say.
    """

    claim: Claim
    file: str
    standing: Standing
    party: str | None = None
    kids: tuple[str, ...] = ()
    at: datetime | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """A line whose signatures hold: who said it, and what of it can be read."""

    file: str
    issuer: str
    line: Line
    keys: tuple[PublicKey, ...]
    envelope: Envelope | None = None
    receipt: Receipt | None = None

    @property
    def signed_at(self) -> datetime | None:
        """When its speaker says that it was signed."""
        if self.envelope is not None:
            return instant(self.envelope.iat)
        return None if self.receipt is None else self.receipt.signed_at

    @property
    def kids(self) -> tuple[str, ...]:
        """The names of the keys that signed it."""
        return tuple(key.kid for key in self.keys)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every step, in the order in which they were taken, and the lines that hold."""

    steps: tuple[Step, ...]
    said: tuple[SaidLine, ...]

    def standing(self, standing: Standing) -> tuple[Step, ...]:
        """The steps that stand so."""
        return tuple(step for step in self.steps if step.standing is standing)

    @property
    def is_broken(self) -> bool:
        """Whether anything in the bundle is not what it should be."""
        return bool(self.standing(Standing.BROKEN))


def attempt(claim: Claim, file: str, read: Callable[[], Step]) -> Step:
    """The step that *read* returns, or a broken one with the code of what it raises."""
    try:
        return read()
    except ExchangeError as fault:
        return broken(claim, file, fault.code)


def proven(  # each member of a step
    claim: Claim,
    file: str,
    *,
    party: str,
    kids: tuple[str, ...] = (),
    at: datetime | None = None,
    code: str | None = None,
) -> Step:
    """It holds, by those keys of *party*."""
    return Step(
        claim=claim,
        file=file,
        standing=Standing.PROVEN,
        party=party,
        kids=kids,
        at=at,
        code=code,
    )


def missing(claim: Claim, file: str, *, party: str | None = None, code: str | None = None) -> Step:
    """What would prove it is not in the bundle."""
    return Step(claim=claim, file=file, standing=Standing.NOT_CONTAINED, party=party, code=code)


def broken(claim: Claim, file: str, code: str, *, party: str | None = None) -> Step:
    """It is not what it should be: *code* says why."""
    return Step(claim=claim, file=file, standing=Standing.BROKEN, party=party, code=code)
