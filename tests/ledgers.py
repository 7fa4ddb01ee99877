"""What must hold between the ledgers of the two sides, said once for every test that asks."""

from collections import Counter
from collections.abc import Sequence

from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.jws import Line
from exchange.proof.logs import regrow
from exchange.proof.receipts import RECEIPT
from exchange.store.columns import Direction, Kind
from exchange.store.heads import LOGS, Head
from exchange.store.ledger import Entry, in_tree
from tests.sides import BothSides


async def assert_agree(both: BothSides) -> None:
    """
    Both ledgers agree, as design §8 says it.

    The same messages each way, each with a receipt that both sides hold in equal bytes;
    numbers have no gap; each tree holds.
    """
    us, mx = await both.us.entries(), await both.mx.entries()
    for sender, receiver in ((us, mx), (mx, us)):
        sent = _messages(sender, Direction.SENT)
        received = _messages(receiver, Direction.RECEIVED)
        assert sorted(sent) == sorted(received)
        assert all(count == 1 for count in Counter(sent).values())
        ours = _receipts(sender, Direction.RECEIVED)
        assert sorted(map(_octets, ours)) == sorted(
            map(_octets, _receipts(receiver, Direction.SENT))
        )
        assert {pld for _, pld in sent} <= {pld for receipt in ours for pld in _covered(receipt)}
        seqs = [entry.seq for entry in sender if _is(entry, Direction.SENT, Kind.MESSAGE)]
        assert sorted(seqs, key=lambda seq: seq or 0) == list(range(1, len(seqs) + 1))
    for entries in (us, mx):
        assert_holds(entries)


def assert_holds(entries: Sequence[Entry]) -> None:
    """Every entry is in its place, with the subtrees that it completes beside it."""
    assert regrow(map(in_tree, entries), log=LOGS[Head.LEDGER]).size == len(entries)


def _is(entry: Entry, direction: Direction, kind: Kind) -> bool:
    return entry.direction is direction and entry.kind is kind


def _messages(entries: Sequence[Entry], direction: Direction) -> list[tuple[str | None, str]]:
    return [
        (entry.jti, b64u(entry.pld)) for entry in entries if _is(entry, direction, Kind.MESSAGE)
    ]


def _receipts(entries: Sequence[Entry], direction: Direction) -> list[Entry]:
    return [entry for entry in entries if _is(entry, direction, Kind.RECEIPT)]


def _octets(entry: Entry) -> bytes:
    return Line(entry.envelope, entry.signatures).octets()


def _covered(receipt: Entry) -> list[str]:
    """Return the messages that a receipt names."""
    read = RECEIPT.validate_python(grammar.parse(receipt.envelope))
    return [b64u(item.pld) for item in read.items]
