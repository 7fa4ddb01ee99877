"""Both sides on fresh stores, once on each kind of database."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import URL

from exchange.store.engine import Store
from tests.databases import PostgresOfTests, SqliteOfTests
from tests.sides import BothSides, join


@pytest.fixture(params=["sqlite", "postgres"])
def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[URL, URL]]:
    """Two fresh databases of one kind."""
    with ExitStack() as stack:
        urls = []
        for side in ("us", "mx"):
            if request.param == "sqlite":
                sqlite: SqliteOfTests = request.getfixturevalue("sqlite")
                (tmp_path / side).mkdir()
                urls.append(sqlite.database(tmp_path / side))
            else:
                postgres: PostgresOfTests = request.getfixturevalue("postgres")
                urls.append(stack.enter_context(postgres.database()))
        yield urls[0], urls[1]


@pytest.fixture
async def both(two_urls: tuple[URL, URL]) -> AsyncIterator[BothSides]:
    """The two sides, joined."""
    us, mx = (Store(url) for url in two_urls)
    await us.open()
    await mx.open()
    yield join(us, mx)
    await us.close()
    await mx.close()
