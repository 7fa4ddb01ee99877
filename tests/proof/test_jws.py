"""Lines taken apart and rebuilt, and requests taken apart into lines."""

import json
from typing import Any

import pytest

from exchange.errors import LineRefused, Malformed, TooLarge, TooManyLines
from exchange.proof.encoding import b64u, digest
from exchange.proof.jws import (
    LINE_BYTES_MAX,
    LINES_MAX,
    Header,
    Line,
    Typ,
    read_line,
    read_lines,
    sign_line,
    split_request,
)
from tests.keys import US

LINE = sign_line(b'{"a":1}', US.signers, Typ.MESSAGE, body=b'{"b":2}')
OCTETS = LINE.octets()
SEALED = ".".join([b64u(b"{}"), "", b64u(b"nonce"), b64u(b"text"), b64u(b"tag")])


def outer(**changes: Any) -> dict[str, Any]:
    """The outer object of a good line, with *changes*; a member given as None is left out."""
    members = json.loads(OCTETS) | changes
    return {name: value for name, value in members.items() if value is not None}


def written(members: Any) -> bytes:
    """JSON in our spacing."""
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()


def with_header(**changes: Any) -> bytes:
    """A line whose first protected header has *changes*."""
    header = {"alg": "ES256", "kid": US.sign.kid, "typ": Typ.MESSAGE.value} | changes
    header = {name: value for name, value in header.items() if value is not ...}
    return with_protected(written(header))


def with_protected(protected: bytes) -> bytes:
    """A line whose first protected header has these octets."""
    members = outer()
    members["signatures"][0]["protected"] = b64u(protected)
    return written(members)


def test_a_line_comes_back_from_its_octets() -> None:
    """What is read from the wire form is the line, and its wire form the same octets."""
    assert read_line(OCTETS) == LINE
    assert read_line(OCTETS).octets() == OCTETS
    assert written(outer()) == OCTETS


def test_a_line_may_have_no_body() -> None:
    """A receipt, or a message whose body was erased, is a line like any other."""
    line = read_line(written(outer(body=None)))
    assert line.body is None
    assert (line.pld, line.sig) == (LINE.pld, LINE.sig)
    assert read_line(line.octets()) == line


def test_a_sealed_body_is_kept_as_text() -> None:
    """The line of a sealed message is read, and what is sealed in it is not."""
    line = read_line(written(outer(body=None, sealed=SEALED)))
    assert (line.body, line.sealed) == (None, SEALED)
    assert read_line(line.octets()) == line


def test_the_order_and_spacing_of_the_outer_object_mean_nothing() -> None:
    """Members in another order, with space between them, are the same line."""
    turned = dict(reversed(outer().items()))
    octets = json.dumps(turned, indent=1).replace("\n", " ").encode()
    assert read_line(octets) == LINE


def test_the_header_may_come_in_any_order_and_spacing() -> None:
    """A partner's header says the same in its own order, and its octets are kept."""
    protected = b'{ "typ": "handoff-message+jws", "kid":"us-x", "alg":"ES256" }'
    line = read_line(with_protected(protected))
    assert line.signatures[0].protected == protected
    assert line.signatures[0].header == Header("ES256", "us-x", Typ.MESSAGE)


def test_pld_names_the_message_and_sig_the_evidence() -> None:
    """Both are SHA-256: of the payload octets, and of the signed texts joined by full stops."""
    texts = [b64u(LINE.payload)]
    for one in outer()["signatures"]:
        texts += one["protected"], one["signature"]
    assert LINE.pld == digest(LINE.payload)
    assert LINE.sig == digest(".".join(texts).encode())


MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "an array": b"[]",
    "a number": b"7",
    "not UTF-8": OCTETS[:-1] + b"\xff}",
    "a byte order mark": b"\xef\xbb\xbf" + OCTETS,
    "space before": b" " + OCTETS,
    "space after": OCTETS + b" ",
    "a tab after": OCTETS + b"\t",
    "a carriage return after": OCTETS + b"\r",
    "a carriage return inside": OCTETS.replace(b',"body"', b',\r"body"'),
    "a member twice": OCTETS[:-1] + b',"body":"e30"}',
    "a member twice in a signature": OCTETS.replace(
        b'[{"protected":', b'[{"protected":"e30","protected":', 1
    ),
    "no payload": written(outer(payload=None)),
    "no signatures": written(outer(signatures=None)),
    "one member more": written(outer(header={})),
    "body and sealed": written(outer(sealed=SEALED)),
    "a payload that is no text": written(outer(payload=7)),
    "a body that is no text": written(outer(body={"b": 2})),
    "a body of null": OCTETS[: OCTETS.index(b',"body"')] + b',"body":null}',
    "sealed that is no text": written(outer(body=None, sealed=7)),
    "sealed of four parts": written(outer(body=None, sealed="a.b.c.d")),
    "sealed of sloppy parts": written(outer(body=None, sealed="e30.e30.e30.e30.e31=")),
    "signatures that are an object": written(outer(signatures={})),
    "an empty list of signatures": written(outer(signatures=[])),
    "a signature that is no object": written(outer(signatures=["x"])),
    "an unprotected header": written(
        outer(signatures=[outer()["signatures"][0] | {"header": {"kid": "x"}}])
    ),
    "padded base64": written(outer(payload=b64u(b"{}") + "==")),
    "trailing bits": written(outer(payload="e31")),
    "the other alphabet": written(outer(payload="+/+/")),
    "a lone surrogate": OCTETS.replace(b'"body":"', b'"body":"\\ud800'),
    "no header": with_protected(b""),
    "a header that is an array": with_protected(b"[]"),
    "a header member twice": with_protected(
        b'{"alg":"ES256","alg":"ES256","kid":"us-sign-2019a","typ":"handoff-message+jws"}'
    ),
    "a header of mostly space": with_protected(
        b'{"alg":"ES256","kid":"us-sign-2019a","typ":"handoff-message+jws"}' + b" " * 1024
    ),
    "crit": with_header(crit=["b64"]),
    "an embedded key": with_header(jwk={}),
    "a key's address": with_header(jku="https://example.org"),
    "no typ": with_header(typ=...),
    "no kid": with_header(kid=...),
    "no alg": with_header(alg=...),
    "alg of null": with_header(alg=None),
    "kid of a number": with_header(kid=1),
    "typ of a list": with_header(typ=[]),
}


@pytest.mark.parametrize("octets", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_closed_line_is_malformed(octets: bytes) -> None:
    """Whatever is not exactly a line is refused before a signature is looked at."""
    with pytest.raises(Malformed):
        read_line(octets)


def test_a_request_is_its_lines() -> None:
    """Lines are what stands between line feeds; the last line feed may be there or not."""
    assert read_lines(OCTETS) == read_lines(OCTETS + b"\n") == (LINE,)
    assert read_lines(OCTETS + b"\n" + OCTETS) == (LINE, LINE)


@pytest.mark.parametrize(
    ("request_octets", "codes"),
    [
        (b"", ["malformed"]),
        (b"\n", ["malformed"]),
        (OCTETS + b"\n\n", [None, "malformed"]),
        (OCTETS + b"\n\n" + OCTETS, [None, "malformed", None]),
        (OCTETS + b"\r\n" + OCTETS + b"\r\n", ["malformed", "malformed"]),
        (b"\n" + OCTETS, ["malformed", None]),
        (OCTETS + b"\n" + OCTETS + b"\n ", [None, None, "malformed"]),
    ],
    ids=["empty", "one feed", "blank last", "blank inside", "cr lf", "blank first", "space"],
)
def test_one_bad_line_does_not_spoil_the_others(
    request_octets: bytes, codes: list[str | None]
) -> None:
    """Each line of a request has its own outcome, in its place."""
    outcomes = read_lines(request_octets)
    assert [one.code if isinstance(one, LineRefused) else None for one in outcomes] == codes


def test_sixty_four_lines_are_read_and_no_more() -> None:
    """The 65th line makes the request too long as a whole."""
    assert len(split_request(b"x\n" * LINES_MAX)) == LINES_MAX
    with pytest.raises(TooManyLines):
        split_request(b"x\n" * (LINES_MAX + 1))


def test_a_line_has_a_size() -> None:
    """One octet over 256 KiB is too much, whatever it is."""
    assert split_request(b"x" * LINE_BYTES_MAX + b"\nx") == (b"x" * LINE_BYTES_MAX, b"x")
    with pytest.raises(TooLarge):
        split_request(b"x\n" + b"x" * (LINE_BYTES_MAX + 1))


def test_a_line_is_no_more_than_its_octets() -> None:
    """Two lines with the same octets are the same line."""
    assert Line(LINE.payload, LINE.signatures, LINE.body) == LINE
