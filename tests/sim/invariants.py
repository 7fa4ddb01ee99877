"""
What must be true of every run, one function each, with its sentence.

Each takes what a run left behind and gives what is broken; what can be seen only at the moment
itself is in ``watching``. Here are the stages and what both sides know; in ``promises`` what
callers were told, in ``records`` the ledgers and journals, in ``differences`` what the rules of
reconciliation found, in ``stated`` what both state of a day, in ``secrecy`` what must be nowhere.
A further one is a function that stands in ``CHECKS``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from exchange.domain.handoff import MOVES, HandoffId, Said, SharedHandoff, act_of, advance
from exchange.domain.messages.catalogue import by_schema
from exchange.proof import grammar
from exchange.proof.envelope import parse_envelope
from exchange.store.columns import Kind, Status
from exchange.store.ledger import Entry
from tests.sim.differences import discrepancies_are_what_all_of_it_says
from tests.sim.evidence import Finished
from tests.sim.history import Broken
from tests.sim.promises import (
    every_answer_is_said_once,
    intake_is_whole,
    nothing_is_lost,
    one_decision_has_one_answer,
    the_same_key_gets_the_same_answer,
    what_was_taken_back_stays_back,
    who_is_held_goes_nowhere,
    withheld_is_answered_so,
)
from tests.sim.records import (
    a_repeat_gets_the_same_receipt,
    both_ledgers_agree,
    both_trees_hold,
    each_speaks_in_order,
    every_checkpoint_holds,
    every_receipt_proves,
    nothing_happens_twice,
    what_was_signed_still_verifies,
)
from tests.sim.secrecy import nobody_withheld_is_named, records_name_nobody
from tests.sim.stated import both_state_the_same
from tests.sim.watching import CHANGED, SETTLED, STAGE


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
            if entry.handoff is None:
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
    both_trees_hold,
    every_checkpoint_holds,
    both_ledgers_agree,
    both_accounts_add_up,
    nobody_must_mend_anything,
    discrepancies_are_what_all_of_it_says,
    both_state_the_same,
    nobody_withheld_is_named,
    records_name_nobody,
)
AT_END = tuple(map(_named, CHECKS))
