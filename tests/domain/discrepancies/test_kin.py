"""One person, one case; a family whole; no child alone: R05 to R07."""

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.domain.discrepancies.finding import Scopes
from exchange.domain.discrepancies.scopes import Family, Holder, Pair, Record
from exchange.domain.identity import Recorded
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.parties import CaseId, HandoffId
from exchange.domain.severity import Severity
from tests.builders import (
    CASE,
    NOW,
    a_cancellation,
    a_departure,
    a_notice,
    a_presentation,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
)
from tests.domain.discrepancies.scenes import (
    HOUR,
    MINUTE,
    SECOND,
    Told,
    a_family,
    a_record,
    broken,
    closes,
    look,
    stays_resolved,
    tell,
)

GROUP = "7d0c9a55-2f0e-4f57-9a43-5d2c1be7b001"
OTHER_CASE = CaseId("5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c99")
LATER = NOW + 48 * HOUR
CLOSES = datetime(2031, 3, 18, 20, 0, tzinfo=UTC)
GATHERED = NOW + 15 * MINUTE
CROSSED = datetime(2031, 3, 18, 16, 50, tzinfo=UTC)
CHILD, ADULT = "2027-06-01", "1994-02-28"


def handoff(number: int) -> HandoffId:
    """Return the id of a member."""
    return HandoffId(f"0f9b3a52-6d0e-4f57-9a43-5d2c1be7a{number:03}")


def a_member_notice(*, born: str = ADULT, size: int = 2, **changes: Any) -> ReturnNotice:
    """Return the notice of somebody who is returned with a family."""
    family = {"group": GROUP, "size": size, "role": "PARENT" if born == ADULT else "CHILD"}
    notice = a_notice(family=family, **changes)
    person = notice.person.model_copy(update={"birth_date": born})
    return notice.model_copy(update={"person": person})


def a_member(number: int, *then: Told, **changes: Any) -> Record:
    """Return the handoff of a member after what was told of it."""
    return a_record(a_member_notice(**changes), *then, handoff=handoff(number))


def family(*members: Record) -> Family:
    """Return a family of these."""
    return a_family(GROUP, *members)


def pair(
    one: Recorded | None, other: Recorded | None, *, case: CaseId = CASE, number: str = "A1234"
) -> Scopes:
    """Return two handoffs that look alike, each with a document."""
    visa = a_visa_issuance()
    first = tell(a_notice(), visa, handoff=handoff(1))
    second = tell(
        a_notice(case=case), visa.model_copy(update={"number": number}), handoff=handoff(2)
    )
    return Scopes(pairs=(Pair(Holder(first, one), Holder(second, other)),))


MARIA = Recorded("María José", "Núñez de la Peña", "1994-02-28")
MARIA_AGAIN = Recorded("MARIA JOSE", "NUNEZ PENA", "1994-02-28")
TOMAS = Recorded("Tomás", "Quispe Mamani", "1971-11-02")
NUMBER = "40918273645"


@pytest.mark.parametrize(
    ("scopes", "why"),
    [
        (pair(MARIA, TOMAS), ("other-person",)),
        (pair(MARIA, MARIA_AGAIN, case=OTHER_CASE), ("one-person",)),
        (pair(MARIA, TOMAS, case=OTHER_CASE, number=NUMBER), ("one-document",)),
        (pair(None, None, case=OTHER_CASE, number=NUMBER), ("one-document",)),
        (
            pair(MARIA, MARIA, case=OTHER_CASE, number=NUMBER),
            ("one-document", "one-person"),
        ),
    ],
)
def test_two_records_in_conflict_are_found(scopes: Scopes, why: tuple[str, ...]) -> None:
    """Two people in one case, and one person or one document in two, are named."""
    found = broken("R05", scopes, LATER)
    assert found is not None
    assert found.because == why
    assert found.handoffs == (handoff(1), handoff(2))
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    "scopes",
    [
        pair(MARIA, MARIA_AGAIN),
        pair(MARIA, MARIA, number=NUMBER),
        pair(MARIA, TOMAS, case=OTHER_CASE),
        pair(MARIA, MARIA_AGAIN._replace(birth_date="1994-02-27"), case=OTHER_CASE),
        pair(MARIA, None),
        pair(None, MARIA, case=OTHER_CASE),
    ],
)
def test_records_that_agree_are_no_conflict(scopes: Scopes) -> None:
    """One person spelled two ways, two people in two cases, and what is erased are none."""
    assert broken("R05", scopes, LATER) is None


