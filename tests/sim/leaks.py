# ruff: noqa: SLF001 # a leak reaches into what it changes
"""
The program with one leak planted in it, by which the partner could tell a cause or an act.

As in ``mutants`` each changes one function while a run lasts; each must be found by the pairs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from exchange.domain.stages import SUPERSEDED
from exchange.flow import (
    acts,
    checkpointing,
    closures,
    composing,
    heartbeat,
    judging,
    outbox,
    reconciling,
    reporting,
    stating,
    taking_back,
    watch,
)
from exchange.flow.acts import record_acts
from exchange.flow.keyring import context_of
from exchange.flow.rows import type_of
from exchange.proof import grammar
from exchange.proof.encoding import seconds
from exchange.proof.envelope import new_jti
from exchange.store.heads import Head, lock_log, move_log, take_numbers
from exchange.store.lanes import claim_due
from tests.sim.mutants import Change, trust_the_head

SHOWN = ("fear", "medical")
"""The causes that a planted leak lets out."""


def _sealed_when_acted(
    self: Any, claim: Any, *given: Any, envelope: Any = composing.Composer._envelope, **named: Any
) -> Any:
    made = envelope(self, claim, *given, **named)
    if not type_of(claim).ticked:
        return made
    return replace(made, iat=seconds(claim.created_at.replace(microsecond=0)))


def _numbered_when_acted(
    self: Any, claim: Any, *given: Any, envelope: Any = composing.Composer._envelope, **named: Any
) -> Any:
    made = envelope(self, claim, *given, **named)
    if not type_of(claim).ticked:
        return made
    return replace(made, jti=new_jti(claim.created_at, self._keyring.entropy))


def _longer(self: Any, effect: Any, lock: Any = acts.Acts._lock) -> Any:
    if effect.message is None or effect.data.get("cause") not in SHOWN:
        return lock(self, effect)
    key = self._keyring.open_data_key(effect.seen.wrapped)
    octets = grammar.rewritten(effect.message.body.model_dump(mode="json"))
    context = context_of(effect.seen.row.handoff)
    return acts.Locked(effect, self._keyring.lock(key, octets[:-1] + b" }", context=context))


def _in_order_of_acts(*given: Any, **named: Any) -> Any:
    return sorted(claim_due(*given, **named), key=lambda row: row.number)


def _with_leaf(connection: Connection, done: Sequence[Any]) -> Any:
    recorded = record_acts(connection, done)
    if any(effect.event == "hold.placed" for act in done for effect in act.decided.effects):
        grown, _ = lock_log(connection, Head.LEDGER).grown([b"a hold"])
        move_log(connection, Head.LEDGER, grown)
    return recorded


def _with_number(connection: Connection, done: Sequence[Any]) -> Any:
    recorded = record_acts(connection, done)
    effects = [effect for act in done for effect in act.decided.effects]
    if any(effect.retracts and effect.message is None for effect in effects):
        take_numbers(connection, Head.SEQ, 1)
    return recorded


def _answered_as_taken_back(
    line: Any, memory: Any, agreement: Any, judgement: Any, take: Any = judging._take
) -> Any:
    code = take(line, memory, agreement, judgement)
    row = memory.handoffs.get(line.envelope.sub)
    waits = row is not None and row.intent in ("cancelled", "closed")
    return SUPERSEDED if waits and code is None else code


def _answered_as_held(
    line: Any, memory: Any, agreement: Any, judgement: Any, take: Any = judging._take
) -> Any:
    code = take(line, memory, agreement, judgement)
    row = memory.handoffs.get(line.envelope.sub)
    return SUPERSEDED if row is not None and row.holds and code is None else code


def _at_once(
    self: Any,
    seen: Any,
    now: Any,
    take_back: Any = taking_back.TakingBack._taken_back,
    **named: Any,
) -> Any:
    effect = take_back(self, seen, now, **named)
    if effect.message is None or effect.data.get("cause") not in SHOWN:
        return effect
    return replace(effect, message=replace(effect.message, due_at=now))


async def _close_at_once(
    self: Any, cause: Any, seen: Any, now: Any, close: Any = closures.Closures._close
) -> Any:
    decided = await close(self, cause, seen, now)
    if cause not in SHOWN:
        return decided
    (effect,) = decided.effects
    at_once = replace(effect, message=replace(effect.message, due_at=now))
    return replace(decided, effects=[at_once])


async def _counted_from_the_end(
    every_seconds: float, turn: Callable[[], Awaitable[object]]
) -> None:
    while True:
        await turn()
        await asyncio.sleep(every_seconds)


LEAKS: dict[str, tuple[Change, ...]] = {
    "iat at the hold": ((composing.Composer, "_envelope", _sealed_when_acted),),
    "a length that the cause gives": ((acts.Acts, "_lock", _longer),),
    "the order of the acts": ((outbox, "claim_due", _in_order_of_acts),),
    "a leaf for a hold": (
        (acts, "record_acts", _with_leaf),
        (checkpointing.Checkpointing, "_work_out", trust_the_head),
    ),
    "another answer before the tick": ((judging, "_take", _answered_as_taken_back),),
    "another answer to who is held": ((judging, "_take", _answered_as_held),),
    "jti at the hold": ((composing.Composer, "_envelope", _numbered_when_acted),),
    "a number for what vanished": ((acts, "record_acts", _with_number),),
    "no waiting for the tick": ((taking_back.TakingBack, "_taken_back", _at_once),),
    "a case that ends at once": ((closures.Closures, "_close", _close_at_once),),
    "a heartbeat that waits for our own work": tuple(
        (leg, "take_turns", _counted_from_the_end)
        for leg in (heartbeat, reconciling, reporting, stating, watch)
    ),
}
"""Each must be found."""

FOUND_BY: dict[str, int] = {
    "iat at the hold": 1,
    "a length that the cause gives": 1,
    "the order of the acts": 1,
    "a leaf for a hold": 1,
    "another answer before the tick": 1,
    "another answer to who is held": 2,
    "jti at the hold": 1,
    "a number for what vanished": 50,
    "no waiting for the tick": 1,
    "a case that ends at once": 3,
    "a heartbeat that waits for our own work": 857633232,
}
"""
A pair that is told apart by each: the last by timing alone, which not one pair in 500 shows.
"""
