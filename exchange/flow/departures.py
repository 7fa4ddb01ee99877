"""
The person is at the gate: go, or stop and why; and, once they go, that they crossed the line.

Everything is read at once and the answer is computed from it anew, each time it is asked for: a
"go" that was lost is never said again after a hold. What a crossing was decided on is looked at
once more in its own transaction, since a member of the family has a row of their own.

In an outage a supervisor enters the crossing from a signed sheet. It stands in for the channel
alone, and the rules are asked about the hour that the sheet names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from exchange.domain.alarms import AlarmKind
from exchange.domain.departures import HELD, Condition
from exchange.domain.handoff import HandoffId, Stage
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import DEPARTURE
from exchange.domain.outages import Manifest
from exchange.domain.wire import utc_text
from exchange.errors import NotFound
from exchange.flow.acts import Decided, Effect, Message, Seen
from exchange.flow.ahead import LookingAhead
from exchange.flow.at_the_gate import Crossed, Gate, look
from exchange.flow.clock import fresh_salt
from exchange.flow.manifests import Heard, entry_of
from exchange.flow.versions import version_of
from exchange.store.engine import Connection
from exchange.store.journal import Event

CHECKED = "gate.checked"


@dataclass(frozen=True, slots=True)
class Checked:
    """
    The answer at the gate: with no *conditions*, the person may go, or has *crossed* already.

    *recorded* where this very act recorded the crossing.
    """

    handoff: HandoffId
    conditions: tuple[Condition, ...]
    crossed: Crossed | None = None
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a port says of a crossing: through which gate, and from which sheet of paper.

    *people* is how many of the family stand at the gate or have crossed, where somebody counted.
    """

    actor: str
    crossing: str
    manifest: Manifest | None
    people: int | None


