"""The journal: whole, linked and in order."""

from sqlalchemy import Connection

from exchange.proof.chain import START, link
from exchange.store.journal import Event, leaf_of, list_events, list_events_of, record_events
from tests.store.rows import NOON, stored_handoff


def test_events_come_back_linked_and_in_order(connection: Connection) -> None:
    """Every event is read as it was written, each linked to the one before."""
    handoff = stored_handoff(connection).number
    written = [
        Event(at=NOON, kind="decision.recorded", actor="san-ysidro", handoff=handoff),
        Event(at=NOON, kind="screening.withheld", actor="exchange", data={"codes": ["minor"]}),
    ]
    record_events(connection, [])
    record_events(connection, written[:1])
    record_events(connection, written[1:])
    previous = START
    for number, (event, one) in enumerate(zip(written, list_events(connection), strict=True)):
        previous = link(previous, leaf_of(event))
        assert (one.number, one.link, one.data) == (number, previous, event.data)
    assert [one.kind for one in list_events_of(connection, handoff)] == ["decision.recorded"]
