"""What the two sides agreed, and which of them we are: fixed while the service runs."""

from dataclasses import dataclass
from datetime import datetime

from exchange.domain.deadlines import Limits
from exchange.domain.parties import Side
from exchange.domain.places import Places
from exchange.domain.screening import RuleBook
from exchange.proof.policy import SignatureSets


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """
    The agreement as one side reads it.

    *we_sign* and *they_sign* are the signature sets of the two directions. Cancellations
    leave at multiples of *release_seconds* since the epoch, whatever their cause (design §5).
    Bodies of messages whose time is *sealed_from* or later are sealed for the receiver alone.
    """

    side: Side
    ours: str
    theirs: str
    we_sign: SignatureSets
    they_sign: SignatureSets
    places: Places
    rules: RuleBook
    limits: Limits
    release_seconds: int = 60
    sealed_from: datetime | None = None

    def seals(self, said_at: datetime) -> bool:
        """
        Say whether the body of a message of that time is sealed.

        The time is the message's own, which its signatures cover, so both sides answer alike
        and nobody between them can have a body sent in the clear.
        """
        return self.sealed_from is not None and said_at >= self.sealed_from
