"""What a run left behind: its history, every byte on the wire, and both sides' files."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, select
from sqlalchemy.pool import NullPool

from exchange.domain.handoff import SharedHandoff
from exchange.domain.parties import Side
from exchange.installation.published import journal_keys, our_keys
from exchange.installation.shipped import shipped_places
from exchange.proof.checkpoints import SIZE_MAX
from exchange.proof.jws import read_line
from exchange.proof.keys import KeySet
from exchange.proof.policy import SignatureSets
from exchange.reports.account import Account, make_account
from exchange.reports.folding import Asked
from exchange.reports.selection import Selection
from exchange.settings import Settings
from exchange.store import tables
from exchange.store.checkpoints import SignedCheckpoint, list_checkpoints
from exchange.store.columns import Direction, Kind
from exchange.store.heads import LOGS
from exchange.store.ledger import Entry, stream_entries
from exchange.store.verdicts import Verdict, find_verdicts
from tests.sim.files import ask
from tests.sim.history import History
from tests.sim.ports import Errand
from tests.sim.wire import Tap, lines_in


@dataclass(frozen=True)
class Held:
    """One side's files."""

    side: str
    settings: Settings
    file: Path

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a connection that reads."""
        engine = create_engine(f"sqlite:///{self.file}", poolclass=NullPool)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    @cached_property
    def key_set(self) -> KeySet:
        """What it publishes, with every key it ever had."""
        return our_keys(self.settings).key_set

    @cached_property
    def ledger(self) -> list[Entry]:
        """The whole ledger."""
        with self.connection() as connection:
            return list(stream_entries(connection))

    @cached_property
    def checkpoints(self) -> list[SignedCheckpoint]:
        """What was signed of the ledger, then of the journal."""
        with self.connection() as connection:
            return [
                one
                for log in LOGS
                for one in list_checkpoints(connection, log, since=0, until=SIZE_MAX)
            ]

    @cached_property
    def journal_keys(self) -> KeySet:
        """The keys of its journal, which no partner is given."""
        return journal_keys(self.settings, our_keys(self.settings))

    @cached_property
    def verdicts(self) -> dict[int, Verdict]:
        """What is known to have become of each message, by its ledger number."""
        with self.connection() as connection:
            return find_verdicts(connection, [entry.number for entry in self.ledger])

    @cached_property
    def _tables(self) -> dict[str, list[dict[str, Any]]]:
        names = ("handoffs", "decisions", "data_keys", "outbox", "journal", "alarms")
        with self.connection() as connection:
            return {
                name: [
                    dict(row)
                    for row in connection.execute(select(tables.metadata.tables[name])).mappings()
                ]
                for name in names
            }

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a table."""
        return self._tables[table]

    def events(self) -> list[dict[str, Any]]:
        """Return the journal in order."""
        rows = [row | {"data": json.loads(row["data"])} for row in self.rows("journal")]
        return sorted(rows, key=lambda row: int(row["number"]))

    def watched(self, what: str) -> list[tuple[Any, ...]]:
        """Return what the triggers of ``watching`` noted of one kind."""
        return ask(self.file, "SELECT subject, was, is_ FROM watched WHERE what = ?", what)

    @cached_property
    def _names(self) -> dict[int, str]:
        return {row["number"]: row["handoff"] for row in self.rows("handoffs")}

    def name_of(self, number: int | None) -> str:
        """Return the id of the handoff with a row number."""
        return self._names.get(number or 0, "")

    @staticmethod
    def shared(row: dict[str, Any]) -> SharedHandoff:
        """Return what a row of handoffs says that both sides know."""
        return SharedHandoff.model_validate_json(row["shared"])

    def messages(self, direction: Direction) -> list[Entry]:
        """Return the messages of one direction."""
        return [
            one for one in self.ledger if (one.direction, one.kind) == (direction, Kind.MESSAGE)
        ]

    def receipts(self, direction: Direction) -> list[Entry]:
        """Return the receipts of one direction."""
        return [
            one for one in self.ledger if (one.direction, one.kind) == (direction, Kind.RECEIPT)
        ]

    def octets(self) -> bytes:
        """Return the database as it lies on the disk."""
        files = sorted(self.file.parent.glob(f"{self.file.name}*"))
        return b"".join(file.read_bytes() for file in files)


@dataclass(frozen=True)
class Finished:
    """What a run left behind."""

    history: History
    us: Held
    mx: Held
    tap: Tap
    errands: Sequence[Errand]
    sets: SignatureSets
    log: str
    ended_at: datetime
    states_a_day: bool

    def other(self, held: Held) -> Held:
        """Return the partner of one side."""
        return self.mx if held is self.us else self.us

    @cached_property
    def _lines(self) -> dict[str, tuple[bytes, ...]]:
        return {
            source: tuple(
                line
                for to in ("us", "mx", "proxy")
                if to != source
                for line in lines_in(self.tap.said_by(source, to))
            )
            for source in ("us", "mx")
        }

    def lines_of(self, source: str) -> tuple[bytes, ...]:
        """Return every signed line that one side ever put on the wire."""
        return self._lines[source]

    @cached_property
    def bodies(self) -> dict[bytes, bytes]:
        """Every body that was on the wire, by the digest of its message."""
        lines = (read_line(line) for lines in self._lines.values() for line in lines)
        return {line.pld: line.body for line in lines if line.body is not None}

    def body_of(self, entry: Entry) -> bytes | None:
        """Return the body of a message, as it was on the wire."""
        return self.bodies.get(entry.pld)

    def account(self, side: str) -> Account:
        """Return the account of one side, of all days."""
        held = self.us if side == "us" else self.mx
        with held.connection() as connection:
            asked = Asked(
                side=Side(side),
                places=shipped_places(),
                limits=held.settings.deadlines,
                selection=Selection(),
                now=self.ended_at,
            )
            return make_account(connection, asked)
