"""What a step of a comparison says, as it is read and written."""

from typing import Any

import jsonschema
import pytest

from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.ranges import STEP, Leaf, Name, Settled, Split, Step, read_step, write_step
from tests.proof.records import an_item

ONE, TWO = an_item(1), an_item(2)
STEP_SAID = Step(
    splits=(
        Split(start=b"", end=b"\x10", dividers=(b"\x08",), fingerprints=(bytes(12), b"\xff" * 12)),
    ),
    leaves=(Leaf(start=b"\x10", end=b"\x20\x01", items=(ONE.prefix,)),),
    settled=(
        Settled(
            start=b"\x30",
            end=None,
            having=(Name(pld=ONE.pld, jti=ONE.jti),),
            lacking=(TWO.prefix,),
        ),
    ),
    rest=True,
)
DOCUMENT: dict[str, Any] = {
    "splits": [
        {"start": "", "end": "EA", "dividers": ["CA"], "fingerprints": ["A" * 16, "_" * 16]}
    ],
    "leaves": [{"start": "EA", "end": "IAE", "items": [b64u(ONE.prefix)]}],
    "settled": [
        {
            "start": "MA",
            "end": None,
            "having": [{"pld": b64u(ONE.pld), "jti": ONE.jti}],
            "lacking": [b64u(TWO.prefix)],
        }
    ],
    "rest": True,
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The document with the value at *path* changed; one given as ... is left out."""
    document = grammar.parse_object(grammar.canonical(DOCUMENT))
    *way, last = path.split("/")
    place: Any = document
    for key in way:
        place = place[int(key) if key.isdecimal() else key]
    if value is ...:
        del place[last]
    else:
        place[int(last) if last.isdecimal() else last] = value
    return document


def test_a_step_has_one_form() -> None:
    """What is written is read as the same step, and all of it stands in the schema."""
    assert write_step(STEP_SAID) == DOCUMENT
    assert read_step(grammar.parse(grammar.canonical(DOCUMENT))) == STEP_SAID
    jsonschema.validate(DOCUMENT, STEP.json_schema())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("more", 1),
        ("rest", ...),
        ("rest", 1),
        ("splits", ...),
        ("splits/0/more", 1),
        ("splits/0/end", ...),
        ("splits/0/start", None),
        ("splits/0/start", "A" * 18),
        ("splits/0/start", "+A"),
        ("splits/0/fingerprints", []),
        ("splits/0/fingerprints/0", "A" * 15),
        ("splits/0/fingerprints/0", "A" * 43),
        ("splits/0/fingerprints/0", 7),
        ("splits/0/fingerprints", ["A" * 16] * 17),
        ("splits/0/dividers", ["CA"] * 16),
        ("splits", [DOCUMENT["splits"][0]] * 65),
        ("leaves/0/items", ["A" * 16] * 33),
        ("leaves", [DOCUMENT["leaves"][0]] * 65),
        ("settled", [DOCUMENT["settled"][0]] * 129),
        ("settled/0/having", DOCUMENT["settled"][0]["having"] * 513),
        ("settled/0/lacking", ["A" * 16] * 33),
        ("settled/0/having/0/jti", "1"),
        ("settled/0/having/0/jti", ...),
        ("settled/0/having/0/pld", "A" * 16),
        ("settled/0/having/0/more", 1),
    ],
)
def test_what_is_no_step_is_refused(path: str, value: object) -> None:
    """Closed at every level, every list bounded: the reader refuses it, and so does the schema."""
    document = changed(path, value)
    with pytest.raises(ValueError, match="validation error"):
        read_step(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, STEP.json_schema())


def test_trailing_bits_are_refused() -> None:
    """An octet string has one text, which no pattern can say."""
    with pytest.raises(ValueError, match="validation error"):
        read_step(changed("splits/0/start", "EB"))


def test_a_million_ranges_are_refused_at_once() -> None:
    """A list of a million is refused at its first fault, or at its first range too many."""
    for split in (None, DOCUMENT["splits"][0]):
        with pytest.raises(ValueError, match=r"^1 validation error"):
            read_step(changed("splits", [split] * 1_000_000))


@pytest.mark.parametrize(
    ("changes", "wants"),
    [
        ({}, True),
        ({"splits": (), "leaves": ()}, True),
        ({"splits": (), "settled": ()}, True),
        ({"leaves": (), "settled": ()}, True),
        ({"splits": (), "leaves": (), "settled": ()}, False),
    ],
)
def test_a_step_wants_an_answer_where_it_asks(changes: dict[str, Any], wants: bool) -> None:  # noqa: FBT001 - a column of the table
    """A division, a list and a message that is lacked are questions; names alone are none."""
    assert read_step(write_step(STEP_SAID) | changes).wants_answer is wants


def test_names_alone_are_no_question() -> None:
    """A step that only names what the other side asked for ends the comparison."""
    document = changed("settled/0/lacking", []) | {"splits": [], "leaves": []}
    assert not read_step(document).wants_answer
