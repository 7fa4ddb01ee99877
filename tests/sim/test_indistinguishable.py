"""The partner cannot tell why a handoff ended, and would be seen to if it could."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.sim import stories
from tests.sim.indistinguishable import Compared, tell
from tests.sim.leaks import FOUND_BY, LEAKS
from tests.sim.pairs import Told, run_pair
from tests.sim.pool import each
from tests.sim.stories import SCENES, pair_of

PAIRS = 20


def test_pairs_are_not_told_apart() -> None:
    """In each of them the partner sees the same to the microsecond and to the octet."""
    told = list(each(tell, range(1, PAIRS + 1)))
    assert [str(one.pair) for one in told if not one.is_well] == []
    assert all(one.events > 100 for one in told)


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found(leak: str) -> None:
    """A pair that is not told apart is, once the leak is planted, by what the partner sees."""
    number = FOUND_BY[leak]
    assert tell(number).is_well
    told = tell(number, leak)
    assert told.unforeseen == ()
    assert told.difference is not None


def test_a_pair_replays() -> None:
    """The same pair has the same events, and a leak differs at the same one."""
    one, other = (tell(1, "iat at the hold") for _ in range(2))
    assert one.events == other.events
    assert str(one.difference).splitlines()[0] == str(other.difference).splitlines()[0]


def test_pairs_go_through_every_scene() -> None:
    """So many pairs in a row have every stage in every situation, taken back and closed."""
    seen = Counter(
        (pair.story.stage, pair.story.situation, pair.story.closes)
        for pair in map(pair_of, range(len(SCENES)))
    )
    assert seen == Counter(SCENES)


def test_the_endings_of_a_pair_differ() -> None:
    """No pair compares an ending with itself."""
    for pair in map(pair_of, range(500)):
        one, other = pair.one, pair.other
        assert (one.kind, one.causes, one.order) != (other.kind, other.causes, other.order)


def test_two_hundred_pairs_have_everything() -> None:
    """Every stage, situation, ending, cause, size and question is among them."""
    compared = Compared()
    for number in range(200):
        compared.add(Told(pair_of(number), None, events=0, unforeseen=()))
    assert compared.never_seen == []


def test_what_goes_another_way_than_told_is_no_success() -> None:
    """Where a story does not come to where it should, the pair fails."""
    number = next(n for n in range(500) if pair_of(n).story.stage == stories.DOCUMENTED)
    pair = pair_of(number)
    other = replace(pair, story=replace(pair.story, stage=stories.ACCEPTED))
    assert run_pair(other).unforeseen != ()
