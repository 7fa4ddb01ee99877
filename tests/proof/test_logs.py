"""An append-only log: its leaves, and whether it is still what was appended."""

from dataclasses import replace

import pytest
import rfc8785

from exchange.errors import EvidenceBroken, Sentence
from exchange.proof.encoding import b64u
from exchange.proof.logs import Entry, leaf, ledger_leaf, regrow
from exchange.proof.merkle import Frontier
from tests.keys import US
from tests.proof.builders import JTI, LINE

LEDGER = Sentence("ledger", "libro")


def log_of(size: int) -> list[Entry]:
    """A good log of *size* entries."""
    leaves = [leaf({"n": number}) for number in range(size)]
    _, kept = Frontier().grown(leaves)
    return [Entry(*one) for one in zip(range(size), leaves, kept, strict=True)]


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


def test_a_good_log_grows_again_as_a_whole_and_from_any_point() -> None:
    """Where it stands is returned; a log that grew is verified from where one stopped."""
    entries = log_of(5)
    whole = regrow(entries, log=LEDGER)
    assert whole == Frontier().grown([entry.leaf for entry in entries])[0]
    assert regrow(entries[3:], log=LEDGER, after=regrow(entries[:3], log=LEDGER)) == whole
    assert regrow([], log=LEDGER) == Frontier()


@pytest.mark.parametrize(
    ("entries", "first"),
    [
        ([*log_of(2), replace(log_of(3)[2], leaf=b"{}"), *log_of(5)[3:]], 2),
        ([*log_of(2), replace(log_of(3)[2], nodes=bytes(32)), *log_of(5)[3:]], 2),
        ([*log_of(3), replace(log_of(4)[3], nodes=log_of(4)[3].nodes[:-1]), log_of(5)[4]], 3),
        ([*log_of(2), *log_of(5)[3:]], 2),
        ([*log_of(5)[1:]], 0),
        ([log_of(5)[1], log_of(5)[0]], 0),
        ([*log_of(2), log_of(2)[1]], 2),
    ],
    ids=[
        "leaf altered",
        "hash altered",
        "hashes cut",
        "one dropped",
        "first dropped",
        "swapped",
        "repeated",
    ],
)
def test_the_first_entry_that_does_not_hold_is_named(entries: list[Entry], first: int) -> None:
    """Whatever was altered, dropped, swapped or repeated shows at its place."""
    said = f"^ledger entry {first} is missing, or is not what was appended$"
    with pytest.raises(EvidenceBroken, match=said) as broken:
        regrow(iter(entries), log=LEDGER)
    assert broken.value.said is not None
    assert broken.value.said.es.startswith(f"el asiento {first} del libro falta")
