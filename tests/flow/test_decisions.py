"""Decisions that wait together are stored together, each once."""

from collections.abc import Sequence
from functools import partial

import pytest

from exchange.domain.limits import Limits
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.flow.decisions import Begun, Screened, Standing, find_standing, record_screened
from exchange.flow.keyring import DataKey
from exchange.flow.rooms import asked_by
from exchange.store import Store
from exchange.store.bodies import list_bodies
from exchange.store.decisions import Decision, Outcome
from exchange.store.engine import Connection
from exchange.store.handoffs import NewHandoff, list_handoffs
from exchange.store.journal import list_events
from exchange.store.outbox import list_outbox
from tests.builders import NOW, TODAY, a_notice, places
from tests.store.rows import uuid_text


def a_screened(
    decision_id: str | None = None, *, digest: int = 0, cleared: bool = True
) -> Screened:
    """Return a decision to be stored, whose bodies are its own id."""
    name = decision_id or uuid_text()
    row = Decision(
        decision_id=name,
        digest=bytes([digest]) * 32,
        port="2504",
        decided_on=TODAY,
        outcome=Outcome.CLEARED if cleared else Outcome.WITHHELD,
        rule_set="as-announced-2019",
        codes=() if cleared else ("minor",),
        recorded_at=NOW,
    )
    begun = Begun(
        handoff=NewHandoff(handoff=uuid_text(), stage="unannounced", created_at=NOW),
        case=None,
        family=None,
        schema=RETURN_NOTICE.schema,
        key=DataKey(b"open", name.encode()),
        decision_ciphertext=b"decision " + name.encode(),
        notice_ciphertext=b"notice " + name.encode(),
        asked=asked_by(a_notice(), places(), Limits(), NOW),
    )
    return Screened(row=row, actor="port", begins=begun if cleared else None)


def handoff_of(screened: Screened) -> str:
    """Return the handoff that a decision begins."""
    assert screened.begins is not None
    return screened.begins.handoff.handoff


async def test_each_decision_gets_what_belongs_to_it(store: Store) -> None:
    """Of many stored at once each handoff has its own key, bodies, draft and journal entry."""
    many = [a_screened(cleared=number % 3 != 0) for number in range(9)]
    standing = await store.write(partial(record_screened, screened=many))

    def check(connection: Connection) -> None:
        found = find_standing(connection, [one.row.decision_id for one in many])
        handoffs = list_handoffs(connection, range(20))
        drafts = {one.handoff: one.body for one in list_outbox(connection)}
        bodies = list_bodies(connection, range(40))
        events = {str(one.data["decision"]): one.handoff for one in list_events(connection)}
        for one, stands in zip(many, standing, strict=True):
            name = one.row.decision_id
            row = found[name].row
            assert stands.is_new
            assert (found[name].handoff, row.codes) == (stands.handoff, one.row.codes)
            assert events[name] == row.handoff
            if one.begins is None:
                assert row.handoff is None
                continue
            assert row.handoff is not None
            assert handoffs[row.handoff].handoff == handoff_of(one) == stands.handoff
            notice = bodies[drafts[row.handoff]]
            assert (notice.ciphertext, notice.wrapped) == (
                one.begins.notice_ciphertext,
                one.begins.key.wrapped,
            )
        assert len(bodies) == 12

    await store.read(check)


@pytest.mark.parametrize("together", [True, False])
async def test_the_first_of_an_id_stands(store: Store, *, together: bool) -> None:
    """Of several under one id the first is stored, whether they come at once or in turn."""
    first = a_screened()
    others = [a_screened(first.row.decision_id, digest=digest) for digest in (0, 1)]
    if together:
        standing = await store.write(partial(record_screened, screened=[first, *others]))
    else:
        standing = [
            stands
            for one in (first, *others)
            for stands in await store.write(partial(record_screened, screened=[one]))
        ]

    assert [one.is_new for one in standing] == [True, False, False]
    assert {one.handoff for one in standing} == {handoff_of(first)}
    assert {one.row.digest for one in standing} == {first.row.digest}
    assert len(await store.read(list_outbox)) == 1


async def test_a_conflict_is_not_kept(store: Store) -> None:
    """What a caller keeps is kept for the same content alone."""
    kept: list[tuple[int, Standing]] = []
    name = uuid_text()

    def told(digest: int) -> Screened:
        one = a_screened(name, digest=digest)

        def keep(_connection: Connection, stands: Standing) -> None:
            kept.append((digest, stands))

        return Screened(row=one.row, actor=one.actor, begins=one.begins, keep=keep)

    def record(connection: Connection) -> Sequence[Standing]:
        kept.clear()  # a transaction may run twice
        return record_screened(connection, [told(0), told(1), told(0)])

    await store.write(record)
    assert [digest for digest, _ in kept] == [0, 0]


async def test_nothing_to_store_stores_nothing(store: Store) -> None:
    """Without decisions there is nothing to return, and none stands under an unknown id."""
    assert await store.write(partial(record_screened, screened=[])) == []
    assert await store.read(partial(find_standing, decision_ids=[uuid_text()])) == {}
