"""The JSON we sign and accept: a fast reader and writer held to slower ones of other hands."""

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import GrammarBroken
from exchange.proof.grammar import INTEGER_MAX, canonical, parse, parse_object, rewritten

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "grammar.json").read_text("utf-8"))

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)


def trees(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Values of the grammar, their members named by *names*."""
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )


ascii_names = st.text(st.characters(max_codepoint=126), max_size=5)
any_names = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


@given(trees(ascii_names))
def test_canonical_is_rfc_8785(value: Any) -> None:
    """Our canonical octets are those of a library that implements the RFC by itself."""
    assert canonical(value) == rfc8785.dumps(value)
    assert parse(canonical(value)) == value


@given(trees(ascii_names))
def test_what_was_read_is_rewritten_canonical(value: Any) -> None:
    """What was read in any order and spacing is rewritten in the one canonical form."""
    read = parse(json.dumps(value, indent=1).encode())
    assert rewritten(read) == rfc8785.dumps(value)


@given(
    value=trees(any_names),
    indent=st.sampled_from([None, 1]),
    escaped=st.booleans(),
    sort=st.booleans(),
)
def test_any_order_and_spacing_is_read(
    *, value: Any, indent: int | None, escaped: bool, sort: bool
) -> None:
    """A value reads the same however its members are ordered, spaced and escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=escaped, sort_keys=sort)
    assert parse(text.encode()) == value


@pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda case: case["why"])
def test_what_the_grammar_allows_is_read_as_everyone_reads_it(case: dict[str, str]) -> None:
    """An accepted document has the value that Python's own reader gives it."""
    assert parse(case["text"].encode()) == json.loads(case["text"])


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["why"])
def test_what_the_grammar_forbids_is_refused(case: dict[str, str]) -> None:
    """A document outside the grammar is never read."""
    with pytest.raises(GrammarBroken):
        parse(case["text"].encode())


@pytest.mark.parametrize(
    "octets",
    [
        b'"\xff"',
        b'"\xed\xa0\x80"',
        '{"a":1}'.encode("utf-16"),
        "[1]".encode("utf-32"),
        b'{"a":\x00}',
        b"[" * 100_000,
        b"[" * 300 + b"]" * 300,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b"1" * 5000,
    ],
    ids=range(9),
)
def test_hostile_octets_are_refused(octets: bytes) -> None:
    """Other encodings, broken UTF-8 and enormous depth end in the same refusal."""
    with pytest.raises(GrammarBroken):
        parse(octets)


@given(st.binary(max_size=40) | st.text(alphabet='{}[]":,01-.e \\ua', max_size=30).map(str.encode))
def test_what_is_read_is_in_the_grammar(octets: bytes) -> None:
    """Whatever octets come, either they are refused or their value can be written again."""
    try:
        value = parse(octets)
    except GrammarBroken:
        return
    assert parse(json.dumps(value).encode()) == value


def test_an_object_is_asked_for_by_name() -> None:
    """Where an object is needed, another value is outside the grammar."""
    assert parse_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(GrammarBroken):
        parse_object(b"[]")


class Colour(StrEnum):
    """A kind of string."""

    RED = "red"


def test_a_kind_of_string_is_written_as_its_text() -> None:
    """An enumeration of strings needs no conversion before it is signed."""
    assert canonical({"colour": Colour.RED}) == b'{"colour":"red"}'


def _nest(depth: int) -> object:
    value: object = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "make",
    [
        lambda: 1.0,
        lambda: float("nan"),
        lambda: INTEGER_MAX + 1,
        lambda: -INTEGER_MAX - 1,
        lambda: "\ud800",
        lambda: {"ñ": 1},
        lambda: {1: 1},
        lambda: b"octets",
        lambda: (1, 2),
        lambda: {"a": {1.5}},
        lambda: _nest(17),
        lambda: _nest(sys.getrecursionlimit() * 2),
    ],
    ids=range(12),
)
def test_what_has_no_form_is_not_written(make: Callable[[], object]) -> None:
    """A value outside the grammar is never signed."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        canonical(make())


def test_sixteen_levels_are_written() -> None:
    """The deepest value of the grammar is written and read."""
    assert parse(canonical(_nest(16))) == _nest(16)


@pytest.mark.parametrize("shallow", [[], {}, [1], {"a": 1}], ids=repr)
def test_depth_is_that_of_the_deepest_branch(shallow: object) -> None:
    """A branch that is too deep is refused whatever shallow ones stand before and after it."""
    for value in ([_nest(16), [shallow]], [[shallow], _nest(16)], {"a": _nest(16), "b": shallow}):
        with pytest.raises(ValueError, match=r"^too deep$"):
            canonical(value)
        with pytest.raises(GrammarBroken):
            parse(json.dumps(value).encode())
