"""What the demo shows while it runs: moving figures for a person, or JSON Lines for a program."""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from exchange.cli.exits import language, said
from exchange.demo.ending import Ending
from exchange.demo.processes import Service
from exchange.domain.stages import LocalStage, Stage
from exchange.errors import Sentence
from exchange.reports.steps import STEPS
from exchange.reports.texts import text


def print_line(event: str, **members: Any) -> None:
    """Print one line of JSON Lines, at once."""
    line = {"event": event, **members}
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class Lines:
    """
    JSON Lines on stdout, each with its ``event``.

    ``running`` names both processes as soon as they run, ``restarted`` one that died;
    ``ended`` has both accounts and whether all holds, ``interrupted`` has neither.
    """

    def __init__(self) -> None:
        self._shortened: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def running(self, services: Sequence[Service]) -> None:
        """Name both processes, their addresses and working directories."""
        sides = {
            one.directory.side: {
                "pid": one.pid,
                "partner": one.directory.partner_url,
                "internal": one.directory.internal_url,
                "directory": str(one.directory.path),
            }
            for one in services
        }
        print_line("running", sides=sides, shortened=self._shortened)

    def restarted(self, side: str, pid: int) -> None:
        """Name the new process."""
        print_line("restarted", side=side, pid=pid)

    def moved(self, us: Counter[str], mx: Counter[str]) -> None:
        """Say nothing: a program asks the services."""

    def begun(self, out: Path, shortened: Mapping[str, str]) -> None:
        """Remember which settings are shortened."""
        del out
        self._shortened = shortened

    def ended(self, ending: Ending, out: Path, files: Sequence[Path]) -> None:
        """Print both accounts and whether all holds, and where they can be read."""
        print_line(
            "ended",
            directory=str(out),
            files=[str(file) for file in files],
            **ending.document(),
        )

    def interrupted(self, out: Path) -> None:
        """Say where both directories are left."""
        print_line("interrupted", directory=str(out))


class Screen:
    """A table of the stages of both sides that moves as the handoffs do."""

    def __init__(self, console: Console, count: int) -> None:
        self._console = console
        self._count = count
        self._live = Live(console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def running(self, services: Sequence[Service]) -> None:
        """Name both processes, their addresses and working directories."""
        for one in services:
            where = one.directory
            begins = f"[bold]{where.side}[/]  pid {one.pid}"
            self._print(
                f"{begins}  partner {where.partner_url}"
                f"  internal {where.internal_url}  {where.path}",
                f"{begins}  contraparte {where.partner_url}"
                f"  interno {where.internal_url}  {where.path}",
            )

    def restarted(self, side: str, pid: int) -> None:
        """Say that one died."""
        self._print(
            f"[yellow]{side} died and was restarted, pid {pid}[/]",
            f"[yellow]{side} cayó y se reinició, pid {pid}[/]",
        )

    def moved(self, us: Counter[str], mx: Counter[str]) -> None:
        """Show how many stand in each stage, and how far cases went."""
        count, spoken = self._count, language()
        title = Sentence(f"{count} return decisions", f"{count} decisiones de retorno")
        table = Table(title=said(title))
        table.add_column(text("column.stage", spoken))
        for name in (Sentence("United States", "Estados Unidos"), Sentence("Mexico", "México")):
            table.add_column(said(name), justify="right")
        for stage in (*LocalStage, *Stage):
            if us[stage] or mx[stage]:
                shown = text(f"stage.{stage}", spoken)
                table.add_row(shown, str(us[stage] or ""), str(mx[stage] or ""))
        table.add_section()
        for step in (*STEPS, "held"):
            if us[step] or mx[step]:
                table.add_row(text(step, spoken), str(us[step] or ""), str(mx[step] or ""))
        self._live.update(table)

    def begun(self, out: Path, shortened: Mapping[str, str]) -> None:
        """Say where all of it happens, and what is quicker than in the field."""
        self._print(
            f"The people are fictional. Both working directories are made in {out}",
            f"Las personas son ficticias. Ambas carpetas de trabajo se crean en {out}",
        )
        settings = ", ".join(f"{name} = {value}" for name, value in shortened.items())
        self._print(
            f"Hours pass in seconds: both exchange.toml say {settings};",
            f"Las horas pasan en segundos: ambos exchange.toml dicen {settings};",
        )
        self._print(
            "whoever is accepted is received at once, days before the window opens;",
            "a quien se acepta se le recibe enseguida, días antes de que abra la ventana;",
        )
        self._print(
            "who comes back crosses in an open window, and the court moves the hearing to today.",
            "quien regresa cruza en una ventana ya abierta, y el tribunal pasa su audiencia a hoy.",
        )

    def ended(self, ending: Ending, out: Path, files: Sequence[Path]) -> None:
        """Show both accounts, what was planted, whether the ledgers agree, and what is left."""
        self._console.print(ending.tables(language()))
        named = ", ".join(str(file) for file in files)
        self._print(f"The same to read and to print: {named}", f"Para leer e imprimir: {named}")
        command = f"`exchange serve --config {out}/us/exchange.toml`"
        self._print(
            f"{command} runs again, and so does mx", f"{command} vuelve a funcionar, y también mx"
        )

    def interrupted(self, out: Path) -> None:
        """Say where both directories are left."""
        self._print(
            f"Interrupted. Both working directories stand as they were in {out}",
            f"Interrumpido. Ambas carpetas de trabajo quedan como estaban en {out}",
        )

    def _print(self, en: str, es: str) -> None:
        self._console.print(said(Sentence(en, es)), highlight=False, soft_wrap=True)
