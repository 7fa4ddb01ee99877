"""What happens to a store between a look and the write that was decided on it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from exchange.store import Store


def before_next_write(
    monkeypatch: pytest.MonkeyPatch, store: Store, happens: Callable[[], Awaitable[object]]
) -> None:
    """Let something happen just before the next write reaches the database, once."""
    write = store.write

    async def late(function: Callable[..., Any]) -> Any:
        monkeypatch.setattr(store, "write", write)
        await happens()
        return await write(function)

    monkeypatch.setattr(store, "write", late)


def refuse_writes(monkeypatch: pytest.MonkeyPatch, store: Store, fault: type[Exception]) -> None:
    """Let every write fail with *fault*, without an effect."""

    async def refused(function: Callable[..., Any]) -> Any:
        del function
        raise fault

    monkeypatch.setattr(store, "write", refused)
