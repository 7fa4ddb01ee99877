"""The tree of RFC 9162 as its text defines it, recursively: the second opinion on ``merkle``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from exchange.proof.merkle import Frontier, Node, split_hashes


@dataclass
class Naive:
    """A list of entries, every hash of which is worked out from the definition."""

    entries: list[bytes]
    known: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def root(self, begin: int, end: int) -> bytes:
        """MTH(D[begin:end]), §2.1.1."""
        if (begin, end) not in self.known:
            self.known[begin, end] = self._root(begin, end)
        return self.known[begin, end]

    def _root(self, begin: int, end: int) -> bytes:
        if begin == end:
            return sha256(b"").digest()
        if end - begin == 1:
            return sha256(b"\x00" + self.entries[begin]).digest()
        middle = begin + split(end - begin)
        both = self.root(begin, middle) + self.root(middle, end)
        return sha256(b"\x01" + both).digest()

    def path(self, number: int, begin: int, end: int) -> list[bytes]:
        """PATH(m, D[begin:end]), §2.1.3.1."""
        if end - begin == 1:
            return []
        middle = begin + split(end - begin)
        if number < middle - begin:
            return [*self.path(number, begin, middle), self.root(middle, end)]
        return [*self.path(number - middle + begin, middle, end), self.root(begin, middle)]

    def consistency(self, old: int, begin: int, end: int, *, is_whole: bool = True) -> list[bytes]:
        """SUBPROOF(m, D[begin:end], b), §2.1.4.1."""
        if old == end - begin:
            return [] if is_whole else [self.root(begin, end)]
        middle = begin + split(end - begin)
        if old <= middle - begin:
            left = self.consistency(old, begin, middle, is_whole=is_whole)
            return [*left, self.root(middle, end)]
        right = self.consistency(old - middle + begin, middle, end, is_whole=False)
        return [*right, self.root(begin, middle)]


def split(size: int) -> int:
    """The largest power of two that is smaller than *size*."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


@dataclass
class Kept:
    """A tree that grew an entry at a time, with what was kept beside each entry."""

    frontier: Frontier = field(default_factory=Frontier)
    beside: list[tuple[bytes, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, entries: list[bytes]) -> "Kept":
        """The tree of *entries*."""
        kept = cls()
        for entry in entries:
            kept.frontier, (joined,) = kept.frontier.grown([entry])
            kept.beside.append(split_hashes(joined))
        return kept

    def read(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        """The hashes of complete subtrees."""
        return {node: self.beside[node.ended_by][node.level] for node in nodes}


def entries_of(size: int) -> list[bytes]:
    """So many entries, no two alike."""
    return [f"entry {number}".encode() for number in range(size)]
