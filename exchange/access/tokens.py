"""Bearer tokens: 256 random bits, shown once, stored as their digest."""

import re
from hashlib import sha256
from secrets import token_urlsafe

PREFIX = "xch_"
_RANDOM_BYTES = 32
_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


def new_token() -> str:
    """
    Return a fresh token with 256 random bits.

    The prefix lets a secret scanner find a token that was pasted where it should not be.
    """
    return PREFIX + token_urlsafe(_RANDOM_BYTES)


def token_digest(token: str) -> bytes:
    """
    Return what is stored of *token*.

    A plain SHA-256 is enough: nobody can guess 256 random bits, so there is nothing for a
    slow hash to slow down.
    """
    return sha256(token.encode()).digest()


def is_token(text: str) -> bool:
    """Return whether *text* has the shape of a token; no other text is ever looked up."""
    return _SHAPE.fullmatch(text) is not None
