"""The power is cut under a load of writes; `make powercut` does it 200 times."""

from pathlib import Path
from random import Random

import pytest

from tests.trial.powercut import cut_again_and_again, record

CUTS = 12
WRITES = 900


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL"])
def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, synchronous: str) -> None:
    """What was acknowledged is there; under a weaker setting, which is not ours, it is not."""
    made = record(tmp_path, writes=WRITES, synchronous=synchronous)
    seen = cut_again_and_again(made, CUTS, Random(7))
    assert seen.acknowledged > CUTS
    assert (seen.corrupt, seen.torn) == (0, 0)
    assert bool(seen.lost) == (synchronous != "FULL")
