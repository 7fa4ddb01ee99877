"""What is about no handoff: of each matter the newest stands, in any order."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from exchange.domain.bulletins import (
    Bulletin,
    Matter,
    bulletin_of,
    day_of_point,
    day_of_speaker,
    end_of,
    faults_of,
    matter_of,
    post,
)
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    CAPACITY_ADVISORY,
    COMPARISON,
    CONTACTS,
    STATEMENT,
    MessageType,
)
from exchange.domain.parties import Side
from tests.builders import (
    NOW,
    a_capacity_advisory,
    a_comparison,
    a_contact_list,
    a_notice,
    a_statement,
    places,
)


def advisory(seq: int, people: int, salt: str = "A" * 22) -> Bulletin:
    """Return an advisory of one day as the message *seq* said it."""
    body = a_capacity_advisory(people_max=people, salt=salt)
    return posted(CAPACITY_ADVISORY, body, seq=seq)


def posted(kind: MessageType, body: Body, *, seq: int = 7, at: datetime = NOW) -> Bulletin:
    """Return what is posted of a body that has a matter."""
    found = bulletin_of(kind, body, seq=seq, said_at=at)
    assert found is not None
    return found


def test_each_day_of_each_point_is_a_matter_and_all_numbers_are_one() -> None:
    """An advisory is about a day of a point; contacts replace whatever was said of contacts."""
    body = a_capacity_advisory(receiving_point="MX-JUAREZ", on="2031-03-19")
    assert matter_of(CAPACITY_ADVISORY, body) == day_of_point("MX-JUAREZ", "2031-03-19")
    assert day_of_point("MX-JUAREZ", "2031-03-19").name == CAPACITY_ADVISORY.name
    assert matter_of(CONTACTS, a_contact_list()) == Matter("contacts", "")


def test_a_bulletin_keeps_what_was_said_and_when() -> None:
    """The matter, the message's number and time, the type's version, and the body as JSON."""
    body = a_capacity_advisory(receiving_point="MX-JUAREZ", on="2031-03-19")
    assert posted(CAPACITY_ADVISORY, body) == Bulletin(
        Matter("capacity-advisory", "MX-JUAREZ 2031-03-19"),
        7,
        NOW,
        "urn:handoff:schema:capacity-advisory:1",
        body.model_dump_json(),
    )
    numbers = posted(CONTACTS, a_contact_list())
    assert numbers.matter == Matter("contacts", "")


def test_of_two_with_one_number_the_first_stands() -> None:
    """A partner that gives one number twice changes nothing with the second."""
    first, second = advisory(4, 10), advisory(4, 20)
    assert post(first, second) == (first, "superseded")


def test_a_statement_is_of_a_day_and_a_speaker_and_the_newest_stands() -> None:
    """What the two say of one day are two matters; a day stated anew replaces the first."""
    first = posted(STATEMENT, a_statement(), seq=1)
    anew = posted(STATEMENT, a_statement(messages=8), seq=2)
    assert first.matter == day_of_speaker(date(2031, 3, 16), Side.US)
    assert first.matter != posted(STATEMENT, a_statement(speaker="mx")).matter
    assert post(None, first) == (first, None)
    assert post(first, anew) == (anew, None)
    assert post(anew, first) == (anew, "superseded")
    assert post(first, first._replace(seq=3)).code == "repeat"


def test_a_day_that_is_stated_before_its_end_is_out_of_place() -> None:
    """At 24 h UTC a day may be stated, a second before that it is odd, whatever stood."""
    end = end_of(date(2031, 3, 16))
    assert end == datetime(2031, 3, 17, tzinfo=UTC)
    before = end - timedelta(seconds=1)
    timely, early = (posted(STATEMENT, a_statement(), at=at) for at in (end, before))
    assert post(None, timely).code is None
    assert post(None, early).code == "out-of-place"
    anew = posted(STATEMENT, a_statement(messages=8), seq=9, at=before)
    assert post(early, anew) == (anew, "out-of-place")


def test_a_step_of_a_comparison_stands_for_itself() -> None:
    """It is of no matter, and nothing of it is posted."""
    assert matter_of(COMPARISON, a_comparison()) is None
    assert bulletin_of(COMPARISON, a_comparison(), seq=1, said_at=NOW) is None


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
