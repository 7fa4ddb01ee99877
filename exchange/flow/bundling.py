"""
Everything that proves what was said about a handoff, in a message or on a day, gathered.

Of each line: the line as it was exchanged, the receipt that covers it, and its place in our
ledger under the first checkpoint that was signed after it, which shows best when it was there.
What is not here (a body that was erased, a checkpoint that is yet to come) is left out, and
whoever verifies the bundle is told so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.messages.schemas import published
from exchange.errors import NotFound
from exchange.flow.agreement import Agreement
from exchange.flow.kept import Kept, with_bodies
from exchange.flow.keyring import Keyring
from exchange.proof import grammar
from exchange.proof.bundle import (
    SCHEMA,
    About,
    CheckpointFile,
    KeysFile,
    LineFile,
    Manifest,
    Place,
    write_bundle,
)
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.encoding import digest, seconds
from exchange.proof.jws import Typ
from exchange.proof.merkle import prove_inclusion
from exchange.store.checkpoints import SignedCheckpoint, list_checkpoints
from exchange.store.columns import Direction, Kind
from exchange.store.engine import Connection
from exchange.store.handoffs import find_handoff
from exchange.store.heads import Head, get_log
from exchange.store.journal import Event, record_events
from exchange.store.ledger import (
    Entry,
    find_messages,
    find_number_since,
    list_entries,
    list_entries_of,
    list_numbered,
)
from exchange.store.trees import nodes_of
from exchange.store.verdicts import find_verdicts

__all__ = ["About", "Gathered", "gather", "record_export", "seal_bundle"]

_EARLIER = timedelta(minutes=5)
"""How much before a day its first entry is looked for: entries follow their clock nearly."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a bundle will hold: its manifest, whose files are not all named yet, and its files."""

    manifest: Manifest
    files: Mapping[str, bytes]


def gather(
    connection: Connection,
    about: About,
    key: KeyEncryptionKey,
    *,
    agreement: Agreement,
    key_sets: Mapping[str, bytes],
    now: datetime,
) -> Gathered:
    """
    Return all that we have of what is asked for; *key_sets* are the lines of both parties.

    Raises:
        NotFound: There is no such handoff, or nothing was said.
        EvidenceBroken: A stored body or a hash was altered.
    """
    messages = list(_messages(connection, about))
    if not messages:
        raise NotFound
    verdicts = find_verdicts(connection, [one.number for one in messages])
    receipts = list_numbered(connection, {one.receipt for one in verdicts.values()})
    entries = sorted((*messages, *receipts.values()), key=lambda one: one.number)
    kept = list(with_bodies(connection, entries, key))
    notes = _checkpoints(connection, entries)
    files = {_line_name(one.entry): one.line.octets() for one in kept}
    files |= {_note_name(note): note.note for note in notes.values()}
    keys = {
        party: (f"keys/{'ours' if party == agreement.ours else 'theirs'}.jws", line)
        for party, line in key_sets.items()
    }
    files |= dict(keys.values())
    files |= _schemas(entries)
    files["agreement.json"] = _policy(agreement)
    manifest = Manifest(
        iss=agreement.ours,
        iat=seconds(now),
        schema=SCHEMA,
        about=about,
        parties=(agreement.ours, agreement.theirs),
        lines=tuple(_line(connection, one, notes) for one in kept),
        checkpoints=tuple(
            CheckpointFile(file=_note_name(note), party=agreement.ours, stamps=())
            for note in {note.size: note for note in notes.values()}.values()
        ),
        keys=tuple(KeysFile(file=name, party=party) for party, (name, _) in keys.items()),
        files=_digests(files),
    )
    return Gathered(manifest, files)


def record_export(connection: Connection, about: About, *, actor: str, now: datetime) -> None:
    """
    Say in the journal who takes out what was said: a bundle holds what is known of people.

    Raises:
        NotFound: There is no such handoff.
    """
    row = None if about.handoff is None else find_handoff(connection, about.handoff)
    if about.handoff is not None and row is None:
        raise NotFound
    event = Event(
        at=now,
        kind="evidence.exported",
        actor=actor,
        handoff=None if row is None else row.number,
        data={"message": about.message, "day": about.day},
    )
    record_events(connection, [event])


