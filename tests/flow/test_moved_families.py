"""A family moves together, or not at all."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from exchange.errors import Held, Invalid
from exchange.flow.revisions import Revisions
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, stream_handoffs
from tests.builders import HANDOFF, rule_book
from tests.flow.meddling import before_next_write
from tests.flow.revising import ACCEPTED, LATER, codes, revise
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.sides import BothSides

FAMILY: dict[str, Any] = {
    "family": {"group": "5f0c1e2d-3b4a-4958-8677-695a4b3c2d1e", "size": 3, "role": "ADULT"}
}


async def a_family(both: BothSides) -> list[str]:
    """Return three of one family: two whom the partner knows, and one whose notice waits."""
    known = [await noticed(both, number, **FAMILY) for number in (1, 2)]
    return [*known, await drafted(both.us, 3, **FAMILY)]


async def test_a_family_moves_together(both: BothSides) -> None:
    """A revision that moves one moves all, in one transaction, each in its next revision."""
    us = both.us
    family = await a_family(both)

    await revise(us, family[0], **LATER, **FAMILY)

    assert len(await drafts(us)) == 3
    entries = await events(us, "notice.revised")
    assert len({one.at for one in entries}) == 1
    assert [one.data.get("with") for one in entries] == [None, family[0], family[0]]
    await both.settle()
    for handoff, revision in zip(family, (2, 2, 1), strict=True):
        for side in (both.us, both.mx):
            shared = await side.shared(handoff)
            assert (shared.revision, str(shared.window_to)) == (
                revision,
                "2031-03-18 21:00:00+00:00",
            )
            row = await row_of(side, handoff)
            assert (row.window_from, row.window_to) == (shared.window_from, shared.window_to)


async def test_what_is_true_of_one_alone_is_revised_alone(both: BothSides) -> None:
    """A name moves nobody: the rest of the family is not said anew."""
    family = await a_family(both)
    await both.settle()
    await revise(both.us, family[0], person__second_surname="de la Pena", **FAMILY)
    (draft,) = await drafts(both.us)
    assert draft.handoff == (await row_of(both.us, family[0])).number


async def test_a_family_moves_whole_or_not_at_all(both: BothSides) -> None:
    """Who would be returned after presenting, was cleared otherwise or is held moves nobody."""
    us = both.us
    first = await noticed(both, 1, **FAMILY)
    early = {
        "hearing__hearing_at__local": "2031-03-18T14:00",
        "hearing__present_at__local": "2031-03-18T13:30",
    }
    second = await noticed(both, 2, **FAMILY, **early)
    with pytest.raises(Invalid) as caught:
        await revise(us, first, **LATER, **FAMILY)
    assert codes(caught) == {("/return/window/to", "out-of-order")}
    assert await drafts(us) == []

    key_set = us.partner.key_set
    us.partner.key_set = replace(key_set, schemas=())
    await us.holds.place(second, {"cause": "fear"}, actor="port")
    us.partner.key_set = key_set
    with pytest.raises(Held):
        await revise(us, first, person__second_surname="de la Pena", **FAMILY)


async def test_at_another_port_the_rules_must_be_the_same(both: BothSides) -> None:
    """A family that was cleared under one rule set moves only where that one is in force."""
    us = both.us
    elsewhere = {"return__port": "2402", "return__receiving_point": "MX-JUAREZ"}
    first, second = [await noticed(both, number, **FAMILY) for number in (1, 2)]
    cleared_under, agreement = us.revisions, replace(us.agreement, rules=rule_book("us-2019-01"))
    us.revisions = Revisions(
        store=us.store,
        agreement=agreement,
        keyring=us.keyring,
        partner=us.partner,
        changes=us.changes,
        clock=us.clock,
    )
    with pytest.raises(Invalid) as caught:
        await revise(us, first, **elsewhere, **FAMILY)
    assert codes(caught) == {("/return/port", "other-rules")}
    us.revisions = cleared_under
    await revise(us, first, **elsewhere, **FAMILY)
    assert {(await row_of(us, one)).port for one in (first, second)} == {"2402"}


async def test_a_family_of_whom_one_has_crossed_is_split_first(both: BothSides) -> None:
    """Those who are left do not move away from those who are over the line."""
    family = [await noticed(both, number, **FAMILY) for number in (1, 2)]
    for one in family:
        await both.mx.answers.acknowledge(one, ACCEPTED, actor="desk")
    await both.settle()
    reception = {
        "outcome": "received",
        "at": "2031-03-17T18:00:30Z",
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match",
    }
    await both.mx.answers.record_reception(family[1], reception, actor="desk")
    await both.settle()
    with pytest.raises(Invalid) as caught:
        await revise(both.us, family[0], **LATER, **FAMILY)
    assert codes(caught) == {("/return/window", "family-crossed")}


async def test_a_member_who_joins_meanwhile_moves_too(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision that comes between look and revision is not left at the old window."""
    us = both.us
    first = await drafted(us, 1, **FAMILY)
    before_next_write(monkeypatch, us.store, partial(drafted, us, 2, **FAMILY))
    await revise(us, first, **LATER, **FAMILY)
    assert {str(row.window_from) for row in await us.store.read(all_rows)} == {
        "2031-03-18 18:00:00+00:00"
    }


def all_rows(connection: Connection) -> list[Handoff]:
    """Return every handoff."""
    return list(stream_handoffs(connection))


async def test_nobody_leaves_or_joins_a_family_by_the_way(both: BothSides) -> None:
    """A revision takes nobody out of one, and nobody in who goes elsewhere."""
    us = both.us
    group = FAMILY["family"]["group"]
    first, _, _ = await a_family(both)
    for family in (None, {**FAMILY["family"], "group": HANDOFF}):
        with pytest.raises(Invalid) as caught:
            await revise(us, first, family=family)
        assert codes(caught) == {("/family", "split-instead")}
    alone = await noticed(both, 4)
    with pytest.raises(Invalid) as caught:
        await revise(us, alone, family={"group": group, "size": 4, "role": "CHILD"}, **LATER)
    assert codes(caught) == {
        ("/return/window", "other-than-family"),
        ("/family/size", "reduced-group"),
    }
    await revise(us, alone, **FAMILY)
    assert (await row_of(us, alone)).family_group == group


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"return__window__to": "2031-03-18T21:00:00Z"}, ("/return/window", "other-than-family")),
        ({"family": {**FAMILY["family"], "size": 2}}, ("/family/size", "reduced-group")),
    ],
)
async def test_a_decision_that_does_not_fit_the_family_is_refused(
    both: BothSides, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    """Another window than that of the family, or another size than was declared of it."""
    await noticed(both, 1, **FAMILY)
    with pytest.raises(Invalid) as caught:
        await drafted(both.us, 2, **(FAMILY | changes))
    assert codes(caught) == {fault}


async def test_a_family_that_waits_has_one_window_too(both: BothSides) -> None:
    """Also where nothing was said yet: of two decisions that differ the second is refused."""
    await drafted(both.us, 1, **FAMILY)
    later = {"return__window__to": "2031-03-18T21:00:00Z"}
    with pytest.raises(Invalid) as caught:
        await drafted(both.us, 2, **FAMILY, **later)
    assert codes(caught) == {("/return/window", "other-than-family")}
    await both.us.cancellations.withdraw(
        (await both.us.store.read(all_rows))[0].handoff, {"cause": "custody"}, actor="port"
    )
    assert await drafted(both.us, 2, **FAMILY, **later)
