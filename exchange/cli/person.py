"""``exchange person``: what both sides have said about a person, for the person who asks."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from exchange.cli.acting import OwnToken, act, places_of
from exchange.cli.database import read
from exchange.cli.exits import language, said
from exchange.cli.options import Config, Json, Lang, handoff_id, settings_from, shown_at
from exchange.cli.output import Output, write_output
from exchange.cli.person_words import HEADING, MEMBERS, NO, RECEIVED, SENT, YES

if TYPE_CHECKING:
    from exchange.flow.person import SaidOf

app = typer.Typer(no_args_is_help=True, help="What was said about a person, for the person.")

Handoff = Annotated[str, typer.Argument(metavar="HANDOFF", help="The handoff of the person.")]


@app.command()
def export(
    handoff: Handoff,
    token_file: OwnToken,
    config: Config = None,
    *,
    output: Output = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Write what both sides have said about the person, to read or for a program. Journaled."""
    del lang  # it was chosen before anything else was read

    from exchange.access.rights import Action
    from exchange.flow.person import read_said, record_asked
    from exchange.installation.opening import open_bodies

    one, settings, now = handoff_id(handoff), settings_from(config), datetime.now(UTC)
    key = open_bodies(settings)
    act(
        settings,
        token_file,
        Action.EXPORT_PERSON,
        lambda connection, client: record_asked(
            connection, one, actor=client.name, now=now, places=places_of(client)
        ),
    )
    found = read(settings, lambda connection: read_said(connection, one, key))
    octets = _document(one, found) if as_json else "\n".join(_page(one, found)).encode()
    write_output(output, lambda file: file.write(octets + b"\n"))


def _document(handoff: str, found: list["SaidOf"]) -> bytes:
    messages = [
        {
            "type": one.name,
            "direction": one.direction.value,
            "said_at": shown_at(one.said_at),
            "says": one.says,
        }
        for one in found
    ]
    document = {"handoff": handoff, "messages": messages}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _page(handoff: str, found: list["SaidOf"]) -> Iterator[str]:
    from exchange.reports.texts import text
    from exchange.store.columns import Direction

    yield said(HEADING)
    yield handoff
    for one in found:
        by = said(SENT if one.direction is Direction.SENT else RECEIVED)
        yield f"\n{text(f'message.{one.name}', language())}, {shown_at(one.said_at)}, {by}"
        yield from _lines(one.says, "  ")


def _lines(says: Mapping[str, object], indent: str) -> Iterator[str]:
    """Give a line for each thing that is said; what is not said has none."""
    for name, value in says.items():
        label = said(MEMBERS[name])
        if isinstance(value, Mapping):
            yield f"{indent}{label}:"
            yield from _lines(value, indent + "  ")
        elif value is not None:
            yield f"{indent}{label}: {_word(value)}"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return said(YES if value else NO)
    return str(value)
