"""
Where our two logs stand is signed again and again, once what is stored still holds.

The tree is worked out anew from the leaves: what is new before each checkpoint, all of it when we
start and each night. So nothing is signed over an entry that was altered or lost, and what was
signed before is compared with what the same entries come to now. The moments are fixed, and only
the size of a log decides whether there is anything to sign: none of it tells of a person
(design §5). The journal is signed with a key of its own, and no other side is ever given it.
"""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from exchange.errors import (
    EvidenceBroken,
    KeysUnusable,
    LineRefused,
    Sentence,
    StoreBusy,
    StoreFailed,
)
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.flow.turns import take_turns
from exchange.proof import checkpoints
from exchange.proof.checkpoints import Checkpoint, read_checkpoint
from exchange.proof.keys import KeySet, Role
from exchange.proof.merkle import Frontier
from exchange.proof.notes import Note, NoteKey, NoteSignature, read_note
from exchange.store.checkpoints import (
    SignedCheckpoint,
    find_newest,
    list_checkpoints,
    record_checkpoint,
)
from exchange.store.engine import Connection, Store
from exchange.store.heads import LOGS, Head, get_log
from exchange.store.trees import regrow

log = structlog.get_logger()

PART = 500
"""How many entries are read in one view: nobody waits long for the database meanwhile."""