def test_what_many_have_in_common_is_said_of_each_once() -> None:
    """Two cases are a finding only beside the latest that is alike; one case always is."""

    def unlinked(scopes: Scopes) -> Scopes:
        return Scopes(pairs=tuple(one._replace(linked=False) for one in scopes.pairs))

    assert broken("R05", unlinked(pair(MARIA, MARIA, case=OTHER_CASE)), LATER) is None
    assert broken("R05", unlinked(pair(MARIA, TOMAS)), LATER) is not None


def test_what_was_never_announced_is_no_record() -> None:
    """A handoff without its notice records nobody."""
    silent = Holder(tell(a_reception(), handoff=handoff(1)), MARIA)
    known = Holder(tell(a_notice(), handoff=handoff(2)), TOMAS)
    for both in (Pair(silent, known), Pair(known, silent)):
        assert broken("R05", Scopes(pairs=(both,)), LATER) is None


def test_a_doubt_at_the_line_opens_and_a_match_closes_it() -> None:
    """The official's doubt is an identity conflict until they record that it is the person."""
    doubt = a_record(a_notice(), a_reception(identity="doubt"))
    sure = a_record(a_notice(), a_reception(identity="doubt"), a_reception(identity="match"))
    assert broken("R05", a_record(a_notice()), LATER) is None
    assert broken("R05", doubt, LATER) is not None
    assert closes("R05", look(doubt, LATER), look(sure, LATER), LATER)


def test_a_conflict_closes_once_the_records_agree() -> None:
    """A corrected name ends the conflict of a pair."""
    before, after = pair(MARIA, TOMAS), pair(MARIA, MARIA_AGAIN)
    assert closes("R05", look(before, LATER), look(after, LATER), LATER)
    assert stays_resolved("R05", look(before, LATER), LATER)


ACCEPTED = (an_acknowledgment(),)
CROSSED_LINE = (an_acknowledgment(), a_departure())


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ((a_member(1),), "member-missing"),
        ((a_member(1), a_member(2), a_member(3)), "member-unforeseen"),
        ((a_member(1), a_member(2, size=3)), "size-differs"),
        (
            (
                a_member(1),
                a_member(
                    2,
                    return__window={"from": "2031-03-18T17:00:00Z", "to": "2031-03-18T20:00:00Z"},
                ),
            ),
            "window-differs",
        ),
    ],
)
def test_a_family_that_is_not_announced_alike_is_found(
    members: tuple[Record, ...], why: str
) -> None:
    """Some time after its newest notice a family has one size, place, window and hearing day."""
    assert broken("R06", family(*members), GATHERED - SECOND) is None
    found = broken("R06", family(*members), GATHERED)
    assert found is not None
    assert why in found.because
    assert found.severity is Severity.CRITICAL
    assert found.handoffs == tuple(member.shared.handoff for member in members)


def test_a_family_that_was_split_is_found_when_its_window_ends() -> None:
    """Whoever has not crossed by then is apart from those who have."""
    split = family(a_member(1, *CROSSED_LINE), a_member(2, *ACCEPTED))
    assert broken("R06", split, CLOSES - SECOND) is None
    found = broken("R06", split, CLOSES)
    assert found is not None
    assert found.because == ("split",)


def test_who_was_turned_back_has_not_crossed() -> None:
    """A member whom Mexico did not receive is apart from those whom it did."""
    turned = a_member(2, *CROSSED_LINE, a_reception(outcome="not-received"))
    received = a_member(1, *CROSSED_LINE, a_reception())
    assert broken("R06", family(received, turned), LATER) is not None
    assert broken("R06", family(received, a_member(2, a_reception())), LATER) is None


@pytest.mark.parametrize(
    "members",
    [
        (a_member(1), a_member(2)),
        (a_member(1, *CROSSED_LINE), a_member(2, *CROSSED_LINE)),
        (a_member(1, *ACCEPTED, a_cancellation()), a_member(2, a_cancellation())),
        (a_member(1, a_cancellation()),),
        (),
    ],
)
def test_a_family_that_stays_together_is_no_discrepancy(members: tuple[Record, ...]) -> None:
    """All announced, all crossed, all taken back, or nobody left: none is apart."""
    assert broken("R06", family(*members), LATER) is None


