"""The soak tells what grows from what does not, and ledgers that agree from those that do not."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from bench.sides import install
from tests.trial.large_ledgers import faults_between
from tests.trial.slopes import slope_of
from tests.trial.soak import soak


def _samples(rise_per_handoff: float) -> list[tuple[float, float]]:
    chance = Random(1)
    return [(x, 100 + rise_per_handoff * x + chance.uniform(-4, 4)) for x in range(0, 10_000, 20)]


def test_what_only_trembles_is_flat() -> None:
    """Noise around a level is no rise."""
    assert slope_of("memory", "MB", _samples(0), growth_max=0.05).is_flat


def test_what_grows_is_not_flat() -> None:
    """A fifth more at the end of the run is seen through the noise, with its slope."""
    slope = slope_of("memory", "MB", _samples(0.002), growth_max=0.05)
    assert not slope.is_flat
    assert 150 < slope.per_hundred_thousand < 250


def test_a_few_handoffs_on_a_bad_road(tmp_path: Path) -> None:
    """A short soak loses nothing; a message taken from one ledger afterwards is found missing."""
    installation = install(tmp_path)
    soaked = asyncio.run(soak(installation, 500, seed=3))
    us, mx = (tmp_path / side / "exchange.db" for side in ("us", "mx"))
    assert soaked.faults == []
    assert soaked.messages == 2_000
    assert sum(soaked.mishaps.values()) > 0
    with closing(sqlite3.connect(mx)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(
            "UPDATE ledger SET pld = zeroblob(32) WHERE number ="
            " (SELECT max(number) FROM ledger WHERE kind = 0 AND direction = 1)"
        )
    assert any("only us has" in fault for fault in faults_between(us, mx, handoffs=500))