class Departures(LookingAhead):
    """Answers at the gate, and records who crosses, for the ports."""

    async def check(
        self,
        handoff: str,
        *,
        people: int | None = None,
        actor: str,
        ports: frozenset[str] | None = None,
    ) -> Checked:
        """
        Say whether the person may cross now; nothing changes but that the journal has the look.

        *people* is how many of the family are here or have crossed, where somebody counted.

        Raises:
            NotFound: We know no such handoff, or it is not of the caller's ports.
        """
        decide = partial(self._check, actor, people)
        return await self._do(handoff, decide, actor=actor, places=ports, keep=None)

    async def depart(
        self,
        handoff: str,
        crossing: str,
        manifest: Manifest | None = None,
        *,
        people: int | None = None,
        actor: str,
        ports: frozenset[str] | None = None,
    ) -> Checked:
        """
        Record that the person crosses now, or did so by the *manifest*, where nothing hinders it.

        Raises:
            Invalid: The crossing does not fit, or the manifest is no evidence.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            SchemaNotTaken: The partner takes no version of the departure.
        """
        decide = partial(self._depart, Asked(actor, crossing, manifest, people))
        return await self._do(handoff, decide, actor=actor, places=ports, keep=None)

    async def _check(
        self, actor: str, people: int | None, seen: Seen, now: datetime
    ) -> Decided[Checked]:
        gate = await self._look(seen, now, people)
        return _answered(gate, self._conditions(gate, now), actor, now)

    async def _depart(self, asked: Asked, seen: Seen, now: datetime) -> Decided[Checked]:
        gate = await self._look(seen, now, asked.people)
        if gate.crossed is not None:
            return _answered(gate, self._conditions(gate, now), asked.actor, now)
        paper: Mapping[str, object] = {}
        if asked.manifest is not None:
            heard = Heard(now, self._partner.heard_at)
            paper = entry_of(asked.manifest, gate.channel, heard, self._agreement.limits)
        conditions = self._conditions(gate, now, asked.manifest)
        if conditions:
            return _stopped(gate, conditions, asked, now)
        effect = self._departed(gate.seen, asked, now, paper)
        crossed = Crossed(str(effect.data["at"]), asked.crossing)
        return Decided(
            result=Checked(HandoffId(seen.row.handoff), (), crossed, recorded=True),
            effects=[effect],
            alarm=(AlarmKind.OUTAGE_OVERRIDE, seen.row.handoff) if asked.manifest else None,
            still=partial(self._still, gate, asked.manifest, now),
        )

    async def _look(self, seen: Seen, now: datetime, people: int | None) -> Gate:
        """
        Return what stands at the gate, all that waits to be said among it.

        Raises:
            NotFound: The person's data were erased meanwhile.
        """
        gate = await self._store.read(partial(look, seen.row.handoff))
        if gate is None:
            raise NotFound
        ahead = await self._look_ahead(gate.seen, now)
        return gate._replace(shared=ahead.shared, people=people)

    def _conditions(
        self, gate: Gate, now: datetime, manifest: Manifest | None = None
    ) -> tuple[Condition, ...]:
        heard = Heard(now, self._partner.heard_at)
        if manifest is None:
            return gate.conditions(heard, self._agreement.limits)
        return gate.conditions_on_paper(manifest, heard, self._agreement.limits)

    def _still(
        self, gate: Gate, manifest: Manifest | None, now: datetime, connection: Connection
    ) -> bool:
        """Say whether nothing hinders the crossing once nobody else can move a handoff."""
        again = look(gate.seen.row.handoff, connection)
        if again is None:
            return False
        return not self._conditions(again.but_for(gate), now, manifest)

    def _departed(
        self, seen: Seen, asked: Asked, now: datetime, paper: Mapping[str, object]
    ) -> Effect:
        """Return the effect of a crossing: what the journal has of it, and its message."""
        kind = version_of(DEPARTURE, self._partner)
        body = kind.compose(self._said(seen, asked, now))
        row = seen.row
        moves = Stage(row.intent or row.stage) is Stage.ACCEPTED
        return Effect(
            seen=seen,
            row=replace(row, intent=Stage.DEPARTED) if moves else row,
            event="departure.overridden" if asked.manifest else "departure.recorded",
            data={**_facts(body), "version": row.version + 1, **paper},
            message=Message(kind=kind, body=body, due_at=now),
        )

    def _said(self, seen: Seen, asked: Asked, now: datetime) -> dict[str, object]:
        return {
            "salt": fresh_salt(self._keyring.entropy),
            "revision": seen.revision,
            "at": asked.manifest.at if asked.manifest else utc_text(now),
            "port": seen.row.port,
            "crossing": asked.crossing,
        }


def _facts(body: Body) -> dict[str, object]:
    return {name: getattr(body, name) for name in ("at", "crossing", "revision")}


def _answered(
    gate: Gate, conditions: Sequence[Condition], actor: str, now: datetime
) -> Decided[Checked]:
    """
    Return the answer where nothing is recorded but that it was given.

    Of a person who has crossed by our own record only a hold is a reason to stop: a recall.
    """
    if gate.crossed is not None and not any(one.ours_alone for one in conditions):
        conditions = ()
    result = Checked(HandoffId(gate.seen.row.handoff), tuple(conditions), gate.crossed)
    data = {
        "answer": "stop" if conditions else "departed" if gate.crossed else "go",
        "unmet": [one.name for one in conditions],
        "version": gate.seen.row.version,
    }
    event = Event(at=now, kind=CHECKED, actor=actor, handoff=gate.seen.row.number, data=data)
    return Decided(result=result, effects=[], events=[event])


def _stopped(
    gate: Gate, conditions: Sequence[Condition], asked: Asked, now: datetime
) -> Decided[Checked]:
    """
    Return why no crossing is recorded.

    A sheet says of somebody who is held that they are over the line: that is a recall.
    """
    decided = _answered(gate, conditions, asked.actor, now)
    if asked.manifest is None or not any(one.name == HELD for one in conditions):
        return decided
    return replace(decided, alarm=(AlarmKind.RECALL, gate.seen.row.handoff))
