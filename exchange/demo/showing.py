"""What the demo shows while it runs: moving figures for a person, or JSON Lines for a program."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table

from exchange.demo.processes import Service
from exchange.domain.stages import LocalStage, Stage


class Showing(Protocol):
    """Whoever watches the run."""

    def running(self, services: Sequence[Service]) -> None:
        """Both processes run."""

    def restarted(self, side: str, pid: int) -> None:
        """One died, and runs again."""

    def moved(self, us: Counter[str], mx: Counter[str]) -> None:
        """This many handoffs stand in each stage of each side."""


def print_line(event: str, **members: Any) -> None:
    """Print one line of JSON Lines, at once."""
    line = {"event": event, **members}
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class Lines:
    """JSON Lines: when both run, when one was restarted; the end is printed by the run."""

    def __enter__(self) -> "Lines":
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
        print_line("running", sides=sides)

    def restarted(self, side: str, pid: int) -> None:
        """Name the new process."""
        print_line("restarted", side=side, pid=pid)

    def moved(self, us: Counter[str], mx: Counter[str]) -> None:
        """Say nothing: a program asks the services."""


class Screen:
    """A table of the stages of both sides that moves as the handoffs do."""

    def __init__(self, console: Console, count: int) -> None:
        self._console = console
        self._count = count
        self._live = Live(console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> "Screen":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def running(self, services: Sequence[Service]) -> None:
        """Name both processes, their addresses and working directories."""
        for one in services:
            where = one.directory
            self._console.print(
                f"[bold]{where.side}[/]  pid {one.pid}  partner {where.partner_url}"
                f"  internal {where.internal_url}  {where.path}",
                highlight=False,
                soft_wrap=True,
            )

    def restarted(self, side: str, pid: int) -> None:
        """Say that one died."""
        self._console.print(f"[yellow]{side} died and was restarted, pid {pid}[/]")

    def moved(self, us: Counter[str], mx: Counter[str]) -> None:
        """Show how many stand in each stage."""
        table = Table(title=f"{self._count} return decisions")
        table.add_column("stage")
        for name in ("United States", "México"):
            table.add_column(name, justify="right")
        for stage in (*LocalStage, *Stage):
            if us[stage] or mx[stage]:
                table.add_row(stage, str(us[stage] or ""), str(mx[stage] or ""))
        self._live.update(table)
