"""
A bell, not a bus: a leg rings it, and whoever waits looks at its own rows.

Nothing is carried by the bell. A ring that is missed costs a poll interval, never a message:
on PostgreSQL other processes change the same rows without ringing here.
"""

import asyncio


class Changes:
    """
    Whoever waits here looks again after the next announcement, or after a time.

    Take *rung* before looking and give it to `wait`: a ring between the look and the wait
    is then not lost.
    """

    def __init__(self) -> None:
        self.rung = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def announce(self) -> None:
        """Wake everyone who waits now."""
        self.rung += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, rung: int, seconds: float) -> bool:
        """Return True once it rang after *rung*, or False when *seconds* have passed first."""
        if self.rung != rung:
            return True
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True
