"""A store on SQLite alone, where the answer does not depend on what the database says."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL

from exchange.store import Store


@pytest.fixture
async def sqlite_store(sqlite_url: URL) -> AsyncIterator[Store]:
    """Return an open store on a fresh SQLite database."""
    opened = Store(sqlite_url)
    await opened.open()
    yield opened
    await opened.close()
