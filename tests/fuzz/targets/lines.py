"""A line taken apart, its protected headers, and the lines of a request."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

import orjson

from exchange.errors import LineRefused, Malformed, TooLarge, TooManyLines
from exchange.proof import grammar
from exchange.proof.jws import (
    HEADER_BYTES_MAX,
    LINE_BYTES_MAX,
    LINES_MAX,
    Line,
    Signature,
    read_line,
    read_lines,
    split_request,
)
from tests.fuzz.references import Refused, reference_json, same
from tests.fuzz.target import Target, wrong
from tests.keys import MX, US
from tests.proof.builders import LINE


def check_line(octets: bytes) -> bool:
    """Read a line as the standard library reads its JSON, and write it as it was read."""
    try:
        line = read_line(octets)
    except Malformed:
        return False
    outer = _require_json(octets)
    written = line.octets()
    if not same(json.loads(written), outer):
        wrong("the line is written with another meaning")
    if read_line(written) != line:
        wrong("the written line is read as another")
    if line.sig != _sig_of(outer):
        wrong("the evidence is named otherwise than by the text that was sent")
    return True


def _require_json(octets: bytes) -> dict[str, object]:
    try:
        outer: dict[str, object] = reference_json(octets)
    except Refused:
        wrong("accepted, though outside the grammar")
    return outer


def _sig_of(outer: object) -> bytes:
    """Return the digest of the signed text, from the strings as they stand in the JSON."""
    members = json.loads(json.dumps(outer))
    parts = [members["payload"]]
    for one in members["signatures"]:
        parts += one["protected"], one["signature"]
    return sha256(".".join(parts).encode()).digest()


def check_header(octets: bytes) -> bool:
    """Read exactly three strings, and the same from their canonical form."""
    try:
        header = Signature(octets, b"").header
    except Malformed:
        return False
    members = {"alg": header.alg, "kid": header.kid, "typ": header.typ}
    if not same(reference_json(octets), members) or len(octets) > HEADER_BYTES_MAX:
        wrong("a header was read that is none")
    canonical = grammar.canonical(members)
    if len(canonical) <= HEADER_BYTES_MAX and Signature(canonical, b"").header != header:
        wrong("the canonical header is read as another")
    return True


def check_request(octets: bytes) -> bool:
    """Find the lines between the line feeds, each judged as if it came alone."""
    body = octets[:-1] if octets.endswith(b"\n") else octets
    pieces = body.split(b"\n")
    try:
        outcomes = read_lines(octets)
    except TooManyLines:
        return _only_if(len(pieces) > LINES_MAX)
    except TooLarge:
        return _only_if(any(len(piece) > LINE_BYTES_MAX for piece in pieces))
    if list(split_request(octets)) != pieces or len(outcomes) != len(pieces):
        wrong("the lines of the request are others")
    for piece, outcome in zip(pieces, outcomes, strict=True):
        if _alone(piece) != (outcome if isinstance(outcome, Line) else None):
            wrong("a line is judged otherwise beside others")
    return any(isinstance(outcome, Line) for outcome in outcomes)


def _only_if(holds: bool) -> bool:  # noqa: FBT001  # the one thing it is about
    if not holds:
        wrong("refused as a whole without a cause")
    return False


def _alone(piece: bytes) -> Line | None:
    try:
        return read_line(piece)
    except LineRefused:
        return None


def _small(**beside: str) -> bytes:
    """Return a line whose signatures are too short to be any: reading does not verify."""
    header = _text(b'{"alg":"ES256","kid":"us-sign-2019a","typ":"handoff-message+jws"}')
    signatures = [{"protected": header, "signature": "AAAA"}]
    return orjson.dumps({"payload": _text(b"{}"), "signatures": signatures, **beside})


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def line_seeds() -> Iterator[bytes]:
    """Yield lines that are read, in their usual form and in others, and some that nearly are."""
    yield LINE.octets()
    small = _small(body="e30")
    yield from (small, _small(), _small(sealed="AA.AA.AA.AA.AA"))
    yield json.dumps(json.loads(small), indent=1).replace("\n", " ").encode()
    yield from (small + b" ", small.replace(b'"e30"', b'"e31"'), _small(body="e30", sealed="."))
    yield from (small.replace(b"payload", b"p\\u0061yload"), small.replace(b'"body"', b'"payload"'))
    yield b'{"payload":"e30","signatures":[]}'
    yield b'{"payload":"e30","signatures":[{"protected":"e30","signature":""}]}'


def header_seeds() -> Iterator[bytes]:
    """Yield headers, and what stands where a header should."""
    for party in (US, MX):
        for key in party.signers:
            members = {"alg": key.alg, "kid": key.kid, "typ": "handoff-receipt+jws"}
            yield orjson.dumps(members)
            yield json.dumps(members).encode()
    yield from (b"{}", b'{"alg":"none"}', b'{"alg":1,"kid":"a","typ":"b"}')
    yield b'{"alg":"ES256","kid":"a","typ":"b","crit":["b64"],"b64":false}'
    yield orjson.dumps({"alg": "", "kid": "k" * 990, "typ": ""})


def request_seeds() -> Iterator[bytes]:
    """Yield requests with one line, with several, and with what may not stand between them."""
    small = _small(body="e30")
    yield from (b"", b"\n", small, small + b"\n", small + b"\n" + _small(), small + b"\n\n")
    yield from (small + b"\r\n" + small, b"\n".join([b"{}"] * 64), b"\n".join([b"{}"] * 65))


_WORDS = ("payload", "signatures", "protected", "signature", "body", "sealed")
TARGETS = (
    Target("line", check_line, line_seeds, is_json=True, words=_WORDS),
    Target("header", check_header, header_seeds, is_json=True, words=("alg", "kid", "typ")),
    Target("request", check_request, request_seeds, words=(*_WORDS, "\n", "\r")),
)
