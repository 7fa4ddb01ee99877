"""
Webhooks as the Standard Webhooks specification (1.0) has them signed: HMAC-SHA-256, ``v1``.

The signature covers the id, the time of the attempt and the body, joined by full stops; so
none of the first two may hold one. The id stays the same at each attempt, and whoever is told
twice can tell.
"""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from datetime import datetime

_PREFIX = "whsec_"
_OCTETS = range(24, 65)
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def read_secret(text: str) -> bytes:
    """
    Return the octets of a secret as it is written down: ``whsec_`` and base64.

    Raises:
        ValueError: It is none, or not of 24 to 64 octets.
    """
    encoded = text.strip()
    message = "wants whsec_ and the base64 of 24 to 64 octets"
    if not encoded.startswith(_PREFIX):
        raise ValueError(message)
    try:
        secret = b64decode(encoded.removeprefix(_PREFIX), validate=True)
    except Error:
        raise ValueError(message) from None
    if len(secret) not in _OCTETS:
        raise ValueError(message)
    return secret


def signed_headers(secret: bytes, webhook: str, body: bytes, *, at: datetime) -> Mapping[str, str]:
    """
    Return the three headers under which *body* goes out *at* this time.

    Raises:
        ValueError: The id of the webhook has what would let another be signed for it.
    """
    if _ID.fullmatch(webhook) is None:
        message = "an id has letters, digits, hyphens and low lines"
        raise ValueError(message)
    seconds = str(int(at.timestamp()))
    signed = b".".join((webhook.encode("ascii"), seconds.encode("ascii"), body))
    code = b64encode(hmac.digest(secret, signed, "sha256")).decode("ascii")
    return {
        "webhook-id": webhook,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{code}",
    }
