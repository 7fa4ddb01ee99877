"""On-time rates, and the documents that end before their hearing."""

from datetime import date, timedelta

from exchange.domain.limits import Limits
from exchange.domain.parties import Side
from exchange.domain.punctuality import judge
from exchange.reports.document import Share
from exchange.reports.punctuality import Punctuality
from exchange.reports.visas import LISTED_MAX, ShortVisas
from tests.builders import (
    HANDOFF,
    NOW,
    a_hearing_notice,
    a_notice,
    a_reception,
    a_shared,
    a_visa_issuance,
    an_acknowledgment,
)

RECEIVED = (a_notice(), an_acknowledgment(), a_reception())


def test_a_rate_is_of_what_was_met_or_should_have_been() -> None:
    """What is not yet due counts neither way, and a deadline that nobody asked for has no row."""
    punctuality = Punctuality()
    for bodies, days in (
        ((a_notice(),), 0),
        ((a_notice(),), 1),
        ((a_notice(), an_acknowledgment()), 0),
    ):
        punctuality.see(judge(a_shared(*bodies), NOW + timedelta(days=days), Limits()))
    section = punctuality.section()
    row = section.rows[section.cells("deadline").index("acknowledgment")]
    assert row == ("acknowledgment", Side.MX, 1, 0, 1, 1, Share(1, 2))
    assert "presentation" not in section.cells("deadline")
    assert "stay-check" not in section.cells("deadline")


def test_a_short_document_says_by_how_much() -> None:
    """The last day of the document beside the day of the hearing, and the days between them."""
    visas = ShortVisas()
    visas.see(a_shared(*RECEIVED, a_visa_issuance(valid_until="2031-05-05")))
    visas.see(a_shared(*RECEIVED, a_visa_issuance(valid_until="2031-05-06")))
    visas.see(a_shared(*RECEIVED))
    day = timedelta(days=1)
    assert visas.section().rows == (
        (HANDOFF, "MX-CHAPARRAL", date(2031, 5, 5), date(2031, 5, 6), day),
    )


def test_of_more_documents_than_are_listed_the_first_hearings_are() -> None:
    """The rest is counted, and no more is held than twice what is listed."""
    visas = ShortVisas()
    late = a_shared(*RECEIVED, a_visa_issuance(valid_until="2031-05-05"))
    for _ in range(2 * LISTED_MAX + 3):
        visas.see(late)
        assert len(visas.found) < 2 * LISTED_MAX
    section = visas.section()
    assert (len(section.rows), section.left_out) == (LISTED_MAX, LISTED_MAX + 3)


def test_a_hearing_that_moved_makes_a_document_short() -> None:
    """The hearing for which the person waits now is what counts."""
    visas = ShortVisas()
    moved = a_hearing_notice(version=2)
    visas.see(a_shared(*RECEIVED, a_visa_issuance(valid_until="2031-05-06"), moved))
    assert visas.count == 1
