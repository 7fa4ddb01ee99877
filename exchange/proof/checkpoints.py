"""
Checkpoints: the signed size and root of a log (C2SP tlog-checkpoint).

The owner signs one with its log key (Ed25519) and, as any witness does, with its witness key
(ML-DSA-44, C2SP tlog-cosignature, with the time at which it was the newest): so what the log
holds outlives the older algorithm. The other side adds its own cosignature once it has seen that
the log only grew. Extension lines, which no cosignature would cover, are not read.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.errors import BadSignature, UnknownKey
from exchange.proof.encoding import DIGEST_BYTES, SECONDS_MAX, b64, instant, seconds, unb64
from exchange.proof.jws import Signer
from exchange.proof.notes import NAME_BYTES_MAX, Note, NoteKey, NoteSignature

SIZE_MAX = 2**63 - 1
_TIME_BYTES = 8
_COSIGNED = b"subtree/v1\n\x00"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_PLAIN, _COSIGNATURE = "Ed25519", "ML-DSA-44"


def ledger_origin(party: str, epoch: int = 1) -> str:
    """
    What the ledger of *party* is called in its checkpoints.

    A ledger that goes on after entries were lost begins a new *epoch*, and so another name.
    """
    return f"{party}:ledger:{epoch}"


def journal_origin(party: str) -> str:
    """What the journal of *party* is called in its checkpoints, which nobody else is given."""
    return f"{party}:journal:1"


def witness_name(party: str) -> str:
    """What *party* is called where it vouches that a log only grew."""
    return f"{party}:witness"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of the log called *origin*."""

    origin: str
    size: int
    root: bytes

    @property
    def root_text(self) -> str:
        """The root as the text has it."""
        return b64(self.root)

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{self.root_text}\n"


@dataclass(frozen=True, slots=True)
class Vouched:
    """That *key* signed a checkpoint; *at* is when, where its kind of signature says so."""

    key: NoteKey
    at: datetime | None


def read_checkpoint(note: Note) -> Checkpoint:
    """
    The checkpoint that the text of *note* states, whoever signed it.

    Raises:
        ValueError: It is not the three lines of a checkpoint.
    """
    origin, size, root, rest = note.text.split("\n")
    octets = unb64(root)
    if not _NUMBER.fullmatch(size) or int(size) > SIZE_MAX or len(octets) != DIGEST_BYTES:
        raise ValueError
    if rest or not 0 < len(origin.encode()) <= NAME_BYTES_MAX:
        raise ValueError
    return Checkpoint(origin, int(size), octets)


def sign(checkpoint: Checkpoint, key: NoteKey, signer: Signer) -> NoteSignature:
    """The signature of a log's owner: *signer* holds the private half of *key*."""
    return NoteSignature(key.name, key.key_id, signer.sign(checkpoint.text.encode()))


def cosign(checkpoint: Checkpoint, key: NoteKey, signer: Signer, *, at: datetime) -> NoteSignature:
    """The signature of who has seen *at* some time that this is the log's newest state."""
    time = _number(seconds(at))
    octets = time + signer.sign(_cosigned(checkpoint, key.name, time))
    return NoteSignature(key.name, key.key_id, octets)


def write_proof(number: int, proof: Sequence[bytes], note: bytes) -> str:
    """The file by which anyone can check that entry *number* is under *note* (C2SP tlog-proof)."""
    hashes = "".join(f"{b64(one)}\n" for one in proof)
    return f"c2sp.org/tlog-proof@v1\nindex {number}\n{hashes}\n{note.decode()}"


def verify(note: Note, trusted: Collection[NoteKey]) -> list[Vouched]:
    """
    Who of *trusted* signed the checkpoint in *note*; signatures of others mean nothing.

    Raises:
        ValueError: It is no checkpoint.
        UnknownKey: None of them did.
        BadSignature: A line that names one of them does not hold.
    """
    checkpoint = read_checkpoint(note)
    held = {(key.name, key.key_id): key for key in trusted}
    found = [
        _verify(checkpoint, held[signature.name, signature.key_id], signature.octets)
        for signature in note.signatures
        if (signature.name, signature.key_id) in held
    ]
    if not found:
        raise UnknownKey
    return found


def _verify(checkpoint: Checkpoint, key: NoteKey, octets: bytes) -> Vouched:
    if key.half.alg == _PLAIN:
        if not key.half.verify(checkpoint.text.encode(), octets):
            raise BadSignature
        return Vouched(key, None)
    time, signature = octets[:_TIME_BYTES], octets[_TIME_BYTES:]
    at = int.from_bytes(time)
    if not 0 < at <= SECONDS_MAX:
        raise BadSignature
    if not key.half.verify(_cosigned(checkpoint, key.name, time), signature):
        raise BadSignature
    return Vouched(key, instant(at))


def _cosigned(checkpoint: Checkpoint, name: str, time: bytes) -> bytes:
    """The octets of a cosignature: all of the log, from its first entry to the last."""
    parts = (
        _COSIGNED,
        _named(name),
        time,
        _named(checkpoint.origin),
        _number(0),
        _number(checkpoint.size),
        checkpoint.root,
    )
    return b"".join(parts)


def _named(name: str) -> bytes:
    octets = name.encode()
    return len(octets).to_bytes() + octets


def _number(number: int) -> bytes:
    return number.to_bytes(_TIME_BYTES)
