"""
What must be true of every run, one function each, with its sentence.

Each takes what a run left behind and gives what is broken; what can be seen only at the moment
itself is in ``watching``. A later room adds its own by writing a function and adding it to
``AT_END``: "nobody departs after a hold" belongs here as soon as there are such messages.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, cast

from exchange.domain.alarms import AlarmKind
from exchange.domain.causes import OVER_THE_LINE
from exchange.domain.handoff import MOVES, HandoffId, Said, SharedHandoff, Stage, act_of, advance
from exchange.domain.messages.catalogue import by_schema
from exchange.errors import Departed, ExchangeError
from exchange.proof import grammar
from exchange.proof.chain import START, link
from exchange.proof.encoding import digest
from exchange.proof.envelope import parse_envelope
from exchange.proof.jws import Line, read_line
from exchange.proof.lines import verify
from exchange.proof.receipts import Receipt, read_receipt
from exchange.store.columns import Direction, Kind, Status
from exchange.store.journal import Event
from exchange.store.journal import leaf_of as journal_leaf
from exchange.store.ledger import Entry, leaf_of
from tests.sim.evidence import Finished, Held
from tests.sim.history import Broken, Operation, Outcome
from tests.sim.ports import CANCELLATION, DECISION, HOLD
from tests.sim.secrecy import nobody_withheld_is_named, records_name_nobody
from tests.sim.watching import CHANGED, SETTLED, STAGE

CONFLICT = 409


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


def every_answer_is_said_once(run: Finished) -> Iterator[str]:
    """What an official was told is recorded came to the other side, once, and nothing else did."""
    told: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    for one in run.history.operations:
        if one.kind in (DECISION, CANCELLATION, HOLD):
            continue
        if one.outcome is Outcome.OK:
            told[one.subject, one.kind].add(one.key)
    came: Counter[tuple[str, str]] = Counter()
    for entry in run.us.messages(Direction.RECEIVED):
        kind = by_schema(entry.schema or "")
        came[run.us.name_of(entry.handoff), kind.name if kind else ""] += 1
    for act in told.keys() | came.keys():
        if len(told[act]) != came[act]:
            yield f"{act}: told {len(told[act])} times, came {came[act]} times"


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


def intake_is_whole(run: Finished) -> Iterator[str]:
    """A decision, its handoff, its key, its journal entry and what is said of it: all or none."""
    held = run.us
    keys = {row["handoff"] for row in held.rows("data_keys")}
    journaled = {row["handoff"] for row in held.rows("journal")}
    spoken = {one.handoff for one in held.messages(Direction.SENT)}
    waiting = {row["handoff"] for row in held.rows("outbox")}
    decided = {row["handoff"] for row in held.rows("decisions") if row["outcome"] == "cleared"}
    for row in held.rows("handoffs"):
        number = row["number"]
        parts = {
            "a decision": number in decided,
            "a key": number in keys,
            "a journal entry": number in journaled,
            "a message": number in spoken | waiting or row["local_stage"] == "withdrawn",
        }
        for part, is_there in parts.items():
            if not is_there:
                yield f"handoff {row['handoff']} has not {part}"


def the_same_key_gets_the_same_answer(run: Finished) -> Iterator[str]:
    """One ``Idempotency-Key`` with one body has one answer; with another body it is a 409."""
    by_key: dict[tuple[str, str | None], list[Operation]] = defaultdict(list)
    for one in run.history.operations:
        if one.is_definite and one.key is not None:
            by_key[one.actor, one.key].append(one)
    for (_, key), operations in by_key.items():
        first = operations[0]
        for one in operations[1:]:
            if one.document == first.document and _told(one) != _told(first):
                yield f"{key}: {_told(first)}, then {_told(one)}"
            elif one.document != first.document and one.status != CONFLICT:
                yield f"{key} with another body was answered {one.status}"


def _told(operation: Operation) -> tuple[int | None, dict[str, Any]]:
    return operation.status, operation.answer


def one_decision_has_one_answer(run: Finished) -> Iterator[str]:
    """A ``decision_id`` is one decision: the same again is answered the same, another is a 409."""
    by_decision: dict[str, list[Operation]] = defaultdict(list)
    for one in run.history.of(DECISION):
        if one.is_definite:
            by_decision[one.subject].append(one)
    for decision, operations in by_decision.items():
        taken = [one for one in operations if one.outcome is Outcome.OK]
        if len({one.answer["handoff"] for one in taken}) > 1:
            yield f"{decision} became several handoffs"
        if len({repr(one.document) for one in taken}) > 1:
            yield f"{decision} was taken with two contents"


def withheld_is_answered_so(run: Finished) -> Iterator[str]:
    """Whoever is to be withheld is withheld, each time, and nobody else is."""
    withheld = {one.decision_id for one in run.errands if one.kind == "withheld"}
    for one in run.history.of(DECISION):
        is_withheld = one.answer.get("code") == "withheld"
        if one.is_definite and is_withheld is not (one.subject in withheld):
            yield f"{one.subject} was answered {one.status} {one.answer.get('code')}"


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


def messages_wait_for_their_receipt(run: Finished) -> Iterator[str]:
    """A message leaves the outbox in the transaction that stores its receipt, and never else."""
    return _watched(run, SETTLED)


def what_is_recorded_stays(run: Finished) -> Iterator[str]:
    """Ledger, journal and verdicts are appended to; no row of theirs ever changes or goes."""
    return _watched(run, CHANGED)


def _watched(run: Finished, what: str) -> Iterator[str]:
    for held in (run.us, run.mx):
        for found in held.watched(what):
            yield f"{held.side}: {found}"


def stages_stay_in_the_table(run: Finished) -> Iterator[str]:
    """Each stored change of a stage is a way through the table of moves, never back."""
    ahead = _ways_through()
    for held in (run.us, run.mx):
        for number, was, now in held.watched(STAGE):
            if now not in ahead[was]:
                yield f"{held.side}: handoff {number} went from {was} to {now}"


def _ways_through() -> dict[str, set[str]]:
    ahead: dict[str, set[str]] = defaultdict(set)
    for move in MOVES:
        ahead[move.stage].add(move.to)
    for _ in ahead:
        for reached in ahead.values():
            reached |= {further for one in set(reached) for further in ahead[one]}
    return ahead


def stages_are_what_the_ledger_says(run: Finished) -> Iterator[str]:
    """A handoff is what its messages say: each is a move of the table, and they end in its row."""
    moves = {(move.stage, move.act, move.to) for move in MOVES}
    for held in (run.us, run.mx):
        shared: dict[str, SharedHandoff] = {}
        for entry in held.ledger:
            if entry.kind is not Kind.MESSAGE or entry.status is not Status.ACCEPTED:
                continue
            body = run.body_of(entry)
            if body is None:
                yield f"{held.side}: {entry.jti} was never on the wire"
                continue
            said = _said(entry, body)
            handoff = held.name_of(entry.handoff)
            before = shared.get(handoff) or SharedHandoff(handoff=HandoffId(handoff))
            after = advance(shared.get(handoff), HandoffId(handoff), said).shared
            shared[handoff] = after
            if (before.stage, act_of(said.body), after.stage) not in moves:
                yield f"{held.side}: {handoff} made a move that is not in the table"
        for row in held.rows("handoffs"):
            if row["shared"] is None:
                continue
            known = held.shared(row)
            if shared.get(row["handoff"]) != known or row["stage"] != known.stage:
                yield f"{held.side}: {row['handoff']} is not what its messages say"


def _said(entry: Entry, body: bytes) -> Said:
    envelope = parse_envelope(entry.envelope)
    kind = by_schema(envelope.schema)
    assert kind is not None
    return Said(kind, kind.read(grammar.parse(body)), envelope.seq, envelope.sealed_at)


def both_sides_know_the_same(run: Finished) -> Iterator[str]:
    """Once the network is kind, both sides know the same of each handoff."""
    ours, theirs = (
        {row["handoff"]: held.shared(row) for row in held.rows("handoffs") if row["shared"]}
        for held in (run.us, run.mx)
    )
    for handoff in ours.keys() | theirs.keys():
        if ours.get(handoff) != theirs.get(handoff):
            yield f"{handoff} is {ours.get(handoff)} here and {theirs.get(handoff)} there"


def what_was_taken_back_stays_back(run: Finished) -> Iterator[str]:
    """A cancellation that a port was told of is told to the partner, or nobody ever knew."""
    known = {row["handoff"]: row["stage"] for row in run.mx.rows("handoffs")}
    for handoff, operation in run.history.accepted(CANCELLATION).items():
        if not operation.answer["told"] and handoff in known:
            yield f"{handoff} was withdrawn before notice, and the partner knows of it"
        if operation.answer["told"] and known.get(handoff) not in AFTER_CANCELLATION:
            yield f"{handoff} was cancelled and is {known.get(handoff)}"


def who_is_held_goes_nowhere(run: Finished) -> Iterator[str]:
    """
    Who is held stays held, is taken back or was over the line, and the cause is said to nobody.

    Where it came too late the port was told so and the alarm stands.
    """
    rows = {row["handoff"]: row for row in run.us.rows("handoffs")}
    known = {row["handoff"]: row["stage"] for row in run.mx.rows("handoffs")}
    recalled = {row["subject"] for row in run.us.rows("alarms") if row["kind"] == AlarmKind.RECALL}
    for one in run.history.of(HOLD):
        if one.outcome is Outcome.UNKNOWN:
            continue  # nobody was told anything: it is asked again
        row, said = rows[one.subject], one.answer.get("code")
        if one.outcome is not Outcome.OK and said != Departed.code:
            yield f"{one.subject} was to be held: {one.status} {said}"
            continue
        if row["holds"] != (one.document["cause"],):
            yield f"{one.subject} is held for {row['holds']}"
        if known.get(one.subject, Stage.CANCELLED) not in AFTER_CANCELLATION:
            yield f"{one.subject} is held and {known[one.subject]}"
        over = row["stage"] in OVER_THE_LINE
        if over != (one.subject in recalled):
            yield f"{one.subject} is held and {row['stage']}, recalled: {not over}"


AFTER_CANCELLATION = {"cancelled", "received", "not-received", "documented"}


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


def both_chains_hold(run: Finished) -> Iterator[str]:
    """Ledger and journal have no hole, and each entry is bound to all before it."""
    for held in (run.us, run.mx):
        previous = START
        for number, entry in enumerate(held.ledger):
            previous = link(previous, leaf_of(entry))
            if (entry.number, entry.link) != (number, previous):
                yield f"{held.side}: entry {number} of the ledger does not hold"
        previous = START
        for number, row in enumerate(held.events()):
            event = Event(
                **{name: row[name] for name in ("at", "kind", "actor", "handoff", "data")}
            )
            previous = link(previous, journal_leaf(event))
            if (row["number"], row["link"]) != (number, previous):
                yield f"{held.side}: entry {number} of the journal does not hold"


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


def both_accounts_add_up(run: Finished) -> Iterator[str]:
    """Each side's account balances, and what one noticed the other heard of."""
    us, mx = run.account("us"), run.account("mx")
    for account in (us, mx):
        for found in account.unbalanced:
            yield f"{account.side}: {found}"
    if us.total.terms["noticed"] != mx.total.terms["noticed"]:
        yield f"noticed: {us.total.terms['noticed']} and {mx.total.terms['noticed']}"


