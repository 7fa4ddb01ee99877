"""A request that is refused is taken apart until what spoils it stands alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.flow.isolation import (
    ALONE,
    COMPANY_MAX,
    company_max,
    refusals_alone,
    taken_apart,
)


def test_company_halves_at_each_step() -> None:
    """Nobody is alone at first, and from the sixth step on everybody is."""
    assert [company_max(step) for step in range(9)] == [64, 32, 16, 8, 4, 2, 1, 1, 1]
    assert [refusals_alone(step) for step in range(9)] == [0, 0, 0, 0, 0, 0, 0, 1, 2]


@pytest.mark.parametrize(("lines", "then"), [(64, 32), (63, 32), (10, 4), (5, 2), (3, 2), (2, 1)])
def test_without_a_name_it_goes_apart_in_halves(lines: int, then: int) -> None:
    """Where nobody is blamed, all of a request may keep about half its company."""
    after = taken_apart([0] * lines)
    assert [company_max(isolated) for isolated in after] == [then] * lines


def test_who_is_named_goes_alone_and_the_rest_stay_together() -> None:
    """A line that the answer blames has been refused by itself; the others were not refused."""
    assert taken_apart([0, 2, 0, 8], named={1, 3}) == [0, ALONE + 1, 0, 9]


def test_a_line_that_is_refused_alone_is_counted() -> None:
    """Each refusal of a line by itself is one more, named or not."""
    first = taken_apart([0])
    second = taken_apart(first)
    third = taken_apart(second, named={0})
    assert [refusals_alone(isolated) for (isolated,) in (first, second, third)] == [1, 2, 3]


@given(
    lines=st.integers(min_value=1, max_value=COMPANY_MAX),
    poison=st.sets(st.integers(min_value=0, max_value=COMPANY_MAX - 1), max_size=5),
    names=st.booleans(),
)
def test_good_lines_always_get_through(lines: int, poison: set[int], *, names: bool) -> None:
    """Whichever lines spoil a request, all others arrive, and soon; those alone are left."""
    poison = {place % lines for place in poison}
    waiting = dict.fromkeys(range(lines), 0)
    requests = 0
    while any(not refusals_alone(isolated) for isolated in waiting.values()):
        step = min(waiting.values())
        sent = [place for place, isolated in waiting.items() if isolated == step]
        sent = sent[: company_max(step)]
        requests += 1
        spoiled = [place for place in sent if place in poison]
        if not spoiled:
            for place in sent:
                del waiting[place]
            continue
        named = {sent.index(place) for place in spoiled} if names else set()
        waiting |= zip(sent, taken_apart([step] * len(sent), named=named), strict=True)
    assert set(waiting) == poison
    assert requests <= 2 + 2 * ALONE * len(poison)
