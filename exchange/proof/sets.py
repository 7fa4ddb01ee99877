"""
The messages of one day and direction as a set that two sides can compare piece by piece.

Each message is named by the digest of its envelope, and the names are kept in order. The
fingerprint of any range of them is SHA-256 over two numbers, the sum of the names modulo 2^256
in 32 octets and their count in 8, both big-endian. The order of arrival does not matter to a
sum, and with the sums of all beginnings at hand every range costs two look-ups.

Sums can be ground to collide by whoever makes the messages. Nothing rests on them: both sides
signed every message, and a comparison only finds where to look.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

from exchange.proof.encoding import DIGEST_BYTES, digest
from exchange.proof.envelope import MessageId

PREFIX_BYTES = 12
"""
As much of a name or fingerprint as is sent where many are: nobody meets two by chance, and
what was found is held against the whole fingerprint in the end.
"""

_MODULUS = 1 << 8 * DIGEST_BYTES
_SIZE_BYTES = 8


class Item(NamedTuple):
    """One message: the digest that names its envelope, and its own number."""

    pld: bytes
    jti: MessageId

    @property
    def prefix(self) -> bytes:
        """As much of the name as is sent where many are."""
        return self.pld[:PREFIX_BYTES]


class Area(NamedTuple):
    """Every name from *start* on and below *end*; None is no end."""

    start: bytes
    end: bytes | None

    def holds(self, name: bytes) -> bool:
        """Say whether a name, or the beginning of one, lies in the area."""
        return self.start <= name and (self.end is None or name < self.end)

    def divide(self, dividers: Iterable[bytes]) -> tuple["Area", ...]:
        """Return the parts between the dividers, in order."""
        edges = (self.start, *dividers, self.end)
        return tuple(Area(start or b"", end) for start, end in pairwise(edges))


WHOLE = Area(b"", None)


class Tally(NamedTuple):
    """The sum of some names, and how many they are."""

    total: int
    size: int

    @property
    def fingerprint(self) -> bytes:
        """The 32 octets that stand for exactly these names."""
        total = (self.total % _MODULUS).to_bytes(DIGEST_BYTES, "big")
        return digest(total + self.size.to_bytes(_SIZE_BYTES, "big"))


class MessageSet:
    """The messages of one day and direction. Who changes the record makes a new set."""

    def __init__(self, items: Iterable[Item]) -> None:
        """
        Put the messages in order.

        Raises:
            ValueError: One name stands for two numbers, which no digest does.
        """
        distinct = set(items)
        by_name = {item.pld: item for item in distinct}
        self._names = sorted(by_name)
        self._items = [by_name[name] for name in self._names]
        if len(by_name) < len(distinct):
            message = "one digest names two messages"
            raise ValueError(message)
        values = (int.from_bytes(name, "big") for name in self._names)
        self._sums = list(accumulate(values, initial=0))

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    @property
    def fingerprint(self) -> bytes:
        """The 32 octets that stand for the whole set, as a statement says them."""
        return self.tally(WHOLE).fingerprint

    def tally(self, area: Area) -> Tally:
        """Return the sum and count of the names in the area."""
        first, last = self._span(area)
        return Tally(self._sums[last] - self._sums[first], last - first)

    def list_items(self, area: Area) -> tuple[Item, ...]:
        """Return the messages in the area, in order."""
        first, last = self._span(area)
        return tuple(self._items[first:last])

    def has(self, name: bytes) -> bool:
        """Say whether a message of this name is in the set."""
        return bool(self.list_items(Area(name, name + b"\x00")))

    def dividers(self, area: Area, parts: int) -> tuple[bytes, ...]:
        """
        Return what divides the area into *parts* that hold equally many of our messages.

        A divider is the shortest octets that separate the messages beside it, so the bounds of
        a range cost little to send.
        """
        first, last = self._span(area)
        places = {first + (last - first) * part // parts for part in range(parts)} - {first}
        found = (_between(self._names[place - 1], self._names[place]) for place in places)
        return tuple(sorted({divider for divider in found if area.start < divider}))

    def _span(self, area: Area) -> tuple[int, int]:
        first = bisect_left(self._names, area.start)
        last = len(self._names) if area.end is None else bisect_left(self._names, area.end)
        return first, last


def _between(lower: bytes, upper: bytes) -> bytes:
    same = 0
    while same < PREFIX_BYTES - 1 and lower[same] == upper[same]:
        same += 1
    return upper[: same + 1]
