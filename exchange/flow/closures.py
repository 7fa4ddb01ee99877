"""
A case ends: one message says so, about its last handoff, and nobody is told why.

It leaves with the next tick and is the same whatever the cause, which stays in the journal
(design §5). From then on the case gets no handoff and no hearing.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from exchange.domain.causes import Cause, read_cause
from exchange.domain.handoff import Act, HandoffId, LocalStage, Stage, is_in_place
from exchange.domain.messages.catalogue import CASE_CLOSURE
from exchange.domain.ticks import next_tick
from exchange.errors import AlreadyAnswered, CaseClosed, NotPossible
from exchange.flow.acts import Acts, Decided, Effect, Keep, Message, Seen, seen_of
from exchange.flow.answering import Answered
from exchange.flow.clock import fresh_salt
from exchange.flow.taking_back import is_drafted, stage_ahead
from exchange.flow.versions import version_of
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, list_cycles


class Closures(Acts):
    """Ends cases, for the ports."""

    async def close(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        ports: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        End the case of which this is a handoff, for the *cause* that the document names.

        Raises:
            Invalid: There is no cause, or none that we know.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            AlreadyAnswered: The case has ended.
            NotPossible: A return is under way: it is taken back, or ends, first.
            SchemaNotTaken: The partner takes no version of it.
        """
        decide = partial(self._close, read_cause(document))
        return await self._do(handoff, decide, actor=actor, places=ports, keep=keep)

    async def _close(self, cause: Cause, seen: Seen, now: datetime) -> Decided[Answered]:
        case = seen.row.case_id
        if case is None:
            raise NotPossible(seen.row.stage)
        cycles = await self._store.read(partial(_see_cycles, case))
        last = last_told(cycles)
        kind = version_of(CASE_CLOSURE, self._partner)
        salt = fresh_salt(self._keyring.entropy)
        body = kind.compose({"salt": salt, "case": case, "reason": "closed"})
        tick = next_tick(now, self._agreement.release_seconds)
        effect = Effect(
            seen=last,
            row=replace(last.row, intent=Stage.CLOSED),
            event="case.closed",
            data={"cause": cause.value},
            message=Message(kind=kind, body=body, due_at=tick),
        )
        return Decided(
            result=Answered(HandoffId(last.row.handoff), kind.name, Stage.CLOSED),
            effects=[effect],
            still=partial(_has_only, case, frozenset(one.row.number for one in cycles)),
        )


def last_told(cycles: Sequence[Seen]) -> Seen:
    """
    Return the handoff of a case about which its end is said: the last that was announced.

    Raises:
        AlreadyAnswered: The case has ended, or that waits to be said.
        NotPossible: A return is under way, or nobody was ever told of the case.
    """
    rows = [one.row for one in cycles]
    if has_ended(rows):
        raise AlreadyAnswered(Stage.CLOSED)
    if any(is_drafted(row) for row in rows):
        raise NotPossible(LocalStage.DRAFTED)
    told = [one for one in cycles if stage_ahead(one.row) is not Stage.UNANNOUNCED]
    if not told:
        raise NotPossible(LocalStage.WITHDRAWN)
    stage = stage_ahead(told[-1].row)
    if not is_in_place(stage, Act.CLOSURE):
        raise NotPossible(stage)
    return told[-1]


def has_ended(cycles: Collection[Handoff]) -> bool:
    """Say whether a case has ended, or will have once what waits is said."""
    return any(stage_ahead(row) is Stage.CLOSED for row in cycles)


def require_open(connection: Connection, cases: Collection[str]) -> None:
    """
    Return only where none of the cases has ended.

    Raises:
        CaseClosed: One has.
    """
    if not is_open(cases, connection):
        raise CaseClosed


def is_open(cases: Collection[str], connection: Connection) -> bool:
    """Say whether none of the cases has ended."""
    return not any(has_ended(list_cycles(connection, case)) for case in cases)


def _see_cycles(case: str, connection: Connection) -> list[Seen]:
    return seen_of(connection, list_cycles(connection, case))


def _has_only(case: str, known: Collection[int], connection: Connection) -> bool:
    """Say whether no further return of the case has begun since it was seen."""
    return {one.row.number for one in _see_cycles(case, connection)} == known
