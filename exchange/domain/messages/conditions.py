"""How a member is null except where another one says otherwise: one rule, model and schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import AfterValidator, GetCoreSchemaHandler, JsonValue, ValidationInfo
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class NullExcept:
    """
    The member is null exactly where *when*, which stands before it, is none of *values*.

    With *reversed*: exactly where it is one of them.
    """

    when: str
    values: tuple[str | int, ...]
    reversed: bool = False

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> Any:  # what pydantic builds a validator from
        """Return the member's own rule, and this one after it."""
        return AfterValidator(self._checked).__get_pydantic_core_schema__(source, handler)

    def _checked(self, value: object, info: ValidationInfo) -> object:
        if self.when in info.data:  # otherwise that member is the one at fault
            stands = (info.data[self.when] in self.values) != self.reversed
            if stands != (value is not None):
                message = f"a value stands exactly where {self.when} asks for it"
                raise ValueError(message)
        return value

    def clause(self, member: str) -> dict[str, JsonValue]:
        """Return the same rule as a clause of a schema."""
        null: dict[str, JsonValue] = {"properties": {member: {"type": "null"}}}
        given: dict[str, JsonValue] = {"properties": {member: {"not": {"type": "null"}}}}
        then, otherwise = (null, given) if self.reversed else (given, null)
        only, *more = self.values
        asked: JsonValue = {"enum": list(self.values)} if more else {"const": only}
        return {"if": {"properties": {self.when: asked}}, "then": then, "else": otherwise}


def where(when: str, *values: str | int) -> NullExcept:
    """Return the rule: a value stands exactly where *when* is one of *values*, else null."""
    return NullExcept(when, values)


def unless(when: str, *values: str | int) -> NullExcept:
    """Return the rule: null stands exactly where *when* is one of *values*."""
    return NullExcept(when, values, reversed=True)


def clauses_of(fields: Mapping[str, FieldInfo]) -> list[JsonValue]:
    """Return the clause of every rule among a model's *fields*."""
    return [
        rule.clause(name)
        for name, field in fields.items()
        for rule in field.metadata
        if isinstance(rule, NullExcept)
    ]
