"""The messages from which a person's paper is drawn and against which its code is checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import orjson
from sqlalchemy import Connection

from exchange.cli.ledger_lines import open_body
from exchange.domain.messages.catalogue import by_schema
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.return_notice import Hearing, ReturnNotice
from exchange.domain.stages import LocalStage, Stage
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import parse_envelope
from exchange.store.bodies import list_bodies
from exchange.store.columns import Kind, Status
from exchange.store.handoffs import Handoff, find_handoff
from exchange.store.ledger import Entry, list_entries_of
from exchange.store.outbox import list_outbox_of


@dataclass(frozen=True, slots=True)
class Spoken:
    """A notice or hearing notice of the ledger: who said what, and when."""

    issuer: str
    sealed_at: datetime
    seq: int
    body: ReturnNotice | HearingNotice

    @property
    def hearing(self) -> Hearing | HearingNotice:
        """What it says about the hearing."""
        return self.body.hearing if isinstance(self.body, ReturnNotice) else self.body


@dataclass(frozen=True)
class Record:
    """
    What this side holds of a handoff.

    *spoken* has what can still be read; *erased* says that some of it cannot. *waits* says that
    a newer notice or hearing notice is drafted and not sealed yet.
    """

    row: Handoff
    spoken: tuple[Spoken, ...]
    erased: bool
    waits: bool

    @property
    def stage(self) -> str:
        """Where the handoff stands for us, or will once what waits is sealed."""
        return self.row.local_stage or self.row.intent or self.row.stage

    @cached_property
    def notice(self) -> ReturnNotice | None:
        """The newest notice: of the highest revision, then the one said last."""
        notices = [one for one in self.spoken if isinstance(one.body, ReturnNotice)]
        newest = max(notices, key=_notice_rank, default=None)
        return newest.body if newest and isinstance(newest.body, ReturnNotice) else None

    @cached_property
    def hearing(self) -> Spoken | None:
        """The newest word about the hearing: of the highest version, then the one said last."""
        return max(self.spoken, key=lambda one: (one.hearing.version, one.seq), default=None)

    @property
    def is_over(self) -> bool:
        """Whether nobody is to come any more."""
        return self.stage in {LocalStage.WITHDRAWN, Stage.CANCELLED, Stage.CLOSED}


def find_record(connection: Connection, key: KeyEncryptionKey, handoff: str) -> Record | None:
    """
    Return what this side holds of *handoff*, or None where it has none of that id.

    Raises:
        EvidenceBroken: A stored body was altered.
    """
    row = find_handoff(connection, handoff)
    if row is None:
        return None
    entries = [one for one in list_entries_of(connection, row.number) if _tells_hearing(one)]
    spoken = tuple(_spoken(connection, key, row.handoff, entries))
    waits = any(
        one.ledger is None and one.parked_at is None and _is_of_hearing(one.schema)
        for one in list_outbox_of(connection, row.number)
    )
    return Record(row, spoken, erased=len(spoken) < len(entries), waits=waits)


def _notice_rank(spoken: Spoken) -> tuple[int, int]:
    return (spoken.body.revision if isinstance(spoken.body, ReturnNotice) else 0), spoken.seq


def _tells_hearing(entry: Entry) -> bool:
    is_taken = entry.kind is Kind.MESSAGE and entry.status is Status.ACCEPTED
    return is_taken and _is_of_hearing(entry.schema)


def _is_of_hearing(schema: str | None) -> bool:
    kind = by_schema(schema or "")
    return kind is not None and issubclass(kind.model, ReturnNotice | HearingNotice)


def _spoken(
    connection: Connection, key: KeyEncryptionKey, handoff: str, entries: list[Entry]
) -> Iterator[Spoken]:
    """Give those messages whose body is still there to be read."""
    bodies = list_bodies(connection, [one.body for one in entries if one.body is not None])
    for entry in entries:
        kept = bodies.get(entry.body or 0)
        octets = None if kept is None else open_body(kept, handoff, key)
        kind = by_schema(entry.schema or "")
        if octets is None or kind is None:
            continue
        body = kind.read(orjson.loads(octets))
        if isinstance(body, ReturnNotice | HearingNotice):
            envelope = parse_envelope(entry.envelope)
            yield Spoken(entry.issuer, envelope.sealed_at, envelope.seq, body)
