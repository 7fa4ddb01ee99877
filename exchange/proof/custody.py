"""
How personal data is kept: under a key per handoff, so that erasing the key erases the person.

The data key is wrapped by a key-encryption key (AES-KW, RFC 3394); bodies are sealed under it
with AES-256-GCM, each with its own random 96-bit nonce and bound to the place it is kept in by
its *context*. Search goes through HMAC-SHA-256 digests under a key that never leaves us.
"""

import hmac
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from exchange.errors import EvidenceBroken, Sentence
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId

KEY_BYTES = 32
NONCE_BYTES = 12
NOT_UNWRAPPED = Sentence("a data key does not unwrap", "una llave de datos no se abre")
NOT_DECRYPTED = Sentence("a stored body does not decrypt", "un cuerpo guardado no se descifra")


def new_data_key(entropy: Entropy) -> bytes:
    """A fresh data key for one handoff."""
    return entropy(KEY_BYTES)


@dataclass(frozen=True, slots=True)
class KeyEncryptionKey:
    """
    The key under which data keys are kept; *kid* says which, once there are several.

    *before* is the one that it takes over from, while data keys may still be under that.
    """

    kid: KeyId
    key: bytes = field(repr=False)
    before: "KeyEncryptionKey | None" = field(default=None, repr=False)

    def wrap(self, data_key: bytes) -> bytes:
        """*data_key* as it may be stored: 40 octets."""
        return aes_key_wrap(self.key, data_key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """
        The data key that was wrapped.

        Raises:
            EvidenceBroken: *wrapped* was made with neither this key nor the one before, or was
                altered.
        """
        try:
            return aes_key_unwrap(self.key, wrapped)
        except InvalidUnwrap as fault:
            if self.before is not None:
                return self.before.unwrap(wrapped)
            raise EvidenceBroken(NOT_UNWRAPPED) from fault

    def rewrap(self, wrapped: bytes) -> bytes:
        """
        The data key under this key: *wrapped* itself where it is that already.

        Raises:
            EvidenceBroken: As ``unwrap`` says.
        """
        return self.wrap(self.unwrap(wrapped))


def encrypt(data_key: bytes, octets: bytes, *, context: bytes, entropy: Entropy) -> bytes:
    """*octets* as they may be stored: a fresh nonce, then ciphertext and tag."""
    nonce = entropy(NONCE_BYTES)
    return nonce + AESGCM(data_key).encrypt(nonce, octets, context)


def decrypt(data_key: bytes, stored: bytes, *, context: bytes) -> bytes:
    """
    The octets that ``encrypt`` was given.

    Raises:
        EvidenceBroken: *stored* was altered, or belongs to another key or *context*.
    """
    nonce, ciphertext = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
    try:
        return AESGCM(data_key).decrypt(nonce, ciphertext, context)
    except (InvalidTag, ValueError) as fault:
        raise EvidenceBroken(NOT_DECRYPTED) from fault


def keyed_digest(key: bytes, octets: bytes) -> bytes:
    """The 32 octets by which *octets* are found again, and which say nothing without *key*."""
    return hmac.digest(key, octets, "sha256")
