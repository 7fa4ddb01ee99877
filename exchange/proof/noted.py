"""
What the checkpoint in an evidence bundle proves: whose ledger it is of, and who saw it when.

Its owner signed it; the other side has seen that the ledger only grew; an authority stamped it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from exchange.errors import ExchangeError
from exchange.proof import checkpoints
from exchange.proof.bundle import CheckpointFile
from exchange.proof.checkpoints import Checkpoint, read_checkpoint, witness_name
from exchange.proof.keys import KeySet, KeyState, PublicKey, Role
from exchange.proof.notes import NoteKey, read_note
from exchange.proof.steps import Claim, Step, attempt, broken, missing, proven
from exchange.proof.timestamps import Authority, read_stamp

KeyName: TypeAlias = tuple[str, bytes]
"""The name and id by which a signature line names its key."""

SKEW = timedelta(minutes=5)
"""By how much the clocks of two sides may differ before a time is held to be false."""


@dataclass(slots=True)
class Noted:
    """
    One checkpoint, judged.

    *checkpoint* is None until its owner's signature holds. *witnessed* is by whom it is shown to
    have been there, and when; by None where that is an authority.
    """

    file: CheckpointFile
    files: Mapping[str, bytes]
    key_sets: Mapping[str, KeySet]
    authorities: Mapping[str, Authority]
    other: str
    made_at: datetime
    checkpoint: Checkpoint | None = None
    witnessed: list[tuple[str | None, datetime]] = field(default_factory=list)

    def steps(self) -> Iterator[Step]:
        """Take every step."""
        file = self.file
        try:
            note = read_note(self.files[file.file])
            checkpoint = read_checkpoint(note)
            owners = self._keys_of(file.party, checkpoint.origin)
            keys = owners | self._keys_of(self.other, None)
            vouched = checkpoints.verify(note, [key for key, _ in keys.values()])
        except ExchangeError as fault:
            yield broken(Claim.CHECKPOINT, file.file, fault.code)
            return
        except ValueError:
            yield broken(Claim.CHECKPOINT, file.file, "malformed")
            return
        kids = tuple(owners[_id(one.key)][1].kid for one in vouched if _id(one.key) in owners)
        if not checkpoint.origin.startswith(f"{file.party}:ledger:") or not kids:
            yield broken(Claim.CHECKPOINT, file.file, "unknown-key")
            return
        self.checkpoint = checkpoint
        yield proven(Claim.CHECKPOINT, file.file, party=file.party, kids=kids)
        yield from self._cosigned(
            [(keys[_id(one.key)][1], one.at) for one in vouched if _id(one.key) not in owners]
        )
        yield from self._stamped()

    def _keys_of(self, party: str, origin: str | None) -> dict[KeyName, tuple[NoteKey, PublicKey]]:
        """The keys by which *party* signs checkpoints: as a witness, and as the log *origin*."""
        held = self.key_sets[party].keys.values() if party in self.key_sets else ()
        names = {Role.WITNESS: witness_name(party), Role.LEDGER: origin}
        found = (
            (NoteKey(name, key.half), key)
            for key in held
            if (name := names.get(key.role)) is not None
        )
        return {_id(note_key): (note_key, key) for note_key, key in found}

    def _cosigned(self, seen: list[tuple[PublicKey, datetime | None]]) -> Iterator[Step]:
        name, other = self.file.file, self.other
        for key, at in seen:
            if at is None or at > self.made_at + SKEW:
                yield broken(Claim.COSIGNATURE, name, "from-the-future", party=other)
            elif key.state_at(at) is not KeyState.ACTIVE:
                yield broken(Claim.COSIGNATURE, name, "key-not-active", party=other)
            else:
                self.witnessed.append((other, at))
                yield proven(Claim.COSIGNATURE, name, party=other, kids=(key.kid,), at=at)
        if not seen:
            yield missing(Claim.COSIGNATURE, name, party=other)

    def _stamped(self) -> Iterator[Step]:
        for stamp in self.file.stamps:
            authority = self.authorities.get(stamp.authority)
            if authority is None:
                yield broken(Claim.STAMP, stamp.file, "untrusted-authority", party=stamp.authority)
            else:
                yield self._stamp(stamp.file, stamp.authority, authority)
        if not self.file.stamps:
            yield missing(Claim.STAMP, self.file.file)

    def _stamp(self, file: str, name: str, authority: Authority) -> Step:
        def read() -> Step:
            stamp = read_stamp(self.files[file], self.files[self.file.file], authority)
            self.witnessed.append((None, stamp.at))
            return proven(Claim.STAMP, file, party=name, at=stamp.at)

        return attempt(Claim.STAMP, file, read)


def _id(key: NoteKey) -> KeyName:
    return key.name, key.key_id
