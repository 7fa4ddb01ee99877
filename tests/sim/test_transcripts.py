"""What is laid side by side: chance makes no difference, and everything else does."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from exchange.proof.encoding import b64u
from tests.sim.transcripts import Event, Masks, Transcript, first_difference

DIGESTS = {"one": "A" * 43, "other": "B" * 43}
HANDOFFS = {
    "one": "0f9b3a52-6d0e-4f57-9a43-5d2c1be7a001",
    "other": "5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c02",
}
NUMBERS = {
    "one": "01c1b893-583e-7111-8222-333333333333",
    "other": "01c1b893-583e-7444-9555-666666666666",
}
SIGNATURES = {"one": "C" * 86, "other": "D" * 86}
SALTS = {"one": "E" * 22, "other": "F" * 22}
IAT = 1931536980


def a_line(of: str, *, sub: str | None = None, iat: int = IAT, reason: str = "withdrawn") -> bytes:
    """Return a signed line with what chance decided in one run or the *other*."""
    payload = (
        f'{{"bod":"{DIGESTS[of]}","iat":{iat},"jti":"{NUMBERS[of]}","sub":"{sub or HANDOFFS[of]}"}}'
    )
    body = f'{{"reason":"{reason}","salt":"{SALTS[of]}"}}'
    protected = b64u(b'{"alg":"ES256","kid":"us-sign-1"}')
    return (
        f'{{"payload":"{b64u(payload.encode())}","signatures":[{{"protected":"{protected}",'
        f'"signature":"{SIGNATURES[of]}"}}],"body":"{b64u(body.encode())}"}}'
    ).encode()


def a_request(*lines: bytes, head: str = "") -> bytes:
    """Return a request with *lines*."""
    body = b"\n".join(lines)
    start = f"POST /v1/messages HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
    return start.encode() + body


def a_transcript(of: str) -> Transcript:
    """Return what is seen of a request in two packets and of another after it."""
    first, second = a_request(a_line(of)), a_request(a_line(of), head="Accept: */*\r\n")
    return Transcript(
        [
            Event(1.0, "us>mx 1", "us syn"),
            Event(1.5, "us>mx 1", "us data", first[:40]),
            Event(1.5, "us>mx 1", "us data", first[40:]),
            Event(2.0, "us>mx 2", "us data", second),
            Event(2.5, "ledger", "us", b'{"size":3,"root":"aa"}', is_whole=True),
        ]
    )


def changed(number: int, **members: object) -> Callable[[], Transcript]:
    """Return what makes the other transcript with one event changed."""

    def make() -> Transcript:
        transcript = a_transcript("other")
        transcript.events[number] = replace(transcript.events[number], **members)  # type: ignore[arg-type]  # each test names its own
        return transcript

    return make


def swapped() -> Transcript:
    """Return the other transcript with two packets in another order."""
    transcript = a_transcript("other")
    events = transcript.events
    events[2], events[3] = events[3], events[2]
    return transcript


def shorter() -> Transcript:
    """Return the other transcript without its last event."""
    return Transcript(a_transcript("other").events[:-1])


def test_chance_makes_no_difference() -> None:
    """Ids, digests, signatures and salts may be others."""
    one, other = a_transcript("one"), a_transcript("other")
    assert one != other
    assert first_difference(one, other) is None


@pytest.mark.parametrize(
    ("number", "make"),
    ids=(
        "time",
        "kind",
        "connection",
        "second",
        "octet",
        "header",
        "blank",
        "size",
        "order",
        "end",
    ),
    argvalues=[
        (0, changed(0, at=1.000061)),
        (0, changed(0, what="us fin")),
        (0, changed(0, where="us>mx 2")),
        (3, changed(3, octets=a_request(a_line("other", iat=IAT + 1), head="Accept: */*\r\n"))),
        (
            3,
            changed(
                3, octets=a_request(a_line("other", reason="withdrawm"), head="Accept: */*\r\n")
            ),
        ),
        (3, changed(3, octets=a_request(a_line("other"), head="Accept: *,*\r\n"))),
        (3, changed(3, octets=a_request(a_line("other"), b" ", head="Accept: */*\r\n"))),
        (4, changed(4, octets=b'{"size":4,"root":"bb"}')),
        (2, swapped),
        (4, shorter),
    ],
)
def test_everything_else_makes_one(number: int, make: Callable[[], Transcript]) -> None:
    """A moment, a second, an octet, a length, an order, an end: each is seen where it begins."""
    found = first_difference(a_transcript("one"), make())
    assert found is not None
    assert found.number == number
    assert " / " in found.brief


def test_who_is_meant_is_no_chance() -> None:
    """The same things in another order are not the same: who is spoken of first is known."""
    transcripts = []
    for order in (("one", "other"), ("other", "one")):
        lines = [a_line("one", sub=HANDOFFS[of]) for of in ("one", "other", *order)]
        transcripts.append(Transcript([Event(1.0, "us>mx 1", "us data", a_request(*lines))]))
    assert first_difference(*transcripts) is not None


def test_the_time_of_a_number_stays() -> None:
    """Of a message's number the moment at which it was minted is compared."""
    early, late = (NUMBERS["one"].replace("583e", part).encode() for part in ("583e", "583f"))
    assert Masks().masked(early) != Masks().masked(late)


def test_what_never_became_whole_is_compared() -> None:
    """Half a request counts for what it says."""
    halves = (a_request(b"x" * 9)[:-2], a_request(b"y" * 9)[:-2])
    transcripts = [Transcript([Event(1.0, "us>mx 1", "us data", half)]) for half in halves]
    assert first_difference(*transcripts) is not None
