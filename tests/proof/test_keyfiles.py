"""Private keys in files."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from exchange.errors import NotConfigured
from exchange.proof.keyfiles import (
    FILE_BYTES_MAX,
    read_opening_key,
    read_private_key,
    read_secret_key,
    write_opening_key,
    write_private_key,
    write_secret_key,
)
from exchange.proof.keys import PrivateKey
from tests.keys import PASSPHRASE, US, entropy_from


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the signing key of the United States."""
    path = tmp_path / "us-sign-2019a.json"
    write_private_key(path, US.sign, PASSPHRASE, entropy=entropy_from("file"))
    return path


@pytest.mark.parametrize("key", [US.sign, US.pq_sign, US.root_keys[0]], ids=lambda key: key.alg)
def test_a_private_key_comes_back_from_its_file(tmp_path: Path, key: PrivateKey) -> None:
    """Name, role and both halves; the file is its owner's only and shows no secret."""
    path = tmp_path / "key.json"
    write_private_key(path, key, PASSPHRASE, entropy=entropy_from("file"))
    again = read_private_key(path, PASSPHRASE)
    assert (again.kid, again.role, again.half.jwk()) == (key.kid, key.role, key.half.jwk())
    assert path.stat().st_mode & 0o777 == 0o600
    secret = key.half.jwk().get("d") or key.half.jwk()["priv"]
    assert secret not in path.read_text("utf-8")


def test_a_symmetric_key_comes_back_from_its_file(tmp_path: Path) -> None:
    """The key that wraps data keys is kept in the same way."""
    path = tmp_path / "us-wrap-2019a.json"
    write_secret_key(path, US.wrap, PASSPHRASE, entropy=entropy_from("file"))
    assert read_secret_key(path, PASSPHRASE) == US.wrap


def test_a_key_that_opens_comes_back_from_its_file(tmp_path: Path, file: Path) -> None:
    """It is kept in the same way, and is not taken for a key that signs, nor one for it."""
    path = tmp_path / "us-encrypt-2019a.json"
    write_opening_key(path, US.opening, PASSPHRASE, entropy=entropy_from("file"))
    again = read_opening_key(path, PASSPHRASE)
    assert (again.kid, again.half.jwk()) == (US.opening.kid, US.opening.half.jwk())
    with pytest.raises(NotConfigured, match="does not hold a key that opens"):
        read_opening_key(file, PASSPHRASE)
    with pytest.raises(NotConfigured, match="does not hold a signing key"):
        read_private_key(path, PASSPHRASE)


def test_a_file_says_what_it_holds_and_how_it_is_locked(file: Path) -> None:
    """Name, role, algorithm and the parameters of the lock stand in clear."""
    document = json.loads(file.read_bytes())
    assert (document["kid"], document["role"], document["alg"]) == (
        US.sign.kid,
        "sign",
        "ES256",
    )
    assert document["kdf"] | {"salt": ""} == {
        "name": "scrypt",
        "n": 32768,
        "r": 8,
        "p": 1,
        "salt": "",
    }
    assert document["enc"] == "A256GCM"


def test_a_key_file_is_never_written_over(file: Path) -> None:
    """A name that is taken stays as it is."""
    before = file.read_bytes()
    with pytest.raises(NotConfigured, match="cannot be created"):
        write_private_key(file, US.pq_sign, PASSPHRASE, entropy=entropy_from("again"))
    assert file.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o666])
def test_a_file_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    """One bit for group or world is enough, and the operator is told what to do."""
    file.chmod(mode)
    with pytest.raises(NotConfigured, match="chmod 600"):
        read_private_key(file, PASSPHRASE)


def test_another_passphrase_opens_nothing(file: Path) -> None:
    """The operator is told that it is the passphrase, or the file."""
    with pytest.raises(NotConfigured, match=r"us-sign-2019a\.json: the passphrase is another"):
        read_private_key(file, b"another")


def test_what_stands_in_clear_cannot_be_changed(file: Path) -> None:
    """A key given another name or role does not open."""
    for change in ({"kid": "us-sign-2020a"}, {"role": "root"}, {"alg": "ES384"}):
        document = json.loads(file.read_bytes()) | change
        other = file.with_name("other.json")
        other.write_text(json.dumps(document), "utf-8")
        other.chmod(0o600)
        with pytest.raises(NotConfigured, match="altered"):
            read_private_key(other, PASSPHRASE)
        other.unlink()


