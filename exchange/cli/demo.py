"""``exchange demo``: both authorities on this machine, and the account of every person."""

from pathlib import Path
from typing import Annotated

import typer

Handoffs = Annotated[int, typer.Option(min=1, max=100_000, help="How many return decisions.")]
Seed = Annotated[int, typer.Option(help="The same seed plants the same people and faults.")]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Keep both working directories under DIR.")
]
Lines = Annotated[
    bool,
    typer.Option(
        "--json", help="Print JSON Lines: `running` with both pids at once, then `ended`."
    ),
]
Fast = Annotated[bool, typer.Option("--fast", help="Do not pace the decisions for the eye.")]


def demo(
    *,
    handoffs: Handoffs = 240,
    seed: Seed = 2019,
    out: Out = None,
    fast: Fast = False,
    as_json: Lines = False,
) -> None:
    """Run both sides as two processes on fictional people, and account for every one of them."""
    from exchange.demo import run

    raise typer.Exit(run(handoffs=handoffs, seed=seed, out=out, fast=fast, as_json=as_json))