_ROLES = {Head.LEDGER: Role.LEDGER, Head.JOURNAL: Role.JOURNAL}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a log is looked at, after how long or how many entries signed, and its night."""

    look_seconds: float
    every: timedelta
    entries_max: int
    night_hour_utc: int

    def night_of(self, at: datetime) -> date:
        """Return the last night that had begun at *at*."""
        return (at - timedelta(hours=self.night_hour_utc)).date()


@dataclass(frozen=True, slots=True)
class Owner:
    """What a log is called, and every key that ever signed its checkpoints."""

    origin: str
    keys: tuple[NoteKey, ...]

    @classmethod
    def of(cls, head: Head, party: str, key_set: KeySet) -> "Owner":
        """The owner of that log of *party*, whose keys are in *key_set*."""
        origin = origin_of(head, party)
        names = {_ROLES[head]: origin, Role.WITNESS: checkpoints.witness_name(party)}
        keys = (key for key in key_set.keys.values() if key.role in names)
        return cls(origin, tuple(NoteKey(names[key.role], key.half) for key in keys))


@dataclass(slots=True)
class Known:
    """What was worked out of a log so far, and in which night all of it was last begun."""

    frontier: Frontier = field(default_factory=Frontier)
    night: date | None = None


class Checkpointing:
    """Signs the checkpoints of our ledger and of our journal."""

    def __init__(
        self,
        *,
        store: Store,
        keyring: Keyring,
        party: str,
        rhythm: Rhythm,
        clock: Clock,
        pool: Executor | None = None,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._party = party
        self._rhythm = rhythm
        self._clock = clock
        self._pool = pool
        self._known = {head: Known() for head in _ROLES}

    async def run(self) -> None:
        """
        Look again and again until cancelled.

        Raises:
            EvidenceBroken: A log is not what it was: the service stops.
        """
        await take_turns(self._rhythm.look_seconds, self._turn)

    async def _turn(self) -> None:
        try:
            await self.look()
        except (StoreBusy, StoreFailed, KeysUnusable) as error:
            log.warning("checkpoint.postponed", error=type(error).__name__)

    async def look(self) -> list[SignedCheckpoint]:
        """
        Return the checkpoints that were due and are signed now.

        Raises:
            EvidenceBroken: The first entry that does not hold is named; nothing is signed.
            KeysUnusable: No key of ours may sign it now.
        """
        signed = []
        for head in _ROLES:
            known = await self._of_tonight(head)
            newest = await self._store.read(partial(find_newest, log=head))
            size = (await self._store.read(partial(get_log, head=head))).size
            if not self._is_due(newest, size):
                continue
            await self._work_out(head, known)
            made = await self._sign(head, known.frontier)
            if await self._store.write(partial(record_checkpoint, checkpoint=made)):
                signed.append(made)
                log.info("checkpoint.signed", check=head.value, size=made.size)
        return signed

    async def _of_tonight(self, head: Head) -> Known:
        """Return what is known of a log, all of which was worked out since last night began."""
        night = self._rhythm.night_of(self._clock())
        if self._known[head].night != night:
            anew = Known(night=night)
            await self._work_out(head, anew)
            self._known[head] = anew
        return self._known[head]

    def _is_due(self, newest: SignedCheckpoint | None, size: int) -> bool:
        if newest is None:
            return size > 0
        if size <= newest.size:
            return False
        is_late = self._clock() - newest.signed_at >= self._rhythm.every
        return is_late or size - newest.size >= self._rhythm.entries_max

    async def _work_out(self, head: Head, known: Known) -> None:
        """Have what is *known* of a log reach its end, once all of it up to there holds."""
        stands = await self._store.read(partial(get_log, head=head))
        owner = Owner.of(head, self._party, self._keys_of(head))
        while known.frontier.size < stands.size:
            part = partial(
                check_part, log=head, after=known.frontier, until=stands.size, owner=owner
            )
            known.frontier = await self._store.scan(part)
        require_equal(head, known.frontier, stands)
        await self._store.read(partial(require_length, log=head))

    async def _sign(self, head: Head, frontier: Frontier) -> SignedCheckpoint:
        now = self._clock()
        origin = origin_of(head, self._party)
        checkpoint = Checkpoint(origin, frontier.size, frontier.root)
        work = partial(self._signatures, head, checkpoint, now)
        loop = asyncio.get_running_loop()
        signatures = await loop.run_in_executor(self._pool, work)
        note = Note(checkpoint.text, signatures)
        return SignedCheckpoint(log=head, size=checkpoint.size, signed_at=now, note=note.octets())

    def _signatures(
        self, head: Head, checkpoint: Checkpoint, now: datetime
    ) -> tuple[NoteSignature, ...]:
        """Return our signatures: of the ledger also that of our witness key, for the long term."""
        signer = self._keyring.signer_of(_ROLES[head], now)
        half = self._keys_of(head).keys[signer.kid].half
        plain = checkpoints.sign(checkpoint, NoteKey(checkpoint.origin, half), signer)
        if head is Head.JOURNAL:
            return (plain,)
        witness = self._keyring.signer_of(Role.WITNESS, now)
        name = checkpoints.witness_name(self._party)
        key = NoteKey(name, self._keyring.key_set.keys[witness.kid].half)
        return (plain, checkpoints.cosign(checkpoint, key, witness, at=now))

    def _keys_of(self, head: Head) -> KeySet:
        return self._keyring.journal_keys if head is Head.JOURNAL else self._keyring.key_set


def origin_of(head: Head, party: str) -> str:
    """Return what that log of *party* is called in its checkpoints."""
    name = checkpoints.journal_origin if head is Head.JOURNAL else checkpoints.ledger_origin
    return name(party)


def check_part(
    connection: Connection, log: Head, *, after: Frontier, until: int, owner: Owner
) -> Frontier:
    """
    Return where *log* stands some entries *after*, once they and every checkpoint of them hold.

    Raises:
        EvidenceBroken: What does not hold is named.
    """
    end = min(after.size + PART, until)
    for signed in list_checkpoints(connection, log, since=after.size + 1, until=end):
        after = regrow(connection, log, after=after, until=signed.size)
        _require_signed(signed, after, owner)
    return regrow(connection, log, after=after, until=end)


def check_whole(connection: Connection, log: Head, owner: Owner) -> int:
    """
    Return how many entries *log* has, once all of it and every checkpoint of it hold.

    Raises:
        EvidenceBroken: What does not hold is named.
    """
    stands, grown = get_log(connection, log), Frontier()
    while grown.size < stands.size:
        grown = check_part(connection, log, after=grown, until=stands.size, owner=owner)
    require_equal(log, grown, stands)
    require_length(connection, log)
    return grown.size


def require_length(connection: Connection, log: Head) -> None:
    """
    Require that a log is as long as any of its checkpoints says.

    Raises:
        EvidenceBroken: Its end is lost, and its head with it.
    """
    newest, size = find_newest(connection, log), get_log(connection, log).size
    if newest is not None and newest.size > size:
        raise _broken_at(newest)


def require_equal(head: Head, grown: Frontier, stands: Frontier) -> None:
    """
    Require that what was worked out of a log is what its head says.

    Raises:
        EvidenceBroken: It is not.
    """
    name = LOGS[head]
    if grown != stands:
        raise EvidenceBroken(
            Sentence(
                f"the {name} has another root than its head says",
                f"el {name.es} tiene otra raíz que la que dice su cabeza",
            )
        )


def _require_signed(signed: SignedCheckpoint, grown: Frontier, owner: Owner) -> None:
    """Require that the entries up to a checkpoint still come to what the owner signed."""
    try:
        note = read_note(signed.note)
        vouched = checkpoints.verify(note, owner.keys)
        stated = read_checkpoint(note)
    except (ValueError, LineRefused) as fault:
        raise _broken_at(signed) from fault
    is_signed = any(one.key.name == owner.origin for one in vouched)
    if not is_signed or stated != Checkpoint(owner.origin, grown.size, grown.root):
        raise _broken_at(signed)


def _broken_at(signed: SignedCheckpoint) -> EvidenceBroken:
    name = LOGS[signed.log]
    return EvidenceBroken(
        Sentence(
            f"the {name} is not what was signed at {signed.size} entries",
            f"el {name.es} no es el que se firmó con {signed.size} asientos",
        )
    )
