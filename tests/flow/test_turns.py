"""What is done again and again keeps time, so that nobody can read from it how long one took."""

import asyncio
from collections.abc import Callable

import pytest

from exchange.flow.turns import take_turns

EVERY = 10.0


def moments(monkeypatch: pytest.MonkeyPatch, *takes: float) -> list[float]:
    """Return when each turn began, where they take so long, one after the other."""
    time = 100.0
    left, began = list(takes), list[float]()

    async def sleep(seconds: float) -> None:
        nonlocal time
        time += seconds

    async def turn() -> None:
        began.append(time)
        if not left:
            raise asyncio.CancelledError
        await sleep(left.pop(0))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        clock: Callable[[], float] = lambda: time  # noqa: E731  # put in place of the loop's own
        monkeypatch.setattr(loop, "time", clock)
        monkeypatch.setattr(asyncio, "sleep", sleep)
        try:
            with pytest.raises(asyncio.CancelledError):
                await take_turns(EVERY, turn)
        finally:
            monkeypatch.undo()

    asyncio.run(run())
    return began


def test_how_long_a_turn_takes_moves_none_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """They begin at the first and then at every tenth second."""
    assert moments(monkeypatch, 0.0, 9.9, 3.0, 10.0) == [100.0, 110.0, 120.0, 130.0, 140.0]


def test_what_is_missed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a long turn there is no burst: the next one begins where it would have anyway."""
    assert moments(monkeypatch, 14.0, 47.0, 1.0) == [100.0, 120.0, 170.0, 180.0]


def test_what_a_turn_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing foreseen stops it: who takes turns decides what may be passed over."""
    del monkeypatch

    async def turn() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(take_turns(EVERY, turn))
