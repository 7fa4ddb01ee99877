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
from typing import NoReturn, TypeAlias, cast

import orjson

from exchange.errors import GrammarBroken

Json: TypeAlias = "None | bool | int | str | list[Json] | dict[str, Json]"

DEPTH_MAX = 16
INTEGER_MAX = 2**53 - 1
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def parse(octets: bytes) -> Json:
    """
    The value that *octets* state.

    Canonical octets, the usual case, are recognised by writing the value again: equal bytes
    have no repeated member and no ``-0``. Everything else is read once more by a parser that
    looks at each member and number.

    Raises:
        GrammarBroken: *octets* are outside the grammar.
    """
    try:
        value = orjson.loads(octets)
        _check(value)
        if orjson.dumps(value, option=_CANONICAL) != octets:
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


def _check(value: object, *, names_ascii: bool = False) -> None:
    """Raise ValueError unless *value* has only the kinds, sizes and depth of the grammar."""
    level, depth = [value], 0
    while level:
        deeper: list[object] = []
        for item in level:
            kind = type(item)
            if item is None or kind is bool or isinstance(item, str):
                continue
            if kind is int:
                if not -INTEGER_MAX <= cast("int", item) <= INTEGER_MAX:
                    _refuse("an integer is too large")
            elif depth == DEPTH_MAX:
                _refuse("too deep")
            elif kind is list:
                deeper += cast("list[object]", item)
            elif kind is dict:
                members = cast("dict[str, object]", item)
                if names_ascii and not all(map(str.isascii, members)):
                    _refuse("a member name is not ASCII")
                deeper += members.values()
            else:
                _refuse("a value is of no kind in the grammar")
        level, depth = deeper, depth + 1


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
