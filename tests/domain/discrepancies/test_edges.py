"""To the second and to the day: where the rules of people, documents and ports begin and end."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from exchange.domain.causes import Cause
from exchange.domain.discrepancies.finding import Scopes, find_ours
from exchange.domain.discrepancies.folding import gather
from exchange.domain.discrepancies.manual import draw_our_rules, draw_rules, draw_thresholds
from exchange.domain.discrepancies.scopes import (
    Channel,
    Holder,
    Pair,
    Placed,
    PortDay,
    Record,
    Refused,
    Scope,
    Subject,
)
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.due import LAST
from exchange.domain.handoff import HandoffId, SharedHandoff
from exchange.domain.identity import Recorded
from exchange.domain.parties import Side
from exchange.domain.screening import RuleBook
from exchange.domain.severity import Severity
from tests.builders import (
    HANDOFF,
    NOW,
    a_departure,
    a_notice,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
    places,
    rule_book,
)
from tests.domain.discrepancies.scenes import (
    DAY,
    MINUTE,
    SECOND,
    At,
    Told,
    a_family,
    a_record,
    broken,
    ours,
    tell,
    terms,
)

EARLIER = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a000")
GROUP = "7d0c9a55-2f0e-4f57-9a43-5d2c1be7b001"
TURNED_BACK = a_reception(outcome="not-received", code="TURNED_BACK")
LATER = NOW + 120 * DAY
CROSSED = datetime(2031, 3, 18, 16, 50, tzinfo=UTC)


def other(*told: Told, handoff: HandoffId = EARLIER, first_seq: int = 1) -> SharedHandoff:
    """Return another handoff of the case."""
    return tell(*told, handoff=handoff, first_seq=first_seq)


@pytest.mark.parametrize("pointer", ["/body/family", "/body/travel_document", "/body/window"])
def test_a_member_too_many_is_found_where_an_object_may_be_missing(pointer: str) -> None:
    """An object that may be null is one where it stands."""
    message = Refused(str(HANDOFF), Side.US, "breaks-schema", pointer, NOW)
    assert broken("R22", Scopes(messages=(message,)), LATER) is not None


def test_a_clock_is_its_own_sides_to_mend() -> None:
    """Nobody else can."""
    found = broken("R25", Scopes(channels=(Channel(Side.MX, skewed_since=NOW),)), LATER)
    assert found is not None
    assert (found.owner, found.since) == (Side.MX, NOW)


def test_a_day_of_a_port_is_named_by_both() -> None:
    """The subject of what is found says which port and which of its days."""
    seen = tell(a_notice(), an_acknowledgment(), a_reception())
    day = PortDay("2504", date(2031, 3, 18), NOW, (seen,))
    found = broken("R24", Scopes(port_days=(day,)), LATER)
    assert found is not None
    assert found.subject == Subject(Scope.PORT_DAY, "2504 2031-03-18")


def test_who_was_never_announced_is_of_no_window() -> None:
    """A refusal without a notice is counted, and is no share of anybody's window."""
    refused = tell(a_reception(outcome="not-received", code="TURNED_BACK"))
    day = PortDay("2504", date(2031, 3, 18), NOW, (refused,))
    assert broken("R26", Scopes(port_days=(day,)), LATER) is None


def test_who_has_no_case_is_alone_in_it() -> None:
    """A handoff without its notice is the only one that is looked at with it."""
    record = Record(tell(a_reception()))
    (gathered,) = gather([record], places()).handoffs
    assert gathered.case == (record.shared,)


def test_a_doubt_at_the_line_is_named() -> None:
    """So that the official who looks knows whose doubt it is."""
    found = broken("R05", a_record(a_notice(), a_reception(identity="doubt")), LATER)
    assert found is not None
    assert found.because == ("doubt-at-the-line",)


def test_one_person_needs_two_notices() -> None:
    """Two records of one name, of which one was never announced, are no conflict."""
    maria = Recorded("María José", "Núñez de la Peña", "1994-02-28")
    silent, known = Holder(other(a_reception()), maria), Holder(tell(a_notice()), maria)
    for both in (Pair(silent, known), Pair(known, silent)):
        assert broken("R05", Scopes(pairs=(both,)), LATER) is None


