"""The journal: whole, in order, and in its tree."""

from sqlalchemy import Connection

from exchange.proof.logs import regrow
from exchange.store.heads import LOGS, Head, get_log
from exchange.store.journal import Event, in_tree, list_events, list_events_of, record_events
from tests.store.rows import NOON, stored_handoff


def test_events_come_back_in_order_and_in_their_tree(connection: Connection) -> None:
    """Every event is read as it was written, and the tree has grown by each."""
    handoff = stored_handoff(connection).number
    written = [
        Event(at=NOON, kind="decision.recorded", actor="san-ysidro", handoff=handoff),
        Event(at=NOON, kind="screening.withheld", actor="exchange", data={"codes": ["minor"]}),
    ]
    record_events(connection, [])
    record_events(connection, written[:1])
    record_events(connection, written[1:])
    read = list_events(connection)
    assert [(one.number, one.kind, one.data) for one in read] == [
        (number, one.kind, one.data) for number, one in enumerate(written)
    ]
    grown = regrow(map(in_tree, read), log=LOGS[Head.JOURNAL])
    assert grown == get_log(connection, Head.JOURNAL)
    assert [one.kind for one in list_events_of(connection, handoff)] == ["decision.recorded"]
