"""A small exchange with its two ledgers, from which a test makes a bundle and spoils one thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from exchange.proof.bundle import (
    SCHEMA,
    About,
    CheckpointFile,
    KeysFile,
    LineFile,
    Manifest,
    Place,
    StampFile,
    write_bundle,
)
from exchange.proof.checkpoints import Checkpoint, cosign, ledger_origin, sign, witness_name
from exchange.proof.encoding import digest, seconds
from exchange.proof.envelope import MessageId, find_jti
from exchange.proof.jws import Line
from exchange.proof.keys import PublicKey
from exchange.proof.keysets import write_key_set
from exchange.proof.logs import ledger_leaf
from exchange.proof.merkle import Frontier, Node, prove_inclusion, split_hashes
from exchange.proof.notes import Note, NoteKey
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt
from exchange.proof.trust import Trust
from tests.keys import MX, US, Party, key_set_of, publish
from tests.proof.builders import HANDOFF, JTI, LINE, NOW

RECEIPTED_AT = NOW + timedelta(seconds=2)
COSIGNED_AT = NOW + timedelta(seconds=60)
MADE_AT = NOW + timedelta(days=1)
TRUST = Trust({US.urn: US.roots, MX.urn: MX.roots})


def a_receipt(
    line: Line = LINE, *, status: Status = Status.ACCEPTED, at: datetime = RECEIPTED_AT
) -> Line:
    """The receipt of Mexico for a message of the US side."""
    code = "grammar" if status is Status.REJECTED else None
    item = ReceiptItem(jti=JTI, pld=line.pld, sig=line.sig, status=status, code=code, pointer=None)
    number = MessageId("01699649-87c0-7000-8000-000000000002")
    receipt = make_receipt(iss=MX.urn, aud=US.urn, jti=number, signed_at=at, items=[item])
    return write_receipt(receipt, MX.classical)


@dataclass(slots=True)
class Log:
    """The ledger of one party, with a tree over it."""

    party: Party
    leaves: list[bytes] = field(default_factory=list)
    nodes: dict[Node, bytes] = field(default_factory=dict)
    frontier: Frontier = field(default_factory=Frontier)

    def add(self, leaf: bytes) -> int:
        """Append an entry and return its number."""
        number = len(self.leaves)
        self.frontier, (kept,) = self.frontier.grown([leaf])
        for level, hashed in enumerate(split_hashes(kept)):
            self.nodes[Node(level, number >> level)] = hashed
        self.leaves.append(leaf)
        return number

    def add_line(self, line: Line, issuer: str, kind: Any) -> int:
        """Append a line as this party keeps it."""
        return self.add(
            ledger_leaf(
                direction="sent" if issuer == self.party.urn else "received",
                kind=kind,
                iss=issuer,
                jti=find_jti(line.payload),
                pld=line.pld,
                sig=line.sig,
            )
        )

    def proof(self, number: int) -> tuple[bytes, ...]:
        """The proof that an entry is in the whole of it."""
        return prove_inclusion(
            number, len(self.leaves), lambda asked: {one: self.nodes[one] for one in asked}
        )

    def note(
        self, witness: Party | None, *, at: datetime = COSIGNED_AT, origin: str | None = None
    ) -> Note:
        """Its checkpoint, with the cosignature of a witness."""
        origin = origin or ledger_origin(self.party.urn)
        checkpoint = Checkpoint(origin, len(self.leaves), self.frontier.root)
        owner = NoteKey(origin, self.party.ledger.half.public)
        signatures = [sign(checkpoint, owner, self.party.ledger)]
        for one in (self.party, witness):
            if one is not None:
                key = NoteKey(witness_name(one.urn), one.witness.half.public)
                signatures.append(cosign(checkpoint, key, one.witness, at=at))
        return Note(checkpoint.text, tuple(signatures))


@dataclass(slots=True)
class Exchange:
    """One message and its receipt, in both ledgers, and every file of a bundle about them."""

    line: Line = LINE
    receipts: Sequence[Line] = field(default_factory=lambda: [a_receipt()])
    published: Mapping[str, Sequence[PublicKey]] = field(default_factory=dict)
    cosigned_at: datetime = COSIGNED_AT
    is_cosigned: bool = True
    stamp: bytes | None = None
    made_at: datetime = MADE_AT
    signed: dict[str, bytes] = field(default_factory=dict, init=False)
    """What was signed once: another signature of the same would be other octets."""

    def files(self) -> dict[str, bytes]:
        """Every file but the manifest, by name."""
        self.signed = self.signed or self._signed()
        stamps = {} if self.stamp is None else {"stamps/us-here.tsr": self.stamp}
        return self.signed | stamps

    def _signed(self) -> dict[str, bytes]:
        files = {"lines/0001.jws": self.line.octets()}
        for number, receipt in enumerate(self.receipts, 2):
            files[f"lines/{number:04}.jws"] = receipt.octets()
        for log in self.logs():
            witness = MX if log.party is US else US
            note = log.note(witness if self.is_cosigned else None, at=self.cosigned_at)
            files[f"checkpoints/{log.party.side}.note"] = note.octets()
        for party in (US, MX):
            files[f"keys/{party.side}-1.jws"] = self.key_set(party)
        return files | {"index.html": b"<!doctype html>"}

    def key_set(self, party: Party) -> bytes:
        """What a party publishes."""
        keys = (party.sign, party.pq_sign, party.ledger, party.witness)
        published = self.published.get(party.urn) or [publish(key) for key in keys]
        return write_key_set(key_set_of(party.urn, published), party.root_keys)

    def logs(self) -> list[Log]:
        """Both ledgers: they hold the same, after something else."""
        logs = [Log(US), Log(MX)]
        for log in logs:
            log.add(b"something else of " + log.party.urn.encode())
            log.add_line(self.line, US.urn, "message")
            for receipt in self.receipts:
                log.add_line(receipt, MX.urn, "receipt")
            log.add(b"what came after")
        return logs

    def manifest(self) -> Manifest:
        """What the maker says of the files."""
        logs, files = self.logs(), self.files()

        def line(number: int, kind: Any) -> LineFile:
            places = tuple(
                Place(
                    checkpoint=f"checkpoints/{log.party.side}.note",
                    number=number,
                    proof=log.proof(number),
                )
                for log in logs
            )
            return LineFile(file=f"lines/{number:04}.jws", kind=kind, places=places)

        stamps = (StampFile(file="stamps/us-here.tsr", authority="here"),) if self.stamp else ()
        receipts = (line(number, "receipt") for number in range(2, 2 + len(self.receipts)))
        return Manifest(
            iss=US.urn,
            iat=seconds(self.made_at),
            schema=SCHEMA,
            about=About(handoff=HANDOFF, message=None, day=None),
            parties=(US.urn, MX.urn),
            lines=(line(1, "message"), *receipts),
            checkpoints=(
                CheckpointFile(file="checkpoints/us.note", party=US.urn, stamps=stamps),
                CheckpointFile(file="checkpoints/mx.note", party=MX.urn, stamps=()),
            ),
            keys=tuple(
                KeysFile(file=f"keys/{party.side}-1.jws", party=party.urn) for party in (US, MX)
            ),
            files={name: digest(octets) for name, octets in files.items()},
        )

    def octets(self) -> bytes:
        """The bundle."""
        return write_bundle(self.manifest(), self.files(), US.signers)

    def with_files(self, **changed: bytes) -> bytes:
        """The bundle with other files, which its maker names as they are."""
        files = self.files() | changed
        manifest = self.manifest()
        digests = {name: digest(octets) for name, octets in files.items()}
        return write_bundle(manifest.model_copy(update={"files": digests}), files, US.signers)


def erased(line: Line = LINE) -> Line:
    """The line without its body."""
    return replace(line, body=None)
