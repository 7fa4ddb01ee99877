"""
What an official decides or records about a handoff becomes a message that waits to be said.

It is stored as a draft with the stage it will lead to, so that the next official sees it at
once; the outbox says it to the partner. Of two who speak at once one is first, and the other
is told what stands. What is particular to one kind of message stands in its `Speech`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from exchange.domain.alarms import AlarmKind
from exchange.domain.facts import Fact
from exchange.domain.handoff import MOVES, Act, HandoffId, Stage, act_of, is_in_place
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MessageType
from exchange.domain.outages import Manifest
from exchange.domain.telling import kind_of
from exchange.domain.wire import read_utc
from exchange.errors import AlreadyAnswered, Fault, Invalid, NotPossible
from exchange.flow.acts import Acts, Decided, Effect, Keep, Message, Seen
from exchange.flow.clock import fresh_salt
from exchange.flow.keyring import context_of
from exchange.flow.manifests import Heard, entry_of, see_channel
from exchange.flow.taking_back import stage_ahead
from exchange.flow.versions import version_of
from exchange.proof import grammar
from exchange.store import bodies
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff
from exchange.store.outbox import list_outbox_of

S = Stage
_LEADS_TO = {(move.stage, move.act): move.to for move in reversed(MOVES)}
_AT_THE_LINE = frozenset({Act.RECEPTION, Act.NON_RECEPTION, Act.PRESENTATION})
"""What was seen is recorded in any stage; what is said must be in its place."""

# A deferral is not among what ends its own: it proposes a window, and may propose another.
# Whatever moves no handoff may be said again; where it is a repeat, its own check says so.
_ANSWERED: Mapping[Act, frozenset[Stage]] = {
    Act.ACCEPTANCE: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.REFUSAL: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.DEFERRAL: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.RECEPTION: frozenset({S.RECEIVED, S.DOCUMENTED}),
    Act.NON_RECEPTION: frozenset({S.RECEIVED, S.NOT_RECEIVED, S.DOCUMENTED}),
    Act.VISA: frozenset({S.DOCUMENTED}),
    Act.PRESENTATION: frozenset({S.PRESENTED}),
    Act.NON_PRESENTATION: frozenset({S.PRESENTED, S.NOT_PRESENTED}),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """An official's answer that waits to be sent, and the stage it leads to."""

    handoff: HandoffId
    message: str
    stage: Stage


Complete = Callable[[Seen, datetime], Mapping[str, object]]
"""Gives the members of a message that only we know when it is stored."""

Again = Callable[[Seen, Body], Awaitable[bool]]
"""Says whether what was answered once is to be answered again, with no change of stage."""

Check = Callable[[Seen, Body], Awaitable[None]]
"""Returns where the body may be said of what was seen, and raises what hinders it."""


def nothing_of_ours(_seen: Seen, _now: datetime) -> Mapping[str, object]:
    """Return no member: the official says them all."""
    return {}


async def no_further_check(_seen: Seen, _body: Body) -> None:
    """Return: its stage is all that such a message depends on."""


async def never_again(_seen: Seen, _body: Body) -> bool:
    """Say that the stage alone tells whether it was answered."""
    return False


@dataclass(frozen=True, slots=True)
class Speech:
    """
    One kind of message as an official gives it: the *document*, and what is particular to it.

    *journaled* are the members of the body that the journal names: codes and numbers of
    messages, nothing that is true of a person. *alarm* is raised with it, about the handoff.
    *manifest* is the line of a sheet from which it is entered; it is for the journal alone.
    """

    kind: MessageType
    document: object
    nullable: tuple[str, ...] = ()
    complete: Complete = nothing_of_ours
    check: Check = no_further_check
    again: Again = never_again
    journaled: tuple[str, ...] = ()
    alarm: AlarmKind | None = None
    manifest: Manifest | None = None

    def given(self) -> dict[str, object]:
        """
        Return the members that the official gave; what may be left out is null.

        Raises:
            Invalid: The document is no object.
        """
        if not isinstance(self.document, dict):
            raise Invalid([Fault("", "wrong-type")])
        return {**dict.fromkeys(self.nullable), **self.document}


