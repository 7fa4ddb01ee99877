"""What officials decide: once for each handoff and revision, whoever is asked at once."""

import asyncio
from functools import partial
from typing import Any

import pytest

from exchange.domain.handoff import Act, Stage, is_in_place
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.wire import utc_text
from exchange.errors import AlreadyAnswered, Invalid, NotFound, NotPossible, StoreBusy
from exchange.flow.answering import Answered, stage_after
from exchange.flow.answers import Answers
from exchange.flow.keyring import context_of
from exchange.proof import grammar
from exchange.store.bodies import erase_data_key, list_bodies
from exchange.store.handoffs import Handoff, Stale, find_handoff
from exchange.store.journal import list_events
from exchange.store.ledger import list_entries
from exchange.store.outbox import Waiting, list_outbox
from tests.builders import HANDOFF, NOW, a_notice
from tests.flow.meddling import before_next_write, refuse_writes
from tests.keys import MX, US
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

ACCEPTED = {"answer": "accepted", "officer": "INM-31"}
REFUSED = {"answer": "refused", "code": "AGE", "officer": "INM-31"}
VISA = {
    "document": "FMM",
    "number": "A0012345",
    "issued_at": utc_text(NOW),
    "office": "TIJ-01",
    "valid_from": "2031-03-18",
    "valid_until": "2031-09-13",
    "entries": "multiple",
    "curp_assigned": False,
}


def deferred(day: int, **changes: Any) -> dict[str, Any]:
    """Return a deferral that proposes a window on a day of March."""
    window = {"from": f"2031-03-{day}T16:00:00Z", "to": f"2031-03-{day}T20:00:00Z"}
    return {"answer": "deferred", "window": window, "officer": "INM-31"} | changes


def reception(**changes: Any) -> dict[str, Any]:
    """Return an official's record that the person was received now."""
    return {
        "outcome": "received",
        "at": utc_text(NOW),
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match",
    } | changes


class Announced:
    """A handoff that the United States announced to the Mexican side, and may announce again."""

    def __init__(self, mx: SideOfTests) -> None:
        self.mx = mx
        self.us = OtherGovernment(US, MX)

    async def revise(self, revision: int) -> None:
        """Announce a revision."""
        await self.mx.inbox.receive(self.us.line(a_notice(revision=revision), HANDOFF).octets())

    async def row(self) -> Handoff:
        """Return the handoff as the Mexican side has it."""
        row = await self.mx.store.read(partial(find_handoff, handoff=HANDOFF))
        assert row is not None
        return row

    async def drafts(self) -> list[Waiting]:
        """Return what waits to be said."""
        return await self.mx.store.read(list_outbox)

    async def bodies(self) -> list[Any]:
        """Return the bodies of what waits to be said, opened."""
        drafts = await self.drafts()
        found = await self.mx.store.read(partial(list_bodies, numbers=[one.body for one in drafts]))
        unlock = partial(self.mx.keyring.unlock, context=context_of(HANDOFF))
        return [grammar.parse(unlock(found[one.body]) or b"") for one in drafts]


@pytest.fixture
async def announced(both: BothSides) -> Announced:
    """Return a handoff whose first notice has come."""
    one = Announced(both.mx)
    await one.revise(1)
    return one


@pytest.fixture
def answers(both: BothSides) -> Answers:
    """Return the answers of the Mexican side."""
    return both.mx.answers


async def test_an_acknowledgment_waits_to_be_said(announced: Announced, answers: Answers) -> None:
    """An answer is stored as a draft that names its notice, with intent and journal entry."""
    result = await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk")

    assert result == Answered(HANDOFF, "acknowledgment", Stage.ACCEPTED)
    assert (await announced.row()).intent == Stage.ACCEPTED
    (draft,) = await announced.drafts()
    (notice, *_) = await announced.mx.store.read(list_entries)
    assert (draft.irt_jti, draft.irt_pld) == (notice.jti, notice.pld)
    (body,) = await announced.bodies()
    assert (body["revision"], body["answer"], body["answered_at"]) == (1, "accepted", utc_text(NOW))
    (event,) = await announced.mx.store.read(list_events)
    assert (event.kind, event.actor, event.data) == (
        "acknowledgment.decided",
        "desk",
        {"stage": "accepted"},
    )


