"""Checkpoints: what is signed, by whom, and that nothing else is believed."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from struct import pack
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from exchange.errors import BadSignature, UnknownKey
from exchange.proof.algorithms import OkpPublic
from exchange.proof.checkpoints import (
    SIZE_MAX,
    Checkpoint,
    Vouched,
    cosign,
    journal_origin,
    ledger_origin,
    read_checkpoint,
    sign,
    verify,
    witness_name,
    write_proof,
)
from exchange.proof.encoding import b64, seconds
from exchange.proof.jws import KeyId
from exchange.proof.notes import Note, NoteKey, NoteSignature, read_note
from tests.keys import MX, US, private_key

AT = datetime(2019, 3, 19, 15, 0, tzinfo=UTC)
ROOT = sha256(b"").digest()
CHECKPOINT = Checkpoint(ledger_origin(US.urn), 20852163, ROOT)


class Ed25519Signer:
    """An Ed25519 key of the tests."""

    kid, alg = KeyId("us-ledger"), "Ed25519"
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

    def sign(self, octets: bytes, /) -> bytes:
        """The one signature over *octets*."""
        return self.key.sign(octets)


WITNESS = private_key("mx-witness", "witness", "ML-DSA-44")
LOG_KEY = NoteKey(ledger_origin(US.urn), OkpPublic(Ed25519Signer.key.public_key()))
WITNESS_KEY = NoteKey(witness_name(MX.urn), WITNESS.half.public)
STRANGER = NoteKey("example.com/stranger", WITNESS.half.public)

SIGNED = sign(CHECKPOINT, LOG_KEY, Ed25519Signer())
COSIGNED = cosign(CHECKPOINT, WITNESS_KEY, WITNESS, at=AT)
NOTE = Note(CHECKPOINT.text, (SIGNED, COSIGNED))


def test_a_log_is_called_after_its_party() -> None:
    """A ledger that went on after a loss has a new name, and the journal one of its own."""
    assert ledger_origin("urn:handoff:us:cbp") == "urn:handoff:us:cbp:ledger:1"
    assert ledger_origin("urn:handoff:us:cbp", 2) == "urn:handoff:us:cbp:ledger:2"
    assert journal_origin("urn:handoff:us:cbp") == "urn:handoff:us:cbp:journal:1"
    assert witness_name("urn:handoff:mx:inm") == "urn:handoff:mx:inm:witness"


def test_the_text_of_a_checkpoint_is_three_lines() -> None:
    """Origin, size and root, as the specification writes its example."""
    root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    text = f"example.com/behind-the-sofa\n20852163\n{root}\n"
    read = read_checkpoint(Note(text, ()))
    assert read == Checkpoint("example.com/behind-the-sofa", 20852163, read.root)
    assert b64(read.root) == root
    assert read.text == text
    empty = Checkpoint("a", 0, ROOT)
    assert read_checkpoint(Note(empty.text, ())) == empty


def test_who_signed_is_told_with_the_time_that_they_stated() -> None:
    """The owner's plain signature states none; the order is that of the note."""
    note = read_note(NOTE.octets())
    assert verify(note, [WITNESS_KEY, LOG_KEY]) == [
        Vouched(LOG_KEY, None),
        Vouched(WITNESS_KEY, AT),
    ]


def test_signatures_of_others_mean_nothing() -> None:
    """Whoever they are and whatever they are, the note holds by those that we trust."""
    others = (
        NoteSignature(STRANGER.name, STRANGER.key_id, b"nonsense"),
        replace(COSIGNED, key_id=LOG_KEY.key_id),
        replace(COSIGNED, name=LOG_KEY.name),
    )
    note = replace(NOTE, signatures=(*others, SIGNED))
    assert verify(note, [LOG_KEY, WITNESS_KEY]) == [Vouched(LOG_KEY, None)]
    with pytest.raises(UnknownKey):
        verify(replace(NOTE, signatures=others), [LOG_KEY, WITNESS_KEY])
    with pytest.raises(UnknownKey):
        verify(NOTE, [])


def test_what_is_cosigned_is_the_structure_of_the_specification() -> None:
    """Built here by hand: label, cosigner, time, log, start, end and hash."""
    time, signature = COSIGNED.octets[:8], COSIGNED.octets[8:]
    name, origin = WITNESS_KEY.name.encode(), CHECKPOINT.origin.encode()
    message = (
        pack(">12sB", b"subtree/v1\n\0", len(name))
        + name
        + pack(">QB", seconds(AT), len(origin))
        + origin
        + pack(">QQ32s", 0, CHECKPOINT.size, CHECKPOINT.root)
    )
    public = WITNESS.half.public.jwk()
    assert time == pack(">Q", seconds(AT))
    assert len(signature) == 2420
    key = WITNESS.half.public.key  # type: ignore[attr-defined]  # the library itself judges
    assert isinstance(key, MLDSA44PublicKey)
    key.verify(signature, message)
    assert public["alg"] == "ML-DSA-44"


