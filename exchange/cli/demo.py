"""``exchange demo``: both authorities on this machine, and the account of every person."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.options import Lang

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
Scenario = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Play a scenario in simulated time: a TOML file, or a shipped name."
    ),
]
OneIn = Annotated[
    int, typer.Option(min=1, max=100_000, help="Of a scenario's crowds, play one of N people.")
]
Fast = Annotated[bool, typer.Option("--fast", help="Do not pace the decisions for the eye.")]


def demo(
    *,
    handoffs: Handoffs = 240,
    seed: Seed = 2019,
    out: Out = None,
    fast: Fast = False,
    scenario: Scenario = None,
    one_in: OneIn = 1,
    as_json: Lines = False,
    lang: Lang = None,
) -> None:
    """Run both sides as two processes on fictional people, and account for every one of them."""
    del lang  # it was chosen before anything else was read
    if scenario is not None:
        from exchange.demo.scenarios.run import run_scenario

        raise typer.Exit(run_scenario(scenario, out=out, scale=one_in, as_json=as_json))
    from exchange.demo import run

    raise typer.Exit(run(handoffs=handoffs, seed=seed, out=out, fast=fast, as_json=as_json))
