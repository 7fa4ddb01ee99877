"""What tells a duty officer is signed so that any library of the specification verifies it."""

import hashlib
import hmac
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from exchange.proof.webhooks import read_secret, signed_headers

AT = datetime(2021, 2, 25, 17, 4, 25, 999_999, tzinfo=UTC)
OCTETS = bytes(range(32))
SECRET = f"whsec_{b64encode(OCTETS).decode()}"


def test_the_published_example_verifies() -> None:
    """The secret, id, time and body that the specification's own libraries test with."""
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', at=at)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_signature_covers_id_time_and_body() -> None:
    """It is the HMAC of the three with full stops between, and another of any is another."""
    headers = signed_headers(OCTETS, "us-1", b"{}", at=AT)
    code = hmac.new(OCTETS, b"us-1.1614272665.{}", hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + b64encode(code).decode()
    others = (
        signed_headers(OCTETS, "us-2", b"{}", at=AT),
        signed_headers(OCTETS, "us-1", b"[]", at=AT),
        signed_headers(OCTETS, "us-1", b"{}", at=AT + timedelta(seconds=1)),
        signed_headers(bytes(32), "us-1", b"{}", at=AT),
    )
    signatures = {headers["webhook-signature"], *(one["webhook-signature"] for one in others)}
    assert len(signatures) == 5


@pytest.mark.parametrize("webhook", ["", "us.1", "us 1", "us\n", "ñ", "x" * 129])
def test_an_id_cannot_stand_for_two(webhook: str) -> None:
    """What could move the border between id and time is refused."""
    with pytest.raises(ValueError, match=re.escape("letters, digits, hyphens and low lines")):
        signed_headers(OCTETS, webhook, b"{}", at=AT)


@pytest.mark.parametrize("size", [24, 64])
def test_a_secret_is_read_as_it_is_written_down(size: int) -> None:
    """With the line's end that an editor leaves; from 24 octets to 64."""
    octets = bytes(size)
    assert read_secret(f"whsec_{b64encode(octets).decode()}\n") == octets


@pytest.mark.parametrize(
    "text",
    [
        "",
        b64encode(OCTETS).decode(),
        SECRET + "=",
        SECRET + " x",
        "whsec_" + b64encode(bytes(23)).decode(),
        "whsec_" + b64encode(bytes(65)).decode(),
        "whsec_-_-_",
    ],
)
def test_what_is_no_secret_is_refused(text: str) -> None:
    """What it wants is said, and nothing of what was written."""
    with pytest.raises(ValueError, match=r"^wants whsec_ and the base64 of 24 to 64 octets$"):
        read_secret(text)
