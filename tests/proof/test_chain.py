"""The hash-linked log."""

from dataclasses import replace
from hashlib import sha256

import pytest
import rfc8785

from exchange.errors import EvidenceBroken
from exchange.proof.chain import START, Entry, leaf, ledger_leaf, link, verify_chain
from exchange.proof.encoding import b64u
from tests.keys import US
from tests.proof.builders import JTI, LINE


def chain(size: int) -> list[Entry]:
    """A good log of *size* entries."""
    entries, previous = [], START
    for number in range(size):
        entry = leaf({"n": number})
        previous = link(previous, entry)
        entries.append(Entry(number, entry, previous))
    return entries


def test_a_ledger_leaf_names_a_line_and_nobody() -> None:
    """It is canonical JSON of exactly six members."""
    octets = ledger_leaf(
        direction="sent", kind="message", iss=US.urn, jti=JTI, pld=LINE.pld, sig=LINE.sig
    )
    assert octets == rfc8785.dumps(
        {
            "dir": "sent",
            "iss": US.urn,
            "jti": JTI,
            "kind": "message",
            "pld": b64u(LINE.pld),
            "sig": b64u(LINE.sig),
        }
    )


def test_a_leaf_of_the_journal_is_the_canonical_json_of_what_it_says() -> None:
    """Whatever order the members came in, anyone else writes the same octets."""
    said: dict[str, str | int | None] = {"what": "año", "n": 7, "by": None}
    assert leaf(said) == rfc8785.dumps(said)
    assert leaf(dict(reversed(said.items()))) == leaf(said)


def test_a_link_is_sha256_of_the_link_before_and_the_leaf() -> None:
    """Anyone can compute it; the first follows 32 zero octets."""
    first = sha256(bytes(32) + b"leaf").digest()
    assert link(START, b"leaf") == first
    assert link(first, b"next") == sha256(first + b"next").digest()


def test_a_good_log_holds_as_a_whole_and_from_any_point() -> None:
    """The last link is returned; a log that grew is verified from where one stopped."""
    entries = chain(5)
    assert verify_chain(entries) == entries[-1].link
    assert verify_chain(entries[3:], number=3, previous=entries[2].link) == entries[-1].link
    assert verify_chain([]) == START


@pytest.mark.parametrize(
    ("entries", "first"),
    [
        ([*chain(2), replace(chain(3)[2], leaf=b"{}"), *chain(5)[3:]], 2),
        ([*chain(2), replace(chain(3)[2], link=START), *chain(5)[3:]], 2),
        ([*chain(2), *chain(5)[3:]], 2),
        ([*chain(5)[1:]], 0),
        ([chain(5)[1], chain(5)[0]], 0),
        ([*chain(2), chain(2)[1]], 2),
    ],
    ids=["leaf altered", "link altered", "one dropped", "first dropped", "swapped", "repeated"],
)
def test_the_first_entry_that_does_not_hold_is_named(entries: list[Entry], first: int) -> None:
    """Whatever was altered, dropped, swapped or repeated shows at its place."""
    with pytest.raises(EvidenceBroken, match=rf"^entry {first} does not hold$"):
        verify_chain(iter(entries))
