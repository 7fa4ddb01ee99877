"""
A handoff is taken back before the person stands at the line.

While the notice is unsealed it simply vanishes: nobody ever heard of the person. After that a
cancellation leaves with the next tick, and its body is the same whatever the cause (design
§5). The cause stays in the journal.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal, get_args

from exchange.domain.handoff import Act, HandoffId, LocalStage, Stage, is_in_place
from exchange.domain.messages.catalogue import RETURN_CANCELLATION
from exchange.errors import AlreadyAnswered, Fault, Invalid, NotPossible
from exchange.flow.acts import Acts, Decided, Keep, Message, Seen
from exchange.flow.clock import fresh_salt, next_tick
from exchange.flow.versions import version_of
from exchange.store.handoffs import Handoff

Cause = Literal["data", "capacity", "custody", "medical", "family", "legal", "fear", "other"]
CAUSES: frozenset[str] = frozenset(get_args(Cause))


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A handoff taken back; *told* is False where the partner never heard of it."""

    handoff: HandoffId
    told: bool


class Cancellations(Acts):
    """Takes handoffs back, for the ports."""

    async def withdraw(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        ports: frozenset[str] | None = None,
        keep: Keep[Withdrawn] | None = None,
    ) -> Withdrawn:
        """
        Take the handoff back, for the *cause* that the document names.

        Raises:
            Invalid: There is no cause, or none that we know.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            AlreadyAnswered: It was taken back before.
            NotPossible: The person is at the line, or was never to cross.
        """
        decide = partial(self._withdraw, read_cause(document))
        return await self._do(handoff, decide, actor=actor, places=ports, keep=keep)

    async def _withdraw(self, cause: str, seen: Seen, now: datetime) -> Decided[Withdrawn]:
        row, told = seen.row, check_withdrawable(seen.row)
        after = (
            replace(row, intent=Stage.CANCELLED)
            if told
            else replace(row, local_stage=LocalStage.WITHDRAWN, due_at=None)
        )
        return Decided(
            result=Withdrawn(HandoffId(row.handoff), told),
            row=after,
            event="handoff.withdrawn",
            data={"cause": cause},
            message=self._cancellation(seen, now) if told else None,
            vanishes=not told,
        )

    def _cancellation(self, seen: Seen, now: datetime) -> Message:
        """
        Return the draft for the next tick; its body is completed when it is sealed.

        Raises:
            SchemaNotTaken: The partner takes no version of it.
        """
        kind = version_of(RETURN_CANCELLATION, self._partner)
        body = kind.compose(
            {
                "salt": fresh_salt(self._keyring.entropy),
                "revision": seen.revision or 1,
                "reason": "withdrawn",
            }
        )
        tick = next_tick(now, self._agreement.release_seconds)
        return Message(kind=kind, body=body, due_at=tick)


def check_withdrawable(row: Handoff) -> bool:
    """
    Return whether the partner has to be told; a draft that was never sealed just vanishes.

    Raises:
        AlreadyAnswered: It was taken back before.
        NotPossible: The stage does not allow it.
    """
    if row.local_stage == LocalStage.DRAFTED:
        return False
    if row.local_stage == LocalStage.WITHDRAWN:
        raise AlreadyAnswered(LocalStage.WITHDRAWN)
    stage = Stage(row.intent or row.stage)
    if stage is Stage.CANCELLED:
        raise AlreadyAnswered(stage)
    if stage is Stage.UNANNOUNCED or not is_in_place(stage, Act.CANCELLATION):
        raise NotPossible(stage)
    return True


def read_cause(document: object) -> str:
    """
    Return the cause that a port names.

    Raises:
        Invalid: There is none, or none that we know.
    """
    if not isinstance(document, dict):
        raise Invalid([Fault("", "wrong-type")])
    if unknown := document.keys() - {"cause"}:
        raise Invalid([Fault("", "unknown-member") for _ in unknown][:1])
    if "cause" not in document:
        raise Invalid([Fault("/cause", "missing")])
    cause = document["cause"]
    if not isinstance(cause, str) or cause not in CAUSES:
        raise Invalid([Fault("/cause", "not-in-list")])
    return cause
