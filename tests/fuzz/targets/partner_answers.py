"""(6, 7) What a partner answers that is no receipt: problems, and the headers we read."""

import math
from collections.abc import Iterator
from datetime import timedelta

import orjson

from exchange.flow.delivery import (
    Answer,
    RefusedByPartner,
    Unreachable,
    read_refusal,
)
from exchange.flow.heartbeat import read_date
from exchange.flow.partner import BackOff
from tests.fuzz.target import Target, wrong

_STATUSES = (400, 413, 415, 429, 503, 500, 302, 204)
_LINES = 64


def check_refusal(octets: bytes) -> bool:
    """Make one of three outcomes of any answer; believe no line that was not sent."""
    status, header, body = _taken_apart(octets)
    outcome = read_refusal(Answer(status, body, header), lines_sent=_LINES)
    if isinstance(outcome, RefusedByPartner):
        _check_code(outcome.code)
        _check_lines(outcome.lines)
        return bool(outcome.lines)
    if not isinstance(outcome, Unreachable):
        wrong("an answer that is no 200 delivered something")
    if outcome.retry_after_seconds is None:
        return False
    back_off = BackOff()
    pause = back_off.honoured_seconds(outcome.retry_after_seconds, chance=0.0)
    if not (math.isfinite(pause) and 0 < pause <= back_off.retry_after_max_seconds):
        wrong("a partner's header silences us for longer than our bound")
    return True


def _taken_apart(octets: bytes) -> tuple[int, str | None, bytes]:
    """Return a status by the first octet, a Retry-After to the first line feed, then the body."""
    status = _STATUSES[octets[0] % len(_STATUSES)] if octets else 400
    header, feed, body = octets[1:].partition(b"\n")
    return status, header.decode("utf-8", "surrogateescape") if feed else None, body


def _check_lines(lines: tuple[tuple[int, str], ...]) -> None:
    for index, code in lines:
        if type(index) is not int or not 0 <= index < _LINES:
            wrong("a line was refused that we did not send")
        _check_code(code)


def _check_code(code: str) -> None:
    """Require a word that may be logged, stored and shown as it is."""
    if not code.replace("-", "").isalnum() or not code.isascii() or not 0 < len(code) <= 32:
        wrong("a code is the partner's own text")


def check_date(octets: bytes) -> bool:
    """Read a Date header as an aware time, or not at all."""
    at = read_date(octets.decode("utf-8", "surrogateescape"))
    if at is not None and at.utcoffset() != timedelta(0):
        wrong("a time that is not in UTC")
    return at is not None


def refusal_seeds() -> Iterator[bytes]:
    """Yield problems as partners send them, and as they should not."""
    lines = [{"line": 1, "code": "bad-signature"}, {"line": 64, "code": "unknown-key"}]
    yield b"\0\n" + orjson.dumps({"code": "lines-refused", "lines": lines})
    yield b"\1\n" + orjson.dumps({"code": "too-large"})
    yield b"\2\n" + orjson.dumps({"code": "\0MARIA"})
    yield from (b"\3120\n{}", b"\4\xc2\xb2\n{}", b"\3-1\n", b"\3" + b"9" * 400 + b"\n", b"\4 7 \n")
    yield from (b"\3Fri, 31 Dec 2031 23:59:59 GMT\n", b"\4" + b"5\x1c\n")
    for line in (b"0", b"65", b"true", b"1.0", b'"1"', b"1" * 400):
        yield b'\0\n{"lines":[{"line":' + line + b',"code":"x"}]}'
    yield b'\0\n{"lines":[{"line":1,"code":' + b"[" * 900 + b"]" * 900 + b"}]}"
    yield b'\0\n{"lines":[{"line":1}]}'
    yield b'\0\n{"lines":{"line":1}}'
    yield from (b"", b"\0", b"\0\n", b"\0\n[]", b"\1\nnot json", b'\1\n{"code":7}')


def date_seeds() -> Iterator[bytes]:
    """Yield dates as RFC 9110 has them, and what the standard library makes of others."""
    yield from (b"Tue, 19 Mar 2019 15:00:00 GMT", b"Tue, 19 Mar 2019 15:00:00 +0000")
    yield from (b"Tue, 19 Mar 2019 15:00:00 -0000", b"19 Mar 19 15:00", b"", b" ", b"GMT")
    yield from (b"Tue, 31 Feb 2019 15:00:00 GMT", b"Mon, 01 Jan 0001 00:00:00 +2359")
    yield from (
        b"Fri, 31 Dec 9999 23:59:59 -2359",
        b"1 1 1 1 1",
        b"Sun, 6 Nov 1994 08:49:37 +99999",
    )
    yield from (b"\xff", b"1 Jan 2019 1:1:1 +\xb2", b"Sunday, 06-Nov-94 08:49:37 GMT", b",,,", b"(")


TARGETS = (
    Target("refusal", check_refusal, refusal_seeds, words=("lines", "line", "code", "\\u0000")),
    Target("date", check_date, date_seeds, words=("GMT", "Mar", "+0000", "-2359", ":", ",")),
)
