"""``exchange demo``: everything from two empty directories to the account of both sides."""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from exchange.demo.directories import make_directories, reconnect
from exchange.demo.faults import cast
from exchange.demo.people import PORTS
from exchange.demo.play import Play
from exchange.demo.showing import Lines, Screen, Showing
from exchange.installation.shipped import shipped_places

EYE_SECONDS = 2.0
"""Over how long the decisions are spread, for the eye."""
INTERRUPTED = 130


def run(*, handoffs: int, seed: int, out: Path | None, fast: bool, as_json: bool) -> int:
    """
    Run the demo and return its exit code.

    Raises:
        UsageWrong: *out* holds a demo already.
        Unreachable: A service does not run.
    """
    out = out or Path(tempfile.mkdtemp(prefix="exchange-demo-"))
    places = shipped_places()
    roles = cast(handoffs, seed, places, datetime.now(UTC))
    ports = [port for port in places if port.code in PORTS]
    sides = make_directories(
        out,
        {
            "us": [port.code for port in ports],
            "mx": [port.receiving_points[0].id for port in ports],
        },
    )
    console = Console()
    with nullcontext(Lines()) if as_json else Screen(console, handoffs) as showing:
        play = Play(sides, roles, showing)
        asyncio.run(play.run(pause_seconds=0 if fast else EYE_SECONDS / handoffs))
    reconnect(sides)
    print(play.played.finished, {k: v for k, v in ((n, getattr(play.played, n)) for n in play.played.__slots__) if k != "roles"})
    return 0
