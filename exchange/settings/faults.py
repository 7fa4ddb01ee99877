"""Every fault of the settings as one sentence: the setting's name and what it wants."""

import re

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from exchange.errors import Sentence
from exchange.settings.wishes import wanted


def faults_of(error: ValidationError, model: type[BaseModel]) -> list[Sentence]:
    """Return one sentence per fault of *error*: the setting, what it wants, what it is."""
    return [
        _sentence(detail, model) for detail in error.errors(include_input=False, include_url=False)
    ]


def not_toml(error: ValueError | RecursionError) -> Sentence:
    """Return where a file stops being TOML, or why it never was."""
    if isinstance(error, UnicodeDecodeError):
        return Sentence("--config: it is not UTF-8 text", "--config: no es texto en UTF-8")
    if isinstance(error, RecursionError):
        return Sentence(
            "--config: its values are nested too deeply",
            "--config: sus valores están anidados a demasiada profundidad",
        )
    where = re.search(r"at line (\d+), column (\d+)", str(error))
    if where is None:
        return Sentence(
            "--config: not a TOML file: it ends too early",
            "--config: no es un archivo TOML: termina antes de tiempo",
        )
    line, column = where.groups()
    return Sentence(
        f"--config: not a TOML file: line {line}, column {column}",
        f"--config: no es un archivo TOML: línea {line}, columna {column}",
    )


def not_json(error: SettingsError) -> Sentence:
    """Return which variable of the environment wants JSON and is none; its value is not told."""
    named = re.search(r'field "(\w+)"', str(error))
    table = named[1] if named else "…"
    variable = f"EXCHANGE_{table.upper()}__…"
    return Sentence(
        f"environment: {table} is not JSON; {variable} sets one of its settings",
        f"entorno: {table} no es JSON; {variable} cambia una de sus opciones",
    )


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> Sentence:
    names = [part for part in detail["loc"] if isinstance(part, str)]
    setting = ".".join(names)
    field = _field(names, model)
    if detail["type"] == "extra_forbidden" or field is None:
        return Sentence(f"{setting}: there is no such setting", f"{setting}: no existe esa opción")
    wish, what = _wish(detail, field), field.description
    if not isinstance(what, Sentence):
        return Sentence(f"{setting}: {wish}", f"{setting}: {wish.es}")
    return Sentence(f"{setting}: {wish} ({what})", f"{setting}: {wish.es} ({what.es})")


def _wish(detail: ErrorDetails, field: FieldInfo) -> Sentence:
    """Return what the one who checked *field* said, or else what its declaration wants."""
    checked: Exception | None = detail.get("ctx", {}).get("error")
    if checked is not None and isinstance(checked.args[0], Sentence):
        return checked.args[0]
    if detail["type"] == "missing":
        return Sentence("wants a value", "se necesita un valor")
    return wanted(field.annotation, field.metadata)


def _field(names: list[str], model: type[BaseModel]) -> FieldInfo | None:
    """Return the declaration of the setting *names* leads to, if it leads to one."""
    for name in names[:-1]:
        field = model.model_fields.get(name)
        if field is None or not isinstance(field.annotation, type):
            return None
        model = field.annotation
    return model.model_fields.get(names[-1]) if names else None
