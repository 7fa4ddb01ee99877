"""
One installation of each side, serving its internal listener.

``us`` and ``mx`` are on SQLite; where the answer depends on what the database says, ``each_us``
and ``each_mx`` are there once on each kind.
"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL

from exchange.domain.parties import Side
from exchange.store import Store
from tests.web.installation import Installation


@pytest.fixture
async def sqlite_store(sqlite_url: URL) -> AsyncIterator[Store]:
    """Return an open store on a fresh SQLite database."""
    opened = Store(sqlite_url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def us(sqlite_store: Store) -> AsyncIterator[Installation]:
    """Return the US side on SQLite."""
    async with Installation(sqlite_store, Side.US).serving() as installation:
        yield installation


@pytest.fixture
async def mx(sqlite_store: Store) -> AsyncIterator[Installation]:
    """Return the Mexican side on SQLite."""
    async with Installation(sqlite_store, Side.MX).serving() as installation:
        yield installation


@pytest.fixture
async def each_us(store: Store) -> AsyncIterator[Installation]:
    """Return the US side, once on each kind of database."""
    async with Installation(store, Side.US).serving() as installation:
        yield installation


@pytest.fixture
async def each_mx(store: Store) -> AsyncIterator[Installation]:
    """Return the Mexican side, once on each kind of database."""
    async with Installation(store, Side.MX).serving() as installation:
        yield installation
