"""
An attack in a process of its own: what it does to its own loop is not the victim's fault.

When it is ended its connections are left to the system, as those of a machine that vanished.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event

from tests.hostile.attacks import ATTACKS, Aim

START_SECONDS = 60.0
UNDER_WAY_SECONDS = 1.0


@contextmanager
def attacking(name: str, aim: Aim) -> Iterator[None]:
    """Attack for as long as the block lasts; it begins when the attack is well under way."""
    processes = get_context("spawn")
    begun = processes.Event()
    attacker = processes.Process(target=_attack, args=(name, aim, begun))
    attacker.start()
    try:
        assert begun.wait(START_SECONDS), "the attack did not begin"
        time.sleep(UNDER_WAY_SECONDS)
        yield
        assert attacker.is_alive(), "the attack ended by itself"
    finally:
        attacker.kill()
        attacker.join()
        attacker.close()


def _attack(name: str, aim: Aim, begun: Event) -> None:
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of each write after an end
    begun.set()
    asyncio.run(ATTACKS[name](aim))