def changed(**changes: Any) -> bytes:
    """The document of a key file, with *changes*, that never comes to its ciphertext."""
    document = {
        "version": 1,
        "kid": "us-sign-2019a",
        "role": "sign",
        "alg": "ES256",
        "kdf": {"name": "scrypt", "n": 2**15, "r": 8, "p": 1, "salt": "AAAA"},
        "enc": "A256GCM",
        "nonce": "AAAAAAAAAAAAAAAA",
        "ciphertext": "AAAA",
    }
    return json.dumps(document | changes).encode()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff",
        b"[]",
        changed(version=2),
        changed(kid="../x"),
        changed(more=1),
        changed(ciphertext="A"),
        changed(nonce="AAAA"),
        changed(enc="A128GCM"),
        changed(kdf={"name": "scrypt", "n": 2**30, "r": 8, "p": 1, "salt": "AAAA"}),
        changed(kdf={"name": "scrypt", "n": 2**15 + 1, "r": 8, "p": 1, "salt": "AAAA"}),
        changed(kdf={"name": "scrypt", "n": 2, "r": 8, "p": 1, "salt": "AAAA"}),
        b"-----BEGIN " + b"PRIVATE KEY-----\n",
    ],
    ids=range(13),
)
def test_a_file_that_is_no_key_is_not_configured(tmp_path: Path, octets: bytes) -> None:
    """Anything else in the file's place is named as that, at no great cost."""
    path = tmp_path / "us-sign-2019a.json"
    path.write_bytes(octets)
    path.chmod(0o600)
    with pytest.raises(NotConfigured, match=r"us-sign-2019a\.json"):
        read_private_key(path, PASSPHRASE)


def test_a_file_that_is_not_there_is_not_configured(tmp_path: Path) -> None:
    """The operator is told which file, not where on the disk."""
    with pytest.raises(NotConfigured, match=r"^key file none\.json: it cannot be read$"):
        read_private_key(tmp_path / "none.json", PASSPHRASE)


def test_a_key_of_the_other_kind_is_refused(file: Path, tmp_path: Path) -> None:
    """A signing key is no symmetric key, and the other way round."""
    with pytest.raises(NotConfigured, match="symmetric"):
        read_secret_key(file, PASSPHRASE)
    secret = tmp_path / "us-wrap-2019a.json"
    write_secret_key(secret, US.wrap, PASSPHRASE, entropy=entropy_from("file"))
    with pytest.raises(NotConfigured, match="signing"):
        read_private_key(secret, PASSPHRASE)


def pem(path: Path, key: Any, passphrase: bytes | None) -> Path:
    """A PEM file with *key*."""
    lock: serialization.KeySerializationEncryption = (
        serialization.NoEncryption()
        if passphrase is None
        else serialization.BestAvailableEncryption(passphrase)
    )
    octets = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    path.write_bytes(octets)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    ("curve", "alg"), [(ec.SECP256R1(), "ES256"), (ec.SECP384R1(), "ES384")], ids=["P-256", "P-384"]
)
def test_an_encrypted_pem_is_read_under_its_files_name(
    tmp_path: Path, curve: ec.EllipticCurve, alg: str
) -> None:
    """A key from another tool signs as any other; its kid is the name of its file."""
    path = pem(tmp_path / "us-sign-2020a.pem", ec.derive_private_key(7, curve), PASSPHRASE)
    key = read_private_key(path, PASSPHRASE)
    assert (key.kid, key.role, key.alg) == ("us-sign-2020a", "sign", alg)
    assert key.half.public.verify(b"octets", key.sign(b"octets"))


@pytest.mark.parametrize(
    ("name", "key", "lock", "why"),
    [
        ("us-sign.pem", ec.derive_private_key(7, ec.SECP256R1()), None, "encrypted"),
        ("us-sign.pem", ec.derive_private_key(7, ec.SECP256R1()), b"other", "encrypted"),
        ("us-sign.pem", ec.derive_private_key(7, ec.SECP521R1()), PASSPHRASE, "P-256"),
        (
            "us-sign.pem",
            ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)),
            PASSPHRASE,
            "P-256",
        ),
        ("US sign.pem", ec.derive_private_key(7, ec.SECP256R1()), PASSPHRASE, "kid"),
    ],
    ids=["in clear", "another passphrase", "P-521", "Ed25519", "a name that is no kid"],
)
def test_another_pem_is_refused(
    tmp_path: Path, name: str, key: Any, lock: bytes | None, why: str
) -> None:
    """A key in clear, on another curve or without a usable name is not taken."""
    with pytest.raises(NotConfigured, match=why):
        read_private_key(pem(tmp_path / name, key, lock), PASSPHRASE)


def test_salt_and_nonce_take_as_much_chance_as_they_need(tmp_path: Path) -> None:
    """A file asks for 16 octets of salt and 12 of nonce, and says no more than that."""
    asked: list[int] = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return bytes(size)

    path = tmp_path / "wrap.jwk"
    write_secret_key(path, US.wrap, PASSPHRASE, entropy=entropy)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert asked == [16, 12]
    assert document["alg"] == "dir"
    assert (len(document["kdf"]["salt"]), len(document["nonce"])) == (22, 16)


def test_a_symmetric_key_that_does_not_open_is_named(tmp_path: Path) -> None:
    """The fault of a bodies key says which file it is of, without its folder."""
    path = tmp_path / "bodies.jwk"
    write_secret_key(path, US.wrap, PASSPHRASE, entropy=entropy_from("bodies"))
    with pytest.raises(NotConfigured, match=r"^key file bodies\.jwk: the passphrase is another"):
        read_secret_key(path, b"another")


def test_a_file_longer_than_any_key_is_not_read_to_its_end(file: Path) -> None:
    """A key that stands behind a mountain of spaces is none: a file takes no more memory."""
    octets = file.read_bytes()
    file.write_bytes(b" " * FILE_BYTES_MAX + octets)
    with pytest.raises(NotConfigured, match="it is not a key file"):
        read_private_key(file, PASSPHRASE)