def nobody_must_mend_anything(run: Finished) -> Iterator[str]:
    """Between two sides that speak as agreed nothing is rejected, parked, or a bare 500."""
    for held in (run.us, run.mx):
        for row in held.rows("outbox"):
            yield f"{held.side}: row {row['number']} waits, parked: {row['parked_code']}"
        for verdict in held.verdicts.values():
            if verdict.status is Status.REJECTED:
                yield f"{held.side}: message {verdict.message} was rejected: {verdict.code}"
    for line in run.log.splitlines():
        if '"request.failed"' in line:
            yield line


def _named(check: Callable[[Finished], Iterator[str]]) -> Callable[[Finished], Iterator[Broken]]:
    def named(run: Finished) -> Iterator[Broken]:
        return (Broken(check.__name__.replace("_", " "), what) for what in check(run))

    return named


CHECKS: tuple[Callable[[Finished], Iterator[str]], ...] = (
    nothing_is_lost,
    every_answer_is_said_once,
    nothing_happens_twice,
    a_repeat_gets_the_same_receipt,
    intake_is_whole,
    the_same_key_gets_the_same_answer,
    one_decision_has_one_answer,
    withheld_is_answered_so,
    every_receipt_proves,
    messages_wait_for_their_receipt,
    what_is_recorded_stays,
    stages_stay_in_the_table,
    stages_are_what_the_ledger_says,
    both_sides_know_the_same,
    what_was_taken_back_stays_back,
    who_is_held_goes_nowhere,
    each_speaks_in_order,
    what_was_signed_still_verifies,
    both_chains_hold,
    both_ledgers_agree,
    both_accounts_add_up,
    nobody_must_mend_anything,
    nobody_withheld_is_named,
    records_name_nobody,
)
AT_END = tuple(map(_named, CHECKS))
