"""What a body will say of the hearing, before it is said."""

from exchange.domain.handoff import HearingStands
from exchange.domain.telling import hearing_of
from tests.builders import NOW, a_hearing_notice, a_notice, a_shared


def test_the_hearing_of_a_body_is_what_stands_once_it_is_said() -> None:
    """Of a notice and of a hearing notice, scheduled or not, as both sides will know it."""
    notice = a_notice()
    assert hearing_of(notice, NOW) == a_shared(notice).current_hearing
    for said in (a_hearing_notice(), a_hearing_notice(status="none-scheduled")):
        stands = hearing_of(said, NOW)
        assert isinstance(stands, HearingStands)
        assert stands == a_shared(notice, said).current_hearing
