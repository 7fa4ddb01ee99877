"""Go, or stop and why: each condition of a departure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.departures import (
    CONDITIONS,
    Condition,
    unmet,
)
from exchange.domain.families import GAPS, Group, Member
from exchange.domain.handoff import Act, SharedHandoff, Stage, is_in_place
from exchange.domain.limits import Limits
from exchange.domain.messages.body import Body
from exchange.errors import Language, Sentence
from tests.builders import (
    a_cancellation,
    a_case_closure,
    a_departure,
    a_hearing_confirmation,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    a_shared,
    a_visa_issuance,
    an_acknowledgment,
    an_appointment,
)

DOCUMENT = Path(__file__).parents[2] / "docs/gate.md"
LIMITS = Limits()
SECOND = timedelta(seconds=1)
OPENS, CLOSES = (datetime(2031, 3, 18, hour, 0, tzinfo=UTC) for hour in (16, 20))
ACCEPTED = (a_notice(), an_acknowledgment())
READ_AGAIN = a_hearing_notice(
    version=1,
    hearing_at=an_appointment("2031-05-06T08:00"),
    present_at=an_appointment("2031-05-06T04:00"),
    source_as_of="2031-03-18T06:00:00Z",
)
READ_AT = datetime(2031, 3, 18, 6, 0, tzinfo=UTC)
READY = (*ACCEPTED, READ_AGAIN)
FAMILY = a_notice(
    family={"group": "6a4a1f6e-6c1b-4f0e-8a77-5d0c3b2a1f01", "size": 2, "role": "PARENT"}
)


def conditions(
    shared: SharedHandoff,
    *,
    now: datetime = OPENS,
    held: bool = False,
    group: Group | None = None,
    channel_alive: bool = True,
    limits: Limits = LIMITS,
) -> tuple[Condition, ...]:
    """Return what is unmet, of a person who may go unless the test says otherwise."""
    return unmet(
        shared, held=held, group=group, now=now, channel_alive=channel_alive, limits=limits
    )


def names(shared: SharedHandoff, **asked: object) -> list[str]:
    """Return the names of what is unmet."""
    return [one.name for one in conditions(shared, **asked)]  # type: ignore[arg-type]  # as given


def test_with_everything_met_the_person_may_go() -> None:
    """Accepted, in the window, with a future hearing read today: go, to the last second of it."""
    shared = a_shared(*READY)
    assert conditions(shared) == ()
    assert conditions(shared, now=CLOSES - SECOND) == ()


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ((a_notice(), READ_AGAIN), ["not-accepted"]),
        ((a_notice(), an_acknowledgment(answer="refused"), READ_AGAIN), ["not-accepted"]),
        ((a_notice(), an_acknowledgment(answer="deferred"), READ_AGAIN), ["not-accepted"]),
        ((*READY, a_notice(revision=2), READ_AGAIN), ["not-accepted"]),
        ((*READY, a_notice(revision=2), READ_AGAIN, an_acknowledgment(revision=2)), []),
        ((*READY, a_notice(revision=2), an_acknowledgment(revision=2)), ["hearing-source-old"]),
        ((*READY, a_cancellation()), ["cancelled"]),
        ((a_notice(), a_cancellation(), READ_AGAIN), ["cancelled", "not-accepted"]),
        ((*READY, a_departure()), ["departed"]),
        ((*READY, a_reception()), ["departed"]),
        ((*READY, a_departure(), a_reception(), a_visa_issuance()), ["departed"]),
        ((*READY, a_reception(), a_presentation()), ["departed"]),
        ((*READY, a_reception(), a_presentation(outcome="not-presented")), ["departed"]),
        ((*READY, a_reception(outcome="not-received")), ["not-received"]),
        (
            (*READY, a_departure(), a_reception(outcome="not-received")),
            ["departed", "not-received"],
        ),
        ((*READY, a_case_closure()), ["case-closed"]),
        ((*READY, a_hearing_notice(status="none-scheduled")), ["no-hearing"]),
        ((*READY, a_hearing_notice()), []),
        ((*READY, a_hearing_confirmation()), []),
        ((*READY, a_hearing_confirmation(current=False)), ["hearing-denied"]),
        ((*READY, a_hearing_confirmation(current=False), a_hearing_notice()), []),
        ((an_acknowledgment(),), ["not-accepted", "no-hearing"]),
    ],
)
def test_each_fact_that_stops_is_named(bodies: tuple[Body, ...], expected: list[str]) -> None:
    """What was said about the handoff stops it, each thing under its own name."""
    assert names(a_shared(*bodies)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - SECOND, ["before-window"]),
        (OPENS, []),
        (CLOSES, ["after-window"]),
        (READ_AT + timedelta(days=1), ["after-window"]),
        (READ_AT + timedelta(days=1, seconds=1), ["after-window", "hearing-source-old"]),
        (datetime(2031, 5, 6, 15, 0, tzinfo=UTC) - SECOND, ["after-window", "hearing-source-old"]),
        (
            datetime(2031, 5, 6, 15, 0, tzinfo=UTC),
            ["after-window", "hearing-past", "hearing-source-old"],
        ),
    ],
)
def test_each_time_stops_at_its_second(now: datetime, expected: list[str]) -> None:
    """The window is open from its first second until just before its last; a day is a day."""
    assert names(a_shared(*READY), now=now) == expected


def test_a_hold_and_a_silent_partner_stop() -> None:
    """Neither is a fact of the handoff; that somebody is held is for our officers alone."""
    shared = a_shared(*READY)
    (held,) = conditions(shared, held=True)
    (down,) = conditions(shared, channel_alive=False)
    assert (held.name, held.ours_alone) == ("held", True)
    assert (down.name, down.ours_alone) == ("channel-down", False)


def test_a_family_stops_with_what_it_lacks() -> None:
    """The gap is named; a family that nobody looked up is not complete."""
    shared = a_shared(FAMILY, an_acknowledgment(), READ_AGAIN)
    other = shared.model_copy(update={"handoff": "another"})
    whole = Group((Member(shared), Member(other)))
    assert conditions(shared, group=whole) == ()
    (alone,) = conditions(shared, group=Group((Member(shared),)))
    assert (alone.name, alone.because) == ("group-incomplete", ("member-missing",))
    assert not alone.ours_alone
    (unknown,) = conditions(shared)
    assert unknown.because == ("member-missing",)
    (held,) = conditions(shared, group=Group((Member(shared), Member(other, held=True))))
    assert held.because == ("member-held",)
    assert held.ours_alone


def test_each_condition_says_its_own_words_and_only_a_family_its_gaps() -> None:
    """What stops is told in the words of the table; what a family lacks stands with the family."""
    shared = a_shared(FAMILY)
    found = {one.name: one for one in conditions(shared, held=True)}
    assert found.keys() > {"held", "group-incomplete"}
    assert all(one.says is CONDITIONS[name] for name, one in found.items())
    assert [name for name, one in found.items() if one.because] == ["group-incomplete"]


def test_the_age_of_the_source_is_a_setting() -> None:
    """With an hour, what was read yesterday is old."""
    strict = Limits(hearing_source_seconds=3600)
    assert names(a_shared(*READY), limits=strict) == ["hearing-source-old"]


def test_everything_unmet_is_told_at_once_and_in_order() -> None:
    """An officer gets the whole answer in the order of the table, in both languages."""
    shared = a_shared(a_notice(), a_cancellation())
    found = names(shared, held=True, channel_alive=False, now=CLOSES)
    assert found == [
        *("cancelled", "held", "not-accepted", "after-window"),
        *("hearing-source-old", "channel-down"),
    ]
    order = list(CONDITIONS)
    assert found == sorted(found, key=order.index)
    assert all(says.en != says.es for says in CONDITIONS.values())


_SAID = (
    *READY,
    a_notice(revision=2),
    an_acknowledgment(answer="refused"),
    an_acknowledgment(revision=2),
    a_cancellation(),
    a_departure(),
    a_reception(),
    a_reception(outcome="not-received"),
    a_visa_issuance(),
    a_hearing_notice(),
    a_hearing_notice(status="none-scheduled"),
    a_hearing_confirmation(current=False),
    a_presentation(),
    a_case_closure(),
)


@given(
    bodies=st.lists(st.sampled_from(_SAID), min_size=1, max_size=8),
    held=st.booleans(),
    channel_alive=st.booleans(),
    seconds=st.integers(-3 * 86_400, 80 * 86_400),
)
def test_nobody_goes_where_a_departure_is_out_of_place(
    *, bodies: list[Body], held: bool, channel_alive: bool, seconds: int
) -> None:
    """For any history: go only where accepted, unheld, with the channel up and a hearing ahead."""
    shared = a_shared(*bodies)
    now = OPENS + timedelta(seconds=seconds)
    if conditions(shared, now=now, held=held, channel_alive=channel_alive) == ():
        assert shared.stage is Stage.ACCEPTED
        assert is_in_place(shared.stage, Act.DEPARTURE)
        assert channel_alive
        assert not held
        assert OPENS <= now < CLOSES
        assert shared.hearing_at is not None
        assert shared.hearing_at > now


def test_a_family_waits_for_whom_it_takes_back() -> None:
    """A member whose cancellation waits to be said has been taken back already."""
    shared = a_shared(FAMILY, an_acknowledgment(), READ_AGAIN)
    other = shared.model_copy(update={"handoff": "0f9b3a52-6d0e-4f57-9a43-5d2c1be7a002"})
    group = Group((Member(shared), Member(other, ahead=Stage.CANCELLED)))
    (condition,) = conditions(shared, group=group)
    assert condition.because == ("member-not-accepted",)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("table", [CONDITIONS, GAPS], ids=["conditions", "gaps"])
def test_the_document_shows_every_condition(
    table: Mapping[str, Sentence], language: Language
) -> None:
    """docs/gate.md has what an officer is told, as the program says it."""
    rows = (f"| `{name}` | {says.spoken(language)} |" for name, says in table.items())
    assert "\n".join(rows) in DOCUMENT.read_text(encoding="utf-8")
