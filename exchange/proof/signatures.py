"""
The steps by which a line's signatures are judged, each refusing with its own code.

The order is that of docs/protocol.md clause 4; ``lines.verify``, ``receipts.read_receipt`` and
``keysets.read_key_set`` call them in it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from exchange.errors import BadSignature, KeyNotActive, PolicyRefused, UnknownKey, WrongType
from exchange.proof.algorithms import PublicHalf
from exchange.proof.jws import KeyId, Line, Typ, covered_octets
from exchange.proof.keys import SIGNING_ROLES, KeyState, PublicKey
from exchange.proof.policy import SignatureSet

KID_PATTERN = r"^[a-z0-9][a-z0-9.-]{2,63}$"
_KID = re.compile(r"[a-z0-9][a-z0-9.-]{2,63}")

Held = TypeVar("Held")


def find_keys(line: Line, held: Mapping[KeyId, Held]) -> tuple[Held, ...]:
    """
    What we hold under each signature's ``kid``, in the line's order.

    The name is matched before it is looked up, and used for nothing else.

    Raises:
        UnknownKey: One of them is not ours to trust.
    """
    found = []
    for signature in line.signatures:
        kid = signature.header.kid
        if not _KID.fullmatch(kid) or (key := held.get(KeyId(kid))) is None:
            raise UnknownKey
        found.append(key)
    return tuple(found)


def check_states(keys: Sequence[PublicKey], at: datetime) -> None:
    """
    Nothing, when each of *keys* may sign at *at*.

    Raises:
        KeyNotActive: One may not.
    """
    if any(key.state_at(at) is not KeyState.ACTIVE for key in keys):
        raise KeyNotActive


def check_algorithms(line: Line, halves: Sequence[PublicHalf]) -> None:
    """
    Nothing, when each header names the algorithm that its key has.

    Raises:
        BadSignature: A header claims another: no signature of that key can be so.
    """
    for signature, half in zip(line.signatures, halves, strict=True):
        if signature.header.alg != half.alg:
            raise BadSignature


def check_roles(keys: Sequence[PublicKey]) -> None:
    """
    Nothing, when each of *keys* was published to sign lines.

    Raises:
        PolicyRefused: One was published for another purpose.
    """
    if any(key.role not in SIGNING_ROLES for key in keys):
        raise PolicyRefused


def check_set(halves: Sequence[PublicHalf], accepted: Iterable[SignatureSet]) -> None:
    """
    Nothing, when the keys' algorithms are one accepted set: in its order, and no more.

    Raises:
        PolicyRefused: They are not.
    """
    if tuple(half.alg for half in halves) not in accepted:
        raise PolicyRefused


def check_signatures(line: Line, halves: Sequence[PublicHalf]) -> None:
    """
    Nothing, when every signature covers exactly the octets of this line.

    Raises:
        BadSignature: One does not.
    """
    for signature, half in zip(line.signatures, halves, strict=True):
        if not half.verify(covered_octets(line, signature), signature.signature):
            raise BadSignature


def check_typ(line: Line, typ: Typ) -> None:
    """
    Nothing, when every signature was made for a line of *typ*.

    Raises:
        WrongType: One was made for another kind of line.
    """
    if any(signature.header.typ != typ for signature in line.signatures):
        raise WrongType
