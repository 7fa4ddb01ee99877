"""The demo's people: seeded, varied, fit to be decided on, cleared unless a part withholds them."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from exchange.demo.faults import ENDS, SHARES, WITHHELD, Part, Role, cast, parts_of
from exchange.demo.people import PORTS, WINDOW_HOURS_MAX, WINDOW_HOURS_MIN
from exchange.domain.decision import ReturnDecision, read_decision
from exchange.domain.places import day_in
from exchange.domain.screening import Cleared, Withheld, screen
from exchange.domain.wire import read_utc
from tests.builders import NOW, places, rule_book

MOMENTS = (NOW, datetime(2026, 11, 1, 8, 59, tzinfo=UTC), datetime(2028, 2, 29, 23, 59, tzinfo=UTC))


def read(role: Role) -> ReturnDecision:
    """Return the decision of a role, as a service reads it."""
    return read_decision(role.document, places())


@pytest.mark.parametrize("now", MOMENTS, ids=str)
@pytest.mark.parametrize("seed", [1, 2019])
def test_every_decision_is_taken_and_screened_as_its_part_says(seed: int, now: datetime) -> None:
    """Whoever plays no withheld part is cleared; the others are withheld for that one reason."""
    for role in cast(240, seed, places(), now):
        decision = read(role)
        port = places().find_port(decision.return_.port)
        assert port is not None
        on = day_in(read_utc(decision.decided_at), port.zone)
        screened = screen(decision, rule_book(), on=on)
        if role.part in WITHHELD:
            assert isinstance(screened, Withheld)
            assert screened.reasons == (role.part.value,)
        else:
            assert isinstance(screened, Cleared)


def test_the_same_seed_draws_the_same_people() -> None:
    """A run can be repeated, and another seed draws others."""
    first, again, other = (cast(60, seed, places(), NOW) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_windows_open_soon_and_hearings_are_weeks_away() -> None:
    """A window opens four hours to three days ahead; the hearing is a month ahead or more."""
    for role in cast(240, 3, places(), NOW):
        decision = read(role)
        ahead = decision.return_.window.from_at - NOW
        assert timedelta(hours=WINDOW_HOURS_MIN) <= ahead <= timedelta(hours=WINDOW_HOURS_MAX)
        assert decision.hearing.hearing_at.at - NOW > timedelta(days=27)


def test_a_family_stays_together() -> None:
    """Every family is whole, has one port, window and hearing day, and plays no part."""
    families = defaultdict(list)
    for role in cast(240, 5, places(), NOW):
        if role.document["family"]:
            assert role.part is Part.ORDINARY
            families[role.document["family"]["group"]].append(role.document)
    assert len(families) > 20
    whole = [group for group in families.values() if len(group) == group[0]["family"]["size"]]
    assert len(whole) >= len(families) - 1  # the last may be cut to fit the count
    for members in families.values():
        assert len({str(member["return"]) for member in members}) == 1
        assert len({member["hearing"]["hearing_at"]["local"] for member in members}) == 1


def test_people_are_as_varied_as_in_the_field() -> None:
    """Three ports, many nationalities and languages, missing surnames, years for birth dates."""
    people = [role.document["person"] for role in cast(240, 2019, places(), NOW)]
    ports = Counter(role.document["return"]["port"] for role in cast(240, 2019, places(), NOW))
    assert ports.keys() == PORTS.keys()
    assert len({person["nationality"] for person in people}) >= 8
    assert {"spa", "por"} < {person["language"] for person in people}
    assert any(person["second_surname"] is None for person in people)
    assert {len(person["birth_date"]) for person in people} == {4, 7, 10}
    letters = set(chain.from_iterable(person["full_name_as_recorded"] for person in people))
    assert letters > set("áéíóúñ")


@pytest.mark.parametrize("count", [1, 2, 18, 19, 40, 240, 2_400])
def test_parts_grow_with_the_people(count: int) -> None:
    """Each part is played by somebody, while there are people; somebody is always ordinary."""
    parts = Counter(parts_of(count))
    assert parts.total() < count
    assert len(cast(count, 1, places(), NOW)) == count
    assert parts[Part.SECOND_CYCLE] <= parts[Part.RETURNED_AGAIN]
    if count >= 19:
        assert parts.keys() == SHARES.keys()
    if count == 2_400:
        assert parts[Part.FEAR] == 50


@pytest.mark.parametrize("count", [40, 2_400])
def test_a_second_cycle_is_about_whoever_was_returned_before(count: int) -> None:
    """The later decision is another one, about the same person, for another hearing."""
    roles = cast(count, 1, places(), NOW)
    first = {one.number: one.document for one in roles if one.part is Part.RETURNED_AGAIN}
    later = {one.number: one.document for one in roles if one.part is Part.SECOND_CYCLE}
    assert later.keys() == first.keys()
    for number, document in later.items():
        assert document["person"] == first[number]["person"]
        assert document["decision_id"] != first[number]["decision_id"]
        assert document["hearing"]["hearing"] != first[number]["hearing"]["hearing"]
    assert len({str(one["person"]) for one in first.values()}) == len(first)


def test_every_part_has_its_end() -> None:
    """Both sides end in a stage for each part, but for those who are never noticed."""
    assert ENDS.keys() == set(Part) - WITHHELD - {Part.WITHDRAWN}
