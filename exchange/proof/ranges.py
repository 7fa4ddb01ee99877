"""
What one step of a comparison says, as it is written and read.

A step says of some ranges how they divide, of small ones what they hold, and of those that the
other side listed which messages only one of both has. Every list is bounded and closed.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, ConfigDict, FailFast, Field, PlainSerializer, TypeAdapter
from pydantic import WithJsonSchema as Schema

from exchange.proof.encoding import Digest, b64u, unb64u
from exchange.proof.envelope import Jti
from exchange.proof.sets import PREFIX_BYTES, Area, Item

BRANCHES: Final = 16
"""Into how many parts a range that differs is divided."""
LEAF_ITEMS_MAX: Final = 32
"""Of how many messages a range is listed rather than divided."""
OPEN_MAX: Final = 64
"""How many ranges that differ one step goes into; the others wait for the next comparison."""
NAMES_MAX: Final = 512
"""How many messages one step names in full."""


def _octets(value: object) -> bytes:
    octets = unb64u(value) if isinstance(value, str) else value
    if not isinstance(octets, bytes) or len(octets) > PREFIX_BYTES:
        raise ValueError
    return octets


def _prefix(value: object) -> bytes:
    octets = _octets(value)
    if len(octets) != PREFIX_BYTES:
        raise ValueError
    return octets


_TEXT = PlainSerializer(b64u, return_type=str)
Bound = Annotated[
    bytes,
    BeforeValidator(_octets),
    _TEXT,
    Schema({"type": "string", "maxLength": 16, "pattern": "^[A-Za-z0-9_-]*$"}),
]
"""Up to 12 octets before which, or from which on, a range lies; base64url on the wire."""
Prefix = Annotated[
    bytes,
    BeforeValidator(_prefix),
    _TEXT,
    Schema({"type": "string", "pattern": "^[A-Za-z0-9_-]{16}$"}),
]
"""The first 12 octets of a digest; base64url on the wire."""

_CLOSED = ConfigDict(extra="forbid")
_FIRST = FailFast()
"""One fault is enough: a long list of them is not looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """A range of names."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    start: Annotated[Bound, Field(description="Where the range begins; empty at the first name")]
    end: Annotated[Bound | None, Field(description="Where it ends, itself not in it, or null")]

    @property
    def area(self) -> Area:
        """The names that are spoken of."""
        return Area(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Bounded):
    """How a range divides: the fingerprint of every part of it."""

    dividers: Annotated[tuple[Bound, ...], _FIRST, Field(max_length=BRANCHES - 1)]
    fingerprints: Annotated[tuple[Prefix, ...], _FIRST, Field(min_length=1, max_length=BRANCHES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf(Bounded):
    """What a small range holds: the beginning of every name in it."""

    items: Annotated[tuple[Prefix, ...], _FIRST, Field(max_length=LEAF_ITEMS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One message in full."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    pld: Annotated[Digest, Field(description="SHA-256 of its envelope octets, base64url")]
    jti: Annotated[Jti, Field(description="Its number")]

    @property
    def item(self) -> Item:
        """The message that is named."""
        return Item(self.pld, self.jti)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Bounded):
    """What only one side has of a range: ours in full, and of theirs what they listed."""

    having: Annotated[tuple[Name, ...], _FIRST, Field(max_length=NAMES_MAX)]
    lacking: Annotated[tuple[Prefix, ...], _FIRST, Field(max_length=LEAF_ITEMS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a comparison."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    splits: Annotated[tuple[Split, ...], _FIRST, Field(max_length=OPEN_MAX)]
    leaves: Annotated[tuple[Leaf, ...], _FIRST, Field(max_length=OPEN_MAX)]
    settled: Annotated[tuple[Settled, ...], _FIRST, Field(max_length=2 * OPEN_MAX)]
    rest: Annotated[
        bool, Field(strict=True, description="More differs than this step could go into")
    ]

    @property
    def wants_answer(self) -> bool:
        """Whether the other side has something to say to it."""
        return bool(self.splits or self.leaves or any(one.lacking for one in self.settled))


STEP = TypeAdapter(Step)


def read_step(document: object) -> Step:
    """
    Return the step that an already parsed JSON document says.

    Raises:
        ValueError: It is not the closed step, or a list is longer than any may be.
    """
    return STEP.validate_python(document)


def write_step(step: Step) -> dict[str, Any]:
    """Return the members of a step as they stand in a message."""
    members: dict[str, Any] = STEP.dump_python(step, mode="json")
    return members
