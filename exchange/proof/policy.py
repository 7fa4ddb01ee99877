"""
Which signatures the agreement asks for, by kind of line and by date.

A signature set is an ordered tuple of algorithms. A line carries exactly one accepted set, in
its order and no more: a stripped, added or swapped signature is refused. One ``SignatureSets``
speaks for one direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from exchange.proof.jws import Typ

SignatureSet: TypeAlias = tuple[str, ...]

CLASSICAL: SignatureSet = ("ES256",)
HYBRID: SignatureSet = ("ES256", "ML-DSA-65")
ROOTS: SignatureSet = ("ES384", "ML-DSA-87")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One set that lines of *typ* may carry from *since* on (always, if None) until *until*."""

    typ: Typ
    algorithms: SignatureSet
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the set is accepted at *at*."""
        begun = self.since is None or self.since <= at
        return begun and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class SignatureSets:
    """Every signature set that one direction accepts, the preferred first."""

    sets: tuple[Accepted, ...]

    def accepted(self, typ: Typ, at: datetime) -> tuple[SignatureSet, ...]:
        """The sets that a line of *typ* may carry at *at*."""
        return tuple(one.algorithms for one in self.sets if one.typ == typ and one.holds(at))

    def ever(self, typ: Typ) -> tuple[SignatureSet, ...]:
        """The sets that a line of *typ* may carry at some time."""
        return tuple(one.algorithms for one in self.sets if one.typ == typ)

    def preferred(self, typ: Typ, at: datetime) -> SignatureSet:
        """
        The set we sign a line of *typ* with at *at*.

        Raises:
            LookupError: The agreement accepts none at that time.
        """
        accepted = self.accepted(typ, at)
        if not accepted:
            raise LookupError(typ.value)
        return accepted[0]


def signature_sets(
    messages: Sequence[SignatureSet] = (HYBRID,), receipts: Sequence[SignatureSet] = (CLASSICAL,)
) -> SignatureSets:
    """The sets of *messages* and *receipts*, accepted at any date."""
    return SignatureSets(
        (
            *(Accepted(Typ.MESSAGE, one) for one in messages),
            *(Accepted(Typ.RECEIPT, one) for one in receipts),
        )
    )


DEFAULT = signature_sets()
"""Messages under ES256 and ML-DSA-65; receipts under ES256 until the next checkpoint."""

ES256_ONLY = signature_sets(messages=(CLASSICAL,))
"""For a partner that has no post-quantum keys."""

EVER = signature_sets(messages=(HYBRID, CLASSICAL))
"""What either side may have signed with, whatever its policy was then."""
