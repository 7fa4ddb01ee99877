"""
The JSON we sign and accept, and no other.

UTF-8 without a byte order mark; at most 16 levels, the outermost object being the first; no
member named twice; no lone surrogate; values are objects, arrays, strings, true, false, null
and integers written ``-?(0|[1-9][0-9]*)`` with |n| ≤ 2^53 - 1. Within that any order of members
and any spacing is read, and one form is written: RFC 8785.

What two parsers could read differently is refused, so both sides always mean the same by the
bytes that were signed.
"""

import json
from collections.abc import Collection
from typing import NoReturn, TypeAlias, cast

import orjson

from exchange.errors import GrammarBroken

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

DEPTH_MAX = 16
INTEGER_MAX = 2**53 - 1
_Container: TypeAlias = "dict[str, object] | list[object]"
_SCALARS = frozenset({str, int, bool, type(None)})
_KINDS = _SCALARS | {dict, list}
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def parse(octets: bytes) -> Json:
    """
    The value that *octets* state.

    Octets without spacing, the usual case, are recognised by writing the value again in the
    order it was read: equal bytes have no repeated member and no ``-0``. Everything else is
    read once more by a parser that looks at each member and number.

    Raises:
        GrammarBroken: *octets* are outside the grammar.
    """
    try:
        value = orjson.loads(octets)
        _check(value)
        if orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) != octets:
            json.loads(octets.decode(), object_pairs_hook=_object, parse_int=_integer)
    except (ValueError, TypeError) as fault:
        raise GrammarBroken from fault
    return cast("Json", value)


def parse_object(octets: bytes) -> dict[str, Json]:
    """
    The object that *octets* state.

    Raises:
        GrammarBroken: *octets* are outside the grammar, or state something else.
    """
    value = parse(octets)
    if not isinstance(value, dict):
        raise GrammarBroken
    return value


def canonical(value: object) -> bytes:
    """
    The one form (RFC 8785) in which *value* is signed and hashed.

    Member names must be ASCII: only then is their order the same by octets, as here, and by
    UTF-16 units, as in the RFC.

    Raises:
        ValueError: *value* has no form in the grammar, or a member name that is not ASCII.
    """
    try:
        _check(value, names_ascii=True)
        return orjson.dumps(value, option=_CANONICAL)
    except TypeError as fault:
        raise ValueError(str(fault)) from fault


def rewritten(value: object) -> bytes:
    """
    The same form, of a value that is in the grammar already: it is not looked through again.

    For what ``parse`` returned and for what a model of closed members wrote, whose names are
    ours and therefore ASCII. Anything else is for ``canonical``.
    """
    return orjson.dumps(value, option=_CANONICAL)


def _check(value: object, *, names_ascii: bool = False) -> None:
    """
    Raise ValueError unless *value* has only the kinds and the depth of the grammar.

    The size of integers is left to the writer, which knows the same bound.
    """
    level, depth = _containers([value]), 0
    while level:
        depth += 1
        if depth > DEPTH_MAX:
            _refuse("too deep")
        deeper: list[_Container] = []
        for container in level:
            if isinstance(container, dict):
                if names_ascii and not "".join(container).isascii():
                    _refuse("a member name is not ASCII")
                deeper += _containers(container.values())
            else:
                deeper += _containers(container)
        level = deeper


def _containers(values: Collection[object]) -> list[_Container]:
    """The objects and arrays among *values*, all of which must be of a kind in the grammar."""
    kinds = set(map(type, values))
    if kinds <= _SCALARS:
        return []
    if not (kinds <= _KINDS or all(issubclass(kind, str) for kind in kinds - _KINDS)):
        _refuse("a value is of no kind in the grammar")
    return [value for value in values if isinstance(value, (dict, list))]


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse("a member is named twice")
    return members


def _integer(text: str) -> int:
    if text == "-0":
        _refuse("zero has no sign")
    return int(text)


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
