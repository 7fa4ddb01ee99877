# ruff: noqa: SLF001 # a mutant reaches into what it changes
"""
The program with one fault planted in it: each must be found.

A mutant changes one function while a run lasts. The first five are the faults that systems of
this kind are known for; the others break one invariant each, so that it is seen to bite.
"""

import asyncio
import copy
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
from sqlalchemy import Connection

from exchange.domain.decision import ReturnDecision
from exchange.domain.handoff import Advanced, Stage, advance
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.screening import screen
from exchange.errors import BreaksSchema
from exchange.flow import (
    acts,
    changes,
    checkpointing,
    composing,
    decisions,
    heartbeat,
    holds,
    inbox,
    intake,
    judging,
    keyring,
    outbox,
    outcomes,
    reconciling,
    recording,
    stating,
)
from exchange.flow.recording import look_up
from exchange.flow.rows import moved
from exchange.proof.envelope import make_envelope
from exchange.store import ledger
from exchange.store.decisions import record_decisions
from exchange.store.handoffs import find_handoffs, update_handoffs
from exchange.store.heads import get_log
from exchange.store.outbox import settle
from exchange.store.prepared import Prepared, Values, driver_of
from exchange.store.verdicts import record_verdicts
from exchange.web import calls
from tests.sim import sides

FOR_EVER = 1e9


Change = tuple[Any, str, Any]
"""What is changed: a module or class, the name in it, and what stands there meanwhile."""


@contextmanager
def changed(
    name: str | None, among: Mapping[str, Sequence[Change]] | None = None
) -> Iterator[None]:
    """Run with the fault of that name planted, one *among* others, or with none."""
    with ExitStack() as planted:
        for target, attribute, mutant in (among or MUTANTS)[name] if name is not None else ():
            planted.enter_context(patch.object(target, attribute, mutant))
        yield


# --- The five -------------------------------------------------------------------------------


def _copy_without_constraint(to: Path, copy_template: Any = sides.copy_template) -> None:
    copy_template(to)
    for side in sides.OTHER:
        with closing(sqlite3.connect(to / side / "exchange.db")) as connection:
            connection.execute("DROP INDEX ux_ledger_accepted").close()


def _update_whatever_stands(
    connection: Connection, moves: Sequence[Any], update: Any = update_handoffs
) -> None:
    found = {
        row.handoff: row
        for row in find_handoffs(connection, [old.handoff for old, _ in moves]).values()
    }
    update(connection, [(found[old.handoff], new) for old, new in moves])


async def _settle_before_delivery(self: Any, claims: Any) -> None:
    outgoing = await self._sealer.sealed(claims)
    held = [one.claim for one in outgoing]
    await self._store.write(partial(settle, claimed=held))
    await self._settle(outgoing, await self._delivery.deliver([one.line for one in outgoing]))


class _Later:
    """A store that says it wrote before it did."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._writing: set[asyncio.Task[None]] = set()

    async def write(self, function: Any) -> None:
        """Return at once."""
        task = asyncio.create_task(self._write(function))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, function: Any) -> None:
        with suppress(Exception):
            await self._store.write(function)


async def _keep_later(self: Any, *given: Any, keep: Any = inbox.Inbox._keep) -> Any:
    hasty = copy.copy(self)
    hasty._store = _Later(self._store)
    return await keep(hasty, *given)


async def _wait_deaf(
    self: Any, _rung: int, seconds: float, wait: Any = changes.Changes.wait
) -> Any:
    return await wait(self, self.rung, seconds if seconds < outbox.POLL_SECONDS else FOR_EVER)


def _run_unfenced(
    self: Prepared, connection: Connection, *rows: Values, run: Any = Prepared.run
) -> int:
    return int(run(self, connection, *(_held_anew(connection, row) for row in rows)))


def _held_anew(connection: Connection, row: Values) -> Values:
    if "at_attempts" not in row:
        return row
    found = driver_of(connection).execute(
        "SELECT attempts FROM outbox WHERE number = ?", (row["at_number"],)
    )
    return {**row, "at_attempts": (found.fetchone() or [row["at_attempts"]])[0]}


# --- One for each invariant -----------------------------------------------------------------


def _nothing(*_given: Any, **_named: Any) -> None:
    """Do nothing."""


def _no_days(*_given: Any, **_named: Any) -> set[Any]:
    """Find no day of which something came late."""
    return set()


def _look_up_resigned(*given: Any, look_up: Any = look_up) -> Any:
    memory = look_up(*given)
    for number, line in memory.receipts.items():
        first, *others = line.signatures
        other = replace(first, signature=first.signature[::-1])
        memory.receipts[number] = replace(line, signatures=(other, *others))
    return memory


def _same_digest(_self: Any, _octets: bytes) -> bytes:
    return bytes(32)


def _screen_leniently(decision: ReturnDecision, *given: Any, **named: Any) -> Any:
    person = decision.person.model_copy(update={"nationality": "HND", "birth_date": "1990-01-01"})
    attested = decision.screening.model_copy(
        update={"fear": "none", "unaccompanied": False, "categories": ()}
    )
    return screen(
        decision.model_copy(update={"person": person, "screening": attested}), *given, **named
    )


def _screen_aloud(decision: ReturnDecision, *given: Any, **named: Any) -> Any:
    name = decision.person.full_name_as_recorded
    structlog.get_logger().info("decision.screened", decision=name)
    return screen(decision, *given, **named)


def _verdict_without_proof(*given: Any, verdict: Any = outcomes._verdict) -> Any:
    made = verdict(*given)
    return replace(made, receipt=made.message)


def _record_and_correct(connection: Connection, given: Any, record: Any = record_verdicts) -> None:
    record(connection, given)
    driver_of(connection).execute("UPDATE ledger SET recorded_at = recorded_at + 1").close()


def _moved_back(*given: Any, moved: Any = moved) -> Any:
    return replace(moved(*given), stage=Stage.NOTICED)


def _advance_without_visas(shared: Any, handoff: Any, said: Any, advance: Any = advance) -> Any:
    advanced = advance(shared, handoff, said)
    if isinstance(said.body, VisaIssuance) and shared is not None:
        return Advanced(shared, advanced.code)
    return advanced


def _envelope_with_gap(*, seq: int, make: Any = make_envelope, **named: Any) -> Any:
    return make(seq=seq + (seq > 3), **named)


def _message_tidied(*given: Any, message: Any = recording.Recorder._message) -> Any:
    entry = message(*given)
    return replace(entry, envelope=entry.envelope + b"\n")


def _receipt_tidied(*given: Any, entry: Any = outcomes.Outcomes._entry) -> Any:
    made = entry(*given)
    first, *others = made.signatures
    return replace(made, signatures=(replace(first, signature=first.signature[::-1]), *others))


def _row_unkept(*given: Any, nodes: bytes, row: Any = ledger._row, **named: Any) -> Any:
    return row(*given, nodes=nodes[::-1], **named)


async def trust_the_head(self: Any, head: Any, known: Any) -> None:
    """Take what a log's head says for what its entries come to."""
    known.frontier = await self._store.read(partial(get_log, head=head))


