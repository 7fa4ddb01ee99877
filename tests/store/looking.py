"""Everything that the rules of reconciliation ask of the store, called once."""

from datetime import date

from sqlalchemy import Connection

from exchange.domain.discrepancies.folding import Reach
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Ending
from exchange.store import bearings, discrepancies, journal, looks, said, seqs, verdicts
from exchange.store.bearings import Bearing
from tests.store.finding import a_discrepancy
from tests.store.rows import NOON, stored_handoff, uuid_text

TODAY = date(2031, 3, 18)


def tell_reconciliation(connection: Connection) -> None:
    """Call what the rules look with, and what keeps what they find."""
    handoff = stored_handoff(connection)
    case, family, port_day = uuid_text(), uuid_text(), ("2504", TODAY)
    bearing = Bearing(handoff.number, 1, case, family, *port_day, b"b" * 16, b"p" * 16)
    bearings.put_bearings(connection, [bearing])
    bearings.find_bearings(connection, [handoff.number])
    reach = Reach(frozenset({case}), frozenset({family}), frozenset({port_day}))
    bearings.find_members(connection, reach)
    bearings.find_alike(connection, [bearing])
    bearings.find_cases(connection, [handoff.handoff])
    bearings.look_again(connection, [handoff.handoff])
    subject = Subject(Scope.HANDOFF, handoff.handoff)
    looks.put_looks(connection, {subject}, {subject: NOON})
    looks.put_looks(connection, {subject}, {})
    looks.list_due_looks(connection, now=NOON, limit=5)
    one = a_discrepancy(handoff.handoff)
    discrepancies.record_changes(connection, Changes((one,), (), ()))
    ended = one._replace(ending=Ending(NOON))
    discrepancies.record_changes(connection, Changes((), (one,), (ended,)))
    discrepancies.find_last(connection, [subject])
    discrepancies.list_history(connection, subject)
    discrepancies.find_discrepancy(connection, 1)
    discrepancies.lock_discrepancy(connection, 1)
    said.find_said(connection, [handoff.number], ["urn:x:1"])
    said.find_bodies_of(connection, [handoff.number], "urn:x:1")
    said.find_unsaid(connection, [handoff.number], "urn:x:1")
    journal.find_events(connection, [handoff.number], ["hold.placed"])
    verdicts.list_refused(connection, since=0, until=9)
    seqs.find_passed_at(connection, seqs.SeqGap(1, 2))
