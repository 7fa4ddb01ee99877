"""What `--help` says, in the operator's language: the words of the commands and of Typer."""

import sys
from collections.abc import Iterator
from typing import Any, Final

import typer
from typer._click.formatting import HelpFormatter
from typer.main import get_command

from exchange.cli.spanish import HELP
from exchange.errors import Language, Sentence

_FIXED: Final = {
    "ARGUMENTS_PANEL_TITLE": Sentence("Arguments", "Argumentos"),
    "OPTIONS_PANEL_TITLE": Sentence("Options", "Opciones"),
    "COMMANDS_PANEL_TITLE": Sentence("Commands", "Comandos"),
    "REQUIRED_LONG_STRING": Sentence("[required]", "[obligatorio]"),
    "DEFAULT_STRING": Sentence("[default: {}]", "[por omisión: {}]"),
    "ENVVAR_STRING": Sentence("[env var: {}]", "[variable de entorno: {}]"),
}
"""The constants of ``typer.rich_utils`` that are words."""


def helping_in(language: Language, app: typer.Typer) -> Any:
    """Return the commands of *app*, whose help is in *language*."""
    command = get_command(app)
    _set_fixed_words(language)
    for one in every_command(command):
        for parameter in _parameters(one):
            if getattr(parameter, "is_flag", False):
                parameter.metavar = ""  # a flag takes no value, so it shows no type
        if language == "es":
            _translate(one)
    return command


def every_command(command: Any) -> Iterator[Any]:
    """Give *command* and whatever stands under it."""
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from every_command(below)


def every_help(command: Any) -> Iterator[str]:
    """Give what the help of *command* says: of itself, then of each argument and option."""
    yield command.help
    yield from (parameter.help for parameter in _parameters(command))


def _parameters(command: Any) -> list[Any]:
    return command.get_params(typer.Context(command))  # type: ignore[no-any-return]  # Typer's own


def _translate(command: Any) -> None:
    command.help = HELP.get(command.help, command.help)
    for parameter in _parameters(command):
        parameter.help = HELP.get(parameter.help, parameter.help)
    command.options_metavar = "[OPCIONES]"
    if hasattr(command, "commands"):
        command.subcommand_metavar = "COMANDO [ARGUMENTOS]..."
    command.context_class = _SpanishContext


class _SpanishFormatter(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Uso: ")


class _SpanishContext(typer.Context):
    formatter_class = _SpanishFormatter


def _set_fixed_words(language: Language) -> None:
    """Have Typer's own headings be in *language*; English ones need no import of it."""
    if language == "en" and "typer.rich_utils" not in sys.modules:
        return
    from typer import rich_utils

    for name, words in _FIXED.items():
        setattr(rich_utils, name, words.spoken(language))
