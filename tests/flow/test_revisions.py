"""A notice is said anew: replaced while it is unsealed, the next revision after that."""

from typing import Any

import pytest

from exchange.domain.handoff import HandoffId, LocalStage, Stage
from exchange.domain.screening import Withheld
from exchange.errors import Forbidden, Held, Invalid, NotPossible
from exchange.flow.answering import Answered
from tests.builders import DECISION
from tests.flow.meddling import before_next_write
from tests.flow.revising import ACCEPTED, LATER, anew, codes, revise
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.sides import BothSides


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
