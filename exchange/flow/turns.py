"""
What a leg does again and again by itself keeps time, however long one turn takes.

The partner sees when we ask it something. Were the next turn counted from the end of the last,
each would come later by what our own work took, and whoever writes down the moments could read
from them how busy we were, and so that a person was held (design §5).
"""

import asyncio
from collections.abc import Awaitable, Callable
from math import ceil


async def take_turns(every_seconds: float, turn: Callable[[], Awaitable[object]]) -> None:
    """
    Take a *turn* every so often until cancelled.

    The moments follow from the first alone. Those that pass while a turn takes longer than the
    time between two are left out; what *turn* raises is raised.
    """
    now = asyncio.get_running_loop().time
    due = now()
    while True:
        await turn()
        due += every_seconds * max(1, ceil((now() - due) / every_seconds))
        await asyncio.sleep(due - now())