def test_a_family_that_comes_together_closes_it() -> None:
    """A missing member's notice ends what was missing, the last crossing what was split."""
    split = family(a_member(1, *CROSSED_LINE), a_member(2, *ACCEPTED))
    whole = family(a_member(1, *CROSSED_LINE), a_member(2, *CROSSED_LINE))
    assert closes("R06", look(split, LATER), look(whole, LATER), LATER)
    assert stays_resolved("R06", look(split, LATER), LATER)


def test_what_is_unlike_and_split_says_both_since_the_first() -> None:
    """A family with two troubles is one discrepancy that names both."""
    both = family(a_member(1, *CROSSED_LINE, size=3), a_member(2, *ACCEPTED, size=3))
    found = broken("R06", both, LATER)
    assert found is not None
    assert found.because == ("member-missing", "split")
    assert found.since == GATHERED


CHILD_CROSSED = a_member(2, *CROSSED_LINE, born=CHILD)
ADULT_RECEIVED = a_member(1, *CROSSED_LINE, a_reception())
ALONE_AT = CROSSED + 30 * MINUTE


def test_a_child_whose_family_is_not_received_is_alone() -> None:
    """Half an hour after the crossing an adult of the family must have been received."""
    waiting = family(a_member(1, *CROSSED_LINE), CHILD_CROSSED)
    assert broken("R07", waiting, ALONE_AT - SECOND) is None
    found = broken("R07", waiting, ALONE_AT)
    assert found is not None
    assert (found.because, found.severity) == (("no-adult",), Severity.CRITICAL)
    together = family(ADULT_RECEIVED, CHILD_CROSSED)
    assert closes("R07", look(waiting, LATER), look(together, LATER), LATER)
    assert stays_resolved("R07", look(waiting, LATER), LATER)


@pytest.mark.parametrize(
    "adult",
    [
        a_member(1, *CROSSED_LINE, a_reception(), born="2014-01-01"),
        a_member(1, *CROSSED_LINE, a_reception(), born="2013"),
        a_member(1, *CROSSED_LINE, a_reception(outcome="not-received")),
        a_member(1, *CROSSED_LINE, a_reception(), a_presentation()),
        Record(ADULT_RECEIVED.shared),
    ],
)
def test_only_an_adult_who_is_there_ends_it(adult: Record) -> None:
    """A child, who may be one, who was turned back or has left, or is unknown is no adult there."""
    assert broken("R07", family(adult, CHILD_CROSSED), LATER) is not None


@pytest.mark.parametrize(
    "members",
    [
        (ADULT_RECEIVED, CHILD_CROSSED),
        (a_member(1), a_member(2, born=CHILD)),
        (a_member(1, *CROSSED_LINE), a_member(2, *CROSSED_LINE)),
        (a_member(2, *CROSSED_LINE, a_reception(outcome="not-received"), born=CHILD),),
        (a_member(2, *CROSSED_LINE, a_presentation(), born=CHILD),),
        (Record(CHILD_CROSSED.shared),),
        (),
    ],
)
def test_no_child_is_alone(members: tuple[Record, ...]) -> None:
    """With an adult, before crossing, back at the port, or with nobody who is a child."""
    assert broken("R07", family(*members), LATER) is None


def a_child_alone(*then: Told) -> Record:
    """Return a child who is announced without a family."""
    person = a_notice().person.model_copy(update={"birth_date": CHILD})
    return a_record(a_notice().model_copy(update={"person": person}), *then)


def test_a_child_without_a_family_is_alone_at_once() -> None:
    """Who crosses as a child and alone is found without any waiting, until they are back."""
    crossed = a_child_alone(a_departure())
    found = broken("R07", crossed, NOW)
    assert found is not None
    assert found.because == ("no-family",)
    back = a_child_alone(a_departure(), a_reception(outcome="not-received"))
    assert closes("R07", look(crossed, LATER), look(back, LATER), LATER)


@pytest.mark.parametrize(
    "record",
    [
        a_child_alone(),
        a_record(a_notice(), a_departure()),
        a_record(a_departure()),
        CHILD_CROSSED,
        a_record(a_notice(), a_departure(), announced=None),
    ],
)
def test_who_is_no_child_without_a_family(record: Record) -> None:
    """A child who waits, an adult, somebody unannounced, and a child with a family are not."""
    assert broken("R07", record, LATER) is None
