"""The JSON we sign and accept: exactly what the protocol's grammar says, and one form written."""

from collections.abc import Iterator

import rfc8785

from exchange.errors import GrammarBroken
from exchange.proof import grammar
from tests.fuzz.references import Refused, reference_json, same
from tests.fuzz.target import Target, wrong


def check(octets: bytes) -> bool:
    """Accept what the reference accepts, with its value; write what RFC 8785 says."""
    try:
        value = grammar.parse(octets)
    except GrammarBroken:
        _require_refused(octets)
        return False
    try:
        expected = reference_json(octets)
    except Refused:
        wrong("accepted, though outside the grammar")
    if not same(value, expected):
        wrong("accepted with another value")
    _check_writing(value)
    return True


def _require_refused(octets: bytes) -> None:
    try:
        reference_json(octets)
    except Refused:
        return
    wrong("refused, though within the grammar")


def _check_writing(value: grammar.Json) -> None:
    try:
        written = grammar.canonical(value)
    except ValueError:
        if _names(value).isascii():
            wrong("a value with ASCII names has a canonical form")
        return
    if written != rfc8785.dumps(value):
        wrong("the canonical form is another")
    if not same(grammar.parse(written), value):
        wrong("the canonical form is read as another value")


def _names(value: object) -> str:
    if isinstance(value, dict):
        return "".join(value) + "".join(map(_names, value.values()))
    return "".join(map(_names, value)) if isinstance(value, list) else ""


def seeds() -> Iterator[bytes]:
    """Yield values of each kind, and what two parsers might read differently."""
    yield from (b"{}", b"[]", b"null", b"true", b"-1", b'""', b'{"a":{"b":[1,null,"\xc3\xb1"]}}')
    yield from (b'{"a":1,"a":1}', b"-0", b"1.0", b"1e3", b"01", b"9007199254740991")
    yield from (b"9007199254740992", b'"\\ud800"', b'"\\ud83d\\ude00"', b"\xef\xbb\xbf{}")
    yield from (b"NaN", b"[1,]", b' { "b" : 1 , "a" : 2 } ', b'"\\u0000"', b'{"\xc3\xb1":1}')
    yield from (b"[" * 16 + b"]" * 16, b"[" * 17 + b"]" * 17, b"[" * 2000 + b"]" * 2000)
    yield from (b'"\x1f"', b'"\\/"', b'{"\\u0061":1,"a":2}', b"1\n", b'"\xed\xa0\x80"')


TARGETS = (Target("grammar", check, seeds, words=("\\u", "-0", "e", ".", "null", "true")),)
