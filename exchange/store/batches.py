"""
Functions that wait for a connection, run together: a batch at a time, in one go of the executor.

What comes while a batch runs makes up the next one, so the busier the store, the less each
function costs. Work goes through the loop's executor and never through a thread of our own:
a simulated loop runs it inline.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from exchange.errors import StoreFailed

T = TypeVar("T")
Function = Callable[[Connection], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a function returned, or what it raised."""

    value: Any = None
    fault: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    function: Function
    answer: asyncio.Future[Any]


class Batches:
    """Gives *work* the functions that wait, and each caller what became of its own."""

    def __init__(
        self,
        work: Callable[[Sequence[Function]], Sequence[Outcome]],
        *,
        size_max: int,
        failed: asyncio.Event,
        executor: Executor | None,
    ) -> None:
        self._work = work
        self._size_max = size_max
        self._failed = failed
        self._executor = executor
        self._waiting: deque[_Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned, or raise what it raised."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(function, answer))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return await answer

    async def finish(self) -> None:
        """Return when nothing waits any more."""
        if self._draining is not None:
            await self._draining

    async def _drain(self) -> None:
        """Answer every waiting call, a batch at a time, until none waits."""
        loop = asyncio.get_running_loop()
        try:
            while batch := self._next():
                work = partial(self._work, [waiting.function for waiting in batch])
                self._answer(batch, await loop.run_in_executor(self._executor, work))
        finally:
            self._draining = None

    def _next(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < self._size_max:
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    def _answer(self, batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome.fault, StoreFailed):
                self._failed.set()
            if waiting.answer.done():
                continue
            if outcome.fault is None:
                waiting.answer.set_result(outcome.value)
            else:
                waiting.answer.set_exception(outcome.fault)
