"""Who crossed, who was received, and whether anybody had agreed to it: R01 to R04 and R08."""

from datetime import UTC, datetime

import pytest

from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import (
    NOW,
    a_cancellation,
    a_case_closure,
    a_departure,
    a_notice,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
)
from tests.domain.discrepancies.scenes import (
    HOUR,
    SECOND,
    At,
    Told,
    a_record,
    broken,
    closes,
    look,
    stays_resolved,
    terms,
)

LATER = NOW + 30 * HOUR
LOST_AT = datetime(2031, 3, 18, 18, 50, tzinfo=UTC)

BROKEN: dict[str, tuple[Told, ...]] = {
    "R01": (a_notice(), a_departure()),
    "R02": (a_notice(), a_cancellation(), a_reception()),
    "R03": (a_notice(), an_acknowledgment(), a_departure()),
    "R04": (a_reception(),),
}
THEN: dict[str, tuple[Told, ...]] = {
    "R01": (an_acknowledgment(),),
    "R02": (a_reception(outcome="not-received"),),
    "R03": (a_reception(),),
    "R04": (a_notice(),),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_it_opens(rule: str) -> None:
    """What breaks the rule is found, critical, and whose it is."""
    found = broken(rule, a_record(*BROKEN[rule]), LATER)
    assert found is not None
    assert found.severity is Severity.CRITICAL
    assert found.due_at == found.since + HOUR


@pytest.mark.parametrize("rule", BROKEN)
def test_it_closes_with_its_cause(rule: str) -> None:
    """Once what was missing is said, the discrepancy ends by itself."""
    before, after = a_record(*BROKEN[rule]), a_record(*BROKEN[rule], *THEN[rule])
    assert closes(rule, look(before, LATER), look(after, LATER), LATER)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("R01", (a_notice(), an_acknowledgment())),
        ("R01", (a_notice(), an_acknowledgment(), a_departure())),
        ("R02", (a_notice(), a_reception())),
        ("R02", (a_notice(), a_cancellation())),
        ("R02", (a_notice(), a_cancellation(), a_reception(outcome="not-received"))),
        ("R02", (a_notice(), a_reception(at="2031-03-17T17:00:00Z"), a_cancellation())),
        ("R03", (a_notice(), an_acknowledgment())),
        ("R03", (a_notice(), a_departure(), a_visa_issuance())),
        ("R03", (a_notice(), a_departure(), a_reception(outcome="not-received"))),
        ("R04", (a_notice(), a_reception())),
        ("R04", (a_reception(outcome="not-received"),)),
        ("R04", (a_case_closure(),)),
    ],
)
def test_it_does_not_open(rule: str, told: tuple[Told, ...]) -> None:
    """What the agreement foresees breaks no rule."""
    assert broken(rule, a_record(*told), LATER) is None


@pytest.mark.parametrize(
    "answer",
    [
        an_acknowledgment(answer="refused"),
        an_acknowledgment(answer="deferred"),
        an_acknowledgment(revision=2),
        an_acknowledgment(answered_at="2031-03-18T16:50:01Z"),
    ],
)
def test_only_an_acceptance_before_the_crossing_counts(answer: Told) -> None:
    """Another answer, to another revision, or given when the person had crossed, is none."""
    assert broken("R01", a_record(a_notice(), answer, a_departure()), LATER) is not None


def test_an_acceptance_in_the_second_of_the_crossing_counts() -> None:
    """Both times are whole seconds: the one that names the same may have come first."""
    accepted = an_acknowledgment(answered_at="2031-03-18T16:50:00Z")
    assert broken("R01", a_record(a_notice(), accepted, a_departure()), LATER) is None


def test_a_reception_is_after_the_cancellation_by_a_second() -> None:
    """Received in the second in which the handoff was taken back is not after it."""
    for at, is_broken in (("2031-03-17T18:01:00Z", False), ("2031-03-17T18:01:01Z", True)):
        record = a_record(a_notice(), a_cancellation(), a_reception(at=at))
        assert (broken("R02", record, LATER) is not None) is is_broken