def seal_bundle(
    gathered: Gathered,
    more: Mapping[str, bytes],
    *,
    agreement: Agreement,
    keyring: Keyring,
    now: datetime,
) -> bytes:
    """
    Return the bundle of what was gathered and some files *more*, signed by us.

    Raises:
        KeysUnusable: No key of ours may sign now.
    """
    files = {**gathered.files, **more}
    manifest = gathered.manifest.model_copy(update={"files": _digests(files)})
    return write_bundle(manifest, files, keyring.signers_for(Typ.MESSAGE, agreement.we_sign, now))


def _messages(connection: Connection, about: About) -> Iterable[Entry]:
    if about.handoff is not None:
        row = find_handoff(connection, about.handoff)
        return [] if row is None else list_entries_of(connection, row.number)
    if about.message is not None:
        found = [
            one.number
            for direction in Direction
            for one in find_messages(connection, direction, [about.message])
        ]
        return list_numbered(connection, found).values()
    return _of_day(connection, date.fromisoformat(str(about.day)))


def _of_day(connection: Connection, day: date) -> Iterable[Entry]:
    """Give the messages that were recorded on a day, in UTC."""
    begin = datetime.combine(day, time(), UTC)
    end = begin + timedelta(days=1)
    after = find_number_since(connection, begin - _EARLIER) - 1
    while entries := list_entries(connection, after=after):
        for entry in entries:
            if entry.kind is Kind.MESSAGE and begin <= entry.recorded_at < end:
                yield entry
        if entries[-1].recorded_at >= end + _EARLIER:
            return
        after = entries[-1].number


def _checkpoints(connection: Connection, entries: Sequence[Entry]) -> dict[int, SignedCheckpoint]:
    """Return, of each entry, the first checkpoint that was signed after it, if there is any."""
    size = get_log(connection, Head.LEDGER).size
    signed = list_checkpoints(connection, Head.LEDGER, since=entries[0].number + 1, until=size)
    found: dict[int, SignedCheckpoint] = {}
    notes = iter(signed)
    note = next(notes, None)
    for entry in entries:
        while note is not None and note.size <= entry.number:
            note = next(notes, None)
        if note is not None:
            found[entry.number] = note
    return found


def _line(connection: Connection, kept: Kept, notes: Mapping[int, SignedCheckpoint]) -> LineFile:
    entry = kept.entry
    note = notes.get(entry.number)
    places = []
    if note is not None:
        proof = prove_inclusion(entry.number, note.size, nodes_of(connection, Head.LEDGER))
        places.append(Place(checkpoint=_note_name(note), number=entry.number, proof=proof))
    return LineFile(file=_line_name(entry), kind=entry.kind.value, places=tuple(places))


def _schemas(entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return the published schema of each type that was said."""
    said = {entry.schema for entry in entries}
    names = {kind.file_name for kind in MESSAGE_TYPES if kind.schema in said}
    texts = published()
    return {f"schemas/{name}": texts[name].encode() for name in sorted(names)}


def _policy(agreement: Agreement) -> bytes:
    """Return what was agreed on signatures, in each direction."""
    sides = {agreement.ours: agreement.we_sign, agreement.theirs: agreement.they_sign}
    document = {
        party: [
            {
                "typ": one.typ.value,
                "algorithms": list(one.algorithms),
                "since": None if one.since is None else seconds(one.since),
                "until": None if one.until is None else seconds(one.until),
            }
            for one in sets.sets
        ]
        for party, sets in sides.items()
    }
    return grammar.canonical({"signatures": document}) + b"\n"


def _line_name(entry: Entry) -> str:
    return f"lines/{entry.number:08}.jws"


def _note_name(note: SignedCheckpoint) -> str:
    return f"checkpoints/ours-{note.size:08}.note"


def _digests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: digest(octets) for name, octets in files.items()}
