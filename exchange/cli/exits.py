"""How a command ends: the exit code of every error, and its words in English or Spanish."""

import errno
import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

from exchange import errors
from exchange.errors import Language, Sentence

EXIT_CODES: Final[Mapping[type[errors.ExchangeError], int]] = {
    errors.ExchangeError: 1,
    errors.UsageWrong: 2,
    errors.NotConfigured: 3,
    errors.NotFound: 4,
    errors.CallerMistaken: 5,
    errors.MessageRefused: 5,
    errors.EvidenceBroken: 6,
}

_chosen: ContextVar[Language | None] = ContextVar("the language that --lang chose", default=None)

_FILE_FAULTS: Final[Mapping[int | None, Sentence]] = {
    errno.ENOENT: Sentence("there is no such file or directory", "no existe tal archivo o carpeta"),
    errno.EACCES: Sentence("we may not open it", "no tenemos permiso para abrirlo"),
    errno.EPERM: Sentence("we may not change it", "no tenemos permiso para cambiarlo"),
    errno.EISDIR: Sentence("it is a directory", "es una carpeta"),
    errno.ENOTDIR: Sentence("a part of it is no directory", "una parte no es una carpeta"),
    errno.EEXIST: Sentence("it exists already", "ya existe"),
    errno.ENOSPC: Sentence("the disk is full", "el disco está lleno"),
    errno.EROFS: Sentence("the disk takes no writes", "el disco no admite escritura"),
}
_ANY_FILE_FAULT: Final = Sentence("it cannot be used", "no se puede usar")


def exit_code(error: errors.ExchangeError) -> int:
    """Return the exit code of *error*: that of the nearest class in the table."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def explain(error: errors.ExchangeError) -> str:
    """Return what the operator reads: what is wrong, then what exactly, one fault a line."""
    from exchange.web.texts import problem_text

    text = problem_text(error.code, language())
    return "\n".join([f"exchange: {text.title}. {text.detail}", *_details(error)])


def speak(chosen: Language | None) -> Language | None:
    """Make *chosen* the language from now on; None leaves it to the environment."""
    _chosen.set(chosen)
    return chosen


def language() -> Language:
    """Return the operator's language: what --lang or the environment says, else English."""
    names = ("EXCHANGE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    says = next((os.environ[name] for name in names if os.environ.get(name)), "en")
    return _chosen.get() or ("es" if says.lower().startswith("es") else "en")


def said(sentence: Sentence) -> str:
    """Return *sentence* in the operator's language."""
    return sentence.spoken(language())


def unusable(error: OSError) -> errors.UsageWrong:
    """Return the mistake of naming a file that cannot be used as it was asked."""
    why = _FILE_FAULTS.get(error.errno, _ANY_FILE_FAULT)
    return errors.UsageWrong(
        Sentence(f"{error.filename}: {why}", f"{error.filename}: {why.es}"),
    )


def _details(error: errors.ExchangeError) -> list[str]:
    if isinstance(error, errors.NotConfigured):
        return [f"  - {said(fault)}" for fault in error.faults]
    if isinstance(error, errors.Invalid):
        return [f"  - {fault.pointer}: {fault.code}" for fault in error.faults]
    return [f"  - {said(error.said)}"] if error.said else []
