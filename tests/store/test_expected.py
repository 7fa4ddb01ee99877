"""Who is expected at a receiving point: announced or drafted there, and not taken back."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from exchange.store.expected import count_expected, list_expected
from exchange.store.handoffs import NewHandoff, insert_handoffs
from tests.store.rows import NOON, uuid_text

POINT, HOUR = "MX-CHAPARRAL", dt.timedelta(hours=1)
HERE = NewHandoff(
    handoff=uuid_text(),
    stage="noticed",
    created_at=NOON,
    receiving_point=POINT,
    window_from=NOON,
)


def stored(connection: Connection, **members: Any) -> str:
    """Store a handoff of the point, and return its id."""
    new = replace(HERE, **{"handoff": uuid_text(), **members})
    insert_handoffs(connection, [new])
    return new.handoff


def found(connection: Connection) -> list[str]:
    """Return who is expected in the hour from noon, once counting says the same."""
    listed = list_expected(connection, POINT, start=NOON, end=NOON + HOUR)
    people, _ = count_expected(connection, POINT, start=NOON, end=NOON + HOUR)
    assert people == len(listed)
    return [one.handoff for one in listed]


@pytest.mark.parametrize(
    "members",
    [
        {"stage": "cancelled"},
        {"stage": "refused"},
        {"stage": "unannounced", "local_stage": "withdrawn"},
        {"intent": "cancelled"},
        {"receiving_point": "MX-JUAREZ"},
        {"window_from": NOON - HOUR},
        {"window_from": NOON + HOUR},
        {"window_from": None},
    ],
)
def test_who_does_not_come_is_not_expected(connection: Connection, members: dict[str, Any]) -> None:
    """Taken back, or to be; refused; elsewhere; before or from the end of the time on."""
    stored(connection, **members)
    assert found(connection) == []


def test_whoever_comes_is_in_the_order_of_the_windows(connection: Connection) -> None:
    """A draft counts like a notice, and an answer that waits changes nothing."""
    later = stored(connection, window_from=NOON + HOUR / 2)
    first = stored(connection, stage="unannounced", local_stage="drafted")
    second = stored(connection, intent="accepted")
    assert found(connection) == [first, second, later]


def test_a_family_counts_once(connection: Connection) -> None:
    """Families are counted by their groups, and who comes alone is of none."""
    family, other = uuid_text(), uuid_text()
    for group in (family, family, other, None):
        stored(connection, family_group=group)
    counted = count_expected(connection, POINT, start=NOON, end=NOON + HOUR)
    assert counted == (4, 2)
