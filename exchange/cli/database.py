"""The database, opened for one function of a connection: the service may run meanwhile or not."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.settings import Settings

T = TypeVar("T")


def read(settings: "Settings", function: "Callable[[Connection], T]") -> T:
    """
    Return what *function* returned of one unchanging view of the database.

    Raises:
        NotConfigured: The database is absent, of another revision, or cannot be reached.
    """
    return asyncio.run(_run(settings, function, writes=False))


def write(settings: "Settings", function: "Callable[[Connection], T]") -> T:
    """
    Return what *function* returned, once its effects are on disk.

    Raises:
        NotConfigured: The database is absent, of another revision, or cannot be reached.
    """
    return asyncio.run(_run(settings, function, writes=True))


async def _run(settings: "Settings", function: "Callable[[Connection], T]", *, writes: bool) -> T:
    from exchange.store.engine import Store

    store = Store(settings.database.full_url())
    await store.open()
    try:
        return await (store.write(function) if writes else store.scan(function))
    finally:
        await store.close()