def a_member(number: int, *then: Told, born: str = "1994-02-28") -> Record:
    """Return one of a family of two."""
    notice = a_notice(family={"group": GROUP, "size": 2, "role": "PARENT"})
    person = notice.person.model_copy(update={"birth_date": born})
    handoff = HandoffId(f"0f9b3a52-6d0e-4f57-9a43-5d2c1be7a{number:03}")
    return a_record(notice.model_copy(update={"person": person}), *then, handoff=handoff)


OVER = (an_acknowledgment(), a_departure())


def test_who_was_received_and_who_has_only_crossed_are_together() -> None:
    """Neither is on this side any more."""
    family = a_family(GROUP, a_member(1, *OVER, a_reception()), a_member(2, *OVER))
    assert broken("R06", family, LATER) is None


def a_child_alone(born: str) -> Record:
    """Return somebody who crossed without a family."""
    person = a_notice().person.model_copy(update={"birth_date": born})
    return a_record(a_notice().model_copy(update={"person": person}), a_departure())


def test_a_child_is_one_until_the_birthday() -> None:
    """On the eighteenth birthday a person crosses as an adult, and is one at the line."""
    assert broken("R07", a_child_alone("2013-03-19"), LATER) is not None
    assert broken("R07", a_child_alone("2013-03-18"), LATER) is None
    child = a_member(2, *OVER, born="2027-06-01")
    for born, is_found in (("2013-03-18", False), ("2013-03-19", True)):
        family = a_family(GROUP, a_member(1, *OVER, a_reception(), born=born), child)
        assert (broken("R07", family, LATER) is not None) is is_found


def test_the_rules_in_force_are_those_of_the_port() -> None:
    """A later rule set that does not name the port leaves the one before it in force there."""
    (before,) = [one for one in rule_book().rule_sets if one.name == "as-announced-2019"]
    elsewhere = {
        "name": "elsewhere",
        "family": before.family,
        "effective_from": before.effective_from + DAY,
        "ports": {"2402": before.effective_from},
    }
    book = RuleBook((before, before.model_copy(update=elsewhere)), before.family)
    assert book.in_force("2504", NOW.date()) is before
    assert broken("R08", a_record(a_notice()), LATER, terms()._replace(screening=book)) is None


@pytest.mark.parametrize(("at", "is_found"), [(CROSSED, True), (CROSSED + SECOND, False)])
def test_a_hold_in_the_second_of_the_crossing_stood_then(
    at: datetime,
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Whoever was held when they crossed is over the line, also once the hold was lifted."""
    held = ours(tell(a_notice(), *OVER), holds=(Placed(Cause.FEAR, at, CROSSED + MINUTE),))
    assert bool(find_ours((held,), terms(), LATER).findings) is is_found


def until(day: str, *, start: str = "2031-03-18", number: str = "50918273645") -> Any:
    """Return a document of so many days."""
    return a_visa_issuance(valid_from=start, valid_until=day, number=number)


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        (until("2031-06-01"), until("2031-09-01", start="2031-06-01"), True),
        (until("2031-06-01"), until("2031-09-01", start="2031-06-02"), False),
        (until("2031-09-01", start="2031-06-01"), until("2031-06-01"), True),
        (until("2031-09-01", start="2031-06-02"), until("2031-06-01"), False),
        (until("2031-09-01"), until("2031-08-01", start="2031-04-01"), True),
        (until("2031-08-01", start="2031-04-01"), until("2031-09-01"), True),
    ],
)
def test_two_documents_meet_on_a_single_day(
    first: Any,
    second: Any,
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """The last of the one may be the first of the other, or the one may lie within the other."""
    earlier = other(a_notice(), a_reception(), first)
    told = (a_notice(cycle=2), a_reception(), At(second, NOW + 60 * MINUTE))
    assert (broken("R11", a_record(*told, others=(earlier,)), LATER) is not None) is is_found


def test_after_the_last_day_there_is_none_to_wait_for() -> None:
    """Working days are counted as long as there are days, also where the last is one off."""
    agreed = Thresholds(days_off=frozenset({LAST.date()}))
    assert agreed.due_at(LAST, Severity.NORMAL) == LAST


def test_the_manual_has_both_languages() -> None:
    """Every table of rules and thresholds is drawn in the language that was asked for."""
    for draw in (draw_rules, draw_our_rules, draw_thresholds):
        assert draw("es") != draw("en")
    assert "Partió sin aceptación" in draw_rules("es")
