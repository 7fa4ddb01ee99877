"""What both ledgers, their receipts and both journals must say: one function each."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, cast

from exchange.errors import ExchangeError
from exchange.flow.checkpointing import Owner
from exchange.proof import grammar
from exchange.proof.checkpoints import Checkpoint, read_checkpoint
from exchange.proof.checkpoints import verify as verify_checkpoint
from exchange.proof.encoding import digest
from exchange.proof.jws import Line, read_line
from exchange.proof.lines import verify
from exchange.proof.logs import regrow
from exchange.proof.merkle import Frontier
from exchange.proof.notes import read_note
from exchange.proof.receipts import Receipt, read_receipt
from exchange.store.columns import Direction, Status
from exchange.store.heads import LOGS, Head
from exchange.store.journal import RecordedEvent
from exchange.store.journal import in_tree as event_in_tree
from exchange.store.journal import leaf_of as event_leaf
from exchange.store.ledger import Entry, in_tree, leaf_of
from tests.sim.evidence import Finished, Held
from tests.sim.ports import DECISION

_EVENT = ("number", "at", "kind", "actor", "handoff", "data", "nodes")


def nothing_happens_twice(run: Finished) -> Iterator[str]:
    """Of one issuer and ``jti`` at most one message is accepted; of one decision, one handoff."""
    for held in (run.us, run.mx):
        accepted = Counter(
            one.jti for one in held.messages(Direction.RECEIVED) if one.status is Status.ACCEPTED
        )
        for jti, count in accepted.items():
            if count > 1:
                yield f"{jti} was accepted {count} times"
    noticed = Counter(
        one.handoff for one in run.mx.messages(Direction.RECEIVED) if "notice" in (one.schema or "")
    )
    for handoff, count in noticed.items():
        if count > 1:
            yield f"handoff {handoff} was noticed {count} times"
    handoffs = {
        one.answer["handoff"] for one in run.history.of(DECISION) if "handoff" in one.answer
    }
    decided = [row for row in run.us.rows("decisions") if row["outcome"] == "cleared"]
    if len(run.us.rows("handoffs")) != len(decided) or len(handoffs) > len(decided):
        yield f"{len(decided)} decisions, {len(run.us.rows('handoffs'))} handoffs"


def a_repeat_gets_the_same_receipt(run: Finished) -> Iterator[str]:
    """Of one message there is one receipt, whatever was sent how often: the same octets."""
    for source in ("us", "mx"):
        given: dict[tuple[str, str], set[bytes]] = defaultdict(set)
        for line in run.lines_of(source):
            for item in _items(line):
                given[item["pld"], item["sig"]].add(line)
        for (pld, _), receipts in given.items():
            if len(receipts) > 1:
                yield f"{source} gave {len(receipts)} receipts for {pld}"


def _items(line: bytes) -> list[dict[str, Any]]:
    said = grammar.parse(read_line(line).payload)
    assert isinstance(said, dict)
    return cast("list[dict[str, Any]]", said.get("items", []))


def every_receipt_proves(run: Finished) -> Iterator[str]:
    """What is known to have become of a message stands on a receipt that verifies and names it."""
    for held in (run.us, run.mx):
        by_number = {entry.number: entry for entry in held.ledger}
        for verdict in held.verdicts.values():
            message, receipt = by_number[verdict.message], by_number[verdict.receipt]
            signed_by = "theirs" if receipt.direction is Direction.RECEIVED else "ours"
            try:
                read = _read_receipt(run, held, receipt, signed_by)
            except ExchangeError as fault:
                yield f"{held.side}: the receipt of {message.jti} does not verify: {fault.code}"
                continue
            named = [one for one in read.items if (one.pld, one.sig) == (message.pld, message.sig)]
            if not named or named[0].status.value != verdict.status.value:
                yield f"{held.side}: the receipt of {message.jti} does not say so"


def _read_receipt(run: Finished, held: Held, receipt: Entry, signed_by: str) -> Receipt:
    line = Line(receipt.envelope, receipt.signatures)
    signer = run.other(held) if signed_by == "theirs" else held
    audience = held if signed_by == "theirs" else run.other(held)
    return read_receipt(line, signer.key_set, accepted=run.sets, audience=audience.key_set.iss)


def each_speaks_in_order(run: Finished) -> Iterator[str]:
    """Numbers have no gap at their sender; no revision of a notice takes effect before another."""
    for held in (run.us, run.mx):
        seqs = [one.seq for one in held.messages(Direction.SENT)]
        if sorted(seqs, key=lambda seq: seq or 0) != list(range(1, len(seqs) + 1)):
            yield f"{held.side}: numbers sent are {seqs}"
    revisions: dict[str, list[int]] = defaultdict(list)
    for entry in run.mx.messages(Direction.RECEIVED):
        body = run.body_of(entry)
        if body is not None and (entry.schema or "").endswith("return-notice:1"):
            document = grammar.parse(body)
            assert isinstance(document, dict)
            revisions[run.mx.name_of(entry.handoff)].append(int(str(document["revision"])))
    for handoff, found in revisions.items():
        if found != sorted(found):
            yield f"{handoff}: revisions came as {found}"


def what_was_signed_still_verifies(run: Finished) -> Iterator[str]:
    """Every line of a ledger verifies as it stands, and is the octets that were on the wire."""
    seen = {
        digest(read_line(line).payload): read_line(line)
        for source in ("us", "mx")
        for line in run.lines_of(source)
    }
    for held in (run.us, run.mx):
        for entry in held.messages(Direction.SENT) + held.messages(Direction.RECEIVED):
            signer = held if entry.direction is Direction.SENT else run.other(held)
            line = Line(entry.envelope, entry.signatures)
            try:
                verify(line, signer.key_set, accepted=run.sets, received_at=entry.recorded_at)
            except ExchangeError as fault:
                yield f"{held.side}: {entry.jti}: {fault.code}"
            passed = seen.get(entry.pld)
            if passed is None or passed.payload != entry.envelope:
                yield f"{held.side}: {entry.jti} is not what was on the wire"


def both_trees_hold(run: Finished) -> Iterator[str]:
    """Ledger and journal have no hole, and beside each entry stands what it completes."""
    for held in (run.us, run.mx):
        ledger = map(in_tree, held.ledger)
        journal = map(event_in_tree, _events(held))
        for head, entries in ((Head.LEDGER, ledger), (Head.JOURNAL, journal)):
            try:
                regrow(entries, log=LOGS[head])
            except ExchangeError as fault:
                yield f"{held.side}: {fault}"


def every_checkpoint_holds(run: Finished) -> Iterator[str]:
    """Whatever was signed of a log is what its first entries come to, under keys of its own."""
    for held in (run.us, run.mx):
        party = held.key_set.iss
        leaves = {
            Head.LEDGER: [leaf_of(one) for one in held.ledger],
            Head.JOURNAL: [event_leaf(one) for one in _events(held)],
        }
        key_sets = {Head.LEDGER: held.key_set, Head.JOURNAL: held.journal_keys}
        for signed in held.checkpoints:
            owner = Owner.of(signed.log, party, key_sets[signed.log])
            grown, _ = Frontier().grown(leaves[signed.log][: signed.size])
            note = read_note(signed.note)
            if read_checkpoint(note) != Checkpoint(owner.origin, signed.size, grown.root):
                yield f"{held.side}: the {signed.log} was signed at {signed.size} as another"
            try:
                vouched = verify_checkpoint(note, owner.keys)
            except ExchangeError as fault:
                yield f"{held.side}: the {signed.log} at {signed.size}: {fault.code}"
            else:
                if vouched[0].key.name != owner.origin:
                    yield f"{held.side}: the {signed.log} at {signed.size} is signed by another"


def _events(held: Held) -> Iterator[RecordedEvent]:
    return (RecordedEvent(**{name: row[name] for name in _EVENT}) for row in held.events())


def both_ledgers_agree(run: Finished) -> Iterator[str]:
    """What one side sent is what the other received, and both hold each receipt in equal bytes."""
    for sender, receiver in ((run.us, run.mx), (run.mx, run.us)):
        sent = {(one.jti, one.pld) for one in sender.messages(Direction.SENT)}
        received = {(one.jti, one.pld) for one in receiver.messages(Direction.RECEIVED)}
        for jti, _ in sorted(sent ^ received, key=str):
            yield f"{jti} is in one ledger only"
        given = {_octets(one) for one in receiver.receipts(Direction.SENT)}
        taken = {_octets(one) for one in sender.receipts(Direction.RECEIVED)}
        if taken != given:
            yield f"{len(given)} receipts given by {receiver.side}, {len(taken & given)} held"
        for one in sender.messages(Direction.SENT):
            if one.number not in sender.verdicts:
                yield f"{one.jti} has no receipt at its sender"


def _octets(entry: Entry) -> tuple[bytes, bytes]:
    return entry.envelope, b"".join(one.signature for one in entry.signatures)
