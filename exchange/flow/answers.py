"""
(8, 9) What a Mexican official decides becomes an acknowledgment, a reception, a visa issuance.

An answer is stored as a draft with the stage it will lead to, so that the next official sees
it at once; the outbox says it to the partner. What was seen at the line can be recorded in
any stage: facts are not refused for being inconvenient. Of two who answer at once one wins,
and the other is told what stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from exchange.domain.handoff import MOVES, Act, HandoffId, Stage, act_of, is_in_place
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    RECEPTION,
    VISA_ISSUANCE,
    MessageType,
)
from exchange.domain.places import Window
from exchange.domain.wire import read_utc, utc_text
from exchange.errors import AlreadyAnswered, Fault, Invalid, NotPossible
from exchange.flow.acts import Acts, Decided, Effect, Keep, Message, Seen
from exchange.flow.clock import fresh_salt
from exchange.flow.keyring import context_of
from exchange.flow.versions import version_of
from exchange.proof import grammar
from exchange.store import bodies
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff
from exchange.store.outbox import list_outbox_of

S = Stage
_LEADS_TO = {(move.stage, move.act): move.to for move in reversed(MOVES)}
_AT_THE_LINE = frozenset({Act.RECEPTION, Act.NON_RECEPTION})
"""What was seen is recorded in any stage; what is said must be in its place."""

# A deferral is not among what ends its own: it proposes a window, and may propose another.
_ANSWERED: Mapping[Act, frozenset[Stage]] = {
    Act.ACCEPTANCE: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.REFUSAL: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.DEFERRAL: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.RECEPTION: frozenset({S.RECEIVED, S.DOCUMENTED}),
    Act.NON_RECEPTION: frozenset({S.RECEIVED, S.NOT_RECEIVED, S.DOCUMENTED}),
    Act.VISA: frozenset({S.DOCUMENTED}),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """An official's answer that waits to be sent, and the stage it leads to."""

    handoff: HandoffId
    message: str
    stage: Stage


Complete = Callable[[Seen, datetime], Mapping[str, object]]
"""Gives the members of a message that only we know when it is stored."""

Proposal = tuple[int, Window | None]
"""The revision that a deferral answers, and the window that it proposes."""