async def _sign_another(
    self: Any, head: Any, frontier: Any, sign: Any = checkpointing.Checkpointing._sign
) -> Any:
    peaks = tuple(peak[::-1] for peak in frontier.peaks)
    return await sign(self, head, replace(frontier, peaks=peaks))


def _record_twice(connection: Connection, rows: Any, record: Any = record_decisions) -> Any:
    return record(connection, [replace(row, port="2503") for row in rows])


def _check_no_body(envelope: Any, _line: Any) -> Any:
    raise BreaksSchema


async def _beat_once(self: Any) -> None:
    while True:
        await self.beat()
        await asyncio.sleep(60)


PLANTED: dict[str, tuple[Change, ...]] = {
    "check-then-insert": (
        (sides, "copy_template", _copy_without_constraint),
        (recording, "update_handoffs", _update_whatever_stands),
    ),
    "mark before delivery": ((outbox.Outbox, "_send", _settle_before_delivery),),
    "receipt before commit": ((inbox.Inbox, "_keep", _keep_later),),
    "lost tick": ((changes.Changes, "wait", _wait_deaf),),
    "lease without fence": ((Prepared, "run", _run_unfenced),),
}
"""The five that must be found within 500 seeds."""

BITES: dict[str, tuple[Change, ...]] = {
    "nothing is lost": ((decisions, "insert_drafts", _nothing),),
    "intake is whole": ((decisions, "record_events", _nothing),),
    "every answer is said once": ((acts, "insert_drafts", _nothing),),
    "a repeat gets the same receipt": ((inbox, "look_up", _look_up_resigned),),
    "the same key gets the same answer": ((calls, "find_answer", _nothing),),
    "one decision has one answer": ((keyring.Keyring, "digest", _same_digest),),
    "withheld is answered so": ((intake, "screen", _screen_leniently),),
    "nobody withheld is named": ((intake, "screen", _screen_leniently),),
    "records name nobody": ((intake, "screen", _screen_aloud),),
    "every receipt proves": ((outcomes, "_verdict", _verdict_without_proof),),
    "what is recorded stays": ((outcomes, "record_verdicts", _record_and_correct),),
    "stages stay in the table": ((recording, "moved", _moved_back),),
    "stages are what the ledger says": ((judging, "advance", _advance_without_visas),),
    "both sides know the same": ((judging, "advance", _advance_without_visas),),
    "what was taken back stays back": ((acts, "insert_drafts", _nothing),),
    "who is held goes nowhere": ((holds, "can_be_taken_back", _nothing),),
    "each speaks in order": ((composing, "make_envelope", _envelope_with_gap),),
    "what was signed still verifies": ((recording.Recorder, "_message", _message_tidied),),
    "both trees hold": (
        (ledger, "_row", _row_unkept),
        (checkpointing.Checkpointing, "_work_out", trust_the_head),
    ),
    "every checkpoint holds": (
        (checkpointing.Checkpointing, "_sign", _sign_another),
        (checkpointing, "_require_signed", _nothing),
    ),
    "both ledgers agree": ((outcomes.Outcomes, "_entry", _receipt_tidied),),
    "both accounts add up": ((decisions, "record_decisions", _record_twice),),
    "nobody must mend anything": ((judging, "check_body", _check_no_body),),
    "discrepancies are what all of it says": ((reconciling, "put_looks", _nothing),),
    "both state the same": ((stating, "find_touched", _no_days),),
    "nothing ends unforeseen": ((heartbeat.Heartbeat, "run", _beat_once),),
    "nothing happens twice": PLANTED["check-then-insert"],
    "messages wait for their receipt": PLANTED["mark before delivery"],
    "what is said is stored first": PLANTED["receipt before commit"],
    "what is answered is stored first": ((decisions, "record_events", _nothing),),
    "only the last claim writes": PLANTED["lease without fence"],
    "liveness": PLANTED["lost tick"],
}
"""For each invariant a fault that it must find."""

MUTANTS = PLANTED | BITES
