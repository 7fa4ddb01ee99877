"""What must be taken up: alerts and corrections, R27 and R28."""

import pytest

from exchange.domain.discrepancies.scopes import Alert, Corrected, Reading
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import NOW, a_notice
from tests.domain.discrepancies.scenes import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    a_record,
    broken,
    closes,
    look,
    stays_resolved,
)

LATER = NOW + 30 * DAY
OPEN = (Alert(NOW - DAY, NOW), Alert(NOW + MINUTE, None), Alert(NOW, None))
WRONG = Corrected(Side.US, NOW, "Nuñes", None)


def test_an_alert_that_nobody_takes_up_is_found() -> None:
    """A quarter of an hour after the first that is open, whoever raised it."""
    record = a_record(a_notice(), alerts=OPEN)
    assert broken("R27", record, NOW + 15 * MINUTE - SECOND) is None
    found = broken("R27", record, NOW + 15 * MINUTE)
    assert found is not None
    assert (found.severity, found.due_at) == (Severity.CRITICAL, NOW + 15 * MINUTE + HOUR)


def test_a_person_who_takes_it_up_closes_it() -> None:
    """Once somebody is on the telephone, nothing more is open."""
    before = look(a_record(a_notice(), alerts=OPEN), LATER)
    taken = tuple(Alert(one.said_at, LATER) for one in OPEN)
    assert closes("R27", before, look(a_record(a_notice(), alerts=taken), LATER), LATER)
    assert stays_resolved("R27", before, LATER)
    assert broken("R27", a_record(a_notice()), LATER) is None


def test_a_correction_that_nobody_takes_up_is_found() -> None:
    """A day after it, the receiver's to do."""
    record = a_record(a_notice(), corrections=(WRONG,))
    assert broken("R28", record, NOW + DAY - SECOND) is None
    found = broken("R28", record, NOW + DAY)
    assert found is not None
    assert (found.because, found.owner) == (("not-taken-up",), Side.MX)
    assert found.severity is Severity.NORMAL


def test_a_value_that_was_put_right_must_not_come_again() -> None:
    """Whoever corrected it says it wrong again: at once, and theirs to mend."""
    again = WRONG._replace(taken_up_at=NOW, later=(Reading(NOW + HOUR, "Nuñes"),))
    found = broken("R28", a_record(a_notice(), corrections=(again,)), NOW + HOUR)
    assert found is not None
    assert (found.because, found.owner) == (("old-value",), Side.US)
    both = again._replace(taken_up_at=None)
    first = broken("R28", a_record(a_notice(), corrections=(both,)), NOW + 2 * DAY)
    assert first is not None
    assert first.because == ("old-value",)


@pytest.mark.parametrize(
    "corrected",
    [
        WRONG._replace(taken_up_at=NOW),
        WRONG._replace(taken_up_at=NOW, later=(Reading(NOW + HOUR, "Núñez"),)),
        WRONG._replace(taken_up_at=NOW, later=(Reading(NOW, "Nuñes"),)),
    ],
)
def test_a_correction_that_is_kept_is_fine(corrected: Corrected) -> None:
    """Taken up, and the wrong value said only before it."""
    before = look(a_record(a_notice(), corrections=(WRONG,)), LATER)
    after = look(a_record(a_notice(), corrections=(corrected,)), LATER)
    assert closes("R28", before, after, LATER)
    assert stays_resolved("R28", before, LATER)
