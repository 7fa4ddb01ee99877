"""The world does what it says: it replays, and everything that goes wrong in it goes wrong."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from tests.sim.campaign import run_seed
from tests.sim.faults import (
    MAKERS,
    ClockStep,
    Crash,
    DiskFull,
    Double,
    Fault,
    Hush,
    Loss,
    NewKey,
    Partition,
    Repeat,
    Silence,
    Slow,
    Stop,
    schedule,
)
from tests.sim.pool import numbers_of
from tests.sim.ports import errands
from tests.sim.run import Plan, Result, plan_of, run

AT = 100.0
BETWEEN = ("us", "mx")


def a_plan(*faults: Fault, seed: int = 1, states_a_day: bool = False) -> Plan:
    """Return a plan in which nothing goes wrong but *faults*, with people at work around them."""
    chance = Random(f"{seed}:a plan")
    moments = [fault.at for fault in faults] or [AT]
    return replace(
        plan_of(seed),
        errands=errands(chance, 14, moments),
        faults=list(faults),
        policy="es256",
        ahead_seconds={"us": 0.0, "mx": 0.0},
        looks_often=False,
        patience_seconds=30.0,
        states_a_day=states_a_day,
    )


def test_a_seed_replays_in_one_process() -> None:
    """The same seed gives the same trace and the same broken invariants, again and again."""
    assert run_seed(7) == run_seed(7)


def test_another_seed_is_another_run() -> None:
    """Two seeds give two traces."""
    assert run_seed(7).trace_hash != run_seed(8).trace_hash


def test_a_seed_replays_in_other_processes() -> None:
    """What a process chooses at its start (how it hashes words) does not change a run."""
    shown = {
        subprocess.run(
            [sys.executable, "-m", "tests.sim", "seed", "7"],
            env={**os.environ, "PYTHONHASHSEED": chosen},
            capture_output=True,
            check=True,
        ).stdout
        for chosen in ("1", "2")
    }
    assert len(shown) == 1


def test_half_of_the_seeds_are_new() -> None:
    """The fixed seeds are the same whatever the base; the others follow from it."""
    assert numbers_of(6, 900) == [1, 2, 3, 900, 901, 902]


def test_where_nothing_goes_wrong_everybody_knows_everything() -> None:
    """In a kind world no answer is unknown and no invariant broken."""
    result = run(a_plan())
    assert result.broken == []
    assert result.outcomes["unknown"] == 0
    assert result.outcomes["ok"] > 20


def said(words: str) -> Callable[[Result], bool]:
    """Return whether a run's trace has a line with *words*."""
    return lambda result: any(words in line for line in result.lines)


def logged(words: str) -> Callable[[Result], bool]:
    """Return whether a service logged *words*."""
    return lambda result: words in result.log


def alarmed(kind: str) -> Callable[[Result], bool]:
    """Return whether a side raised an alarm of *kind*."""
    return lambda result: kind in result.alarms


def counted(what: str) -> Callable[[Result], bool]:
    """Return whether the world counted *what*."""
    return lambda result: result.happened[what] > 0


SEEN: dict[str, tuple[Fault, Callable[[Result], bool]]] = {
    "slow": (Slow(AT, BETWEEN, (20.0, 25.0), 400.0), logged("TimeoutError")),
    "loss": (Loss(AT, BETWEEN, 0.5, 120.0), counted("connection reset")),
    "hush": (Hush(AT, BETWEEN, 0.5, 120.0), counted("connection hushed")),
    "silence": (Silence(AT, "mx", 120.0), logged("partner.unreachable")),
    "partition": (Partition(AT, True, 120.0), logged("partner.unreachable")),  # noqa: FBT003  # the requests are lost
    "repeat": (Repeat(AT + 60, "us", 5, 3), counted("requests sent again")),
    "double": (Double(AT, "us", 400.0), counted("requests sent again")),
    "crash": (Crash(AT, "us", 30, False, 5.0), said("us: starts (2)")),  # noqa: FBT003  # no power cut
    "stop": (Stop(AT, "mx", 5.0), said("mx: starts (2)")),
    "disk full": (DiskFull(AT, "us", 400.0), said("us: ends, its store failed")),
    "new key": (NewKey(AT, "us", 60.0), counted("key retired")),
    "clock step": (ClockStep(AT, "us", 150.0), alarmed("clock-skew")),
}
"""A fault of each kind, and what is seen of it."""


@pytest.mark.parametrize("kind", MAKERS)
def test_each_kind_of_fault_happens_and_does_no_harm(kind: str) -> None:
    """What is to go wrong is seen to go wrong, and every invariant holds through it."""
    fault, is_seen = SEEN[kind]
    result = run(a_plan(fault))
    assert fault.kind == kind
    assert is_seen(result)
    assert result.broken == []


def test_a_power_cut_is_not_heard_of() -> None:
    """After a power cut the side starts again, and every invariant holds."""
    result = run(a_plan(Crash(AT, "mx", 30, True, 20.0)))  # noqa: FBT003  # a power cut
    assert said("mx: loses its power")(result)
    assert said("mx: starts (2)")(result)
    assert result.broken == []


def test_seeds_have_every_kind_of_fault() -> None:
    """The schedules of a hundred seeds have every kind that there is."""
    drawn = {fault.kind for seed in range(100) for fault in schedule(Random(seed), 1800)}
    assert drawn == set(MAKERS)
