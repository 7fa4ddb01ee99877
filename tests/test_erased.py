"""
After erasure and a vacuum no file has a planted name, in whatever encoding it could lie there.

Searched are the database with its write-ahead log, a backup made afterwards and the export of
the ledger, with the search of ``test_traces``; each place shows the name, or could, before.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, create_engine

from exchange.cli.ledger_lines import export_line
from exchange.flow.kept import kept_lines
from exchange.store.engine import Store
from exchange.store.vacuum import vacuum
from tests.databases import PostgresOfTests, SqliteOfTests
from tests.flow.erasing import DOCUMENT, documented, erase
from tests.sides import BothSides, SideOfTests, join
from tests.test_traces import spellings

WORDS = ("Quetzalcanario", "Ñandúguasu", "Xochitl Añoranzatzin", DOCUMENT)


def found_in(octets: bytes) -> set[str]:
    """Return which of the planted words lie in some octets."""
    return {word for word in WORDS if any(one in octets for one in spellings(word))}


def files_in(directory: Path) -> bytes:
    """Return every octet of every file below a directory."""
    return b"\0".join(file.read_bytes() for file in directory.rglob("*") if file.is_file())


def export(connection: Connection, side: SideOfTests) -> bytes:
    """Return the export of the ledger of a side."""
    lines = kept_lines(connection, side.keyring.key_encryption_key)
    return b"\n".join(export_line(one) for one in lines)


async def play(us: URL, mx: URL, *, erasing: bool) -> set[str]:
    """Let a person be documented and erased on both sides; return what the export shows."""
    stores = [Store(us), Store(mx)]
    for store in stores:
        await store.open()
    both: BothSides = join(*stores)
    handoff = await documented(both)
    for side in (both.us, both.mx):
        await side.reconciling.look()
        if erasing:
            await erase(side, handoff)
    shown = await both.mx.store.scan(lambda c: export(c, both.mx))
    for store in stores:
        await store.close()
    return found_in(shown)


@pytest.fixture(params=[True, False])
def erasing(request: pytest.FixtureRequest) -> bool:
    """Whether the person is erased; where not, the search must find them."""
    return bool(request.param)


def test_no_file_of_sqlite_has_the_name(
    sqlite: SqliteOfTests, tmp_path: Path, *, erasing: bool
) -> None:
    """Neither the database, its log, a backup made afterwards nor the export has a word."""
    urls = []
    for side in ("us", "mx"):
        (tmp_path / side).mkdir()
        urls.append(sqlite.database(tmp_path / side))
    shown = asyncio.run(play(urls[0], urls[1], erasing=erasing))
    for url in urls:
        vacuum(url)
        backup = Path(str(url.database)).with_suffix(".backup")
        with (
            closing(sqlite3.connect(str(url.database))) as source,
            closing(sqlite3.connect(backup)) as target,
        ):
            source.backup(target)
    lie = found_in(files_in(tmp_path))
    assert shown == (set() if erasing else set(WORDS))
    assert lie == (set() if erasing else {DOCUMENT})  # names are never in the clear


@pytest.fixture
def two_of_postgres(postgres: PostgresOfTests) -> Iterator[tuple[URL, URL]]:
    """Two fresh databases of PostgreSQL."""
    with postgres.database() as us, postgres.database() as mx:
        yield us, mx


def test_no_table_of_postgres_has_the_name(
    two_of_postgres: tuple[URL, URL], *, erasing: bool
) -> None:
    """The files of both databases have no word, once the old ones have gone with a checkpoint."""
    shown = asyncio.run(play(*two_of_postgres, erasing=erasing))
    lie: set[str] = set()
    for url in two_of_postgres:
        vacuum(url)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CHECKPOINT")
            where = "SELECT current_setting('data_directory'), oid FROM pg_database"
            of = " WHERE datname = current_database()"
            directory, number = connection.exec_driver_sql(where + of).one()
        engine.dispose()
        lie |= found_in(files_in(Path(directory) / "base" / str(number)))
    assert shown == (set() if erasing else set(WORDS))
    assert lie == (set() if erasing else {DOCUMENT})
