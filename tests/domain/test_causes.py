"""Every cause is read, and what names none is at fault."""

import pytest

from exchange.domain.causes import HOLD_CAUSES, OVER_THE_LINE, Cause, read_cause
from exchange.domain.handoff import Stage
from exchange.errors import Invalid


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_is_read(cause: Cause) -> None:
    """Each cause of the list is taken as it is."""
    assert read_cause({"cause": cause.value}) is cause


def test_a_hold_has_fewer_causes() -> None:
    """Nobody is held for want of room or transport: a hold is about the person."""
    assert set(Cause) - HOLD_CAUSES == {Cause.CAPACITY, Cause.CUSTODY}
    with pytest.raises(Invalid):
        read_cause({"cause": "capacity"}, HOLD_CAUSES)
    assert read_cause({"cause": "fear"}, HOLD_CAUSES) is Cause.FEAR


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ([], "", "wrong-type"),
        ({}, "/cause", "missing"),
        ({"cause": "whim"}, "/cause", "not-in-list"),
        ({"cause": ["fear"]}, "/cause", "not-in-list"),
        ({"cause": None}, "/cause", "not-in-list"),
        ({"cause": "fear", "more": 1, "and": 2}, "", "unknown-member"),
    ],
)
def test_a_document_without_a_cause_is_at_fault(document: object, pointer: str, code: str) -> None:
    """What is wrong with the document is named by pointer and code."""
    with pytest.raises(Invalid) as caught:
        read_cause(document)
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [(pointer, code)]


def test_a_person_in_mexico_is_over_the_line() -> None:
    """From departure until the person is seen again at the port, a stop comes too late."""
    back = {Stage.NOT_RECEIVED, Stage.PRESENTED, Stage.CLOSED}
    before = {Stage.UNANNOUNCED, Stage.NOTICED, Stage.ACCEPTED, Stage.REFUSED, Stage.DEFERRED}
    assert set(Stage) - OVER_THE_LINE == back | before | {Stage.CANCELLED}