class Answering(Acts):
    """Acts by which an official says one message about a handoff."""

    async def _say(
        self,
        handoff: str,
        speech: Speech,
        *,
        actor: str,
        places: frozenset[str] | None,
        keep: Keep[Answered] | None,
    ) -> Answered:
        """
        Return once the message waits to be sent, and what *keep* stores is on disk with it.

        Raises:
            Invalid: The document does not fit; every fault is named.
            NotFound: We know no such handoff, or it is not at the caller's *places*.
            AlreadyAnswered: Someone was first; what stands is given.
            NotPossible: The stage does not allow it.
            SchemaNotTaken: The partner takes no version of it.
        """
        decide = partial(self._answer, speech, speech.given())
        return await self._do(handoff, decide, actor=actor, places=places, keep=keep)

    async def _answer(
        self, speech: Speech, given: Mapping[str, object], seen: Seen, now: datetime
    ) -> Decided[Answered]:
        """Return the message as a draft to be stored, on the handoff as it was seen."""
        kind = version_of(speech.kind, self._partner)
        ours = {"salt": fresh_salt(self._keyring.entropy), **speech.complete(seen, now)}
        if ours.keys() & given.keys():
            raise Invalid([Fault("", "unknown-member")])
        body = kind.compose({**given, **ours})
        self._check_facts(body, now)
        again = await speech.again(seen, body)
        stage = stage_ahead(seen.row) if again else stage_after(seen.row, act_of(body))
        await speech.check(seen, body)
        paper = await self._of_paper(speech.manifest, now)
        return Decided(
            result=Answered(HandoffId(seen.row.handoff), kind.name, stage),
            effects=[
                Effect(
                    seen=seen,
                    row=replace(seen.row, intent=_intent_of(seen.row, stage)),
                    event=f"{kind.name}.decided",
                    data={
                        "stage": stage.value,
                        **{name: getattr(body, name) for name in speech.journaled},
                        **paper,
                    },
                    message=Message(kind=kind, body=body, due_at=now),
                )
            ],
            alarm=(speech.alarm, seen.row.handoff) if speech.alarm else None,
        )

    async def _of_paper(self, manifest: Manifest | None, now: datetime) -> Mapping[str, object]:
        """
        Return what the journal has of the sheet from which a message is entered, if one is.

        Raises:
            Invalid: It is no evidence; every fault is named.
        """
        if manifest is None:
            return {}
        channel = await self._store.read(see_channel)
        heard = Heard(now, self._partner.heard_at)
        return entry_of(manifest, channel, heard, self._agreement.limits)

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

    async def _standing(self, seen: Seen, kind: MessageType, said: Fact | None) -> Fact | None:
        """
        Return what stands of a kind: the last that waits unsealed, or else what was *said*.

        The handoff's version holds this look-up together with what was seen before it: a
        message that is stored or sealed in between makes the act stale.
        """
        stored = await self._store.read(partial(_find_waiting, seen.row.number, kind.schema))
        if stored is None:
            return said
        octets = self._keyring.unlock(stored, context=context_of(seen.row.handoff))
        return said if octets is None else fact_of(kind.read(grammar.parse(octets)))


def fact_of(body: Body) -> Fact | None:
    """Return the body as a fact that nobody has said yet; None where it is an event of its own."""
    kind = kind_of(body)
    return None if kind is None else kind.fact(body, 0, "")


def stage_after(row: Handoff, act: Act) -> Stage:
    """
    Return the stage that *act* leads to from where the handoff will be once all is sent.

    Raises:
        AlreadyAnswered: The same was decided before.
        NotPossible: The stage does not allow it.
    """
    stage = stage_ahead(row)
    if stage in _ANSWERED.get(act, ()):
        raise AlreadyAnswered(stage)
    if act not in _AT_THE_LINE and not is_in_place(stage, act):
        raise NotPossible(stage)
    return _LEADS_TO[stage, act]


def _intent_of(row: Handoff, stage: Stage) -> Stage | str | None:
    """Return what the drafts will make of the handoff: what moves it nowhere leaves that be."""
    return row.intent if stage is stage_ahead(row) else stage


def _find_waiting(handoff: int, schema: str, connection: Connection) -> bodies.Body | None:
    """Return the body of the last message of *schema* that waits unsealed, or None."""
    drafts = [
        row.body
        for row in list_outbox_of(connection, handoff)
        if row.ledger is None and row.schema == schema
    ]
    return bodies.list_bodies(connection, drafts[-1:]).get(drafts[-1]) if drafts else None