async def test_reception_and_visa_answer_no_message(announced: Announced, answers: Answers) -> None:
    """What was seen and given names no message, and leads to its stage in turn."""
    received = await answers.record_reception(HANDOFF, reception(), actor="desk")
    documented = await answers.record_visa(HANDOFF, VISA, actor="desk")

    assert (received.stage, documented.stage) == (Stage.RECEIVED, Stage.DOCUMENTED)
    assert [one.irt_jti for one in await announced.drafts()] == [None, None]


@pytest.mark.parametrize("sent", [False, True])
async def test_a_window_is_proposed_once(
    both: BothSides, announced: Announced, answers: Answers, *, sent: bool
) -> None:
    """The same window again is a repeat, whether the first still waits or was sealed."""
    await answers.acknowledge(HANDOFF, deferred(19), actor="desk")
    if sent:
        await both.mx.send()
        assert (await announced.row()).intent is None
    waiting = await announced.drafts()

    with pytest.raises(AlreadyAnswered) as caught:
        await answers.acknowledge(HANDOFF, deferred(19, officer="INM-77"), actor="other")

    assert caught.value.standing == "deferred"
    assert await announced.drafts() == waiting


@pytest.mark.parametrize("sent", [False, True])
async def test_another_window_may_be_proposed(
    both: BothSides, announced: Announced, answers: Answers, *, sent: bool
) -> None:
    """A deferral may be followed by another window, and the first may then be proposed anew."""
    for day in (19, 20, 19):
        result = await answers.acknowledge(HANDOFF, deferred(day), actor="desk")
        assert result.stage is Stage.DEFERRED
        with pytest.raises(AlreadyAnswered):
            await answers.acknowledge(HANDOFF, deferred(day), actor="desk")
        if sent:
            await both.mx.send()

    accepted = await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk")
    assert accepted.stage is Stage.ACCEPTED
    with pytest.raises(AlreadyAnswered):
        await answers.acknowledge(HANDOFF, deferred(21), actor="desk")


async def test_a_second_window_stands_while_it_waits(
    both: BothSides, announced: Announced, answers: Answers
) -> None:
    """Of a window that was said and one that waits, the one that waits is the proposal."""
    await answers.acknowledge(HANDOFF, deferred(19), actor="desk")
    await both.mx.send()
    await answers.acknowledge(HANDOFF, deferred(20), actor="desk")

    with pytest.raises(AlreadyAnswered):
        await answers.acknowledge(HANDOFF, deferred(20), actor="desk")
    await answers.acknowledge(HANDOFF, deferred(19), actor="desk")
    assert [body["window"]["from"][8:10] for body in (await announced.bodies())[-2:]] == [
        "20",
        "19",
    ]


@pytest.mark.parametrize("document", [ACCEPTED, REFUSED, deferred(19)])
async def test_a_revision_is_answered_anew(
    announced: Announced, answers: Answers, document: dict[str, Any]
) -> None:
    """An answer that waits does not stand for a revision that comes meanwhile."""
    await answers.acknowledge(HANDOFF, document, actor="desk")
    await announced.revise(2)
    assert (await announced.row()).intent is None

    await answers.acknowledge(HANDOFF, document, actor="desk")

    assert [body["revision"] for body in await announced.bodies()] == [1, 2]
    with pytest.raises(AlreadyAnswered):
        await answers.acknowledge(HANDOFF, document, actor="desk")


@pytest.mark.parametrize("other", [REFUSED, ACCEPTED, deferred(19)])
async def test_of_officials_at_once_one_is_first(
    announced: Announced, answers: Answers, other: dict[str, Any]
) -> None:
    """Of two who decide at the same moment one decides, and the other is told what stands."""
    documents = (other, other) if other["answer"] == "deferred" else (ACCEPTED, other)
    results = await asyncio.gather(
        *(answers.acknowledge(HANDOFF, document, actor="desk") for document in documents),
        return_exceptions=True,
    )

    (first,) = (one for one in results if isinstance(one, Answered))
    (second,) = (one for one in results if isinstance(one, AlreadyAnswered))
    assert second.standing == first.stage
    assert len(await announced.drafts()) == 1


