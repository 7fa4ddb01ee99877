"""
Whoever is withheld leaves no trace with the partner, and nobody's name lies in the clear.

Both sides run as real processes. Then all files of both (database, log, keys, settings) are
searched, in every encoding a name may take; the database holds all that ever arrived.
"""

import asyncio
import base64
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select

from exchange.demo.directories import Directory
from exchange.demo.people import People
from exchange.flow.clock import system_clock
from exchange.installation.opening import open_bodies
from exchange.installation.shipped import shipped_places
from exchange.proof import custody
from exchange.store import tables
from exchange.store.bodies import list_bodies
from exchange.store.handoffs import stream_handoffs
from tests.processes import Running, both_running, two_directories

WITHHELD = {
    "given_names": "Xochitl Añoranzatzin",
    "first_surname": "Quetzalcanario",
    "second_surname": "Ñandúguasu",
    "full_name_as_recorded": "Xochitl Añoranzatzin Quetzalcanario Ñandúguasu",
}
CLEARED = {
    "given_names": "Eréndira Güijosa",
    "first_surname": "Tzintzuncanario",
    "second_surname": None,
    "full_name_as_recorded": "Eréndira Güijosa Tzintzuncanario",
}
NAMES = ("Quetzalcanario", "Ñandúguasu", "Xochitl Añoranzatzin", "Añoranzatzin")
# Among some megabytes of base64 no random piece as long as this is ever met by chance.
SHORTEST = 8


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Directory]:
    """Both working directories after one person was cleared and four were withheld."""
    directories = two_directories(tmp_path_factory.mktemp("traces"))
    asyncio.run(_play(directories))
    return directories


async def _play(directories: dict[str, Directory]) -> None:
    people = People(3, shipped_places(), system_clock())
    documents = people.singles(5)
    changes: list[dict[str, dict[str, object]]] = [
        {"screening": {"fear": "expressed"}},
        {"screening": {"categories": ["pregnancy"]}},
        {"screening": {"unaccompanied": True}, "person": {"birth_date": "2015-06-01"}},
        {"person": {"nationality": "MEX"}},
    ]
    for document, change in zip(documents, changes, strict=False):
        document["person"] |= WITHHELD
        for member, values in change.items():
            document[member] |= values
    documents[-1]["person"] |= CLEARED
    async with both_running(directories) as running:
        statuses = [await _enter(running, document) for document in documents]
        assert statuses == [422, 422, 422, 422, 202]
        await _noticed(running)


async def _enter(running: Running, document: dict[str, object]) -> int:
    place = document["return"]["port"]  # type: ignore[index]  # a document is JSON
    said = await running.desk("us").give(place, "/v1/return-decisions", document, key=str(uuid4()))
    return said.status


async def _noticed(running: Running) -> None:
    """Return once the Mexican side has heard of the person who was cleared."""
    page = await running.desk("mx").changes("0")
    while not page["handoffs"]:
        page = await running.desk("mx").changes("0")


def spellings(name: str) -> Iterator[bytes]:
    """Give *name* in every form in which it could lie in a file."""
    forms = {name, name.upper(), name.lower(), unicodedata.normalize("NFD", name)}
    for form in forms | {name.encode("ascii", "backslashreplace").decode()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
            octets = form.encode(encoding, "ignore")
            yield octets
            yield octets.hex().encode()
            for shift in range(3):  # base64 of whatever stands before
                for encode in (base64.b64encode, base64.urlsafe_b64encode):
                    yield encode(b"\0" * shift + octets)[4 if shift else 0 : -4]


def files_of(side: Directory) -> Iterator[tuple[str, bytes]]:
    """Give every file of a side."""
    for path in sorted(side.path.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(side.path)), path.read_bytes()


def bodies_of(side: Directory) -> Iterator[bytes]:
    """Give every body that a side keeps, opened with its own key."""
    settings = side.settings()
    key = open_bodies(settings)
    engine = create_engine(settings.database.full_url())
    with engine.connect() as connection:
        handoffs = {row.number: row.handoff for row in stream_handoffs(connection)}
        numbers = connection.execute(select(tables.bodies.c.number)).scalars().all()
        for body in list_bodies(connection, numbers).values():
            context = handoffs[body.handoff or 0].encode()
            opened = key.unwrap(body.wrapped or b"")
            yield custody.decrypt(opened, body.ciphertext, context=context)
    engine.dispose()


def test_of_five_people_one_is_known(sides: dict[str, Directory]) -> None:
    """Each side keeps the bodies of the person who was cleared, and of nobody else."""
    for side, kept in (("us", 2), ("mx", 1)):
        bodies = list(bodies_of(sides[side]))
        assert len(bodies) == kept
        for body in bodies:
            assert b"Tzintzuncanario" in body
            assert not any(spelling in body for name in NAMES for spelling in spellings(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_withheld_are_nowhere(sides: dict[str, Directory], name: str) -> None:
    """Neither with the partner nor on our own disk is there anything of a withheld person."""
    for side in sides.values():
        for path, octets in files_of(side):
            for spelling in spellings(name):
                assert spelling not in octets, (side.side, path, spelling)


def test_the_cleared_lie_nowhere_in_the_clear(sides: dict[str, Directory]) -> None:
    """Of a person who was announced the name is kept, on both sides, and cannot be read."""
    for side in sides.values():
        for path, octets in files_of(side):
            for spelling in spellings("Tzintzuncanario"):
                assert spelling not in octets, (side.side, path, spelling)


@pytest.mark.parametrize("name", [*NAMES, "Tzintzuncanario"])
def test_the_search_would_find_a_name(tmp_path: Path, name: str) -> None:
    """Each spelling is found where it is planted, so that finding nothing means something."""
    for number, spelling in enumerate(spellings(name)):
        file = tmp_path / str(number)
        file.write_bytes(b"before" + spelling + b"after")
        assert len(spelling) >= SHORTEST
        assert any(one in file.read_bytes() for one in spellings(name))
