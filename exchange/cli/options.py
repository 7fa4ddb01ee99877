"""What commands take alike: ``--config``, ``--json``, ``--lang``, and what they lead to."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from exchange.cli.exits import said, speak
from exchange.errors import Language, NotFound, Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.settings import Settings

WIDTH_IN_PIPES = 200

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar="EXCHANGE_CONFIG",
        help="The settings; without it, exchange.toml in the current directory.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Lang = Annotated[
    Language | None,
    typer.Option(
        help="Of what is printed; without it, the environment's.",
        callback=speak,
        is_eager=True,
    ),
]


def settings_from(config: Path | None) -> "Settings":
    """
    Return the settings that the command was started with.

    Raises:
        NotConfigured: Something is missing or wrong; every fault is named.
    """
    from exchange.settings import load_settings

    return load_settings(config)


NO_SUCH_HANDOFF = Sentence(
    "there is no such handoff on this side", "no existe esa entrega en este lado"
)


def handoff_id(text: str) -> str:
    """
    Return the id that *text* is, as it is kept.

    Raises:
        NotFound: It is none, so nothing has it.
    """
    try:
        return str(UUID(text))
    except ValueError as error:
        raise NotFound(NO_SUCH_HANDOFF) from error


def our_side(side: str, needed: str, act: Sentence) -> None:
    """
    Return when our *side* is the one *needed* for *act*.

    Raises:
        UsageWrong: It is the other one.
    """
    if side != needed:
        wrong = Sentence(
            f"only a side {needed!r} can {act}; this one is {side!r}",
            f"solo un lado {needed!r} puede {act.es}; este es {side!r}",
        )
        raise UsageWrong(wrong)


def print_json(value: object) -> None:
    """Print *value* for a program: one document, names readable as they are."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def say(en: str, es: str) -> None:
    """Print one sentence for a person, in the operator's language."""
    print(said(Sentence(en, es)))


def shown_at(at: datetime | None) -> str | None:
    """Return *at* as every table and document shows it: RFC 3339 in UTC, to the second."""
    from exchange.domain.wire import utc_text

    return None if at is None else utc_text(at)


def print_rows(
    rows: Sequence[Mapping[str, object]], columns: Mapping[str, Sentence], *, title: Sentence
) -> None:
    """Print *rows* for a person: a table with *columns*, or one line that there is nothing."""
    from rich.console import Console
    from rich.table import Table

    if not rows:
        say(f"{title}: none", f"{title.es}: no hay")
        return
    table = Table(title=said(title), title_justify="left")
    for heading in columns.values():
        table.add_column(said(heading), overflow="fold")
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in columns))
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH_IN_PIPES  # whoever reads a pipe searches it: no word is cut in two
    console.print(table)
