"""Octets as text: one text for each, and no other text is read."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator

from exchange.proof.encoding import b64u, unb64u
from tests.fuzz.target import Target, wrong


def check(octets: bytes) -> bool:
    """Hold both directions to the standard library's codec."""
    if b64u(octets) != urlsafe_b64encode(octets).decode().rstrip("="):
        wrong("the text of these octets is another")
    if unb64u(b64u(octets)) != octets:
        wrong("the text of these octets gives others back")
    text = octets.decode("utf-8", "surrogateescape")
    try:
        read = unb64u(text)
    except ValueError:
        read = None
    if read != _reference(text):
        wrong("this text is read otherwise")
    return read is not None


def _reference(text: str) -> bytes | None:
    if not re.fullmatch("[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return octets if urlsafe_b64encode(octets).decode().rstrip("=") == text else None


def seeds() -> Iterator[bytes]:
    """Yield texts that are read, and the ways in which others nearly are."""
    yield from (b"", b"AA", b"AAA", b"AAAA", b"_-8", b"Zm9vYmFy", b"AAECAwQFBgcICQoLDA0ODw")
    yield from (b"A", b"AB", b"AA==", b"A A", b"AA\n", b"+/8", b"AA\xff", b"A\xc3\xa9", b"=AAA")


TARGETS = (Target("base64url", check, seeds),)
