"""Every fault of the settings as one sentence: the setting's name and what it wants."""

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


def faults_of(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one sentence per fault of *error*: the setting, what it wants, what it is."""
    return [
        _sentence(detail, model) for detail in error.errors(include_input=False, include_url=False)
    ]


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    names = [part for part in detail["loc"] if isinstance(part, str)]
    setting = ".".join(names) or "settings"
    if detail["type"] == "extra_forbidden":
        return f"{setting}: there is no such setting"
    description = _described(names, model)
    wants = "wants a value" if detail["type"] == "missing" else _wish(detail["msg"])
    return f"{setting}: {wants}" + (f" ({description})" if description else "")


def _wish(message: str) -> str:
    plain = message.removeprefix("Value error, ")
    return plain.replace("Input should be ", "wants ").replace("String should ", "wants to ")


def _described(names: list[str], model: type[BaseModel]) -> str | None:
    """Return the description of the setting *names* leads to, if it leads to one."""
    for name in names[:-1]:
        field = model.model_fields.get(name)
        if field is None or not isinstance(field.annotation, type):
            return None
        model = field.annotation
    found = model.model_fields.get(names[-1]) if names else None
    return found.description if found else None
