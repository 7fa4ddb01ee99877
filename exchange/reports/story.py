"""What both sides hold of a handoff: each message by its speaker's clock, with its receipt."""

import datetime as dt
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from exchange.domain.parties import Side
from exchange.reports.document import Cell, Column, Kind, Section
from exchange.reports.timeline import name_of
from exchange.store.columns import Direction
from exchange.store.columns import Kind as EntryKind
from exchange.store.engine import Connection
from exchange.store.ledger import Entry, list_entries_of, list_numbered
from exchange.store.verdicts import find_verdicts


@dataclass(frozen=True, slots=True)
class Said:
    """
    A message and its receipt, as both sides can show them.

    *at* is the message's own time, *receipted_at* that of its receipt; *digest* names the
    message. *outcome* is what the receipt says of it, None where none came yet.
    """

    at: dt.datetime
    speaker: Side
    what: str
    jti: str | None
    digest: str
    outcome: str | None
    receipted_at: dt.datetime | None

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells of ``SAID_COLUMNS``."""
        outcome = self.outcome or "no-receipt"
        return self.at, self.speaker, self.what, outcome, self.receipted_at, self.jti, self.digest


SAID_COLUMNS = (
    Column("at", Kind.INSTANT),
    Column("speaker", Kind.CODE, "side."),
    Column("what", Kind.CODE, "message."),
    Column("outcome", Kind.CODE, "outcome."),
    Column("receipted_at", Kind.INSTANT),
    Column("jti", Kind.TEXT),
    Column("digest", Kind.TEXT),
)


def story_of(connection: Connection, side: Side, number: int) -> tuple[Said, ...]:
    """Return every message about a handoff (a row number), in the order of their own times."""
    entries = [
        entry for entry in list_entries_of(connection, number) if entry.kind is EntryKind.MESSAGE
    ]
    verdicts = find_verdicts(connection, [entry.number for entry in entries])
    receipts = list_numbered(connection, {verdict.receipt for verdict in verdicts.values()})
    said = []
    for entry in sorted(entries, key=_in_order):
        verdict = verdicts.get(entry.number)
        receipt = None if verdict is None else receipts[verdict.receipt]
        outcome = None
        if verdict is not None:
            outcome = " ".join(filter(None, (verdict.status, verdict.code)))
        said.append(
            Said(
                at=_spoken_at(entry.envelope),
                speaker=side if entry.direction is Direction.SENT else side.other,
                what=name_of(entry.schema or ""),
                jti=entry.jti,
                digest=urlsafe_b64encode(entry.pld).rstrip(b"=").decode(),
                outcome=outcome,
                receipted_at=None if receipt is None else _spoken_at(receipt.envelope),
            )
        )
    return tuple(said)


def _in_order(entry: Entry) -> tuple[dt.datetime, bool, int]:
    """Order by the message's own time and number, which both sides hold alike."""
    theirs = entry.issuer.split(":")[2] != Side.US
    return _spoken_at(entry.envelope), theirs, entry.seq or 0


def stories_section(stories: Mapping[str, tuple[Said, ...]]) -> Section:
    """Return the messages about some handoffs as a section, each handoff's together."""
    return Section(
        id="stories",
        columns=(Column("handoff", Kind.HANDOFF), *SAID_COLUMNS),
        rows=tuple((handoff, *one.cells()) for handoff, said in stories.items() for one in said),
        group="handoff",
    )


def _spoken_at(envelope: bytes) -> dt.datetime:
    return dt.datetime.fromtimestamp(json.loads(envelope)["iat"], dt.UTC)
