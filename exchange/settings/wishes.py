"""What a setting or an argument wants, from its declaration: the values or the range it takes."""

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import AwareDatetime, BaseModel

from exchange.errors import Sentence


def wanted(kind: Any, bounds: Iterable[object]) -> Sentence:
    """Return what is wanted where *kind* is declared within *bounds*, every value or both ends."""
    if get_origin(kind) in {Union, UnionType}:
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is Literal:
        return _one_of(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _one_of([one.value for one in kind])
    if kind in {int, float}:
        return _number(kind, bounds)
    for general, sentence in _KINDS.items():
        if isinstance(kind, type) and issubclass(kind, general):
            return sentence
    return _text(bounds)


_KINDS: Mapping[type, Sentence] = {
    BaseModel: Sentence("wants a table", "se necesita una tabla"),
    Path: Sentence("wants a path", "se necesita una ruta"),
    AwareDatetime: Sentence(
        "wants a time with its zone, such as 2031-01-01T00:00:00Z",
        "se necesita una hora con su zona, como 2031-01-01T00:00:00Z",
    ),
}


def _one_of(values: Iterable[object]) -> Sentence:
    names = ", ".join(map(str, values))
    return Sentence(f"wants one of {names}", f"se necesita uno de {names}")


def _text(bounds: Iterable[object]) -> Sentence:
    for bound in bounds:
        if pattern := getattr(bound, "pattern", None):
            return Sentence(
                f"wants a text that matches {pattern}", f"se necesita un texto que cumpla {pattern}"
            )
    return Sentence("wants a text", "se necesita un texto")


def _number(kind: type, bounds: Iterable[object]) -> Sentence:
    english = ["wants a whole number" if kind is int else "wants a number"]
    spanish = ["se necesita un número entero" if kind is int else "se necesita un número"]
    for bound in bounds:
        match bound:
            case Gt(gt=least):
                english.append(f"greater than {least}")
                spanish.append(f"mayor que {least}")
            case Ge(ge=least):
                english.append(f"at least {least}")
                spanish.append(f"como mínimo {least}")
            case Le(le=most):
                english.append(f"at most {most}")
                spanish.append(f"como máximo {most}")
    return Sentence(", ".join(english), ", ".join(spanish))
