"""The tree over a log: RFC 9162, against published vectors and a second implementation."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    Node,
    Span,
    frontier_at,
    hash_leaf,
    hash_node,
    is_consistent,
    is_included,
    prove_consistency,
    prove_inclusion,
)
from tests.proof.trees import Kept, Naive, entries_of

MOST = 256
ENTRIES = entries_of(MOST)
NAIVE = Naive(ENTRIES)
KEPT = Kept.of(ENTRIES)

PUBLISHED = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The entries of the test tree of Certificate Transparency, published with its roots and proofs."""
PUBLISHED_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PUBLISHED_PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
PUBLISHED_CONSISTENCIES = {
    (1, 1): [],
    (1, 8): PUBLISHED_PATHS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def _hex(proof: tuple[bytes, ...]) -> list[str]:
    return [one.hex() for one in proof]


def test_the_roots_and_proofs_are_those_that_were_published() -> None:
    """The test tree of Certificate Transparency comes out as its authors have it."""
    kept = Kept.of(PUBLISHED)
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, root in enumerate(PUBLISHED_ROOTS, 1):
        assert frontier_at(size, kept.read).root.hex() == root
    for (number, size), path in PUBLISHED_PATHS.items():
        assert _hex(prove_inclusion(number, size, kept.read)) == path
    for (old, new), proof in PUBLISHED_CONSISTENCIES.items():
        assert _hex(prove_consistency(old, new, kept.read)) == proof


def test_every_root_is_that_of_the_definition() -> None:
    """For all sizes to 256: grown an entry at a time, all at once, or read from what is kept."""
    assert Frontier().grown(ENTRIES) == (
        KEPT.frontier,
        [b"".join(beside) for beside in KEPT.beside],
    )
    for size in range(MOST + 1):
        frontier = frontier_at(size, KEPT.read)
        assert frontier.root == NAIVE.root(0, size)
        assert Frontier.of(size, frontier.joined) == frontier
        assert frontier.grown(ENTRIES[size:])[0] == KEPT.frontier


def test_what_is_kept_beside_an_entry_is_every_subtree_that_it_completes() -> None:
    """The leaf first; two hashes on the average, and never one twice."""
    for number, beside in enumerate(KEPT.beside):
        ends = [NAIVE.root(number + 1 - (1 << level), number + 1) for level in range(len(beside))]
        assert list(beside) == ends
        assert (number + 1) % (1 << len(beside)) != 0
    assert sum(map(len, KEPT.beside)) == 2 * MOST - 1


def test_every_proof_of_inclusion_is_that_of_the_definition_and_holds() -> None:
    """For each entry of each tree to 256."""
    for size in range(1, MOST + 1):
        root = NAIVE.root(0, size)
        for number in range(size):
            proof = prove_inclusion(number, size, KEPT.read)
            assert list(proof) == NAIVE.path(number, 0, size)
            assert is_included(ENTRIES[number], number=number, size=size, proof=proof, root=root)


def test_every_proof_of_consistency_is_that_of_the_definition_and_holds() -> None:
    """For each two trees to 256."""
    for new in range(1, MOST + 1):
        roots: dict[str, Any] = {"new_root": NAIVE.root(0, new)}
        for old in range(1, new + 1):
            proof = prove_consistency(old, new, KEPT.read)
            assert list(proof) == NAIVE.consistency(old, 0, new)
            assert is_consistent(
                old=old, new=new, proof=proof, old_root=NAIVE.root(0, old), **roots
            )


def test_every_tree_begins_with_the_empty_one() -> None:
    """No proof is needed, none may be given, and the empty tree has one root alone."""
    root = NAIVE.root(0, 5)
    assert prove_consistency(0, 5, KEPT.read) == ()
    assert is_consistent(old=0, new=5, proof=[], old_root=EMPTY_ROOT, new_root=root)
    assert not is_consistent(old=0, new=5, proof=[root], old_root=EMPTY_ROOT, new_root=root)
    assert not is_consistent(old=0, new=5, proof=[], old_root=root, new_root=root)
    assert is_consistent(old=0, new=0, proof=[], old_root=EMPTY_ROOT, new_root=EMPTY_ROOT)


def test_a_tree_is_consistent_with_itself_alone_at_one_size() -> None:
    """Two roots of one size are a fork, whatever is said to prove it."""
    root, other = NAIVE.root(0, 5), NAIVE.root(1, 6)
    assert is_consistent(old=5, new=5, proof=[], old_root=root, new_root=root)
    assert not is_consistent(old=5, new=5, proof=[], old_root=root, new_root=other)
    assert not is_consistent(old=5, new=5, proof=[root], old_root=root, new_root=root)


@pytest.mark.parametrize("number", [-1, 5, 6])
def test_an_entry_that_a_tree_does_not_have_is_not_proven(number: int) -> None:
    """Nobody can ask for it, and nothing shows it."""
    with pytest.raises(ValueError, match=r"^$"):
        prove_inclusion(number, 5, KEPT.read)
    proof = prove_inclusion(4, 5, KEPT.read)
    assert not is_included(ENTRIES[4], number=number, size=5, proof=proof, root=NAIVE.root(0, 5))


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_a_smaller_tree_does_not_begin_with_a_larger(old: int, new: int) -> None:
    """A rollback cannot be proven."""
    with pytest.raises(ValueError, match=r"^$"):
        prove_consistency(old, new, KEPT.read)
    roots: dict[str, Any] = {"old_root": NAIVE.root(0, 6), "new_root": NAIVE.root(0, 5)}
    assert not is_consistent(old=old, new=new, proof=[], **roots)


def test_a_proof_that_is_missing_proves_nothing() -> None:
    """Not even where the older tree is no power of two and nothing stands for it."""
    roots: dict[str, Any] = {"old_root": NAIVE.root(0, 3), "new_root": NAIVE.root(0, 5)}
    assert not is_consistent(old=3, new=5, proof=[], **roots)


@given(st.data())
def test_an_altered_proof_of_inclusion_fails(data: st.DataObject) -> None:
    """A bit flipped, a hash dropped, added or swapped; another entry, number, size or root."""
    size = data.draw(st.integers(2, MOST))
    number = data.draw(st.integers(0, size - 1))
    proof = prove_inclusion(number, size, KEPT.read)
    good: dict[str, Any] = {
        "number": number,
        "size": size,
        "proof": proof,
        "root": NAIVE.root(0, size),
    }
    other = data.draw(st.integers(0, MOST - 1).filter(lambda one: one != number))
    altered = data.draw(_altered(proof))
    assert is_included(ENTRIES[number], **good)
    assert not is_included(ENTRIES[number], **(good | {"proof": altered}))
    assert not is_included(ENTRIES[other], **good)
    assert not is_included(ENTRIES[number], **(good | {"number": other}))
    assert not is_included(ENTRIES[number], **(good | {"root": hash_leaf(good["root"])}))
    assert not is_included(hash_node(b"", b""), **good)


@given(st.data())
def test_an_altered_proof_of_consistency_fails(data: st.DataObject) -> None:
    """A bit flipped, a hash dropped, added or swapped; or a root that is another."""
    new = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, new - 1))
    proof = prove_consistency(old, new, KEPT.read)
    old_root, new_root = NAIVE.root(0, old), NAIVE.root(0, new)
    good: dict[str, Any] = {"old": old, "new": new, "old_root": old_root, "new_root": new_root}
    altered = data.draw(_altered(proof))
    assert is_consistent(**good, proof=proof)
    assert not is_consistent(**good, proof=altered)
    for name in ("old_root", "new_root"):
        assert not is_consistent(**(good | {name: hash_leaf(good[name])}), proof=proof)
    assert not is_consistent(**(good | {"old_root": new_root, "new_root": old_root}), proof=proof)


