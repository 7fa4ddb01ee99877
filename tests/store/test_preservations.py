"""Whose data are kept whatever a rule says: once on each ground, until it is lifted."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.domain.retention import Ground
from exchange.store.preservations import (
    find_preserved,
    insert_preservation,
    lift_preservation,
    list_preservations,
)
from tests.store.rows import NOON, uuid_text


def test_a_handoff_is_preserved_once_on_each_ground(connection: Connection) -> None:
    """It stands until it is lifted, and may then stand again."""
    handoff = uuid_text()
    insert_preservation(connection, handoff, Ground.COURT, at=NOON, by="eva")
    with pytest.raises(IntegrityError), connection.begin_nested():
        insert_preservation(connection, handoff, Ground.COURT, at=NOON, by="eva")
    insert_preservation(connection, handoff, Ground.COMPLAINT, at=NOON, by="eva")
    assert lift_preservation(connection, handoff, Ground.COURT, at=NOON, by="ana")
    assert not lift_preservation(connection, handoff, Ground.COURT, at=NOON, by="ana")
    assert find_preserved(connection, [handoff, uuid_text()]) == {handoff}
    lift_preservation(connection, handoff, Ground.COMPLAINT, at=NOON, by="ana")
    assert find_preserved(connection, [handoff]) == set()
    mine = [one for one in list_preservations(connection) if one.handoff == handoff]
    assert [(one.ground, one.lifted_by) for one in mine] == [
        (Ground.COURT, "ana"),
        (Ground.COMPLAINT, "ana"),
    ]
