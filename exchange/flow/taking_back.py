"""
What taking a handoff back does to it, for whatever cause: the partner can tell none from another.

While the notice is unsealed it simply vanishes: nobody ever heard of the person. After that a
cancellation leaves with the next tick, and its body is the same whatever the cause (design §5).
Whatever else waits unsealed goes with it: a revision that left behind the cancellation would
announce the person again, and one that left before it would be answered for nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from exchange.domain.handoff import Act, LocalStage, Stage, is_in_place
from exchange.domain.messages.catalogue import RETURN_CANCELLATION
from exchange.domain.ticks import next_tick
from exchange.flow.acts import Acts, Effect, Message, Seen
from exchange.flow.clock import fresh_salt
from exchange.flow.versions import version_of
from exchange.store.handoffs import Handoff


class TakingBack(Acts):
    """Acts by which a handoff may be taken back."""

    def _taken_back(
        self, seen: Seen, now: datetime, *, event: str, data: Mapping[str, object]
    ) -> Effect:
        """
        Return the effect on a handoff that `can_be_taken_back`.

        Raises:
            SchemaNotTaken: The partner takes no version of the cancellation.
        """
        row, vanishes = seen.row, is_drafted(seen.row)
        after = (
            replace(row, local_stage=LocalStage.WITHDRAWN, due_at=None)
            if vanishes
            else replace(row, intent=Stage.CANCELLED)
        )
        return Effect(
            seen=seen,
            row=after,
            event=event,
            data=data,
            message=None if vanishes else self._cancellation(seen, now),
            retracts=True,
        )

    def _cancellation(self, seen: Seen, now: datetime) -> Message:
        """Return the draft for the next tick; its body is completed when it is sealed."""
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


def is_drafted(row: Handoff) -> bool:
    """Say whether its notice waits unsealed: to take it back now is to have said nothing."""
    return row.local_stage == LocalStage.DRAFTED


def stage_ahead(row: Handoff) -> Stage:
    """Return where the handoff will be once what waits has been said."""
    return Stage(row.intent or row.stage)


def can_be_taken_back(row: Handoff) -> bool:
    """Say whether a handoff is drafted or announced, and the person not yet at the line."""
    ahead = stage_ahead(row)
    announced = ahead is not Stage.UNANNOUNCED and is_in_place(ahead, Act.CANCELLATION)
    return is_drafted(row) or announced
