"""How a command ends: the exit code of every error, and its words in English or Spanish."""

import os
from collections.abc import Mapping
from typing import Final, Literal

from exchange import errors

EXIT_CODES: Final[Mapping[type[errors.ExchangeError], int]] = {
    errors.ExchangeError: 1,
    errors.UsageWrong: 2,
    errors.NotConfigured: 3,
    errors.NotFound: 4,
    errors.CallerMistaken: 5,
    errors.MessageRefused: 5,
    errors.EvidenceBroken: 6,
}


def exit_code(error: errors.ExchangeError) -> int:
    """Return the exit code of *error*: that of the nearest class in the table."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def explain(error: errors.ExchangeError) -> str:
    """Return what the operator reads: what is wrong, then what exactly, one fault a line."""
    from exchange.web.texts import problem_text

    text = problem_text(error.code, language())
    return "\n".join([f"exchange: {text.title}. {text.detail}", *_details(error)])


def language() -> Literal["en", "es"]:
    """Return the operator's language as the environment says it; English when it does not."""
    names = ("EXCHANGE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "en")
    return "es" if chosen.lower().startswith("es") else "en"


def _details(error: errors.ExchangeError) -> list[str]:
    if isinstance(error, errors.NotConfigured):
        return [f"  - {fault}" for fault in error.faults]
    if isinstance(error, errors.Invalid):
        return [f"  - {fault.pointer}: {fault.code}" for fault in error.faults]
    own_words = str(error)
    return [f"  - {own_words}"] if own_words and own_words != error.code else []