async def test_an_answer_is_decided_on_what_stands(
    announced: Announced, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revision that comes between look and answer is the one that is answered."""
    before_next_write(monkeypatch, announced.mx.store, partial(announced.revise, 2))

    await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk")

    (body,) = await announced.bodies()
    assert Acknowledgment.model_validate(body).revision == 2
    (draft,) = await announced.drafts()
    notices = await announced.mx.store.read(list_entries)
    assert draft.irt_pld in [one.pld for one in notices if one.seq == 2]


async def test_a_handoff_that_never_rests_is_busy(
    announced: Announced, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some attempts the official is asked to come again, and nothing was done."""
    refuse_writes(monkeypatch, announced.mx.store, Stale)

    with pytest.raises(StoreBusy):
        await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk")
    assert await announced.drafts() == []


async def test_answers_are_for_ones_own_places(announced: Announced, answers: Answers) -> None:
    """The port or the receiving point lets an official act; a handoff elsewhere is not there."""
    for place in ("MX-ELSEWHERE", "2402"):
        with pytest.raises(NotFound):
            await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk", places=frozenset({place}))
    point = frozenset({"MX-CHAPARRAL", "MX-ELSEWHERE"})
    await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk", places=point)
    port = frozenset({"2504"})
    await answers.record_reception(HANDOFF, reception(), actor="desk", places=port)
    assert len(await announced.drafts()) == 2


async def test_nothing_is_answered_about_who_was_erased(
    announced: Announced, answers: Answers
) -> None:
    """Once the data key is gone the handoff is not there for anybody who would act on it."""
    number = (await announced.row()).number
    await announced.mx.store.write(partial(erase_data_key, handoff=number))

    with pytest.raises(NotFound):
        await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk")


@pytest.mark.parametrize("ours", ["salt", "revision", "answered_at"])
async def test_what_is_ours_to_say_is_not_the_officials(
    announced: Announced, answers: Answers, ours: str
) -> None:
    """A member that we fill in is unknown in an official's document."""
    with pytest.raises(Invalid) as caught:
        await answers.acknowledge(HANDOFF, ACCEPTED | {ours: 1}, actor="desk")

    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [
        ("", "unknown-member")
    ]
    assert await announced.drafts() == []


async def test_what_is_kept_stands_or_falls_with_the_answer(
    announced: Announced, answers: Answers
) -> None:
    """What a caller keeps gets the result within the transaction, and undoes it by raising."""
    kept: list[Answered] = []

    def refuse(_connection: object, result: Answered) -> None:
        kept.append(result)
        raise LookupError

    with pytest.raises(LookupError):
        await answers.acknowledge(HANDOFF, ACCEPTED, actor="desk", keep=refuse)

    assert kept[0].stage is Stage.ACCEPTED
    assert await announced.drafts() == []
    assert (await announced.row()).intent is None


ANSWERABLE = {Stage.NOTICED, Stage.DEFERRED}
IN_MEXICO = {
    Stage.RECEIVED,
    Stage.DOCUMENTED,
    Stage.PRESENTED,
    Stage.NOT_PRESENTED,
    Stage.CLOSED,
}
POSSIBLE = {
    Act.ACCEPTANCE: ANSWERABLE,
    Act.REFUSAL: ANSWERABLE,
    Act.DEFERRAL: ANSWERABLE,
    Act.RECEPTION: set(Stage) - {Stage.RECEIVED, Stage.DOCUMENTED},
    Act.NON_RECEPTION: set(Stage) - {Stage.RECEIVED, Stage.NOT_RECEIVED, Stage.DOCUMENTED},
    Act.VISA: {Stage.RECEIVED, Stage.NOT_PRESENTED},
    Act.VISA_CHANGE: IN_MEXICO - {Stage.RECEIVED},
    Act.EXIT: IN_MEXICO,
    **dict.fromkeys(
        (Act.DELIVERY, Act.VERIFICATION, Act.CORRECTION, Act.ALERT),
        set(Stage) - {Stage.UNANNOUNCED},
    ),
}


@pytest.mark.parametrize("act", POSSIBLE)
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("intended", [False, True])
def test_every_act_in_every_stage(act: Act, stage: Stage, *, intended: bool) -> None:
    """An act is possible where the table of stages has it in place, and what was seen anywhere."""
    row = Handoff(
        number=1,
        version=1,
        changed=1,
        handoff=HANDOFF,
        created_at=NOW,
        stage=Stage.UNANNOUNCED if intended else stage,
        intent=stage if intended else None,
    )
    if stage in POSSIBLE[act]:
        at_the_line = act in (Act.RECEPTION, Act.NON_RECEPTION)
        assert is_in_place(stage, act) or at_the_line
        assert stage_after(row, act) is not Stage.UNANNOUNCED
    else:
        with pytest.raises((AlreadyAnswered, NotPossible)):
            stage_after(row, act)
