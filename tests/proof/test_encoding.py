"""Octets and times as values of the wire."""

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from exchange.proof.encoding import Digest, b64, b64u, digest, instant, seconds, unb64, unb64u

DIGEST = TypeAdapter(Digest)


@given(st.binary(max_size=200))
def test_octets_come_back_from_their_text(octets: bytes) -> None:
    """Whatever is written as text is read as the same octets."""
    assert unb64u(b64u(octets)) == octets
    assert b64u(octets).encode() == urlsafe_b64encode(octets).rstrip(b"=")


@given(st.text(alphabet="AQgw-_zZ09+/= \n.é", max_size=12))
def test_no_second_text_is_read_as_the_same_octets(text: str) -> None:
    """A text is refused unless it is exactly what its octets are written as."""
    try:
        octets = unb64u(text)
    except ValueError:
        return
    assert b64u(octets) == text


@pytest.mark.parametrize(
    "text",
    ["QQ==", "QR", "Q", "Q Q", "QQ\n", "QQ.", "+/+/", "QQ=", "é", "QUJD=", "\ud800"],
    ids=ascii,
)
def test_sloppy_text_is_refused(text: str) -> None:
    """Padding, foreign characters, trailing bits and impossible lengths are refused."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        unb64u(text)


@given(st.binary(max_size=200))
def test_octets_come_back_from_their_text_in_a_note(octets: bytes) -> None:
    """There the text is the padded one that everyone's library writes."""
    assert unb64(b64(octets)) == octets
    assert b64(octets).encode() == b64encode(octets)


@pytest.mark.parametrize(
    "text",
    ["QQ", "QQ=", "QQ===", "QR==", "Q Q=", "QQ==\n", "QQ==QQ==", "-_-_", "é", "=", "\ud800"],
    ids=ascii,
)
def test_sloppy_text_of_a_note_is_refused(text: str) -> None:
    """Missing padding, foreign characters and trailing bits are refused there too."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        unb64(text)


def test_a_digest_is_sha256_and_stands_on_the_wire_as_text() -> None:
    """A digest is 32 octets in Python and 43 characters on the wire."""
    raw = digest(b"abc")
    assert raw == sha256(b"abc").digest()
    assert DIGEST.validate_python(b64u(raw)) == raw
    assert DIGEST.validate_python(raw) == raw
    assert DIGEST.dump_python(raw) == b64u(raw)


@pytest.mark.parametrize("value", ["", "QQ", "A" * 42 + "B", "A" * 44, 3, None, b"short"], ids=repr)
def test_what_is_no_digest_is_refused(value: object) -> None:
    """Another length, another kind or trailing bits are not a digest."""
    with pytest.raises(ValidationError):
        DIGEST.validate_python(value)


def test_times_are_whole_seconds() -> None:
    """A time goes to the wire without its fraction and comes back aware."""
    at = datetime(2019, 3, 19, 8, 0, 7, 999_999, tzinfo=UTC)
    assert instant(seconds(at)) == at.replace(microsecond=0)


def test_only_padding_is_stripped() -> None:
    """Text that ends in a letter keeps it, whichever letter it is."""
    for text in ("AAAX", "AAAXXXXX", "AAA_", "AAA-", "AAAA"):
        assert b64u(unb64u(text)) == text
