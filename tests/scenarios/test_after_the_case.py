"""
A date after the case was closed.

As it was reported: a case has ended, and the person is still handed a paper with a hearing on it.
Some cross a border for a hearing that no court holds (domain.md F4).
"""

import pytest

from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from exchange.errors import CaseClosed
from tests.builders import HEARING
from tests.flow.courts import RECEIVED, moved
from tests.flow.standing import noticed
from tests.sides import BothSides


async def test_a_date_after_the_case_was_closed(both: BothSides) -> None:
    """No new date can be entered, and an old one that somebody shows is found to be false."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="officer")
    await both.settle()
    await both.us.closures.close(handoff, {"cause": "legal"}, actor="supervisor")

    # The court's feed still has the case: it is refused at once, before Mexico was told.
    change = moved(source_as_of=utc_text(both.clock()))
    with pytest.raises(CaseClosed):
        await both.us.hearings.change(handoff, change, actor="court")
    await both.settle()

    # Somebody shows the paper that the person was given at the port. It was true once.
    shown = {"hearing": HEARING, "version": 1}
    await both.mx.stays.doubt_hearing(handoff, shown, actor="desk")
    await both.settle()
    for side in (both.us, both.mx):
        shared = await side.shared(handoff)
        assert shared.stage is Stage.CLOSED
        assert shared.confirmation is not None
        assert not shared.confirmation.current
