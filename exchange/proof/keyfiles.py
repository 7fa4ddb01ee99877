"""
Private keys in files: the one place of this room that touches the disk.

Our own form is a JSON file with the name, algorithm and role of the key in clear, and its JWK
under AES-256-GCM with a key that scrypt makes from the passphrase; what stands in clear is
authenticated with it. An encrypted PEM file (P-256, P-384) is read too: its name is the file's.
A file that others may read is refused, whatever it holds.
"""

import os
import re
import stat
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from exchange.errors import GrammarBroken, NotConfigured, Sentence
from exchange.proof import grammar
from exchange.proof.algorithms import read_private_jwk
from exchange.proof.curves import EcPrivate
from exchange.proof.encoding import b64u, unb64u
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId
from exchange.proof.keys import PrivateKey, Role
from exchange.proof.sealing import OpeningKey, read_opening_half
from exchange.proof.signatures import KID_PATTERN

SCRYPT_N = 2**15
SALT_BYTES = 16
FILE_BYTES_MAX = 64 * 1024
_PEM_ALGORITHMS = {"secp256r1": "ES256", "secp384r1": "ES384"}


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A symmetric key: the one that wraps data keys, or the one that digests for search."""

    kid: KeyId
    role: str
    octets: bytes = field(repr=False)


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Kdf(_Closed):
    name: Literal["scrypt"] = "scrypt"
    n: Annotated[int, Field(ge=2**14, le=2**18)] = SCRYPT_N
    r: Literal[8] = 8
    p: Literal[1] = 1
    salt: str


class _Clear(_Closed):
    version: Literal[1] = 1
    kid: str = Field(pattern=KID_PATTERN)
    role: str
    alg: str
    kdf: _Kdf
    enc: Literal["A256GCM"] = "A256GCM"
    nonce: str

    def authenticated(self) -> bytes:
        return grammar.canonical(self.model_dump(exclude={"ciphertext"}))


class _File(_Clear):
    ciphertext: str


def new_salt(entropy: Entropy) -> bytes:
    """A salt for files that are made together, under one passphrase."""
    return entropy(SALT_BYTES)


def write_private_key(
    path: Path, key: PrivateKey, passphrase: bytes, *, entropy: Entropy, salt: bytes | None = None
) -> None:
    """
    *key* is in a new file that only its owner may read; of one *salt* are files read together.

    Raises:
        NotConfigured: There is a file already; it is never written over.
    """
    _write(path, key.kid, key.role, key.half.jwk(), passphrase, entropy, salt)


def write_opening_key(
    path: Path, key: OpeningKey, passphrase: bytes, *, entropy: Entropy, salt: bytes | None = None
) -> None:
    """
    *key* is in a new file that only its owner may read; of one *salt* are files read together.

    Raises:
        NotConfigured: There is a file already; it is never written over.
    """
    _write(path, key.kid, Role.ENCRYPT, key.half.jwk(), passphrase, entropy, salt)


def write_secret_key(
    path: Path, key: SecretKey, passphrase: bytes, *, entropy: Entropy, salt: bytes | None = None
) -> None:
    """
    *key* is in a new file that only its owner may read; of one *salt* are files read together.

    Raises:
        NotConfigured: There is a file already; it is never written over.
    """
    jwk = {"kty": "oct", "alg": "dir", "k": b64u(key.octets)}
    _write(path, key.kid, key.role, jwk, passphrase, entropy, salt)


def read_private_key(path: Path, passphrase: bytes) -> PrivateKey:
    """
    The signing key in the file at *path*, ours or an encrypted PEM.

    Raises:
        NotConfigured: It cannot be read, others may read it, it is no key, or the passphrase is
            another.
    """
    octets = _read(path)
    if octets.startswith(b"-----BEGIN "):
        return _read_pem(path, octets, passphrase)
    clear, jwk = _open(path, octets, passphrase)
    try:
        half = read_private_jwk(jwk)
    except ValueError as fault:
        raise _fault(
            path, Sentence("it does not hold a signing key", "no contiene una llave de firma")
        ) from fault
    return PrivateKey(KeyId(clear.kid), clear.role, half)


def read_opening_key(path: Path, passphrase: bytes) -> OpeningKey:
    """
    The key in the file at *path* that opens what was sealed for us.

    Raises:
        NotConfigured: It cannot be read, others may read it, it is no key, or the passphrase is
            another.
    """
    clear, jwk = _open(path, _read(path), passphrase)
    try:
        half = read_opening_half(jwk)
    except ValueError as fault:
        raise _fault(
            path, Sentence("it does not hold a key that opens", "no contiene una llave que abra")
        ) from fault
    return OpeningKey(KeyId(clear.kid), half)


def read_secret_key(path: Path, passphrase: bytes) -> SecretKey:
    """
    The symmetric key in the file at *path*.

    Raises:
        NotConfigured: It cannot be read, others may read it, it is no key, or the passphrase is
            another.
    """
    clear, jwk = _open(path, _read(path), passphrase)
    if jwk.get("kty") != "oct":
        raise _fault(
            path, Sentence("it does not hold a symmetric key", "no contiene una llave simétrica")
        )
    return SecretKey(KeyId(clear.kid), clear.role, unb64u(jwk["k"]))


def _write(  # each part of a file
    path: Path,
    kid: KeyId,
    role: str,
    jwk: dict[str, str],
    passphrase: bytes,
    entropy: Entropy,
    salt: bytes | None,
) -> None:
    kdf, nonce = _Kdf(salt=b64u(salt or new_salt(entropy))), entropy(12)
    clear = _Clear(kid=kid, role=role, alg=jwk["alg"], kdf=kdf, nonce=b64u(nonce))
    cipher = AESGCM(_derive(passphrase, clear.kdf))
    ciphertext = cipher.encrypt(nonce, grammar.canonical(jwk), clear.authenticated())
    document = clear.model_dump() | {"ciphertext": b64u(ciphertext)}
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise _fault(path, Sentence("it cannot be created", "no se puede crear")) from fault
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise _fault(
                    path,
                    Sentence(
                        "others than its owner may read it: chmod 600",
                        "otros además de su dueño pueden leerlo: chmod 600",
                    ),
                )
            return file.read(FILE_BYTES_MAX)
    except OSError as fault:
        raise _fault(path, Sentence("it cannot be read", "no se puede leer")) from fault


def _open(path: Path, octets: bytes, passphrase: bytes) -> tuple[_Clear, dict[str, str]]:
    try:
        file = _File.model_validate(grammar.parse(octets))
        nonce, ciphertext = unb64u(file.nonce), unb64u(file.ciphertext)
        cipher = AESGCM(_derive(passphrase, file.kdf))
        jwk = grammar.parse(cipher.decrypt(nonce, ciphertext, file.authenticated()))
        members = _JWK.validate_python(jwk)
    except InvalidTag as fault:
        raise _fault(
            path,
            Sentence(
                "the passphrase is another, or the file was altered",
                "la frase de paso es otra, o el archivo fue alterado",
            ),
        ) from fault
    except (ValueError, GrammarBroken) as fault:
        raise _fault(path, Sentence("it is not a key file", "no es un archivo de llave")) from fault
    return file, members


_JWK = TypeAdapter(dict[str, str])


@lru_cache(maxsize=2)
def _derive(passphrase: bytes, kdf: _Kdf) -> bytes:
    """
    What a file is under. It takes a quarter of a second, by design: once for files of one salt.

    It is kept in memory, where what it opens is as well.
    """
    return Scrypt(salt=unb64u(kdf.salt), length=32, n=kdf.n, r=kdf.r, p=kdf.p).derive(passphrase)


def _read_pem(path: Path, octets: bytes, passphrase: bytes) -> PrivateKey:
    try:
        key = load_pem_private_key(octets, passphrase)
    except (ValueError, TypeError) as fault:
        raise _fault(
            path,
            Sentence(
                "it is not an encrypted PEM, or the passphrase is another",
                "no es un PEM cifrado, o la frase de paso es otra",
            ),
        ) from fault
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name not in _PEM_ALGORITHMS:
        raise _fault(
            path, Sentence("it is no P-256 or P-384 key", "no es una llave P-256 ni P-384")
        )
    if not re.fullmatch(KID_PATTERN, path.stem):
        raise _fault(
            path,
            Sentence(
                "its name, without the ending, is no kid",
                "su nombre, sin la terminación, no es un kid",
            ),
        )
    return PrivateKey(KeyId(path.stem), "sign", EcPrivate(_PEM_ALGORITHMS[key.curve.name], key))


def _fault(path: Path, why: Sentence) -> NotConfigured:
    return NotConfigured(
        [Sentence(f"key file {path.name}: {why}", f"archivo de llave {path.name}: {why.es}")],
    )
