"""From which stage to which handoffs went, by when it was said."""

from datetime import timedelta

from exchange.domain.handoff import Stage
from exchange.reports.flows import Flows, Passage, way_of
from tests.builders import (
    NOW,
    a_cancellation,
    a_case_closure,
    a_departure,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    a_shared,
    a_visa_issuance,
    an_acknowledgment,
)

MINUTE = timedelta(minutes=1)


def test_a_journey_is_read_off_its_facts() -> None:
    """Each step has its two stages and when it was said; what moves no stage is no step."""
    shared = a_shared(
        a_notice(),
        an_acknowledgment(),
        a_departure(),
        a_reception(),
        a_visa_issuance(),
        a_hearing_notice(),
        a_presentation(),
        a_case_closure(),
    )
    stages = [
        Stage.UNANNOUNCED,
        Stage.NOTICED,
        Stage.ACCEPTED,
        Stage.DEPARTED,
        Stage.RECEIVED,
        Stage.DOCUMENTED,
        Stage.PRESENTED,
        Stage.CLOSED,
    ]
    minutes = (0, 1, 2, 3, 4, 6, 7)
    assert list(way_of(shared)) == [
        Passage(NOW + at * MINUTE, before, after)
        for at, before, after in zip(minutes, stages, stages[1:], strict=False)
    ]


def test_what_an_earlier_revision_was_answered_is_forgotten() -> None:
    """After a new revision its first notice begins the way anew: only the newest fact stands."""
    shared = a_shared(a_notice(), an_acknowledgment(), a_notice(revision=2))
    assert [one.after for one in way_of(shared)] == [Stage.NOTICED]


def test_steps_are_counted_within_the_days() -> None:
    """A step is counted when it was made, whenever its handoff began."""
    flows = Flows()
    for bodies in ((a_notice(), an_acknowledgment()), (a_notice(), a_cancellation())):
        flows.see(a_shared(*bodies), lambda at: at > NOW)
    flows.see(a_shared(a_notice()), lambda _: True)
    assert flows.section().rows == (
        (Stage.UNANNOUNCED, Stage.NOTICED, 1),
        (Stage.NOTICED, Stage.ACCEPTED, 1),
        (Stage.NOTICED, Stage.CANCELLED, 1),
    )
