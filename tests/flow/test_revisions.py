"""A notice is said anew: replaced while it is unsealed, the next revision after that."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from exchange.domain.handoff import HandoffId, LocalStage, Stage
from exchange.domain.screening import Withheld
from exchange.errors import Forbidden, Held, Invalid, NotPossible
from exchange.flow.answering import Answered
from exchange.flow.revisions import Revisions
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, stream_handoffs
from tests.builders import DECISION, HANDOFF, a_decision_document, rule_book
from tests.flow.meddling import before_next_write
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.sides import BothSides, SideOfTests

LATER = {
    "return__window__from_": "2031-03-18T18:00:00Z",
    "return__window__to": "2031-03-18T21:00:00Z",
}
ACCEPTED = {"answer": "accepted", "officer": "INM-77"}


def anew(**changes: Any) -> dict[str, Any]:
    """Return the default decision entered again, for a later window unless *changes* say more."""
    return a_decision_document(**{"decision_id": DECISION, **(changes or LATER)})


async def revise(us: SideOfTests, handoff: str, **changes: Any) -> Any:
    """Revise a handoff, for a later window unless *changes* say more."""
    return await us.revisions.revise(handoff, anew(**changes), actor="port")


def codes(caught: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    """Return where and why a document was refused."""
    return {(fault.pointer, fault.code) for fault in caught.value.faults}


async def test_an_unsealed_notice_is_replaced(both: BothSides) -> None:
    """Mexico hears of one notice, the first revision, with what it says now."""
    handoff = await drafted(both.us)

    result = await revise(both.us, handoff)

    assert result == Answered(HandoffId(handoff), "return-notice", Stage.NOTICED)
    row = await row_of(both.us, handoff)
    assert row.local_stage == LocalStage.DRAFTED
    assert str(row.window_from) == "2031-03-18 18:00:00+00:00"
    assert len(await drafts(both.us)) == 1
    await both.settle()
    shared = await both.mx.shared(handoff)
    assert (shared.revision, str(shared.window_from)) == (1, "2031-03-18 18:00:00+00:00")
    (event,) = await events(both.us, "notice.revised")
    assert event.data["changed"] == ["/return/window/from", "/return/window/to"]


async def test_an_announced_one_becomes_the_next_revision(both: BothSides) -> None:
    """Mexico is asked anew: an acceptance of the first revision counts no more."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    assert (await both.us.shared(handoff)).stage is Stage.ACCEPTED

    await revise(both.us, handoff, person__second_surname="de la Pena")
    assert (await row_of(both.us, handoff)).intent == Stage.NOTICED
    await both.settle()

    for side in (both.us, both.mx):
        shared = await side.shared(handoff)
        assert (shared.revision, shared.stage) == (2, Stage.NOTICED)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    assert (await both.us.shared(handoff)).stage is Stage.ACCEPTED
    assert (await row_of(both.us, handoff)).intent is None


async def test_two_that_wait_follow_one_another(both: BothSides) -> None:
    """The second is held against the first, though neither was said: revisions have no hole."""
    handoff = await noticed(both)
    await revise(both.us, handoff)
    with pytest.raises(Invalid) as caught:
        await revise(both.us, handoff)
    assert codes(caught) == {("", "unchanged")}
    await revise(both.us, handoff, **LATER, person__second_surname="de la Pena")
    await both.settle()
    assert (await both.mx.shared(handoff)).revision == 3


