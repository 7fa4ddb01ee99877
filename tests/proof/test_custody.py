"""Personal data under a key per handoff."""

import hmac
from hashlib import sha256

import pytest

from exchange.errors import EvidenceBroken
from exchange.proof.custody import (
    KeyEncryptionKey,
    decrypt,
    encrypt,
    keyed_digest,
    new_data_key,
)
from exchange.proof.jws import KeyId
from tests.keys import US, entropy_from

KEK = KeyEncryptionKey(US.wrap.kid, US.wrap.octets)
KEY = new_data_key(entropy_from("data key"))
STORED = encrypt(KEY, b"a body", context=b"handoff 1", entropy=entropy_from("nonce"))


def test_a_body_comes_back_under_its_key_and_context() -> None:
    """What is stored is a nonce, a ciphertext and a tag, and opens to the same octets."""
    assert decrypt(KEY, STORED, context=b"handoff 1") == b"a body"
    assert len(STORED) == 12 + len(b"a body") + 16
    assert b"body" not in STORED


def test_no_two_bodies_look_alike() -> None:
    """The same octets stored twice are two ciphertexts."""
    entropy = entropy_from("nonces")
    first = encrypt(KEY, b"a body", context=b"", entropy=entropy)
    assert encrypt(KEY, b"a body", context=b"", entropy=entropy) != first


@pytest.mark.parametrize(
    ("key", "stored", "context"),
    [
        (bytes(32), STORED, b"handoff 1"),
        (KEY, STORED, b"handoff 2"),
        (KEY, STORED[:-1] + bytes([STORED[-1] ^ 1]), b"handoff 1"),
        (KEY, STORED[:20], b"handoff 1"),
        (KEY, b"", b"handoff 1"),
    ],
    ids=["another key", "another place", "altered", "cut short", "nothing"],
)
def test_what_was_altered_or_moved_does_not_open(key: bytes, stored: bytes, context: bytes) -> None:
    """A stored body opens only under its key, in its place and whole."""
    with pytest.raises(EvidenceBroken):
        decrypt(key, stored, context=context)


def test_a_data_key_is_kept_wrapped() -> None:
    """It comes back from 40 octets that say nothing by themselves."""
    wrapped = KEK.wrap(KEY)
    assert len(wrapped) == 40
    assert KEK.unwrap(wrapped) == KEY
    assert KEY not in wrapped


@pytest.mark.parametrize("wrapped", [b"", bytes(40), KEK.wrap(KEY)[:-8]], ids=[0, 1, 2])
def test_what_was_not_wrapped_does_not_unwrap(wrapped: bytes) -> None:
    """An altered or foreign wrapping is our own record broken."""
    with pytest.raises(EvidenceBroken):
        KEK.unwrap(wrapped)
    other = KeyEncryptionKey(KeyId("other"), bytes(32))
    with pytest.raises(EvidenceBroken):
        other.unwrap(KEK.wrap(KEY))


def test_a_key_that_takes_over_opens_what_the_one_before_wrapped() -> None:
    """What was under the old key is wrapped anew; what is under the new one stays as it is."""
    fresh = KeyEncryptionKey(KeyId("fresh"), bytes(32), KEK)
    assert fresh.unwrap(KEK.wrap(KEY)) == KEY
    assert fresh.rewrap(KEK.wrap(KEY)) == fresh.rewrap(fresh.wrap(KEY)) == fresh.wrap(KEY)
    with pytest.raises(EvidenceBroken):
        fresh.unwrap(bytes(40))
    assert repr(fresh) == "KeyEncryptionKey(kid='fresh')"


def test_a_keyed_digest_is_hmac_sha256() -> None:
    """The same octets are found again, and only by who has the key."""
    expected = hmac.new(US.search.octets, b"octets", sha256).digest()
    assert keyed_digest(US.search.octets, b"octets") == expected
    assert keyed_digest(bytes(32), b"octets") != expected


def test_no_secret_is_in_what_a_key_prints() -> None:
    """A key that ends in a log says its name only."""
    assert repr(KEK) == "KeyEncryptionKey(kid='us-wrap-2019a')"


def test_a_key_and_a_nonce_take_as_much_chance_as_they_need() -> None:
    """A data key asks for 32 octets and a nonce for 12: more or fewer would be another cipher."""
    asked: list[int] = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return bytes(size)

    encrypt(new_data_key(entropy), b"a body", context=b"handoff 1", entropy=entropy)
    assert asked == [32, 12]


def test_what_does_not_open_is_named() -> None:
    """An operator is told whether it was the key of a handoff or a body that does not open."""
    with pytest.raises(EvidenceBroken, match="a data key does not unwrap"):
        KEK.unwrap(bytes(40))
    with pytest.raises(EvidenceBroken, match="a stored body does not decrypt"):
        decrypt(KEY, STORED, context=b"handoff 2")
