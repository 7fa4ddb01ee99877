"""
How the databases read what we ask: by an index, always.

Every function that runs while messages flow is called once; each statement that reached
the database is then explained by the database itself.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, event

from exchange.domain.alarms import AlarmKind
from exchange.domain.bulletins import Bulletin, Matter
from exchange.domain.escalation import Level
from exchange.domain.parties import Side
from exchange.proof.merkle import Frontier, prove_inclusion
from exchange.store import (
    alarms,
    bodies,
    bulletins,
    checkpoints,
    clients,
    comparisons,
    days,
    decisions,
    depth,
    due,
    expected,
    handoffs,
    idempotency,
    journal,
    lanes,
    ledger,
    outbox,
    partner,
    references,
    seqs,
    stated,
    statements,
    trees,
    verdicts,
    wakings,
)
from exchange.store.columns import Direction, Pool, Status
from exchange.store.comparisons import Compared
from exchange.store.days import OfDay
from exchange.store.heads import Head
from exchange.store.outbox import NewDraft
from exchange.store.prepared import driver_of
from exchange.store.stated import Stated
from exchange.store.tables import metadata
from tests.store.looking import tell_reconciliation
from tests.store.rows import (
    NOON,
    entry,
    receipt,
    sent,
    stored_draft,
    stored_handoff,
    uuid_text,
)

TODAY = NOON.date()
Explain = Callable[[], Iterator[str]]


def tell_handoffs(connection: Connection) -> None:
    """Call what reads and moves handoffs."""
    first = stored_handoff(connection, case_id=uuid_text(), due_at=NOON)
    handoffs.find_handoffs(connection, [first.handoff, uuid_text()])
    handoffs.update_handoffs(connection, [(first, replace(first, stage="noticed"))])
    moved = replace(first, version=2)
    handoffs.update_handoffs(connection, [(moved, replace(moved, port="2402"))])
    handoffs.list_changed(connection, after=0, limit=5)
    handoffs.list_changed(connection, after=0, limit=5, ports=["2504"])
    handoffs.list_arrivals(
        connection,
        receiving_points=["chaparral"],
        start=NOON,
        end=NOON,
        limit=5,
    )
    list(due.stream_due(connection, now=NOON))
    list(due.stream_due_at(connection, receiving_points=["MX-CHAPARRAL"], before=NOON))
    handoffs.list_cycles(connection, uuid_text())
    handoffs.list_family(connection, uuid_text())
    handoffs.find_held(connection, cases=[uuid_text()], groups=[uuid_text()])


def tell_ledger(connection: Connection) -> None:
    """Call what appends to the ledger and looks into it."""
    handoff = stored_handoff(connection).number
    written = [entry(handoff=handoff, seq=1), sent(handoff=handoff, seq=1), receipt()]
    numbers = ledger.record_entries(connection, written)
    jtis = [uuid_text()]
    ledger.find_messages_by_sig(connection, [written[0].sig])
    ledger.find_messages(connection, Direction.RECEIVED, jtis)
    ledger.find_receipts(connection, Direction.SENT, jtis)
    ledger.list_numbered(connection, numbers)
    ledger.list_entries(connection, after=-1)
    ledger.list_entries_of(connection, handoff)
    references.find_references(connection, [handoff], schema="urn:x:1")
    seqs.list_seq_gaps(connection, since=1)
    seqs.list_repeated_seqs(connection, since=1)
    seqs.find_repeated_seqs(connection, [1, 2])
    seqs.get_highest_seq(connection)
    verdict = verdicts.Verdict(message=numbers[0], receipt=numbers[2], status=Status.ACCEPTED)
    verdicts.record_verdicts(connection, [verdict])
    verdicts.find_verdicts(connection, numbers)
    verdicts.find_receipts_by_sig(connection, [written[0].sig])


def tell_trees(connection: Connection) -> None:
    """Call what proves entries and keeps what was signed."""
    ledger.record_entries(connection, [entry(), entry(), entry()])
    journal.record_events(connection, [journal.Event(at=NOON, kind="a.happened", actor="a")])
    for log, size in ((Head.LEDGER, 3), (Head.JOURNAL, 1)):
        prove_inclusion(0, size, trees.nodes_of(connection, log))
        trees.regrow(connection, log, after=Frontier(), until=size)
        made = checkpoints.SignedCheckpoint(log=log, size=size, signed_at=NOON, note=b"note")
        checkpoints.record_checkpoint(connection, made)
        checkpoints.find_newest(connection, log)
        checkpoints.list_checkpoints(connection, log, since=1, until=size)


def tell_outbox(connection: Connection) -> None:
    """Call what a message goes through in the outbox."""
    handoff = stored_handoff(connection).number
    stored_draft(connection, handoff)
    number = ledger.record_entries(connection, [sent(seq=9)])[0]
    for lane in (lanes.Lane.ISOLATED, lanes.Lane.URGENT, lanes.Lane.NORMAL):
        lanes.find_next(connection, lane)
        rows = lanes.claim_due(connection, lane=lane, now=NOON, lease_until=NOON, limit=5)
    lanes.are_due(connection, lane, 5, now=NOON)
    depth.find_troubled(connection, [row.number for row in rows])
    depth.find_unreceipted_since(connection)
    outbox.list_held(connection, rows)
    outbox.record_sealed(connection, [(rows[0], number, rows[0].body)])
    outbox.release(connection, rows, due_at=NOON)
    outbox.park(connection, rows[0].number, at=NOON, code="malformed")
    outbox.retry(connection, rows[0].number, now=NOON)
    outbox.list_outbox(connection)
    outbox.list_outbox_of(connection, handoff)
    outbox.delete_drafts(connection, handoff)
    outbox.settle(connection, rows)


def tell_bodies(connection: Connection) -> None:
    """Call what stores and opens bodies."""
    handoff = stored_handoff(connection).number
    bodies.insert_data_keys(connection, {handoff: b"wrapped"})
    bodies.insert_pool_key(connection, Pool.REJECTED, TODAY, b"pool")
    numbers = bodies.record_bodies(connection, [bodies.NewBody(b"one", handoff=handoff)])
    bodies.list_bodies(connection, numbers)
    bodies.find_data_keys(connection, [handoff])
    bodies.find_pool_key(connection, Pool.REJECTED, TODAY)
    bodies.delete_pools(connection, before=TODAY)
    tell_bulletins(connection)
    bodies.erase_data_key(connection, handoff)


def tell_bulletins(connection: Connection) -> None:
    """Call what stores and finds what is about no handoff."""
    one = Bulletin(Matter("contacts", ""), 1, NOON, "urn:handoff:schema:contacts:1", "{}")
    bulletins.record_bulletins(connection, Direction.SENT, [(None, one)])
    bulletins.record_bulletins(connection, Direction.SENT, [(one, one._replace(seq=2))])
    bulletins.find_bulletins(connection, Direction.SENT, [one.matter])
    bulletins.list_bulletins(connection, Direction.SENT, "contacts")
    expected.count_expected(connection, "MX-CHAPARRAL", start=NOON, end=NOON)
    expected.list_expected(connection, "MX-CHAPARRAL", start=NOON, end=NOON)


def tell_the_rest(connection: Connection) -> None:
    """Call what stands around the journey."""
    handoff = stored_handoff(connection).number
    decisions.find_decisions(connection, [uuid_text()])
    decisions.find_decision_of(connection, handoff)
    decisions.count_decisions(connection, first_on=TODAY, last_on=TODAY)
    journal.record_events(connection, [journal.Event(at=NOON, kind="x.done", actor="us")])
    journal.list_events(connection)
    journal.list_events_of(connection, handoff)
    alarms.raise_alarm(connection, AlarmKind.CLOCK_SKEW, "partner", at=NOON)
    alarms.raise_alarm(connection, AlarmKind.CLOCK_SKEW, "partner", at=NOON)
    alarms.settle_alarms(connection, AlarmKind.CLOCK_SKEW, standing=[], at=NOON)
    alarms.close_alarms(connection, AlarmKind.CLOCK_SKEW, ["partner"], at=NOON)
    alarms.find_alarm(connection, 1)
    alarms.lock_alarm(connection, 1)
    alarms.list_open(connection)
    alarms.list_open_after(connection, after=0, limit=5)
    alarms.list_alarms(connection)
    alarms.raise_alarm(connection, AlarmKind.RECALL, "a", at=NOON)
    alarms.acknowledge_alarm(connection, 2, by="night", at=NOON)
    alarms.close_alarm(connection, alarms.list_open(connection)[0], at=NOON)
    tell_wakings(connection)
    clients.find_client(connection, bytes(32))
    clients.revoke_client(connection, "nobody", at=NOON)
    idempotency.find_answer(connection, client=1, key="k")
    idempotency.delete_answers(connection, before=NOON)
    partner.find_key_set(connection)
    partner.record_contact(connection, at=NOON, skew_milliseconds=1)
    partner.get_contact(connection)


def tell_wakings(connection: Connection) -> None:
    """Call what says whom an alarm has reached, and tells them."""
    alarms.raise_alarm(connection, AlarmKind.VISA_OVERDUE, "a", at=NOON)
    kinds = {AlarmKind.VISA_OVERDUE}
    wakings.reach_level(connection, Level.PORT, kinds, urgency=1, opened_until=NOON, at=NOON)
    wakings.is_any_due(connection, now=NOON)
    claim = wakings.claim_waking(connection, now=NOON, lease_until=NOON)
    assert claim is not None
    wakings.release_waking(connection, claim, due_at=NOON)
    wakings.record_told(connection, claim, at=NOON)
    wakings.find_untold_since(connection)
    wakings.list_reached(connection, [claim.alarm])
    wakings.drop_ended(connection)


def tell_statements(connection: Connection) -> None:
    """Call what states days and keeps how far their comparison has come."""
    handoff, of = stored_handoff(connection).number, OfDay(TODAY, Direction.RECEIVED)
    ledger.record_entries(connection, [entry(handoff=handoff, body=1, said_on=TODAY, seq=1)])
    days.list_items(connection, of, as_of=9)
    assert list(
        days.stream_said(connection, of, [ledger.list_entries(connection)[0].schema or ""], as_of=9)
    )
    days.find_touched(connection, since=0, until=9, before=TODAY)
    days.list_heard(connection, "urn:x:1", since=0, until=9)
    days.find_first_day(connection)
    one = Stated(*of, bytes(32), 1, "[]", 9, NOON)
    stated.insert_statements(connection, [one])
    stated.list_stated(connection, first=TODAY)
    stated.find_stated(connection, of)
    stated.find_stated_as(connection, of, bytes(32))
    stated.find_last_day(connection)
    run = Compared(None, *of, bytes(32), bytes(32), 9, "{}", NOON, NOON)
    comparisons.record_comparisons(connection, [(None, run)])
    found = comparisons.find_comparison(connection, of, ours=bytes(32), theirs=bytes(32))
    assert found is not None
    comparisons.record_comparisons(connection, [(found, found)])
    comparisons.list_silent(connection, before=NOON)
    statements.find_differences(connection, Side.US, first=TODAY)
    outbox.insert_sealed(
        connection, [(0, NewDraft(schema="urn:x:1", body=1, due_at=NOON, created_at=NOON))]
    )


TELLERS = (
    tell_trees,
    tell_statements,
    tell_reconciliation,
    tell_handoffs,
    tell_ledger,
    tell_outbox,
    tell_bodies,
    tell_the_rest,
)


@pytest.mark.parametrize("tell", TELLERS)
def test_no_statement_of_the_journey_reads_a_whole_table(
    connection: Connection,
    tell: Callable[[Connection], None],
) -> None:
    """Neither database plans to scan a table for anything that runs while messages flow."""
    explained = _explained_sqlite if connection.dialect.name == "sqlite" else _explained_postgres
    with explained(connection) as explain:
        tell(connection)
        assert list(explain()) == []


# --- SQLite ---------------------------------------------------------------------------------


@contextmanager
def _explained_sqlite(connection: Connection) -> Iterator[Explain]:
    """Watch the statements that run, and then give those that scan a table."""
    driver = driver_of(connection)
    seen: list[str] = []
    driver.set_trace_callback(seen.append)

    def scans() -> Iterator[str]:
        driver.set_trace_callback(None)
        assert len(seen) > 10
        for statement in seen:
            if any(_scans(line) for line in _sqlite_plan(driver, statement)):
                yield statement

    yield scans
    driver.set_trace_callback(None)


def _sqlite_plan(driver: sqlite3.Connection, statement: str) -> list[str]:
    return [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]


def _scans(line: str) -> bool:
    """Say whether a line of a plan scans one of our tables from end to end."""
    words = line.split()
    is_ordered = "USING" in words  # reads an index in order, as far as its LIMIT
    return words[0] == "SCAN" and words[1] in metadata.tables and not is_ordered


# --- PostgreSQL -----------------------------------------------------------------------------


@contextmanager
def _explained_postgres(connection: Connection) -> Iterator[Explain]:
    """Watch the statements that run, and then give those that scan a table."""
    seen: list[tuple[str, Any]] = []

    def watch(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        seen.append((statement, values[0] if isinstance(values, list) else values))

    event.listen(connection, "before_cursor_execute", watch)

    def scans() -> Iterator[str]:
        event.remove(connection, "before_cursor_execute", watch)
        assert len(seen) > 10
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, values in seen:
            explain = f"EXPLAIN (FORMAT JSON) {statement}"
            (plan,) = connection.exec_driver_sql(explain, values).scalar_one()
            if any(_reads_all(node) for node in _nodes(plan["Plan"])):
                yield statement

    yield scans


def _nodes(node: dict[str, Any], *, limited: bool = False) -> Iterator[dict[str, Any]]:
    """Give every node of a plan, marked where a limit stops it."""
    limited = limited or node["Node Type"] == "Limit"
    yield {**node, "limited": limited}
    for child in node.get("Plans", ()):
        yield from _nodes(child, limited=limited)


def _reads_all(node: dict[str, Any]) -> bool:
    """Say whether a node reads a table or an index from end to end."""
    kind = node["Node Type"]
    if kind == "Seq Scan":
        return True
    return "Index" in kind and "Index Cond" not in node and not node["limited"]
