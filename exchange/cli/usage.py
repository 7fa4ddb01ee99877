"""A command that was typed wrongly: Typer's finding, said in our words and both languages."""

import re
from typing import Any

import typer

from exchange.errors import Sentence, UsageWrong

_NO_COMMAND = r"No such command (?:'|\")(.*?)(?:'|\")\.(?: Did you mean (.*)\?)?"
_TOO_MANY = r"Got unexpected extra argument\(s\) \((.*)\)"


def usage_wrong(error: typer.TyperException) -> UsageWrong:
    """Return what *error* says of the command line, and which help says more."""
    fault, more = _fault(error), _help(error)
    return UsageWrong(Sentence(f"{fault}{more}", f"{fault.es}{more.es}"))


def shows_help(error: typer.TyperException) -> bool:
    """Return whether nothing is wrong but that nothing was asked: its help was shown."""
    return type(error).__name__ == "NoArgsIsHelpError"


def _fault(error: Any) -> Sentence:
    match type(error).__name__:
        case "MissingParameter":
            return _about(error.param, Sentence("is missing", "falta"))
        case "BadParameter":
            return _about(error.param, _wanted(error.param))
        case "NoSuchOption":
            return _no_option(error.option_name, error.possibilities or ())
        case "BadOptionUsage" if "does not take" in error.message:
            return _named(error.option_name, Sentence("takes no value", "no admite un valor"))
        case "BadOptionUsage":
            return _named(error.option_name, Sentence("wants a value", "necesita un valor"))
    return _said_in_text(error.message)


def _said_in_text(message: str) -> Sentence:
    """Return what *message* says, where Typer has no class for it."""
    if unknown := re.fullmatch(_NO_COMMAND, message):
        name, near = unknown.groups()
        english, spanish = f"there is no command {name!r}", f"no existe el comando {name!r}"
        if near:
            return Sentence(f"{english}; did you mean {near}?", f"{spanish}; ¿quiso decir {near}?")
        return Sentence(english, spanish)
    if surplus := re.fullmatch(_TOO_MANY, message):
        return Sentence(f"there is no place for {surplus[1]}", f"no hay lugar para {surplus[1]}")
    return Sentence("a command is missing", "falta un comando")


def _no_option(name: str, near: Any) -> Sentence:
    english, spanish = f"there is no option {name}", f"no existe la opción {name}"
    names = ", ".join(sorted(near))
    if names:
        return Sentence(f"{english}; did you mean {names}?", f"{spanish}; ¿quiso decir {names}?")
    return Sentence(english, spanish)


def _about(parameter: Any, fault: Sentence) -> Sentence:
    name = parameter.metavar if parameter.param_type_name == "argument" else parameter.opts[0]
    return _named(name, fault)


def _named(name: str, fault: Sentence) -> Sentence:
    return Sentence(f"{name}: {fault}", f"{name}: {fault.es}")


def _wanted(parameter: Any) -> Sentence:
    """Return which values *parameter* takes."""
    from annotated_types import Ge, Le

    from exchange.settings.wishes import wanted

    least, most = getattr(parameter, "min", None), getattr(parameter, "max", None)
    bounds = (*([] if least is None else [Ge(least)]), *([] if most is None else [Le(most)]))
    return wanted(parameter.type_descriptor.annotation, bounds)


def _help(error: Any) -> Sentence:
    """Return where to read what the command takes."""
    path = error.ctx.command_path if getattr(error, "ctx", None) else "exchange"
    return Sentence(
        f"\n  - `{path} --help` says what it takes", f"\n  - `{path} --help` dice qué admite"
    )
