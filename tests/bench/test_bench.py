"""The bench works: figures of a tiny run are all there. How large they are is nobody's test."""

from pathlib import Path

import orjson
import pytest

from bench import floor, floor_http
from bench.figures import quantile
from bench.measures import Bench, Plan
from bench.report import as_json, as_text
from bench.slow import brings_a_notice
from bench.urgent import Held
from exchange.proof.encoding import b64u

PREFIX = "urn:handoff:schema:"

TINY = Plan(
    warm_up=5,
    at_peak=20,
    at_half=10,
    one_by_one=3,
    ledgers=(0, 0),
    ledger_handoffs=0,
    pairs=0,
    demo_handoffs=0,
    queued=150,
    held=3,
    kept=0,
    month=0,
    compared=200,
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
    assert found["urgent"]["waiting"][0] >= 150
    seen = found["urgent"]["after_its_tick_seconds"]
    assert (len(seen["alone"]), len(seen["queued"])) == (3, 3)
    assert 0 < found["urgent"]["delivery_seconds"] < found["urgent"]["worst_seconds"]
    assert found["compared"]["found"]
    assert found["compared"]["rounds"] <= 4
    assert set(found["compared"]["cpu_seconds"]) == {"us", "mx"}
    assert "7 differences of 200 messages" in as_text(measured)
    assert "handoffs a second" in as_text(measured)
    assert "in a queue" in as_text(measured)


@pytest.mark.parametrize(
    ("answered_at", "receipted_at", "after"),
    [(7.25, 8.125, 0.125), (7.25, 9.5, 1.5), (8.0625, 8.125, 0.125), (8.0, 9.25, 0.25)],
)
def test_a_cancellation_is_counted_from_its_tick(
    answered_at: float, receipted_at: float, after: float
) -> None:
    """The tick is the first after the hold's answer, or the one that came while it was given."""
    held = Held(answered_at, receipted_at)
    assert (held.seconds, held.after_its_tick) == (receipted_at - answered_at, after)


def test_a_notice_is_known_by_its_envelope() -> None:
    """What the slow road holds up are requests with a notice in any line, and no others."""
    lines = {
        name: orjson.dumps({"payload": b64u(orjson.dumps({"schema": f"{PREFIX}{name}:1"}))})
        for name in ("return-notice", "return-cancellation")
    }
    notice, cancellation = lines.values()
    assert brings_a_notice(cancellation + b"\n" + notice)
    assert not brings_a_notice(cancellation)
    assert not brings_a_notice(b"")


def test_a_quantile_is_a_value_that_was_seen() -> None:
    """The median and the highest of a few values are among them."""
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([3.0, 1.0, 2.0], 0.99) == 3.0