async def test_a_notice_sealed_meanwhile_gets_a_revision(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the notice leaves between look and revision, the revision is the second."""
    handoff = await drafted(both.us)
    before_next_write(monkeypatch, both.us.store, both.us.send)
    await revise(both.us, handoff)
    await both.settle()
    assert (await both.mx.shared(handoff)).revision == 2


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"person__birth_date": "1994-03-01"}, ("/person/birth_date", "not-revisable")),
        ({"travel_document": None}, ("/travel_document", "not-revisable")),
        ({"case": DECISION, **LATER}, ("/case", "not-revisable")),
        (
            {
                "return__window__from_": "2031-03-17T21:59:59Z",
                "return__window__to": "2031-03-17T23:00:00Z",
            },
            ("/return/window/from", "too-soon"),
        ),
        (
            {
                "return__window__from_": "2031-03-20T18:00:01Z",
                "return__window__to": "2031-03-20T19:00:00Z",
            },
            ("/return/window/from", "too-early"),
        ),
        (
            {"hearing__hearing_at__local": "2031-05-07T08:00"},
            ("/hearing/version", "wrong-version"),
        ),
    ],
)
async def test_only_some_of_it_changes(
    both: BothSides, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    """Who the person is stays; the window is far enough and near enough; a date has a version."""
    handoff = await noticed(both)
    with pytest.raises(Invalid) as caught:
        await revise(both.us, handoff, **changes)
    assert fault in codes(caught)
    assert await drafts(both.us) == []


async def test_another_port_has_its_own_rules(both: BothSides) -> None:
    """At a port that is not open the revision is withheld, and what was announced stands."""
    handoff = await noticed(both)
    closed = {"return__port": "2505", "return__receiving_point": "MX-TECATE"}
    result = await revise(both.us, handoff, **closed)
    assert isinstance(result, Withheld)
    assert await drafts(both.us) == []
    assert (await row_of(both.us, handoff)).intent is None
    assert len(await events(both.us, "revision.withheld")) == 1


@pytest.mark.parametrize("told", [False, True])
async def test_who_is_withheld_now_does_not_stay_announced(both: BothSides, *, told: bool) -> None:
    """A fear that the port attests meanwhile takes the handoff back, like any other cause."""
    handoff = await (noticed(both) if told else drafted(both.us))
    result = await revise(both.us, handoff, screening__fear="expressed", **LATER)
    assert isinstance(result, Withheld)
    await both.settle()
    if told:
        assert (await both.mx.shared(handoff)).stage is Stage.CANCELLED
    else:
        assert (await row_of(both.us, handoff)).local_stage == LocalStage.WITHDRAWN
        assert await both.mx.entries() == []


async def test_what_is_over_is_not_announced_again(both: BothSides) -> None:
    """A handoff that was taken back, told or not, and one that is held get no revision."""
    for number, told in enumerate((False, True), 1):
        handoff = await (noticed(both, number) if told else drafted(both.us, number))
        await both.us.cancellations.withdraw(handoff, {"cause": "custody"}, actor="port")
        with pytest.raises(NotPossible) as caught:
            await revise(both.us, handoff)
        assert caught.value.stage == ("cancelled" if told else "withdrawn")
    handoff = await noticed(both, 3)
    await both.us.holds.place(handoff, {"cause": "medical"}, actor="port")
    with pytest.raises(Held):
        await revise(both.us, handoff)


async def test_a_return_is_not_moved_to_a_port_of_others(both: BothSides) -> None:
    """Who speaks for one port moves nobody to another."""
    handoff = await noticed(both)
    document = anew(return__port="2402", return__receiving_point="MX-JUAREZ")
    with pytest.raises(Forbidden):
        await both.us.revisions.revise(handoff, document, actor="port", ports=frozenset({"2504"}))


async def test_where_it_goes_is_what_was_decided_last(both: BothSides) -> None:
    """While the revision waits an answer to the notice before it places nobody back."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await revise(both.us, handoff)
    await both.mx.send()

    row = await row_of(both.us, handoff)
    assert (row.stage, str(row.window_from)) == (Stage.ACCEPTED, "2031-03-18 18:00:00+00:00")
    await both.settle()
    for side in (both.us, both.mx):
        row = await row_of(side, handoff)
        assert (row.stage, str(row.window_to)) == (Stage.NOTICED, "2031-03-18 21:00:00+00:00")


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
