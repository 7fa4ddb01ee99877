"""
A case: its name, the clause it tests, what is sent, and what must come back.

Cases are rows of data. Each names its lines and says how each is made; its steps send lines by
name, and say what must come back. A line is made once in a run of its case, when it is first
sent, so a step may send it again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from exchange.conformance.kit import Kit, Sent
from exchange.conformance.wants import Want
from exchange.conformance.ways import Way, post
from exchange.domain.parties import Side
from exchange.errors import Sentence


class Group(StrEnum):
    """Which chapter of the report a case stands in."""

    GOOD = "good"
    TYPES = "types"
    MEANING = "meaning"
    REPEATED = "repeated"
    UNSIGNED = "unsigned"
    SIGNATURES = "signatures"
    ENVELOPE = "envelope"
    BODY = "body"
    REQUEST = "request"
    OUTAGE = "outage"
    KEYS = "keys"
    MEMORY = "memory"
    LISTENING = "listening"


class Need(StrEnum):
    """What a case needs that not every run has."""

    TWO_SIGNATURES = "two-signatures"
    TLS = "tls"
    LISTENING = "listening"


@dataclass
class Scene:
    """One playing of a case: the lines it has made so far."""

    kit: Kit
    makers: "Mapping[str, Maker]"
    made: dict[str, Sent] = field(default_factory=dict)

    def line(self, name: str) -> Sent:
        """Return the line *name*, which is made the first time it is asked for."""
        if name not in self.made:
            self.made[name] = self.makers[name](self)
        return self.made[name]


Maker: TypeAlias = Callable[[Scene], Sent]
Frame: TypeAlias = Callable[[Sequence[bytes]], bytes]


def joined(lines: Sequence[bytes]) -> bytes:
    """Return a request as clause 2.1 has it."""
    return b"\n".join(lines)


@dataclass(frozen=True, slots=True)
class Step:
    """One request: which lines, in which frame, by which way, and what must come back."""

    sends: tuple[str, ...]
    wants: Want
    way: Way = post
    frame: Frame = joined


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table."""

    name: str
    group: Group
    clause: str
    sent: Sentence
    lines: Mapping[str, Maker]
    steps: tuple[Step, ...]
    sides: frozenset[Side] = frozenset(Side)
    needs: frozenset[Need] = frozenset()

    @property
    def wants(self) -> tuple[Want, ...]:
        """What must come back, step by step."""
        return tuple(step.wants for step in self.steps)


def step(sends: str, wants: Want, *, way: Way = post, frame: Frame = joined) -> Step:
    """Return a step that sends the lines named in *sends*, with spaces between the names."""
    return Step(tuple(sends.split()), wants, way, frame)


def row(
    group: Group,
    name: str,
    clause: str,
    sent: tuple[str, str],
    lines: Mapping[str, Maker],
    *steps: Step,
    sides: Iterable[Side] = tuple(Side),
    needs: Iterable[Need] = (),
) -> Case:
    """Return one row; *sent* is said in English and Spanish."""
    return Case(
        name=name,
        group=group,
        clause=clause,
        sent=Sentence(*sent),
        lines=lines,
        steps=steps,
        sides=frozenset(sides),
        needs=frozenset(needs),
    )
