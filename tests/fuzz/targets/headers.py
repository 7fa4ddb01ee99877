"""What a stranger says in the head of a request, and whom a proxy says the certificate names."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

from aiohttp import web
from multidict import CIMultiDict

from exchange import errors
from exchange.access.tokens import is_token, token_digest
from exchange.web.problems import language_of
from exchange.web.reading import require_media_type
from exchange.web.tls import CERTIFICATE_HEADER, party_of_header
from tests.fuzz.target import Target, wrong


def check_language(octets: bytes) -> bool:
    """Answer in a language of ours whatever is preferred."""
    language = language_of(_request({"Accept-Language": _text(octets)}))
    if language not in ("en", "es"):
        wrong("a language that nobody wrote")
    return language == "es"


def check_media_type(octets: bytes) -> bool:
    """Let only lines through, and nothing compressed."""
    given, _, encoding = octets.partition(b"\n")
    headers = {"Content-Type": _text(given)}
    if encoding:
        headers["Content-Encoding"] = _text(encoding)
    try:
        require_media_type(_request(headers), "application/jsonl")
    except (errors.BadContentType, errors.BadEncoding):
        return False
    if not _text(given).strip().lower().startswith("application/jsonl"):
        wrong("another media type was let through")
    if encoding and _text(encoding).strip().lower() != "identity":
        wrong("a coded body was let through")
    return True


def check_party(octets: bytes) -> bool:
    """Name one party, which stands in the header."""
    try:
        party = party_of_header(_request({CERTIFICATE_HEADER: _text(octets)}))
    except errors.Forbidden:
        return False
    if not party.startswith("urn:handoff:") or party not in _text(octets) or "," in party:
        wrong("a party that the header does not name")
    if _text(octets).count("urn:handoff:") > 1 and _text(octets).count(party) == 0:
        wrong("one of two parties was chosen")
    return True


def check_token(octets: bytes) -> bool:
    """Take for a token only what can be digested."""
    text = _text(octets)
    if not is_token(text):
        return False
    if len(token_digest(text)) != 32:  # SHA-256
        wrong("a digest of another length")
    return True


def _request(headers: dict[str, str]) -> web.Request:
    """Return as much of a request as those who read its head ask for."""
    return cast("web.Request", SimpleNamespace(headers=CIMultiDict(headers)))


def _text(octets: bytes) -> str:
    """Return octets of a header as aiohttp hands them on."""
    return octets.decode("utf-8", "surrogateescape")


def language_seeds() -> Iterator[bytes]:
    """Yield preferences as browsers write them, and as they do not."""
    yield from (b"es", b"es-MX,es;q=0.9,en;q=0.8", b"en", b"*", b"es;q=nan", b"es;q=inf, en")
    yield from (b"es;q=", b";q=1", b",,,", b"ES-419", b"es;q=1_0", b"\xff\xfe", b"es;q=-1,*;q=-2")


def media_type_seeds() -> Iterator[bytes]:
    """Yield the media type of lines with and without parameters, and others."""
    yield from (
        b"application/jsonl",
        b"Application/JSONL ; charset=utf-8",
        b"application/json",
        b"",
    )
    yield from (b"application/jsonl\ngzip", b"application/jsonl\nidentity", b"application/jsonl\n,")


def party_seeds() -> Iterator[bytes]:
    """Yield the party by itself, in a subject, twice, and not at all."""
    yield from (b"urn:handoff:mx:inm", b"CN=urn:handoff:mx:inm,O=INM,C=MX", b"O=INM", b"", b",")
    yield from (
        b"urn:handoff:mx:inm,urn:handoff:us:cbp",
        b"O=urn:handoff:us:cbp\\,CN=urn:handoff:x",
    )


def token_seeds() -> Iterator[bytes]:
    """Yield texts that look like tokens."""
    yield from (b"", b"x" * 43, b"A" * 52, b"\xff" * 43, b"Bearer x")
    yield from (b"xch_" + b"A" * 43, b"xch_" + b"-_09" * 10 + b"abc", b"xch_" + b"A" * 43 + b"\n")


TARGETS = (
    Target("language", check_language, language_seeds, words=("es", "en", ";q=", "*", ",")),
    Target("media-type", check_media_type, media_type_seeds, words=("application/jsonl", ";")),
    Target("party", check_party, party_seeds, words=("urn:handoff:", "CN=", ",", "\\")),
    Target("token", check_token, token_seeds),
)
