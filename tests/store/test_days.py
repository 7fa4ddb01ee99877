"""The messages of a day: which they are, as they were, and of which days something came late."""

from datetime import date, timedelta

from sqlalchemy import Connection

from exchange.proof.sets import Item
from exchange.store.columns import Direction, Status
from exchange.store.days import (
    OfDay,
    find_first_day,
    find_touched,
    list_heard,
    list_items,
    stream_said,
)
from exchange.store.ledger import NewEntry, record_entries
from exchange.store.verdicts import Verdict, record_verdicts
from tests.store.rows import NOON, entry, receipt, sent, stored_handoff

TODAY = NOON.date()
HEARD, SAID = OfDay(TODAY, Direction.RECEIVED), OfDay(TODAY, Direction.SENT)


def item(one: NewEntry) -> Item:
    """Return a message by its names."""
    assert one.jti is not None
    return Item(one.pld, one.jti)


def test_a_day_has_its_own_messages_of_one_direction(connection: Connection) -> None:
    """Neither those of another day nor the other side's, nor what has no day at all."""
    ours, theirs = sent(seq=1, said_on=TODAY), entry(said_on=TODAY)
    other = entry(said_on=TODAY + timedelta(days=1))
    record_entries(connection, [ours, theirs, other, entry(), receipt()])
    assert list_items(connection, SAID, as_of=9) == [item(ours)]
    assert list_items(connection, HEARD, as_of=9) == [item(theirs)]


def test_a_day_is_as_it_was_at_each_length(connection: Connection) -> None:
    """What came later is not in it; what was rejected later is in it until then."""
    first, second = sent(seq=1, said_on=TODAY), sent(seq=2, said_on=TODAY)
    record_entries(connection, [first, second, receipt()])
    rejected = Verdict(message=0, receipt=2, status=Status.REJECTED, code="breaks-schema")
    record_verdicts(connection, [rejected])
    assert list_items(connection, SAID, as_of=1) == [item(first)]
    assert set(list_items(connection, SAID, as_of=2)) == {item(first), item(second)}
    assert list_items(connection, SAID, as_of=3) == [item(second)]


def test_only_what_is_about_a_handoff_and_has_a_body_is_counted(connection: Connection) -> None:
    """Each with its number, its type and where its body is, of the types that are asked for."""
    handoff = stored_handoff(connection).number
    counted = entry(said_on=TODAY, handoff=handoff, body=7, schema="urn:x:1")
    others = [
        entry(said_on=TODAY, handoff=handoff, body=8, schema="urn:x:2"),
        entry(said_on=TODAY, body=9, schema="urn:x:1"),
        entry(said_on=TODAY, handoff=handoff, schema="urn:x:1"),
    ]
    record_entries(connection, [counted, *others])
    ((one,),) = stream_said(connection, HEARD, ["urn:x:1"], as_of=9)
    assert one == (0, handoff, "urn:x:1", 7)


def test_days_are_touched_by_what_comes_and_by_what_is_rejected(connection: Connection) -> None:
    """Each once, whatever length of the ledger is looked at; days not yet closed are left."""
    before = TODAY - timedelta(days=1)
    record_entries(
        connection,
        [sent(seq=1, said_on=TODAY), entry(said_on=before), entry(said_on=before), receipt()],
    )
    record_verdicts(connection, [Verdict(message=0, receipt=3, status=Status.REJECTED, code="x")])
    late = OfDay(before, Direction.RECEIVED)
    tomorrow = TODAY + timedelta(days=1)
    assert find_touched(connection, since=0, until=3, before=TODAY) == {late}
    assert find_touched(connection, since=0, until=3, before=tomorrow) == {late, SAID}
    assert find_touched(connection, since=3, until=4, before=tomorrow) == {SAID}
    assert find_touched(connection, since=4, until=9, before=tomorrow) == set()


def test_what_the_partner_said_of_a_type_is_found_in_its_order(connection: Connection) -> None:
    """Not what was rejected, not our own, and each by its number."""
    record_entries(
        connection,
        [
            entry(schema="urn:x:1", body=5),
            entry(schema="urn:x:2", body=6),
            entry(schema="urn:x:1", body=7, status=Status.REJECTED),
            sent(seq=1, schema="urn:x:1", body=8),
            entry(schema="urn:x:1", body=9),
        ],
    )
    assert list_heard(connection, "urn:x:1", since=0, until=9) == [(0, 5), (4, 9)]
    assert list_heard(connection, "urn:x:1", since=1, until=4) == []


def test_the_first_day_is_that_of_the_first_message(connection: Connection) -> None:
    """None while nothing was said; a receipt is of no day."""
    record_entries(connection, [receipt()])
    assert find_first_day(connection) is None
    record_entries(connection, [entry(said_on=TODAY), entry(said_on=date(1969, 12, 31))])
    assert find_first_day(connection) == date(1969, 12, 31)
