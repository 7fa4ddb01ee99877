"""
Two hearing dates for one person.

As it was reported: somebody waits in Tijuana with a paper that says May. The court moves the
hearing, and the paper that the next officer holds says June. Nobody can tell which stands, and
who comes on the wrong day is ordered removed (domain.md F3).
"""

from typing import Any

import pytest

from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from exchange.errors import Invalid
from tests.builders import HEARING, NOW
from tests.flow.standing import noticed
from tests.sides import BothSides, SideOfTests

ACCEPTED = {"answer": "accepted", "officer": "INM-77"}
RECEIVED = {
    "outcome": "received",
    "at": utc_text(NOW),
    "receiving_point": "MX-CHAPARRAL",
    "identity": "match",
}


def hearing(version: int, day: str) -> dict[str, Any]:
    """Return what the court's clerk enters."""
    return {
        "status": "scheduled",
        "hearing": HEARING,
        "version": version,
        "hearing_at": {"local": f"{day}T08:00", "zone": "America/Los_Angeles"},
        "present_at": {"local": f"{day}T04:00", "zone": "America/Los_Angeles"},
        "presentation_port": "2504",
        "source_as_of": utc_text(NOW),
    }


def told(version: int) -> dict[str, Any]:
    """Return that the person was told of a version at the desk."""
    delivery = {"hearing": HEARING, "version": version, "outcome": "delivered", "method": "DESK"}
    return delivery | {"at": utc_text(NOW)}


async def date_at(side: SideOfTests, handoff: str) -> tuple[int, str]:
    """Return the version and the day that a side holds to be the one that stands."""
    stands = (await side.shared(handoff)).current_hearing
    assert stands is not None
    return stands.version, str(stands.hearing_on)


@pytest.mark.parametrize("crossed", [False, True])
async def test_two_hearing_dates_for_one_person(both: BothSides, *, crossed: bool) -> None:
    """Whoever asks, and whenever the court moves it, one date stands, on both sides the same."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="officer")
    await both.settle()
    if crossed:
        await both.mx.answers.record_reception(handoff, RECEIVED, actor="officer")
        await both.settle()

    # The court moves the hearing from May to June; a second clerk, who has not heard, to July.
    await both.us.hearings.change(handoff, hearing(2, "2031-06-10"), actor="clerk")
    with pytest.raises(Invalid) as caught:
        await both.us.hearings.change(handoff, hearing(2, "2031-07-01"), actor="second clerk")
    assert caught.value.faults[0].code == "wrong-version"

    # In Mexico May stands until the message is there: the date has a version, and so has the
    # person's paper.
    assert await date_at(both.mx, handoff) == (1, "2031-05-06")
    await both.settle()
    for side in (both.us, both.mx):
        assert await date_at(side, handoff) == (2, "2031-06-10")

    # Who was told of May has not been told; who is told of June has.
    await both.mx.stays.record_delivery(handoff, told(1), actor="desk")
    await both.settle()
    assert (await both.us.shared(handoff)).delivered_version == 1
    await both.mx.stays.record_delivery(handoff, told(2), actor="desk")
    await both.settle()
    assert (await both.us.shared(handoff)).delivered_version == 2

    # Mexico had accepted somebody for May: before the crossing it is asked again.
    stage = (await both.us.shared(handoff)).stage
    assert stage is (Stage.RECEIVED if crossed else Stage.NOTICED)
