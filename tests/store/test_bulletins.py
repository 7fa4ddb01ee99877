"""What is about no handoff: of each matter one stands, each side's apart from the other's."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.domain.bulletins import Bulletin, Matter, day_of_point
from exchange.store.bulletins import find_bulletins, list_bulletins, record_bulletins
from exchange.store.columns import Direction
from exchange.store.handoffs import Stale
from tests.store.rows import NOON

SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
MATTERS = [day_of_point("MX-CHAPARRAL", f"2031-03-{day}") for day in (18, 19)]
NUMBERS = Matter("contacts", "")


def bulletin(matter: Matter, seq: int) -> Bulletin:
    """Return what was said of a matter in message *seq*."""
    return Bulletin(matter, seq, NOON, f"urn:handoff:schema:{matter.name}:1", f'{{"n":{seq}}}')


def test_of_each_matter_the_last_recorded_stands(connection: Connection) -> None:
    """A bulletin replaces the one of its matter and side, and no other."""
    first, other, numbers = (
        bulletin(matter, seq) for seq, matter in enumerate([*MATTERS, NUMBERS], 1)
    )
    record_bulletins(connection, RECEIVED, [(None, one) for one in (numbers, first, other)])
    newer = bulletin(MATTERS[0], 9)
    record_bulletins(connection, RECEIVED, [(first, newer)])
    everything = [*MATTERS, NUMBERS]
    assert find_bulletins(connection, RECEIVED, everything) == {
        MATTERS[0]: newer,
        MATTERS[1]: other,
        NUMBERS: numbers,
    }
    assert find_bulletins(connection, SENT, everything) == {}
    assert find_bulletins(connection, RECEIVED, []) == {}
    assert list_bulletins(connection, RECEIVED, "capacity-advisory") == [newer, other]
    after = MATTERS[1].about
    assert list_bulletins(connection, RECEIVED, "capacity-advisory", first=after) == [other]


def test_what_stands_no_more_is_not_replaced(connection: Connection) -> None:
    """Who decided on an older bulletin, or on none, is told so."""
    first, second = (bulletin(NUMBERS, seq) for seq in (1, 2))
    record_bulletins(connection, SENT, [(None, first)])
    with pytest.raises(Stale):
        record_bulletins(connection, SENT, [(second, bulletin(NUMBERS, 3))])
    with pytest.raises(IntegrityError):
        record_bulletins(connection, SENT, [(None, second)])
