"""How long what was recorded of a person is kept, counted from what both sides have said."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from exchange.domain.messages.body import Body
from exchange.domain.retention import (
    ASKED,
    BASES,
    GROUNDS,
    Basis,
    Due,
    Ground,
    Retention,
    facts_of,
    find_due,
    is_erased,
    without_person,
)
from exchange.domain.shared import SharedHandoff
from tests.builders import (
    HANDOFF,
    NOW,
    a_case_closure,
    a_hearing_verification,
    a_notice,
    a_reception,
    a_shared,
    a_visa_change,
    a_visa_issuance,
)

RULES = Retention()
HEARING_AT = a_notice().hearing.hearing_at.at
STAYED: tuple[Body, ...] = (a_notice(), a_reception(), a_visa_issuance())


def days_after(at: datetime, days: int) -> datetime:
    """Return the time some days later."""
    return at + timedelta(days=days)


def test_a_case_is_due_ninety_days_after_its_end() -> None:
    """It counts from the end, whichever handoff of the case said it, and not from the hearing."""
    ended = a_shared(*STAYED, a_case_closure())
    assert ended.closed_at is not None
    expected = Due(Basis.CASE_CLOSED, days_after(ended.closed_at, 90))
    assert find_due([ended], RULES) == expected
    assert find_due([a_shared(*STAYED), ended], RULES) == expected


def test_a_case_that_nobody_ended_is_due_after_its_last_word_or_hearing() -> None:
    """What is later counts: a hearing to come, or something said after it."""
    before = a_shared(*STAYED)
    assert find_due([before], RULES) == Due(Basis.CASE_SILENT, days_after(HEARING_AT, 730))
    doubted = a_shared(a_hearing_verification())
    said = find_due([doubted], RULES)
    assert said is not None
    assert said.at < days_after(HEARING_AT, 730)
    assert said.at >= days_after(NOW, 730)


def test_of_whom_nothing_was_ever_said_nothing_is_due() -> None:
    """Without a fact there is nothing to count from."""
    assert find_due([], RULES) is None
    assert find_due([SharedHandoff(handoff=HANDOFF)], RULES) is None


def test_how_long_is_a_setting() -> None:
    """Each time may be set, and nothing else."""
    ended = a_shared(*STAYED, a_case_closure())
    assert ended.closed_at is not None
    due = find_due([ended], Retention(case_closed_days=3))
    assert due == Due(Basis.CASE_CLOSED, days_after(ended.closed_at, 3))
    for wrong in ({"case_closed_days": 0}, {"days": 3}):
        with pytest.raises(ValidationError):
            Retention.model_validate(wrong)


def test_without_the_person_everything_is_said_but_the_number() -> None:
    """What was one document stays one, two stay two; facts without a number stay as they were."""
    one = a_shared(*STAYED, a_visa_change(number=a_visa_issuance().number))
    erased = without_person(one, "77")
    assert erased.visa is not None
    assert erased.visa_change is not None
    assert erased.visa.number == erased.visa_change.number == "erased:77"
    assert erased.stage is one.stage
    assert erased.document_valid_until == one.document_valid_until
    assert [type(fact) for fact in facts_of(erased)] == [type(fact) for fact in facts_of(one)]
    assert without_person(erased, "88") == erased
    two = without_person(a_shared(*STAYED, a_visa_change(number="OTHER1")), "77")
    assert two.visa is not None
    assert two.visa_change is not None
    assert two.visa.number != two.visa_change.number
    assert is_erased(two.visa_change.number)
    alone = without_person(a_shared(a_visa_change(number="OTHER1")), "77")
    assert alone.visa_change is not None
    assert alone.visa_change.number == "erased:77"


def test_no_number_on_the_wire_looks_erased() -> None:
    """A partner cannot say a number that we would take for one that we erased."""
    with pytest.raises(ValidationError):
        a_visa_issuance(number="erased:77")


def test_every_basis_and_ground_has_its_words() -> None:
    """Each is told in two languages, and what may be asked for is a basis."""
    assert set(BASES) == set(Basis)
    assert set(GROUNDS) == set(Ground)
    assert set(ASKED) < set(Basis)
    for words in (*BASES.values(), *GROUNDS.values()):
        assert words.en != words.es
