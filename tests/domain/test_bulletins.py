"""What is about no handoff: of each matter the newest stands, in any order."""

from itertools import permutations

import pytest

from exchange.domain.bulletins import Bulletin, Matter, bulletin_of, day_of_point, matter_of, post
from exchange.domain.messages.catalogue import CAPACITY_ADVISORY, CONTACTS
from tests.builders import NOW, a_capacity_advisory, a_contact_list


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


def test_of_two_with_one_number_the_first_stands() -> None:
    """A partner that gives one number twice changes nothing with the second."""
    first, second = advisory(4, 10), advisory(4, 20)
    assert post(first, second) == (first, "superseded")


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
