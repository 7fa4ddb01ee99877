"""``exchange contacts`` and ``exchange capacity``: what both sides said about no handoff."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.domain.bulletins import Bulletin, matter_of
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import CAPACITY_ADVISORY, CONTACTS
from exchange.settings import load_settings
from exchange.store.bulletins import record_bulletins
from exchange.store.columns import Direction
from tests.builders import a_capacity_advisory, a_contact_list
from tests.cli.commands import Commands

NOW = datetime.now(UTC)
TODAY, LATER, BEFORE = ((NOW + timedelta(days=days)).date().isoformat() for days in (1, 40, -3))


def _said(number: int, body: Body) -> Bulletin:
    kind = CONTACTS if isinstance(body, type(a_contact_list())) else CAPACITY_ADVISORY
    matter = matter_of(kind, body)
    assert matter is not None
    return Bulletin(matter, number, NOW, "urn:handoff:schema:x:1", body.model_dump_json())


def _record(commands: Commands, direction: Direction, bodies: Sequence[Body]) -> None:
    said = [(None, _said(number, body)) for number, body in enumerate(bodies, start=1)]

    def record(connection: Connection) -> None:
        record_bulletins(connection, direction, said)

    write(load_settings(commands.directory / "us/exchange.toml"), record)


@pytest.fixture
def told(commands: Commands) -> Commands:
    """A US side that said whom to call, and heard what two points take on three days."""
    _record(commands, Direction.SENT, [a_contact_list()])
    days = [a_capacity_advisory(on=day) for day in (LATER, TODAY, BEFORE)]
    closed = a_capacity_advisory(
        receiving_point="MX-MEXICALI",
        on=TODAY,
        people_max=0,
        families_max=0,
        opens=None,
        closes=None,
    )
    _record(commands, Direction.RECEIVED, [*days, closed])
    return commands


def test_whom_to_call_is_listed(told: Commands) -> None:
    """With everything that was said for programs, and null where a side has said nothing."""
    shown = told.us("contacts", "list", "--json").json()
    (pair,) = shown["ours"]["pairs"]
    assert shown["theirs"] is None
    said = a_contact_list().pairs[0]
    assert (pair["port"], pair["receiving_point"]) == (said.port, said.receiving_point)
    assert [one["number"] for one in pair["numbers"]] == [one.number for one in said.numbers]


@pytest.mark.parametrize(("language", "words"), [("en", "on duty"), ("es", "de guardia")])
def test_a_person_reads_whom_to_call(told: Commands, language: str, words: str) -> None:
    """One line for each number, in the language of the operator."""
    told.patch.setenv("EXCHANGE_LANG", language)
    shown = told.us("contacts", "list").out
    assert words in shown
    assert a_contact_list().pairs[0].numbers[0].number in shown
    assert told.mx("contacts", "list").out != shown


def test_what_the_points_take_is_listed_from_today(told: Commands) -> None:
    """Point by point and day by day; a day that is over only where it is asked for."""
    rows = told.us("capacity", "list", "--json").json()
    assert [(row["receiving_point"], row["on"]) for row in rows] == [
        ("MX-CHAPARRAL", TODAY),
        ("MX-CHAPARRAL", LATER),
        ("MX-MEXICALI", TODAY),
    ]
    since = told.us("capacity", "list", "--from", BEFORE, "--point", "MX-CHAPARRAL", "--json")
    assert [row["on"] for row in since.json()] == [BEFORE, TODAY, LATER]


@pytest.mark.parametrize(("language", "words"), [("en", "closed"), ("es", "cerrado")])
def test_a_person_reads_what_is_closed(told: Commands, language: str, words: str) -> None:
    """Hours where a point receives, one word where it does not."""
    told.patch.setenv("EXCHANGE_LANG", language)
    assert words in told.us("capacity", "list").out


@pytest.mark.parametrize(
    "wrong", [("--from", "tomorrow"), ("--point", "MX-NOWHERE"), ("--from", "2031-02-30")]
)
def test_a_wrong_day_or_point_is_named(told: Commands, wrong: tuple[str, str]) -> None:
    """What cannot be is a mistake of usage, with the option that has it."""
    ended = told.us("capacity", "list", *wrong)
    assert ended.code == 2
    assert wrong[0] in ended.err
