"""
What must be true of every run, one function each, with its sentence.

Each takes what a run left behind and gives what is broken. A later room adds its own by
writing a function and adding it to ``AT_END``: holds and departures ("nobody departs after a
hold") belong here as soon as there are such messages.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from exchange.store.columns import Direction
from exchange.store.ledger import Entry
from tests.sim.evidence import Held
from tests.sim.history import History
from tests.sim.ports import DECISION, Errand
from tests.sim.wire import Tap


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, and what shows it."""

    invariant: str
    what: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run left behind."""

    history: History
    us: Held
    mx: Held
    tap: Tap
    errands: Sequence[Errand]


def nothing_is_lost(run: Finished) -> Iterator[str]:
    """Every decision that a port was told is taken was noticed to the partner, or withdrawn."""
    noticed = {row["handoff"] for row in run.mx.rows("handoffs")}
    rows = {row["handoff"]: row for row in run.us.rows("handoffs")}
    for decision, operation in run.history.accepted(DECISION).items():
        handoff = operation.answer["handoff"]
        if handoff not in rows:
            yield f"decision {decision} was taken as {handoff}, of which nothing is stored"
        elif handoff not in noticed and rows[handoff]["local_stage"] != "withdrawn":
            yield f"handoff {handoff} never came to the partner"


def nothing_happens_twice(run: Finished) -> Iterator[str]:
    """Of one issuer and ``jti`` at most one message is accepted."""
    for held in (run.us, run.mx):
        accepted = Counter(
            one.jti for one in held.messages(Direction.RECEIVED) if one.status == "accepted"
        )
        for jti, count in accepted.items():
            if count > 1:
                yield f"{jti} was accepted {count} times"


def both_ledgers_agree(run: Finished) -> Iterator[str]:
    """What one side sent is what the other received, and both hold each receipt in equal bytes."""
    for sender, receiver in ((run.us, run.mx), (run.mx, run.us)):
        sent = {_name(one) for one in sender.messages(Direction.SENT)}
        received = {_name(one) for one in receiver.messages(Direction.RECEIVED)}
        for jti, _ in sorted(sent ^ received, key=str):
            yield f"{jti} is in one ledger only"
        given = {_octets(one) for one in receiver.receipts(Direction.SENT)}
        taken = {_octets(one) for one in sender.receipts(Direction.RECEIVED)}
        for stray in taken - given:
            yield f"a receipt is held that was not given: {stray[0][:60]!r}"
        for one in sender.messages(Direction.SENT):
            if one.number not in sender.verdicts:
                yield f"{one.jti} has no receipt at its sender"


def _name(entry: Entry) -> tuple[str | None, bytes]:
    return entry.jti, entry.pld


def _octets(entry: Entry) -> tuple[bytes, bytes]:
    return entry.envelope, b"".join(one.signature for one in entry.signatures)


def _named(check: Callable[[Finished], Iterator[str]]) -> Callable[[Finished], Iterator[Broken]]:
    def named(run: Finished) -> Iterator[Broken]:
        return (Broken(check.__name__.replace("_", " "), what) for what in check(run))

    return named


AT_END = tuple(map(_named, (nothing_is_lost, nothing_happens_twice, both_ledgers_agree)))
