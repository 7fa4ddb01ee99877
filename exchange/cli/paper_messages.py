"""The messages from which a person's paper is drawn and against which its code is checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast

import orjson
from sqlalchemy import Connection

from exchange.domain.corrections import as_corrected
from exchange.domain.messages.catalogue import CORRECTION, MessageType, by_schema
from exchange.domain.messages.correction import Correction
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.return_notice import Hearing, ReturnNotice
from exchange.domain.stages import LocalStage, Stage
from exchange.flow.kept import open_body
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import parse_envelope
from exchange.store.bodies import list_bodies
from exchange.store.columns import Kind, Status
from exchange.store.handoffs import Handoff, find_handoff
from exchange.store.ledger import Entry, list_entries_of
from exchange.store.outbox import Waiting, list_outbox_of


@dataclass(frozen=True, slots=True)
class Spoken:
    """A notice or hearing notice of the ledger as it was signed: who said what, and when."""

    issuer: str
    jti: str
    sealed_at: datetime
    seq: int
    kind: MessageType
    body: ReturnNotice | HearingNotice

    @property
    def hearing(self) -> Hearing | HearingNotice:
        """What it says about the hearing."""
        return hearing_of(self.body)


@dataclass(frozen=True, slots=True)
class PutRight:
    """A correction of one of them."""

    issuer: str
    sealed_at: datetime
    seq: int
    said: Correction


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper is drawn from, or was, as it is or was read then, and the salt of its code."""

    salt: str
    notice: ReturnNotice
    hearing: Hearing | HearingNotice


@dataclass(frozen=True)
class Record:
    """
    What this side holds of a handoff.

    *spoken* has what can still be read, *corrections* what was put right in it, in the order in
    which it was said; *erased* says that some of it cannot be read. *waits* says that a newer
    notice, hearing notice or correction is drafted and not sealed yet.
    """

    row: Handoff
    spoken: tuple[Spoken, ...]
    corrections: tuple[PutRight, ...]
    erased: bool
    waits: bool

    @property
    def stage(self) -> str:
        """Where the handoff stands for us, or will once what waits is sealed."""
        return self.row.local_stage or self.row.intent or self.row.stage

    @cached_property
    def notice(self) -> Spoken | None:
        """The newest notice: of the highest revision, then the one said last."""
        notices = [one for one in self.spoken if isinstance(one.body, ReturnNotice)]
        return max(notices, key=_notice_rank, default=None)

    @property
    def revision(self) -> int:
        """Of the newest notice; 0 where there is none."""
        return _notice_rank(self.notice)[0] if self.notice else 0

    @cached_property
    def hearing(self) -> Spoken | None:
        """The newest word about the hearing: of the highest version, then the one said last."""
        return max(self.spoken, key=_hearing_rank, default=None)

    @cached_property
    def paper(self) -> Paper | None:
        """
        What a paper is drawn from now.

        Its salt is of what was said last: the message of the hearing, or a correction of that
        or of the notice, so that the code of a paper from before a correction ends.
        """
        if self.notice is None or self.hearing is None:
            return None
        put_right = self.corrections_of(self.notice, self.hearing)
        last = put_right[-1] if put_right else None
        is_last = last is not None and last.seq > self.hearing.seq
        salt = last.said.salt if last and is_last else self.hearing.body.salt
        return self._paper(salt, self.notice, self.hearing, until=None)

    def papers(self) -> Iterator[Paper]:
        """Give what was drawn under each salt, with the notice that is the newest now."""
        if self.notice is None:
            return
        for one in self.spoken:
            yield self._paper(one.body.salt, self.notice, one, until=one.seq)
        for put_right in self.corrections:
            said = [one for one in self.spoken if one.seq <= put_right.seq]
            hearing = max(said, key=_hearing_rank, default=None)
            if hearing is not None:
                yield self._paper(put_right.said.salt, self.notice, hearing, until=put_right.seq)

    def corrections_of(self, *messages: Spoken) -> list[PutRight]:
        """Return what was put right in these messages, by who said them."""
        by_id = {one.jti: one.issuer for one in messages}
        return [one for one in self.corrections if by_id.get(one.said.message) == one.issuer]

    def _paper(self, salt: str, notice: Spoken, hearing: Spoken, *, until: int | None) -> Paper:
        read = cast("ReturnNotice", self._read(notice, until))
        return Paper(salt, read, hearing_of(self._read(hearing, until)))

    def _read(self, spoken: Spoken, until: int | None) -> ReturnNotice | HearingNotice:
        """Return how a message reads with what had been said by number *until*."""
        known = [
            one.said for one in self.corrections_of(spoken) if until is None or one.seq <= until
        ]
        document = spoken.body.model_dump(mode="json")
        read = as_corrected(spoken.kind, document, known).body
        return cast("ReturnNotice | HearingNotice", read)

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
    taken = [one for one in list_entries_of(connection, row.number) if _is_taken(one)]
    entries = [one for one in taken if _is_of_hearing(one.schema) or _corrects(one.schema)]
    read = list(_read_bodies(connection, key, row.handoff, entries))
    spoken = tuple(_spoken(entry, octets) for entry, octets in read if not _corrects(entry.schema))
    put_right = [_put_right(entry, octets) for entry, octets in read if _corrects(entry.schema)]
    drafts = [
        one
        for one in list_outbox_of(connection, row.number)
        if one.ledger is None and one.parked_at is None
    ]
    waits = any(_is_of_hearing(one.schema) for one in drafts) or any(
        said.message in {one.jti for one in spoken}
        for said in _drafted(connection, key, row.handoff, drafts)
    )
    return Record(
        row,
        spoken,
        tuple(sorted(put_right, key=lambda one: one.seq)),
        erased=len(read) < len(entries),
        waits=waits,
    )


