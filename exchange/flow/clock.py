"""
Time and chance, as the legs of the journey get them.

Both are constructor arguments everywhere, so that a test moves the clock and a simulation
replays a seed. Nothing else in the project reads a clock or draws a random number.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from exchange.proof.encoding import b64u
from exchange.proof.envelope import Entropy

__all__ = [
    "Clock",
    "Entropy",
    "fresh_salt",
    "random_id",
    "system_clock",
    "system_entropy",
]

Clock = Callable[[], datetime]

SALT_BYTES = 16


def system_clock() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def system_entropy(count: int) -> bytes:
    """Return *count* octets from the operating system's generator."""
    return secrets.token_bytes(count)


def random_id(entropy: Entropy) -> str:
    """Return a UUIDv4 (RFC 9562 §5.4): an id that tells nothing, for handoffs and cases."""
    return str(UUID(bytes=entropy(16), version=4))


def fresh_salt(entropy: Entropy) -> str:
    """Return the 22 characters that make a body's digest useless for guessing a name."""
    return b64u(entropy(SALT_BYTES))
