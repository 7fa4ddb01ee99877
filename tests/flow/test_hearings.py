"""A hearing that moves is said where it is heard: in the next notice, or by itself."""

import asyncio
from typing import Any

import pytest

from exchange.domain.handoff import Stage
from exchange.errors import Invalid, NotPossible
from exchange.flow.answering import Answered
from tests.flow.courts import RECEIVED, gone, moved
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.sides import BothSides

ACCEPTED = {"answer": "accepted", "officer": "INM-77"}
REFUSED = {"answer": "refused", "officer": "INM-77", "code": "IDENTITY_DOUBT"}


async def change(both: BothSides, handoff: str, document: dict[str, Any]) -> str:
    """Change a hearing, and return which message says it."""
    said = await both.us.hearings.change(handoff, document, actor="court")
    assert isinstance(said, Answered)
    return said.message


def codes(caught: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    """Return where and why a document was refused."""
    return {(fault.pointer, fault.code) for fault in caught.value.faults}


async def test_before_the_notice_the_draft_says_it(both: BothSides) -> None:
    """Mexico hears of one notice, with the new date; the old one was never said."""
    handoff = await drafted(both.us)
    assert await change(both, handoff, moved()) == "return-notice"
    await both.settle()
    shared = await both.mx.shared(handoff)
    assert (shared.revision, str(shared.hearing_at)) == (1, "2031-06-10 15:00:00+00:00")
    assert shared.hearing is None


async def test_before_the_line_a_revision_says_it(both: BothSides) -> None:
    """Mexico accepts the person for the new date, or does not."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    assert await change(both, handoff, moved()) == "return-notice"
    await both.settle()
    for side in (both.us, both.mx):
        shared = await side.shared(handoff)
        assert (shared.revision, shared.stage) == (2, Stage.NOTICED)
        stands = shared.current_hearing
        assert stands is not None
        assert (stands.version, str(stands.hearing_on)) == (2, "2031-06-10")
    (event,) = await events(both.us, "notice.revised")
    assert event.data == {"hearing_version": 2, "status": "scheduled"}


async def test_after_the_reception_a_hearing_notice_says_it(both: BothSides) -> None:
    """The notice is history; each version says what stands, and the last may be that none does."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="desk")
    await both.settle()
    assert await change(both, handoff, moved()) == "hearing-notice"
    assert await change(both, handoff, gone(3)) == "hearing-notice"
    await both.settle()
    for side in (both.us, both.mx):
        shared = await side.shared(handoff)
        stands = shared.current_hearing
        assert stands is not None
        assert (shared.revision, stands.version, stands.scheduled) == (1, 3, False)
        assert shared.stage is Stage.RECEIVED


async def test_two_dates_never_stand_at_once(both: BothSides) -> None:
    """Of two clerks who move a hearing at once one does; the other is told that it has moved."""
    handoff = await noticed(both)
    results = await asyncio.gather(
        both.us.hearings.change(handoff, moved(), actor="one"),
        both.us.hearings.change(handoff, moved(day="2031-07-01"), actor="other"),
        return_exceptions=True,
    )
    (refused,) = [one for one in results if isinstance(one, Invalid)]
    assert [fault.code for fault in refused.faults] == ["wrong-version"]
    assert len(await drafts(both.us)) == 1


async def test_the_schedule_read_again_asks_nobody_anew(both: BothSides) -> None:
    """The same version with the same date only says that it still stands; acceptance holds."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    assert await change(both, handoff, moved(1, "2031-05-06")) == "hearing-notice"
    await both.settle()
    shared = await both.mx.shared(handoff)
    assert shared.stage is Stage.ACCEPTED
    assert shared.current_hearing is not None
    assert str(shared.current_hearing.source_as_of) == "2031-03-17 17:30:00+00:00"


async def test_with_no_time_to_ask_the_date_is_told_all_the_same(both: BothSides) -> None:
    """Less than four hours before the window no revision goes out; a hearing notice does."""
    handoff = await noticed(both)
    both.clock.pass_seconds(19 * 3600)
    assert await change(both, handoff, moved()) == "hearing-notice"


async def test_a_refusal_is_not_reopened_by_the_court(both: BothSides) -> None:
    """Mexico has refused the person: the new date is said, and asks for nothing."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, REFUSED, actor="desk")
    await both.settle()
    assert await change(both, handoff, moved()) == "hearing-notice"
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.REFUSED


@pytest.mark.parametrize("told", [False, True])
async def test_nobody_is_announced_for_no_hearing(both: BothSides, *, told: bool) -> None:
    """A draft for which no hearing is left stays what it was; what was announced is told."""
    handoff = await (noticed(both) if told else drafted(both.us))
    if told:
        assert await change(both, handoff, gone()) == "hearing-notice"
        assert await change(both, handoff, moved(3)) == "return-notice"
        await both.settle()
        assert str((await both.mx.shared(handoff)).hearing_at) == "2031-06-10 15:00:00+00:00"
    else:
        with pytest.raises(Invalid) as caught:
            await change(both, handoff, gone())
        assert codes(caught) == {("/status", "none-scheduled")}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (moved(3), "wrong-version"),
        (
            moved(day="2031-03-17", hearing_at={"local": "2031-03-17T10:00", "zone": "Etc/UTC"}),
            "in-the-past",
        ),
        (moved(day="2031-03-18"), "out-of-order"),
        (moved(presentation_port="9999"), "unknown-port"),
        (moved(present_at=None), "inconsistent"),
    ],
)
async def test_a_date_that_cannot_be_is_refused(
    both: BothSides, document: dict[str, Any], code: str
) -> None:
    """A version leaves none out; a hearing is to come, and after the person was returned."""
    handoff = await noticed(both)
    with pytest.raises(Invalid) as caught:
        await change(both, handoff, document)
    assert code in {found for _, found in codes(caught)}
    assert await drafts(both.us) == []


async def test_what_was_taken_back_has_no_hearing(both: BothSides) -> None:
    """Taken back before or after the notice: the next cycle brings the next date."""
    for number, told in enumerate((False, True), 1):
        handoff = await (noticed(both, number) if told else drafted(both.us, number))
        await both.us.cancellations.withdraw(handoff, {"cause": "custody"}, actor="port")
        with pytest.raises(NotPossible) as caught:
            await change(both, handoff, moved())
        assert caught.value.stage == ("cancelled" if told else "withdrawn")
        assert (await row_of(both.us, handoff)).stage in {"unannounced", "noticed"}
