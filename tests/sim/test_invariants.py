"""Each invariant bites: the program with a fault planted in it is found by the one it breaks."""

from collections.abc import Iterable

import pytest

from tests.sim.faults import ClockStep, Double, Fault, Partition, Slow
from tests.sim.invariants import CHECKS
from tests.sim.mutants import BITES, changed
from tests.sim.run import Plan, plan_of, run
from tests.sim.test_world import AT, BETWEEN, a_plan
from tests.sim.watching import AS_IT_HAPPENS

SEEDS_MAX = 12
COINCIDENCES_MAX = 120
"""A wake-up between a look and its wait comes about once in 25 runs: so many are enough for it."""
OF_THE_RUN = {"liveness", "nothing ends unforeseen"}
OF_A_DAY = {"both state the same"}
"""Where what is said of a day is what must be seen."""
PROVOKED: dict[str, tuple[Fault, ...]] = {
    "only the last claim writes": (
        Slow(AT, BETWEEN, (4.0, 13.0), 900.0),
        *(ClockStep(AT + 20 + 40 * n, "us", (150.0, -150.0)[n % 2]) for n in range(12)),
    ),
    "nothing happens twice": (Double(AT, "us", 900.0), Double(AT, "mx", 900.0)),
    "liveness": (),
    "both state the same": (Partition(800.0, is_lost=False, lasts=300.0),),
}
"""What takes a rarer coincidence than a dozen seeds have, and what provokes it."""


def test_every_invariant_has_a_fault_that_it_must_find() -> None:
    """No invariant is without a mutant, and no mutant without an invariant."""
    names = {check.__name__.replace("_", " ") for check in CHECKS}
    assert set(BITES) == names | set(AS_IT_HAPPENS) | OF_THE_RUN


@pytest.mark.parametrize("invariant", sorted(BITES.keys() - PROVOKED))
def test_an_invariant_bites(invariant: str) -> None:
    """Within a dozen seeds the planted fault is found by the invariant that it breaks."""
    assert invariant in _found(invariant, (plan_of(seed) for seed in range(1, SEEDS_MAX + 1)))


@pytest.mark.parametrize("invariant", PROVOKED)
def test_an_invariant_bites_where_the_coincidence_is_provoked(invariant: str) -> None:
    """Where what the fault needs is provoked, it is found; without the fault nothing is broken."""
    faults = PROVOKED[invariant]
    states = invariant in OF_A_DAY
    plans = [a_plan(*faults, seed=n, states_a_day=states) for n in range(1, COINCIDENCES_MAX)]
    assert invariant in _found(invariant, plans)
    assert run(plans[0]).broken == []


def test_a_claim_that_was_overtaken_writes_nothing() -> None:
    """Claims are overtaken when a clock is set while the partner is slow, and do no harm."""
    result = run(a_plan(*PROVOKED["only the last claim writes"], seed=2))
    assert result.stale > 0
    assert result.broken == []


def _found(mutant: str, plans: Iterable[Plan]) -> set[str]:
    """Return what is found broken under *mutant*, up to the plan in which its invariant is."""
    found: set[str] = set()
    for plan in plans:
        with changed(mutant):
            found |= {one.invariant for one in run(plan).broken}
        if mutant in found:
            break
    return found
