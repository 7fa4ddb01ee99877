"""
What is checked while a run goes on, at the moment at which it would be wrong.

- Triggers in both databases note every change of a stage, every change of what may only be
  appended, and every message that leaves the outbox without a receipt: they run in the very
  transaction that did it.
- Each packet between the two is looked at: what it says must be on the disk of who says it.
- Each answer to a port or an official too.
- Each statement on the outbox that carries a claim must leave alone what was claimed since.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from string import Template
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Connection

from exchange.proof.encoding import digest
from exchange.proof.jws import read_line
from exchange.store.prepared import Prepared, Values, driver_of
from tests.sim.files import ask
from tests.sim.history import Broken, Operation
from tests.sim.wire import lines_in

STAGE, SETTLED, CHANGED = "stage", "settled", "changed"
"""What the triggers note: a stage that moved, a message gone unproven, a record that changed."""

SAID_FIRST = "what is said is stored first"
ANSWERED_FIRST = "what is answered is stored first"
FENCED = "only the last claim writes"
AS_IT_HAPPENS = (SAID_FIRST, ANSWERED_FIRST, FENCED)
"""The invariants that are looked at while a run goes on."""

_TRIGGERS = """
CREATE TABLE watched (number INTEGER PRIMARY KEY, what TEXT, subject INTEGER, was TEXT, is_ TEXT);
CREATE TRIGGER watch_stage AFTER UPDATE OF stage ON handoffs WHEN old.stage <> new.stage BEGIN
  INSERT INTO watched (what, subject, was, is_)
  VALUES ('stage', old.number, old.stage, new.stage);
END;
CREATE TRIGGER watch_settled BEFORE DELETE ON outbox
WHEN old.ledger IS NOT NULL AND old.ledger NOT IN (SELECT message FROM verdicts) BEGIN
  INSERT INTO watched (what, subject) VALUES ('settled', old.ledger);
END;
"""

_OF_RECORDS = Template("""
CREATE TRIGGER watch_${table}_$act AFTER $act ON $table BEGIN
  INSERT INTO watched (what, subject, was) VALUES ('changed', old.$key, '$table $act');
END;
""")
_RECORDS = {"ledger": "number", "journal": "number", "verdicts": "message"}


def add_triggers(database: Path) -> None:
    """From now on the database notes what is to be seen of it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(_TRIGGERS)
        for table, key in _RECORDS.items():
            for act in ("update", "delete"):
                connection.executescript(_OF_RECORDS.substitute(table=table, key=key, act=act))


class Watch:
    """Looks on while a run goes on; what it finds is in *broken*."""

    def __init__(self, databases: dict[str, Path]) -> None:
        self.broken: list[Broken] = []
        self.stale = 0
        """How often a claim was written with that somebody else had taken over."""
        self._databases = databases

    def see_packet(self, source: str, _destination: str, octets: bytes) -> None:
        """What is said is on the disk of who says it: messages and receipts alike."""
        database = self._databases.get(source)
        if database is None or b'{"payload":' not in octets:
            return
        for found in lines_in(octets):
            pld = digest(read_line(found).payload)
            known = ask(
                database, "SELECT count(*) FROM ledger WHERE direction = 0 AND pld = ?", pld
            )
            if known != [(1,)] and not _is_key_set(found):
                self._add(SAID_FIRST, f"{source} said what it does not hold")

    def see_answer(self, side: str, operation: Operation) -> None:
        """What a port or an official was told is done is on the disk of who told it."""
        handoff = UUID(operation.answer.get("handoff", operation.subject))
        row = ask(
            self._databases[side],
            "SELECT count(*) FROM journal JOIN handoffs ON handoffs.number = journal.handoff"
            " WHERE handoffs.handoff = ?",
            handoff.bytes,
        )
        if row[0][0] == 0:
            self._add(ANSWERED_FIRST, f"{operation.kind} {operation.subject}")

    @contextmanager
    def fences(self) -> Iterator[None]:
        """Every statement with a claim leaves alone a row that was claimed since."""
        run = Prepared.run

        def watched(statement: Prepared, connection: Connection, *rows: Values) -> int:
            claims = [row for row in rows if "at_attempts" in row]
            before = [_row(connection, claim) for claim in claims]
            done = run(statement, connection, *rows)
            for claim, was in zip(claims, before, strict=True):
                self._compare(connection, claim, was)
            return done

        with patch.object(Prepared, "run", watched):
            yield

    def _compare(self, connection: Connection, claim: Values, was: sqlite3.Row | None) -> None:
        if was is None or was["attempts"] == claim["at_attempts"]:
            return
        self.stale += 1
        now = _row(connection, claim)
        if now is None or tuple(now) != tuple(was):
            self._add(FENCED, f"row {claim['at_number']} of the outbox")

    def _add(self, invariant: str, what: str) -> None:
        self.broken.append(Broken(invariant, what))


def _row(connection: Connection, claim: Values) -> sqlite3.Row | None:
    cursor = driver_of(connection).cursor()
    cursor.row_factory = sqlite3.Row
    with closing(cursor):
        found: sqlite3.Row | None = cursor.execute(
            "SELECT * FROM outbox WHERE number = ?", (claim["at_number"],)
        ).fetchone()
    return found


def _is_key_set(line: bytes) -> bool:
    return b'"serial"' in read_line(line).payload
