"""The step in a comparison's body is the one that ``proof`` reads and writes, bound for bound."""

from typing import Any, get_args

from exchange.domain.messages.comparison import BoundText, Comparison, Result, Step
from exchange.proof import ranges
from exchange.proof.bounds import STEPS_MAX, End
from exchange.proof.encoding import b64u
from tests.builders import a_comparison

SHAPE = {"items", "maxItems", "minItems", "properties", "required", "anyOf", "additionalProperties"}


def shape(schema: Any, root: dict[str, Any]) -> Any:
    """Return what a schema bounds: lists and members, without words and patterns."""
    if "$ref" in schema:
        return shape(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    found: dict[str, Any] = {"type": schema.get("type")}
    for name in SHAPE & schema.keys():
        value = schema[name]
        match name:
            case "properties":
                found[name] = {member: shape(one, root) for member, one in value.items()}
            case "items":
                found[name] = shape(value, root)
            case "anyOf":
                found[name] = [shape(one, root) for one in value]
            case "required":
                found[name] = sorted(value)
            case _:
                found[name] = value
    return found


def test_the_two_descriptions_of_a_step_bound_the_same() -> None:
    """Member for member, list for list: neither takes what the other would refuse."""
    ours, theirs = Step.model_json_schema(), ranges.STEP.json_schema()
    assert shape(ours, ours) == shape(theirs, theirs)


def test_every_step_that_is_written_is_said_and_read_again() -> None:
    """The bounds of a range may have any length up to twelve octets."""
    for length in range(13):
        edge = bytes(range(200, 200 + length))
        step = ranges.Step(
            splits=(),
            leaves=(ranges.Leaf(start=b"", end=edge, items=()),),
            settled=(),
            rest=False,
        )
        body = a_comparison(step=ranges.write_step(step))
        assert body.step is not None
        assert body.step.leaves[0].end == b64u(edge)
        assert ranges.read_step(body.step.model_dump(mode="json")) == step


def test_every_text_of_a_bound_is_canonical() -> None:
    """What the pattern takes ``proof`` reads: no loose bit, no thirteenth octet."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415  # for this test alone

    adapter = TypeAdapter(BoundText)
    for text in ("A", "AB", "ABB", "A" * 17, "AAAAB", "====", "A" * 15 + "="):
        try:
            adapter.validate_python(text)
        except ValidationError:
            continue
        raise AssertionError(text)


def test_every_end_can_be_said() -> None:
    """The code list of a result is that of ``proof``, and a number counts every step."""
    said = get_args(get_args(Result.model_fields["end"].annotation)[0])
    assert said == tuple(one.value for one in End)
    schema = Comparison.model_json_schema()["properties"]["number"]
    assert schema["maximum"] == STEPS_MAX + 1
