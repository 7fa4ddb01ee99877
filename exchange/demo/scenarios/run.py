"""``exchange demo --scenario``: from a file to both sides' account of it."""

import asyncio
import datetime as dt
import io
import tempfile
from functools import partial
from pathlib import Path
from typing import Self

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from exchange.cli.exits import language, said
from exchange.demo.agreement import Held, compare, held_in_directory
from exchange.demo.scenarios.casting import cast, one_in
from exchange.demo.scenarios.comparing import SIDES, expected_of, found_in
from exchange.demo.scenarios.ending import Ending
from exchange.demo.scenarios.playing import Playing
from exchange.demo.scenarios.reading import read_scenario
from exchange.demo.scenarios.roads import SimulatedClock
from exchange.demo.scenarios.sides import Played, make_sides, opened
from exchange.demo.scenarios.wording import Scenario
from exchange.demo.showing import print_line
from exchange.errors import Sentence
from exchange.installation.shipped import shipped_places
from exchange.reports.account import Account, make_account
from exchange.reports.folding import Asked
from exchange.reports.selection import Selection
from exchange.settings import Settings
from exchange.web.logs import configure_logs

INTERRUPTED = 130


def run_scenario(named: str, *, out: Path | None, scale: int, as_json: bool) -> int:
    """
    Play a scenario and return the exit code: 0 when all is accounted for and as expected.

    Raises:
        UsageWrong: The file does not hold, or *out* holds a demo already.
    """
    scenario = one_in(scale, read_scenario(named, shipped_places()))
    out = out or Path(tempfile.mkdtemp(prefix="exchange-demo-"))
    console = Console()
    if not as_json:
        _introduce(console, scenario, out)
    try:
        ending = play(scenario, named, out, shown_on=None if as_json else console)
    except KeyboardInterrupt:
        return INTERRUPTED
    if as_json:
        print_line("ended", directory=str(out), **ending.document())
    else:
        console.print(ending.tables(language()))
        command = f"`exchange reconcile --config {out}/us/exchange.toml`"
        shows = Sentence(f"{command} shows the account", f"{command} muestra la cuenta")
        console.print(said(shows), highlight=False, soft_wrap=True)
    return 0 if ending.holds else 1


def play(scenario: Scenario, named: str, out: Path, *, shown_on: Console | None = None) -> Ending:
    """Return what came of the scenario, both sides of it in working directories under *out*."""
    before = structlog.get_config()
    configure_logs("error", io.StringIO())
    try:
        return _played(scenario, named, out, shown_on)
    finally:
        structlog.configure(**before)


def _played(scenario: Scenario, named: str, out: Path, shown_on: Console | None) -> Ending:
    begins = dt.datetime.combine(scenario.begins, dt.time(), dt.UTC)
    settings = make_sides(out, begins=begins, rules=scenario.rules)
    return asyncio.run(_play(scenario, named, settings, shown_on))


async def _play(
    scenario: Scenario, named: str, settings: dict[str, Settings], shown_on: Console | None
) -> Ending:
    begins = dt.datetime.combine(scenario.begins, dt.time(), dt.UTC)
    clock = SimulatedClock(begins)
    places = shipped_places()
    async with opened(settings, clock, scenario.seed) as both:
        everybody = cast(scenario, places, both.us.agreement.rules)
        with _Progress(shown_on, len(everybody.deeds)) as progress:
            playing = Playing(scenario, everybody, both, places, progress.told)
            await playing.run()
            finds_the_same = await playing.finish()
        names = playing.deeds.subjects | everybody.families()
        found = {
            side: await both.of(side).store.scan(partial(found_in, names=names)) for side in SIDES
        }
        us, mx = [await _account(both.of(side)) for side in SIDES]
    # Only now that everything is found is it looked up what should have been.
    held_us, held_mx = await asyncio.to_thread(_held, settings)
    return Ending(
        scenario=scenario,
        us=us,
        mx=mx,
        agreement=compare(held_us, held_mx),
        found=found,
        expected=expected_of(named),
        unforeseen=playing.deeds.unforeseen,
        finds_the_same=finds_the_same,
        of_unknown_port=everybody.of_unknown_port,
        mishaps=both.us.road.mishaps + both.mx.road.mishaps,
    )


def _held(settings: dict[str, Settings]) -> list[Held]:
    return [held_in_directory(settings[side]) for side in SIDES]


async def _account(side: Played) -> Account:
    """Return the account of all days, as of the end of the scenario."""
    asked = Asked(
        side=side.agreement.side,
        places=side.agreement.places,
        limits=side.settings.deadlines,
        selection=Selection(),
        now=side.clock(),
    )
    return await side.store.scan(partial(make_account, asked=asked))


def _introduce(console: Console, scenario: Scenario, out: Path) -> None:
    told = Sentence(f"{scenario.name}: {scenario.en}", f"{scenario.name}: {scenario.es}")
    source = Sentence(f"Source: {scenario.source}", f"Fuente: {scenario.source}")
    where = Sentence(
        f"The people are fictional; time is simulated. Both working directories are made in {out}",
        f"Las personas son ficticias; el tiempo es simulado. Ambas carpetas se crean en {out}",
    )
    for sentence in (told, source, where):
        console.print(said(sentence), highlight=False, soft_wrap=True)


class _Progress:
    """A bar of the deeds that are done, with the day that it is in the scenario."""

    def __init__(self, console: Console | None, deeds: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"))
        self._bar = Progress(*columns, console=console, transient=True, disable=console is None)
        self._task = self._bar.add_task("", total=deeds)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def told(self, at: dt.datetime, done: int) -> None:
        """Show how late it is, and how much is done."""
        self._bar.update(self._task, description=f"{at:%Y-%m-%d %H:%M}", completed=done)
