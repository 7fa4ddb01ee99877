"""
A port takes a handoff back for good, before the person stands at the line.

The cause stays in the journal; what the partner sees of it is in ``taking_back``.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from exchange.domain.causes import Cause, read_cause
from exchange.domain.handoff import HandoffId, LocalStage, Stage
from exchange.errors import AlreadyAnswered, NotPossible
from exchange.flow.acts import Decided, Keep, Seen
from exchange.flow.taking_back import TakingBack, can_be_taken_back, stage_ahead
from exchange.store.handoffs import Handoff


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A handoff taken back; *told* is False where the partner never heard of it."""

    handoff: HandoffId
    told: bool


class Cancellations(TakingBack):
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
            SchemaNotTaken: The partner takes no version of the cancellation.
        """
        decide = partial(self._withdraw, read_cause(document))
        return await self._do(handoff, decide, actor=actor, places=ports, keep=keep)

    async def _withdraw(self, cause: Cause, seen: Seen, now: datetime) -> Decided[Withdrawn]:
        check_withdrawable(seen.row)
        data = {"cause": cause.value}
        effect = self._taken_back(seen, now, event="handoff.withdrawn", data=data)
        told = effect.message is not None
        return Decided(result=Withdrawn(HandoffId(seen.row.handoff), told), effects=[effect])


def check_withdrawable(row: Handoff) -> None:
    """
    Return only where the handoff can be taken back.

    Raises:
        AlreadyAnswered: It was taken back before.
        NotPossible: The stage does not allow it.
    """
    if can_be_taken_back(row):
        return
    if row.local_stage == LocalStage.WITHDRAWN:
        raise AlreadyAnswered(LocalStage.WITHDRAWN)
    stage = stage_ahead(row)
    if stage is Stage.CANCELLED:
        raise AlreadyAnswered(stage)
    raise NotPossible(stage)
