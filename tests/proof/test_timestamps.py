"""Stamps of an authority that OpenSSL runs: what holds, and everything that does not."""

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from exchange.errors import TimeStampRefused
from exchange.proof.timestamps import (
    ANSWER_BYTES_MAX,
    Stamp,
    ask_for,
    read_authority,
    read_stamp,
)
from tests.stamping import OPENSSL, StampingAuthority, new_authority

SAID = b"log.example/us\n12\nAAAA\n"


@pytest.fixture(params=OPENSSL)
def authority(tmp_path: Path) -> StampingAuthority:
    """Return an authority of its own for the test."""
    return new_authority(tmp_path)


def stamped(authority: StampingAuthority) -> Stamp:
    """Return its stamp of what was said."""
    asked = ask_for(SAID)
    return read_stamp(authority.answer(asked.octets), SAID, authority.trusted, nonce=asked.nonce)


def test_a_stamp_proves_when(authority: StampingAuthority) -> None:
    """It holds as it was answered, and again from what is kept, without the question."""
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    stamp = stamped(authority)
    assert before <= stamp.at <= dt.datetime.now(dt.UTC)
    assert read_stamp(stamp.octets, SAID, authority.trusted) == stamp
    assert stamp.serial > 0


def test_openssl_agrees(authority: StampingAuthority, tmp_path: Path) -> None:
    """What we keep is what anybody verifies by hand."""
    (tmp_path / "said").write_bytes(SAID)
    (tmp_path / "stamp.tsr").write_bytes(stamped(authority).octets)
    (tmp_path / "root.crt").write_bytes(authority.root.public_bytes(Encoding.PEM))
    files = ("-data", tmp_path / "said", "-in", tmp_path / "stamp.tsr")
    command = ("openssl", "ts", "-verify", *files, "-CAfile", tmp_path / "root.crt")
    done = subprocess.run(command, check=True, capture_output=True)
    assert b"Verification: OK" in done.stdout + done.stderr


def test_what_was_said_must_be_what_was_stamped(authority: StampingAuthority) -> None:
    """Of other octets it proves nothing."""
    octets = stamped(authority).octets
    with pytest.raises(TimeStampRefused):
        read_stamp(octets, SAID + b"x", authority.trusted)


def test_an_answer_to_another_question_is_refused(authority: StampingAuthority) -> None:
    """An older stamp of the same octets is no answer to a question of now."""
    asked = ask_for(SAID)
    older = stamped(authority).octets
    assert asked.nonce != ask_for(SAID).nonce
    with pytest.raises(TimeStampRefused):
        read_stamp(older, SAID, authority.trusted, nonce=asked.nonce)


def test_somebody_else_stamps_in_vain(authority: StampingAuthority, tmp_path: Path) -> None:
    """Who is not under a root that is trusted proves nothing, whatever its names."""
    (tmp_path / "other").mkdir()
    other = new_authority(tmp_path / "other")
    with pytest.raises(TimeStampRefused):
        read_stamp(stamped(other).octets, SAID, authority.trusted)


def test_a_refusal_is_no_stamp(authority: StampingAuthority) -> None:
    """An authority that refuses answers with a status, and with nothing else."""
    refused = authority.answer(b"0\x03\x02\x01\x01")
    with pytest.raises(TimeStampRefused):
        read_stamp(refused, SAID, authority.trusted)


def test_every_octet_counts(authority: StampingAuthority) -> None:
    """Whichever octet is altered, it does not hold as a stamp of another time or other octets."""
    stamp = stamped(authority)
    held = 0
    for place in range(len(stamp.octets)):
        octets = bytearray(stamp.octets)
        octets[place] ^= 1
        try:
            read = read_stamp(bytes(octets), SAID, authority.trusted)
        except TimeStampRefused:
            continue
        held += 1
        assert (read.at, read.serial) == (stamp.at, stamp.serial)
    assert held < len(stamp.octets) // 10


@pytest.mark.parametrize("octets", [b"", b"0", b"\x30\x80", bytes(40), bytes(ANSWER_BYTES_MAX + 1)])
def test_what_is_no_answer_is_refused(authority: StampingAuthority, octets: bytes) -> None:
    """Nothing, noise, and more than an answer may be."""
    with pytest.raises(TimeStampRefused):
        read_stamp(octets, SAID, authority.trusted)


def test_roots_are_certificates() -> None:
    """Who trusts nobody is told so."""
    with pytest.raises(ValueError, match="PEM"):
        read_authority(b"nobody")
