"""What is about no handoff: of each matter the newest stands, in any order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from exchange.domain.bulletins import (
    Bulletin,
    Matter,
    bulletin_of,
    day_of_point,
    faults_of,
    matter_of,
    post,
)
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import CAPACITY_ADVISORY, CONTACTS
from tests.builders import NOW, a_capacity_advisory, a_contact_list, a_notice, places


def advisory(seq: int, people: int, salt: str = "A" * 22) -> Bulletin:
    """Return an advisory of one day as the message *seq* said it."""
    body = a_capacity_advisory(people_max=people, salt=salt)
    return bulletin_of(CAPACITY_ADVISORY, body, seq=seq, said_at=NOW)


def test_each_day_of_each_point_is_a_matter_and_all_numbers_are_one() -> None:
    """An advisory is about a day of a point; contacts replace whatever was said of contacts."""
    body = a_capacity_advisory(receiving_point="MX-JUAREZ", on="2031-03-19")
    assert matter_of(CAPACITY_ADVISORY, body) == day_of_point("MX-JUAREZ", "2031-03-19")
    assert matter_of(CAPACITY_ADVISORY, body).name == CAPACITY_ADVISORY.name
    assert matter_of(CONTACTS, a_contact_list()) == Matter("contacts", "")


def test_a_bulletin_keeps_what_was_said_and_when() -> None:
    """The matter, the message's number and time, the type's version, and the body as JSON."""
    body = a_capacity_advisory(receiving_point="MX-JUAREZ", on="2031-03-19")
    assert bulletin_of(CAPACITY_ADVISORY, body, seq=7, said_at=NOW) == Bulletin(
        Matter("capacity-advisory", "MX-JUAREZ 2031-03-19"),
        7,
        NOW,
        "urn:handoff:schema:capacity-advisory:1",
        body.model_dump_json(),
    )
    numbers = bulletin_of(CONTACTS, a_contact_list(), seq=8, said_at=NOW)
    assert numbers.matter == Matter("contacts", "")


def test_of_two_with_one_number_the_first_stands() -> None:
    """A partner that gives one number twice changes nothing with the second."""
    first, second = advisory(4, 10), advisory(4, 20)
    assert post(first, second) == (first, "superseded")


def faults(body: Body, now: datetime = NOW) -> list[tuple[str, str]]:
    """Return what is wrong with a bulletin of our own."""
    return [(fault.pointer, fault.code) for fault in faults_of(body, places(), now)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"people_max": 0}, []),
        ({"on": "2031-03-17"}, []),
        ({"on": "2031-03-16"}, [("/on", "in-the-past")]),
        ({"closes": "09:01"}, []),
        ({"closes": "09:00"}, [("/closes", "out-of-order")]),
        ({"receiving_point": "MX-NOWHERE"}, [("/receiving_point", "unknown-receiving-point")]),
        (
            {"on": "2031-03-16", "opens": "18:00"},
            [("/on", "in-the-past"), ("/closes", "out-of-order")],
        ),
    ],
)
def test_an_advisory_is_about_a_point_we_know_and_a_day_to_come(
    changes: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    """Today still counts, by the point's own calendar, and its hours end after they begin."""
    assert faults(a_capacity_advisory(**changes)) == expected


def test_today_is_that_of_the_receiving_point() -> None:
    """Until midnight in Tijuana its day is not past, whatever day it is by UTC."""
    today = a_capacity_advisory(on="2031-03-17")
    midnight = datetime(2031, 3, 18, 7, 0, tzinfo=UTC)
    assert faults(today, midnight - timedelta(seconds=1)) == []
    assert faults(today, midnight) == [("/on", "in-the-past")]


def test_contacts_are_of_pairs_that_we_know_and_hours_in_order() -> None:
    """Each pair and each day that cannot be so is pointed at; other bodies are not looked at."""
    assert faults(a_contact_list()) == []
    sound = a_contact_list().model_dump(mode="json")["pairs"][0]
    day = sound["calendar"][0]
    pairs = [
        sound,
        sound | {"receiving_point": "MX-JUAREZ"},
        sound | {"calendar": [day, day | {"closes": "09:00"}, day | {"closes": "09:01"}]},
    ]
    assert faults(a_contact_list(pairs=pairs)) == [
        ("/pairs/1/receiving_point", "not-a-pair"),
        ("/pairs/2/calendar/1/closes", "out-of-order"),
    ]
    assert faults(a_notice()) == []


def test_any_order_ends_in_the_newest() -> None:
    """Three advisories of a day, in every order, leave the last one said."""
    told = [advisory(1, 10), advisory(2, 20), advisory(3, 10)]
    for order in permutations(told):
        standing: Bulletin | None = None
        for one in order:
            standing = post(standing, one).stands
        assert standing == told[-1]


@pytest.mark.parametrize(
    ("standing", "fresh", "code"),
    [
        (None, advisory(1, 10), None),
        (advisory(1, 10), advisory(2, 20), None),
        (advisory(2, 10), advisory(1, 20), "superseded"),
        (advisory(1, 10), advisory(1, 20), "superseded"),
        (advisory(1, 10), advisory(2, 10, "B" * 21 + "A"), "repeat"),
        (advisory(2, 10), advisory(1, 10), "repeat"),
        (advisory(1, 10)._replace(schema="capacity-advisory:2"), advisory(2, 10), None),
    ],
)
def test_what_is_odd_about_it_is_a_code(
    standing: Bulletin | None, fresh: Bulletin, code: str | None
) -> None:
    """An older one is superseded, and the same again, under another salt, a repeat."""
    assert post(standing, fresh).code == code
