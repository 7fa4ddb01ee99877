"""The protected header of a sealed body, which a stranger writes and no signature covers."""

import json
from collections.abc import Iterator

import orjson

from exchange.proof.encoding import b64u, unb64u
from exchange.proof.sealing import NotOpened, open_body
from tests.fuzz.target import Target, wrong
from tests.keys import MX

BODY = b'{"salt":"AAAAAAAAAAAAAAAAAAAAAA"}'
_HEADER = unb64u(
    "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImtpZCI6Im14LWVuY3J5cHQtMjAxOWEi"
    "LCJlcGsiOnsiY3J2IjoiUC0yNTYiLCJ4IjoiRE9BaTZ0SGlEMEkwTDZKOWdKUFNHMG13MEtlOHdl"
    "T09oUHBxSnpWVkpBMCIsInkiOiI1M2wtUVNkeG5XNEtGcy1kOGZ2VUVyMy1JWlVCbGJiN0toM0R5"
    "cW1zRXVnIiwia3R5IjoiRUMifX0"
)
_REST = "..nrCLIQrnRvBCyd87.KLhEuuUz98a-SwbHIGOwxFyXCzO_GuHXoOgqlZZGj8t8.p4aZnV7k7ZFvzPgs7Db49Q"
"""What was sealed once for the Mexican side of the tests, by chance that is gone."""


def check_header(octets: bytes) -> bool:
    """Open what was sealed under exactly this header, and nothing under any other."""
    try:
        opened = open_body(f"{b64u(octets)}{_REST}", {MX.opening.kid: MX.opening})
    except NotOpened:
        return False
    if octets != _HEADER:
        wrong("another header than the one that was sealed under opens")
    if opened != BODY:
        wrong("what opens is another body")
    return True


def header_seeds() -> Iterator[bytes]:
    """Yield the header, and others that libraries know."""
    yield _HEADER
    good = json.loads(_HEADER)
    for changes in (
        {"alg": "dir"},
        {"alg": "ECDH-ES+A256KW"},
        {"alg": "RSA1_5"},
        {"alg": "PBES2-HS256+A128KW", "p2s": "AAAA", "p2c": 2**31},
        {"enc": "A128CBC-HS256"},
        {"zip": "DEF"},
        {"kid": "us-encrypt-2019a"},
        {"crit": ["exp"], "exp": 1},
        {"epk": {"kty": "OKP", "crv": "X25519", "x": "A" * 43}},
        {"epk": {**good["epk"], "crv": "P-384"}},
        {"epk": {**good["epk"], "y": good["epk"]["x"]}},
        {"epk": {**good["epk"], "d": "AA"}},
        {"epk": None},
        {"apu": "AA", "apv": "AA"},
    ):
        yield orjson.dumps(good | changes)


_WORDS = ("alg", "enc", "epk", "kid", "zip", "crv", "kty", "ECDH-ES", "A256GCM", "P-256", "dir")
TARGETS = (Target("sealed-header", check_header, header_seeds, is_json=True, words=_WORDS),)
