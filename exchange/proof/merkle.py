"""
The tree over a log: one hash that stands for every entry, and short proofs of what is in it.

It is the Merkle tree of RFC 9162 §2.1 with SHA-256. A subtree that is complete never changes, so
each is hashed once, when the entry that completes it is appended, and kept beside that entry.
What is appended next needs only the peaks, the largest complete subtrees from the left; a proof
needs about as many kept nodes as the size of the tree has binary digits.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from exchange.proof.encoding import DIGEST_BYTES

EMPTY_ROOT = sha256().digest()
"""The root of a tree without an entry (RFC 9162 §2.1.1)."""


@dataclass(frozen=True, slots=True)
class Node:
    """A complete subtree: the one of 2^level entries that has *index* such before it."""

    level: int
    index: int

    @property
    def ended_by(self) -> int:
        """The number of the entry that completes it, and that it is kept beside."""
        return ((self.index + 1) << self.level) - 1


@dataclass(frozen=True, slots=True)
class Span:
    """The entries from *begin* up to *end*, as the tree of some size has them in one subtree."""

    begin: int
    end: int

    def nodes(self) -> list[Node]:
        """The complete subtrees that it is made of, the largest first."""
        found, begin = [], self.begin
        while begin < self.end:
            level = (self.end - begin).bit_length() - 1
            found.append(Node(level, begin >> level))
            begin += 1 << level
        return found


Read = Callable[[Collection[Node]], Mapping[Node, bytes]]
"""Gives the hashes of complete subtrees, as they are kept."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """
    Where a tree stands: how many entries it has, and its peaks, the largest first.

    It is all that is needed to append, and to state the root.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, size: int, joined: bytes) -> "Frontier":
        """
        The frontier of a tree of *size* whose peaks stand one after another in *joined*.

        Raises:
            ValueError: So many entries have another number of peaks.
        """
        if len(joined) != DIGEST_BYTES * size.bit_count():
            raise ValueError
        return cls(size, split_hashes(joined))

    @property
    def joined(self) -> bytes:
        """The peaks one after another."""
        return b"".join(self.peaks)

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return _fold(self.peaks) if self.peaks else EMPTY_ROOT

    def grown(self, leaves: Iterable[bytes]) -> "tuple[Frontier, list[bytes]]":
        """
        The frontier after *leaves*, and what is to be kept beside each.

        That is the hashes of all subtrees the entry completes, one after another, from the leaf
        itself upward: two on the average.
        """
        size, peaks, kept = self.size, list(self.peaks), []
        for leaf in leaves:
            node = hash_leaf(leaf)
            completed = [node]
            for _ in range(_trailing_ones(size)):
                node = hash_node(peaks.pop(), node)
                completed.append(node)
            peaks.append(node)
            kept.append(b"".join(completed))
            size += 1
        return Frontier(size, tuple(peaks)), kept


def hash_leaf(leaf: bytes) -> bytes:
    """The hash of an entry whose octets are *leaf*; no node has the same."""
    return sha256(b"\x00" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of the subtree that has *left* and *right* below it."""
    return sha256(b"\x01" + left + right).digest()


def split_hashes(joined: bytes) -> tuple[bytes, ...]:
    """The hashes that stand one after another in *joined*."""
    return tuple(joined[at : at + DIGEST_BYTES] for at in range(0, len(joined), DIGEST_BYTES))


def frontier_at(size: int, read: Read) -> Frontier:
    """The frontier that the tree had when it was of *size*."""
    nodes = Span(0, size).nodes()
    kept = read(nodes)
    return Frontier(size, tuple(kept[node] for node in nodes))


def prove_inclusion(number: int, size: int, read: Read) -> tuple[bytes, ...]:
    """
    The proof that entry *number* is in the tree of *size* (RFC 9162 §2.1.3.1).

    Raises:
        ValueError: That tree has no such entry.
    """
    if not 0 <= number < size:
        raise ValueError
    begin, end, beside = 0, size, []
    while end - begin > 1:
        middle = _middle(begin, end)
        if number < middle:
            beside.append(Span(middle, end))
            end = middle
        else:
            beside.append(Span(begin, middle))
            begin = middle
    return _roots(beside[::-1], read)


def prove_consistency(old: int, new: int, read: Read) -> tuple[bytes, ...]:
    """
    The proof that the tree of *old* entries is the beginning of that of *new* (§2.1.4.1).

    Every tree begins with the empty one: nothing is needed to prove it.

    Raises:
        ValueError: The first is larger than the second.
    """
    if not 0 <= old <= new:
        raise ValueError
    if old == 0:
        return ()
    begin, end, beside = 0, new, []
    while old != end:
        middle = _middle(begin, end)
        if old <= middle:
            beside.append(Span(middle, end))
            end = middle
        else:
            beside.append(Span(begin, middle))
            begin = middle
    own = [Span(begin, end)] if begin else []  # the whole old tree is known to who asks
    return _roots([*own, *beside[::-1]], read)


def is_included(
    leaf: bytes, *, number: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether *proof* shows that the entry with *leaf* has *number* under *root* (§2.1.3.2)."""
    if not 0 <= number < size:
        return False
    at, last, node = number, size - 1, hash_leaf(leaf)
    for hashed in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = hash_node(hashed, node)
            shift = _trailing_zeros(at)
            at, last = at >> shift, last >> shift
        else:
            node = hash_node(node, hashed)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def is_consistent(
    *, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether *proof* shows that the tree of *new* entries begins with that of *old* (§2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        return False
    shift = _trailing_ones(old - 1)
    at, last = (old - 1) >> shift, (new - 1) >> shift
    old_node = new_node = path[0]
    for hashed in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_node, new_node = hash_node(hashed, old_node), hash_node(hashed, new_node)
            shift = _trailing_zeros(at)
            at, last = at >> shift, last >> shift
        else:
            new_node = hash_node(new_node, hashed)
        at, last = at >> 1, last >> 1
    return last == 0 and (old_node, new_node) == (old_root, new_root)


def _roots(spans: Sequence[Span], read: Read) -> tuple[bytes, ...]:
    """The root of each of *spans*, all their nodes read at once."""
    nodes = [span.nodes() for span in spans]
    kept = read([node for one in nodes for node in one])
    return tuple(_fold([kept[node] for node in one]) for one in nodes)


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root of the subtree whose complete subtrees are *peaks*, the largest first."""
    *rest, root = peaks
    for peak in reversed(rest):
        root = hash_node(peak, root)
    return root


def _middle(begin: int, end: int) -> int:
    """Where the tree divides those entries: after the largest power of two short of all."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def _trailing_ones(number: int) -> int:
    return _trailing_zeros(~number)


def _trailing_zeros(number: int) -> int:
    """How many binary zeros *number* ends with; none where it is zero itself."""
    return (number & -number).bit_length() - 1 if number else 0