@st.composite
def _altered(draw: st.DrawFn, proof: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Another proof than *proof*."""
    place = draw(st.integers(0, len(proof) - 1))
    before, one, after = proof[:place], proof[place], proof[place + 1 :]
    bit = draw(st.integers(0, 255))
    flipped = (int.from_bytes(one) ^ (1 << bit)).to_bytes(32)
    others = [
        (*before, flipped, *after),
        (*before, *after),
        (*before, flipped, one, *after),
        (*proof, flipped),
        *((*before, after[0], one, *after[1:]) for _ in after[:1]),
    ]
    return draw(st.sampled_from(others))


def test_a_proof_is_as_long_as_the_tree_is_high() -> None:
    """Of ten million entries no proof has more than 24 hashes to itself."""
    read: list[int] = []

    def count(nodes: object) -> dict[Node, bytes]:
        asked = list(nodes)  # type: ignore[call-overload]  # what is asked for is what is counted
        read.append(len(asked))
        return dict.fromkeys(asked, EMPTY_ROOT)

    size = 10_000_000
    for number in (0, 1, size // 2, size - 1):
        assert len(prove_inclusion(number, size, count)) <= 24
        assert len(prove_consistency(number + 1, size, count)) <= 25
    assert max(read) <= 48


def test_a_span_is_made_of_its_complete_subtrees() -> None:
    """The largest first; each kept beside the entry that completes it."""
    nodes = Span(8, 15).nodes()
    assert nodes == [Node(2, 2), Node(1, 6), Node(0, 14)]
    assert [node.ended_by for node in nodes] == [11, 13, 14]
    assert all(one.ended_by < other.ended_by for one, other in pairwise(nodes))


@pytest.mark.parametrize(("size", "length"), [(0, 32), (3, 32), (3, 96), (3, 63)])
def test_peaks_of_another_size_are_no_frontier(size: int, length: int) -> None:
    """A tree has as many peaks as its size has ones in binary."""
    with pytest.raises(ValueError, match=r"^$"):
        Frontier.of(size, bytes(length))
