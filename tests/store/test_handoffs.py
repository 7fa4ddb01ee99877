"""Handoffs: one row each, moved only by who saw its last version."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.store.handoffs import (
    StageCount,
    Stale,
    count_by_stage,
    find_handoff,
    find_handoffs,
    find_held,
    insert_handoffs,
    list_arrivals,
    list_changed,
    list_cycles,
    list_family,
    stream_handoffs,
    update_handoffs,
)
from tests.store.rows import NOON, SECOND, new_handoff, stored_handoff, uuid_text


def test_a_handoff_comes_back_as_it_went_in(connection: Connection) -> None:
    """Every member is read as it was written, and the version is 1."""
    written = new_handoff(
        case_id=uuid_text(),
        shared="{}",
        intent="noticed",
        family_group=uuid_text(),
        holds=("fear", "medical"),
        due_at=NOON,
    )
    numbers = insert_handoffs(connection, [written, new_handoff()])
    read = find_handoff(connection, written.handoff)
    assert read is not None
    assert (read.number, read.version, read.changed) == (numbers[0], 1, 1)
    for name in type(written).__dataclass_fields__:
        assert getattr(read, name) == getattr(written, name)


def test_a_handoff_is_stored_once(connection: Connection) -> None:
    """A second handoff of one id is stopped by the database."""
    first = stored_handoff(connection)
    with pytest.raises(IntegrityError):
        stored_handoff(connection, handoff=first.handoff)


def test_an_unknown_handoff_is_absent(connection: Connection) -> None:
    """What we do not have is not given, and nothing is asked for nothing."""
    assert find_handoff(connection, uuid_text()) is None
    assert find_handoffs(connection, []) == {}


def test_an_act_bumps_the_version_and_the_feed(connection: Connection) -> None:
    """After an act the handoff is as decided, one version on, and last in the change feed."""
    first, second = stored_handoff(connection), stored_handoff(connection)
    moved = replace(first, stage="noticed", local_stage=None, shared="{}")
    update_handoffs(connection, [(first, moved)])
    assert list_changed(connection, after=0, limit=9) == [
        second,
        replace(moved, version=2, changed=3),
    ]


def test_an_act_on_an_old_version_is_stale(connection: Connection) -> None:
    """Who decided on an older version is told, even where only one of several is old."""
    first, second = stored_handoff(connection), stored_handoff(connection)
    update_handoffs(connection, [(first, replace(first, stage="noticed"))])
    with pytest.raises(Stale):
        update_handoffs(
            connection,
            [(second, replace(second, stage="noticed")), (first, replace(first, stage="x"))],
        )


def test_a_handoff_that_moves_to_another_place_is_found_there(connection: Connection) -> None:
    """The placing columns follow an act that changes them."""
    first = stored_handoff(connection)
    moved = replace(first, receiving_point="garita-mexicali", window_from=NOON + 5 * SECOND)
    update_handoffs(connection, [(first, moved)])

    def at(point: str) -> list[str]:
        found = list_arrivals(
            connection,
            receiving_points=[point],
            start=NOON,
            end=NOON + 9 * SECOND,
            limit=9,
        )
        return [one.handoff for one in found]

    assert (at("garita-mexicali"), at("chaparral")) == ([first.handoff], [])


def test_the_feed_shows_the_ports_asked_for(connection: Connection) -> None:
    """A reader of some ports gets their changes alone, after its cursor, up to its limit."""
    for port in ("2504", "2402", "2504", "2503"):
        stored_handoff(connection, port=port)
    found = list_changed(connection, after=1, limit=9, ports=["2504", "2402"])
    assert [one.changed for one in found] == [2, 3]
    assert list_changed(connection, after=0, limit=9, ports=[]) == []
    assert len(list_changed(connection, after=0, limit=2)) == 2


def test_arrivals_are_in_order_of_their_windows(connection: Connection) -> None:
    """Arrivals are given from the start of a day to before its end, the first window first."""
    for seconds in (3, 1, 10, 0):
        stored_handoff(connection, window_from=NOON + seconds * SECOND)
    found = list_arrivals(
        connection,
        receiving_points=["chaparral", "garita-mexicali"],
        start=NOON + SECOND,
        end=NOON + 10 * SECOND,
        limit=9,
    )
    assert [one.window_from for one in found] == [NOON + SECOND, NOON + 3 * SECOND]


def test_the_cycles_of_a_case_are_together(connection: Connection) -> None:
    """All handoffs of one case are given, the oldest first."""
    case = uuid_text()
    first, _, third = (stored_handoff(connection, case_id=c) for c in (case, None, case))
    assert list_cycles(connection, case) == [first, third]


def test_a_family_is_together(connection: Connection) -> None:
    """All handoffs of one family group are given, the oldest first."""
    group = uuid_text()
    first, _, third = (stored_handoff(connection, family_group=one) for one in (group, None, group))
    assert list_family(connection, group) == [first, third]


def test_holds_come_and_go(connection: Connection) -> None:
    """An act may add a cause to those that stand, and take the last away."""
    first = stored_handoff(connection)
    for version, holds in enumerate([("fear",), ("fear", "legal"), ()], first.version):
        moved = replace(first, version=version)
        update_handoffs(connection, [(moved, replace(moved, holds=holds))])
        found = find_handoff(connection, first.handoff)
        assert found is not None
        assert found.holds == holds


def test_who_is_held_is_found_by_case_and_by_family(connection: Connection) -> None:
    """A held handoff is found by either; without a hold, or asked for none, there is none."""
    case, group = uuid_text(), uuid_text()
    stored_handoff(connection, case_id=case, family_group=group)
    assert find_held(connection, cases=[case], groups=[group]) is None
    held = stored_handoff(connection, case_id=case, holds=("fear",))
    assert find_held(connection, cases=[uuid_text(), case], groups=[]) == held.handoff
    assert find_held(connection, cases=[], groups=[group]) is None
    member = stored_handoff(connection, family_group=group, holds=("legal",))
    assert find_held(connection, cases=[uuid_text()], groups=[group]) == member.handoff
    assert find_held(connection, cases=[], groups=[]) is None


def test_who_leaves_the_family_out_is_still_of_it(connection: Connection) -> None:
    """A case is held for the sake of any family that one of its handoffs was announced with."""
    case, group = uuid_text(), uuid_text()
    stored_handoff(connection, case_id=case)
    stored_handoff(connection, case_id=case, family_group=group)
    assert find_held(connection, cases=[case], groups=[]) is None
    mother = stored_handoff(connection, case_id=uuid_text(), family_group=group, holds=("medical",))
    assert find_held(connection, cases=[case], groups=[]) == mother.handoff
    assert find_held(connection, cases=[uuid_text()], groups=[]) is None


def test_stages_are_counted_by_port(connection: Connection) -> None:
    """Counts and the stream cover every handoff."""
    stored = [stored_handoff(connection, port=port) for port in ("2504", "2504", "2402")]
    counts = {(count.port, count.count) for count in count_by_stage(connection)}
    assert counts == {("2504", 2), ("2402", 1)}
    assert StageCount("2402", "drafted", "unannounced", 1) in count_by_stage(connection)
    assert list(stream_handoffs(connection)) == stored