def test_a_person_is_lost_once_the_time_has_passed() -> None:
    """Before that nobody is lost, and the exchange knows when to look again."""
    record = a_record(*BROKEN["R03"])
    assert broken("R03", record, LOST_AT - SECOND) is None
    assert min(look(record, LOST_AT - SECOND).wakes.values()) == LOST_AT
    found = broken("R03", record, LOST_AT)
    assert found is not None
    assert (found.since, found.owner) == (LOST_AT, Side.MX)


def test_what_a_partner_says_from_the_future_is_found_at_once() -> None:
    """A clock that is ahead hides nothing: what was said is so now."""
    record = a_record(At(a_reception(), LATER + HOUR))
    assert broken("R04", record, LATER) is not None


def an_excluded(**changes: object) -> ReturnNotice:
    """Return a notice of somebody whom the rules exclude."""
    person = a_notice().person.model_copy(update=changes)
    return a_notice().model_copy(update={"person": person})


def under_rules(rule_set: str) -> ReturnNotice:
    """Return a notice of somebody who was screened under these rules."""
    screening = a_notice().screening.model_copy(update={"rule_set": rule_set})
    return a_notice().model_copy(update={"screening": screening})


@pytest.mark.parametrize(
    ("notice", "why"),
    [
        (an_excluded(nationality="MEX"), "nationality"),
        (an_excluded(birth_date="2020-01-01"), "age"),
        (under_rules("us-2019-01"), "other-rules"),
    ],
)
def test_who_is_excluded_is_found(notice: ReturnNotice, why: str) -> None:
    """A nationality, an age, or rules that were not in force that day."""
    found = broken("R08", a_record(notice), LATER)
    assert found is not None
    assert why in found.because


def test_who_was_taken_back_is_excluded_no_more() -> None:
    """A handoff that is cancelled, refused or not received returns nobody: it closes."""
    notice = an_excluded(nationality="MEX")
    before = look(a_record(notice), LATER)
    for end in (
        a_cancellation(),
        an_acknowledgment(answer="refused"),
        a_reception(outcome="not-received"),
    ):
        assert closes("R08", before, look(a_record(notice, end), LATER), LATER)


def test_who_may_be_returned_is_not_excluded() -> None:
    """The default person breaks no rule, nor does one of whom nothing is known any more."""
    assert broken("R08", a_record(a_notice()), LATER) is None
    excluded = an_excluded(nationality="MEX")
    assert broken("R08", a_record(excluded, announced=None), LATER) is None
    assert broken("R08", a_record(a_reception()), LATER) is None


def test_a_closed_point_and_an_unknown_place_are_told_apart() -> None:
    """Nobody is received where a rule says so; of a place that we do not know nothing is said."""
    moved = {"return_": a_notice().return_.model_copy(update={"receiving_point": "MX-REYNOSA-X"})}
    port = {"return_": a_notice().return_.model_copy(update={"port": "9999"})}
    for changed in (moved, port):
        assert broken("R08", a_record(a_notice().model_copy(update=changed)), LATER) is None


@pytest.mark.parametrize("birth_date", ["2013", "2013-03"])
def test_a_doubt_about_an_age_excludes_nobody(birth_date: str) -> None:
    """Who may be a minor is looked at by an official: a rule that is broken is certain."""
    assert broken("R08", a_record(an_excluded(birth_date=birth_date)), LATER) is None


def test_a_side_without_the_books_excludes_by_what_it_has() -> None:
    """Where a side lacks the rules of the other, only what it knows excludes."""
    bare = terms()._replace(acceptance=None, screening=None)
    assert broken("R08", a_record(an_excluded(birth_date="2020-01-01")), LATER, bare) is None
    assert broken("R08", a_record(an_excluded(nationality="MEX")), LATER, bare) is not None


@pytest.mark.parametrize("rule", BROKEN)
def test_a_person_may_resolve_it(rule: str) -> None:
    """What a person has resolved stays so while the same is found."""
    assert stays_resolved(rule, look(a_record(*BROKEN[rule]), LATER), LATER)
