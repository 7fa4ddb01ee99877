"""
What a day amounts to: of how many handoffs of each port each thing was said.

The counts follow from the messages of the day alone, and from which port each handoff was of
by its end; so two sides that hold the same messages count the same (docs/protocol.md 10.10).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from exchange.domain.bulletins import end_of
from exchange.domain.messages.statement import PortCounts

Body: TypeAlias = Mapping[str, Any]

COUNTERS = tuple(name for name in PortCounts.model_fields if name != "port")
"""Everything that may be counted, and nothing else (design §5)."""


class Counted(NamedTuple):
    """A message of the day as it is counted: its handoff's number here, its type and its body."""

    handoff: int
    name: str
    body: Body


_COUNTED_AS: Mapping[str, Callable[[Body], str | None]] = MappingProxyType(
    {
        "return-notice": lambda body: "noticed" if body["revision"] == 1 else None,
        "return-cancellation": lambda _: "cancelled",
        "acknowledgment": lambda body: body["answer"],
        "departure": lambda _: "departed",
        "reception": lambda body: "received" if body["outcome"] == "received" else None,
        "visa-issuance": lambda _: "documented",
        "presentation": lambda body: "presented" if body["outcome"] == "presented" else None,
        "case-closure": lambda _: "closed",
    }
)

COUNTED_TYPES = frozenset(_COUNTED_AS)
"""The types of message in which something is counted."""


def count(messages: Iterable[Counted], ports: Mapping[int, str | None]) -> tuple[PortCounts, ...]:
    """
    Return of how many handoffs each thing was said, by port in the order of their codes.

    *ports* are those of the handoffs; one that is not in it is of no port.
    """
    found: dict[str | None, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for message in messages:
        counter = _COUNTED_AS[message.name](message.body)
        if counter is not None:
            found[ports.get(message.handoff)][counter].add(message.handoff)
    return tuple(_of_port(port, found[port]) for port in sorted(found, key=lambda port: port or ""))


def _of_port(port: str | None, found: Mapping[str, set[int]]) -> PortCounts:
    sizes = {name: len(found.get(name, ())) for name in COUNTERS}
    return PortCounts.model_validate({"port": port, **sizes})


class Difference(NamedTuple):
    """One counter of a port in which two accounts of a day differ."""

    port: str | None
    counter: str
    ours: int
    theirs: int


def compare_counts(
    ours: Iterable[PortCounts], theirs: Iterable[PortCounts]
) -> tuple[Difference, ...]:
    """Return every counter in which two accounts differ; a port that is left out has 0 in each."""
    mine, other = ({one.port: one for one in counts} for counts in (ours, theirs))
    nothing = PortCounts.model_validate({"port": None, **dict.fromkeys(COUNTERS, 0)})
    return tuple(
        Difference(port, name, here, there)
        for port in sorted(mine.keys() | other.keys(), key=lambda port: port or "")
        for name in COUNTERS
        if (here := getattr(mine.get(port, nothing), name))
        != (there := getattr(other.get(port, nothing), name))
    )


def last_closed(now: datetime, *, closes_after: timedelta) -> date:
    """Return the last day that has been over for so long."""
    day = (now - closes_after).date() - timedelta(days=1)
    assert end_of(day) + closes_after <= now  # noqa: S101  # what closing means
    return day


def days_between(first: date, last: date, *, most: int) -> list[date]:
    """Return the days from *first* to *last*, of too many the last ones."""
    since = max(first, last - timedelta(days=most - 1))
    return [since + timedelta(days=number) for number in range((last - since).days + 1)]
