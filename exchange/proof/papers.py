"""
The code on a person's paper: whoever holds the message can check it, and nobody else can make it.

It names a handoff and a revision and ends in a mark keyed by the salt of the message that the
paper was drawn from. The salt lives in the body: once that is erased, no code can be made or
checked any more. The code holds nothing about the person.
"""

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass

from exchange.proof.encoding import unb64u

MARK_LENGTH = 10

_CODE = re.compile(
    r"([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})/([1-9][0-9]{0,3})/([A-Z2-7]{10})",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What a paper says of itself: its handoff, the revision of the notice, and the mark."""

    handoff: str
    revision: int
    mark: str

    @property
    def text(self) -> str:
        """The code as it is printed: capitals, which a QR code holds in the fewest modules."""
        return f"{self.handoff.upper()}/{self.revision}/{self.mark}"

    def is_marked_by(self, salt: str) -> bool:
        """Say whether the code was made from the message with this *salt*."""
        made = make_paper_code(self.handoff, self.revision, salt=salt)
        return hmac.compare_digest(made.mark, self.mark)


def make_paper_code(handoff: str, revision: int, *, salt: str) -> PaperCode:
    """
    Return the code of the paper drawn from the message with this *salt*.

    The mark is the first ten characters of the base32 (RFC 4648 §6) of HMAC-SHA-256 under the
    salt's sixteen octets over ``handoff/revision``, the handoff as ``sub`` has it.
    """
    said = f"{handoff}/{revision}".encode("ascii")
    mark = b32encode(hmac.digest(unb64u(salt), said, "sha256"))[:MARK_LENGTH]
    return PaperCode(handoff, revision, mark.decode("ascii"))


def read_paper_code(text: str) -> PaperCode:
    """
    Return the code that was scanned or typed, in capitals or not, with spaces or without.

    Raises:
        ValueError: It cannot be the code of any paper: something was misread.
    """
    found = _CODE.fullmatch("".join(text.split()))
    if found is None:
        message = "not the code of a paper"
        raise ValueError(message)
    handoff, revision, mark = found.groups()
    return PaperCode(handoff.lower(), int(revision), mark.upper())