def hearing_of(body: ReturnNotice | HearingNotice) -> Hearing | HearingNotice:
    """Return what a notice or hearing notice says about the hearing."""
    return body.hearing if isinstance(body, ReturnNotice) else body


def _notice_rank(spoken: Spoken) -> tuple[int, int]:
    return (spoken.body.revision if isinstance(spoken.body, ReturnNotice) else 0), spoken.seq


def _hearing_rank(spoken: Spoken) -> tuple[int, int]:
    return spoken.hearing.version, spoken.seq


def _is_taken(entry: Entry) -> bool:
    return entry.kind is Kind.MESSAGE and entry.status is Status.ACCEPTED


def _is_of_hearing(schema: str | None) -> bool:
    kind = by_schema(schema or "")
    return kind is not None and issubclass(kind.model, ReturnNotice | HearingNotice)


def _corrects(schema: str | None) -> bool:
    kind = by_schema(schema or "")
    return kind is not None and kind.name == CORRECTION.name


def _read_bodies(
    connection: Connection, key: KeyEncryptionKey, handoff: str, entries: Sequence[Entry]
) -> Iterator[tuple[Entry, bytes]]:
    """Give those messages whose body is still there to be read."""
    bodies = list_bodies(connection, [one.body for one in entries if one.body is not None])
    for entry in entries:
        kept = bodies.get(entry.body or 0)
        octets = None if kept is None else open_body(kept, handoff, key)
        if octets is not None:
            yield entry, octets


def _spoken(entry: Entry, octets: bytes) -> Spoken:
    kind = cast("MessageType", by_schema(entry.schema or ""))
    envelope = parse_envelope(entry.envelope)
    body = cast("ReturnNotice | HearingNotice", kind.read(orjson.loads(octets)))
    return Spoken(entry.issuer, envelope.jti, envelope.sealed_at, envelope.seq, kind, body)


def _put_right(entry: Entry, octets: bytes) -> PutRight:
    envelope = parse_envelope(entry.envelope)
    said = Correction.model_validate(orjson.loads(octets))
    return PutRight(entry.issuer, envelope.sealed_at, envelope.seq, said)


def _drafted(
    connection: Connection, key: KeyEncryptionKey, handoff: str, drafts: Sequence[Waiting]
) -> Iterator[Correction]:
    """Give the corrections that wait to be sealed."""
    numbers = [one.body for one in drafts if _corrects(one.schema)]
    for kept in list_bodies(connection, numbers).values():
        octets = open_body(kept, handoff, key)
        if octets is not None:
            yield Correction.model_validate(orjson.loads(octets))