def _flipped(octets: bytes, place: int) -> bytes:
    return octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]


@pytest.mark.parametrize(
    "signature",
    [
        replace(SIGNED, octets=_flipped(SIGNED.octets, 0)),
        replace(SIGNED, octets=SIGNED.octets[:-1]),
        replace(SIGNED, octets=SIGNED.octets + b"\x00"),
        replace(COSIGNED, octets=_flipped(COSIGNED.octets, 7)),
        replace(COSIGNED, octets=_flipped(COSIGNED.octets, 8)),
        replace(COSIGNED, octets=COSIGNED.octets[:-1]),
        replace(COSIGNED, octets=COSIGNED.octets + b"\x00"),
        replace(COSIGNED, octets=COSIGNED.octets[:8]),
        replace(COSIGNED, octets=COSIGNED.octets[:1]),
        replace(COSIGNED, octets=bytes(8) + COSIGNED.octets[8:]),
        replace(COSIGNED, octets=b"\xff" * 8 + COSIGNED.octets[8:]),
    ],
    ids=[
        "a bit of the owner's",
        "the owner's cut",
        "the owner's longer",
        "another time",
        "a bit of the witness's",
        "the witness's cut",
        "the witness's longer",
        "a time alone",
        "a part of a time",
        "no time",
        "a time that never comes",
    ],
)
def test_a_line_that_names_a_key_of_ours_and_does_not_hold_spoils_the_note(
    signature: NoteSignature,
) -> None:
    """Though another line of it holds."""
    good = SIGNED if signature.name == COSIGNED.name else COSIGNED
    note = replace(NOTE, signatures=(good, signature))
    with pytest.raises(BadSignature):
        verify(note, [LOG_KEY, WITNESS_KEY])


@pytest.mark.parametrize(
    "change", [{"origin": ledger_origin(MX.urn)}, {"size": 20852164}, {"root": bytes(32)}], ids=str
)
@pytest.mark.parametrize("key", [LOG_KEY, WITNESS_KEY], ids=["owner", "witness"])
def test_a_signature_covers_every_part_of_a_checkpoint(
    key: NoteKey, change: dict[str, Any]
) -> None:
    """Another log, another size or another root was never signed."""
    note = replace(NOTE, text=replace(CHECKPOINT, **change).text)
    with pytest.raises(BadSignature):
        verify(note, [key])


def test_a_cosignature_names_its_witness() -> None:
    """The same key under another name did not make it."""
    moved = replace(COSIGNED, name=STRANGER.name, key_id=STRANGER.key_id)
    with pytest.raises(BadSignature):
        verify(replace(NOTE, signatures=(moved,)), [STRANGER])


LINES = CHECKPOINT.text.split("\n")[:3]


@pytest.mark.parametrize(
    "lines",
    [
        LINES[:2],
        [*LINES, "an extension"],
        ["", *LINES[1:]],
        ["é" * 128, *LINES[1:]],
        [LINES[0], "007", LINES[2]],
        [LINES[0], "+7", LINES[2]],
        [LINES[0], "\u0667", LINES[2]],
        [LINES[0], "", LINES[2]],
        [LINES[0], str(SIZE_MAX + 1), LINES[2]],
        [LINES[0], "9" * 400, LINES[2]],
        [LINES[0], LINES[1], LINES[2][:-1]],
        [LINES[0], LINES[1], b64(bytes(31))],
        [LINES[0], LINES[1], b64(bytes(33))],
    ],
)
def test_what_is_not_exactly_a_checkpoint_is_refused(lines: list[str]) -> None:
    """Extension lines too: no cosignature would cover them."""
    note = replace(NOTE, text="".join(f"{line}\n" for line in lines))
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        verify(note, [LOG_KEY])


def test_a_text_without_its_last_newline_is_no_checkpoint() -> None:
    """The last line ends as the others do."""
    with pytest.raises(ValueError, match=r"^$"):
        read_checkpoint(Note(f"{CHECKPOINT.text}more", ()))


def test_the_largest_size_is_read() -> None:
    """As large as the specification's numbers go."""
    largest = replace(CHECKPOINT, size=SIZE_MAX)
    assert read_checkpoint(Note(largest.text, ())) == largest


def test_a_proof_is_a_file_that_other_programs_read() -> None:
    """Its form, the index, the hashes from the leaf up, and the checkpoint as it is."""
    note = NOTE.octets()
    proof = write_proof(7, [bytes(32), ROOT], note)
    assert (
        proof
        == f"c2sp.org/tlog-proof@v1\nindex 7\n{b64(bytes(32))}\n{b64(ROOT)}\n\n{note.decode()}"
    )
    assert write_proof(0, [], note).startswith("c2sp.org/tlog-proof@v1\nindex 0\n\nurn:")
    assert CHECKPOINT.root_text == b64(ROOT)