class Answers(Acts):
    """Takes what the officials of the Mexican side decide and record."""

    async def acknowledge(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Answer the current revision of a notice: *answer*, *officer*, *code* or *window*.

        A deferral may be followed by one that proposes another window; the same window again
        is a repeat.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `_answer` says.
        """
        given = {"code": None, "window": None} | _object(document)
        decide = partial(self._answer, ACKNOWLEDGMENT, given, _to_the_notice)
        return await self._do(handoff, decide, actor=actor, places=places, keep=keep)

    async def record_reception(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record what was seen at the line: *outcome*, *at*, *receiving_point*, *code* or *identity*.

        Raises:
            Invalid, NotFound, AlreadyAnswered: As `_answer` says.
        """
        given = {"code": None, "identity": None} | _object(document)
        decide = partial(self._answer, RECEPTION, given, _as_given)
        return await self._do(handoff, decide, actor=actor, places=places, keep=keep)

    async def record_visa(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record the temporary document that the person was given, as it is printed.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `_answer` says.
        """
        decide = partial(self._answer, VISA_ISSUANCE, _object(document), _as_given)
        return await self._do(handoff, decide, actor=actor, places=places, keep=keep)

    async def _answer(
        self,
        spoken: MessageType,
        given: Mapping[str, object],
        complete: Complete,
        seen: Seen,
        now: datetime,
    ) -> Decided[Answered]:
        """
        Return the answer as a draft to be stored, on the handoff as it was seen.

        Raises:
            Invalid: The document does not fit; every fault is named.
            AlreadyAnswered: Someone was first; what stands is given.
            NotPossible: The stage does not allow it.
            SchemaNotTaken: The partner takes no version of it.
        """
        kind = version_of(spoken, self._partner)
        ours = {"salt": fresh_salt(self._keyring.entropy), **complete(seen, now)}
        if ours.keys() & given.keys():
            raise Invalid([Fault("", "unknown-member")])
        body = kind.compose({**given, **ours})
        self._check_facts(body, now)
        stage = stage_after(seen.row, act_of(body))
        if isinstance(body, Acknowledgment) and stage is Stage.DEFERRED:
            await self._require_news(seen, body)
        return Decided(
            result=Answered(HandoffId(seen.row.handoff), kind.name, stage),
            effects=[
                Effect(
                    seen=seen,
                    row=replace(seen.row, intent=stage),
                    event=f"{kind.name}.decided",
                    data={"stage": stage.value},
                    message=Message(kind=kind, body=body, due_at=now),
                )
            ],
        )

    def _check_facts(self, body: Body, now: datetime) -> None:
        """Refuse what cannot be so, where the official can still mend it."""
        faults = []
        point, at = getattr(body, "receiving_point", None), getattr(body, "at", None)
        if point is not None and self._agreement.places.find_receiving_point(point) is None:
            faults.append(Fault("/receiving_point", "unknown-receiving-point"))
        if at is not None and read_utc(at) > now:
            faults.append(Fault("/at", "in-the-future"))
        if faults:
            raise Invalid(faults)

    async def _require_news(self, seen: Seen, deferral: Acknowledgment) -> None:
        """
        Return where *deferral* proposes something else than the one that stands.

        The handoff's version holds this look-up together with what was seen before it: an
        answer that is stored or sealed in between makes the act stale.

        Raises:
            AlreadyAnswered: This window was proposed for this revision before.
        """
        waiting = await self._store.read(partial(_find_waiting, seen.row.number))
        standing = _said(seen) if waiting is None else self._proposal_in(seen, waiting)
        if standing == (deferral.revision, deferral.window):
            raise AlreadyAnswered(Stage.DEFERRED)

    def _proposal_in(self, seen: Seen, waiting: bodies.Body) -> Proposal | None:
        octets = self._keyring.unlock(waiting, context=context_of(seen.row.handoff))
        body = None if octets is None else ACKNOWLEDGMENT.read(grammar.parse(octets))
        return (body.revision, body.window) if isinstance(body, Acknowledgment) else None


def stage_after(row: Handoff, act: Act) -> Stage:
    """
    Return the stage that *act* leads to from where the handoff will be once all is sent.

    Raises:
        AlreadyAnswered: The same was decided before.
        NotPossible: The stage does not allow it.
    """
    stage = Stage(row.intent or row.stage)
    if stage in _ANSWERED[act]:
        raise AlreadyAnswered(stage)
    if act not in _AT_THE_LINE and not is_in_place(stage, act):
        raise NotPossible(stage)
    return _LEADS_TO[stage, act]


def _object(document: object) -> dict[str, object]:
    if not isinstance(document, dict):
        raise Invalid([Fault("", "wrong-type")])
    return document


def _as_given(_seen: Seen, _now: datetime) -> Mapping[str, object]:
    return {}


def _to_the_notice(seen: Seen, now: datetime) -> Mapping[str, object]:
    return {"revision": seen.revision or 1, "answered_at": utc_text(now)}


def _find_waiting(handoff: int, connection: Connection) -> bodies.Body | None:
    """Return the body of the last acknowledgment that waits unsealed, or None."""
    drafts = [
        row.body
        for row in list_outbox_of(connection, handoff)
        if row.ledger is None and row.schema == ACKNOWLEDGMENT.schema
    ]
    return bodies.list_bodies(connection, drafts[-1:]).get(drafts[-1]) if drafts else None


def _said(seen: Seen) -> Proposal | None:
    """Return what the deferral that both sides know proposes, or None."""
    answer = seen.shared.answer if seen.shared else None
    if answer is None or answer.window_from is None or answer.window_to is None:
        return None
    window = Window.model_validate({"from": answer.window_from, "to": answer.window_to})
    return answer.revision, window
