"""
A person is held: the handoff is taken back, with the whole family, and nothing departs.

A hold is ours alone. Its cause stands on our row, and who placed it and when in the journal;
what the partner may see is that a handoff was withdrawn, as for any other cause (design §5).
The row's ``version`` is the order of holds, departures and whatever else happens to it.

Where the person is over the line already the hold stands all the same, and is a recall: an
alarm is raised in the same transaction. A hold that is lifted brings no handoff back.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from exchange.domain.alarms import AlarmKind
from exchange.domain.causes import HOLD_CAUSES, OVER_THE_LINE, Cause, read_cause
from exchange.domain.handoff import HandoffId, Stage
from exchange.errors import NotHeld, SchemaNotTaken
from exchange.flow.acts import Decided, Effect, Keep, Seen
from exchange.flow.families import see_kin
from exchange.flow.taking_back import TakingBack, can_be_taken_back, stage_ahead
from exchange.store.handoffs import Handoff


@dataclass(frozen=True, slots=True)
class Placed:
    """
    A hold that stands, with all that stand.

    *told* where the partner will now be told that the handoff is withdrawn; *family* are the
    other handoffs that were taken back with it; *departed* is the stage of a person over the line.
    """

    handoff: HandoffId
    cause: Cause
    standing: tuple[str, ...]
    told: bool
    family: tuple[HandoffId, ...]
    departed: Stage | None


@dataclass(frozen=True, slots=True)
class Lifted:
    """A hold that no longer stands, what still does, and whether the person is over the line."""

    handoff: HandoffId
    cause: Cause
    standing: tuple[str, ...]
    departed: Stage | None


class Holds(TakingBack):
    """Holds persons and lifts holds, for the ports and for the roles that may lift."""

    async def place(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        ports: frozenset[str] | None = None,
        keep: Keep[Placed] | None = None,
    ) -> Placed:
        """
        Hold the person for the *cause* that the document names, for which it may stand already.

        Raises:
            Invalid: There is no cause, or none for which a person is held.
            NotFound: We know no such handoff, or it is not of the caller's ports.
        """
        decide = partial(self._place, read_cause(document, HOLD_CAUSES))
        return await self._do(handoff, decide, actor=actor, places=ports, keep=keep)

    async def lift(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        ports: frozenset[str] | None = None,
        keep: Keep[Lifted] | None = None,
    ) -> Lifted:
        """
        Lift the hold of the *cause* that the document names; the caller's role must allow it.

        Raises:
            Invalid: There is no cause, or none for which a person is held.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            NotHeld: No hold of this cause stands.
        """
        decide = partial(self._lift, read_cause(document, HOLD_CAUSES))
        return await self._do(handoff, decide, actor=actor, places=ports, keep=keep)

    async def _place(self, cause: Cause, seen: Seen, now: datetime) -> Decided[Placed]:
        kin = await self._store.read(partial(see_kin, seen.row.family_group))
        own = self._held(cause, seen, now)
        because = {"cause": Cause.FAMILY.value, "held": seen.row.handoff}
        stopped = [
            self._stopped(one, now, event="handoff.withdrawn", data=because)
            for one in kin.others(seen.row)
        ]
        others = [effect for effect in stopped if effect.row != effect.seen.row]
        departed = _over_the_line(seen.row)
        return Decided(
            result=Placed(
                handoff=HandoffId(seen.row.handoff),
                cause=cause,
                standing=own.row.holds,
                told=own.message is not None,
                family=tuple(HandoffId(one.seen.row.handoff) for one in others),
                departed=departed,
            ),
            effects=[own, *others],
            alarm=(AlarmKind.RECALL, seen.row.handoff) if departed else None,
            still=None if kin.group is None else kin.is_whole,
        )

    def _held(self, cause: Cause, seen: Seen, now: datetime) -> Effect:
        """Return what a hold does to the handoff itself; a repeated one is journaled as such."""
        row = seen.row
        event = "hold.repeated" if cause in row.holds else "hold.placed"
        effect = self._stopped(seen, now, event=event, data=_entry(cause, row))
        standing = tuple(sorted({*row.holds, cause.value}))
        return replace(effect, row=replace(effect.row, holds=standing))

    def _stopped(
        self, seen: Seen, now: datetime, *, event: str, data: Mapping[str, object]
    ) -> Effect:
        """
        Return a handoff taken back, or as it stands where it is past that or nobody may say so.

        A hold never waits for the partner: while its key set lists no cancellation the hold
        stands alone, and the next that is placed drafts what could not be said.
        """
        if can_be_taken_back(seen.row):
            with suppress(SchemaNotTaken):
                return self._taken_back(seen, now, event=event, data=data)
        return Effect(seen=seen, row=seen.row, event=event, data=data)

    async def _lift(self, cause: Cause, seen: Seen, _now: datetime) -> Decided[Lifted]:
        row = seen.row
        if cause not in row.holds:
            raise NotHeld
        standing = tuple(one for one in row.holds if one != cause)
        effect = Effect(
            seen=seen,
            row=replace(row, holds=standing),
            event="hold.lifted",
            data=_entry(cause, row),
        )
        return Decided(
            result=Lifted(HandoffId(row.handoff), cause, standing, _over_the_line(row)),
            effects=[effect],
        )


def is_held(row: Handoff) -> bool:
    """Say whether a hold stands: the person of this handoff may not depart."""
    return bool(row.holds)


def _entry(cause: Cause, row: Handoff) -> dict[str, object]:
    """Return what the journal has: the version is that of the row once the act is done."""
    return {"cause": cause.value, "version": row.version + 1}


def _over_the_line(row: Handoff) -> Stage | None:
    """Return the stage where the person is in Mexico, or on the way that ends there."""
    stage = stage_ahead(row)
    return stage if stage in OVER_THE_LINE else None
