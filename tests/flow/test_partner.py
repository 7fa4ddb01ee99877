"""When to leave the partner alone, and when to ask again."""

from dataclasses import dataclass

import pytest

from exchange.flow.partner import BackOff, Partner
from tests.builders import NOW
from tests.keys import MX

BACK_OFF = BackOff(first_seconds=1, max_seconds=60, retry_after_max_seconds=300)


@dataclass
class Watched:
    """A partner, and the loop's clock by which it is left alone."""

    seconds: float = 1_000.0

    def __post_init__(self) -> None:
        self.partner = Partner(
            key_set=MX.key_set,
            monotonic=lambda: self.seconds,
            chance=lambda: 0.0,
            back_off=BACK_OFF,
        )

    @property
    def pause(self) -> float:
        """How long still to wait."""
        return self.partner.pause_seconds()


@pytest.fixture
def watched() -> Watched:
    """A partner that has done nothing yet."""
    return Watched()


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [(1, 0.0, 0.5), (1, 0.5, 0.75), (2, 0.0, 1.0), (6, 0.0, 16.0), (7, 0.0, 30.0), (99, 0.5, 45.0)],
)
def test_a_pause_doubles_up_to_its_bound(failures: int, chance: float, seconds: float) -> None:
    """The pause is at least half of an interval that doubles with each failure, capped."""
    assert BACK_OFF.pause_seconds(failures, chance=chance) == seconds


@pytest.mark.parametrize(("asked", "honoured"), [(0, 0.5), (7, 7), (9_999, 300)])
def test_what_the_partner_asks_is_honoured_within_bounds(asked: float, honoured: float) -> None:
    """A Retry-After holds between our own first pause and our bound."""
    assert BACK_OFF.honoured_seconds(asked, chance=0.0) == honoured


def test_a_partner_that_answers_is_not_left_alone(watched: Watched) -> None:
    """At first, and while all goes well, there is no pause."""
    assert (watched.partner.failing, watched.pause) == (False, 0)
    watched.partner.heard(NOW)
    assert (watched.partner.failing, watched.pause, watched.partner.heard_at) == (False, 0, NOW)


def test_failures_one_after_another_lengthen_the_pause(watched: Watched) -> None:
    """Each probe that fails after its pause doubles the next."""
    for seconds in (0.5, 1, 2, 4):
        watched.partner.failed()
        assert watched.partner.failing
        assert watched.pause == seconds
        watched.seconds += seconds
        assert watched.pause == 0


def test_requests_that_fail_together_are_one_failure(watched: Watched) -> None:
    """What was under way when the partner went away does not double the pause."""
    watched.partner.failed()
    watched.seconds += 0.25
    watched.partner.failed()
    assert (watched.partner.failures, watched.pause) == (1, 0.25)


def test_the_first_word_ends_the_back_off(watched: Watched) -> None:
    """Once the partner speaks, in either direction, nothing of our own waiting is left."""
    for _ in range(5):
        watched.partner.failed()
        watched.seconds += 60
    watched.partner.failed()
    watched.partner.heard(NOW)
    assert (watched.partner.failing, watched.pause) == (False, 0)


def test_a_call_from_the_partner_leaves_the_first_pause(watched: Watched) -> None:
    """Where answers are lost in both directions neither side's request sets off the other's."""
    for _ in range(5):
        watched.partner.failed()
        watched.seconds += 60
    watched.partner.failed()
    watched.partner.called(NOW)
    assert (watched.partner.failing, watched.pause) == (False, BACK_OFF.pause_seconds(1, chance=0))
    watched.seconds += watched.pause
    assert (watched.pause, watched.partner.heard_at) == (0, NOW)


def test_a_call_from_the_partner_begins_no_pause(watched: Watched) -> None:
    """While all goes well there is none, and a longer one is not what a call leaves."""
    watched.partner.called(NOW)
    assert watched.pause == 0
    watched.partner.failed()
    watched.seconds += 0.25
    watched.partner.called(NOW)
    assert watched.pause == BACK_OFF.pause_seconds(1, chance=0) - 0.25


def test_a_word_from_the_partner_does_not_shorten_what_it_asked(watched: Watched) -> None:
    """A Retry-After is waited out though the partner speaks to us meanwhile."""
    watched.partner.failed(20)
    watched.partner.heard(NOW)
    assert (watched.partner.failing, watched.pause) == (False, 20)
    watched.seconds += 20
    assert watched.pause == 0


def test_the_longest_time_asked_counts(watched: Watched) -> None:
    """Of answers that ask for different times the latest moment holds, in any order."""
    watched.partner.failed()
    watched.partner.failed(30)
    watched.partner.failed(10)
    assert (watched.partner.failures, watched.pause) == (1, 30)


def test_a_time_that_is_asked_takes_the_place_of_our_own(watched: Watched) -> None:
    """A partner that says when to come back is asked then, however often it failed."""
    for _ in range(8):
        watched.partner.failed()
        watched.seconds += 60
    watched.partner.failed(2)
    assert (watched.partner.failures, watched.pause) == (9, 2)
