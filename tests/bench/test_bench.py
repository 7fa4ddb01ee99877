"""The bench works: figures of a tiny run are all there. How large they are is nobody's test."""

from pathlib import Path

import orjson
import pytest

from bench import floor, floor_http
from bench.figures import quantile
from bench.measures import Bench, Plan
from bench.report import as_json, as_text

TINY = Plan(
    warm_up=5,
    at_peak=20,
    at_half=10,
    one_by_one=3,
    ledgers=(0, 0),
    ledger_handoffs=0,
    pairs=0,
    demo_handoffs=0,
    policies=("es256",),
)


@pytest.fixture
def quick_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the parts of the floor for an instant only."""
    monkeypatch.setattr(floor, "PART_SECONDS", 0.01)
    monkeypatch.setattr(floor_http, "REQUESTS_MAX", 200)


@pytest.mark.usefixtures("quick_floor")
async def test_a_tiny_run_gives_every_figure(tmp_path: Path) -> None:
    """Two real processes hand over a few people, and text and JSON have what is promised."""
    measured = await Bench(tmp_path, TINY).measure()
    found = orjson.loads(orjson.dumps(as_json(measured)))
    under = found["policies"]["es256"]
    assert under["peak"]["handoffs"] == 20
    assert {"peak", "half_of_peak", "one_at_a_time", "floor_us", "ratio", "floor_parts"} <= set(
        under
    )
    assert {
        "per_second",
        "cpu_us",
        "kilobytes_written",
        "lines_per_request",
        "lines_per_receipt",
        "latency_ms",
    } <= set(under["peak"])
    assert under["half_of_peak"]["latency_ms"]["p50"] > 0
    assert {"us", "mx"} == set(under["idle_mb"]) == set(under["peak_mb"]) == set(under["ratio"])
    assert "handoffs a second" in as_text(measured)


def test_a_quantile_is_a_value_that_was_seen() -> None:
    """The median and the highest of a few values are among them."""
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([3.0, 1.0, 2.0], 0.99) == 3.0
